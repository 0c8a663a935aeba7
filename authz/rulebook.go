package authz

import (
	"fmt"
	"sync/atomic"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
)

// The model of what roles may do: role-based access control with tenants as
// domains. A line for all tenants holds in each and for the installation, whose
// domain is empty; a line that denies overrides every one that allows.
const permissionModel = `
[request_definition]
r = sub, dom, obj

[policy_definition]
p = sub, dom, obj, eft

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = r.sub == p.sub && r.obj == p.obj && (p.dom == "*" || p.dom == r.dom)
`

// rulebook is the policy of one tenant, or of the installation, at one revision.
// Its lines never change, so what it has once decided holds for good.
type rulebook struct {
	revision int64
	tenant   string // "": the installation
	enforcer *casbin.Enforcer
	roles    map[string]*roleRules
	lines    int
}

// roleRules are what the rulebook says about one role.
type roleRules struct {
	rulings [len(permissions)]atomic.Pointer[ruling] // by permission, once asked for
	// allowed and denied are what lines of any tenant say. They are kept for the
	// installation alone.
	allowed, denied PermissionSet
}

// ruling is what the policy says about one permission of one role.
type ruling struct {
	effect Effect // "": no line speaks of it
	line   Line   // that decides
}

var silent = &ruling{}

// newRulebook reads the lines that hold in a tenant. Those of other tenants are
// not part of it, except that the installation's knows what they say.
func newRulebook(tenant string, revision int64, lines []Line) (*rulebook, error) {
	m, err := model.NewModelFromString(permissionModel)
	if err != nil {
		return nil, fmt.Errorf("read the permission model: %w", err)
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, fmt.Errorf("build the enforcer: %w", err)
	}
	b := &rulebook{revision: revision, tenant: tenant, enforcer: e, roles: map[string]*roleRules{}}
	seen := make(map[Line]bool, len(lines))
	var rules [][]string
	for _, l := range lines {
		if seen[l] {
			continue
		}
		seen[l] = true
		b.note(l)
		if l.Tenant == Everywhere || l.Tenant == tenant {
			rules = append(rules, []string{l.Role, l.Tenant, string(l.Permission), string(l.Effect)})
		}
	}
	b.lines = len(seen)
	if len(rules) == 0 {
		return b, nil
	}
	if _, err := e.AddPolicies(rules); err != nil {
		return nil, fmt.Errorf("add the policy lines: %w", err)
	}
	return b, nil
}

// note keeps what the line says about its role.
func (b *rulebook) note(l Line) {
	r := b.roles[l.Role]
	if r == nil {
		r = &roleRules{}
		b.roles[l.Role] = r
	}
	if l.Effect == Deny {
		r.denied = r.denied.With(l.Permission)
	} else {
		r.allowed = r.allowed.With(l.Permission)
	}
}

// ruling returns what the policy says about a role and the permission with this
// index.
func (b *rulebook) ruling(role string, permission int) (*ruling, error) {
	r := b.roles[role]
	if r == nil {
		return silent, nil
	}
	if known := r.rulings[permission].Load(); known != nil {
		return known, nil
	}
	found, err := b.ask(role, permissions[permission].Permission)
	if err != nil {
		return nil, err
	}
	r.rulings[permission].Store(found)
	return found, nil
}

// ask has Casbin decide.
func (b *rulebook) ask(role string, p Permission) (*ruling, error) {
	if len(b.enforcer.GetModel()["p"]["p"].Policy) == 0 {
		return silent, nil
	}
	_, line, err := b.enforcer.EnforceEx(role, b.tenant, string(p))
	if err != nil {
		return nil, fmt.Errorf("decide %s of the role %q: %w", p, role, err)
	}
	if len(line) != 4 {
		return silent, nil
	}
	l := Line{Role: line[0], Tenant: line[1], Permission: Permission(line[2]), Effect: Effect(line[3])}
	return &ruling{effect: l.Effect, line: l}, nil
}

// decide combines what the policy says about several roles of one principal: a
// line that denies overrides, whichever role it is of.
func (b *rulebook) decide(roles []string, permission int) (*ruling, error) {
	decided := silent
	for _, role := range roles {
		found, err := b.ruling(role, permission)
		switch {
		case err != nil:
			return nil, err
		case found.effect == Deny:
			return found, nil
		case decided.effect == "":
			decided = found
		}
	}
	return decided, nil
}

// set returns the permissions that the roles have together.
func (b *rulebook) set(roles []string) (PermissionSet, error) {
	var all PermissionSet
	for i := range permissions {
		found, err := b.decide(roles, i)
		if err != nil {
			return 0, err
		}
		if found.effect == Allow {
			all |= 1 << i
		}
	}
	return all, nil
}

// anywhere returns what lines of any tenant allow and deny the roles. Only the
// installation's rulebook knows.
func (b *rulebook) anywhere(roles []string) (allowed, denied PermissionSet) {
	for _, role := range roles {
		if r := b.roles[role]; r != nil {
			allowed |= r.allowed
			denied |= r.denied
		}
	}
	return allowed, denied
}

// holders are the roles that have the permission here, in no order.
func (b *rulebook) holders(permission int) []string {
	var keys []string
	for key := range b.roles {
		if found, err := b.ruling(key, permission); err == nil && found.effect == Allow {
			keys = append(keys, key)
		}
	}
	return keys
}
