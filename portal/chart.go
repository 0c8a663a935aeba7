package portal

import (
	"context"
	"time"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/health"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// GetDirectoryHistory implements api.StrictServerInterface.
func (h *handlers) GetDirectoryHistory(ctx context.Context, r api.GetDirectoryHistoryRequestObject) (api.GetDirectoryHistoryResponseObject, error) {
	_, tenant, id, err := h.connectionOf(r.Tenant, r.Connection)
	if err != nil {
		return nil, err
	}
	sizes, err := h.health.History(ctx, tenant, id, orZero(r.Params.Since), orZero(r.Params.Until))
	if err != nil {
		return nil, err
	}
	return api.GetDirectoryHistory200JSONResponse{Items: answers(sizes, func(s health.Size) api.DirectoryPoint {
		return api.DirectoryPoint{At: s.At, People: s.People, Active: s.Active, Groups: s.Groups}
	})}, nil
}

// GetWebhookHours implements api.StrictServerInterface.
func (h *handlers) GetWebhookHours(ctx context.Context, r api.GetWebhookHoursRequestObject) (api.GetWebhookHoursResponseObject, error) {
	id, err := tenants.ParseWebhookID(r.Webhook)
	if err != nil {
		return nil, errNotFound
	}
	hours, err := h.webhooks.Hours(ctx, id, orZero(r.Params.Since), orZero(r.Params.Until))
	if err != nil {
		return nil, err
	}
	return api.GetWebhookHours200JSONResponse{Items: answers(hours, webhookHourAnswer)}, nil
}

func webhookHourAnswer(h webhooks.Hour) api.WebhookHour {
	answer := api.WebhookHour{Hour: h.Start, Delivered: h.Delivered, Failed: h.Failed}
	if h.Measured > 0 {
		average, most := milliseconds(h.Lag)/float64(h.Measured), milliseconds(h.LagMax)
		answer.LagAvg, answer.LagMax = &average, &most
	}
	return answer
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
