package portal

import (
	"cmp"
	"context"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants/people"
	"github.com/roster-scim/roster/tenants/requestlog"
	"github.com/roster-scim/roster/tenants/trace"
)

// TraceUser implements api.StrictServerInterface.
func (h *handlers) TraceUser(ctx context.Context, r api.TraceUserRequestObject) (api.TraceUserResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	only, err := onlyConnection(ctx, nil)
	if err != nil {
		return nil, err
	}
	found, err := h.trace.Trace(ctx, tenant, trace.Query{Who: r.Params.Who, Only: only, Masked: masks(ctx)})
	if err != nil {
		return nil, err
	}
	return api.TraceUser200JSONResponse{
		Verdict: api.TraceVerdict(found.Verdict), Sentence: found.Sentence, Fix: orNull(found.Fix), Where: orNull(found.Where),
		Person: tracePerson(found.Person), AccessCount: found.Roles, LogSince: timeOrNull(found.LogSince),
		Connections: answers(found.Connections, connectionReference),
		Requests:    answers(found.Requests, func(e requestlog.Entry) api.TraceRequest { return traceRequest(ctx, &e) }),
	}, nil
}

func tracePerson(u *people.User) *api.TracePerson {
	if u == nil {
		return nil
	}
	return &api.TracePerson{
		ID: u.ID, Name: cmp.Or(u.DisplayName, u.UserName), UserName: u.UserName, Active: u.Active, Managed: u.Managed(),
		Connection: originOf(u.Connection),
	}
}

func traceRequest(ctx context.Context, e *requestlog.Entry) api.TraceRequest {
	a := requestAnswer(ctx, e)
	return api.TraceRequest{ID: a.ID, Connection: a.Connection, At: a.At, Sentence: a.Sentence, Outcome: a.Outcome}
}
