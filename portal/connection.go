package portal

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

// ListConnections implements api.StrictServerInterface.
func (h *handlers) ListConnections(ctx context.Context, r api.ListConnectionsRequestObject) (api.ListConnectionsResponseObject, error) {
	tenant, err := tenants.ParseTenantID(r.Tenant)
	if err != nil {
		return nil, errNotFound
	}
	filter, err := connectionFilter(ctx, &r.Params)
	if err != nil {
		return nil, err
	}
	kind, place, limit := fmt.Sprintf("connections %s %+v", tenant, filter), idPlace{}, pageSize(r.Params.Limit)
	after, err := openID(h, kind, r.Params.Cursor, &place, tenants.ParseConnectionID)
	if err != nil {
		return nil, err
	}
	list, err := h.tenants.For(tenant).ListConnections(ctx, tenant, filter, after, limit+1)
	if err != nil {
		return nil, err
	}
	list, next, err := pageOf(h, kind, limit, list, func(c *tenants.Connection) any { return idPlace{c.ID.String()} })
	if err != nil {
		return nil, err
	}
	counts, err := h.tenants.CountDirectories(ctx, tenant, list...)
	return api.ListConnections200JSONResponse{NextCursor: next, Items: answers(list, func(c *tenants.Connection) api.Connection {
		return h.connectionAnswer(c, counts[c.ID])
	})}, err
}

// connectionFilter reads what narrows a list. Who is bound to one connection gets
// that alone.
func connectionFilter(ctx context.Context, p *api.ListConnectionsParams) (f tenants.ConnectionFilter, err error) {
	f = tenants.ConnectionFilter{
		Text: orZero(p.Q), Status: tenants.ConnectionStatus(orZero(p.Status)), Provider: quirk.Provider(orZero(p.Provider)),
	}
	if orZero(p.Deleted) {
		f.Status = tenants.ConnectionDeleting
	}
	if own := principalOf(ctx).ConnectionID; own != "" {
		f.Only, err = tenants.ParseConnectionID(own)
	}
	return f, err
}

// CreateConnection implements api.StrictServerInterface.
func (h *handlers) CreateConnection(ctx context.Context, r api.CreateConnectionRequestObject) (api.CreateConnectionResponseObject, error) {
	tenant, err := tenants.ParseTenantID(r.Tenant)
	if err != nil {
		return nil, errNotFound
	}
	n, err := newConnection(tenant, r.Body)
	if err != nil {
		return nil, err
	}
	service := h.tenants.For(tenant)
	if r.Body.Token == nil {
		c, err := service.CreateConnection(ctx, n)
		if err != nil {
			return nil, err
		}
		return api.CreateConnection201JSONResponse(h.connectionAnswer(c, tenants.DirectoryCount{})), nil
	}
	first, err := newToken(r.Body.Token)
	if err != nil {
		return nil, within("token", err)
	}
	c, token, secret, err := service.CreateConnectionWithToken(ctx, n, first)
	if err != nil {
		return nil, err
	}
	answer := h.connectionAnswer(c, tenants.DirectoryCount{})
	answer.Token = withSecret(token, secret)
	return api.CreateConnection201JSONResponse(answer), nil
}

// GetConnection implements api.StrictServerInterface.
func (h *handlers) GetConnection(ctx context.Context, r api.GetConnectionRequestObject) (api.GetConnectionResponseObject, error) {
	c, err := h.changedConnection(ctx, r.Tenant, r.Connection, (*tenants.Service).AnyConnection)
	return api.GetConnection200JSONResponse(c), err
}

// UpdateConnection implements api.StrictServerInterface.
func (h *handlers) UpdateConnection(ctx context.Context, r api.UpdateConnectionRequestObject) (api.UpdateConnectionResponseObject, error) {
	u, err := connectionUpdate(r.Body)
	if err != nil {
		return nil, err
	}
	c, err := h.changedConnection(ctx, r.Tenant, r.Connection,
		func(s *tenants.Service, ctx context.Context, id tenants.ConnectionID) (*tenants.Connection, error) {
			return s.UpdateConnection(ctx, id, u)
		})
	return api.UpdateConnection200JSONResponse(c), err
}

// DeleteConnection implements api.StrictServerInterface.
func (h *handlers) DeleteConnection(ctx context.Context, r api.DeleteConnectionRequestObject) (api.DeleteConnectionResponseObject, error) {
	d := tenants.ConnectionDeletion{People: tenants.PeopleOnDelete(r.Params.People), Confirm: r.Params.Confirm}
	c, err := h.changedConnection(ctx, r.Tenant, r.Connection,
		func(s *tenants.Service, ctx context.Context, id tenants.ConnectionID) (*tenants.Connection, error) {
			return s.DeleteConnection(ctx, id, d)
		})
	return api.DeleteConnection200JSONResponse(c), err
}

// RestoreConnection implements api.StrictServerInterface.
func (h *handlers) RestoreConnection(ctx context.Context, r api.RestoreConnectionRequestObject) (api.RestoreConnectionResponseObject, error) {
	c, err := h.changedConnection(ctx, r.Tenant, r.Connection, (*tenants.Service).RestoreConnection)
	return api.RestoreConnection200JSONResponse(c), err
}

// PauseConnection implements api.StrictServerInterface.
func (h *handlers) PauseConnection(ctx context.Context, r api.PauseConnectionRequestObject) (api.PauseConnectionResponseObject, error) {
	c, err := h.changedConnection(ctx, r.Tenant, r.Connection, (*tenants.Service).PauseConnection)
	return api.PauseConnection200JSONResponse(c), err
}

// ResumeConnection implements api.StrictServerInterface.
func (h *handlers) ResumeConnection(ctx context.Context, r api.ResumeConnectionRequestObject) (api.ResumeConnectionResponseObject, error) {
	c, err := h.changedConnection(ctx, r.Tenant, r.Connection, (*tenants.Service).ResumeConnection)
	return api.ResumeConnection200JSONResponse(c), err
}

// changedConnection is the answer of what reads or changes one connection.
func (h *handlers) changedConnection(ctx context.Context, tenantPath, path string,
	do func(*tenants.Service, context.Context, tenants.ConnectionID) (*tenants.Connection, error)) (api.Connection, error) {
	service, tenant, id, err := h.connectionOf(tenantPath, path)
	if err != nil {
		return api.Connection{}, err
	}
	c, err := do(service, ctx, id)
	if err != nil {
		return api.Connection{}, err
	}
	counts, err := h.tenants.CountDirectories(ctx, tenant, c)
	return h.connectionAnswer(c, counts[id]), err
}

// connectionOf reads a path with a connection in it, and returns the service that
// knows the tenant's alone.
func (h *handlers) connectionOf(tenantPath, path string) (*tenants.Service, tenants.TenantID, tenants.ConnectionID, error) {
	tenant, err := tenants.ParseTenantID(tenantPath)
	if err != nil {
		return nil, tenant, tenants.ConnectionID{}, errNotFound
	}
	id, err := tenants.ParseConnectionID(path)
	if err != nil {
		return nil, tenant, id, errNotFound
	}
	return h.tenants.For(tenant), tenant, id, nil
}
