package storage

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/roster-scim/roster/tenants/webhooks"
)

// webhookHoursKept is for how long attempts are counted by the hour.
const webhookHoursKept = 90 * 24 * time.Hour

// logged is an attempt and the statement that puts it into the log.
type logged struct {
	*webhooks.Delivery
	statement *statement
}

// webhookHourRow is what is added to the row of an hour.
type webhookHourRow struct {
	Webhook   string `json:"webhook"`
	Hour      int64  `json:"hour"`
	Delivered int64  `json:"delivered"`
	Failed    int64  `json:"failed"`
	Measured  int64  `json:"measured"`
	Lag       int64  `json:"lag"`
	LagMax    int64  `json:"lag_max"`
}

// addWebhookHours counts attempts that have just been put into the log, once
// each: one that was there already has been counted. The rows are met in order,
// so that those who count at the same time do not wait for each other in circles.
func (t *tx) addWebhookHours(ctx context.Context, attempts []logged) error {
	rows := webhookHourRows(attempts)
	if len(rows) == 0 {
		return nil
	}
	_, err := t.exec(ctx, `
		insert into webhook_hours (tenant_id, webhook_id, hour, delivered, failed, measured, lag, lag_max)
		select w.tenant_id, w.id, n.hour, n.delivered, n.failed, n.measured, n.lag, n.lag_max
		from `+t.jsonRows("$1", "n", "webhook uuid", "hour bigint", "delivered bigint", "failed bigint", "measured bigint",
		"lag bigint", "lag_max bigint")+` join webhooks w on w.id = n.webhook
		where true
		order by n.webhook, n.hour
		on conflict (tenant_id, webhook_id, hour) do update set delivered = webhook_hours.delivered + excluded.delivered,
			failed = webhook_hours.failed + excluded.failed, measured = webhook_hours.measured + excluded.measured,
			lag = webhook_hours.lag + excluded.lag,
			lag_max = case when excluded.lag_max > webhook_hours.lag_max then excluded.lag_max else webhook_hours.lag_max end`,
		jsonParam(rows))
	return err
}

// webhookHourRows adds up what is of one hour: a statement meets each row once.
func webhookHourRows(attempts []logged) []webhookHourRow {
	type key struct {
		webhook string
		hour    int64
	}
	sums := map[key]*webhooks.Hour{}
	for _, a := range attempts {
		if a.statement.affected == 0 {
			continue
		}
		k := key{a.WebhookID.UUID(), a.At.Truncate(time.Hour).UnixMicro()}
		if sums[k] == nil {
			sums[k] = &webhooks.Hour{}
		}
		sums[k].Add(a.Delivery)
	}
	rows := make([]webhookHourRow, 0, len(sums))
	for k, h := range sums {
		if h.Delivered+h.Failed > 0 {
			rows = append(rows, webhookHourRow{
				Webhook: k.webhook, Hour: k.hour, Delivered: h.Delivered, Failed: h.Failed,
				Measured: h.Measured, Lag: h.Lag.Microseconds(), LagMax: h.LagMax.Microseconds(),
			})
		}
	}
	slices.SortFunc(rows, func(a, b webhookHourRow) int {
		return cmp.Or(cmp.Compare(a.Webhook, b.Webhook), cmp.Compare(a.Hour, b.Hour))
	})
	return rows
}

// Hours implements webhooks.Store.
func (s *Webhooks) Hours(ctx context.Context, w *webhooks.Webhook, since, until time.Time) ([]webhooks.Hour, error) {
	found, err := findAll(ctx, s.db, "the hours of a webhook", func(row scanner) (*webhooks.Hour, error) {
		h := &webhooks.Hour{}
		var start, lag, most int64
		err := row.Scan(&start, &h.Delivered, &h.Failed, &h.Measured, &lag, &most)
		h.Start, h.Lag, h.LagMax = fromMicros(start), time.Duration(lag)*time.Microsecond, time.Duration(most)*time.Microsecond
		return h, err
	}, `
		select h.hour, h.delivered, h.failed, h.measured, h.lag, h.lag_max from webhook_hours h
		where h.tenant_id = $1 and h.webhook_id = $2 and h.hour >= $3 and h.hour < $4
		order by h.hour`, w.TenantID, w.ID, since.UnixMicro(), until.UnixMicro())
	list := make([]webhooks.Hour, len(found))
	for i, h := range found {
		list[i] = *h
	}
	return list, err
}
