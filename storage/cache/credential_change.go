package cache

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// changeInterval is how often the number of changes is asked for while there are
// requests: twice in a Lifetime, so that one slow answer does no harm.
const changeInterval = Lifetime / 2

// othersAct is how long after this replica was started one of an earlier version,
// which counts no changes, may still make some: until it sees that the database is
// a newer one's.
const othersAct = 5 * time.Second

// CredentialChanges tells how often credentials have changed: every change that
// was committed before the call has been counted.
type CredentialChanges interface {
	CredentialChange(ctx context.Context) (tenants.CredentialChange, error)
}

// changes is what is known of that number. It is asked for beside the requests,
// and only while there are any.
type changes struct {
	source CredentialChanges
	begun  time.Time
	last   atomic.Int64 // nanoseconds from begun to the last question
	seen   atomic.Pointer[seenChange]

	mu      sync.Mutex // of who stores seen, or begins to ask
	asking  sync.WaitGroup
	ctx     context.Context //nolint:containedctx // ends the questions with the cache
	release context.CancelFunc
}

// seenChange is the number, and when it was asked for.
type seenChange struct {
	change tenants.CredentialChange
	asked  time.Time
}

func newChanges(source CredentialChanges) *changes {
	c := &changes{source: source, begun: time.Now()}
	c.last.Store(int64(-changeInterval))
	c.ctx, c.release = context.WithCancel(context.Background())
	return c
}

func (c *changes) close() {
	c.mu.Lock()
	c.release()
	c.mu.Unlock()
	c.asking.Wait()
}

// unchanged says that the number was still what it had been when an answer was
// asked for, not longer than Lifetime ago.
func (c *changes) unchanged(then *seenChange, now time.Time) bool {
	seen := c.seen.Load()
	return then != nil && seen.change == then.change && now.Sub(seen.asked) <= Lifetime
}

// latest is what an answer that is asked for now may be held against later.
func (c *changes) latest(now time.Time) *seenChange {
	if now.Sub(c.begun) < othersAct {
		return nil
	}
	return c.seen.Load()
}

// look asks for the number if that was not done lately.
func (c *changes) look(now time.Time) {
	last, at := c.last.Load(), int64(now.Sub(c.begun))
	if at-last < int64(changeInterval) || !c.last.CompareAndSwap(last, at) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() == nil {
		c.asking.Go(func() { c.ask(now) })
	}
}

// ask takes no longer than an answer would be of use. An answer that was overtaken
// by a later one is too old.
func (c *changes) ask(now time.Time) {
	ctx, cancel := context.WithTimeout(c.ctx, Lifetime)
	defer cancel()
	change, err := c.source.CredentialChange(ctx)
	if err != nil {
		return // the answers' own lifetime holds
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if seen := c.seen.Load(); seen == nil || seen.asked.Before(now) {
		c.seen.Store(&seenChange{change, now})
	}
}
