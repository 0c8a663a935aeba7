package authz

import (
	"fmt"
	"sync/atomic"
)

// ScopeDecision is the answer to whether a SCIM call may do something.
type ScopeDecision struct {
	Allowed bool
	Rule    string // the policy line that allows it
	Reason  string // why not: which scope is missing where, and who can grant it
}

// Authorizer decides what connection tokens may do over SCIM. It is safe for
// concurrent use.
//
// There are few scope sets, so each is evaluated at most once (or a few times at
// once, with the same answer) and its decisions are kept for good.
type Authorizer struct {
	policies [AllScopes + 1]atomic.Pointer[policy]
}

// NewAuthorizer returns an Authorizer, or an error if the model is broken.
func NewAuthorizer() (*Authorizer, error) {
	a := new(Authorizer)
	_, err := a.policy(AllScopes)
	return a, err
}

// Check decides whether the principal may do what the scope names. Both the
// connection and the token must grant it.
func (a *Authorizer) Check(p Principal, s Scope) ScopeDecision {
	connection, err := a.policy(p.Connection)
	if err != nil {
		return ScopeDecision{Reason: "The rules of the connection could not be read."}
	}
	token, err := a.policy(p.Token)
	if err != nil {
		return ScopeDecision{Reason: "The rules of the token could not be read."}
	}
	switch {
	case !connection.allowed.Has(s):
		return ScopeDecision{Reason: missing(s, "connection",
			"Whoever manages the connection must add the scope, or the identity provider must stop sending this.")}
	case !token.allowed.Has(s):
		return ScopeDecision{Reason: missing(s, "token",
			"Whoever manages the connection must create a token with the scope and enter it in the identity provider.")}
	default:
		return ScopeDecision{Allowed: true, Rule: connection.rule(s)}
	}
}

func missing(s Scope, where, remedy string) string {
	return fmt.Sprintf("This %s may not %s %s: the %s's rules do not include %s. %s",
		where, s.Action, s.Resource, where, s, remedy)
}

// policy returns the decisions of a scope set. Bits that mean no scope are not
// looked at.
func (a *Authorizer) policy(set ScopeSet) (*policy, error) {
	set &= AllScopes
	if p := a.policies[set].Load(); p != nil {
		return p, nil
	}
	p, err := newPolicy(set)
	if err != nil {
		return nil, err
	}
	a.policies[set].Store(p)
	return p, nil
}

// rule returns the line that allows the scope.
func (p *policy) rule(s Scope) string {
	for i := range scopes {
		if scopes[i] == s {
			return p.rules[i]
		}
	}
	return ""
}
