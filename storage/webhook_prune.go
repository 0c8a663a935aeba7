package storage

import (
	"context"
	"database/sql"
	"math"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// deliveriesKept is for how long the log of deliveries goes back.
const deliveriesKept = 30 * 24 * time.Hour

// pruneDeliveries forgets some attempts that are old, or of webhooks that are
// gone, and reports whether there may be more.
func (m *Maintenance) pruneDeliveries(ctx context.Context, at time.Time) (more bool, err error) {
	err = m.db.update(ctx, "", func(tx *tx) error {
		b := &batch{}
		old := b.exec(`
			delete from webhook_deliveries where (tenant_id, webhook_id, id) in (
				select d.tenant_id, d.webhook_id, d.id from webhooks w join webhook_deliveries d on d.webhook_id = w.id
				where d.id < $1 limit cast($2 as bigint))`, tenants.DeliveryFloor(at.Add(-deliveriesKept)), prunedPerStep)
		gone := b.exec(`
			delete from webhook_deliveries where (tenant_id, webhook_id, id) in (
				select d.tenant_id, d.webhook_id, d.id from webhooks w join webhook_deliveries d on d.webhook_id = w.id
				where w.status = '`+webhookDeleted+`' limit cast($1 as bigint))`, prunedPerStep)
		// The index begins with the tenant, so that webhooks lead to their hours.
		hours := b.exec(`
			delete from webhook_hours where (tenant_id, webhook_id, hour) in (
				select h.tenant_id, h.webhook_id, h.hour from webhooks w
					join webhook_hours h on h.tenant_id = w.tenant_id and h.webhook_id = w.id
				where h.hour < case w.status when '`+webhookDeleted+`' then $3 else cast($1 as bigint) end limit cast($2 as bigint))`,
			at.Add(-webhookHoursKept).UnixMicro(), prunedPerStep, int64(math.MaxInt64))
		// The feed may have told a webhook of events at the moment it was deleted.
		left := b.exec(`
			delete from webhook_queues where webhook_id in (select w.id from webhooks w where w.status = '` + webhookDeleted + `')`)
		empty := b.exec(`
			delete from webhooks where status = '` + webhookDeleted + `'
				and not exists (select 1 from webhook_deliveries d where d.webhook_id = webhooks.id)
				and not exists (select 1 from webhook_hours h where h.tenant_id = webhooks.tenant_id and h.webhook_id = webhooks.id)`)
		if err := tx.send(ctx, b); err != nil {
			return err
		}
		if more = max(old.affected, gone.affected, hours.affected) == prunedPerStep; old.affected+gone.affected+hours.affected+left.affected+empty.affected == 0 {
			return errRollback
		}
		return nil
	})
	return more, wrapIf("prune the log of webhooks", err)
}

// Lag implements webhooks.LagStore.
func (s *WebhookQueues) Lag(ctx context.Context) (lag webhooks.Lag, err error) {
	err = s.db.view(ctx, "", func(tx *tx) error {
		var oldest sql.NullInt64
		b := &batch{}
		b.query(func(row scanner) error { return row.Scan(&lag.Waiting, &oldest) }, `
			select cast(coalesce(sum(q.latest - q.sequence), 0) as bigint), min(q.oldest_at)
			from webhook_queues q join webhooks w on w.id = q.webhook_id and w.status = 'active'
			where q.due_at is not null and q.sequence < q.latest`)
		if err := tx.last(ctx, b); err != nil {
			return err
		}
		if oldest.Valid {
			lag.Oldest = max(tx.now.Sub(fromMicros(oldest.Int64)), 0)
		}
		return nil
	})
	return lag, wrapIf("find how far webhooks are behind", err)
}
