package portal

import (
	"context"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants/access"
)

// GetRoleMappings implements api.StrictServerInterface.
func (h *handlers) GetRoleMappings(ctx context.Context, r api.GetRoleMappingsRequestObject) (api.GetRoleMappingsResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	mappings, err := h.access.Mappings(ctx, tenant, r.Group)
	if err != nil {
		return nil, err
	}
	settings, err := h.roles.Settings(ctx)
	if err != nil {
		return nil, err
	}
	return api.GetRoleMappings200JSONResponse{Mappings: answers(mappings, mappingOf), AccessRule: api.AccessRule(settings.AccessRule)}, nil
}

// PutRoleMappings implements api.StrictServerInterface.
func (h *handlers) PutRoleMappings(ctx context.Context, r api.PutRoleMappingsRequestObject) (api.PutRoleMappingsResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	mappings, plan, job, err := h.access.PutMappings(ctx, tenant, r.Group, targetsOf(r.Body.Mappings))
	if err != nil {
		return nil, err
	}
	answer := api.PutRoleMappings200JSONResponse{
		Mappings: answers(mappings, mappingOf),
		Summary:  api.AccessSummary{PeopleTotal: plan.Changed, Gains: answers(plan.Gains, countOf), Losses: answers(plan.Losses, countOf)},
	}
	if job != nil {
		answer.JobID = orNull(job.ID.String())
	}
	return answer, nil
}

// PreviewRoleMappings implements api.StrictServerInterface.
func (h *handlers) PreviewRoleMappings(ctx context.Context, r api.PreviewRoleMappingsRequestObject) (api.PreviewRoleMappingsResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	plan, err := h.access.PreviewMappings(ctx, tenant, r.Group, targetsOf(r.Body.Mappings))
	if err != nil {
		return nil, err
	}
	return api.PreviewRoleMappings200JSONResponse(previewOf(plan)), nil
}

// ListRoleMappings implements api.StrictServerInterface.
func (h *handlers) ListRoleMappings(ctx context.Context, r api.ListRoleMappingsRequestObject) (api.ListRoleMappingsResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	limit, kind, place := pageSize(r.Params.Limit), listKind("role mappings", r.Tenant, nil), access.MappingPlace{}
	if err := h.cursors.open(kind, orZero(r.Params.Cursor), &place); err != nil {
		return nil, err
	}
	mappings, err := h.access.ListMappings(ctx, tenant, place, limit+1)
	if err != nil {
		return nil, err
	}
	mappings, next, err := pageOf(h, kind, limit, mappings, func(last access.ListedMapping) any {
		return access.MappingPlace{Group: last.GroupID, EntryPoint: last.EntryPoint, Role: last.Role}
	})
	return api.ListRoleMappings200JSONResponse{Items: answers(mappings, mappingOf), NextCursor: next}, err
}

func targetsOf(list []api.NewRoleMapping) []access.Holding {
	return answers(list, func(m api.NewRoleMapping) access.Holding {
		return access.Holding{EntryPoint: m.EntryPoint, Role: m.Role}
	})
}
