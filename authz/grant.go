package authz

import (
	"context"
	"fmt"
)

// CanGrant says whether a principal may give roles and permissions to somebody
// else in a tenant, or in all tenants if tenantID is "": nobody can give what
// they do not hold themselves. What a role of the vendor's carries nothing of
// anybody can give; that the role exists is not asked here.
func (d *Decider) CanGrant(ctx context.Context, p Principal, tenantID string, roles []string, set PermissionSet) (Decision, error) {
	if reason := outside(&p, tenantID); reason != "" {
		return Decision{Reason: reason, WhoCanGrant: "Somebody who holds it for all tenants can give it."}, nil
	}
	given, err := d.carried(ctx, &p, tenantID, roles)
	if err != nil {
		return Decision{}, err
	}
	given |= set & AllPermissions
	held, err := d.held(ctx, &p, tenantID)
	if err != nil {
		return Decision{}, err
	}
	if missing := given &^ held; missing != 0 {
		return Decision{
			Reason:      fmt.Sprintf("Nobody can give what they do not hold themselves. %s", lacks(&p, missing)),
			WhoCanGrant: "Somebody who holds it, such as an owner of the installation, can give it.",
		}, nil
	}
	return Decision{Allowed: true}, nil
}

// carried is all that somebody with the roles could do in the tenant, or, if
// they were not bound to a tenant, in any.
func (d *Decider) carried(ctx context.Context, p *Principal, tenantID string, roles []string) (PermissionSet, error) {
	if len(roles) == 0 {
		return 0, nil
	}
	b, err := d.tenantBook(ctx, tenantID, p.PolicyRevision)
	if err != nil {
		return 0, err
	}
	if tenantID == "" {
		allowed, _ := b.anywhere(roles)
		return allowed, nil
	}
	var all PermissionSet
	for _, role := range roles { // each for itself: nobody is bound to keep the one that denies
		set, err := b.set([]string{role})
		if err != nil {
			return 0, err
		}
		all |= set
	}
	return all, nil
}

// held is what the principal may do in the tenant, or in every one.
func (d *Decider) held(ctx context.Context, p *Principal, tenantID string) (PermissionSet, error) {
	b, err := d.book(ctx, p, tenantID)
	if err != nil {
		return 0, err
	}
	set, err := b.set(p.subjects())
	if err == nil && tenantID == "" {
		_, denied := b.anywhere(p.subjects())
		set &^= denied
	}
	if p.Suspended {
		set &= looking
	}
	return set, err
}
