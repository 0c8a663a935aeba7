package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// addDeliveries puts attempts into the log. What is there already was stored
// before an answer got lost.
func addDeliveries(b *batch, list []*webhooks.Progress) (attempts []logged) {
	for _, p := range list {
		for _, d := range p.Deliveries {
			attempts = append(attempts, logged{d, b.exec(`
				insert into webhook_deliveries (tenant_id, webhook_id, id, lane, sequence, event_id, event_type, attempt, at, duration,
					status, outcome, failure, request, response)
				values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
				on conflict (tenant_id, webhook_id, id) do nothing`,
				d.TenantID, d.WebhookID, d.ID, d.Lane, d.Sequence, d.EventID, string(d.EventType), d.Attempt, d.At.UnixMicro(),
				d.Duration.Microseconds(), sql.NullInt64{Int64: int64(d.Status), Valid: d.Status != 0}, string(d.Outcome), d.Failure,
				noteJSON(d.Request), noteJSON(d.Response))})
		}
	}
	return attempts
}

// deliveryColumns are what scanDelivery reads.
const deliveryColumns = `d.tenant_id, d.webhook_id, d.id, d.lane, d.sequence, d.event_id, d.event_type, d.attempt, d.at, d.duration,
	coalesce(d.status, 0), d.outcome, d.failure, d.request, d.response, d.next_at`

func scanDelivery(row scanner) (*webhooks.Delivery, error) {
	var d webhooks.Delivery
	var request, response []byte
	var at, duration int64
	var next sql.NullInt64
	err := row.Scan(&d.TenantID, &d.WebhookID, &d.ID, &d.Lane, &d.Sequence, &d.EventID, &d.EventType, &d.Attempt, &at, &duration,
		&d.Status, &d.Outcome, &d.Failure, &request, &response, &next)
	if err != nil {
		return nil, err
	}
	d.At, d.Duration, d.NextAt = fromMicros(at), time.Duration(duration)*time.Microsecond, fromNull(next)
	if err := json.Unmarshal(request, &d.Request); err != nil {
		return nil, fmt.Errorf("read a delivery: %w", err)
	}
	if err := json.Unmarshal(response, &d.Response); err != nil {
		return nil, fmt.Errorf("read a delivery: %w", err)
	}
	return &d, nil
}

// Deliveries implements webhooks.Store.
func (s *Webhooks) Deliveries(ctx context.Context, id tenants.WebhookID, f webhooks.DeliveryFilter, from tenants.DeliveryID, limit int) ([]*webhooks.Delivery, error) {
	p := &params{[]any{id, before(from)}}
	where := ""
	if !f.Tenant.IsZero() {
		where += ` and d.tenant_id = ` + p.add(f.Tenant)
	}
	switch f.Outcome {
	case "":
	case webhooks.Delivered:
		where += ` and d.outcome = 'delivered'`
	default:
		where += ` and d.outcome <> 'delivered' and d.outcome = ` + p.add(string(f.Outcome)) // an index knows the first
	}
	if f.Type != "" {
		where += ` and d.event_type = ` + p.add(string(f.Type))
	}
	if !f.Since.IsZero() {
		where += ` and d.at >= ` + p.add(f.Since.UnixMicro())
	}
	if !f.Until.IsZero() {
		where += ` and d.at < ` + p.add(f.Until.UnixMicro())
	}
	return findAll(ctx, s.db, "deliveries", scanDelivery, `
		select `+deliveryColumns+` from webhook_deliveries d where d.webhook_id = $1 and d.id < $2`+where+`
		order by d.id desc limit `+p.number(limit), p.values...)
}

// Delivery implements webhooks.Store.
func (s *Webhooks) Delivery(ctx context.Context, id tenants.WebhookID, delivery tenants.DeliveryID) (*webhooks.Delivery, error) {
	return findOne(ctx, s.db, "delivery", scanDelivery, `
		select `+deliveryColumns+` from webhook_deliveries d where d.webhook_id = $1 and d.id = $2`, id, delivery)
}

// AddDelivery implements webhooks.Store.
func (s *Webhooks) AddDelivery(ctx context.Context, d *webhooks.Delivery) error {
	err := s.db.update(ctx, "", func(tx *tx) error {
		b := &batch{}
		addDeliveries(b, []*webhooks.Progress{{Deliveries: []*webhooks.Delivery{d}}})
		return tx.send(ctx, b)
	})
	return wrapIf("log a delivery", err)
}

// Event implements webhooks.Store.
func (s *Webhooks) Event(ctx context.Context, tenant tenants.TenantID, sequence int64) (*events.Event, error) {
	var found *events.Event
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		found = nil
		b := &batch{}
		addEvents(b, tenant.UUID(), sequence-1, sequence, nil, 1, func(e events.Event) { found = &e })
		return tx.last(ctx, b)
	})
	if err == nil && found == nil {
		err = tenants.ErrNotFound
	}
	return found, wrapIf("find event", err)
}

// noteJSON is what a worker notes as JSON. It is of texts alone, so encoding
// cannot fail.
func noteJSON(v any) string {
	text, err := encode(v)
	if err != nil {
		return "{}"
	}
	return text
}
