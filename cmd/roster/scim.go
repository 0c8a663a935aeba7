package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/scimhttp"
	"github.com/roster-scim/roster/storage/cache"
	"github.com/roster-scim/roster/storage/limit"
	"github.com/roster-scim/roster/tenants"
)

// scimHandler puts the SCIM interface together.
func (a *App) scimHandler() (http.Handler, error) {
	authorizer, err := authz.NewAuthorizer()
	if err != nil {
		return nil, err
	}
	config := scimhttp.Config{
		Engine: scim.New(a.resources, scim.WithSecret(a.key)),
		Gate: &scimGate{
			gate: tenants.NewGate(a.credentials, a.usage), types: a.registries,
			baseURL: a.publicURL + scimhttp.Prefix, refusals: a.metrics.refused,
		},
		Ready:      a.rollout.refusal,
		Authorizer: authorizer,
		Limiter:    a.limiter(),
		Logger:     a.logger,
		PublicURL:  a.publicURL,
	}
	if a.recorder != nil {
		config.Recorder = recorder{a.recorder}
	}
	return scimhttp.New(config), nil
}

// limiter bounds what a connection may send: to all replicas together if they
// share a Redis that answers.
func (a *App) limiter() scimhttp.Limiter {
	if a.redis == nil {
		return limit.New(a.config.SCIMRate, a.config.SCIMBurst)
	}
	return limit.NewShared(a.redis, a.config.SCIMRate, a.config.SCIMBurst, a.logger)
}

// scimGate speaks scimhttp's words for a tenants.Gate.
type scimGate struct {
	gate     *tenants.Gate
	types    *cache.Registries
	baseURL  string // what those of connections begin with
	refusals func(code string)
}

var _ scimhttp.Gate = (*scimGate)(nil)

func (g *scimGate) Admit(ctx context.Context, connectionID, credential string) (scimhttp.Admission, error) {
	admission, err := g.gate.Admit(ctx, connectionID, credential)
	if refusal, ok := errors.AsType[*tenants.Refusal](err); ok {
		g.refusals(refusal.Code)
		return scimhttp.Admission{}, refusalOf(refusal)
	}
	if err != nil {
		return scimhttp.Admission{}, err
	}
	types, err := g.types.Registry(ctx, admission.TenantID, admission.SchemaRevision)
	if err != nil {
		return scimhttp.Admission{}, err
	}
	return scimhttp.Admission{
		Directory: scim.Directory{TenantID: admission.TenantUUID, ConnectionID: admission.ConnectionUUID},
		BaseURL:   g.baseURL + admission.Principal.ConnectionID,
		Settings:  admission.Settings,
		Types:     types,
		Principal: admission.Principal,
		Limits:    limitsOf(&admission),
		TokenID:   admission.Principal.ID,
	}, nil
}

// refusalOf is a refusal as the SCIM interface has it, with whose token it was.
func refusalOf(r *tenants.Refusal) *scimhttp.Refusal {
	refusal := &scimhttp.Refusal{Status: r.Status, Detail: r.Detail, RetryAfter: r.RetryAfter, Code: r.Code, Since: r.Since}
	if !r.TokenID.IsZero() {
		refusal.Directory = scim.Directory{TenantID: r.TenantID.UUID(), ConnectionID: r.ConnectionID.UUID()}
		refusal.TokenID = r.TokenID.String()
	}
	return refusal
}

// limitsOf is what the organisation and the connection are held to.
func limitsOf(a *tenants.Admission) scim.Limits {
	limits := scim.Limits{NoGroups: a.NoGroups, Seats: a.Seats, Domains: a.Domains}
	switch a.Adoption.Rule {
	case tenants.AdoptExternalID:
		limits.Adopt.Rule = scim.AdoptExternalID
	case tenants.AdoptVerifiedEmail:
		limits.Adopt = scim.Adoption{Rule: scim.AdoptVerifiedEmail, Domains: a.Adoption.VerifiedDomains}
	}
	return limits
}
