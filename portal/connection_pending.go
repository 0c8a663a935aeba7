package portal

import (
	"context"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
)

// ListPendingMembers implements api.StrictServerInterface.
func (h *handlers) ListPendingMembers(ctx context.Context, r api.ListPendingMembersRequestObject) (api.ListPendingMembersResponseObject, error) {
	service, _, id, err := h.connectionOf(r.Tenant, r.Connection)
	if err != nil {
		return nil, err
	}
	kind, place, limit := "pending "+id.String(), tenants.PendingCursor{}, pageSize(r.Params.Limit)
	if err := h.cursors.open(kind, orZero(r.Params.Cursor), &place); err != nil {
		return nil, err
	}
	list, err := service.ListPendingMembers(ctx, id, place, limit+1)
	if err != nil {
		return nil, err
	}
	list, next, err := pageOf(h, kind, limit, list, func(p tenants.PendingMember) any {
		return tenants.PendingCursor{Value: p.Value, GroupID: p.GroupID}
	})
	return api.ListPendingMembers200JSONResponse{NextCursor: next, Items: answers(list, func(p tenants.PendingMember) api.PendingMember {
		return api.PendingMember{Value: p.Value, Type: orNull(p.Type), Group: api.Reference{ID: p.GroupID, Name: p.Group}, Since: p.Since}
	})}, err
}
