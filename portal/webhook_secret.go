package portal

import (
	"context"
	"errors"
	"time"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// RotateWebhookSecret implements api.StrictServerInterface.
func (h *handlers) RotateWebhookSecret(ctx context.Context, r api.RotateWebhookSecretRequestObject) (api.RotateWebhookSecretResponseObject, error) {
	id, err := tenants.ParseWebhookID(r.Webhook)
	if err != nil {
		return nil, errNotFound
	}
	overlap, err := overlapOf(r.Body.ExpiresOldIn)
	if err != nil {
		return nil, err
	}
	w, secret, err := h.webhooks.Rotate(ctx, id, overlap)
	if err != nil {
		return nil, err
	}
	return api.RotateWebhookSecret201JSONResponse(withWebhookSecret(w, secret)), nil
}

// overlapOf is for how long the old secret signs too.
func overlapOf(text *string) (time.Duration, error) {
	switch {
	case text == nil:
		return webhooks.DefaultOverlap, nil
	case *text == "0" || *text == "0m" || *text == "0h" || *text == "0d":
		return 0, nil
	}
	overlap, err := tenants.ParseLifetime(*text)
	if invalid, ok := errors.AsType[*tenants.InvalidError](err); ok {
		return 0, &tenants.InvalidError{Field: "expires_old_in", Reason: invalid.Reason}
	}
	return overlap, err
}

// RemoveWebhookSecret implements api.StrictServerInterface.
func (h *handlers) RemoveWebhookSecret(ctx context.Context, r api.RemoveWebhookSecretRequestObject) (api.RemoveWebhookSecretResponseObject, error) {
	id, err := tenants.ParseWebhookID(r.Webhook)
	if err != nil {
		return nil, errNotFound
	}
	_, err = h.webhooks.RemoveSecret(ctx, id, r.Secret)
	return api.RemoveWebhookSecret204Response{}, err
}
