package webhooks

import (
	"context"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// Store keeps webhooks, how far they are, and the log of their deliveries. Every
// change leaves an audit row.
type Store interface {
	// CreateWebhook stores a webhook. Errors: tenants.ErrNotFound if its tenant does
	// not exist, *tenants.RefusedError if there are most of that tenant's (or the
	// installation's) already.
	CreateWebhook(ctx context.Context, w *Webhook, most int) error
	// Webhook returns one webhook or tenants.ErrNotFound.
	Webhook(ctx context.Context, id tenants.WebhookID) (*Webhook, error)
	// ListWebhooks returns at most limit webhooks behind one, in the order in which
	// they were made.
	ListWebhooks(ctx context.Context, f Filter, after tenants.WebhookID, limit int) ([]*Webhook, error)
	// ChangeWebhook changes a webhook while nobody else does. The change may run
	// several times. A webhook that becomes active has all its queues sent on with
	// what waits, as if nothing had failed. Error: tenants.ErrNotFound.
	ChangeWebhook(ctx context.Context, id tenants.WebhookID, c Change) (*Webhook, error)
	// DeleteWebhook removes a webhook. Error: tenants.ErrNotFound.
	DeleteWebhook(ctx context.Context, id tenants.WebhookID) error

	// Queues returns the queues of a webhook behind a place, in the order of
	// tenants and lanes.
	Queues(ctx context.Context, id tenants.WebhookID, f QueueFilter, limit int) ([]*Queue, error)
	// Rewind has a webhook send a tenant's events again from one on. Errors:
	// tenants.ErrNotFound, *tenants.InvalidError, *tenants.RefusedError for events
	// that are not kept any more.
	Rewind(ctx context.Context, w *Webhook, r Replay) error
	// AddReplay has a webhook send some of a tenant's events again, beside what
	// happens. Errors: as Rewind, *tenants.RefusedError if there are most already.
	AddReplay(ctx context.Context, w *Webhook, r Replay, most int) error

	// Deliveries returns at most limit attempts that are older than one (the zero
	// id: from the newest), the newest first.
	Deliveries(ctx context.Context, id tenants.WebhookID, f DeliveryFilter, before tenants.DeliveryID, limit int) ([]*Delivery, error)
	// Delivery returns one attempt or tenants.ErrNotFound.
	Delivery(ctx context.Context, id tenants.WebhookID, delivery tenants.DeliveryID) (*Delivery, error)
	// Hours returns the hours of a webhook that begin at since or later and before
	// until, in order.
	Hours(ctx context.Context, w *Webhook, since, until time.Time) ([]Hour, error)
	// AddDelivery puts an attempt into the log.
	AddDelivery(ctx context.Context, d *Delivery) error
	// Event returns one event, or tenants.ErrNotFound if it is not kept any more.
	Event(ctx context.Context, tenant tenants.TenantID, sequence int64) (*events.Event, error)
}

// Filter selects webhooks. Empty fields select everything.
type Filter struct {
	Tenant tenants.TenantID // those of this tenant alone
	Status Status
}

// Change is what is done to a webhook. Nothing is stored, and nothing noted, if
// the webhook is the same afterwards.
type Change struct {
	Action string                 // of the audit row: "webhook.paused"
	Open   func(w *Webhook) error // reads its secrets
	Apply  func(w *Webhook) error // must not change what its fields point to
}

// QueueFilter selects queues. Empty fields select everything.
type QueueFilter struct {
	Only tenants.TenantID // of this tenant alone
	// AfterTenant and AfterLane are the queue that a list goes on behind.
	AfterTenant tenants.TenantID
	AfterLane   tenants.ReplayID
}

// Replay is events of one tenant that are sent again.
type Replay struct {
	ID        tenants.ReplayID
	TenantID  tenants.TenantID
	From, To  int64  // sequences, both included; To is 0 if it goes on from there
	CreatedBy string // what people call whoever began it
	CreatedAt time.Time
}

// DeliveryFilter selects attempts. Empty fields select everything.
type DeliveryFilter struct {
	Tenant  tenants.TenantID
	Outcome Outcome
	Type    events.Type
	Since   time.Time // at or after
	Until   time.Time // before
}
