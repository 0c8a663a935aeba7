package portal

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// ListWebhooks implements api.StrictServerInterface.
func (h *handlers) ListWebhooks(ctx context.Context, r api.ListWebhooksRequestObject) (api.ListWebhooksResponseObject, error) {
	tenant, err := tenantFilter(r.Params.Tenant)
	if err != nil {
		return nil, err
	}
	f := webhooks.Filter{Tenant: tenant, Status: webhooks.Status(orZero(r.Params.Status))}
	kind, place, limit := fmt.Sprintf("webhooks %+v", f), idPlace{}, pageSize(r.Params.Limit)
	after, err := openID(h, kind, r.Params.Cursor, &place, tenants.ParseWebhookID)
	if err != nil {
		return nil, err
	}
	list, err := h.webhooks.List(ctx, f, after, limit+1)
	if err != nil {
		return nil, err
	}
	list, next, err := pageOf(h, kind, limit, list, func(w *webhooks.Webhook) any { return idPlace{w.ID.String()} })
	return api.ListWebhooks200JSONResponse{Items: answers(list, webhookAnswer), NextCursor: next}, err
}

// tenantFilter is the tenant that a list is narrowed to. One that does not exist
// has nothing.
func tenantFilter(text *string) (tenants.TenantID, error) {
	if text == nil {
		return tenants.TenantID{}, nil
	}
	id, err := tenants.ParseTenantID(*text)
	if err != nil {
		return id, &tenants.InvalidError{Field: "tenant", Reason: "give the id of a tenant"}
	}
	return id, nil
}

// CreateWebhook implements api.StrictServerInterface.
func (h *handlers) CreateWebhook(ctx context.Context, r api.CreateWebhookRequestObject) (api.CreateWebhookResponseObject, error) {
	n := webhooks.NewWebhook{URL: r.Body.URL, Description: orZero(r.Body.Description), Types: typesOf(r.Body.Types)}
	var err error
	if r.Body.TenantID != nil {
		if n.TenantID, err = tenants.ParseTenantID(*r.Body.TenantID); err != nil {
			return nil, errNotFound
		}
	}
	w, secret, err := h.webhooks.Create(ctx, n)
	if err != nil {
		return nil, err
	}
	return api.CreateWebhook201JSONResponse(withWebhookSecret(w, secret)), nil
}

func typesOf(names []string) []events.Type {
	return answers(names, func(name string) events.Type { return events.Type(name) })
}

// GetWebhook implements api.StrictServerInterface.
func (h *handlers) GetWebhook(ctx context.Context, r api.GetWebhookRequestObject) (api.GetWebhookResponseObject, error) {
	w, err := h.changedWebhook(ctx, r.Webhook, h.webhooks.Webhook)
	return api.GetWebhook200JSONResponse(w), err
}

// UpdateWebhook implements api.StrictServerInterface.
func (h *handlers) UpdateWebhook(ctx context.Context, r api.UpdateWebhookRequestObject) (api.UpdateWebhookResponseObject, error) {
	u := webhooks.Update{URL: r.Body.URL, Description: r.Body.Description}
	if r.Body.Types != nil {
		types := typesOf(r.Body.Types)
		u.Types = &types
	}
	w, err := h.changedWebhook(ctx, r.Webhook, func(ctx context.Context, id tenants.WebhookID) (*webhooks.Webhook, error) {
		return h.webhooks.Update(ctx, id, u)
	})
	return api.UpdateWebhook200JSONResponse(w), err
}

// DeleteWebhook implements api.StrictServerInterface.
func (h *handlers) DeleteWebhook(ctx context.Context, r api.DeleteWebhookRequestObject) (api.DeleteWebhookResponseObject, error) {
	id, err := tenants.ParseWebhookID(r.Webhook)
	if err != nil {
		return nil, errNotFound
	}
	return api.DeleteWebhook204Response{}, h.webhooks.Delete(ctx, id)
}

// PauseWebhook implements api.StrictServerInterface.
func (h *handlers) PauseWebhook(ctx context.Context, r api.PauseWebhookRequestObject) (api.PauseWebhookResponseObject, error) {
	w, err := h.changedWebhook(ctx, r.Webhook, h.webhooks.Pause)
	return api.PauseWebhook200JSONResponse(w), err
}

// ResumeWebhook implements api.StrictServerInterface.
func (h *handlers) ResumeWebhook(ctx context.Context, r api.ResumeWebhookRequestObject) (api.ResumeWebhookResponseObject, error) {
	w, err := h.changedWebhook(ctx, r.Webhook, h.webhooks.Resume)
	return api.ResumeWebhook200JSONResponse(w), err
}

// changedWebhook is a webhook as it is after something was done to it.
func (h *handlers) changedWebhook(ctx context.Context, webhook string, change func(context.Context, tenants.WebhookID) (*webhooks.Webhook, error)) (api.Webhook, error) {
	id, err := tenants.ParseWebhookID(webhook)
	if err != nil {
		return api.Webhook{}, errNotFound
	}
	w, err := change(ctx, id)
	if err != nil {
		return api.Webhook{}, err
	}
	return webhookAnswer(w), nil
}

func webhookAnswer(w *webhooks.Webhook) api.Webhook {
	return api.Webhook{
		ID: w.ID.String(), TenantID: orNull(w.TenantID.String()), URL: w.URL, Description: w.Description,
		Types:  answers(w.Types, func(t events.Type) string { return string(t) }),
		Status: api.WebhookStatus(w.Status), StatusReason: orNull(w.StatusReason), StatusSince: w.StatusAt,
		Secrets: answers(w.Secrets, func(s webhooks.Secret) api.WebhookSecret {
			return api.WebhookSecret{ID: s.ID, CreatedAt: s.CreatedAt, ExpiresAt: timeOrNull(s.ExpiresAt)}
		}),
		LastDeliveredAt: timeOrNull(w.DeliveredAt), FailingSince: timeOrNull(w.FailingSince),
		CreatedBy: orNull(w.CreatedBy), CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt,
	}
}

// withWebhookSecret is a webhook with the secret that was made just now.
func withWebhookSecret(w *webhooks.Webhook, secret *webhooks.Secret) api.Webhook {
	answer, text := webhookAnswer(w), secret.Text()
	answer.Secret = &text
	return answer
}
