package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// statementTracer remembers the statements that are sent.
type statementTracer struct {
	mu   sync.Mutex
	sent map[string]bool
}

func (tr *statementTracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.sent[data.SQL] = true
	return ctx
}

func (tr *statementTracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// unevenTenants is an installation of fifty tenants, one of which has nearly all
// users, half of them in one group.
const unevenTenants = `
	create temp table person as
		select md5('tenant' || t)::uuid as tenant_id, md5('directory' || t)::uuid as connection_id,
			md5(t || ' ' || n)::uuid as id, case when n % 20 = 0 then 'Group' else 'User' end as type, n
		from generate_series(1, 50) t, generate_series(1, case when t = 1 then 20000 else 60 end) n;
	insert into resources select tenant_id, id, connection_id, type, n, 1, 0, 0, '', json_build_object('userName', 'u' || n) from person;
	insert into resource_values select tenant_id, connection_id, type, 'userName', 'u' || n, id, true from person;
	insert into members select g.tenant_id, g.id, u.id, u.connection_id, u.type, 0 from person g join person u using (tenant_id)
		where g.type = 'Group' and u.type = 'User' and (u.n % 1000 = g.n % 1000 or g.n = 20 and u.n % 2 = 0) on conflict do nothing;
	insert into pending_members select tenant_id, id, 'p' || n % 100, connection_id, '', 0 from person where type = 'Group';
	insert into directory_totals select tenant_id, connection_id, type, max(n) + 1, count(*) from person group by 1, 2, 3;
	insert into directory_buckets select tenant_id, connection_id, type, n / 1024, count(*) from person group by 1, 2, 3, 4;
	analyze`

// TestConnectionsPlan: connections of the pool have the settings, and so does a
// transaction behind a proxy, but not the connection that it leaves behind.
func TestConnectionsPlan(t *testing.T) {
	t.Parallel()
	address := postgresCopy(t)
	proxied := withParameter(t, withParameter(t, address, "default_query_exec_mode", "cache_describe"), "pool_max_conns", "1")
	for at, kept := range map[string]bool{address: true, proxied: false} {
		db := openPostgresAt(t, at, Options{})
		for tenant, want := range map[string]bool{mustID(): true, "": kept} {
			err := db.view(t.Context(), tenant, func(tx *tx) error {
				for name, value := range planSettings {
					var got string
					err := tx.get(t.Context(), func(row scanner) error { return row.Scan(&got) },
						`select setting from pg_settings where name = $1 and source not in ('configuration file', 'command line')`, name)
					if errors.Is(err, sql.ErrNoRows) {
						continue // the server's own setting, for all connections
					}
					if err != nil {
						return err
					}
					if (got == value) != want {
						t.Errorf("%s is %s in a transaction of tenant %q at %s", name, got, tenant, at)
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
}

// TestPlansForAllTenants: the plan that is made once for a statement costs what
// the request names, whatever the tenant: no statement of those that look up or
// change something known reads a directory or a group to find it.
func TestPlansForAllTenants(t *testing.T) {
	t.Parallel()
	for name, fill := range map[string]string{
		"with statistics":    unevenTenants,
		"without statistics": strings.TrimSuffix(unevenTenants, "analyze"), // what was just filled has none
		"made while empty":   "",                                           // plans are kept while tables grow
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testPlansForAllTenants(t, fill)
		})
	}
}

func testPlansForAllTenants(t *testing.T, fill string) {
	address := postgresCopy(t)
	if _, err := connectTo(t, superuser(t, address)).PgConn().Exec(t.Context(), fill).ReadAll(); err != nil {
		t.Fatal(err)
	}
	f := fixtureOn(t, openPostgresAt(t, address, Options{}))
	tracer := &statementTracer{sent: map[string]bool{}}
	f.db.engine.(*postgresEngine).tracer = tracer
	f.lookUpAndChange(t)

	conn := connectTo(t, address)
	for _, statement := range []string{`select set_config('roster.tenant_id', '` + f.dir.TenantID + `', false)`, strings.ReplaceAll(setPlan, "true)", "false)")} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	explained := 0
	for query := range tracer.sent {
		if !strings.Contains(query, "$1") {
			continue
		}
		explained++
		plan := explainGeneric(t, conn, query)
		for _, problem := range readsTooMuch(plan) {
			if strings.Contains(problem, "resources_position") && strings.Contains(query, "order by r.position limit") {
				continue // as many as the page has
			}
			t.Errorf("%s\nof %s\n%s", problem, query, plan)
		}
	}
	if explained < 20 {
		t.Errorf("only %d statements were sent", explained)
	}
}

// lookUpAndChange does what takes no longer in a large directory than in a small one.
func (f *fixture) lookUpAndChange(t *testing.T) {
	t.Helper()
	id, other := f.user("ada"), f.user("bea")
	inner := f.group("Inner", id)
	group := f.group("Outer", inner)
	f.mustEdit(group, add(id, other))
	f.mustEdit(group, remove(other))
	if _, err := f.put(userType, id, userDraft("ada2")); err != nil {
		t.Fatal(err)
	}
	f.memberships(userType, id)
	f.memberIDs(group)
	f.listWith(scim.With{Memberships: true, Members: true})
	for rt, filters := range map[*schema.ResourceType][]string{
		userType:  {`userName eq "ada2"`, `id eq "` + id + `"`, `groups.value eq "` + group + `"`, `emails.value eq "a@example.com" and active eq true`},
		groupType: {`members.value eq "` + id + `"`, `displayName eq "Outer"`},
	} {
		for _, text := range filters {
			q := scim.ListQuery{Start: 1, Count: 10, Filter: bind(t, rt, text), With: scim.With{Memberships: true, Members: true}}
			if _, err := f.s.List(f.ctx, f.dir, rt, q); err != nil {
				t.Fatal(err)
			}
		}
	}
	f.mustPush(group, add("x-new", other), typed("x-group", "Group"), remove("x-new"))
	f.create(groupType, draft(doc{"displayName": "Awaited", "externalId": "x-group"}))
	f.mustDelete(userType, other)
	f.mustDelete(groupType, inner)
}

// explainGeneric is the plan of a statement for any values.
func explainGeneric(t *testing.T, conn *pgx.Conn, query string) string {
	t.Helper()
	description, err := conn.Prepare(t.Context(), "explained", query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	explain := "explain (costs off) execute explained"
	if n := len(description.ParamOIDs); n > 0 {
		explain += "(" + strings.TrimSuffix(strings.Repeat("null, ", n), ", ") + ")"
	}
	rows, err := conn.Query(t.Context(), explain, pgx.QueryExecModeExec)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if err := conn.Deallocate(t.Context(), "explained"); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// narrow are the columns of each table that lead to few rows.
var narrow = map[string]*regexp.Regexp{
	"resources":       regexp.MustCompile(`\b(id|"?position"?) (=|>=|>)`),
	"resource_values": regexp.MustCompile(`\b(value|resource_id) (=|>=)`),
	"members":         regexp.MustCompile(`\b(group_id|member_id) =`),
	"pending_members": regexp.MustCompile(`\b(group_id|value) =`),
}

var (
	tableScan = regexp.MustCompile(`(\w+(?: \w+)*) (?:using \w+ )?on (\w+)`)
	indexScan = regexp.MustCompile(`(?m)^.*?((?:Index Scan|Index Only Scan) using|Bitmap Index Scan on) (\w+)(?: on (\w+))?.*\n(.*)$`)
)

// readsTooMuch are the scans of a plan that are not by a narrow column.
func readsTooMuch(plan string) []string {
	var problems []string
	for _, scan := range tableScan.FindAllStringSubmatch(plan, -1) {
		if _, large := narrow[scan[2]]; large && strings.HasSuffix(scan[1], "Seq Scan") {
			problems = append(problems, "the whole table is read: "+scan[0])
		}
	}
	for _, scan := range indexScan.FindAllStringSubmatch(plan, -1) {
		table, condition := scan[3], scan[4]
		if table == "" { // a bitmap: the index is named after its table
			for name := range narrow {
				if strings.HasPrefix(scan[2], name+"_") && len(name) > len(table) {
					table = name
				}
			}
		}
		if columns, large := narrow[table]; large && !columns.MatchString(condition) {
			problems = append(problems, fmt.Sprintf("many rows of %s are read by %s: %s", table, scan[2], strings.TrimSpace(condition)))
		}
	}
	return problems
}

func TestReadsTooMuch(t *testing.T) {
	t.Parallel()
	for plan, problems := range map[string]int{
		"Seq Scan on members m": 1,
		"Index Scan using resources_pkey on resources r\n  Index Cond: ((tenant_id = $1) AND (id = $2))":                  0,
		"Index Scan using resources_position on resources r\n  Index Cond: ((tenant_id = $1) AND (connection_id = $2))":   1,
		"->  Bitmap Index Scan on members_pkey\n  Index Cond: (tenant_id = $1)":                                           1,
		"->  Bitmap Index Scan on resource_values_pkey\n  Index Cond: ((tenant_id = $1) AND (value = $2))":                0,
		"Index Scan using directory_totals_pkey on directory_totals\n  Index Cond: (tenant_id = $1)":                      0,
		"Index Only Scan using members_pkey on members m\n  Index Cond: ((tenant_id = $1) AND (connection_id = m.value))": 1,
	} {
		if got := readsTooMuch(plan); len(got) != problems {
			t.Errorf("%s: %q", plan, got)
		}
	}
}
