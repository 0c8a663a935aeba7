package portal

import (
	"context"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants/access"
)

// GetRoleMappingHistory implements api.StrictServerInterface.
func (h *handlers) GetRoleMappingHistory(ctx context.Context, r api.GetRoleMappingHistoryRequestObject) (api.GetRoleMappingHistoryResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	list, err := h.access.MappingHistory(ctx, tenant, r.Group)
	if err != nil {
		return nil, err
	}
	return api.GetRoleMappingHistory200JSONResponse{Items: answers(list, mappingChangeAnswer)}, nil
}

func roleAt(h access.Holding) api.RoleAt { return api.RoleAt{EntryPoint: h.EntryPoint, Role: h.Role} }

func mappingChangeAnswer(c access.MappingChange) api.RoleMappingChange {
	return api.RoleMappingChange{
		ID: c.ID, At: c.At, By: orNull(c.By), Before: answers(c.Before, roleAt), After: answers(c.After, roleAt), PeopleTotal: c.People,
	}
}
