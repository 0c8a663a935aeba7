package cache

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/redisdb"
)

// States is what all processes agree on by way of the database.
// storage.CacheStates is one.
type States interface {
	State(ctx context.Context) (storage.CacheState, error)
	Close(ctx context.Context, generation int64) (storage.CacheState, error)
	Claim(ctx context.Context, generation int64) (bool, error)
	BeginOpening(ctx context.Context, generation int64) (bool, error)
	FinishOpening(ctx context.Context, generation int64, after time.Duration) (bool, error)
	Report(ctx context.Context, r storage.Replica) error
	Leave(ctx context.Context, id string) error
	Replicas(ctx context.Context, within time.Duration) ([]storage.Replica, error)
}

// Redis is what the cache needs of a Redis. redisdb.DB is one. Every call is
// bounded by itself.
type Redis interface {
	Run(ctx context.Context, s *redisdb.Script, keys []string, args ...any) (any, error)
	RunEverywhere(ctx context.Context, s *redisdb.Script, args ...any) ([]any, error)
	Load(ctx context.Context, scripts ...*redisdb.Script) error
	Healthy(ctx context.Context) error
	Check(ctx context.Context) error
	Publish(ctx context.Context, channel, message string) error
	Subscribe(ctx context.Context, channel string, handler func(message string), onReconnect func()) (stop func())
}

var (
	_ States = (*storage.CacheStates)(nil)
	_ Redis  = (*redisdb.DB)(nil)

	_ storage.EarlyGuard = (*Shared)(nil)
)

// Hooks are told what happens, for metrics. Each may be nil.
type Hooks struct {
	// Read is told of every reading: what was read ("resource", "lookup",
	// "credential") and how it went ("hit", "miss", "busy", "closed", "error").
	Read func(what, outcome string)
	// Phase is told when another phase is seen.
	Phase func(storage.CachePhase)
	// Closed is told when this process closes the cache, and why.
	Closed func(reason string)
}

// Options of NewShared.
type Options struct {
	Logger *slog.Logger
	Hooks  Hooks
}

// Shared is a replica's part in the cache that all replicas share. Between Start
// and Close it keeps the lease, and its share in opening and closing. Without a
// Redis it takes part all the same, so that nobody opens a cache that its writes
// would have to close.
type Shared struct {
	states States
	redis  Redis // nil: none
	logger *slog.Logger
	hooks  Hooks
	timing timing
	id     string
	closer *storage.Closer

	lease atomic.Pointer[lease]
	seen  atomic.Pointer[sighting]
	lasts func(*lease) bool // but in tests

	suspects chan int64 // generations whose Redis is not the one they were opened on
	keeper   keeper
	forget   func()

	cancel  context.CancelFunc
	running sync.WaitGroup
}

// timing is all times of the protocol, which doc.go explains.
type timing struct {
	heartbeat, lease, quiet  time.Duration
	tend, opening, live      time.Duration
	tombstone, fill          time.Duration
	entry, stamp             time.Duration
	stateCall, announceCalls time.Duration
	early                    time.Duration // from an early announcement to the look at what it rests on, at most
	stuck                    time.Duration // until an opening that another replica has begun is closed
	steady                   time.Duration // an open generation that lasts as long is no reason to wait with the next
}

var standard = timing{
	heartbeat: 250 * time.Millisecond, lease: storage.LeaseTime, quiet: storage.QuietTime,
	tend: time.Second, opening: storage.CommitBound, live: 10 * time.Second,
	tombstone: 45 * time.Second, fill: 5 * time.Second,
	entry: 10 * time.Minute, stamp: 20 * time.Minute,
	stateCall: 800 * time.Millisecond, announceCalls: time.Second, early: 5 * time.Second,
	stuck: 2 * storage.CommitBound, steady: time.Minute,
}

// NewShared returns a part that has not started. redis may be nil.
func NewShared(states States, redis Redis, o Options) *Shared {
	s := &Shared{
		states: states, redis: redis, logger: o.Logger, hooks: o.Hooks, id: uuid.Must(uuid.NewV7()).String(),
		suspects: make(chan int64, 1), forget: func() {},
	}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	s.lasts = lasts
	s.adopt(standard)
	return s
}

func (s *Shared) adopt(t timing) {
	s.timing = t
	s.closer = storage.NewCloser(s.states, t.quiet)
}

// OnHint sets what is called when another replica says that credentials have
// changed, or may have said so. It must be set before Start.
func (s *Shared) OnHint(forget func()) { s.forget = forget }

// Start begins to take part. It waits for nothing. What goes wrong is tried again.
func (s *Shared) Start(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.running.Go(func() { s.every(ctx, s.timing.heartbeat, s.beat) })
	s.running.Go(func() {
		defer s.keeper.unsubscribe()
		s.every(ctx, s.timing.tend, s.tend)
	})
	s.running.Go(func() { s.watch(ctx) })
}

// Close ends it. Nothing is read from the cache afterwards; writes are announced
// as before.
func (s *Shared) Close(ctx context.Context) error {
	if s.cancel == nil {
		return nil
	}
	s.cancel()
	s.running.Wait()
	s.lease.Store(nil)
	ctx, cancel := context.WithTimeout(ctx, s.timing.stateCall)
	defer cancel()
	if err := s.states.Leave(ctx, s.id); err != nil {
		return fmt.Errorf("leave the shared cache: %w", err)
	}
	return nil
}

// every does something at once and then again and again.
func (s *Shared) every(ctx context.Context, pause time.Duration, do func(context.Context)) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		do(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
