package portal

import (
	"context"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants/access"
)

// GetUserAccess implements api.StrictServerInterface.
func (h *handlers) GetUserAccess(ctx context.Context, r api.GetUserAccessRequestObject) (api.GetUserAccessResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	u, err := h.access.Access(ctx, tenant, r.User)
	if err != nil {
		return nil, err
	}
	return api.GetUserAccess200JSONResponse(userAccessOf(u)), nil
}

// ListAccess implements api.StrictServerInterface.
func (h *handlers) ListAccess(ctx context.Context, r api.ListAccessRequestObject) (api.ListAccessResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	filter := access.Filter{User: orZero(r.Params.User), EntryPoint: orZero(r.Params.EntryPoint), Role: orZero(r.Params.Role)}
	limit, place := pageSize(r.Params.Limit), idPlace{}
	kind := listKind("access", r.Tenant, filter)
	if err := h.cursors.open(kind, orZero(r.Params.Cursor), &place); err != nil {
		return nil, err
	}
	users, err := h.access.ListAccess(ctx, tenant, filter, place.ID, limit+1)
	if err != nil {
		return nil, err
	}
	users, next, err := pageOf(h, kind, limit, users, func(last *access.UserAccess) any { return idPlace{last.ID} })
	items := []api.AccessGrant{}
	for _, u := range users {
		items = append(items, grantsOf(u)...)
	}
	return api.ListAccess200JSONResponse{Items: items, NextCursor: next}, err
}
