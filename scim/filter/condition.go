package filter

import (
	"time"

	"github.com/roster-scim/roster/scim/schema"
)

// Condition is one `sub eq literal` of a path's value filter.
type Condition struct {
	Sub *schema.Attribute
	// Value is the literal as a document holds it: a string as the client wrote
	// it (not folded), a bool, or a json.Number.
	Value any
}

// EqConditions returns what an element must hold for the path's filter to match,
// when the filter says just that: comparisons with eq joined by and, each about
// another sub-attribute, none with null. Otherwise ok is false.
func (p *Path) EqConditions() (conditions []Condition, ok bool) {
	comparisons, ok := eqComparisons(p.syntax, false)
	if !ok {
		return nil, false
	}
	seen := make(map[*schema.Attribute]bool, len(comparisons))
	for _, c := range comparisons {
		cond := p.condition(c)
		if seen[cond.Sub] {
			return nil, false
		}
		seen[cond.Sub] = true
		conditions = append(conditions, cond)
	}
	return conditions, true
}

// EqValues returns the values that the path's filter selects elements by, as
// written, when the filter is `value eq "x"` or several of those joined by or.
// Otherwise ok is false.
func (p *Path) EqValues() (values []string, ok bool) {
	comparisons, ok := eqComparisons(p.syntax, true)
	if !ok {
		return nil, false
	}
	for _, c := range comparisons {
		cond := p.condition(c)
		s, isString := cond.Value.(string)
		if cond.Sub.Name != "value" || !isString {
			return nil, false
		}
		values = append(values, s)
	}
	return values, true
}

// eqComparisons returns the comparisons that n consists of, if all of them are
// equalities with a literal, joined by nothing but and (or: by nothing but or).
func eqComparisons(n node, or bool) ([]*comparison, bool) {
	switch n := n.(type) {
	case *comparison:
		return []*comparison{n}, n.op == Eq && n.value != nil
	case *logical:
		if n.or != or {
			return nil, false
		}
		var all []*comparison
		for _, term := range n.terms {
			some, ok := eqComparisons(term, or)
			if !ok {
				return nil, false
			}
			all = append(all, some...)
		}
		return all, true
	}
	return nil, false
}

// condition gives a comparison of the bound filter the form of a document.
func (p *Path) condition(c *comparison) Condition {
	sub := p.Ref.Attr.Sub(c.name.Attr)
	value, _ := convertTo(sub, c.value)
	switch value.(type) {
	case string, time.Time:
		value = c.value
	}
	return Condition{Sub: sub, Value: value}
}
