package storage

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// sequences are the numbers of events.
func sequences(list []events.Event) []int64 {
	all := []int64{}
	for i := range list {
		all = append(all, list[i].Sequence)
	}
	return all
}

func TestTenantEvents(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		for i := range 4 { // events 1 to 8
			f.mustDelete(userType, f.user(fmt.Sprintf("u%d", i)))
		}
		other := f.in(newDirectory())
		other.user("somebody else")
		store, log := NewEvents(f.db, builtIn{}), eventLog(t, f.db)
		for name, tc := range map[string]struct {
			query events.Query
			want  []int64
			next  int64
		}{
			"all":                     {events.Query{Limit: 100}, []int64{1, 2, 3, 4, 5, 6, 7, 8}, 8},
			"page":                    {events.Query{After: 3, Limit: 2}, []int64{4, 5}, 5},
			"at the end":              {events.Query{After: 8, Limit: 2}, []int64{}, 8},
			"of a type":               {events.Query{Types: []events.Type{events.UserDeleted}, Limit: 2}, []int64{2, 4}, 4},
			"of a type, past the end": {events.Query{After: 5, Types: []events.Type{events.UserDeleted}, Limit: 9}, []int64{6, 8}, 8},
			"of none":                 {events.Query{Types: []events.Type{events.GroupCreated}, Limit: 2}, []int64{}, 8},
			"of two":                  {events.Query{After: 1, Types: []events.Type{events.UserDeleted, events.UserCreated}, Limit: 3}, []int64{2, 3, 4}, 4},
		} {
			page, err := log.Tenant(f.ctx, f.tenantID(), tc.query)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if d := cmp.Diff(tc.want, sequences(page.Items)); d != "" || page.Next != tc.next || page.Last != 8 {
				t.Errorf("%s: next %d, last %d (-want +got):\n%s", name, page.Next, page.Last, d)
			}
		}
		if _, err := log.Tenant(f.ctx, f.tenantID(), events.Query{After: 9, Limit: 1}); !errors.As(err, new(*tenants.InvalidError)) {
			t.Errorf("behind the last event: %v", err)
		}
		s, err := store.Events(f.ctx, other.tenantID(), 0, nil, 10)
		if err != nil || len(s.Items) != 1 {
			t.Fatalf("the other tenant: %+v, %v", s, err)
		}
		e := s.Items[0]
		if e.TenantID != other.tenantID().String() || e.ID[:3] != "evt" || e.RequestID != origin.RequestID || e.Type != events.UserCreated {
			t.Errorf("event %+v", e)
		}
		data := doc{}
		if err := json.Unmarshal(e.Data, &data); err != nil || data["userName"] != "somebody else" {
			t.Errorf("data %s, %v", e.Data, err)
		}
	})
}

// More events than one statement reads are still one page.
func TestTenantEventsOfManyChunks(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		const n = 2*eventChunk + 10
		f.together(n)
		f.relayAll()
		store := NewEvents(f.db, builtIn{})
		s, err := store.Events(f.ctx, f.tenantID(), 5, nil, n)
		if err != nil || len(s.Items) != n-5 || s.Next != n || s.Items[n-6].Sequence != n {
			t.Fatalf("%d events up to %d: %v", len(s.Items), s.Next, err)
		}
		feed, err := store.Feed(f.ctx, &events.Place{}, nil, n)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(sequences(s.Items), sequences(feed.Items)[5:]); d != "" || feed.Next != (events.Place{Position: 1}) {
			t.Errorf("the feed up to %+v (-want +got):\n%s", feed.Next, d)
		}
	})
}

// together makes users in one transaction: in the feed they are one row.
func (f *fixture) together(n int) {
	f.t.Helper()
	err := f.s.Together(f.ctx, f.dir, func(s scim.Store) error {
		for i := range n {
			if _, err := s.Create(f.ctx, f.dir, userType, userDraft(fmt.Sprintf("t%d", i)), origin); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

func TestEventsExpire(t *testing.T) {
	now := &clock{at: made}
	onEachWith(t, Options{Now: now.now}, func(t *testing.T, f *fixture) {
		log, m := eventLog(t, f.db), NewMaintenance(f.db, builtIn{})
		f.user("ada")
		f.user("bob")
		f.relayAll()
		before, err := log.All(f.ctx, events.FeedQuery{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		f.user("eve")
		f.relayAll()
		f.at(t, -24*time.Hour, `update feed set at = at + $1 where position = 1`)
		prune := func(days int) {
			t.Helper()
			if more, err := m.Prune(f.ctx, made.AddDate(0, 0, days)); more || err != nil {
				t.Fatalf("prune: more %t, %v", more, err)
			}
		}
		prune(88)
		if page, err := log.Tenant(f.ctx, f.tenantID(), events.Query{Limit: 10}); err != nil || len(page.Items) != 3 {
			t.Fatalf("nothing is old yet: %+v, %v", page, err)
		}
		prune(90)
		for after, want := range map[int64]error{0: events.ErrExpired, 1: events.ErrExpired, 2: nil, 3: nil} {
			page, err := log.Tenant(f.ctx, f.tenantID(), events.Query{After: after, Limit: 10})
			if !errors.Is(err, want) {
				t.Errorf("after %d: %v, want %v", after, err, want)
			}
			if err == nil && int64(len(page.Items)) != 3-after {
				t.Errorf("after %d: %+v", after, page)
			}
		}
		if _, err := log.All(f.ctx, events.FeedQuery{After: &before.Next, Limit: 1}); !errors.Is(err, events.ErrExpired) {
			t.Errorf("in the middle of what is gone: %v", err)
		}
		page, err := log.All(f.ctx, events.FeedQuery{Limit: 10})
		if err != nil || !slices.Equal(sequences(page.Items), []int64{3}) {
			t.Errorf("from the beginning: %+v, %v", page, err)
		}
		prune(91)
		if _, err := log.Tenant(f.ctx, f.tenantID(), events.Query{After: 2, Limit: 1}); !errors.Is(err, events.ErrExpired) {
			t.Errorf("nothing is kept, and two were seen: %v", err)
		}
		if page, err := log.Tenant(f.ctx, f.tenantID(), events.Query{After: 3, Limit: 1}); err != nil || len(page.Items) > 0 {
			t.Errorf("nothing is kept, and all were seen: %+v, %v", page, err)
		}
		if rows := f.rows(`select * from feed`); len(rows) != 0 {
			t.Errorf("the feed has %v", rows)
		}
		f.user("new")
		if page, err := log.Tenant(f.ctx, f.tenantID(), events.Query{After: 3, Limit: 9}); err != nil || !slices.Equal(sequences(page.Items), []int64{4}) {
			t.Errorf("a new event: %+v, %v", page, err)
		}
	})
}

// at carries out a statement with a duration in microseconds.
func (f *fixture) at(t *testing.T, d time.Duration, statement string) {
	t.Helper()
	err := f.db.update(f.ctx, "", func(tx *tx) error {
		_, err := tx.exec(f.ctx, statement, d.Microseconds())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Retention follows the setting, and what is marked is refused before it is gone.
func TestRetentionIsASetting(t *testing.T) {
	now := &clock{at: made}
	onEachWith(t, Options{Now: now.now}, func(t *testing.T, f *fixture) {
		c := newControl(f)
		f.user("ada")
		f.relayAll()
		days := 10
		changed, err := tenants.NewRoles(c.store, nil).UpdateSettings(c.ctx, tenants.SettingsChange{EventsRetentionDays: &days})
		if err != nil || changed.EventsRetentionDays != 10 {
			t.Fatalf("%+v, %v", changed, err)
		}
		if got := c.auditOf(installationTenant); got[len(got)-1] != "settings.updated" {
			t.Errorf("audit %v", got)
		}
		by, err := c.parts.keptSince(f.ctx, made.AddDate(0, 0, 11))
		if err != nil || !by.Equal(made.AddDate(0, 0, 1)) {
			t.Fatalf("kept since %v, %v", by, err)
		}
		err = f.db.update(f.ctx, "", func(tx *tx) error {
			_, _, err := tx.expire(f.ctx, by)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		log := eventLog(t, f.db)
		if _, err := log.All(f.ctx, events.FeedQuery{After: &events.Place{}, Limit: 1}); !errors.Is(err, events.ErrExpired) {
			t.Errorf("behind what is marked: %v", err)
		}
		for _, wrong := range []int{0, 3651} {
			_, err := tenants.NewRoles(c.store, nil).UpdateSettings(c.ctx, tenants.SettingsChange{EventsRetentionDays: &wrong})
			if !errors.As(err, new(*tenants.InvalidError)) {
				t.Errorf("%d days: %v", wrong, err)
			}
		}
	})
}

// A tenant that is purged is not in the feed any more, and does not come back;
// readers go on behind it.
func TestFeedOfAPurgedTenant(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		c := newControl(f)
		tenant := c.tenant()
		gone := c.in(scim.Directory{TenantID: tenant.ID.UUID(), ConnectionID: mustID()})
		gone.user("ada")
		gone.user("bob")
		f.relayAll()
		store := NewEvents(f.db, builtIn{})
		begun, err := store.Feed(f.ctx, nil, nil, 1)
		if err != nil || begun.Next != (events.Place{Sequence: 1}) {
			t.Fatalf("%+v, %v", begun, err)
		}
		c.must(c.changeTenant(tenant.ID, func(t *tenants.Tenant) { t.DeletedAt = made }))
		f.relayAll()
		for done := false; !done; f.relayAll() {
			done, err = c.parts.PurgeTenant(c.ctx, tenants.TenantPurge{TenantID: tenant.ID, DeletedBy: made})
			c.must(err)
		}
		f.user("eve")
		f.relayAll()
		rest, err := store.Feed(f.ctx, &begun.Next, nil, 10)
		if err != nil || len(rest.Items) != 1 || rest.Items[0].TenantID != f.tenantID().String() || rest.Next.Position != rest.Head {
			t.Errorf("%+v, %v", rest, err)
		}
		for _, table := range []string{"feed", "feed_tenants", "events", "tenant_sequences"} {
			if rows := f.rows(`select * from ` + table + ` where cast(tenant_id as text) = '` + tenant.ID.UUID() + `'`); len(rows) > 0 {
				t.Errorf("%s has %v", table, rows)
			}
		}
	})
}
