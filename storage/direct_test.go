package storage

import (
	"errors"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/roster-scim/roster/scim"
)

// What a batch refuses leaves nothing of the whole transaction, whose commit was
// sent with it: somebody whom a group waits for joins by the next attempt, and is
// counted once.
func TestRefusedWriteIsRepeated(t *testing.T) {
	t.Parallel()
	f := postgresFixture(t, Options{})
	d := draft(doc{"displayName": "All"}, add(awaited))
	d.AllowPending = true
	group := f.create(groupType, d).ID
	user := f.create(userType, draft(doc{"userName": "ada", "externalId": awaited, "active": true})).ID
	if got := f.memberIDs(group); !slices.Equal(got, []string{user}) {
		t.Errorf("the group has %q", got)
	}
	got := f.rows(`select total, next_position, active from directory_totals where tenant_id = $1 and resource_type = 'User'`, f.dir.TenantID)
	if !slices.Equal(got, []string{"1 1 1"}) {
		t.Errorf("counted as %q", got)
	}
	got = f.rows(`select sequence, audit_number from tenant_sequences where tenant_id = $1`, f.dir.TenantID)
	if !slices.Equal(got, []string{"4 2"}) { // created and pending; created and added
		t.Errorf("numbers are %q", got)
	}
}

// A write that commits with its last batch is over when its answer is there: what
// a later statement of the batch fails with has undone those before it.
func TestConflictInTheLastBatch(t *testing.T) {
	t.Parallel()
	f := postgresFixture(t, Options{})
	f.user("ada")
	before := counts(f.dump())
	_, err := f.s.Create(f.ctx, f.dir, userType, userDraft("ADA"), origin)
	taken := (*scim.ConflictError)(nil)
	if !errors.As(err, &taken) || taken.Attribute != "userName" || taken.Value != "ADA" {
		t.Errorf("taken twice: %v", err)
	}
	for table, n := range counts(f.dump()) {
		if n != before[table] {
			t.Errorf("%d rows in %s, want %d", n, table, before[table])
		}
	}
}

// A sharded server is told of the tenant by a statement that it passes on to its
// nodes, and gets no statement that changes several tables.
func TestShardedServerGetsPlainStatements(t *testing.T) {
	t.Parallel()
	address := postgresCopy(t)
	super := connectTo(t, superuser(t, address))
	name := pgx.Identifier{super.Config().Database}.Sanitize()
	if _, err := super.Exec(t.Context(), `alter database `+name+` set citus.propagate_set_commands = 'local'`); err != nil {
		t.Fatal(err)
	}
	f := fixtureOn(t, openPostgresAt(t, address, Options{}))
	f.all = openPostgresAt(t, superuser(t, address), Options{})
	tracer := &statementTracer{sent: map[string]bool{}}
	f.db.engine.(*postgresEngine).tracer = tracer

	id := f.user("ada")
	f.get(userType, id)
	if got := f.rows(`select attribute, value from resource_values where tenant_id = $1 and resource_id = $2`, f.dir.TenantID, id); !slices.Equal(got, []string{"userName ada"}) {
		t.Errorf("values are %q", got)
	}
	if got := f.rows(`select sequence, type from events where tenant_id = $1`, f.dir.TenantID); !slices.Equal(got, []string{"1 user.created"}) {
		t.Errorf("events are %q", got)
	}
	if !tracer.sent[`set local roster.tenant_id = '`+f.dir.TenantID+`'`] || tracer.sent[setTenant] || tracer.sent[insertTogether] {
		t.Errorf("sent %v", tracer.sent)
	}
}
