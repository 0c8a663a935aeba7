package portal

import (
	"context"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// shownOpenings is how many openings of a link are answered.
const shownOpenings = 100

// ListPortalLinks implements api.StrictServerInterface.
func (h *handlers) ListPortalLinks(ctx context.Context, r api.ListPortalLinksRequestObject) (api.ListPortalLinksResponseObject, error) {
	tenant, err := tenants.ParseTenantID(r.Tenant)
	if err != nil {
		return nil, errNotFound
	}
	kind := "portal links " + r.Tenant
	before, err := openPlace(h, kind, r.Params.Cursor, tenants.ParseLinkID)
	if err != nil {
		return nil, err
	}
	most := pageSize(r.Params.Limit)
	links, err := h.login.ListLinks(ctx, tenant, before, most+1)
	if err != nil {
		return nil, err
	}
	list := api.PortalLinkList{Items: []api.PortalLink{}}
	links, list.NextCursor, err = pageOf(h, kind, most, links, func(l *login.Link) any { return agePlace{l.ID.String()} })
	for _, l := range links {
		list.Items = append(list.Items, portalLink(l))
	}
	return api.ListPortalLinks200JSONResponse(list), err
}

// CreatePortalLink implements api.StrictServerInterface.
func (h *handlers) CreatePortalLink(ctx context.Context, r api.CreatePortalLinkRequestObject) (api.CreatePortalLinkResponseObject, error) {
	n, err := newLink(r.Tenant, r.Body)
	if err != nil {
		return nil, err
	}
	l, url, err := h.login.CreateLink(ctx, principalOf(ctx), n)
	if err != nil {
		return nil, err
	}
	answer := portalLink(l)
	answer.URL = &url
	return api.CreatePortalLink201JSONResponse(answer), nil
}

func newLink(tenant string, body *api.NewPortalLink) (n login.NewLink, err error) {
	n = login.NewLink{
		Roles: body.Roles, ReturnURL: orZero(body.ReturnURL), Email: orZero(body.Email),
		Inviter: orZero(body.Inviter), Note: orZero(body.Note),
	}
	if len(n.Roles) == 0 {
		n.Roles = []string{authz.RoleAdmin}
	}
	if n.TenantID, err = tenants.ParseTenantID(tenant); err != nil {
		return n, errNotFound
	}
	if body.Connection != nil {
		if n.ConnectionID, err = tenants.ParseConnectionID(*body.Connection); err != nil {
			return n, errNotFound
		}
	}
	n.Lifetime, err = lifetime(body.ExpiresIn)
	return n, err
}

// GetPortalLink implements api.StrictServerInterface.
func (h *handlers) GetPortalLink(ctx context.Context, r api.GetPortalLinkRequestObject) (api.GetPortalLinkResponseObject, error) {
	tenant, id, err := linkOf(r.Tenant, r.Link)
	if err != nil {
		return nil, err
	}
	l, err := h.login.Link(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	openings, err := h.login.Openings(ctx, tenant, id, shownOpenings)
	if err != nil {
		return nil, err
	}
	list := []api.LinkOpening{}
	for _, o := range openings {
		list = append(list, api.LinkOpening{At: o.At, Address: o.Address, UserAgent: o.UserAgent, Outcome: api.LinkOpeningOutcome(o.Outcome)})
	}
	answer := portalLink(l)
	answer.Openings = &list
	return api.GetPortalLink200JSONResponse(answer), nil
}

// RevokePortalLink implements api.StrictServerInterface.
func (h *handlers) RevokePortalLink(ctx context.Context, r api.RevokePortalLinkRequestObject) (api.RevokePortalLinkResponseObject, error) {
	tenant, id, err := linkOf(r.Tenant, r.Link)
	if err != nil {
		return nil, err
	}
	return api.RevokePortalLink204Response{}, h.login.RevokeLink(ctx, tenant, id)
}

func linkOf(tenantText, linkText string) (tenant tenants.TenantID, link tenants.LinkID, err error) {
	if tenant, err = tenants.ParseTenantID(tenantText); err != nil {
		return tenant, link, errNotFound
	}
	if link, err = tenants.ParseLinkID(linkText); err != nil {
		return tenant, link, errNotFound
	}
	return tenant, link, nil
}

func portalLink(l *login.Link) api.PortalLink {
	return api.PortalLink{
		ID: l.ID.String(), State: api.PortalLinkState(l.State(now())),
		Connection: referenceOrNull(l.ConnectionID.String(), l.ConnectionName), Roles: l.Roles,
		ReturnURL: orNull(l.ReturnURL), Email: orNull(l.Email), Inviter: orNull(l.Inviter), Note: orNull(l.Note),
		CreatedAt: l.CreatedAt, CreatedBy: orNull(l.CreatedBy), ExpiresAt: l.ExpiresAt,
		UsedAt: timeOrNull(l.UsedAt), RevokedAt: timeOrNull(l.RevokedAt),
	}
}
