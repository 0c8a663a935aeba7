package portal

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/health"
)

// healthFor is what tells whoever asks how connections are doing.
func (h *handlers) healthFor(ctx context.Context) *health.Service {
	if masks(ctx) {
		return h.health.Masked()
	}
	return h.health
}

// GetSetup implements api.StrictServerInterface.
func (h *handlers) GetSetup(ctx context.Context, r api.GetSetupRequestObject) (api.GetSetupResponseObject, error) {
	_, tenant, id, err := h.connectionOf(r.Tenant, r.Connection)
	if err != nil {
		return nil, err
	}
	s, err := h.healthFor(ctx).Setup(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	return api.GetSetup200JSONResponse(setupAnswer(s)), nil
}

// GetHealth implements api.StrictServerInterface.
func (h *handlers) GetHealth(ctx context.Context, r api.GetHealthRequestObject) (api.GetHealthResponseObject, error) {
	_, tenant, id, err := h.connectionOf(r.Tenant, r.Connection)
	if err != nil {
		return nil, err
	}
	report, err := h.healthFor(ctx).Of(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	return api.GetHealth200JSONResponse(healthAnswer(report)), nil
}

// ListHealth implements api.StrictServerInterface.
func (h *handlers) ListHealth(ctx context.Context, r api.ListHealthRequestObject) (api.ListHealthResponseObject, error) {
	tenant, err := tenants.ParseTenantID(r.Tenant)
	if err != nil {
		return nil, errNotFound
	}
	only, err := onlyConnection(ctx, nil)
	if err != nil {
		return nil, err
	}
	kind, place, limit := "health "+tenant.String()+" "+only.String(), idPlace{}, pageSize(r.Params.Limit)
	after, err := openID(h, kind, r.Params.Cursor, &place, tenants.ParseConnectionID)
	if err != nil {
		return nil, err
	}
	list, err := h.healthFor(ctx).All(ctx, tenant, health.Selection{Only: only, After: after, Limit: limit + 1})
	if err != nil {
		return nil, err
	}
	list, next, err := pageOf(h, kind, limit, list, func(r *health.Report) any { return idPlace{r.Connection.ID.String()} })
	return api.ListHealth200JSONResponse{NextCursor: next, Items: answers(list, healthAnswer)}, err
}

// onlyConnection is the one connection that a list is about: the one asked for,
// or that of a principal who is bound to it; zero: all.
func onlyConnection(ctx context.Context, asked *string) (only tenants.ConnectionID, err error) {
	own := principalOf(ctx).ConnectionID
	if own != "" && asked != nil && *asked != own {
		return only, errNotFound
	}
	if own == "" {
		own = orZero(asked)
	}
	if own == "" {
		return only, nil
	}
	if only, err = tenants.ParseConnectionID(own); err != nil {
		return only, errNotFound
	}
	return only, nil
}

// ListProblems implements api.StrictServerInterface.
func (h *handlers) ListProblems(ctx context.Context, r api.ListProblemsRequestObject) (api.ListProblemsResponseObject, error) {
	_, tenant, id, err := h.connectionOf(r.Tenant, r.Connection)
	if err != nil {
		return nil, err
	}
	list, err := h.healthFor(ctx).Problems(ctx, tenant, id)
	return api.ListProblems200JSONResponse{Items: answers(list, problemAnswer)}, err
}

// ListCycles implements api.StrictServerInterface.
func (h *handlers) ListCycles(ctx context.Context, r api.ListCyclesRequestObject) (api.ListCyclesResponseObject, error) {
	service, tenant, id, err := h.connectionOf(r.Tenant, r.Connection)
	if err != nil {
		return nil, err
	}
	if _, err := service.AnyConnection(ctx, id); err != nil {
		return nil, err
	}
	q := health.CycleQuery{Connection: id, Since: orZero(r.Params.Since), Until: orZero(r.Params.Until)}
	page, err := h.cyclePage(ctx, tenant, q, r.Params.Limit, r.Params.Cursor)
	return api.ListCycles200JSONResponse(page), err
}

// ListActivity implements api.StrictServerInterface.
func (h *handlers) ListActivity(ctx context.Context, r api.ListActivityRequestObject) (api.ListActivityResponseObject, error) {
	tenant, err := tenants.ParseTenantID(r.Tenant)
	if err != nil {
		return nil, errNotFound
	}
	only, err := onlyConnection(ctx, r.Params.Connection)
	if err != nil {
		return nil, err
	}
	q := health.CycleQuery{Connection: only, Since: orZero(r.Params.Since), Until: orZero(r.Params.Until)}
	page, err := h.cyclePage(ctx, tenant, q, r.Params.Limit, r.Params.Cursor)
	return api.ListActivity200JSONResponse(page), err
}

// cyclePage is a page of cycles, the newest first.
func (h *handlers) cyclePage(ctx context.Context, tenant tenants.TenantID, q health.CycleQuery, limit *int, cursor *string) (api.CycleList, error) {
	kind, place := fmt.Sprintf("cycles %s %+v", tenant, q), idPlace{}
	var err error
	if q.Before, err = openID(h, kind, cursor, &place, tenants.ParseCycleID); err != nil {
		return api.CycleList{}, err
	}
	size := pageSize(limit)
	q.Limit = size + 1
	list, err := h.healthFor(ctx).Cycles(ctx, tenant, q)
	if err != nil {
		return api.CycleList{}, err
	}
	list, next, err := pageOf(h, kind, size, list, func(c *health.Cycle) any { return idPlace{c.ID.String()} })
	return api.CycleList{Items: answers(list, cycleAnswer), NextCursor: next}, err
}

// GetCycle implements api.StrictServerInterface.
func (h *handlers) GetCycle(ctx context.Context, r api.GetCycleRequestObject) (api.GetCycleResponseObject, error) {
	_, tenant, connection, err := h.connectionOf(r.Tenant, r.Connection)
	if err != nil {
		return nil, err
	}
	id, err := tenants.ParseCycleID(r.Cycle)
	if err != nil {
		return nil, errNotFound
	}
	c, err := h.healthFor(ctx).Cycle(ctx, tenant, connection, id)
	if err != nil {
		return nil, err
	}
	return api.GetCycle200JSONResponse(cycleAnswer(c)), nil
}

// GetRequestHours implements api.StrictServerInterface.
func (h *handlers) GetRequestHours(ctx context.Context, r api.GetRequestHoursRequestObject) (api.GetRequestHoursResponseObject, error) {
	service, tenant, id, err := h.connectionOf(r.Tenant, r.Connection)
	if err != nil {
		return nil, err
	}
	if _, err := service.AnyConnection(ctx, id); err != nil {
		return nil, err
	}
	hours, err := h.health.Hours(ctx, tenant, id, orZero(r.Params.Since), orZero(r.Params.Until))
	return api.GetRequestHours200JSONResponse{Items: answers(hours, hourAnswer)}, err
}
