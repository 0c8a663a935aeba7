package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// queueColumns are what scanQueue reads.
const queueColumns = `q.tenant_id, t.name, q.lane, q.sequence, q.latest, coalesce(q.until, 0), q.due_at, q.oldest_at, q.attempts, q.first_failed_at,
	q.failure, case when q.worker = '' then 0 else q.leased_until end, q.created_by, q.created_at`

// scanQueue reads a queue as it is at a time, in microseconds.
func scanQueue(now int64) func(scanner) (*webhooks.Queue, error) {
	return func(row scanner) (*webhooks.Queue, error) {
		var q webhooks.Queue
		var due, oldest, failed sql.NullInt64
		var leased, created int64
		err := row.Scan(&q.TenantID, &q.Tenant, &q.Lane, &q.Sequence, &q.Latest, &q.Until, &due, &oldest, &q.Attempts, &failed,
			&q.Failure, &leased, &q.CreatedBy, &created)
		q.Due, q.OldestAt, q.FailedAt, q.CreatedAt = fromNull(due), fromNull(oldest), fromNull(failed), fromMicros(created)
		q.Working = leased > now
		return &q, err
	}
}

// Queues implements webhooks.Store.
func (s *Webhooks) Queues(ctx context.Context, id tenants.WebhookID, f webhooks.QueueFilter, limit int) ([]*webhooks.Queue, error) {
	only := ""
	args := []any{id, f.AfterTenant, f.AfterLane, max(limit, 0)}
	if !f.Only.IsZero() {
		only, args = ` and q.tenant_id = $5`, append(args, f.Only)
	}
	return findAll(ctx, s.db, "queues", scanQueue(s.db.now().UnixMicro()), `
		select `+queueColumns+` from webhook_queues q join tenants t on t.id = q.tenant_id
		where q.webhook_id = $1 and (q.tenant_id, q.lane) > ($2, $3)`+only+`
		order by q.tenant_id, q.lane limit cast($4 as bigint)`, args...)
}

// rewindPause is how long a queue that a worker has waits before it begins
// elsewhere: the worker may be at an event, and stops behind it.
const rewindPause = 20 * time.Second

// Rewind implements webhooks.Store. The worker that has the queue loses it.
func (s *Webhooks) Rewind(ctx context.Context, w *webhooks.Webhook, r webhooks.Replay) error {
	err := s.db.update(ctx, "", func(tx *tx) error {
		latest, err := tx.replayable(ctx, w, r)
		if err != nil {
			return err
		}
		b := &batch{}
		b.exec(`
			insert into webhook_queues as q (tenant_id, webhook_id, lane, sequence, latest, due_at, oldest_at, created_at)
			values ($1, $2, $3, $4, $5, $6, $6, $6)
			on conflict (tenant_id, webhook_id, lane) do update set sequence = excluded.sequence, attempts = 0, first_failed_at = null,
				failure = '', not_before = 0, oldest_at = excluded.oldest_at, worker = '', leased_until = 0,
				due_at = case when q.worker = '' then excluded.due_at else $7 end`,
			r.TenantID, w.ID, tenants.ReplayID{}, r.From-1, latest, tx.micros(), tx.now.Add(rewindPause).UnixMicro())
		return tx.noteReplay(ctx, b, w, r)
	})
	return wrapIf("send events again", err)
}

// AddReplay implements webhooks.Store.
func (s *Webhooks) AddReplay(ctx context.Context, w *webhooks.Webhook, r webhooks.Replay, most int) error {
	err := s.db.update(ctx, "", func(tx *tx) error {
		if _, err := tx.replayable(ctx, w, r); err != nil {
			return err
		}
		if err := tx.roomForReplay(ctx, w.ID, most); err != nil {
			return err
		}
		b := &batch{}
		b.exec(`
			insert into webhook_queues (tenant_id, webhook_id, lane, sequence, latest, until, due_at, oldest_at, created_by, created_at)
			values ($1, $2, $3, $4, $5, $5, $6, $6, $7, $6)`,
			r.TenantID, w.ID, r.ID, r.From-1, r.To, tx.micros(), r.CreatedBy)
		return tx.noteReplay(ctx, b, w, r)
	})
	return wrapIf("send events again", err)
}

// replayable refuses events that are not there yet, or not any more, and returns
// the last one that is. The webhook is nobody else's until the commit.
func (t *tx) replayable(ctx context.Context, w *webhooks.Webhook, r webhooks.Replay) (latest int64, err error) {
	if err := t.hasTenant(ctx, r.TenantID); err != nil {
		return 0, &tenants.InvalidError{Field: "tenant_id", Reason: "there is no such tenant"}
	}
	if _, err := t.lockWebhook(ctx, w.ID); err != nil {
		return 0, err
	}
	if err := t.confine(ctx, r.TenantID.UUID()); err != nil {
		return 0, err
	}
	var first sql.NullInt64
	b := &batch{}
	b.query(func(row scanner) error { return row.Scan(&latest) }, `select f.sequence from feed_tenants f where f.tenant_id = $1`, r.TenantID)
	b.query(func(row scanner) error { return row.Scan(&first) }, `select min(e.sequence) from events e where e.tenant_id = $1`, r.TenantID)
	if err := t.send(ctx, b); err != nil {
		return 0, err
	}
	switch {
	case r.From > latest:
		return 0, &tenants.InvalidError{Field: "from_sequence", Reason: fmt.Sprintf("the tenant's last event is %d", latest)}
	case r.To > latest:
		return 0, &tenants.InvalidError{Field: "to_sequence", Reason: fmt.Sprintf("the tenant's last event is %d", latest)}
	case !first.Valid || r.From < first.Int64:
		return 0, &tenants.RefusedError{Code: webhooks.CodeExpired,
			Reason: fmt.Sprintf("Event %d is not kept any more. Take a snapshot to begin anew.", r.From)}
	}
	return latest, nil
}

// roomForReplay refuses a replay too many.
func (t *tx) roomForReplay(ctx context.Context, id tenants.WebhookID, most int) error {
	count := 0
	err := t.get(ctx, func(row scanner) error { return row.Scan(&count) },
		`select count(*) from webhook_queues q where q.webhook_id = $1 and q.until is not null`, id)
	if err == nil && count >= most {
		err = &tenants.RefusedError{Code: webhooks.CodeReplayLimit,
			Reason: fmt.Sprintf("%d replays of this webhook are running or waiting. Try again when some are done.", count)}
	}
	return err
}

func (t *tx) noteReplay(ctx context.Context, b *batch, w *webhooks.Webhook, r webhooks.Replay) error {
	t.touched.mail = true
	n := webhookNote("webhook.replayed", nil, w)
	n.changes = map[string]any{"from_sequence": events.Change{To: r.From}}
	if r.To > 0 {
		n.changes["to_sequence"] = events.Change{To: r.To}
	}
	n.tenant = r.TenantID.UUID()
	return t.noteWebhook(ctx, b, n)
}
