package webhooks

import (
	"context"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// QueueStore is where workers find their work.
type QueueStore interface {
	// Due returns the active webhooks that are not held and have a queue whose
	// time has come. Where there is nothing to do it only reads, and little.
	Due(ctx context.Context) ([]*Webhook, error)
	// Claim takes queues whose time has come, those that have waited longest, until
	// the lease ends. Two never have the same one.
	Claim(ctx context.Context, worker string, lease time.Duration, takes []Take) ([]*Claim, error)
	// Read returns what comes next in queues, in their order.
	Read(ctx context.Context, reads []Read) ([]Batch, error)
	// Record stores what was done in queues, in one transaction, and returns how
	// they are now, in their order. The log has every delivery, also by a worker
	// that has lost its queue; but nothing else of what that one says counts.
	Record(ctx context.Context, list []*Progress) ([]Standing, error)
	// Wake has a value when this process has brought work.
	Wake() <-chan struct{}
}

// Take is how many queues of a webhook are to be claimed.
type Take struct {
	Webhook *Webhook
	Most    int
	// Probe: the webhook was held. One queue alone is claimed, by one worker, and
	// it is held on until then.
	Probe time.Duration
}

// Claim is a queue that a worker has taken.
type Claim struct {
	Worker    string
	TenantID  tenants.TenantID
	WebhookID tenants.WebhookID
	Lane      tenants.ReplayID
	Sequence  int64 // the last event that is done with
	Latest    int64 // the last one there is
	Attempts  int   // that failed, at the next event
	FailedAt  time.Time
	Probe     bool
}

// Read asks for a queue's events behind one.
type Read struct {
	Claim *Claim
	After int64
	Until int64
	Types []events.Type // empty: all
	Limit int
}

// Batch is events of one queue.
type Batch struct {
	Events []*events.Event
	// Through is the last event that the batch says something about: those of other
	// types among them are left out.
	Through int64
	// Expired is the last event that is not kept any more, 0 if all are.
	Expired int64
}

// Progress is what a worker did in a queue since it last said so.
type Progress struct {
	*Claim
	Through    int64 // the last event that is done with
	Lease      time.Duration
	OldestAt   time.Time // when the first event happened that waits; zero: not known
	Deliveries []*Delivery
	Succeeded  int
	// Release gives the queue back. What happens then is Failed's to say; nil: the
	// next event waits for its turn.
	Release bool
	Failed  func(Health) Ruling
}

// Health is how a webhook is when one of its deliveries has failed.
type Health struct {
	Failures    int // in a row, with this one
	DeliveredAt time.Time
	Now         time.Time
}

// Ruling is what follows from a failed delivery, whose row is the last one of
// the progress.
type Ruling struct {
	Outcome   Outcome
	Attempts  int       // at the next event
	FailedAt  time.Time // the first of them
	Due       time.Time
	NotBefore time.Time // the receiver asked for it; zero: it did not
	HeldUntil time.Time // zero: the webhook is not held
	Status    Status    // Active, or what the webhook is from now on
	Reason    string
}

// Standing is how a queue is after progress was stored.
type Standing struct {
	Lost   bool // somebody else has it, or it is gone
	Paused bool // the webhook is not active any more
	Latest int64
	// Outcome is what Progress.Failed has ruled, "" if it was not asked.
	Outcome Outcome
}
