package authz

import (
	"testing"

	"pgregory.net/rapid"
)

// oracle decides as one reads the rules: whoever is bound elsewhere may nothing,
// one line that denies is enough to refuse, and without a line that allows
// nothing is allowed.
func oracle(lines []Line, p Principal, permission Permission, tenant string) bool {
	if p.TenantID != "" && p.TenantID != tenant || p.Kind == KindPortal && p.TenantID == "" {
		return false
	}
	if p.Kind == KindAPIKey {
		return p.Permissions.Has(permission)
	}
	allowed := false
	for _, role := range p.Roles {
		for _, has := range builtInTable[role] {
			allowed = allowed || has == permission
		}
		for _, l := range lines {
			if l.Role != role || l.Permission != permission || l.Tenant != "*" && l.Tenant != tenant {
				continue
			}
			if l.Effect == Deny {
				return false
			}
			allowed = true
		}
	}
	return allowed
}

var (
	anyPermission = rapid.Custom(func(t *rapid.T) Permission {
		return permissions[rapid.IntRange(0, len(permissions)-1).Draw(t, "permission")].Permission
	})
	anyRole = rapid.SampledFrom([]string{"editor", "lead", "agent", "unknown", RoleOwner, RoleSupport, RoleAdmin, RoleViewer})
	anyLine = rapid.Custom(func(t *rapid.T) Line {
		return Line{
			Role:       rapid.SampledFrom([]string{"editor", "lead", "agent"}).Draw(t, "role"),
			Tenant:     rapid.SampledFrom([]string{Everywhere, acme, globex}).Draw(t, "tenant"),
			Permission: anyPermission.Draw(t, "permission"),
			Effect:     rapid.SampledFrom([]Effect{Allow, Allow, Deny}).Draw(t, "effect"),
		}
	})
	anyPrincipal = rapid.Custom(func(t *rapid.T) Principal {
		return Principal{
			Kind:           rapid.SampledFrom([]Kind{KindAPIKey, KindPortal, KindStaff}).Draw(t, "kind"),
			ID:             "id",
			TenantID:       rapid.SampledFrom([]string{"", acme, globex}).Draw(t, "bound to"),
			Roles:          rapid.SliceOfN(anyRole, 0, 3).Draw(t, "roles"),
			Permissions:    PermissionsIn(rapid.SliceOfN(anyPermission, 0, 4).Draw(t, "permissions")...),
			PolicyRevision: 1,
		}
	})
)

// TestDecisionsAgreeWithTheOracle compares every decision, and the line that is
// said to decide, with the rules read plainly.
func TestDecisionsAgreeWithTheOracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(anyLine, 0, 25).Draw(t, "lines")
		d, _ := newDecider(t, lines...)
		for range 5 {
			p := anyPrincipal.Draw(t, "principal")
			for _, tenant := range []string{acme, globex, ""} {
				set, err := d.PermissionsOf(t.Context(), p, tenant)
				if err != nil {
					t.Fatal(err)
				}
				for _, info := range permissions {
					want := oracle(lines, p, info.Permission, tenant)
					got := decide(t, d, p, info.Permission, tenant)
					if got.Allowed != want || set.Has(info.Permission) != want {
						t.Fatalf("%+v: %s in %q: want %t, got %+v and %s", p, info.Permission, tenant, want, got, set)
					}
					checkLineOf(t, lines, p, info.Permission, tenant, got)
				}
			}
		}
	})
}

// checkLineOf fails unless the line of a decision is one of the policy that says
// what was decided.
func checkLineOf(t *rapid.T, lines []Line, p Principal, permission Permission, tenant string, got Decision) {
	if got.Line.IsZero() {
		return
	}
	if l := got.Line; l.Permission != permission || (l.Effect == Allow) != got.Allowed || l.Tenant != Everywhere && l.Tenant != tenant {
		t.Fatalf("%s in %q is decided by %s", permission, tenant, l)
	}
	if p.Kind == KindAPIKey {
		return
	}
	for _, l := range append(lines, builtInLines...) {
		if l == got.Line {
			return
		}
	}
	t.Fatalf("the policy has no line %s", got.Line)
}

// TestNobodyGivesMoreThanTheyHold: whatever somebody may give in a tenant, who
// gets it can do nothing there that the giver could not; and what is given for
// all tenants, in none.
func TestNobodyGivesMoreThanTheyHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(anyLine, 0, 25).Draw(t, "lines")
		d, _ := newDecider(t, lines...)
		giver := anyPrincipal.Draw(t, "giver")
		tenant := rapid.SampledFrom([]string{"", acme, globex}).Draw(t, "tenant")
		roles := rapid.SliceOfN(anyRole, 0, 2).Draw(t, "roles")
		set := PermissionsIn(rapid.SliceOfN(anyPermission, 0, 2).Draw(t, "set")...)
		can, err := d.CanGrant(t.Context(), giver, tenant, roles, set)
		if err != nil {
			t.Fatal(err)
		}
		where := []string{tenant}
		if tenant == "" {
			where = []string{"", acme, globex}
		}
		more := false
		for _, place := range where {
			for _, info := range permissions {
				gets := set.Has(info.Permission)
				for _, role := range roles {
					gets = gets || oracle(lines, Principal{Kind: KindStaff, Roles: []string{role}}, info.Permission, place)
				}
				more = more || gets && !oracle(lines, giver, info.Permission, place)
			}
		}
		if can.Allowed && more {
			t.Fatalf("%+v gives %v and %s in %q", giver, roles, set, tenant)
		}
		if can.Allowed != (can.Reason == "") || can.Allowed != (can.WhoCanGrant == "") {
			t.Fatalf("%+v does not explain itself", can)
		}
		if !can.Allowed && !more && tenant != "" && outside(&giver, tenant) == "" {
			t.Fatalf("%+v may not give %v and %s in %q: %+v", giver, roles, set, tenant, can)
		}
	})
}
