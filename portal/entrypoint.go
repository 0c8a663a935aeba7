package portal

import (
	"context"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants/access"
)

// ListEntryPoints implements api.StrictServerInterface.
func (h *handlers) ListEntryPoints(ctx context.Context, r api.ListEntryPointsRequestObject) (api.ListEntryPointsResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	limit, kind, place := pageSize(r.Params.Limit), listKind("entry points", r.Tenant, nil), idPlace{}
	if err := h.cursors.open(kind, orZero(r.Params.Cursor), &place); err != nil {
		return nil, err
	}
	page, err := h.access.ListEntryPoints(ctx, tenant, place.ID, limit+1)
	if err != nil {
		return nil, err
	}
	page, next, err := pageOf(h, kind, limit, page, func(last *access.EntryPoint) any { return idPlace{last.Key} })
	return api.ListEntryPoints200JSONResponse{Items: answers(page, entryPointOf), NextCursor: next}, err
}

// CreateEntryPoint implements api.StrictServerInterface.
func (h *handlers) CreateEntryPoint(ctx context.Context, r api.CreateEntryPointRequestObject) (api.CreateEntryPointResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	e, err := h.access.CreateEntryPoint(ctx, tenant, access.EntryPoint{Key: r.Body.Key, Name: r.Body.Name, Description: orZero(r.Body.Description)})
	if err != nil {
		return nil, err
	}
	return api.CreateEntryPoint201JSONResponse(entryPointOf(e)), nil
}

// GetEntryPoint implements api.StrictServerInterface.
func (h *handlers) GetEntryPoint(ctx context.Context, r api.GetEntryPointRequestObject) (api.GetEntryPointResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	e, err := h.access.EntryPoint(ctx, tenant, r.EntryPoint)
	if err != nil {
		return nil, err
	}
	return api.GetEntryPoint200JSONResponse(entryPointOf(e)), nil
}

// UpdateEntryPoint implements api.StrictServerInterface.
func (h *handlers) UpdateEntryPoint(ctx context.Context, r api.UpdateEntryPointRequestObject) (api.UpdateEntryPointResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	e, err := h.access.UpdateEntryPoint(ctx, tenant, r.EntryPoint, access.EntryPointChange{Name: r.Body.Name, Description: r.Body.Description})
	if err != nil {
		return nil, err
	}
	return api.UpdateEntryPoint200JSONResponse(entryPointOf(e)), nil
}

// DeleteEntryPoint implements api.StrictServerInterface.
func (h *handlers) DeleteEntryPoint(ctx context.Context, r api.DeleteEntryPointRequestObject) (api.DeleteEntryPointResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	if err := h.access.DeleteEntryPoint(ctx, tenant, r.EntryPoint); err != nil {
		return nil, err
	}
	return api.DeleteEntryPoint204Response{}, nil
}
