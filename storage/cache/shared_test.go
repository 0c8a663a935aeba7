package cache

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/redisdb"
)

// group is a few replicas in a bubble where nothing goes wrong by itself.
type group struct {
	*testing.T
	*simulation
}

func together(t *testing.T, n int, test func(g *group)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &simulation{ledger: newLedger(), random: newRandom(1), database: newAuthority(), redis: newServer(), timing: standard}
		g := &group{t, s}
		for range n {
			g.join()
		}
		test(g)
		for _, r := range s.replicas {
			if err := r.shared.Close(context.Background()); err != nil && !r.cutDB.Load() {
				t.Errorf("close: %v", err)
			}
		}
		s.redis.strays.Wait()
	})
}

// join starts another replica.
func (g *group) join() *replica {
	r := g.replica(len(g.replicas))
	r.shared.redis.(*link).fate.lose, r.shared.redis.(*link).fate.delay = 0, 0
	g.replicas = append(g.replicas, r)
	r.shared.Start(g.Context())
	return r
}

// wait lets time pass.
func (g *group) wait(d time.Duration) { <-time.After(d) }

func (g *group) phase() storage.CachePhase { return g.database.transactionState().Phase }

func (g *group) generation() int64 { return g.database.transactionState().Generation }

// open waits until the cache is open everywhere and returns how long it took.
func (g *group) open() time.Duration {
	g.Helper()
	begun := time.Now()
	for g.phase() != storage.CacheOpen {
		g.wait(10 * time.Millisecond)
		if time.Since(begun) > 3*time.Minute {
			g.Fatal("the cache does not open")
		}
	}
	took := time.Since(begun)
	g.wait(standard.heartbeat + 10*time.Millisecond)
	return took
}

// get reads somebody and says whether that was a hit.
func (g *group) get(r *replica, id string) (version int64, hit bool) {
	g.Helper()
	before := g.hits.Load()
	rec, err := r.store.Get(g.Context(), place, userType, id, scim.With{})
	if err != nil {
		g.Fatal(err)
	}
	return rec.Version, g.hits.Load() > before
}

// put writes somebody as a transaction does, up to the given point.
func (g *group) announce(r *replica, id string) storage.Announcement {
	g.Helper()
	a, err := r.guard.Announce(g.Context(), touching(id), g.database.transactionState())
	if err != nil {
		g.Fatal(err)
	}
	return a
}

func (g *group) put(r *replica, id string) (took time.Duration) {
	g.Helper()
	begun := time.Now()
	a := g.announce(r, id)
	g.database.commit(begun, id)
	if err := a.Settle(g.Context(), storage.Committed); err != nil {
		g.Fatal(err)
	}
	return time.Since(begun)
}

func TestOpensWhenEveryTransactionAnnounces(t *testing.T) {
	t.Parallel()
	together(t, 3, func(g *group) {
		if took := g.open(); took < storage.CommitBound || took > storage.CommitBound+5*time.Second {
			g.Errorf("open after %v", took)
		}
		a, b := g.replicas[0], g.replicas[1]
		if _, hit := g.get(a, person(0)); hit {
			g.Error("a hit in an empty cache")
		}
		if _, hit := g.get(b, person(0)); !hit {
			g.Error("what one replica has read is not there for another")
		}
		if took := g.put(b, person(0)); took > 20*time.Millisecond {
			g.Errorf("a write took %v", took)
		}
		if v, hit := g.get(a, person(0)); v != 1 || hit {
			g.Errorf("version %d, hit %t", v, hit)
		}
		if v, hit := g.get(b, person(0)); v != 1 || !hit {
			g.Errorf("version %d, hit %t", v, hit)
		}
	})
}

// TestRedisAwayCostsOneCall: then the cache is closed, writes go on without it,
// and it opens again by itself.
func TestRedisAwayCostsOneCall(t *testing.T) {
	t.Parallel()
	together(t, 2, func(g *group) {
		g.open()
		r := g.replicas[0]
		g.get(r, person(0))
		g.redis.pause()
		if took := g.put(r, person(0)); took > callTime+storage.QuietTime+50*time.Millisecond {
			g.Errorf("the first write took %v", took)
		}
		if g.phase() != storage.CacheClosed {
			g.Errorf("the cache is %s", g.phase())
		}
		for i, r := range g.replicas {
			learned := time.Duration(i) * (standard.heartbeat + 10*time.Millisecond) // a little later than the other
			if took := g.put(r, person(0)); took > learned {
				g.Errorf("a write without Redis took %v", took)
			}
			begun := time.Now()
			if v, _ := g.get(r, person(0)); v < 2 || time.Since(begun) > 10*time.Millisecond {
				g.Errorf("a read shows version %d after %v", v, time.Since(begun))
			}
		}
		g.wait(time.Minute)
		if g.phase() == storage.CacheOpen {
			g.Error("opened without Redis")
		}
		g.redis.resume()
		g.open()
		if v, _ := g.get(r, person(0)); v != 3 {
			g.Errorf("version %d from a cache that was opened again", v)
		}
	})
}

func TestLostAnnouncementIsNoticedBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	together(t, 2, func(g *group) {
		g.open()
		generation := g.generation()
		a := g.announce(g.replicas[0], person(0))
		if g.redis.evict("T") == 0 {
			g.Fatal("no tombstone")
		}
		g.database.commit(time.Now(), person(0))
		begun := time.Now()
		if err := a.Settle(g.Context(), storage.Committed); err != nil {
			g.Error(err)
		}
		if g.generation() == generation || time.Since(begun) < storage.QuietTime {
			g.Errorf("generation %d after %v", g.generation(), time.Since(begun))
		}
	})
}

// A write that can neither settle nor close is not acknowledged.
func TestUnsettledWriteIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	together(t, 2, func(g *group) {
		g.open()
		r := g.replicas[0]
		a := g.announce(r, person(0))
		g.database.commit(time.Now(), person(0))
		r.cutRedis.Store(true)
		r.cutDB.Store(true)
		if err := a.Settle(g.Context(), storage.Committed); !errors.Is(err, errDown) {
			g.Errorf("settled: %v", err)
		}
		if v, hit := g.get(g.replicas[1], person(0)); hit || v != 1 {
			g.Errorf("version %d, hit %t", v, hit)
		}
	})
}

func TestTombstonesOfSeveralWriters(t *testing.T) {
	t.Parallel()
	together(t, 2, func(g *group) {
		g.open()
		r := g.replicas[1]
		first, second, third := g.announce(g.replicas[0], person(0)), g.announce(r, person(0)), g.announce(r, person(0))
		fills := func() bool {
			g.get(r, person(0))
			_, hit := g.get(r, person(0))
			return hit
		}
		for _, step := range []func() error{
			func() error { return second.Settle(g.Context(), storage.Aborted) },
			func() error { return first.Settle(g.Context(), storage.Committed) },
			func() error { return third.Settle(g.Context(), storage.Unknown) },
		} {
			if fills() {
				g.Error("filled while a writer was there")
			}
			if err := step(); err != nil {
				g.Error(err)
			}
		}
		if fills() {
			g.Error("filled although a commit may still take effect")
		}
		g.wait(standard.tombstone)
		if !fills() {
			g.Error("not filled after the tombstone's end")
		}
	})
}

// TestServerThatWasNotOpened: whoever meets one closes the cache, be it by a
// read, a write or a probe.
func TestServerThatWasNotOpened(t *testing.T) {
	t.Parallel()
	for name, meet := range map[string]func(g *group){
		"read":  func(g *group) { g.get(g.replicas[0], person(0)); g.wait(50 * time.Millisecond) },
		"write": func(g *group) { g.put(g.replicas[0], person(0)) },
		"probe": func(g *group) { g.wait(standard.tend + 50*time.Millisecond) },
		"new run of the database": func(g *group) {
			g.database.newRun()
			g.wait(standard.heartbeat + standard.tend)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			together(t, 2, func(g *group) {
				g.open()
				old, generation := g.redis.dump(), g.generation()
				if name != "new run of the database" {
					g.redis.restart(old)
				}
				meet(g)
				if g.generation() == generation {
					g.Error("the cache is still open")
				}
				g.open()
			})
		})
	}
}

func TestUnfitRedisIsNotUsed(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(s *server){
		"replica":     func(s *server) { s.role = "slave" },
		"evicting":    func(s *server) { s.policy = "allkeys-lru" },
		"full":        func(s *server) { s.used = 951 },
		"quite full":  func(s *server) { s.used, s.scripts = 940, map[redisdb.Script]bool{} },
		"has evicted": func(s *server) { s.evicted += 1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			together(t, 2, func(g *group) {
				g.open()
				g.redis.spoil(spoil)
				g.wait(standard.tend + 50*time.Millisecond)
				if g.phase() == storage.CacheOpen {
					g.Error("still open")
				}
				g.wait(time.Minute)
				if open := g.phase() == storage.CacheOpen; open != (name == "has evicted") {
					g.Errorf("open: %t", open)
				}
			})
		})
	}
}

// A replica without a Redis keeps the cache closed while it is there.
func TestReplicaWithoutRedis(t *testing.T) {
	t.Parallel()
	together(t, 1, func(g *group) {
		g.open()
		bare := g.replica(1)
		bare.shared.redis = nil
		bare.shared.Start(g.Context())
		g.wait(time.Second)
		if took := g.put(bare, person(0)); took < storage.QuietTime || g.phase() != storage.CacheClosed {
			g.Errorf("its write took %v and the cache is %s", took, g.phase())
		}
		if _, hit := g.get(bare, person(0)); hit {
			g.Error("a hit without Redis")
		}
		g.wait(time.Minute)
		if g.phase() != storage.CacheClosed {
			g.Errorf("the cache is %s", g.phase())
		}
		if err := bare.shared.Close(g.Context()); err != nil {
			g.Error(err)
		}
		g.open()
	})
}

// The next replica takes over what a dead one has begun.
func TestOpeningIsTakenOver(t *testing.T) {
	t.Parallel()
	together(t, 2, func(g *group) {
		for g.phase() != storage.CacheOpening {
			g.wait(10 * time.Millisecond)
		}
		reopen := g.replicas[0].gate.close()
		if took := g.open(); took > 4*storage.CommitBound {
			g.Errorf("open after %v", took)
		}
		generation := g.generation()
		reopen() // and finds that it has all gone on without it
		g.wait(5 * time.Second)
		if g.phase() != storage.CacheOpen || g.generation() != generation {
			g.Errorf("generation %d is %s", g.generation(), g.phase())
		}
	})
}

// A cache that is closed again and again is opened ever more seldom.
func TestOpensMoreSeldomWhenItDoesNotLast(t *testing.T) {
	t.Parallel()
	together(t, 1, func(g *group) {
		g.open()
		var took []time.Duration
		for range 4 {
			g.redis.restart(map[string]value{})
			g.wait(3 * time.Second)
			took = append(took, g.open())
		}
		for i := range took[1:] {
			if took[i+1] < took[i] {
				g.Errorf("opened again after %v", took)
			}
		}
		if took[3] < took[0]+5*time.Second {
			g.Errorf("opened again after %v", took)
		}
		g.wait(2 * standard.steady)
		g.redis.restart(map[string]value{})
		g.wait(3 * time.Second)
		if again := g.open(); again > took[0] {
			g.Errorf("opened after %v although it had lasted", again)
		}
	})
}

// Without the database there is no lease, even if Redis answers.
func TestNoLeaseWithoutDatabase(t *testing.T) {
	t.Parallel()
	together(t, 2, func(g *group) {
		g.open()
		r := g.replicas[0]
		g.get(r, person(0))
		r.cutDB.Store(true)
		g.wait(storage.LeaseTime)
		before := g.hits.Load()
		if _, err := r.store.Get(g.Context(), place, userType, person(0), scim.With{}); !errors.Is(err, errDown) {
			g.Errorf("answered: %v", err)
		}
		if g.hits.Load() > before {
			g.Error("a hit without a lease")
		}
	})
}

// What would take too many keys closes the cache.
func TestHugeChange(t *testing.T) {
	t.Parallel()
	together(t, 1, func(g *group) {
		g.open()
		touched := &storage.Touched{}
		for i := range maxAnnounced + 1 {
			touched.Resource(place, person(i))
		}
		calls := g.redis.called()
		if _, err := g.replicas[0].guard.Announce(g.Context(), touched, g.database.transactionState()); err != nil {
			g.Error(err)
		}
		if g.phase() != storage.CacheClosed || g.redis.called() > calls+5 {
			g.Errorf("the cache is %s after %d calls", g.phase(), g.redis.called()-calls)
		}
	})
}
