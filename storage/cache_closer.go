package storage

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Times of the closing of a cache.
const (
	// LeaseTime is how long a replica reads the cache after it has seen it open,
	// counted from before it asked.
	LeaseTime = time.Second
	// QuietTime is how long after the closing of a generation every lease on it
	// has run out. What it has more than LeaseTime is for clocks that run at
	// different rates.
	QuietTime = 1500 * time.Millisecond
	// QuietAge is how long after a closing nobody needs to wait any more who has
	// not seen it: its commit took effect within CommitBound.
	QuietAge = CommitBound + 5*time.Second

	closeTimeout = 2 * time.Second
)

// ErrReopened ends a transaction during which the cache was closed and opened
// again. It may be repeated.
var ErrReopened = fmt.Errorf("the cache was opened anew during the transaction: %w", errConflict)

// ErrClosed ends a transaction that was to be announced early, when its guard has
// closed the cache instead. It may be repeated.
var ErrClosed = fmt.Errorf("the cache was closed during the transaction: %w", errConflict)

// CacheCloser is what a CacheStates is to a Closer.
type CacheCloser interface {
	Close(ctx context.Context, generation int64) (CacheState, error)
}

// Closer closes the shared cache and waits until nobody reads it any more. By
// itself it is the Guard of a process that has no part in the cache, such as a
// command: it closes a cache that others use.
type Closer struct {
	states CacheCloser
	quiet  time.Duration

	mu      sync.Mutex
	changed int64     // the closing that this process has seen last
	seen    time.Time // when it first saw it
}

var _ Guard = (*Closer)(nil)

// NewCloser returns a Closer. quiet is QuietTime but in tests.
func NewCloser(states CacheCloser, quiet time.Duration) *Closer {
	return &Closer{states: states, quiet: quiet}
}

// Observe takes note of a state that the database has answered.
func (c *Closer) Observe(s CacheState) {
	if s.Phase == CacheOpen {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.Changed != c.changed || c.seen.IsZero() {
		c.changed, c.seen = s.Changed, time.Now()
	}
}

// Quiet is how long it may be, with a cache in this state that is not open,
// until the last lease on an earlier generation has run out. Observe has seen
// the state.
func (c *Closer) Quiet(s CacheState) time.Duration {
	if s.neverOpened() || s.Now-s.Changed >= QuietAge.Microseconds() {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.Changed != c.changed {
		return c.quiet // it saw another one meanwhile
	}
	return max(0, c.quiet-time.Since(c.seen))
}

// WaitQuiet waits for as long as Quiet says.
func (c *Closer) WaitQuiet(ctx context.Context, s CacheState) error {
	c.Observe(s)
	if d := c.Quiet(s); d > 0 && !sleep(ctx, d) {
		return fmt.Errorf("wait until nobody reads the cache: %w", ctx.Err())
	}
	return nil
}

// Close closes a generation, if nobody else has, and waits until nobody reads
// it. The error is ErrReopened if a later one is in use already; nobody reads
// the closed one then either.
func (c *Closer) Close(ctx context.Context, generation int64) error {
	asking, cancel := context.WithTimeout(ctx, closeTimeout)
	defer cancel()
	s, err := c.states.Close(asking, generation)
	if err != nil {
		return err
	}
	if s.Generation <= generation {
		return errors.New("close the cache: it is still open")
	}
	if s.Phase != CacheClosed {
		return ErrReopened
	}
	return c.WaitQuiet(ctx, s)
}

// Announce implements Guard.
func (c *Closer) Announce(ctx context.Context, _ *Touched, s CacheState) (Announcement, error) {
	if s.Phase == CacheClosed {
		return Silent{}, c.WaitQuiet(ctx, s)
	}
	return Silent{}, c.Close(ctx, s.Generation)
}

// Silent is the announcement of a change that nobody has to be told of.
type Silent struct{}

// Settle implements Announcement.
func (Silent) Settle(context.Context, Outcome) error { return nil }
