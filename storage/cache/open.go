package cache

import (
	"context"
	"fmt"
	"time"

	"github.com/roster-scim/roster/storage"
)

// open begins to open a closed cache, if that is this replica's turn.
func (s *Shared) open(ctx context.Context, state storage.CacheState) {
	k := &s.keeper
	if time.Now().Before(k.notBefore) || s.closer.Quiet(state) > 0 {
		return
	}
	ready, err := s.ready(ctx)
	if err == nil && ready {
		err = s.prepare(ctx, state)
	}
	if complaint := fmt.Sprint(err); err != nil && complaint != k.complaint {
		k.complaint = complaint
		s.logger.WarnContext(ctx, "the shared cache stays closed for now", "error", err)
	}
}

// ready: every replica reaches its Redis, and this one is the first of them. The
// ids ascend, so that one that joins takes nothing out of another's hands.
func (s *Shared) ready(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timing.stateCall)
	defer cancel()
	replicas, err := s.states.Replicas(ctx, s.timing.live)
	if err != nil {
		return false, err
	}
	for _, r := range replicas {
		if !r.RedisOK {
			return false, nil
		}
	}
	return len(replicas) > 0 && replicas[0].ID == s.id, nil
}

// prepare claims a generation, loads its script, and lets writers announce.
// Nobody else loads that script, and it is done once: if it fails, the claim is
// given up and the next one has another number.
func (s *Shared) prepare(ctx context.Context, state storage.CacheState) error {
	if err := s.redis.Check(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timing.stateCall)
	defer cancel()
	claimed, err := s.states.Claim(ctx, state.Generation)
	if err != nil || !claimed {
		return err
	}
	state.Generation++
	e := epochOf(state)
	if err := s.redis.Load(ctx, e.script); err != nil {
		return err
	}
	if _, err := s.probe(ctx, e, fullOpening); err != nil {
		return err
	}
	begun, err := s.states.BeginOpening(ctx, state.Generation)
	if err != nil || !begun {
		return err
	}
	s.keeper.opening, s.keeper.began = state.Generation, time.Now()
	return nil
}

// finish opens the cache when every transaction has ended that does not
// announce. An opening that another replica has left is closed by the first one.
func (s *Shared) finish(ctx context.Context, seen *sighting) {
	ctx, cancel := context.WithTimeout(ctx, s.timing.stateCall)
	defer cancel()
	generation := seen.state.Generation
	if s.keeper.opening == generation {
		if time.Since(s.keeper.began) < s.timing.opening {
			return
		}
		open, err := s.states.FinishOpening(ctx, generation, s.timing.opening)
		if err != nil {
			s.logger.DebugContext(ctx, "the shared cache could not be opened; trying again", "error", err)
		} else if open {
			s.keeper.complaint = ""
			s.logger.InfoContext(ctx, "the shared cache is open", "generation", generation)
		}
		return
	}
	if time.Since(seen.since) < s.timing.stuck {
		return
	}
	s.close(ctx, generation)
}
