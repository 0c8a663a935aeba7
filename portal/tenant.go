package portal

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
)

// ListTenants implements api.StrictServerInterface.
func (h *handlers) ListTenants(ctx context.Context, r api.ListTenantsRequestObject) (api.ListTenantsResponseObject, error) {
	filter := tenants.TenantFilter{
		Text: orZero(r.Params.Q), ExternalID: orZero(r.Params.ExternalID), Status: tenants.TenantStatus(orZero(r.Params.Status)),
	}
	if own := principalOf(ctx).TenantID; own != "" {
		var err error
		if filter.Only, err = tenants.ParseTenantID(own); err != nil {
			return nil, err
		}
	}
	kind, place, limit := fmt.Sprintf("tenants %+v", filter), idPlace{}, pageSize(r.Params.Limit)
	after, err := openID(h, kind, r.Params.Cursor, &place, tenants.ParseTenantID)
	if err != nil {
		return nil, err
	}
	list, err := h.tenants.ListTenants(ctx, filter, after, limit+1)
	if err != nil {
		return nil, err
	}
	list, next, err := pageOf(h, kind, limit, list, func(t *tenants.Tenant) any { return idPlace{t.ID.String()} })
	return api.ListTenants200JSONResponse{Items: answers(list, tenantLine), NextCursor: next}, err
}

// openID reads the id behind which a page begins.
func openID[ID any](h *handlers, kind string, cursor *string, place *idPlace, parse func(string) (ID, error)) (ID, error) {
	var none ID
	if err := h.cursors.open(kind, orZero(cursor), place); err != nil || place.ID == "" {
		return none, err
	}
	return parse(place.ID)
}

// CreateTenant implements api.StrictServerInterface.
func (h *handlers) CreateTenant(ctx context.Context, r api.CreateTenantRequestObject) (api.CreateTenantResponseObject, error) {
	entitlements, err := entitlementsChange(r.Body.Entitlements)
	if err != nil {
		return nil, err
	}
	t, err := h.tenants.CreateTenant(ctx, tenants.NewTenant{
		Name: r.Body.Name, ExternalID: orZero(r.Body.ExternalID),
		Entitlements: entitlements, Adoption: adoptionChange(r.Body.Adoption),
		RequestLog: requestLogChange(r.Body.RequestLog), Branding: brandingChange(r.Body.Branding),
	})
	if err != nil {
		return nil, err
	}
	return api.CreateTenant201JSONResponse(tenantAnswer(t)), nil
}

// GetTenant implements api.StrictServerInterface.
func (h *handlers) GetTenant(ctx context.Context, r api.GetTenantRequestObject) (api.GetTenantResponseObject, error) {
	t, err := h.changedTenant(r.Tenant, func(id tenants.TenantID) (*tenants.Tenant, error) { return h.tenants.AnyTenant(ctx, id) })
	return api.GetTenant200JSONResponse(t), err
}

// UpdateTenant implements api.StrictServerInterface.
func (h *handlers) UpdateTenant(ctx context.Context, r api.UpdateTenantRequestObject) (api.UpdateTenantResponseObject, error) {
	entitlements, err := entitlementsChange(r.Body.Entitlements)
	if err != nil {
		return nil, err
	}
	t, err := h.changedTenant(r.Tenant, func(id tenants.TenantID) (*tenants.Tenant, error) {
		return h.tenants.UpdateTenant(ctx, id, tenants.TenantUpdate{
			Name: r.Body.Name, ExternalID: r.Body.ExternalID, Entitlements: entitlements, Adoption: adoptionChange(r.Body.Adoption),
			RequestLog: requestLogChange(r.Body.RequestLog), Branding: brandingChange(r.Body.Branding),
		})
	})
	return api.UpdateTenant200JSONResponse(t), err
}

// DeleteTenant implements api.StrictServerInterface.
func (h *handlers) DeleteTenant(ctx context.Context, r api.DeleteTenantRequestObject) (api.DeleteTenantResponseObject, error) {
	t, err := h.changedTenant(r.Tenant, func(id tenants.TenantID) (*tenants.Tenant, error) {
		return h.tenants.DeleteTenant(ctx, id, r.Params.Confirm)
	})
	return api.DeleteTenant200JSONResponse(t), err
}

// RestoreTenant implements api.StrictServerInterface.
func (h *handlers) RestoreTenant(ctx context.Context, r api.RestoreTenantRequestObject) (api.RestoreTenantResponseObject, error) {
	t, err := h.changedTenant(r.Tenant, func(id tenants.TenantID) (*tenants.Tenant, error) { return h.tenants.RestoreTenant(ctx, id) })
	return api.RestoreTenant200JSONResponse(t), err
}

// SuspendTenant implements api.StrictServerInterface.
func (h *handlers) SuspendTenant(ctx context.Context, r api.SuspendTenantRequestObject) (api.SuspendTenantResponseObject, error) {
	t, err := h.changedTenant(r.Tenant, func(id tenants.TenantID) (*tenants.Tenant, error) { return h.tenants.SuspendTenant(ctx, id) })
	return api.SuspendTenant200JSONResponse(t), err
}

// ResumeTenant implements api.StrictServerInterface.
func (h *handlers) ResumeTenant(ctx context.Context, r api.ResumeTenantRequestObject) (api.ResumeTenantResponseObject, error) {
	t, err := h.changedTenant(r.Tenant, func(id tenants.TenantID) (*tenants.Tenant, error) { return h.tenants.ResumeTenant(ctx, id) })
	return api.ResumeTenant200JSONResponse(t), err
}

// changedTenant is the answer of what reads or changes one tenant.
func (h *handlers) changedTenant(path string, do func(tenants.TenantID) (*tenants.Tenant, error)) (api.Tenant, error) {
	id, err := tenants.ParseTenantID(path)
	if err != nil {
		return api.Tenant{}, errNotFound
	}
	t, err := do(id)
	if err != nil {
		return api.Tenant{}, err
	}
	return tenantAnswer(t), nil
}
