package events

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"
)

// How a Relay goes about its work.
const (
	relayEvery   = 100 * time.Millisecond // at most one transaction in this time
	relayShare   = 50                     // and that is at least so many times as long as the last took
	relayTenants = 500                    // that one transaction deals with
	relayTime    = 10 * time.Second       // of a transaction, with waiting for other relays
	longestRelay = time.Second            // between transactions, however long they take
	sweepEvery   = 2 * time.Second
	sweepTenants = 5000
	sweepShare   = 20 // a pause between sweeps is at least so many times as long as the last took
	failedPause  = 250 * time.Millisecond
	longestPause = 5 * time.Second
)

// Feed is the order of events across tenants, as a Relay makes it.
type Feed interface {
	// Fresh has a value when this process has committed events.
	Fresh() <-chan struct{}
	// Take takes at most limit tenants of which that is so, and PutBack gives
	// tenants back, or adds others: Fresh has a value then, also when Take has
	// left some.
	Take(limit int) []string
	PutBack(tenantIDs []string)
	// Behind returns at most limit tenants with events that are not in the feed,
	// whoever has committed them.
	Behind(ctx context.Context, limit int) ([]string, error)
	// Relay puts all new events of tenants into the feed, in one transaction that
	// no other relay overlaps with, and tells everybody who must know of it in the
	// same transaction. It returns those that had any.
	Relay(ctx context.Context, tenantIDs []string) ([]string, error)
}

// Relay puts committed events into the feed. There is one in every replica: each
// deals with what its own replica commits, and with what others have left.
type Relay struct {
	feed     Feed
	logger   *slog.Logger
	every    time.Duration
	sweeping time.Duration
	last     time.Time     // when the last transaction began
	took     time.Duration // and how long it took
	failures int           // in a row
}

// NewRelay returns a Relay.
func NewRelay(feed Feed, logger *slog.Logger) *Relay {
	return &Relay{feed: feed, logger: logger, every: relayEvery, sweeping: sweepEvery}
}

// Run works until the context ends. A transaction that has begun is finished.
func (r *Relay) Run(ctx context.Context) {
	sweep := time.NewTimer(0)
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-sweep.C:
			sweep.Reset(r.sweep(ctx))
		case <-r.feed.Fresh():
			if !pause(ctx, r.next()) {
				return
			}
			r.once(ctx)
		}
	}
}

// next is how long to wait before the next transaction: writers wait for it too.
func (r *Relay) next() time.Duration {
	return max(r.every, min(relayShare*r.took, longestRelay)) - time.Since(r.last)
}

// once relays what is there, as much of it as fits one transaction.
func (r *Relay) once(ctx context.Context) {
	ids := r.feed.Take(relayTenants)
	if len(ids) == 0 {
		return
	}
	r.last = time.Now()
	_, err := r.relay(ctx, ids)
	r.took = time.Since(r.last)
	if err == nil {
		r.failures = 0
		return
	}
	r.feed.PutBack(ids)
	r.failures++
	r.logger.WarnContext(ctx, "cannot put events into the feed; they stay in their tenants' sequences and will be", "error", err)
	pause(ctx, min(failedPause<<min(r.failures, 10), longestPause))
}

func (r *Relay) relay(ctx context.Context, ids []string) ([]string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), relayTime)
	defer cancel()
	return r.feed.Relay(ctx, ids)
}

// sweep looks for what nobody deals with: of a replica that is gone, of a command,
// and of the time before there was a feed. It returns when to look again.
func (r *Relay) sweep(ctx context.Context) time.Duration {
	started := time.Now()
	ctx, cancel := context.WithTimeout(ctx, relayTime)
	defer cancel()
	ids, err := r.feed.Behind(ctx, sweepTenants)
	if err != nil && ctx.Err() == nil {
		r.logger.WarnContext(ctx, "cannot look for events that are not in the feed", "error", err)
	}
	r.feed.PutBack(ids)
	wait := max(r.sweeping, sweepShare*time.Since(started))
	return wait*3/4 + rand.N(wait/2+1) //nolint:gosec // G404: spreads replicas, hides nothing
}
