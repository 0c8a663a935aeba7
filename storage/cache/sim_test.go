package cache

import (
	"context"
	"flag"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/storage"
)

// simulation is several replicas over one database and one Redis, in a time of
// their own.
type simulation struct {
	seed   uint64
	length time.Duration
	mutant func(*simulation)

	*ledger
	random   *random
	database *authority
	redis    *server
	replicas []*replica
	hits     atomic.Int64
	opened   atomic.Int64
	early    atomic.Int64 // writes that were announced early, and committed

	misfortunes  []misfortune  // what may go wrong
	peace        time.Duration // at most, between two of them
	mute, loader bool          // mutants of links
	timing       timing        // of replicas
	unleased     bool
	late         float64 // chance that what was announced early takes long to commit
}

// replica is a process: its part in the cache, and what goes wrong with it.
type replica struct {
	sim      *simulation
	name     string
	gate     *gate
	desk     *desk
	shared   *Shared
	guard    storage.Guard
	store    scim.Store
	cutRedis atomic.Bool
	cutDB    atomic.Bool
}

const replicas = 3

func (s *simulation) run(t *testing.T) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s.ledger, s.random = newLedger(), newRandom(s.seed)
		s.database, s.redis, s.timing = newAuthority(), newServer(), standard
		s.misfortunes, s.peace, s.late = everything, 100*time.Second, 0.02
		s.timing.steady = time.Second // opens again at once
		ctx, cancel := context.WithTimeout(t.Context(), s.length)
		defer cancel()
		if s.mutant != nil {
			s.mutant(s)
			s.violated, s.peace = cancel, 40*time.Second // one is enough
		}
		for i := range replicas {
			s.replicas = append(s.replicas, s.replica(i))
		}
		var all sync.WaitGroup
		for _, r := range s.replicas {
			r.shared.Start(ctx)
			for range 3 {
				all.Go(func() { s.repeat(ctx, 40*time.Millisecond, r.read) })
			}
			for range 2 {
				all.Go(func() { s.repeat(ctx, 2500*time.Millisecond, r.write) })
			}
		}
		all.Go(func() { s.repeat(ctx, 3*time.Minute, s.command) })
		for range 2 {
			all.Go(func() { s.repeat(ctx, s.peace, s.goWrong) })
		}
		all.Wait()
		for _, r := range s.replicas {
			_ = r.shared.Close(context.Background())
		}
		s.redis.strays.Wait()
	})
}

func (s *simulation) replica(i int) *replica {
	r := &replica{sim: s, name: fmt.Sprintf("replica %d", i), gate: newGate()}
	r.desk = &desk{authority: s.database, random: s.random, gate: r.gate, isCut: r.cutDB.Load, second: time.Second}
	r.shared = NewShared(r.desk, &link{
		server: s.redis, gate: r.gate, mute: s.mute, loader: s.loader,
		fate: &fate{random: s.random, isCut: r.cutRedis.Load, lose: 0.00002, delay: 0.0002, longest: time.Minute},
	}, Options{Hooks: Hooks{Read: s.counted, Phase: s.phased}})
	r.shared.adopt(s.timing)
	if s.unleased {
		r.shared.lasts = func(*lease) bool { return true }
	}
	r.guard, r.store = r.shared, NewResources(&rows{desk: r.desk}, r.shared)
	return r
}

func (s *simulation) counted(_, outcome string) {
	if outcome == "hit" {
		s.hits.Add(1)
	}
}

func (s *simulation) phased(p storage.CachePhase) {
	if p == storage.CacheOpen {
		s.opened.Add(1)
	}
}

// repeat does something again and again, with pauses up to a length.
func (s *simulation) repeat(ctx context.Context, pause time.Duration, do func(context.Context)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(s.random.up(pause)):
			do(ctx)
		}
	}
}

// read reads something, from the cache or past it, and has it checked.
func (r *replica) read(ctx context.Context) {
	r.gate.pass()
	s := r.sim
	with := scim.With{Memberships: s.random.chance(0.5)}
	store := r.store
	if s.random.chance(0.1) {
		store = &rows{desk: r.desk}
	}
	if name := s.random.below(names); s.random.chance(0.4) {
		floors := s.begin(nameItem(name), groups)
		page, err := store.List(ctx, place, userType, scim.ListQuery{Filter: equals(name), Start: 1, Count: 1, With: with})
		switch {
		case err != nil:
		case page.Total == 0:
			item := nameItem(name)
			v := vacant(floors[item], s.database.snapshot(item)[item])
			s.end(r.name, floors, map[string]int64{item: v})
		default:
			s.end(r.name, floors, shownBy(page.Records[0]))
		}
		return
	}
	id := person(s.random.below(people))
	floors := s.begin(id, groups)
	rec, err := store.Get(ctx, place, userType, id, with)
	if err == nil {
		s.end(r.name, floors, shownBy(rec))
	}
}

// write changes one or two items.
func (r *replica) write(ctx context.Context) {
	some := items()
	r.sim.random.mu.Lock()
	r.sim.random.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	r.sim.random.mu.Unlock()
	r.transact(ctx, r.guard, some[:1+r.sim.random.below(2)]...)
}

// transact is a transaction as storage does it. It may end at every point
// because its process does.
func (r *replica) transact(ctx context.Context, guard storage.Guard, items ...string) {
	s := r.sim
	dies := func() bool {
		r.gate.pass()
		if s.random.chance(0.02) {
			<-time.After(s.random.up(7 * r.desk.second)) // it stands still, for once
			r.gate.pass()
		}
		return s.random.chance(0.02)
	}
	if r.cutDB.Load() {
		return
	}
	<-time.After(s.random.up(2 * time.Millisecond))
	announcement, begun := r.announce(ctx, guard, dies, items...)
	if announcement == nil {
		return
	}
	if s.random.chance(0.05) { // the answer to the commit is lost, and it may be late
		s.redis.strays.Go(func() {
			<-time.After(s.random.up(s.database.bound))
			s.database.commit(begun, items...)
		})
		_ = announcement.Settle(ctx, storage.Unknown)
		return
	}
	<-time.After(s.random.up(3 * time.Millisecond))
	stored, ok := s.database.commit(begun, items...)
	if s.random.chance(0.2) {
		<-time.After(s.random.up(30 * time.Millisecond))
	}
	outcome := storage.Aborted
	if ok {
		outcome = storage.Committed
	}
	if dies() {
		return
	}
	if err := announcement.Settle(ctx, outcome); err == nil && ok {
		s.acknowledge(stored)
	}
}

// announce announces a change, early if that may be, up to where its transaction is
// about to commit. begun is when that last saw the state.
func (r *replica) announce(ctx context.Context, guard storage.Guard, dies func() bool, items ...string) (storage.Announcement, time.Time) {
	s := r.sim
	if early, ok := guard.(storage.EarlyGuard); ok && early.Early() && s.random.chance(0.6) {
		announcement, premise, err := early.AnnounceEarly(ctx, touching(items...))
		if err != nil || dies() {
			return nil, time.Time{}
		}
		if announcement != nil {
			if s.random.chance(s.late) { // the last batch is on its way for long, or waits for others
				<-time.After(s.random.up(60 * r.desk.second))
			}
			begun, holds := s.database.admits(premise)
			if holds {
				s.early.Add(1)
				return announcement, begun
			}
			if dies() {
				return nil, time.Time{}
			}
			_ = announcement.Settle(ctx, storage.Aborted)
		}
	}
	begun, state := time.Now(), s.database.transactionState()
	if dies() {
		return nil, time.Time{}
	}
	announcement, err := guard.Announce(ctx, touching(items...), state)
	if err != nil || dies() {
		return nil, time.Time{}
	}
	return announcement, begun
}

// command is a process without a Redis that writes once.
func (s *simulation) command(ctx context.Context) {
	r := &replica{sim: s, gate: newGate()}
	r.desk = &desk{authority: s.database, random: s.random, gate: r.gate, second: s.replicas[0].desk.second}
	r.transact(ctx, storage.NewCloser(r.desk, s.timing.quiet), person(0))
}

// misfortune is one thing that goes wrong and is mended again.
type misfortune func(s *simulation, r *replica, lasting time.Duration)

var everything = []misfortune{cutFromRedis, cutFromDatabase, stopped, restarted, failedOver, halted, newRun, parted}

func (s *simulation) goWrong(context.Context) {
	lasting := s.random.up(4 * time.Second)
	if s.random.chance(0.3) {
		lasting = s.random.up(40 * time.Second)
	}
	s.misfortunes[s.random.below(len(s.misfortunes))](s, s.replicas[s.random.below(replicas)], lasting)
}

func cutFromRedis(_ *simulation, r *replica, lasting time.Duration) {
	r.cutRedis.Store(true)
	<-time.After(lasting)
	r.cutRedis.Store(false)
}

func cutFromDatabase(_ *simulation, r *replica, lasting time.Duration) {
	r.cutDB.Store(true)
	<-time.After(lasting)
	r.cutDB.Store(false)
}

func stopped(_ *simulation, r *replica, lasting time.Duration) { r.gate.stop(lasting) }

// restarted brings Redis back with what it had a while ago.
func restarted(s *simulation, _ *replica, lasting time.Duration) {
	old := s.redis.dump()
	<-time.After(lasting)
	s.redis.restart(old)
}

func failedOver(s *simulation, _ *replica, _ time.Duration) {
	s.redis.failover(s.random.below(undoable))
}

// halted pauses Redis. Only one of several may.
func halted(s *simulation, _ *replica, lasting time.Duration) {
	if s.redis.halting.CompareAndSwap(false, true) {
		s.redis.pause()
		<-time.After(lasting)
		s.redis.resume()
		s.redis.halting.Store(false)
	}
}

// newRun restarts the database.
func newRun(s *simulation, _ *replica, _ time.Duration) { s.database.newRun() }

// parted leaves one replica without the database and the others without Redis.
func parted(s *simulation, r *replica, lasting time.Duration) {
	for _, other := range s.replicas {
		other.cutDB.Store(other == r)
		other.cutRedis.Store(other != r)
	}
	<-time.After(lasting)
	for _, other := range s.replicas {
		other.cutDB.Store(false)
		other.cutRedis.Store(false)
	}
}

// newRun restarts the database.
func (a *authority) newRun() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state.Incarnation += "'"
	a.state.Started++
}

// simulations is how many TestCoherence runs: six minutes and 70,000 reads each.
var simulations = flag.Uint64("simulations", 3, "how many simulations TestCoherence runs")

// TestCoherence: whatever goes wrong, no read shows less than what was
// acknowledged, or shown before.
func TestCoherence(t *testing.T) {
	t.Parallel()
	for seed := range *simulations {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := &simulation{seed: seed, length: 6 * time.Minute}
			s.run(t)
			for _, v := range s.violations {
				t.Error(v)
			}
			t.Logf("%d reads, %d hits, %d early writes, the cache was seen open %d times", s.reads, s.hits.Load(), s.early.Load(), s.opened.Load())
			if s.early.Load() < 100 {
				t.Error("hardly anything was announced early, so this shows nothing of that")
			}
		})
	}
}
