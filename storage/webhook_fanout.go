package storage

import (
	"context"

	"github.com/roster-scim/roster/tenants"
)

// freshRow is new events of a tenant as jsonRows has them.
type freshRow struct {
	Tenant string `json:"tenant"`
	Before int64  `json:"before"`
	Last   int64  `json:"last"`
}

// fanOut tells the queues of webhooks that tenants have new events, in the
// transaction that puts them into the feed. Webhooks that are not active are
// told too, so that they can go on; a queue that waits to try again goes on
// waiting. A webhook's first queue of a tenant begins with these events. Queues
// are locked in the order in which Record does it.
func fanOut(ctx context.Context, t *tx, list []fresh) error {
	rows := make([]freshRow, len(list))
	for i, f := range list {
		rows[i] = freshRow{f.tenant, f.from - 1, f.to}
	}
	n, err := t.exec(ctx, `
		insert into webhook_queues (tenant_id, webhook_id, lane, sequence, latest, due_at, oldest_at, created_at)
		select n.tenant, w.id, $2, n.before, n.last, $3, $3, $3
		from `+t.jsonRows("$1", "n", "tenant uuid", "before bigint", "last bigint")+`
		join webhooks w on w.tenant_id = n.tenant or w.tenant_id = $4
		where w.status <> '`+webhookDeleted+`'
		order by w.id, n.tenant
		on conflict (tenant_id, webhook_id, lane) do update set latest = excluded.latest,
			due_at = coalesce(webhook_queues.due_at, excluded.due_at),
			oldest_at = coalesce(webhook_queues.oldest_at, excluded.oldest_at)`,
		jsonParam(rows), tenants.ReplayID{}, t.micros(), tenants.TenantID{})
	if n > 0 {
		t.touched.mail = true
	}
	return err
}
