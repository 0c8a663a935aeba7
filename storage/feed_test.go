package storage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants/events"
)

// Many write on all replicas, whose relays run side by side, while somebody reads
// the feed: nothing is missing, nothing comes twice.
func TestFeedHasEveryEventOnce(t *testing.T) {
	const writers, writes, tenantsOfAll = 8, 12, 5
	onReplicas(t, 3, Options{}, func(t *testing.T, r *replicas) {
		directories := make([]scim.Directory, tenantsOfAll)
		for i := range directories {
			directories[i] = newDirectory()
		}
		for _, db := range r.handles[:2] { // the third leaves its events to them
			relay(t, db)
		}
		var working sync.WaitGroup
		for w := range writers {
			working.Go(func() {
				f := r.at(w % len(r.handles))
				for i := range writes {
					f.dir = directories[rand.IntN(tenantsOfAll)]
					_, err := f.s.Create(f.ctx, f.dir, userType, userDraft(fmt.Sprintf("u%d-%d", w, i)), origin)
					if err != nil {
						t.Errorf("create: %v", err)
					}
				}
			})
		}
		ctx, cancel := context.WithTimeout(t.Context(), soon)
		defer cancel()
		log, c := eventLog(t, r.handles[1]), newConsumer(t)
		var place *events.Place
		for c.all < writers*writes {
			page, err := log.All(ctx, events.FeedQuery{After: place, Limit: 1 + rand.IntN(7), Wait: soon})
			if err != nil || ctx.Err() != nil {
				t.Fatalf("after %d events: %v, %v", c.all, err, ctx.Err())
			}
			c.take(page.Items)
			place = &page.Next
		}
		working.Wait()
		page, err := log.All(ctx, events.FeedQuery{After: place, Limit: 10})
		if err != nil || len(page.Items) > 0 || page.More {
			t.Errorf("behind the last event: %+v, %v", page, err)
		}
		if got := r.rows(`select count(*) from feed f join feed g on g.position = f.position`); got[0] != r.rows(`select position from feed_head`)[0] {
			t.Errorf("%s positions were given to rows, but the head is another", got[0])
		}
	})
}

// A replica commits and is gone before its relay has seen it.
func TestFeedGetsWhatAnotherReplicaHasLeft(t *testing.T) {
	onReplicas(t, 2, Options{}, func(t *testing.T, r *replicas) {
		gone, here := r.at(0), r.at(1)
		gone.user("ada")
		gone.user("bob")
		relay(t, here.db)
		page, err := eventLog(t, here.db).All(r.ctx, events.FeedQuery{Limit: 10, Wait: soon})
		if err != nil || len(page.Items) != 2 {
			t.Fatalf("%+v, %v", page, err)
		}
	})
}

// A relay whose transaction fails leaves nothing behind, and no event out.
func TestRelayThatFails(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.user("ada")
		feed := NewFeed(f.db)
		ids := feed.Take(10)
		if d := cmp.Diff([]string{f.dir.TenantID}, ids); d != "" {
			t.Fatalf("fresh (-want +got):\n%s", d)
		}
		ended, cancel := context.WithCancel(f.ctx)
		cancel()
		if _, err := feed.Relay(ended, ids); err == nil {
			t.Fatal("a relay without time succeeded")
		}
		if rows := f.rows(`select * from feed`); len(rows) != 0 {
			t.Errorf("it left %v", rows)
		}
		for range 2 { // the second time there is nothing new
			if _, err := feed.Relay(f.ctx, ids); err != nil {
				t.Fatal(err)
			}
		}
		want := []string{fmt.Sprintf("%s 1 1 1", f.dir.TenantID)}
		if d := cmp.Diff(want, f.rows(`select cast(tenant_id as text), position, first, last from feed`)); d != "" {
			t.Errorf("feed (-want +got):\n%s", d)
		}
	})
}

// Pages of every size, with and without a filter, are the feed in its order.
func TestFeedPages(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		directories := []scim.Directory{newDirectory(), newDirectory(), newDirectory()}
		for i := range 40 {
			g := f.in(directories[rand.IntN(len(directories))])
			id := g.user(fmt.Sprintf("u%d", i))
			if rand.IntN(3) == 0 {
				g.mustDelete(userType, id)
			}
			if rand.IntN(4) == 0 {
				f.relayAll()
			}
		}
		f.relayAll()
		store := NewEvents(f.db, builtIn{})
		whole := readFeed(t, store, nil, 1000)
		newConsumer(t).take(whole)
		for _, types := range [][]events.Type{nil, {events.UserDeleted}, {events.UserCreated, events.UserDeleted}, {"device.created"}} {
			var want []string
			for _, e := range whole {
				if types == nil || e.Type == types[0] || len(types) > 1 {
					want = append(want, e.ID)
				}
			}
			for limit := 1; limit < 12; limit += 2 {
				var got []string
				for _, e := range readFeed(t, store, types, limit) {
					got = append(got, e.ID)
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Fatalf("%v by %d (-want +got):\n%s", types, limit, d)
				}
			}
		}
	})
}

// readFeed reads the feed page by page.
func readFeed(t *testing.T, store *Events, types []events.Type, limit int) []events.Event {
	t.Helper()
	var all []events.Event
	for place := new(events.Place); ; {
		s, err := store.Feed(t.Context(), place, types, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Items) > limit {
			t.Fatalf("%d events on a page of %d", len(s.Items), limit)
		}
		all = append(all, s.Items...)
		if s.Next.Position == s.Head {
			return all
		}
		if s.Next == *place {
			t.Fatalf("stuck at %+v of %d", place, s.Head)
		}
		place = &s.Next
	}
}

// What lets the feed look at sequences opens nothing else.
// TestFeedFromNow: what happened before stays out, what happens next does not.
func TestFeedFromNow(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		log := eventLog(t, f.db)
		f.user("ada")
		f.relayAll()
		now, err := log.All(f.ctx, events.FeedQuery{Now: true, Limit: 10})
		if err != nil || len(now.Items) > 0 || now.More {
			t.Fatalf("%+v, %v", now, err)
		}
		id := f.user("bea")
		f.relayAll()
		next, err := log.All(f.ctx, events.FeedQuery{After: &now.Next, Limit: 10})
		if err != nil || len(next.Items) != 1 || !strings.Contains(string(next.Items[0].Data), id) {
			t.Errorf("%+v, %v; want the event of %s alone", next, err, id)
		}
	})
}

func TestFeedPolicyIsForSequencesAlone(t *testing.T) {
	t.Parallel()
	f := postgresFixture(t, Options{})
	f.db.trace(nil) // the statements are what must not be
	f.user("ada")
	err := f.db.update(f.ctx, "", func(tx *tx) error {
		if err := tx.seeSequences(f.ctx); err != nil {
			return err
		}
		b := &batch{}
		seen := map[string]int{}
		for _, table := range dataTables {
			b.query(func(scanner) error { seen[table]++; return nil }, `select 1 from `+table)
		}
		changed := b.exec(`update tenant_sequences set sequence = sequence + 1`)
		deleted := b.exec(`delete from tenant_sequences`)
		err := tx.send(f.ctx, b)
		if d := cmp.Diff(map[string]int{"tenant_sequences": 1}, seen); d != "" {
			t.Errorf("the feed sees (-want +got):\n%s", d)
		}
		if changed.affected+deleted.affected > 0 {
			t.Errorf("the feed changed %d sequences and deleted %d", changed.affected, deleted.affected)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen := f.rowsOf(f.db, `select 1 from tenant_sequences`); seen != 0 {
		t.Errorf("%d sequences are seen after the transaction", seen)
	}
}

// rowsOf counts what a handle sees.
func (f *fixture) rowsOf(db *DB, query string) (n int) {
	f.t.Helper()
	err := db.view(f.ctx, "", func(tx *tx) error {
		return tx.each(f.ctx, func(scanner) error { n++; return nil }, query)
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}

// A commit costs the writer next to nothing: it is told once, however often it
// happens before somebody looks.
func TestCommitsAreTakenOnce(t *testing.T) {
	t.Parallel()
	c := newCommits()
	for range 3 {
		c.committed([]string{"a", "b"})
	}
	c.committed([]string{"c"})
	got := map[string]int{}
	for range 3 {
		select {
		case <-c.news:
		case <-time.After(soon):
			t.Fatal("nobody is told of what is left")
		}
		for _, id := range c.take(1) {
			got[id]++
		}
	}
	if d := cmp.Diff(map[string]int{"a": 1, "b": 1, "c": 1}, got); d != "" {
		t.Errorf("taken (-want +got):\n%s", d)
	}
	select {
	case <-c.news:
		t.Error("there is nothing left, but somebody is told so")
	default:
	}
}
