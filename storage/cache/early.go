package cache

import (
	"context"
	"time"

	"github.com/roster-scim/roster/storage"
)

// Early implements storage.EarlyGuard.
func (s *Shared) Early() bool { return s.foreseen() != nil }

// foreseen is a state as it very likely still is, in which writers announce; nil if
// that is not so.
func (s *Shared) foreseen() *sighting {
	seen := s.seen.Load()
	if seen == nil || s.redis == nil || seen.state.Phase == storage.CacheClosed || time.Since(seen.at) >= s.timing.lease {
		return nil
	}
	return seen
}

// AnnounceEarly implements storage.EarlyGuard.
func (s *Shared) AnnounceEarly(ctx context.Context, touched *storage.Touched) (storage.Announcement, storage.Premise, error) {
	seen := s.foreseen()
	if seen == nil {
		return nil, storage.Premise{}, nil
	}
	// The database's clock has gone on from what it said at least for as long as
	// this process has had the answer.
	now := seen.state.Now + time.Since(seen.at).Microseconds()
	premise := storage.Premise{
		Generation: seen.state.Generation, Started: seen.state.Started, Until: now + s.timing.early.Microseconds(),
	}
	a := &announcement{shared: s, epoch: seen.epoch, nonce: newNonce()}
	err := a.announce(ctx, touched)
	if err == nil {
		return a, premise, nil
	}
	if ctx.Err() != nil {
		return nil, premise, ctx.Err()
	}
	s.closing(ctx, premise.Generation, "announce", err)
	if err := s.closer.Close(ctx, premise.Generation); err != nil {
		return nil, premise, err
	}
	return nil, premise, storage.ErrClosed
}
