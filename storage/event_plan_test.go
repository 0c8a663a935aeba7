package storage

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/roster-scim/roster/tenants/events"
)

// lookAtEvents does what takes no longer where many events have happened.
func (f *fixture) lookAtEvents(t *testing.T) {
	t.Helper()
	f.user("ada")
	feed, store := NewFeed(f.db), NewEvents(f.db, builtIn{})
	if _, err := feed.Relay(f.ctx, []string{f.dir.TenantID}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := feed.News(f.ctx, 0, 10); err != nil {
		t.Fatal(err)
	}
	for _, types := range [][]events.Type{nil, {events.UserCreated, events.UserDeleted}} {
		if _, err := store.Events(f.ctx, f.tenantID(), 0, types, 10); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Feed(f.ctx, &events.Place{}, types, 10); err != nil {
			t.Fatal(err)
		}
	}
	m := NewMaintenance(f.db, builtIn{})
	if _, err := m.pruneEvents(f.ctx, f.db.now().AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
}

// TestEventsAreReadByKeys: SQLite looks at no more of the events and of the feed
// than a page has.
func TestEventsAreReadByKeys(t *testing.T) {
	t.Parallel()
	f := fixtureOn(t, openFile(t, filepath.Join(t.TempDir(), "roster.db"), Options{Readers: 1}))
	f.lookAtEvents(t)
	whole := regexp.MustCompile(`SCAN (feed|feed_tenants|events|tenant_sequences|[efsx])( |$)|TEMP B-TREE`)
	few := regexp.MustCompile(`USING INDEX feed_position$|SCAN f$`) // a page in its order; of what a page has
	seen := 0
	for _, query := range f.statements() {
		if !strings.Contains(query, "feed") && !strings.Contains(query, "from events") || strings.Contains(query, "insert into events") {
			continue
		}
		seen++
		args := make([]any, strings.Count(query, "$"))
		for i := range args {
			args[i] = "[]"
		}
		for _, step := range f.rows(`explain query plan `+query, args...) {
			ofOneRelay := strings.Contains(step, "TEMP B-TREE") && strings.Contains(query, "json_each")
			if whole.MatchString(step) && !few.MatchString(step) && !ofOneRelay {
				t.Errorf("%s\nin %s", step, query)
			}
		}
	}
	if seen < 8 {
		t.Errorf("only %d statements were seen", seen)
	}
}

// unevenEvents are fifty tenants, of which one has nearly all events.
const unevenEvents = `
	create temp table happened as
		select md5('tenant' || t)::uuid as tenant_id, n
		from generate_series(1, 50) t, generate_series(1, case when t = 1 then 20000 else 60 end) n;
	insert into events (tenant_id, sequence, id, type, occurred_at, data, request_id)
		select tenant_id, n, md5(tenant_id || ' ' || n)::uuid, 'user.created', 0, '{}', '' from happened;
	insert into tenant_sequences (tenant_id, sequence) select tenant_id, max(n) from happened group by 1;
	insert into feed_tenants select tenant_id, max(n) from happened group by 1;
	insert into feed select tenant_id, row_number() over (order by tenant_id, n), n, n, 0 from happened;
	update feed_head set position = (select max(position) from feed);
	analyze`

// TestEventPlans: no more does PostgreSQL, by plans made for all tenants.
func TestEventPlans(t *testing.T) {
	t.Parallel()
	address := postgresCopy(t)
	if _, err := connectTo(t, superuser(t, address)).PgConn().Exec(t.Context(), unevenEvents).ReadAll(); err != nil {
		t.Fatal(err)
	}
	f := fixtureOn(t, openPostgresAt(t, address, Options{}))
	tracer := &statementTracer{sent: map[string]bool{}}
	f.db.trace(tracer)
	f.lookAtEvents(t)

	conn := connectTo(t, address)
	for _, statement := range []string{
		`select set_config('roster.tenant_id', '` + f.dir.TenantID + `', false)`,
		`select set_config('roster.feed', 'on', false)`, strings.ReplaceAll(setPlan, "true)", "false)"),
	} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	whole := regexp.MustCompile(`Seq Scan on (events|feed|feed_tenants|tenant_sequences)\b|Sort\n.*\n.* on (events|feed)\b`)
	explained := 0
	for query := range tracer.sent {
		if !strings.Contains(query, "$1") || !strings.Contains(query, "feed") && !strings.Contains(query, "from events") {
			continue
		}
		explained++
		if plan := explainGeneric(t, conn, query); whole.MatchString(plan) {
			t.Errorf("%s\nof %s\n%s", whole.FindString(plan), query, plan)
		}
	}
	if explained < 8 {
		t.Errorf("only %d statements were sent", explained)
	}
}
