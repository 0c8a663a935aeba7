package portal

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/people"
)

// ListUsers implements api.StrictServerInterface.
func (h *handlers) ListUsers(ctx context.Context, r api.ListUsersRequestObject) (api.ListUsersResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	query, err := userQuery(&r.Params)
	if err != nil {
		return nil, err
	}
	limit, cursor, roles := pageSize(r.Params.Limit), orZero(r.Params.Cursor), orZero(r.Params.WithRoles)
	r.Params.Limit, r.Params.Cursor, r.Params.WithRoles = nil, nil, nil // what is left is the filter
	kind := listKind("users", r.Tenant, r.Params)
	if err := h.cursors.open(kind, cursor, &query.After); err != nil {
		return nil, err
	}
	query.Limit = limit + 1
	users, err := h.people.ListUsers(ctx, tenant, query)
	if err != nil {
		return nil, err
	}
	users, next, err := pageOf(h, kind, limit, users, func(last *people.User) any { return last.Place() })
	if err != nil {
		return nil, err
	}
	items := answers(users, userOf)
	if roles {
		err = h.addRoles(ctx, tenant, items)
	}
	return api.ListUsers200JSONResponse{Items: items, NextCursor: next}, err
}

// addRoles says of each user of a page what they hold.
func (h *handlers) addRoles(ctx context.Context, tenant tenants.TenantID, users []api.User) error {
	ids := make([]string, len(users))
	for i := range users {
		ids[i] = users[i].ID
	}
	held, err := h.access.Held(ctx, tenant, ids)
	if err != nil {
		return err
	}
	for i := range users {
		users[i].Roles = answers(held[users[i].ID], roleAt)
	}
	return nil
}

func userQuery(p *api.ListUsersParams) (people.UserQuery, error) {
	q := people.UserQuery{
		Text: orZero(p.Q), Active: p.Active, Managed: p.Managed, Group: orZero(p.Group),
		Role: orZero(p.Role), EntryPoint: orZero(p.EntryPoint), Unassigned: orZero(p.Unassigned),
	}
	var err error
	q.Connection, err = connectionOfFilter(p.Connection)
	return q, err
}

// connectionOfFilter is the connection that a list is asked for, if it is.
func connectionOfFilter(text *string) (tenants.ConnectionID, error) {
	if text == nil {
		return tenants.ConnectionID{}, nil
	}
	id, err := tenants.ParseConnectionID(*text)
	if err != nil {
		return id, &tenants.InvalidError{Field: "connection", Reason: "give the id of a connection, con01…"}
	}
	return id, nil
}

// listKind is what a cursor is bound to: the list, whose it is, and its filter.
func listKind(list, of string, filter any) string {
	text, err := json.Marshal(filter)
	if err != nil { // texts, booleans and numbers always encode
		return list + " " + of
	}
	return fmt.Sprintf("%s %s %s", list, of, text)
}

// CreateUser implements api.StrictServerInterface.
func (h *handlers) CreateUser(ctx context.Context, r api.CreateUserRequestObject) (api.CreateUserResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	user, err := h.people.CreateUser(ctx, tenant, people.NewUser{
		UserName: r.Body.UserName, DisplayName: orZero(r.Body.DisplayName),
		GivenName: orZero(r.Body.GivenName), FamilyName: orZero(r.Body.FamilyName),
		Emails: answers(r.Body.Emails, emailIn), ExternalID: orZero(r.Body.ExternalID),
		Inactive: r.Body.Active != nil && !*r.Body.Active,
	})
	if err != nil {
		return nil, err
	}
	return api.CreateUser201JSONResponse(wholeUser(user)), nil
}

// GetUser implements api.StrictServerInterface.
func (h *handlers) GetUser(ctx context.Context, r api.GetUserRequestObject) (api.GetUserResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	user, err := h.people.User(ctx, tenant, r.User)
	if err != nil {
		return nil, err
	}
	return api.GetUser200JSONResponse(wholeUser(user)), nil
}

// UpdateUser implements api.StrictServerInterface.
func (h *handlers) UpdateUser(ctx context.Context, r api.UpdateUserRequestObject) (api.UpdateUserResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	change := people.UserChange{
		UserName: r.Body.UserName, DisplayName: r.Body.DisplayName, GivenName: r.Body.GivenName, FamilyName: r.Body.FamilyName,
		ExternalID: r.Body.ExternalID, Active: r.Body.Active,
	}
	if r.Body.Emails != nil {
		emails := answers(r.Body.Emails, emailIn)
		change.Emails = &emails
	}
	user, err := h.people.UpdateUser(ctx, tenant, r.User, change)
	if err != nil {
		return nil, err
	}
	return api.UpdateUser200JSONResponse(wholeUser(user)), nil
}

// DeleteUser implements api.StrictServerInterface.
func (h *handlers) DeleteUser(ctx context.Context, r api.DeleteUserRequestObject) (api.DeleteUserResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	if err := h.people.DeleteUser(ctx, tenant, r.User); err != nil {
		return nil, err
	}
	return api.DeleteUser204Response{}, nil
}

func emailIn(e api.Email) people.Email {
	return people.Email{Value: e.Value, Type: orZero(e.Type), Primary: orZero(e.Primary)}
}
