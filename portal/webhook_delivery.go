package portal

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// ListDeliveries implements api.StrictServerInterface.
func (h *handlers) ListDeliveries(ctx context.Context, r api.ListDeliveriesRequestObject) (api.ListDeliveriesResponseObject, error) {
	id, err := tenants.ParseWebhookID(r.Webhook)
	if err != nil {
		return nil, errNotFound
	}
	f := webhooks.DeliveryFilter{Outcome: webhooks.Outcome(orZero(r.Params.Outcome)), Type: events.Type(orZero(r.Params.Type)),
		Since: orZero(r.Params.Since), Until: orZero(r.Params.Until)}
	if f.Tenant, err = tenantFilter(r.Params.Tenant); err != nil {
		return nil, err
	}
	kind, limit := fmt.Sprintf("deliveries %s %+v", id, f), pageSize(r.Params.Limit)
	before, err := openPlace(h, kind, r.Params.Cursor, tenants.ParseDeliveryID)
	if err != nil {
		return nil, err
	}
	list, err := h.webhooks.Deliveries(ctx, id, f, before, limit+1)
	if err != nil {
		return nil, err
	}
	list, next, err := pageOf(h, kind, limit, list, func(d *webhooks.Delivery) any { return agePlace{d.ID.String()} })
	return api.ListDeliveries200JSONResponse{Items: answers(list, deliveryAnswer), NextCursor: next}, err
}

// GetDelivery implements api.StrictServerInterface.
func (h *handlers) GetDelivery(ctx context.Context, r api.GetDeliveryRequestObject) (api.GetDeliveryResponseObject, error) {
	id, delivery, err := deliveryIDs(r.Webhook, r.Delivery)
	if err != nil {
		return nil, err
	}
	d, body, err := h.webhooks.Delivery(ctx, id, delivery)
	if err != nil {
		return nil, err
	}
	return api.GetDelivery200JSONResponse(deliveryDetail(d, body)), nil
}

// TestWebhook implements api.StrictServerInterface.
func (h *handlers) TestWebhook(ctx context.Context, r api.TestWebhookRequestObject) (api.TestWebhookResponseObject, error) {
	id, err := tenants.ParseWebhookID(r.Webhook)
	if err != nil {
		return nil, errNotFound
	}
	d, body, err := h.webhooks.Test(ctx, id)
	if err != nil {
		return nil, err
	}
	return api.TestWebhook200JSONResponse(deliveryDetail(d, body)), nil
}

func deliveryIDs(webhook, delivery string) (tenants.WebhookID, tenants.DeliveryID, error) {
	id, err := tenants.ParseWebhookID(webhook)
	if err != nil {
		return id, tenants.DeliveryID{}, errNotFound
	}
	of, err := tenants.ParseDeliveryID(delivery)
	if err != nil {
		return id, of, errNotFound
	}
	return id, of, nil
}

func deliveryAnswer(d *webhooks.Delivery) api.Delivery {
	return api.Delivery{
		ID: d.ID.String(), WebhookID: d.WebhookID.String(), TenantID: orNull(d.TenantID.String()),
		Event:   api.DeliveryEvent{ID: orNull(d.EventID.String()), Type: string(d.EventType), Sequence: orNull(d.Sequence)},
		Attempt: d.Attempt, At: d.At, DurationMs: d.Duration.Milliseconds(), Status: orNull(d.Status),
		Outcome: api.DeliveryOutcome(d.Outcome), Failure: orNull(sentence(upperFirst(d.Failure))), NextAt: timeOrNull(d.NextAt),
		ReplayID: orNull(d.Lane.String()),
	}
}

// deliveryDetail is a delivery with what was sent and what came back.
func deliveryDetail(d *webhooks.Delivery, body []byte) api.DeliveryDetail {
	a := deliveryAnswer(d)
	detail := api.DeliveryDetail{
		ID: a.ID, WebhookID: a.WebhookID, TenantID: a.TenantID, Event: a.Event, Attempt: a.Attempt, At: a.At,
		DurationMs: a.DurationMs, Status: a.Status, Outcome: a.Outcome, Failure: a.Failure, NextAt: a.NextAt, ReplayID: a.ReplayID,
		Request: api.DeliveryRequest{URL: d.Request.URL, Headers: d.Request.Headers},
	}
	if body != nil {
		detail.Request.Body = orNull(string(body))
	}
	if d.Status != 0 {
		detail.Response = &api.DeliveryResponse{Headers: d.Response.Headers, Body: d.Response.Body}
		if detail.Response.Headers == nil {
			detail.Response.Headers = map[string]string{}
		}
	}
	return detail
}
