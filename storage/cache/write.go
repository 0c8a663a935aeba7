package cache

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/roster-scim/roster/storage"
)

// Bounds of an announcement.
const (
	// announceChunk is how many keys one call names: about a millisecond of
	// Redis' time.
	announceChunk = 500
	// maxAnnounced is how many things may be announced. What changes more
	// closes the cache, which takes less time.
	maxAnnounced = 20_000
)

// announcement is what a writer has put on the keys that it changes.
type announcement struct {
	shared  *Shared
	epoch   *epoch // nil: nothing was announced, and nobody reads
	nonce   string
	calls   [][]string // keys, of one tag each
	channel string     // where credentials are told of; "": none
}

var _ storage.Announcement = (*announcement)(nil)

// Announce implements storage.Guard.
func (s *Shared) Announce(ctx context.Context, touched *storage.Touched, state storage.CacheState) (storage.Announcement, error) {
	s.closer.Observe(state)
	a := &announcement{shared: s, nonce: newNonce()}
	if s.redis != nil && len(touched.Connections()) > 0 {
		a.channel = hintChannel(state.Installation)
	}
	if state.Phase == storage.CacheClosed {
		return a, s.closer.WaitQuiet(ctx, state)
	}
	err := a.announceUnder(ctx, touched, state)
	if err == nil {
		return a, nil
	}
	a.epoch = nil
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	s.closing(ctx, state.Generation, "announce", err)
	return a, s.closer.Close(ctx, state.Generation)
}

var errTooMuch = errors.New("the change is too large to be announced")

func (a *announcement) announceUnder(ctx context.Context, touched *storage.Touched, state storage.CacheState) (err error) {
	if a.shared.redis == nil {
		return errors.New("this process has no Redis")
	}
	if a.epoch, err = a.shared.epochFor(ctx, state); err != nil {
		return err
	}
	return a.announce(ctx, touched)
}

func (a *announcement) announce(ctx context.Context, touched *storage.Touched) error {
	if touched.Len() > maxAnnounced {
		return errTooMuch
	}
	for _, keys := range touchedKeys(touched) {
		for chunk := range slices.Chunk(keys, announceChunk) {
			named := make([]string, len(chunk))
			for i, k := range chunk {
				named[i] = k.in(a.epoch)
			}
			a.calls = append(a.calls, named)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, a.shared.timing.announceCalls)
	defer cancel()
	for _, keys := range a.calls {
		_, err := a.shared.redis.Run(ctx, a.epoch.script, keys, opAnnounce, a.nonce, a.shared.timing.tombstone.Milliseconds())
		if err != nil {
			return err
		}
	}
	return nil
}

// epochFor is the epoch of a state that a transaction has read, which does not
// say under which run of the server.
func (s *Shared) epochFor(ctx context.Context, state storage.CacheState) (*epoch, error) {
	seen := s.seen.Load()
	if seen == nil {
		now, err := s.states.State(ctx)
		if err != nil {
			return nil, err
		}
		seen = s.see(now)
	}
	state.Incarnation = seen.state.Incarnation
	if epochName(seen.state) == epochName(state) {
		return seen.epoch, nil
	}
	return epochOf(state), nil
}

// Settle implements storage.Announcement. A commit whose outcome is unknown
// leaves its tombstones: they outlast CommitBound.
func (a *announcement) Settle(ctx context.Context, outcome storage.Outcome) error {
	if outcome == storage.Unknown {
		return nil
	}
	ctx = context.WithoutCancel(ctx) // every call below is bounded
	defer a.hint(ctx, outcome)
	if a.epoch == nil {
		return nil
	}
	err := a.settle(ctx, outcome)
	if err == nil || outcome == storage.Aborted {
		return nil
	}
	s := a.shared
	s.closing(ctx, a.epoch.generation, "settle", err)
	err = s.closer.Close(ctx, a.epoch.generation)
	if err != nil && !errors.Is(err, storage.ErrReopened) { // then nobody reads the generation any more either
		return fmt.Errorf("make sure that nobody reads what was stored before: %w", err)
	}
	return nil
}

// settle takes the announcement back. It fails unless all of it was still there.
func (a *announcement) settle(ctx context.Context, outcome storage.Outcome) error {
	committed := "0"
	if outcome == storage.Committed {
		committed = "1"
	}
	ctx, cancel := context.WithTimeout(ctx, a.shared.timing.announceCalls)
	defer cancel()
	for _, keys := range a.calls {
		lost, err := a.shared.redis.Run(ctx, a.epoch.script, keys, opSettle, a.nonce, committed)
		if err != nil {
			return err
		}
		if lost != int64(0) {
			return fmt.Errorf("redis has lost the announcement at %v of %d keys", lost, len(keys))
		}
	}
	return nil
}

// hint lets other replicas forget credentials at once and not within the bound.
func (a *announcement) hint(ctx context.Context, outcome storage.Outcome) {
	if a.channel != "" && outcome == storage.Committed {
		_ = a.shared.redis.Publish(ctx, a.channel, a.shared.id) // nothing depends on it
	}
}

func hintChannel(installation string) string { return "roster:" + installation + ":credentials" }

func (s *Shared) closing(ctx context.Context, generation int64, reason string, cause error) {
	s.logger.WarnContext(ctx, "closing the shared cache: requests are answered from the database",
		"generation", generation, "reason", reason, "error", cause)
	if s.hooks.Closed != nil {
		s.hooks.Closed(reason)
	}
}
