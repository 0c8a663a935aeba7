package storage

import (
	"context"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/health"
	"github.com/roster-scim/roster/tenants/requestlog"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// DemoPast puts a past into a database that never had one, so that the demo's
// charts show something. What is there already stays. Nothing but the demo uses
// it.
type DemoPast struct{ db *DB }

// NewDemoPast returns the DemoPast of a database.
func NewDemoPast(db *DB) *DemoPast { return &DemoPast{db} }

// Requests makes a connection have answered requests.
func (p *DemoPast) Requests(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID, hours []requestlog.Hour) error {
	rows := hourRows(connection.UUID(), hours)
	err := p.db.requestLog().update(ctx, tenant.UUID(), func(tx *tx) error {
		_, err := tx.exec(ctx, `
			insert into request_hours (tenant_id, connection_id, hour, requests, changes, refused, failed, duration)
			select $1, n.connection, n.hour, n.requests, n.changes, n.refused, n.failed, n.duration
			from `+tx.jsonRecords("$2", "n", "requests bigint", "connection uuid", "hour bigint", "changes bigint",
			"refused bigint", "failed bigint", "duration bigint")+`
			where true
			on conflict (tenant_id, connection_id, hour) do nothing`, tenant, jsonParam(rows))
		return err
	})
	return wrapIf("make up requests", err)
}

// Sizes makes a directory have been of sizes.
func (p *DemoPast) Sizes(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID, sizes []health.Size) error {
	type sizeRow struct {
		At     int64 `json:"at"`
		People int64 `json:"people"`
		Active int64 `json:"active"`
		Groups int64 `json:"groups"`
	}
	rows := make([]sizeRow, len(sizes))
	for i, s := range sizes {
		rows[i] = sizeRow{s.At.Truncate(time.Hour).UnixMicro(), s.People, s.Active, s.Groups}
	}
	err := p.db.update(ctx, tenant.UUID(), func(tx *tx) error {
		_, err := tx.exec(ctx, `
			insert into directory_history (tenant_id, connection_id, at, people, active, groups)
			select $1, $2, n.at, n.people, n.active, n.groups
			from `+tx.jsonRows("$3", "n", "at bigint", "people bigint", "active bigint", "groups bigint")+`
			where true
			on conflict (tenant_id, connection_id, at) do nothing`, tenant, connection, jsonParam(rows))
		return err
	})
	return wrapIf("make up the sizes of a directory", err)
}

// Deliveries makes a webhook have got events.
func (p *DemoPast) Deliveries(ctx context.Context, w *webhooks.Webhook, hours []webhooks.Hour) error {
	rows := make([]webhookHourRow, len(hours))
	for i, h := range hours {
		rows[i] = webhookHourRow{
			Webhook: w.ID.UUID(), Hour: h.Start.Truncate(time.Hour).UnixMicro(), Delivered: h.Delivered, Failed: h.Failed,
			Measured: h.Measured, Lag: h.Lag.Microseconds(), LagMax: h.LagMax.Microseconds(),
		}
	}
	err := p.db.update(ctx, "", func(tx *tx) error {
		_, err := tx.exec(ctx, `
			insert into webhook_hours (tenant_id, webhook_id, hour, delivered, failed, measured, lag, lag_max)
			select $1, n.webhook, n.hour, n.delivered, n.failed, n.measured, n.lag, n.lag_max
			from `+tx.jsonRows("$2", "n", "webhook uuid", "hour bigint", "delivered bigint", "failed bigint", "measured bigint",
			"lag bigint", "lag_max bigint")+`
			where true
			on conflict (tenant_id, webhook_id, hour) do nothing`, w.TenantID, jsonParam(rows))
		return err
	})
	return wrapIf("make up deliveries", err)
}
