package portal

import (
	"context"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
)

// ListPermissions implements api.StrictServerInterface.
func (h *handlers) ListPermissions(context.Context, api.ListPermissionsRequestObject) (api.ListPermissionsResponseObject, error) {
	list := api.PermissionList{Items: []api.PermissionInfo{}}
	for _, p := range authz.Permissions() {
		list.Items = append(list.Items, api.PermissionInfo{Permission: api.Permission(p.Permission), Description: p.Description})
	}
	return api.ListPermissions200JSONResponse(list), nil
}

// ListRoles implements api.StrictServerInterface.
func (h *handlers) ListRoles(ctx context.Context, r api.ListRolesRequestObject) (api.ListRolesResponseObject, error) {
	const kind = "roles"
	var after *tenants.RolePlace
	if err := h.cursors.open(kind, orZero(r.Params.Cursor), &after); err != nil {
		return nil, err
	}
	page, next, err := h.roles.List(ctx, after, pageSize(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	list := api.RoleList{Items: []api.Role{}}
	for _, role := range page {
		list.Items = append(list.Items, roleOf(role))
	}
	if next != nil {
		if list.NextCursor, err = h.next(kind, next); err != nil {
			return nil, err
		}
	}
	return api.ListRoles200JSONResponse(list), nil
}

// CreateRole implements api.StrictServerInterface.
func (h *handlers) CreateRole(ctx context.Context, r api.CreateRoleRequestObject) (api.CreateRoleResponseObject, error) {
	grantable := r.Body.Grantable == nil || *r.Body.Grantable
	role, err := h.roles.Create(ctx, tenants.Role{
		Key: r.Body.Key, Name: r.Body.Name, Description: orZero(r.Body.Description), Rank: r.Body.Rank, Grantable: grantable,
		KeepOne: orZero(r.Body.KeepOne), MappableWithPermissions: orZero(r.Body.MappableWithPermissions),
	})
	if err != nil {
		return nil, err
	}
	return api.CreateRole201JSONResponse(roleOf(role)), nil
}

// GetRole implements api.StrictServerInterface.
func (h *handlers) GetRole(ctx context.Context, r api.GetRoleRequestObject) (api.GetRoleResponseObject, error) {
	role, err := h.roles.Get(ctx, r.Role)
	if err != nil {
		return nil, err
	}
	return api.GetRole200JSONResponse(roleOf(role)), nil
}

// UpdateRole implements api.StrictServerInterface.
func (h *handlers) UpdateRole(ctx context.Context, r api.UpdateRoleRequestObject) (api.UpdateRoleResponseObject, error) {
	role, err := h.roles.Update(ctx, r.Role, tenants.RoleChange{
		Name: r.Body.Name, Description: r.Body.Description, Rank: r.Body.Rank, Grantable: r.Body.Grantable,
		KeepOne: r.Body.KeepOne, MappableWithPermissions: r.Body.MappableWithPermissions,
	})
	if err != nil {
		return nil, err
	}
	return api.UpdateRole200JSONResponse(roleOf(role)), nil
}

// DeleteRole implements api.StrictServerInterface.
func (h *handlers) DeleteRole(ctx context.Context, r api.DeleteRoleRequestObject) (api.DeleteRoleResponseObject, error) {
	if err := h.roles.Delete(ctx, r.Role); err != nil {
		return nil, err
	}
	return api.DeleteRole204Response{}, nil
}

func roleOf(r *tenants.Role) api.Role {
	answer := api.Role{
		Key: r.Key, Name: r.Name, Description: r.Description, Rank: r.Rank, Grantable: r.Grantable, KeepOne: r.KeepOne,
		MappableWithPermissions: r.MappableWithPermissions, BuiltIn: r.BuiltIn,
	}
	if !r.BuiltIn {
		created, updated := r.CreatedAt.UTC(), r.UpdatedAt.UTC()
		answer.CreatedAt, answer.UpdatedAt = &created, &updated
	}
	return answer
}
