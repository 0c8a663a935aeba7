package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// WebhookQueues is where the workers of webhooks find their work. Its statements
// do not queue for connections behind requests.
type WebhookQueues struct{ db *DB }

// NewWebhookQueues returns the queues of a database.
func NewWebhookQueues(db *DB) *WebhookQueues { return &WebhookQueues{db.aside()} }

var _ webhooks.QueueStore = (*WebhookQueues)(nil)

// Wake implements webhooks.QueueStore.
func (s *WebhookQueues) Wake() <-chan struct{} { return s.db.mail }

// Due implements webhooks.QueueStore. A queue that a worker has is due when its
// lease ends.
func (s *WebhookQueues) Due(ctx context.Context) ([]*webhooks.Webhook, error) {
	var due []*webhooks.Webhook
	err := s.db.view(ctx, "", func(tx *tx) error {
		due = nil
		b := &batch{}
		b.query(func(row scanner) error {
			w, err := scanWebhook(row)
			due = append(due, w)
			return err
		}, `
			select `+webhookColumns+` from webhooks w
			where w.status = 'active' and w.held_until <= $1
				and exists (select 1 from webhook_queues q where q.webhook_id = w.id and q.due_at <= $1)
			order by w.id`, tx.micros())
		return tx.last(ctx, b)
	})
	return due, wrapIf("look for webhooks with something to send", err)
}

// Claim implements webhooks.QueueStore.
func (s *WebhookQueues) Claim(ctx context.Context, worker string, lease time.Duration, takes []webhooks.Take) ([]*webhooks.Claim, error) {
	var claims []*webhooks.Claim
	err := s.db.updateRelaxed(ctx, "", func(tx *tx) error {
		claims = nil
		takes, err := tx.probes(ctx, takes)
		if err != nil {
			return err
		}
		b := &batch{}
		for _, take := range takes {
			tx.addClaim(b, worker, lease, take, func(c *webhooks.Claim) { claims = append(claims, c) })
		}
		if err := tx.send(ctx, b); err != nil {
			return err
		}
		if len(claims) == 0 {
			return errRollback
		}
		return nil
	})
	return claims, wrapIf("claim queues of webhooks", err)
}

// probes leaves those takes of held webhooks out that somebody else was faster
// with. The others' webhooks are held on until the probe is over.
func (t *tx) probes(ctx context.Context, takes []webhooks.Take) ([]webhooks.Take, error) {
	b := &batch{}
	statements := make([]*statement, len(takes))
	for i, take := range takes {
		if take.Probe > 0 {
			statements[i] = b.exec(`update webhooks set held_until = $3 where id = $1 and held_until = $2 and failures > 0`,
				take.Webhook.ID, orZeroTime(take.Webhook.HeldUntil), t.now.Add(take.Probe).UnixMicro())
		}
	}
	if len(b.statements) == 0 {
		return takes, nil
	}
	if err := t.send(ctx, b); err != nil {
		return nil, err
	}
	var left []webhooks.Take
	for i, take := range takes {
		if st := statements[i]; st == nil || st.affected > 0 {
			left = append(left, take)
		}
	}
	return left, nil
}

// addClaim takes a webhook's queues whose time has come, those that have waited
// longest.
func (t *tx) addClaim(b *batch, worker string, lease time.Duration, take webhooks.Take, found func(*webhooks.Claim)) {
	skip, most := "", take.Most
	if t.writersOverlap() {
		skip = t.forChange() + " skip locked"
	}
	if take.Probe > 0 {
		most = 1
	}
	b.query(func(row scanner) error {
		c := &webhooks.Claim{Worker: worker, Probe: take.Probe > 0}
		var failed sql.NullInt64
		err := row.Scan(&c.TenantID, &c.WebhookID, &c.Lane, &c.Sequence, &c.Latest, &c.Attempts, &failed)
		c.FailedAt = fromNull(failed)
		found(c)
		return err
	}, `
		with taken as materialized (
			select q.tenant_id, q.webhook_id, q.lane from webhook_queues q
			where q.webhook_id = $1 and q.due_at <= $2 order by q.due_at limit cast($3 as bigint)`+skip+`)
		update webhook_queues set worker = $4, leased_until = $5, due_at = $5
		from taken
		where webhook_queues.tenant_id = taken.tenant_id and webhook_queues.webhook_id = taken.webhook_id and webhook_queues.lane = taken.lane
		returning webhook_queues.tenant_id, webhook_queues.webhook_id, webhook_queues.lane, webhook_queues.sequence,
			webhook_queues.latest, webhook_queues.attempts, webhook_queues.first_failed_at`,
		take.Webhook.ID, t.micros(), most, worker, t.now.Add(lease).UnixMicro())
}

// scannedEvents is how many numbers of a sequence one statement looks through for
// events of the wanted types.
const scannedEvents = 5000

// Read implements webhooks.QueueStore: all queues in one round trip, each confined
// to its tenant.
func (s *WebhookQueues) Read(ctx context.Context, reads []webhooks.Read) ([]webhooks.Batch, error) {
	var batches []webhooks.Batch
	err := s.db.view(ctx, "", func(tx *tx) error {
		batches = make([]webhooks.Batch, len(reads))
		first := make([]sql.NullInt64, len(reads))
		sizes := make([]int, len(reads))
		b := &batch{}
		for i, r := range reads {
			tenant := r.Claim.TenantID.UUID()
			last := min(r.Until, r.After+scannedEvents)
			batches[i].Through = last
			tx.addConfine(b, tenant)
			b.query(func(row scanner) error { return row.Scan(&first[i]) },
				`select min(e.sequence) from events e where e.tenant_id = $1`, tenant)
			addEvents(b, tenant, r.After, last, r.Types, r.Limit, func(e events.Event) {
				if sizes[i] < batchBytes {
					batches[i].Events = append(batches[i].Events, &e)
				}
				sizes[i] += len(e.Data) + len(e.Previous)
			})
		}
		if err := tx.last(ctx, b); err != nil {
			return err
		}
		for i, r := range reads {
			finishBatch(&batches[i], r, first[i], sizes[i] >= batchBytes)
		}
		return nil
	})
	return batches, wrapIf("read events for webhooks", err)
}

// batchBytes is how much data of events one queue's batch has; the event that
// reaches it is the last one.
const batchBytes = 1 << 20

// finishBatch says how far a batch goes, and what is not kept any more.
func finishBatch(b *webhooks.Batch, r webhooks.Read, first sql.NullInt64, full bool) {
	if n := len(b.Events); n > 0 && (n == r.Limit || full) {
		b.Through = b.Events[n-1].Sequence
	}
	expired := r.Until // nothing is kept
	if first.Valid {
		expired = min(first.Int64-1, r.Until)
	}
	if expired > r.After {
		b.Expired = expired
		b.Through = max(b.Through, expired)
	}
}
