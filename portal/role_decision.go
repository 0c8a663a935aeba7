package portal

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
)

// CheckDecision implements api.StrictServerInterface.
func (h *handlers) CheckDecision(ctx context.Context, r api.CheckDecisionRequestObject) (api.CheckDecisionResponseObject, error) {
	tenant := orZero(r.Body.TenantID)
	if tenant != "" {
		id, err := tenants.ParseTenantID(tenant)
		if err != nil {
			return nil, errNotFound
		}
		if _, err := h.tenants.Tenant(ctx, id); err != nil {
			return nil, err
		}
	}
	asked, err := h.asked(ctx, r.Body.Principal, tenant)
	if ended, ok := errors.AsType[*tenants.RefusedError](err); ok {
		return api.CheckDecision200JSONResponse{Reason: ended.Reason}, nil
	}
	if err != nil {
		return nil, err
	}
	d, err := h.decider.Decide(ctx, asked, authz.Permission(r.Body.Permission), tenant)
	if err != nil {
		return nil, err
	}
	return api.CheckDecision200JSONResponse(decisionOf(d)), nil
}

// asked returns whom a decision is asked about. The policy is at least as new as
// that which let the caller in.
func (h *handlers) asked(ctx context.Context, who api.DecisionPrincipal, tenant string) (p authz.Principal, err error) {
	switch {
	case who.APIKey != nil:
		id, err := tenants.ParseKeyID(*who.APIKey)
		if err != nil {
			return p, errNotFound
		}
		return h.login.KeyPrincipal(ctx, id)
	case who.Session != nil:
		id, err := tenants.ParseSessionID(*who.Session)
		if err != nil {
			return p, errNotFound
		}
		return h.login.SessionPrincipal(ctx, id)
	}
	p = authz.Principal{Kind: authz.KindStaff, Roles: who.Roles, PolicyRevision: principalOf(ctx).PolicyRevision}
	if tenant != "" && !slices.ContainsFunc(who.Roles, forStaff) {
		p.Kind, p.TenantID = authz.KindPortal, tenant
	}
	return p, nil
}

// forStaff says whether a role is for the vendor's own people.
func forStaff(role string) bool {
	r, ok := authz.BuiltIn(role)
	return ok && r.Staff
}

func decisionOf(d authz.Decision) api.Decision {
	answer := api.Decision{Allowed: d.Allowed, Reason: d.Reason}
	if !d.Line.IsZero() {
		line := d.Line.String()
		answer.Line = &line
	}
	if d.Allowed {
		answer.Reason = fmt.Sprintf("The policy line “%s” allows it.", d.Line)
	} else {
		answer.WhoCanGrant = &d.WhoCanGrant
	}
	return answer
}
