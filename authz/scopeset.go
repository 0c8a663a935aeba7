package authz

import (
	"encoding/json"
	"fmt"
	"strings"
)

// scopes lists every scope there is; a scope's index is its bit in a ScopeSet.
// Groups have no deactivate: a group is there or it is not.
var scopes = [...]Scope{
	{Users, Create},
	{Users, Read},
	{Users, Update},
	{Users, Deactivate},
	{Users, Delete},
	{Groups, Create},
	{Groups, Read},
	{Groups, Update},
	{Groups, Delete},
}

// ScopeSet is a set of scopes as bits, so that it compares and intersects
// without allocating. The zero value is the empty set.
type ScopeSet uint16

// AllScopes holds every scope.
const AllScopes ScopeSet = 1<<len(scopes) - 1

// bit returns the bit of a scope, 0 if there is no such scope.
func bit(s Scope) ScopeSet {
	for i := range scopes {
		if scopes[i] == s {
			return 1 << i
		}
	}
	return 0
}

// ParseScope reads a scope written "users:create".
func ParseScope(text string) (Scope, error) {
	resource, action, _ := strings.Cut(text, ":")
	s := Scope{Resource: Resource(resource), Action: Action(action)}
	if bit(s) == 0 {
		return Scope{}, fmt.Errorf("unknown scope %q; there are %s", text, AllScopes)
	}
	return s, nil
}

// ParseScopes reads a list of scopes. The same scope twice is fine.
func ParseScopes(texts []string) (ScopeSet, error) {
	var set ScopeSet
	for _, text := range texts {
		s, err := ParseScope(strings.TrimSpace(text))
		if err != nil {
			return 0, err
		}
		set = set.With(s)
	}
	return set, nil
}

// Scopes returns the set of the given scopes.
func Scopes(list ...Scope) ScopeSet { return ScopeSet(0).With(list...) }

// With returns the set with more scopes in it.
func (set ScopeSet) With(list ...Scope) ScopeSet {
	for _, s := range list {
		set |= bit(s)
	}
	return set
}

// Without returns the set without some scopes.
func (set ScopeSet) Without(list ...Scope) ScopeSet {
	for _, s := range list {
		set &^= bit(s)
	}
	return set
}

// Has reports whether the scope is in the set.
func (set ScopeSet) Has(s Scope) bool { return set&bit(s) != 0 }

// Covers reports whether every scope of other is in the set.
func (set ScopeSet) Covers(other ScopeSet) bool { return other&^set == 0 }

// List returns the scopes in a fixed order: users first, create to delete.
func (set ScopeSet) List() []Scope {
	list := make([]Scope, 0, len(scopes))
	for i, s := range scopes {
		if set&(1<<i) != 0 {
			list = append(list, s)
		}
	}
	return list
}

// Strings returns the scopes as text, in the order of List.
func (set ScopeSet) Strings() []string {
	list := make([]string, 0, len(scopes))
	for _, s := range set.List() {
		list = append(list, s.String())
	}
	return list
}

func (set ScopeSet) String() string { return strings.Join(set.Strings(), ", ") }

// MarshalJSON writes the set as an array: ["users:create","users:read"].
func (set ScopeSet) MarshalJSON() ([]byte, error) { return json.Marshal(set.Strings()) }

// UnmarshalJSON reads an array of scopes and refuses unknown ones: a scope that
// was dropped silently would take a right away without a trace.
func (set *ScopeSet) UnmarshalJSON(data []byte) error {
	var texts []string
	if err := json.Unmarshal(data, &texts); err != nil {
		return fmt.Errorf("read scopes: %w", err)
	}
	parsed, err := ParseScopes(texts)
	if err != nil {
		return fmt.Errorf("read scopes: %w", err)
	}
	*set = parsed
	return nil
}
