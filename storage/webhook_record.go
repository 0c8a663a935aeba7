package storage

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// Record implements webhooks.QueueStore. Queues are locked in one order, and
// webhooks behind them.
func (s *WebhookQueues) Record(ctx context.Context, list []*webhooks.Progress) ([]webhooks.Standing, error) {
	order := make([]int, len(list))
	for i := range list {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := list[a], list[b]
		return cmp.Or(cmp.Compare(x.WebhookID.UUID(), y.WebhookID.UUID()), cmp.Compare(x.TenantID.UUID(), y.TenantID.UUID()),
			cmp.Compare(x.Lane.UUID(), y.Lane.UUID()))
	})
	var standings []webhooks.Standing
	err := s.db.updateRelaxed(ctx, "", func(tx *tx) error {
		standings = make([]webhooks.Standing, len(list))
		b := &batch{}
		for _, i := range order {
			tx.addProgress(b, list[i], &standings[i])
		}
		attempts := addDeliveries(b, list)
		if err := tx.send(ctx, b); err != nil {
			return err
		}
		if err := tx.addWebhookHours(ctx, attempts); err != nil {
			return err
		}
		return tx.settle(ctx, list, standings, order)
	})
	return standings, wrapIf("store the progress of webhooks", err)
}

// addProgress moves a queue on, if the worker still has it. One that is given
// back is due while there is something to send, which this statement alone can
// tell: the feed may have told of more at this moment.
func (t *tx) addProgress(b *batch, p *webhooks.Progress, to *webhooks.Standing) {
	to.Lost = true
	worker, leased := p.Worker, t.now.Add(p.Lease).UnixMicro()
	if p.Release {
		worker, leased = "", 0
	}
	b.query(func(row scanner) error {
		var status webhooks.Status
		to.Lost = false
		err := row.Scan(&to.Latest, &status)
		to.Paused = status != webhooks.Active
		return err
	}, `
		update webhook_queues set sequence = $5, worker = $6, leased_until = $7,
			attempts = $8, first_failed_at = $9, failure = case when cast($8 as bigint) = 0 then '' else failure end,
			due_at = case when $6 <> '' then cast($7 as bigint) when $5 >= latest then null else cast($10 as bigint) end,
			oldest_at = case when $5 >= latest then null else coalesce($11, oldest_at) end
		where tenant_id = $1 and webhook_id = $2 and lane = $3 and worker = $4
		returning latest, (select w.status from webhooks w where w.id = webhook_queues.webhook_id)`,
		p.TenantID, p.WebhookID, p.Lane, p.Worker, p.Through, worker, leased,
		p.Attempts, orNull(p.FailedAt), t.micros(), orNull(p.OldestAt))
	endReplay(b, p)
}

// endReplay forgets a replay that is over.
func endReplay(b *batch, p *webhooks.Progress) {
	if p.Release && !p.Lane.IsZero() {
		b.exec(`
			delete from webhook_queues
			where tenant_id = $1 and webhook_id = $2 and lane = $3 and worker = '' and sequence >= latest`,
			p.TenantID, p.WebhookID, p.Lane)
	}
}

// settle says what the progress means for webhooks, in the order in which they
// are locked.
func (t *tx) settle(ctx context.Context, list []*webhooks.Progress, standings []webhooks.Standing, order []int) error {
	for len(order) > 0 {
		id, n := list[order[0]].WebhookID, 0
		for n < len(order) && list[order[n]].WebhookID == id {
			n++
		}
		if err := t.settleWebhook(ctx, list, standings, order[:n]); err != nil {
			return err
		}
		order = order[n:]
	}
	return nil
}

// settleWebhook counts successes first: whatever failed did so behind them, as
// far as anybody can tell.
func (t *tx) settleWebhook(ctx context.Context, list []*webhooks.Progress, standings []webhooks.Standing, of []int) error {
	b := &batch{}
	succeeded, failed := false, false
	for _, i := range of {
		p := list[i]
		if standings[i].Lost {
			continue
		}
		succeeded = succeeded || p.Succeeded > 0
		failed = failed || p.Failed != nil
		if p.Probe && p.Release && p.Succeeded == 0 && p.Failed == nil { // nothing was to be sent
			b.exec(`update webhooks set held_until = $2 where id = $1 and failures > 0`, p.WebhookID, t.micros())
		}
	}
	if succeeded {
		t.addSuccess(b, list[of[0]].WebhookID)
	}
	if len(b.statements) > 0 {
		if err := t.send(ctx, b); err != nil {
			return err
		}
	}
	if !failed {
		return nil
	}
	w, err := t.lockWebhook(ctx, list[of[0]].WebhookID)
	if errors.Is(err, tenants.ErrNotFound) {
		return nil
	}
	for _, i := range of {
		if err == nil && !standings[i].Lost && list[i].Failed != nil {
			err = t.failed(ctx, w, list[i], &standings[i])
		}
	}
	return err
}

// successKept is how late the time of a webhook's last success may be: the row is
// not written for every delivery.
const successKept = 10_000_000 // microseconds

// addSuccess takes note that a webhook works. If it did not before, the queues
// that wait to try again need not.
func (t *tx) addSuccess(b *batch, id tenants.WebhookID) {
	b.exec(`
		update webhook_queues set due_at = case when not_before > $2 then not_before else $2 end
		where webhook_id = $1 and attempts > 0 and worker = '' and due_at > $2
			and exists (select 1 from webhooks w where w.id = $1 and w.held_until > 0)`, id, t.micros())
	b.exec(`
		update webhooks set failures = 0, failing_since = null, held_until = 0, delivered_at = $2
		where id = $1 and (failures > 0 or held_until > 0 or delivered_at is null or delivered_at < $3)`,
		id, t.micros(), t.micros()-successKept)
}

// failed puts a ruling about a failed delivery into effect.
func (t *tx) failed(ctx context.Context, w *webhooks.Webhook, p *webhooks.Progress, to *webhooks.Standing) error {
	w.Failures++
	if w.FailingSince.IsZero() {
		w.FailingSince = t.now
	}
	r := p.Failed(webhooks.Health{Failures: w.Failures, DeliveredAt: w.DeliveredAt, Now: t.now})
	to.Outcome = r.Outcome
	d := p.Deliveries[len(p.Deliveries)-1]
	done, failure := p.Through, d.Failure
	if r.Outcome == webhooks.GivenUp {
		done, failure = d.Sequence, ""
	}
	b := &batch{}
	b.exec(`
		update webhook_queues set sequence = $4, attempts = $5, first_failed_at = $6, failure = $7, not_before = $8,
			due_at = case when $4 >= latest then null else cast($9 as bigint) end,
			oldest_at = case when $4 >= latest then null else oldest_at end
		where tenant_id = $1 and webhook_id = $2 and lane = $3 and worker = ''`,
		p.TenantID, p.WebhookID, p.Lane, done, r.Attempts, orNull(r.FailedAt), failure, orZeroTime(r.NotBefore), r.Due.UnixMicro())
	endReplay(b, p)
	next := r.Due
	if r.Status != webhooks.Active || r.Outcome == webhooks.GivenUp {
		next = fromNull(sql.NullInt64{})
	}
	b.exec(`
		update webhook_deliveries set outcome = $4, next_at = $5
		where tenant_id = $1 and webhook_id = $2 and id = $3`, d.TenantID, d.WebhookID, d.ID, string(r.Outcome), orNull(next))
	if held := orZeroTime(r.HeldUntil); held > 0 || p.Probe {
		w.HeldUntil = r.HeldUntil
	}
	b.exec(`update webhooks set failures = $2, failing_since = $3, held_until = $4 where id = $1`,
		w.ID, w.Failures, orNull(w.FailingSince), orZeroTime(w.HeldUntil))
	if r.Status == webhooks.Active || w.Status != webhooks.Active {
		return t.send(ctx, b)
	}
	before := *w
	w.Status, w.StatusReason = r.Status, r.Reason
	to.Paused = true
	b.exec(`update webhooks set status = $2, status_reason = $3, status_at = $4, updated_at = $4 where id = $1`,
		w.ID, string(w.Status), w.StatusReason, t.micros())
	return t.noteWebhook(ctx, b, webhookNote("webhook."+string(r.Status), &before, w))
}
