package storage

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// citusStub has functions and a catalogue by the names of Citus's. They record
// what they are called with and mark the table as Citus does.
const citusStub = `
	create table pg_dist_partition (logicalrelid regclass primary key, partmethod "char" not null, repmodel "char" not null);
	create table calls (id bigint generated always as identity, call text not null);
	create function create_reference_table(name regclass) returns void language sql as $$
		insert into pg_dist_partition values (name, 'n', 't')
			on conflict (logicalrelid) do update set partmethod = 'n', repmodel = 't';
		insert into calls (call) select 'everywhere ' || name $$;
	create function create_distributed_table(name regclass, by_column text, distribution_type text default 'hash',
			colocate_with text default 'default', shard_count int default null) returns void language sql as $$
		insert into pg_dist_partition values (name, 'h', 's');
		insert into calls (call) select by_column || ' ' || name || ' ' || colocate_with ||
			(select case when relforcerowsecurity then ' bound' else '' end from pg_class where oid = name) $$;
	create function create_distributed_function(name regprocedure) returns void language sql as $$
		insert into calls (call) select 'function ' || name $$;`

// TestDistribute carries the statements out with stand-ins for Citus's functions.
func TestDistribute(t *testing.T) {
	t.Parallel()
	address := postgresCopy(t)
	conn := connectTo(t, address)
	if _, err := conn.PgConn().Exec(t.Context(), citusStub).ReadAll(); err != nil {
		t.Fatal(err)
	}
	// Citus enters a local table that reference tables refer to.
	if _, err := conn.Exec(t.Context(), `insert into pg_dist_partition values ('connections', 'n', 's')`); err != nil {
		t.Fatal(err)
	}
	db := openPostgresAt(t, superuser(t, address), Options{}) // a setting that the server does not know is for superusers
	var want []string
	for _, table := range referenceTables {
		want = append(want, "everywhere "+table)
	}
	for i, table := range distributedTables {
		want = append(want, "tenant_id "+table+" "+map[bool]string{true: "default", false: "resources"}[i == 0])
	}
	for _, function := range sqlFunctions {
		want = append(want, "function "+function)
	}
	if err := db.Distribute(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, calls(t, conn)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if err := db.Distribute(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := calls(t, conn)[len(want):]; !slices.Equal(again, want[len(want)-len(sqlFunctions):]) {
		t.Errorf("the second time it did %q", again)
	}

	var bound int
	err := conn.QueryRow(t.Context(), `select count(*) from pg_class where relname = any($1) and relforcerowsecurity and relrowsecurity`, distributedTables).Scan(&bound)
	if err != nil || bound != len(distributedTables) {
		t.Errorf("%d of %d tables have forced row-level security: %v", bound, len(distributedTables), err)
	}
	var setting string
	if err := connectTo(t, address).QueryRow(t.Context(), `select current_setting('citus.propagate_set_commands')`).Scan(&setting); err != nil || setting != "local" {
		t.Errorf("nodes learn of settings: %q, %v", setting, err)
	}
}

func calls(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `select call from calls order by id`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestDistributeIsWhole: a table that cannot be distributed leaves none distributed.
func TestDistributeIsWhole(t *testing.T) {
	t.Parallel()
	address := postgresCopy(t)
	conn := connectTo(t, address)
	fail := strings.Replace(citusStub, `select by_column ||`, `select 1 / (case when name = 'audit'::regclass then 0 else 1 end) || by_column ||`, 1)
	if _, err := conn.PgConn().Exec(t.Context(), fail).ReadAll(); err != nil {
		t.Fatal(err)
	}
	err := openPostgresAt(t, superuser(t, address), Options{}).Distribute(t.Context())
	if err == nil || !strings.Contains(err.Error(), "create_distributed_table('audit'") {
		t.Errorf("distribute = %v", err)
	}
	if done := calls(t, conn); len(done) > 0 {
		t.Errorf("what was done stayed: %q", done)
	}
}

func TestDistributeNeedsCitus(t *testing.T) {
	t.Parallel()
	db := openPostgresAt(t, postgresCopy(t), Options{})
	if err := db.Distribute(t.Context()); !errors.Is(err, ErrNoCitus) {
		t.Errorf("distribute without Citus = %v", err)
	}
	if err := openMigrated(t).Distribute(t.Context()); err == nil || !strings.Contains(err.Error(), "PostgreSQL") {
		t.Errorf("distribute SQLite = %v", err)
	}
}

// TestDistributeStatements: each table is named once, with the others of its kind.
func TestDistributeStatements(t *testing.T) {
	t.Parallel()
	text := strings.Join(DistributeStatements(), ";\n")
	for _, table := range referenceTables {
		if n := strings.Count(text, "select create_reference_table('"+table+"')"); n != 1 {
			t.Errorf("%s is put everywhere %d times", table, n)
		}
	}
	for _, table := range distributedTables {
		found := regexp.MustCompile(`select create_distributed_table\('`+table+`', 'tenant_id'(, colocate_with => 'resources')?\)`).FindAllStringSubmatch(text, -1)
		if len(found) != 1 || (found[0][1] == "") != (table == "resources") {
			t.Errorf("%s is distributed as %q", table, found)
		}
	}
}
