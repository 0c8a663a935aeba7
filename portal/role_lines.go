package portal

import (
	"context"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/portal/api"
)

// GetRolePermissions implements api.StrictServerInterface.
func (h *handlers) GetRolePermissions(ctx context.Context, r api.GetRolePermissionsRequestObject) (api.GetRolePermissionsResponseObject, error) {
	lines, err := h.roles.Lines(ctx, r.Role)
	if err != nil {
		return nil, err
	}
	return api.GetRolePermissions200JSONResponse(rolePermissions(lines)), nil
}

// PutRolePermissions implements api.StrictServerInterface.
func (h *handlers) PutRolePermissions(ctx context.Context, r api.PutRolePermissionsRequestObject) (api.PutRolePermissionsResponseObject, error) {
	lines := make([]authz.Line, len(r.Body.Lines))
	for i, l := range r.Body.Lines {
		lines[i] = authz.Line{
			Tenant: authz.Everywhere, Permission: authz.Permission(l.Permission), Effect: authz.Effect(l.Effect),
		}
		if l.TenantID != nil {
			lines[i].Tenant = *l.TenantID
		}
	}
	lines, err := h.roles.SetLines(ctx, principalOf(ctx), r.Role, lines)
	if err != nil {
		return nil, err
	}
	return api.PutRolePermissions200JSONResponse(rolePermissions(lines)), nil
}

func rolePermissions(lines []authz.Line) api.RolePermissions {
	answer := api.RolePermissions{Lines: []api.RolePermissionLine{}}
	for _, l := range lines {
		line := api.RolePermissionLine{Permission: api.Permission(l.Permission), Effect: api.RolePermissionLineEffect(l.Effect)}
		if l.Tenant != authz.Everywhere {
			line.TenantID = &l.Tenant
		}
		answer.Lines = append(answer.Lines, line)
	}
	return answer
}
