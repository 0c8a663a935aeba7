package tenants

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// ledger is a UsageStore that can be made to fail.
type ledger struct {
	mu     sync.Mutex
	stored map[TokenID]time.Time
	calls  int
	err    error
}

func (l *ledger) RecordUses(_ context.Context, uses []Use) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
	if l.err != nil {
		return l.err
	}
	for _, use := range uses {
		l.stored[use.TokenID] = use.At
	}
	return nil
}

// collector is a Usage with a clock of its own and what it stored.
type collector struct {
	*testing.T
	ledger *ledger
	usage  *Usage
}

// seen is how often something was stored, and of how many tokens.
func (l *ledger) seen() (calls, tokens int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls, len(l.stored)
}

func collect(t *testing.T, test func(c *collector)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &ledger{stored: map[TokenID]time.Time{}}
		test(&collector{t, l, NewUsage(l, slog.New(slog.DiscardHandler))})
	})
}

func TestUsesAreBatched(t *testing.T) {
	t.Parallel()
	collect(t, func(c *collector) {
		a, b := NewTokenID(), NewTokenID()
		for range 1000 {
			c.usage.Record(Use{TokenID: a, At: time.Now()})
			c.usage.Record(Use{TokenID: b, At: time.Now()})
		}
		<-time.After(usageInterval + time.Second)
		if calls, tokens := c.ledger.seen(); calls != 1 || tokens != 2 {
			c.Errorf("%d calls stored %d tokens, want 1 and 2", calls, tokens)
		}
		<-time.After(10 * usageInterval)
		if calls, _ := c.ledger.seen(); calls != 1 {
			c.Error("wrote although nothing was used")
		}
		if err := c.usage.Close(c.Context()); err != nil {
			c.Error(err)
		}
	})
}

func TestUsesOutliveFailures(t *testing.T) {
	t.Parallel()
	collect(t, func(c *collector) {
		a, b := NewTokenID(), NewTokenID()
		first := time.Now()
		c.usage.Record(Use{TokenID: a, At: first})
		c.usage.Record(Use{TokenID: b, At: first})
		c.ledger.err = errors.New("disk full")
		if err := c.usage.Flush(c.Context()); !errors.Is(err, c.ledger.err) {
			c.Fatalf("got %v", err)
		}
		c.usage.Record(Use{TokenID: a, At: first.Add(time.Second)})
		c.ledger.err = nil
		if err := c.usage.Close(c.Context()); err != nil {
			c.Fatal(err)
		}
		if !c.ledger.stored[a].Equal(first.Add(time.Second)) || !c.ledger.stored[b].Equal(first) {
			c.Errorf("stored %v, want the later use of a and the one of b", c.ledger.stored)
		}
	})
}

func TestUsesAreBounded(t *testing.T) {
	t.Parallel()
	collect(t, func(c *collector) {
		known := NewTokenID()
		c.usage.Record(Use{TokenID: known, At: time.Now()})
		for range usageLimit + 10 {
			c.usage.Record(Use{TokenID: NewTokenID(), At: time.Now()})
		}
		later := time.Now().Add(time.Second)
		c.usage.Record(Use{TokenID: known, At: later})
		if err := c.usage.Close(c.Context()); err != nil {
			c.Fatal(err)
		}
		if len(c.ledger.stored) != usageLimit || !c.ledger.stored[known].Equal(later) {
			c.Errorf("%d tokens in one batch, want %d with the known one's last use", len(c.ledger.stored), usageLimit)
		}
	})
}
