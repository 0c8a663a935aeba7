package storage

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// ChangeWebhook implements webhooks.Store.
func (s *Webhooks) ChangeWebhook(ctx context.Context, id tenants.WebhookID, c webhooks.Change) (*webhooks.Webhook, error) {
	var after *webhooks.Webhook
	err := s.db.update(ctx, "", func(tx *tx) error {
		before, err := tx.lockWebhook(ctx, id)
		if err != nil {
			return err
		}
		if err := c.Open(before); err != nil {
			return err
		}
		next := *before
		if err := c.Apply(&next); err != nil {
			return err
		}
		after = &next
		if reflect.DeepEqual(webhookFacts(before), webhookFacts(after)) && string(before.Sealed) == string(after.Sealed) {
			return errRollback
		}
		return tx.storeWebhook(ctx, c.Action, before, after)
	})
	if err != nil {
		return nil, wrapIf("change webhook", err)
	}
	return after, nil
}

// lockWebhook reads a webhook that nobody else changes until the commit.
func (t *tx) lockWebhook(ctx context.Context, id tenants.WebhookID) (w *webhooks.Webhook, err error) {
	err = t.get(ctx, func(row scanner) (err error) {
		w, err = scanWebhook(row)
		return err
	}, selectWebhook+` and w.id = $1`+t.forChange(), id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, tenants.ErrNotFound
	}
	return w, err
}

// storeWebhook writes what may change, and has the queues of one that has become
// active sent on.
func (t *tx) storeWebhook(ctx context.Context, action string, before, after *webhooks.Webhook) error {
	after.UpdatedAt = t.now
	if before.Status != after.Status {
		after.StatusAt = t.now
	}
	b := &batch{}
	if before.Status != webhooks.Active && after.Status == webhooks.Active {
		after.Failures, after.FailingSince, after.HeldUntil = 0, time.Time{}, time.Time{}
		t.sendOn(b, after.ID)
	}
	b.exec(`
		update webhooks set url = $2, description = $3, types = $4, status = $5, status_reason = $6, status_at = $7, secrets = $8,
			failures = $9, failing_since = $10, held_until = $11, updated_at = $12
		where id = $1`,
		after.ID, after.URL, after.Description, jsonParam(after.Types), string(after.Status), after.StatusReason, after.StatusAt.UnixMicro(),
		after.Sealed, after.Failures, orNull(after.FailingSince), orZeroTime(after.HeldUntil), t.micros())
	return t.noteWebhook(ctx, b, webhookNote(action, before, after))
}

// noteWebhook is note in a transaction of no tenant.
func (t *tx) noteWebhook(ctx context.Context, b *batch, n note) error {
	tenant := n.tenant
	if tenant == "" {
		tenant = installationTenant
	}
	if err := t.confine(ctx, tenant); err != nil {
		return err
	}
	return t.note(ctx, b, n)
}

// sendOn has all queues of a webhook sent that have something to send, as if
// nothing had failed. Those that a worker still has from before wait until it is
// done with what it may be sending.
func (t *tx) sendOn(b *batch, id tenants.WebhookID) {
	t.touched.mail = true
	b.exec(`
		update webhook_queues set attempts = 0, first_failed_at = null, failure = '', not_before = 0,
			due_at = case when worker <> '' then due_at else $2 end
		where webhook_id = $1 and sequence < latest`, id, t.micros())
}

// DeleteWebhook implements webhooks.Store. The log of its deliveries goes bit by
// bit, see pruneDeliveries.
func (s *Webhooks) DeleteWebhook(ctx context.Context, id tenants.WebhookID) error {
	err := s.db.update(ctx, "", func(tx *tx) error {
		w, err := tx.lockWebhook(ctx, id)
		if err != nil {
			return err
		}
		b := &batch{}
		b.exec(`delete from webhook_queues where webhook_id = $1`, id)
		b.exec(`update webhooks set status = $2, secrets = $3 where id = $1`, id, webhookDeleted, []byte{})
		n := webhookNote("webhook.deleted", nil, w)
		n.tell(events.Diff(webhookFacts(w), nil))
		return tx.noteWebhook(ctx, b, n)
	})
	return wrapIf("delete webhook", err)
}

// orZeroTime is a time as a column in which 0 is none.
func orZeroTime(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMicro()
}
