package portal

import (
	"context"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants/people"
)

// idPlace is where a page of a list that is ordered by ids begins: behind one.
type idPlace struct {
	ID string `json:"i"`
}

// ListGroups implements api.StrictServerInterface.
func (h *handlers) ListGroups(ctx context.Context, r api.ListGroupsRequestObject) (api.ListGroupsResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	query := people.GroupQuery{Text: orZero(r.Params.Q), Mapped: r.Params.Mapped}
	if query.Connection, err = connectionOfFilter(r.Params.Connection); err != nil {
		return nil, err
	}
	limit, cursor, place := pageSize(r.Params.Limit), orZero(r.Params.Cursor), idPlace{}
	r.Params.Limit, r.Params.Cursor = nil, nil // what is left is the filter
	kind := listKind("groups", r.Tenant, r.Params)
	if err := h.cursors.open(kind, cursor, &place); err != nil {
		return nil, err
	}
	query.After, query.Limit = place.ID, limit+1
	groups, err := h.people.ListGroups(ctx, tenant, query)
	if err != nil {
		return nil, err
	}
	groups, next, err := pageOf(h, kind, limit, groups, func(last *people.Group) any { return idPlace{last.ID} })
	return api.ListGroups200JSONResponse{Items: answers(groups, groupOf), NextCursor: next}, err
}

// GetGroup implements api.StrictServerInterface.
func (h *handlers) GetGroup(ctx context.Context, r api.GetGroupRequestObject) (api.GetGroupResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	group, err := h.people.Group(ctx, tenant, r.Group)
	if err != nil {
		return nil, err
	}
	return api.GetGroup200JSONResponse(groupOf(group)), nil
}

// ListGroupMembers implements api.StrictServerInterface.
func (h *handlers) ListGroupMembers(ctx context.Context, r api.ListGroupMembersRequestObject) (api.ListGroupMembersResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	limit, kind, place := pageSize(r.Params.Limit), listKind("members", r.Tenant, r.Group), idPlace{}
	if err := h.cursors.open(kind, orZero(r.Params.Cursor), &place); err != nil {
		return nil, err
	}
	members, err := h.people.ListMembers(ctx, tenant, r.Group, place.ID, limit+1)
	if err != nil {
		return nil, err
	}
	members, next, err := pageOf(h, kind, limit, members, func(last *people.Member) any { return idPlace{last.ID} })
	return api.ListGroupMembers200JSONResponse{Items: answers(members, memberOf), NextCursor: next}, err
}

// ListUserGroups implements api.StrictServerInterface.
func (h *handlers) ListUserGroups(ctx context.Context, r api.ListUserGroupsRequestObject) (api.ListUserGroupsResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	limit, kind, place := pageSize(r.Params.Limit), listKind("user groups", r.Tenant, r.User), idPlace{}
	if err := h.cursors.open(kind, orZero(r.Params.Cursor), &place); err != nil {
		return nil, err
	}
	groups, err := h.people.ListUserGroups(ctx, tenant, r.User, place.ID, limit+1)
	if err != nil {
		return nil, err
	}
	groups, next, err := pageOf(h, kind, limit, groups, func(last *people.UserGroup) any { return idPlace{last.ID} })
	return api.ListUserGroups200JSONResponse{Items: answers(groups, userGroupOf), NextCursor: next}, err
}

func groupOf(g *people.Group) api.Group {
	return api.Group{
		ID: g.ID, DisplayName: g.DisplayName, ExternalID: orNull(g.ExternalID), Connection: originOf(g.Connection),
		Members: g.Members, Mappings: g.Mappings, CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt,
	}
}

func memberOf(m *people.Member) api.GroupMember {
	member := api.GroupMember{ID: m.ID, Type: api.GroupMemberType(m.Type), Name: m.Name}
	if member.Type == api.GroupMemberTypeUser {
		member.UserName, member.Active = &m.UserName, &m.Active
	}
	return member
}

func userGroupOf(g *people.UserGroup) api.UserGroup {
	return api.UserGroup{ID: g.ID, DisplayName: g.DisplayName, Direct: g.Direct, Connection: originOf(g.Connection)}
}
