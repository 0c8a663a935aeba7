package portal

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// queuePlace is where a page of queues begins.
type queuePlace struct {
	Tenant tenants.TenantID  `json:"t"`
	Lane   *tenants.ReplayID `json:"l,omitempty"` // nil: events as they happen
}

// ListQueues implements api.StrictServerInterface.
func (h *handlers) ListQueues(ctx context.Context, r api.ListQueuesRequestObject) (api.ListQueuesResponseObject, error) {
	w, f, err := h.queueFilter(ctx, &r)
	if err != nil {
		return nil, err
	}
	kind, place, limit := fmt.Sprintf("queues %s %s", w.ID, f.Only), queuePlace{}, pageSize(r.Params.Limit)
	if err := h.cursors.open(kind, orZero(r.Params.Cursor), &place); err != nil {
		return nil, err
	}
	f.AfterTenant, f.AfterLane = place.Tenant, orZero(place.Lane)
	list, err := h.webhooks.Queues(ctx, w.ID, f, limit+1)
	if err != nil {
		return nil, err
	}
	list, next, err := pageOf(h, kind, limit, list, placeOfQueue)
	return api.ListQueues200JSONResponse{NextCursor: next, Items: answers(list, func(q *webhooks.Queue) api.Queue {
		return queueAnswer(w, q)
	})}, err
}

func (h *handlers) queueFilter(ctx context.Context, r *api.ListQueuesRequestObject) (*webhooks.Webhook, webhooks.QueueFilter, error) {
	tenant, err := tenantFilter(r.Params.Tenant)
	f := webhooks.QueueFilter{Only: tenant}
	if err != nil {
		return nil, f, err
	}
	id, err := tenants.ParseWebhookID(r.Webhook)
	if err != nil {
		return nil, f, errNotFound
	}
	w, err := h.webhooks.Webhook(ctx, id)
	return w, f, err
}

func placeOfQueue(q *webhooks.Queue) any {
	place := queuePlace{Tenant: q.TenantID}
	if !q.Lane.IsZero() {
		place.Lane = &q.Lane
	}
	return place
}

func queueAnswer(w *webhooks.Webhook, q *webhooks.Queue) api.Queue {
	answer := api.Queue{
		Tenant: api.Reference{ID: q.TenantID.String(), Name: q.Tenant}, ReplayID: orNull(q.Lane.String()),
		Sequence: q.Sequence, Latest: q.Latest, Lag: q.Lag(), Attempts: q.Attempts,
		FailingSince: timeOrNull(q.FailedAt), LastFailure: orNull(sentence(upperFirst(q.Failure))),
	}
	switch state := q.State(); {
	case state == webhooks.QueueIdle:
		answer.State = api.QueueStateIdle
	case w.Status != webhooks.Active:
		answer.State = api.QueueStatePaused
	case state == webhooks.QueueDelivering:
		answer.State = api.QueueStateSending
	default:
		answer.State = api.QueueStateWaiting
		if next := q.Due; q.Attempts > 0 {
			if w.HeldUntil.After(next) {
				next = w.HeldUntil
			}
			answer.NextAt = timeOrNull(next)
		}
	}
	return answer
}

// Redeliver implements api.StrictServerInterface.
func (h *handlers) Redeliver(ctx context.Context, r api.RedeliverRequestObject) (api.RedeliverResponseObject, error) {
	id, delivery, err := deliveryIDs(r.Webhook, r.Delivery)
	if err != nil {
		return nil, err
	}
	replay, err := h.webhooks.Redeliver(ctx, id, delivery)
	if err != nil {
		return nil, err
	}
	return api.Redeliver201JSONResponse(replayAnswer(replay)), nil
}

// ReplayWebhook implements api.StrictServerInterface.
func (h *handlers) ReplayWebhook(ctx context.Context, r api.ReplayWebhookRequestObject) (api.ReplayWebhookResponseObject, error) {
	id, err := tenants.ParseWebhookID(r.Webhook)
	if err != nil {
		return nil, errNotFound
	}
	tenant, err := tenants.ParseTenantID(r.Body.TenantID)
	if err != nil {
		return nil, errNotFound
	}
	replay, err := h.webhooks.Replay(ctx, id, webhooks.Replay{TenantID: tenant, From: r.Body.FromSequence, To: orZero(r.Body.ToSequence)})
	if err != nil {
		return nil, err
	}
	return api.ReplayWebhook201JSONResponse(replayAnswer(replay)), nil
}

func replayAnswer(r *webhooks.Replay) api.Replay {
	return api.Replay{
		ID: r.ID.String(), TenantID: r.TenantID.String(), FromSequence: r.From, ToSequence: orNull(r.To), NextSequence: r.From,
		CreatedBy: orNull(r.CreatedBy), CreatedAt: r.CreatedAt,
	}
}
