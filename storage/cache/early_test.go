package cache

import (
	"errors"
	"testing"
	"time"

	"github.com/roster-scim/roster/storage"
)

func (g *group) announceEarly(r *replica, id string) (storage.Announcement, storage.Premise) {
	g.Helper()
	a, premise, err := r.shared.AnnounceEarly(g.Context(), touching(id))
	if err != nil {
		g.Fatal(err)
	}
	return a, premise
}

// An early announcement keeps everybody from the old value, rests on the state that
// is there, and for five seconds.
func TestAnnounceEarly(t *testing.T) {
	t.Parallel()
	together(t, 2, func(g *group) {
		if a, _ := g.announceEarly(g.replicas[0], person(0)); a != nil || g.replicas[0].shared.Early() {
			t.Error("announced in a cache that is closed")
		}
		g.open()
		id := person(0)
		g.get(g.replicas[1], id)
		if _, hit := g.get(g.replicas[1], id); !hit {
			t.Fatal("the cache is not used")
		}
		a, premise := g.announceEarly(g.replicas[0], id)
		if _, hit := g.get(g.replicas[1], id); a == nil || hit {
			t.Error("read from the cache behind an announcement")
		}
		begun, holds := g.database.admits(premise)
		if !holds {
			t.Fatalf("the premise %+v does not hold", premise)
		}
		g.database.commit(begun, id)
		if err := a.Settle(g.Context(), storage.Committed); err != nil {
			t.Error(err)
		}
		if v, _ := g.get(g.replicas[1], id); v != 1 {
			t.Errorf("version %d behind a write", v)
		}
		if _, hit := g.get(g.replicas[1], id); !hit {
			t.Error("the key is not free again")
		}
		if ends := time.Duration(premise.Until-time.Now().UnixMicro()) * time.Microsecond; ends > standard.early {
			t.Errorf("the premise holds for another %v", ends)
		}
		g.wait(standard.early)
		if _, holds := g.database.admits(premise); holds {
			t.Error("the premise holds for longer than it may")
		}
	})
}

// Without a Redis that answers, an early announcement closes the cache once, and the
// write that is done again need not wait.
func TestAnnounceEarlyWithoutRedis(t *testing.T) {
	t.Parallel()
	together(t, 2, func(g *group) {
		g.open()
		r, generation := g.replicas[0], g.generation()
		r.cutRedis.Store(true)
		began := time.Now()
		a, _, err := r.shared.AnnounceEarly(g.Context(), touching(person(0)))
		if a != nil || !errors.Is(err, storage.ErrClosed) {
			t.Fatalf("announced: %v %v", a, err)
		}
		if took := time.Since(began); took < storage.QuietTime || took > storage.QuietTime+time.Second {
			t.Errorf("closing took %v", took)
		}
		if g.generation() != generation+1 || g.phase() != storage.CacheClosed {
			t.Errorf("generation %d is %s", g.generation(), g.phase())
		}
		if took := g.put(r, person(0)); took > time.Second {
			t.Errorf("the write took another %v", took)
		}
	})
}

// A replica that has not seen the state for as long as a lease announces nothing
// early.
func TestAnnounceEarlyNeedsTheState(t *testing.T) {
	t.Parallel()
	together(t, 1, func(g *group) {
		g.open()
		r := g.replicas[0]
		if !r.shared.Early() {
			t.Fatal("it does not announce early")
		}
		r.cutDB.Store(true)
		g.wait(standard.lease + standard.heartbeat)
		if a, _ := g.announceEarly(r, person(0)); a != nil || r.shared.Early() {
			t.Error("announced under a state of long ago")
		}
	})
}
