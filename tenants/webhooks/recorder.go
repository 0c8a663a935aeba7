package webhooks

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

const (
	recordEvents  = 50                     // deliveries that are stored without waiting for more
	recordTimeout = 10 * time.Second       // of one transaction
	flushTimeout  = 2 * recordTimeout      // of all that one flush does
	recordRetry   = 250 * time.Millisecond // after one that failed
	releaseAfter  = 50 * time.Millisecond  // until a queue is given back: others wait
)

// recorder stores what turns have done, of all of them together: a transaction
// every quarter of a second costs requests nothing.
type recorder struct {
	store QueueStore
	o     *Options

	mu      sync.Mutex
	pending map[*turn]*Progress
	events  int           // deliveries among them
	due     time.Time     // zero: nothing is pending
	wake    chan struct{} // pending has become due earlier

	// flushing keeps the progress of a turn in its order.
	flushing sync.Mutex
	broken   atomic.Bool // the last transaction failed
}

func newRecorder(store QueueStore, o *Options) *recorder {
	return &recorder{store: store, o: o, pending: map[*turn]*Progress{}, wake: make(chan struct{}, 1)}
}

// add leaves progress to be stored within a time.
func (r *recorder) add(t *turn, p *Progress, within time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events += len(p.Deliveries)
	if before := r.pending[t]; before != nil {
		p = merge(before, p)
	}
	r.pending[t] = p
	r.hurry(within)
}

// putBack keeps what could not be stored until the lease of its queue is over:
// then somebody else sends the events again, and says so.
func (r *recorder) putBack(turns []*turn, list []*Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, t := range turns {
		if t.leftOfLease() <= 0 {
			continue
		}
		p := list[i]
		r.events += len(p.Deliveries)
		if later := r.pending[t]; later != nil {
			p = merge(p, later)
		}
		r.pending[t] = p
		r.due = time.Time{}
		r.hurry(recordRetry)
	}
}

// hurry makes sure that what is pending is stored within a time.
func (r *recorder) hurry(within time.Duration) {
	if r.events >= recordEvents && !r.broken.Load() {
		within = 0
	}
	if at := time.Now().Add(within); r.due.IsZero() || at.Before(r.due) {
		r.due = at
		select {
		case r.wake <- struct{}{}:
		default:
		}
	}
}

// merge is two pieces of progress in one queue as one.
func merge(a, b *Progress) *Progress {
	all := *b
	all.Deliveries = append(a.Deliveries[:len(a.Deliveries):len(a.Deliveries)], b.Deliveries...)
	all.Succeeded += a.Succeeded
	if all.OldestAt.IsZero() {
		all.OldestAt = a.OldestAt
	}
	return &all
}

// run stores what is due until the context ends, and then everything.
func (r *recorder) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			r.flush(context.WithoutCancel(ctx))
			return
		case <-r.wake:
			timer.Reset(r.untilDue())
		case <-timer.C:
			if r.untilDue() <= 0 {
				r.flush(context.WithoutCancel(ctx))
			}
			if r.waiting() {
				timer.Reset(r.untilDue())
			}
		}
	}
}

func (r *recorder) waiting() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.due.IsZero()
}

func (r *recorder) untilDue() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.due.IsZero() {
		return r.o.Flush
	}
	return max(time.Until(r.due), 0)
}

// take returns what is pending.
func (r *recorder) take() (turns []*turn, list []*Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for t, p := range r.pending {
		turns, list = append(turns, t), append(list, p)
	}
	clear(r.pending)
	r.events, r.due = 0, time.Time{}
	return turns, list
}

// flush stores everything that is pending. After a failure each turn's is stored
// by itself, so that one that cannot be stored keeps no other from it.
func (r *recorder) flush(ctx context.Context) {
	r.flushing.Lock()
	defer r.flushing.Unlock()
	turns, list := r.take()
	ctx, cancel := context.WithTimeout(ctx, flushTimeout)
	defer cancel()
	size := max(len(list), 1)
	if r.broken.Load() {
		size = 1
	}
	broken := false
	for first := 0; first < len(list); first += size {
		last := min(first+size, len(list))
		if err := r.record(ctx, turns[first:last], list[first:last]); err != nil {
			broken = true
			r.o.Logger.WarnContext(ctx, "cannot store the progress of webhooks", "queues", last-first, "error", err)
			r.putBack(turns[first:last], list[first:last])
		}
	}
	r.broken.Store(broken)
}

func (r *recorder) record(ctx context.Context, turns []*turn, list []*Progress) error {
	ctx, cancel := context.WithTimeout(ctx, recordTimeout)
	defer cancel()
	sent := r.o.Now()
	standings, err := r.store.Record(ctx, list)
	if err != nil {
		return err
	}
	for i, s := range standings {
		turns[i].stands(s, sent.Add(r.o.Lease))
		if list[i].Release && !s.Lost {
			turns[i].look()
		}
		if s.Outcome != "" {
			r.o.Observe(s.Outcome, list[i].Deliveries[len(list[i].Deliveries)-1].Duration)
		}
	}
	return nil
}
