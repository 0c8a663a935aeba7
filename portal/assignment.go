package portal

import (
	"context"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

// ListUserAssignments implements api.StrictServerInterface.
func (h *handlers) ListUserAssignments(ctx context.Context, r api.ListUserAssignmentsRequestObject) (api.ListUserAssignmentsResponseObject, error) {
	list, err := h.assignments(ctx, r.Tenant, access.AssignmentFilter{User: r.User}, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	return api.ListUserAssignments200JSONResponse(*list), nil
}

// ListAssignments implements api.StrictServerInterface.
func (h *handlers) ListAssignments(ctx context.Context, r api.ListAssignmentsRequestObject) (api.ListAssignmentsResponseObject, error) {
	filter := access.AssignmentFilter{EntryPoint: orZero(r.Params.EntryPoint), Role: orZero(r.Params.Role)}
	list, err := h.assignments(ctx, r.Tenant, filter, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	return api.ListAssignments200JSONResponse(*list), nil
}

// assignments is a page of a list of assignments.
func (h *handlers) assignments(ctx context.Context, in string, filter access.AssignmentFilter, size *int, cursor *string) (*api.AssignmentList, error) {
	tenant, err := tenantOfPath(in)
	if err != nil {
		return nil, err
	}
	limit, kind, place := pageSize(size), listKind("assignments", in, filter), access.AssignmentPlace{}
	if err := h.cursors.open(kind, orZero(cursor), &place); err != nil {
		return nil, err
	}
	page, err := h.access.ListAssignments(ctx, tenant, filter, place, limit+1)
	if err != nil {
		return nil, err
	}
	page, next, err := pageOf(h, kind, limit, page, func(last *access.Assignment) any {
		return access.AssignmentPlace{User: last.UserID, EntryPoint: last.EntryPoint, Role: last.Role}
	})
	return &api.AssignmentList{Items: answers(page, assignmentOf), NextCursor: next}, err
}

// CreateAssignment implements api.StrictServerInterface.
func (h *handlers) CreateAssignment(ctx context.Context, r api.CreateAssignmentRequestObject) (api.CreateAssignmentResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	a, err := h.access.Assign(ctx, tenant, r.User, access.Holding{EntryPoint: r.Body.EntryPoint, Role: r.Body.Role})
	if err != nil {
		return nil, err
	}
	return api.CreateAssignment201JSONResponse(assignmentOf(a)), nil
}

// DeleteAssignment implements api.StrictServerInterface.
func (h *handlers) DeleteAssignment(ctx context.Context, r api.DeleteAssignmentRequestObject) (api.DeleteAssignmentResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	id, err := tenants.ParseAssignmentID(r.Assignment)
	if err != nil {
		return nil, errNotFound
	}
	if err := h.access.Unassign(ctx, tenant, r.User, id); err != nil {
		return nil, err
	}
	return api.DeleteAssignment204Response{}, nil
}
