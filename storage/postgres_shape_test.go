package storage

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// shapeRule is something that must hold for every table, for a database that
// spreads rows over nodes by tenant_id to take the schema, or for one tenant to
// be kept from another's rows.
type shapeRule struct {
	name string
	// breaches is a query for what breaks the rule: tables of the current schema,
	// with what else there is to say. keyed has all columns tenant_id, and $1 the
	// names of the tables that are on every node.
	breaches string
	bad      string // makes a table x that breaks the rule
}

const keyed = `
	with keyed as (
		select c.oid, c.relname, c.relname = any($1) as everywhere, c.relrowsecurity, c.relforcerowsecurity, a.attnum, a.attnotnull, a.atttypid
		from pg_attribute a join pg_class c on c.oid = a.attrelid
		where a.attname = 'tenant_id' and not a.attisdropped
			and c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
	)`

const base = `create table x (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id));`

var shapeRules = []shapeRule{
	{
		name:     "a unique index has tenant_id",
		breaches: `select k.relname, i.indexrelid::regclass::text from keyed k join pg_index i on i.indrelid = k.oid where i.indisunique and array_position(i.indkey::int2[], k.attnum) is null`,
		bad:      base + `create unique index on x (id)`,
	}, {
		name:     "a primary key begins with tenant_id",
		breaches: `select k.relname, '' from keyed k where not exists (select from pg_index i where i.indrelid = k.oid and i.indisprimary and i.indkey[0] = k.attnum)`,
		bad:      `create table x (tenant_id uuid not null, id uuid not null, primary key (id, tenant_id))`,
	}, {
		name:     "there is a primary key",
		breaches: `select c.relname, '' from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)`,
		bad:      `create table x (tenant_id uuid not null)`,
	}, {
		name:     "tenant_id is the first column",
		breaches: `select relname, attnum::text from keyed where attnum <> 1`,
		bad:      `create table x (id uuid not null, tenant_id uuid not null, primary key (tenant_id, id))`,
	}, {
		name:     "tenant_id is never null",
		breaches: `select relname, '' from keyed where not attnotnull`,
		bad:      `create table x (tenant_id uuid, id uuid primary key)`,
	}, {
		name:     "tenant_id is a uuid",
		breaches: `select relname, format_type(atttypid, null) from keyed where atttypid <> 'uuid'::regtype`,
		bad:      `create table x (tenant_id text collate "C" not null primary key)`,
	}, {
		name: "a foreign key pairs tenant_id with tenant_id",
		breaches: `select k.relname, f.conname from keyed k join pg_constraint f on f.conrelid = k.oid and f.contype = 'f' join keyed o on o.oid = f.confrelid
			where not exists (select from unnest(f.conkey, f.confkey) as pair (mine, other) where mine = k.attnum and other = o.attnum)`,
		bad: base + `create table y (tenant_id uuid not null, a uuid, b uuid not null, primary key (tenant_id, b), foreign key (a, b) references x (tenant_id, id))`,
	}, {
		name:     "a foreign key sets nothing",
		breaches: `select k.relname, f.conname from keyed k join pg_constraint f on f.conrelid = k.oid and f.contype = 'f' where f.confdeltype in ('n', 'd') or f.confupdtype <> 'a' and f.confupdtype <> 'r'`,
		bad:      base + `create table y (tenant_id uuid not null, id uuid, b uuid not null, primary key (tenant_id, b), foreign key (tenant_id, id) references x (tenant_id, id) on update cascade)`,
	}, {
		name: "a table on every node refers to no rows of tenants",
		breaches: `select f.conrelid::regclass::text, f.conname from pg_constraint f join keyed k on k.oid = f.confrelid join pg_class c on c.oid = f.conrelid
			where f.contype = 'f' and not k.everywhere and (c.relname = any($1) or not exists (select from keyed o where o.oid = c.oid))`,
		bad: base + `create table tokens (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id), foreign key (tenant_id, id) references x (tenant_id, id))`,
	}, {
		name:     "there are no triggers",
		breaches: `select k.relname, g.tgname from keyed k join pg_trigger g on g.tgrelid = k.oid where not g.tgisinternal`,
		bad:      base + `create trigger t before update on x for each row execute function suppress_redundant_updates_trigger()`,
	}, {
		name:     "an exclusion has tenant_id",
		breaches: `select k.relname, f.conname from keyed k join pg_constraint f on f.conrelid = k.oid where f.contype = 'x' and not k.attnum = any(f.conkey)`,
		bad:      `create table x (tenant_id uuid not null, id uuid not null, place box, primary key (tenant_id, id), exclude using gist (place with &&))`,
	}, {
		name:     "there are no sequences",
		breaches: `select k.relname, a.attname from keyed k join pg_attribute a on a.attrelid = k.oid and a.attnum > 0 where a.attidentity <> '' or pg_get_serial_sequence(k.oid::regclass::text, a.attname) is not null`,
		bad:      `create table x (tenant_id uuid not null, id bigint generated always as identity, primary key (tenant_id, id))`,
	}, {
		name: "text is compared by its bytes",
		breaches: `select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
			where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and a.attcollation not in (0, 'pg_catalog."C"'::regcollation)`,
		bad: `create table x (tenant_id uuid not null, name text not null, primary key (tenant_id, name))`,
	}, {
		name:     "rows of tenants have forced row-level security",
		breaches: `select relname, '' from keyed where not everywhere and not (relrowsecurity and relforcerowsecurity)`,
		bad:      base + `alter table x enable row level security`,
	}, {
		name: "one policy is for all commands and roles and holds for old and new rows",
		breaches: `select k.relname, '' from keyed k where not k.everywhere and not exists (
				select from pg_policy p where p.polrelid = k.oid and p.polcmd = '*' and p.polroles = '{0}'
					and pg_get_expr(p.polqual, p.polrelid) = '(tenant_id = (NULLIF(current_setting(''roster.tenant_id''::text, true), ''''::text))::uuid)'
					and pg_get_expr(p.polwithcheck, p.polrelid) = pg_get_expr(p.polqual, p.polrelid))
			or (select count(*) from pg_policy p where p.polrelid = k.oid and (k.relname, p.polname, p.polcmd) <> ('tenant_sequences', 'feed', 'r')) > 1`,
		bad: base + `create policy tenant on x using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid) with check (true)`,
	}, {
		name: "a function gives the same answer for ever, on every node",
		breaches: `select p.proname, p.provolatile::text || p.proparallel::text from pg_proc p
			where p.pronamespace = current_schema()::regnamespace and (p.provolatile <> 'i' or p.proparallel <> 's' or not p.proisstrict)
				and p.proname <> 'roster_memberships' -- which is not called where there are several nodes`,
		bad: `create function x() returns int language sql stable as 'select 1'`,
	},
}

// breaches are the tables that break a rule.
func (r shapeRule) find(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), keyed+r.breaches, referenceTables)
	if err == nil {
		var found []string
		var table, detail string
		_, err = pgx.ForEachRow(rows, []any{&table, &detail}, func() error {
			if table != "goose_db_version" { // no table of Roster's own
				found = append(found, strings.TrimSpace(table+" "+detail))
			}
			return nil
		})
		if err == nil {
			return found
		}
	}
	t.Fatalf("%s: %v", r.name, err)
	return nil
}

func TestShape(t *testing.T) {
	t.Parallel()
	conn := connectTo(t, postgresCopy(t))
	for _, rule := range shapeRules {
		if found := rule.find(t, conn); len(found) > 0 {
			t.Errorf("not all of the schema keeps to %q: %q", rule.name, found)
		}
	}
	for i, bad := range shapeRules {
		for _, statement := range []string{`drop schema if exists scratch cascade`, `create schema scratch`, `set search_path = scratch`} {
			if _, err := conn.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := conn.PgConn().Exec(t.Context(), bad.bad).ReadAll(); err != nil {
			t.Fatalf("%s: %v", bad.bad, err)
		}
		if found := shapeRules[i].find(t, conn); len(found) == 0 {
			t.Errorf("nobody noticed that %q does not hold for %s", bad.name, bad.bad)
		}
	}
}

// TestShardsHaveEveryTable: each table is said to be in one place, and behind
// what it refers to.
func TestShardsHaveEveryTable(t *testing.T) {
	t.Parallel()
	conn := connectTo(t, postgresCopy(t))
	ask := func(query string) []string {
		t.Helper()
		rows, err := conn.Query(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	placed := slices.Concat(referenceTables, distributedTables)
	tables := ask(`select relname from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace and relname <> 'goose_db_version' order by 1`)
	if diff := cmp.Diff(tables, slices.Sorted(slices.Values(placed))); diff != "" {
		t.Errorf("tables that are there and tables that are placed (-there +placed):\n%s", diff)
	}
	for _, link := range ask(`select conrelid::regclass || ' ' || confrelid::regclass from pg_constraint where contype = 'f' and conrelid <> confrelid`) {
		from, to, _ := strings.Cut(link, " ")
		if slices.Index(placed, from) < slices.Index(placed, to) {
			t.Errorf("%s is placed before %s, which it refers to", from, to)
		}
	}
	functions := ask(`select oid::regprocedure::text from pg_proc where pronamespace = current_schema()::regnamespace order by 1`)
	if diff := cmp.Diff(functions, slices.Sorted(slices.Values(sqlFunctions))); diff != "" {
		t.Errorf("functions (-there +distributed):\n%s", diff)
	}
}

// TestRowsOfOthersAreOutOfReach goes past every condition that a statement has.
func TestRowsOfOthersAreOutOfReach(t *testing.T) {
	t.Parallel()
	address := postgresCopy(t)
	mine := fixtureOn(t, openPostgresAt(t, address, Options{}))
	other := mine.in(newDirectory())
	id := mine.user("ada")
	mine.group("All", id)
	other.user("bea")
	conn := connectTo(t, address)
	exec := func(statement string) (int64, error) {
		tag, err := conn.Exec(t.Context(), statement)
		return tag.RowsAffected(), err
	}
	for _, tenant := range []string{mine.dir.TenantID, other.dir.TenantID} {
		for _, statement := range []string{
			`set roster.tenant_id = '` + tenant + `'`,
			`insert into portal_link_openings values ('` + tenant + `', '` + id + `', '` + id + `', 0, '', '', 'shown')`,
			`insert into entry_points values ('` + tenant + `', 'docs', 'Docs', '', 0)`,
			`insert into role_mappings values ('` + tenant + `', '` + id + `', '*', 'editor', 'All', '', '', 0)`,
			`insert into assignments values ('` + tenant + `', '` + id + `', '*', 'editor', '` + id + `', '', '', 0)`,
			`insert into access_told values ('` + tenant + `', '` + id + `', '[]')`,
			`insert into requests (tenant_id, connection_id, id, at, duration, method, path, status, request_id, user_agent, address,
				token_hint, kind, outcome, code, resource_type, subject, subject_key, detail)
				values ('` + tenant + `', '` + id + `', '` + id + `', 0, 0, '', '', 200, '', '', '', '', '', '', '', '', '', '', '{}')`,
			`insert into connection_states values ('` + tenant + `', '` + id + `', '{}', 0)`,
			`insert into sync_cycles values ('` + tenant + `', '` + id + `', '` + id + `', 0, 0, 1, 0, 0, '{}')`,
			`insert into request_hours values ('` + tenant + `', '` + id + `', 0, 1, 0, 0, 0, 0)`,
			`insert into directory_history values ('` + tenant + `', '` + id + `', 0, 1, 1, 0)`,
		} {
			if _, err := exec(statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tenant := range []string{"", mine.dir.TenantID} {
		if _, err := exec(`set roster.tenant_id = '` + tenant + `'`); err != nil {
			t.Fatal(err)
		}
		for _, table := range distributedTables {
			if table == "pending_members" {
				continue // nothing waits
			}
			n, err := exec(`select from ` + table + ` where tenant_id <> '` + mine.dir.TenantID + `'`)
			if err != nil || n != 0 {
				t.Errorf("as tenant %q, %d rows of others are in %s: %v", tenant, n, table, err)
			}
			n, err = exec(`select from ` + table)
			if err != nil || (n > 0) != (tenant != "") {
				t.Errorf("as tenant %q, %d rows are in %s: %v", tenant, n, table, err)
			}
			if n, err = exec(`update ` + table + ` set tenant_id = tenant_id where tenant_id = '` + other.dir.TenantID + `'`); err != nil || n != 0 {
				t.Errorf("as tenant %q, %d rows of another in %s can be changed: %v", tenant, n, table, err)
			}
		}
		_, err := exec(`insert into tenant_sequences (tenant_id, sequence) values ('` + mustID() + `', 1)`)
		if err == nil || sqlState(err) != "42501" {
			t.Errorf("as tenant %q, a row of another can be made: %v", tenant, err)
		}
	}
}
