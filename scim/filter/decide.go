package filter

import "github.com/roster-scim/roster/scim/schema"

// Decide evaluates a bound filter as far as the resource type alone says: tests
// of meta.resourceType and of attributes that the type does not have. Where
// decided is true, every resource of the type matches, or none.
func Decide(e Expr, t *schema.ResourceType) (matches, decided bool) {
	switch e := e.(type) {
	case nil:
		return true, true
	case *Never:
		return false, true
	case *Not:
		matches, decided = Decide(e.Term, t)
		return !matches, decided
	case *And:
		return decideChain(e.Terms, t, false)
	case *Or:
		return decideChain(e.Terms, t, true)
	case *Compare:
		if e.Ref.URN == "" && e.Ref.String() == "meta.resourceType" {
			return Match(e, map[string]any{"meta": map[string]any{"resourceType": t.Name}}), true
		}
	}
	return false, false
}

// decideChain decides a chain, which one term that says settles: true in an or,
// false in an and.
func decideChain(terms []Expr, t *schema.ResourceType, settles bool) (matches, decided bool) {
	all := true
	for _, term := range terms {
		matches, decided := Decide(term, t)
		if decided && matches == settles {
			return settles, true
		}
		all = all && decided
	}
	return !settles, all
}
