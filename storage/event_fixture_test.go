package storage

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// replicas are several handles on one database.
type replicas struct {
	*fixture
	handles []*DB
}

// onReplicas runs a test with several handles on one database of each kind.
func onReplicas(t *testing.T, n int, o Options, test func(t *testing.T, r *replicas)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "roster.db")
		r := &replicas{}
		for range n {
			r.handles = append(r.handles, openFile(t, path, o))
		}
		r.fixture = fixtureOn(t, r.handles[0])
		test(t, r)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		address := postgresCopy(t)
		r := &replicas{}
		for range n {
			db := openPostgresAt(t, address, o)
			db.trace(newTenantTracer(t))
			r.handles = append(r.handles, db)
		}
		r.fixture = fixtureOn(t, r.handles[0])
		r.all = openPostgresAt(t, superuser(t, address), Options{})
		test(t, r)
	})
}

// at is the same database seen by another replica, from another directory.
func (r *replicas) at(i int) *fixture {
	g := *r.fixture
	g.db, g.s, g.dir = r.handles[i], NewResources(r.handles[i]), newDirectory()
	return &g
}

// relay begins the relay of a handle, and returns what ends it.
func relay(t *testing.T, db *DB) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		events.NewRelay(NewFeed(db), quiet).Run(ctx)
	}()
	stop = func() {
		cancel()
		<-done
	}
	t.Cleanup(stop)
	return stop
}

var quiet = slog.New(slog.DiscardHandler)

// eventLog is the events as a handle's readers get them.
func eventLog(t *testing.T, db *DB) *events.Log {
	t.Helper()
	hub := events.NewHub(NewFeed(db), quiet)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		hub.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return events.NewLog(NewEvents(db, builtIn{}), hub)
}

// relayAll puts what there is into the feed, as a relay's sweep does.
func (f *fixture) relayAll() {
	f.t.Helper()
	feed := NewFeed(f.db)
	ids, err := feed.Behind(f.ctx, 10_000)
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := feed.Relay(f.ctx, ids); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) tenantID() tenants.TenantID {
	f.t.Helper()
	var id tenants.TenantID
	if err := id.Scan(f.dir.TenantID); err != nil {
		f.t.Fatal(err)
	}
	return id
}

// consumer is what an app makes of the events of all tenants: it holds them to be
// each tenant's sequence, without gap or repetition.
type consumer struct {
	t    reporter
	seen map[string]int64 // by the tenant's public id
	all  int
}

func newConsumer(t reporter) *consumer { return &consumer{t: t, seen: map[string]int64{}} }

func (c *consumer) take(page []events.Event) {
	c.t.Helper()
	for i := range page {
		e := &page[i]
		if want := c.seen[e.TenantID] + 1; e.Sequence != want {
			c.t.Fatalf("tenant %s: event %d came where %d was due", e.TenantID, e.Sequence, want)
		}
		c.seen[e.TenantID] = e.Sequence
		c.all++
	}
}

const soon = 30 * time.Second // so long that only what is broken takes longer
