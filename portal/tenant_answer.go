package portal

import (
	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
)

// tenantAnswer is a tenant with everything about it.
func tenantAnswer(t *tenants.Tenant) api.Tenant {
	answer := tenantLine(t)
	answer.Branding = brandingChoice(t.Branding)
	return answer
}

// tenantLine is a tenant in a list.
func tenantLine(t *tenants.Tenant) api.Tenant {
	return api.Tenant{
		ID: t.ID.String(), Name: t.Name, ExternalID: orNull(t.ExternalID), Status: api.TenantStatus(t.State()),
		Entitlements: api.Entitlements{
			SCIM: t.Entitlements.SCIM, Groups: t.Entitlements.Groups,
			Connections: orNull(t.Entitlements.Connections), Seats: orNull(t.Entitlements.Seats),
		},
		Adoption: api.Adoption{
			Rule: api.AdoptionRule(t.Adoption.Rule), VerifiedDomains: append([]string{}, t.Adoption.VerifiedDomains...),
		},
		RequestLog: requestLogAnswer(t.RequestLog),
		CreatedAt:  t.CreatedAt, DeletedAt: timeOrNull(t.DeletedAt), RestorableUntil: timeOrNull(t.RestorableUntil()),
	}
}

// entitlementsChange reads entitlements, which come as a whole.
func entitlementsChange(e *api.Entitlements) (*tenants.EntitlementsChange, error) {
	if e == nil {
		return nil, nil //nolint:nilnil // nothing is to change
	}
	c := &tenants.EntitlementsChange{SCIM: &e.SCIM, Groups: &e.Groups}
	var err error
	if c.Connections, err = limitOf("entitlements.connections", e.Connections); err != nil {
		return nil, err
	}
	if c.Seats, err = limitOf("entitlements.seats", e.Seats); err != nil {
		return nil, err
	}
	return c, nil
}

// limitOf reads a limit: null is none, for which the domain has 0. A limit of 0
// must not pass for none.
func limitOf(field string, n *int) (*int, error) {
	if n == nil {
		return new(int), nil
	}
	if *n == 0 {
		return nil, &tenants.InvalidError{Field: field, Reason: "give a number from 1, or null for no limit; " +
			"to let the tenant provision nothing, set scim to false"}
	}
	return n, nil
}

func adoptionChange(a *api.Adoption) *tenants.AdoptionChange {
	if a == nil {
		return nil
	}
	return &tenants.AdoptionChange{Rule: (*tenants.AdoptionRule)(&a.Rule), VerifiedDomains: &a.VerifiedDomains}
}
