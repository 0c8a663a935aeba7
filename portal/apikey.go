package portal

import (
	"context"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// agePlace is where a page of a list begins that goes from new to old.
type agePlace struct {
	Before string `json:"b"`
}

// ListAPIKeys implements api.StrictServerInterface.
func (h *handlers) ListAPIKeys(ctx context.Context, r api.ListAPIKeysRequestObject) (api.ListAPIKeysResponseObject, error) {
	const kind = "api keys"
	before, err := openPlace(h, kind, r.Params.Cursor, tenants.ParseKeyID)
	if err != nil {
		return nil, err
	}
	most := pageSize(r.Params.Limit)
	keys, err := h.login.ListKeys(ctx, before, most+1)
	if err != nil {
		return nil, err
	}
	list := api.APIKeyList{Items: []api.APIKey{}}
	keys, list.NextCursor, err = pageOf(h, kind, most, keys, func(k *login.Key) any { return agePlace{k.ID.String()} })
	for _, k := range keys {
		list.Items = append(list.Items, apiKey(k))
	}
	return api.ListAPIKeys200JSONResponse(list), err
}

// CreateAPIKey implements api.StrictServerInterface.
func (h *handlers) CreateAPIKey(ctx context.Context, r api.CreateAPIKeyRequestObject) (api.CreateAPIKeyResponseObject, error) {
	n := login.NewKey{Name: r.Body.Name}
	var err error
	for _, p := range r.Body.Permissions {
		n.Permissions = n.Permissions.With(authz.Permission(p))
	}
	if id := orZero(r.Body.TenantID); id != "" {
		if n.TenantID, err = tenants.ParseTenantID(id); err != nil {
			return nil, errNotFound
		}
	}
	if n.Lifetime, err = lifetime(r.Body.ExpiresIn); err != nil {
		return nil, err
	}
	k, secret, err := h.login.CreateKey(ctx, principalOf(ctx), n)
	if err != nil {
		return nil, err
	}
	answer := apiKey(k)
	shown := secret.Reveal()
	answer.Secret = &shown
	return api.CreateAPIKey201JSONResponse(answer), nil
}

// GetAPIKey implements api.StrictServerInterface.
func (h *handlers) GetAPIKey(ctx context.Context, r api.GetAPIKeyRequestObject) (api.GetAPIKeyResponseObject, error) {
	id, err := tenants.ParseKeyID(r.Key)
	if err != nil {
		return nil, errNotFound
	}
	k, err := h.login.Key(ctx, id)
	if err != nil {
		return nil, err
	}
	return api.GetAPIKey200JSONResponse(apiKey(k)), nil
}

// RevokeAPIKey implements api.StrictServerInterface.
func (h *handlers) RevokeAPIKey(ctx context.Context, r api.RevokeAPIKeyRequestObject) (api.RevokeAPIKeyResponseObject, error) {
	id, err := tenants.ParseKeyID(r.Key)
	if err != nil {
		return nil, errNotFound
	}
	return api.RevokeAPIKey204Response{}, h.login.RevokeKey(ctx, id)
}

func apiKey(k *login.Key) api.APIKey {
	answer := api.APIKey{
		ID: k.ID.String(), Name: k.Name, Prefix: k.Prefix, LastFour: k.LastFour, State: api.APIKeyState(k.State(now())),
		Permissions: permissionsOf(k.Permissions), TenantID: orNull(k.TenantID.String()),
		CreatedAt: k.CreatedAt, CreatedBy: orNull(k.CreatedBy),
		ExpiresAt: timeOrNull(k.ExpiresAt), RevokedAt: timeOrNull(k.RevokedAt), LastUsedAt: timeOrNull(k.LastUsedAt),
	}
	return answer
}
