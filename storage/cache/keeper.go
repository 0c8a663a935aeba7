package cache

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/redisdb"
)

// Bounds of how a replica tends the cache.
const (
	// failedProbes is how many probes in a row fail before a replica that does
	// not write closes the cache.
	failedProbes = 2
	// reportOpen is after how many rounds a replica reports while the cache is
	// open. When it is not, it reports with each.
	reportOpen = 5
	maxPause   = time.Minute // until a cache is opened that is closed again and again
	minPause   = time.Second
	unchanged  = -1 // nothing to compare with yet
)

// keeper is what one goroutine knows that keeps the cache open or closed.
type keeper struct {
	generation int64 // that the fields below are about
	failed     int   // probes in a row
	evicted    int64 // keys, when it was first probed

	rounds    int
	opening   int64 // the generation that this replica opens
	began     time.Time
	opened    time.Time // when an open generation was first seen; zero: none is open
	pause     time.Duration
	notBefore time.Time
	complaint string // the last reason not to open

	stopHints func()
}

func (k *keeper) unsubscribe() {
	if k.stopHints != nil {
		k.stopHints()
	}
}

// tend looks after Redis and does what this replica has to do about the phase.
func (s *Shared) tend(ctx context.Context) {
	seen := s.seen.Load()
	if seen == nil {
		return
	}
	s.subscribe(ctx, seen.state.Installation)
	s.keeper.follow(seen, s.timing.steady)
	ok := s.fit(ctx, seen)
	s.report(ctx, seen.state, ok)
	switch seen.state.Phase {
	case storage.CacheClosed:
		if ok {
			s.open(ctx, seen.state)
		}
	case storage.CacheOpening:
		s.finish(ctx, seen)
	case storage.CacheOpen:
	}
}

// subscribe begins to listen for hints.
func (s *Shared) subscribe(ctx context.Context, installation string) {
	if s.redis == nil || s.keeper.stopHints != nil {
		return
	}
	s.keeper.stopHints = s.redis.Subscribe(ctx, hintChannel(installation), func(sender string) {
		if sender != s.id {
			s.forget()
		}
	}, s.forget)
}

// follow notices when the cache was opened and closed. Each generation that did
// not last makes the pause before the next longer.
func (k *keeper) follow(seen *sighting, steady time.Duration) {
	if k.generation != seen.state.Generation {
		k.generation, k.failed, k.evicted = seen.state.Generation, 0, unchanged
	}
	open := seen.state.Phase == storage.CacheOpen
	switch {
	case open && k.opened.IsZero():
		k.opened = seen.since
	case !open && !k.opened.IsZero():
		if time.Since(k.opened) < steady {
			k.pause = min(max(2*k.pause, minPause), maxPause)
		} else {
			k.pause = 0
		}
		k.opened, k.notBefore = time.Time{}, time.Now().Add(k.pause)
	}
}

// fit says whether this replica reaches its Redis, and closes a generation whose
// Redis can no longer be relied on.
func (s *Shared) fit(ctx context.Context, seen *sighting) bool {
	if s.redis == nil {
		return false
	}
	if seen.state.Phase == storage.CacheClosed {
		return s.redis.Healthy(ctx) == nil
	}
	found, err := s.probe(ctx, seen.epoch, fullOpen)
	switch {
	case err == nil:
		s.keeper.failed = 0
		if s.keeper.evicted == unchanged {
			s.keeper.evicted = found
		}
		if s.keeper.evicted == found {
			return true
		}
		err = fmt.Errorf("redis has dropped %d keys for want of memory", found-s.keeper.evicted)
	case !errors.Is(err, redisdb.ErrNoScript) && !errors.Is(err, errUnfit):
		if s.keeper.failed++; s.keeper.failed < failedProbes {
			return false
		}
	}
	s.closing(ctx, seen.state.Generation, "probe", err)
	s.close(ctx, seen.state.Generation)
	return false
}

// close closes a generation and does not wait until nobody reads it: there is
// nothing to be written.
func (s *Shared) close(ctx context.Context, generation int64) {
	ctx, cancel := context.WithTimeout(ctx, s.timing.stateCall)
	defer cancel()
	state, err := s.states.Close(ctx, generation)
	if err != nil {
		s.logger.WarnContext(ctx, "the shared cache could not be closed; trying again", "error", err)
		return
	}
	s.closer.Observe(state)
}

// report says that this replica is there. Only those who open listen.
func (s *Shared) report(ctx context.Context, state storage.CacheState, ok bool) {
	k := &s.keeper
	if k.rounds++; state.Phase == storage.CacheOpen && k.rounds < reportOpen {
		return
	}
	k.rounds = 0
	ctx, cancel := context.WithTimeout(ctx, s.timing.stateCall)
	defer cancel()
	if err := s.states.Report(ctx, storage.Replica{ID: s.id, RedisOK: ok}); err != nil {
		s.logger.DebugContext(ctx, "this replica could not report", "error", err)
	}
}
