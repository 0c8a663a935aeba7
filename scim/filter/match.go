package filter

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"github.com/roster-scim/roster/scim/schema"
)

// Match tells whether a filter holds for a resource. The document is a whole
// resource: besides what is stored, whatever the filter may name (id, meta with
// RFC 3339 times, schemas, members, groups). A nil filter holds for everything.
func Match(e Expr, doc map[string]any) bool {
	return holds(e, func(ref schema.Ref) []any { return schema.Values(doc, ref) })
}

// MatchElement tells whether a value filter (Has.Filter or Path.Filter) holds
// for one element of its attribute.
func MatchElement(e Expr, element map[string]any) bool {
	return holds(e, func(ref schema.Ref) []any {
		if ref.Sub == nil {
			return []any{element}
		}
		return list(element[ref.Sub.Name])
	})
}

// list returns the values that v stands for.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func holds(e Expr, values func(schema.Ref) []any) bool {
	switch e := e.(type) {
	case nil:
		return true
	case *And:
		for _, term := range e.Terms {
			if !holds(term, values) {
				return false
			}
		}
		return true
	case *Or:
		for _, term := range e.Terms {
			if holds(term, values) {
				return true
			}
		}
		return false
	case *Not:
		return !holds(e.Term, values)
	case *Compare:
		return e.holds(values(e.Ref))
	case *Present:
		return !empty(values(e.Ref))
	case *Has:
		return e.holds(values(e.Ref))
	}
	return false
}

func (h *Has) holds(elements []any) bool {
	for _, v := range elements {
		if element, ok := v.(map[string]any); ok && MatchElement(h.Filter, element) {
			return true
		}
	}
	return false
}

// empty tells whether a value counts as none: "", and arrays and objects with
// nothing but empty values.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		for _, item := range v {
			if !empty(item) {
				return false
			}
		}
		return true
	case map[string]any:
		for _, item := range v {
			if !empty(item) {
				return false
			}
		}
		return true
	}
	return false
}

func (c *Compare) holds(values []any) bool {
	if len(values) == 0 {
		return holdsWithoutValue(c.Op, c.Value)
	}
	if c.Value == nil {
		return c.Op == Ne
	}
	for _, v := range values {
		if c.one(v) {
			return true
		}
	}
	return false
}

// holdsWithoutValue is what a comparison says of an attribute that has no value.
func holdsWithoutValue(op Op, literal any) bool {
	if literal == nil {
		return op == Eq
	}
	return op == Ne
}

// one compares a single value. One of another type than the attribute's is
// different from every literal, and in no other relation to any.
func (c *Compare) one(v any) bool {
	switch want := c.Value.(type) {
	case bool:
		got, ok := v.(bool)
		return c.equality(ok && got == want)
	case json.Number:
		order, ok := compareNumbers(v, want)
		return c.order(order, ok)
	case time.Time:
		s, _ := v.(string)
		got, err := schema.ParseTime(s)
		return c.order(got.Truncate(time.Microsecond).Compare(want), err == nil)
	case string:
		got, ok := v.(string)
		if !c.Ref.Leaf().CaseExact {
			got = schema.Fold(got)
		}
		return c.text(got, want, ok)
	}
	return false
}

func (c *Compare) equality(equal bool) bool {
	return c.Op == Eq && equal || c.Op == Ne && !equal
}

// order evaluates the operator given how the value stands to the literal; known
// is false when it cannot be ordered.
func (c *Compare) order(order int, known bool) bool {
	switch c.Op {
	case Gt:
		return known && order > 0
	case Ge:
		return known && order >= 0
	case Lt:
		return known && order < 0
	case Le:
		return known && order <= 0
	default:
		return c.equality(known && order == 0)
	}
}

func (c *Compare) text(got, want string, known bool) bool {
	switch c.Op {
	case Co:
		return known && strings.Contains(got, want)
	case Sw:
		return known && strings.HasPrefix(got, want)
	case Ew:
		return known && strings.HasSuffix(got, want)
	default:
		return c.order(cmp.Compare(got, want), known)
	}
}

func compareNumbers(v any, want json.Number) (int, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	a, aok := parseDecimal(n.String())
	b, bok := parseDecimal(want.String())
	return a.compare(b), aok && bok
}
