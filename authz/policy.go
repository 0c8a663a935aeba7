package authz

import (
	"fmt"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
)

// The model of what scopes grant: a request names a resource and an action, a
// policy line grants one action on one resource, and nothing is granted unless a
// line says so.
const scopeModel = `
[request_definition]
r = resource, action

[policy_definition]
p = resource, action

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.resource == p.resource && r.action == p.action
`

// policy is what one scope set decides about every scope, evaluated once.
type policy struct {
	allowed ScopeSet
	rules   [len(scopes)]string // the line that allows the scope, as people read it
}

// newPolicy builds an enforcer for the set and asks it about every scope. The
// enforcer is not changed afterwards, so its answers hold for good and the
// request path needs only the bits.
func newPolicy(set ScopeSet) (*policy, error) {
	m, err := model.NewModelFromString(scopeModel)
	if err != nil {
		return nil, fmt.Errorf("read the scope model: %w", err)
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, fmt.Errorf("build the enforcer: %w", err)
	}
	for _, s := range set.List() {
		if _, err := e.AddPolicy(string(s.Resource), string(s.Action)); err != nil {
			return nil, fmt.Errorf("add policy %s: %w", s, err)
		}
	}
	p := new(policy)
	for i, s := range scopes {
		ok, line, err := e.EnforceEx(string(s.Resource), string(s.Action))
		if err != nil {
			return nil, fmt.Errorf("decide %s: %w", s, err)
		}
		if ok && len(line) == 2 {
			p.allowed |= 1 << i
			p.rules[i] = fmt.Sprintf("p, %s, %s", line[0], line[1])
		}
	}
	return p, nil
}
