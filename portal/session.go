package portal

import (
	"context"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// GetSession implements api.StrictServerInterface.
func (h *handlers) GetSession(ctx context.Context, _ api.GetSessionRequestObject) (api.GetSessionResponseObject, error) {
	p := principalOf(ctx)
	held, err := h.decider.PermissionsOf(ctx, p, p.TenantID)
	if err != nil {
		return nil, err
	}
	answer := api.Session{
		Kind: api.SessionKind(p.Kind), ID: p.ID, Name: p.Name, Roles: append([]string{}, p.Roles...),
		Permissions: permissionsOf(held), ExpiresAt: timeOrNull(p.ExpiresAt), IdleExpiresAt: timeOrNull(p.IdleExpiresAt),
	}
	var tenant tenants.TenantID
	if p.TenantID != "" {
		if tenant, err = tenants.ParseTenantID(p.TenantID); err != nil {
			return nil, err
		}
		if err := h.nameTenant(ctx, p, tenant, &answer); err != nil {
			return nil, err
		}
	}
	if err := h.brandSession(ctx, tenant, &answer); err != nil {
		return nil, err
	}
	return api.GetSession200JSONResponse(answer), nil
}

// nameTenant says what a principal's tenant and connection are called, and where
// its session leads back to.
func (h *handlers) nameTenant(ctx context.Context, p authz.Principal, id tenants.TenantID, answer *api.Session) error {
	tenant, err := h.tenants.Tenant(ctx, id)
	if err != nil {
		return err
	}
	answer.Tenant = referenceOrNull(p.TenantID, tenant.Name)
	if p.Kind != authz.KindPortal {
		return nil
	}
	session, err := tenants.ParseSessionID(p.ID)
	if err != nil {
		return err
	}
	s, err := h.login.Session(ctx, id, session)
	if err != nil {
		return err
	}
	answer.Connection = referenceOrNull(s.ConnectionID.String(), s.ConnectionName)
	answer.ReturnURL = orNull(s.ReturnURL)
	return nil
}

// EndSession implements api.StrictServerInterface.
func (h *handlers) EndSession(ctx context.Context, _ api.EndSessionRequestObject) (api.EndSessionResponseObject, error) {
	return api.EndSession204Response{}, h.login.SignOut(ctx, principalOf(ctx))
}

// ListSessions implements api.StrictServerInterface.
func (h *handlers) ListSessions(ctx context.Context, r api.ListSessionsRequestObject) (api.ListSessionsResponseObject, error) {
	tenant, err := tenants.ParseTenantID(r.Tenant)
	if err != nil {
		return nil, errNotFound
	}
	list, err := h.liveSessions(ctx, tenant, r.Params.Limit, r.Params.Cursor)
	return api.ListSessions200JSONResponse(list), err
}

// ListStaffSessions implements api.StrictServerInterface.
func (h *handlers) ListStaffSessions(ctx context.Context, r api.ListStaffSessionsRequestObject) (api.ListStaffSessionsResponseObject, error) {
	list, err := h.liveSessions(ctx, tenants.TenantID{}, r.Params.Limit, r.Params.Cursor)
	return api.ListStaffSessions200JSONResponse(list), err
}

func (h *handlers) liveSessions(ctx context.Context, tenant tenants.TenantID, limit *int, cursor *string) (api.LiveSessionList, error) {
	list := api.LiveSessionList{Items: []api.LiveSession{}}
	kind := "sessions " + tenant.String()
	before, err := openPlace(h, kind, cursor, tenants.ParseSessionID)
	if err != nil {
		return list, err
	}
	most := pageSize(limit)
	sessions, err := h.login.ListSessions(ctx, tenant, before, most+1)
	if err != nil {
		return list, err
	}
	sessions, list.NextCursor, err = pageOf(h, kind, most, sessions, func(s *login.Session) any { return agePlace{s.ID.String()} })
	for _, s := range sessions {
		list.Items = append(list.Items, liveSession(s))
	}
	return list, err
}

func liveSession(s *login.Session) api.LiveSession {
	return api.LiveSession{
		ID: s.ID.String(), Name: s.Name, Email: orNull(s.Email), Roles: s.Roles,
		Connection: referenceOrNull(s.ConnectionID.String(), s.ConnectionName),
		LinkID:     orNull(s.LinkID.String()), IssuerID: orNull(s.IssuerID.String()),
		CreatedAt: s.CreatedAt, SeenAt: s.SeenAt, ExpiresAt: s.ExpiresAt, IdleExpiresAt: s.IdleExpiresAt(),
		Address: s.Address, UserAgent: s.UserAgent,
	}
}

// RevokeSession implements api.StrictServerInterface.
func (h *handlers) RevokeSession(ctx context.Context, r api.RevokeSessionRequestObject) (api.RevokeSessionResponseObject, error) {
	tenant, err := tenants.ParseTenantID(r.Tenant)
	if err != nil {
		return nil, errNotFound
	}
	return api.RevokeSession204Response{}, h.revokeSession(ctx, tenant, r.Session)
}

// RevokeStaffSession implements api.StrictServerInterface.
func (h *handlers) RevokeStaffSession(ctx context.Context, r api.RevokeStaffSessionRequestObject) (api.RevokeStaffSessionResponseObject, error) {
	return api.RevokeStaffSession204Response{}, h.revokeSession(ctx, tenants.TenantID{}, r.Session)
}

func (h *handlers) revokeSession(ctx context.Context, tenant tenants.TenantID, text string) error {
	id, err := tenants.ParseSessionID(text)
	if err != nil {
		return errNotFound
	}
	return h.login.EndSession(ctx, tenant, id)
}
