package webhooks

import (
	"context"
	"sync"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// readEvents is how many events a turn reads at a time.
const readEvents = 50

// turn is a worker's time with one queue. It sends the queue's events one after
// the other, so that they arrive in order.
type turn struct {
	*Deliverer
	claim   *Claim
	webhook *Webhook
	began   time.Time
	batch   Batch
	sent    int   // events
	through int64 // the last event that is done with

	mu     sync.Mutex
	until  time.Time // the lease's end, at the earliest
	latest int64
	stop   bool // the queue is not this worker's any more, or the webhook not active
}

// stands takes note of what the database says about the queue.
func (t *turn) stands(s Standing, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.Lost || s.Paused {
		t.stop = true
	}
	if !s.Lost {
		t.until, t.latest = until, max(t.latest, s.Latest)
	}
}

func (t *turn) stopped() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stop
}

func (t *turn) leftOfLease() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.until.Sub(t.o.Now())
}

func (t *turn) newest() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.latest
}

// run sends what there is, until others should come on.
func (t *turn) run(ctx context.Context) {
	for {
		for i, e := range t.batch.Events {
			if t.over(ctx) || !t.holds(ctx) {
				t.giveBack(t.batch.Events[i].OccurredAt)
				return
			}
			if !t.deliver(ctx, e) {
				return
			}
		}
		t.through = t.batch.Through
		if t.through >= t.newest() || t.over(ctx) || t.claim.Probe {
			t.giveBack(time.Time{})
			return
		}
		batches, err := t.store.Read(ctx, []Read{t.read(t.through)})
		if err != nil {
			t.report(ctx, "read events for a webhook", err)
			t.giveBack(time.Time{})
			return
		}
		t.take(batches[0])
	}
}

// read is what the turn reads next.
func (t *turn) read(after int64) Read {
	limit := readEvents
	if t.claim.Probe {
		limit = 1
	}
	return Read{Claim: t.claim, After: after, Until: t.newest(), Types: t.webhook.Types, Limit: limit}
}

// take goes on with a batch. What is not kept any more cannot be sent, which the
// log says.
func (t *turn) take(b Batch) {
	t.batch = b
	if b.Expired > t.through {
		t.through = b.Expired
		t.add(&Progress{Deliveries: []*Delivery{t.expired(b.Expired)}}, t.o.Flush)
		t.claim = t.claim.after(b.Expired)
	}
}

// over: others come on now, or nobody does.
func (t *turn) over(ctx context.Context) bool {
	return ctx.Err() != nil || t.stopped() || t.sent >= t.o.TurnEvents || t.o.Now().Sub(t.began) >= t.o.Turn
}

// holds makes sure that the queue stays this worker's for as long as an attempt
// may take: nobody else sends the event at the same time.
func (t *turn) holds(ctx context.Context) bool {
	enough := t.sender.timeout + t.o.Margin
	if t.leftOfLease() < enough {
		t.add(&Progress{}, 0)
		t.recorder.flush(context.WithoutCancel(ctx))
	}
	return t.leftOfLease() >= enough && !t.stopped()
}

// deliver sends one event and reports whether the turn goes on.
func (t *turn) deliver(ctx context.Context, e *events.Event) bool {
	m, err := messageOf(e)
	if err != nil || !t.pacer.wait(ctx) {
		t.report(ctx, "send an event", err)
		t.giveBack(e.OccurredAt)
		return false
	}
	a := t.attempt(ctx, m)
	if a.failure != "" && ctx.Err() != nil && a.status == 0 {
		t.giveBack(e.OccurredAt) // cut off, which is not the receiver's fault
		return false
	}
	d := t.delivery(e, a)
	t.sent++
	if a.failure == "" {
		t.through = e.Sequence
		d.Outcome = Delivered
		t.o.Observe(Delivered, a.took)
		t.add(&Progress{Deliveries: []*Delivery{d}, Succeeded: 1}, t.o.Flush)
		t.claim = t.claim.after(e.Sequence)
		if a.took >= t.o.Flush { // meanwhile somebody may have paused the webhook or gone back
			t.recorder.flush(context.WithoutCancel(ctx))
		}
		return true
	}
	t.hand(&Progress{Deliveries: []*Delivery{d}, OldestAt: e.OccurredAt, Failed: t.o.failureOf(t.claim, a)}, 0)
	return false
}

// after is the claim when an event is done with: the next one has not failed yet.
func (c *Claim) after(sequence int64) *Claim {
	next := *c
	next.Sequence, next.Attempts, next.FailedAt = sequence, 0, time.Time{}
	return &next
}

// attempt sends a message. When the process ends it may go on for a moment: the
// receiver may have done its work already.
func (t *turn) attempt(ctx context.Context, m message) *attempt {
	detached, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(t.o.Grace, cancel)
		context.AfterFunc(detached, func() { timer.Stop() })
	})
	defer stop()
	return t.sender.send(detached, t.webhook, m)
}

func (t *turn) delivery(e *events.Event, a *attempt) *Delivery {
	d := &Delivery{
		ID: tenants.NewDeliveryID(), WebhookID: t.webhook.ID, TenantID: t.claim.TenantID, Lane: t.claim.Lane,
		Sequence: e.Sequence, EventType: e.Type, Attempt: t.claim.Attempts + 1, Outcome: Retrying,
		At: a.at, Duration: a.took, Status: a.status, Failure: a.failure, Request: a.request, Response: a.response,
		OccurredAt: e.OccurredAt,
	}
	d.EventID, _ = tenants.ParseEventID(e.ID) // the store has made it from one
	return d
}

// add leaves progress to be stored, up to where the turn is.
func (t *turn) add(p *Progress, within time.Duration) {
	p.Claim, p.Through, p.Lease = t.claim, t.through, t.o.Lease
	t.recorder.add(t, p, within)
}

// hand leaves the end of the turn to be stored.
func (t *turn) hand(p *Progress, within time.Duration) {
	p.Release = true
	t.add(p, within)
}

// giveBack lets others have the queue. next is when the next event happened, if
// that is known.
func (t *turn) giveBack(next time.Time) {
	t.hand(&Progress{OldestAt: next}, min(releaseAfter, t.o.Flush))
}
