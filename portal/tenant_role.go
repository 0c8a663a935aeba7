package portal

import (
	"context"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
)

// ListTenantRoles implements api.StrictServerInterface.
func (h *handlers) ListTenantRoles(ctx context.Context, r api.ListTenantRolesRequestObject) (api.ListTenantRolesResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	kind, after := listKind("tenant roles", r.Tenant, nil), (*tenants.RolePlace)(nil)
	if err := h.cursors.open(kind, orZero(r.Params.Cursor), &after); err != nil {
		return nil, err
	}
	page, next, err := h.roles.ListFor(ctx, tenant, after, pageSize(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	list := api.TenantRoleList{Items: answers(page, tenantRoleAnswer)}
	if next != nil {
		list.NextCursor, err = h.next(kind, next)
	}
	return api.ListTenantRoles200JSONResponse(list), err
}

func tenantRoleAnswer(r tenants.TenantRole) api.TenantRole {
	return api.TenantRole{
		Key: r.Key, Name: r.Name, Description: r.Description, Rank: r.Rank, Mappable: r.Mappable, WhyNot: orNull(r.WhyNot),
	}
}
