package cache

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/roster-scim/roster/storage"
)

// random is a source that several goroutines share.
type random struct {
	mu sync.Mutex
	*rand.Rand
}

func newRandom(seed uint64) *random {
	return &random{Rand: rand.New(rand.NewPCG(seed, 1))}
}

func (r *random) chance(p float64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.Float64() < p
}

func (r *random) below(n int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.IntN(n)
}

func (r *random) up(to time.Duration) time.Duration {
	return time.Duration(r.below(int(to)))
}

// gate stops everything that a replica does, as SIGSTOP does.
type gate struct {
	mu   sync.Mutex
	open chan struct{}
}

func newGate() *gate {
	g := &gate{open: make(chan struct{})}
	close(g.open)
	return g
}

func (g *gate) pass() {
	for {
		g.mu.Lock()
		open := g.open
		g.mu.Unlock()
		select {
		case <-open:
			return
		default:
		}
		<-open
	}
}

// close stops, reopen goes on. Several may be at it; the last to close counts.
func (g *gate) close() (reopen func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	open := make(chan struct{})
	g.open = open
	return func() { close(open) }
}

func (g *gate) stop(d time.Duration) {
	reopen := g.close()
	<-time.After(d)
	reopen()
}

// authority is the database: the state of the cache, and items whose versions
// grow with every commit.
type authority struct {
	mu       sync.Mutex
	state    storage.CacheState
	replicas map[string]sign
	versions map[string]int64
	bound    time.Duration // storage.CommitBound

	heedless bool // mutant: does not ask whether the state is still that of an early announcement
	patient  bool // mutant: does not ask how long ago it was announced
}

type sign struct {
	at time.Time
	ok bool
}

func newAuthority() *authority {
	return &authority{
		state: storage.CacheState{
			Installation: "00000000-0000-4000-8000-000000000001", Generation: 1, Phase: storage.CacheClosed,
			Changed: time.Now().UnixMicro(), Incarnation: "run1", Started: 1,
		},
		replicas: map[string]sign{}, versions: map[string]int64{}, bound: storage.CommitBound,
	}
}

// snapshot reads items at one moment.
func (a *authority) snapshot(items ...string) map[string]int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	got := map[string]int64{}
	for _, i := range items {
		got[i] = a.versions[i]
	}
	return got
}

// transactionState is the state as a transaction reads it, which does not say
// the incarnation.
func (a *authority) transactionState() storage.CacheState {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.read()
	s.Incarnation = ""
	return s
}

func (a *authority) read() storage.CacheState {
	s := a.state
	s.Now = time.Now().UnixMicro()
	return s
}

// admits says whether a premise holds, and when that was looked at.
func (a *authority) admits(p storage.Premise) (time.Time, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.read()
	same := now.Generation == p.Generation && now.Phase != storage.CacheClosed && now.Started == p.Started
	return time.Now(), (same || a.heedless) && (now.Now <= p.Until || a.patient)
}

// commit raises the items, if the transaction is not too old.
func (a *authority) commit(begun time.Time, items ...string) (map[string]int64, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if time.Since(begun) > a.bound {
		return nil, false
	}
	now := map[string]int64{}
	for _, i := range items {
		a.versions[i]++
		now[i] = a.versions[i]
	}
	return now, true
}

// desk is one replica's way to the database.
type desk struct {
	*authority
	random *random
	gate   *gate
	isCut  func() bool
	second time.Duration // the unit of long delays
}

var _ States = (*desk)(nil)

var errDown = errors.New("the database does not answer")

// visit takes a round trip's time; do happens in its middle.
func (d *desk) visit(ctx context.Context, do func()) error {
	d.gate.pass()
	if d.isCut != nil && d.isCut() {
		<-time.After(10 * time.Millisecond)
		d.gate.pass()
		return errDown
	}
	<-time.After(d.random.up(2 * time.Millisecond))
	d.mu.Lock()
	do()
	d.mu.Unlock()
	<-time.After(d.random.up(2 * time.Millisecond))
	d.gate.pass()
	return ctx.Err()
}

func (d *desk) State(ctx context.Context) (s storage.CacheState, err error) {
	err = d.visit(ctx, func() { s = d.read() })
	return s, err
}

func (d *desk) Close(ctx context.Context, generation int64) (s storage.CacheState, err error) {
	err = d.visit(ctx, func() {
		if d.state.Generation == generation && d.state.Phase != storage.CacheClosed {
			if d.state.Phase == storage.CacheOpen {
				d.state.Changed = time.Now().UnixMicro()
			}
			d.state.Generation, d.state.Phase = generation+1, storage.CacheClosed
		}
	})
	if err != nil {
		return s, err
	}
	return d.State(ctx)
}

func (d *desk) move(ctx context.Context, generation int64, from, to storage.CachePhase, when func() bool) (done bool, err error) {
	err = d.visit(ctx, func() {
		if done = d.state.Generation == generation && d.state.Phase == from && when(); done {
			d.state.Phase = to
		}
	})
	return done, err
}

func (d *desk) Claim(ctx context.Context, generation int64) (bool, error) {
	return d.move(ctx, generation, storage.CacheClosed, storage.CacheClosed, func() bool {
		d.state.Generation++
		return true
	})
}

func (d *desk) BeginOpening(ctx context.Context, generation int64) (bool, error) {
	return d.move(ctx, generation, storage.CacheClosed, storage.CacheOpening, func() bool {
		d.state.Changed = time.Now().UnixMicro()
		return true
	})
}

func (d *desk) FinishOpening(ctx context.Context, generation int64, after time.Duration) (bool, error) {
	return d.move(ctx, generation, storage.CacheOpening, storage.CacheOpen, func() bool {
		return time.Now().UnixMicro()-d.state.Changed >= after.Microseconds()
	})
}

func (d *desk) Report(ctx context.Context, r storage.Replica) error {
	return d.visit(ctx, func() { d.replicas[r.ID] = sign{time.Now(), r.RedisOK} })
}

func (d *desk) Leave(ctx context.Context, id string) error {
	return d.visit(ctx, func() { delete(d.replicas, id) })
}

func (d *desk) Replicas(ctx context.Context, within time.Duration) (all []storage.Replica, err error) {
	err = d.visit(ctx, func() {
		for id, r := range d.replicas {
			if time.Since(r.at) < within {
				all = append(all, storage.Replica{ID: id, RedisOK: r.ok})
			}
		}
	})
	slices.SortFunc(all, func(a, b storage.Replica) int { return strings.Compare(a.ID, b.ID) })
	return all, err
}
