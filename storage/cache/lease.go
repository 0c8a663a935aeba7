package cache

import (
	"context"
	"time"

	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/redisdb"
)

// lease allows to read an epoch for a short time.
type lease struct {
	epoch *epoch
	until time.Time
}

// sighting is the state as this process saw it last.
type sighting struct {
	state storage.CacheState
	epoch *epoch
	since time.Time // when it first saw this generation in this phase
	at    time.Time // when the answer was there
}

// beat reads the state and renews or drops the lease. If the database does not
// answer, the lease runs out.
func (s *Shared) beat(ctx context.Context) {
	asked := time.Now()
	ctx, cancel := context.WithTimeout(ctx, s.timing.stateCall)
	defer cancel()
	state, err := s.states.State(ctx)
	if err != nil {
		return
	}
	seen := s.see(state)
	if state.Phase != storage.CacheOpen || s.redis == nil {
		s.lease.Store(nil)
		return
	}
	s.lease.Store(&lease{epoch: seen.epoch, until: asked.Add(s.timing.lease)})
}

// see keeps a state that the database has answered.
func (s *Shared) see(state storage.CacheState) *sighting {
	s.closer.Observe(state)
	last := s.seen.Load()
	now := time.Now()
	next := &sighting{state: state, since: now, at: now}
	if last != nil && epochName(last.state) == epochName(state) {
		next.epoch = last.epoch
		if last.state.Phase == state.Phase {
			next.since = last.since
		}
	} else {
		next.epoch = epochOf(state)
	}
	s.seen.Store(next)
	if s.hooks.Phase != nil && (last == nil || last.state.Phase != state.Phase) {
		s.hooks.Phase(state.Phase)
	}
	return next
}

// lasts says whether a lease has not run out.
func lasts(l *lease) bool { return time.Now().Before(l.until) }

// current is the epoch that may be read now, nil if there is none.
func (s *Shared) current() *epoch {
	l := s.lease.Load()
	if l == nil || !s.lasts(l) {
		return nil
	}
	return l.epoch
}

// suspect gives up an epoch whose script Redis does not know: this is not the
// server that it was opened on, or not the same run of it.
func (s *Shared) suspect(e *epoch) {
	if l := s.lease.Load(); l != nil && l.epoch == e {
		s.lease.CompareAndSwap(l, nil)
	}
	select {
	case s.suspects <- e.generation:
	default: // one is being dealt with; the next reader tells of the other
	}
}

// watch closes the generations that readers found suspect.
func (s *Shared) watch(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case generation := <-s.suspects:
			s.closing(ctx, generation, "read", redisdb.ErrNoScript)
			s.close(ctx, generation)
		}
	}
}
