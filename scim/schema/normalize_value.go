package schema

import (
	"fmt"
	"strings"
)

// Bounds of the values of one attribute.
const (
	maxElements   = 1_000   // of a multi-valued attribute
	maxMembers    = 500_000 // of a group in one request
	maxTextLength = 64 << 10
)

// value returns the canonical value of an attribute, nil for none.
func (n *normalizer) value(a *Attribute, v any) (any, *fault) {
	if a.MultiValued {
		list, f := n.list(a, v)
		if f != nil || len(list) == 0 {
			return nil, f
		}
		return list, nil
	}
	if elements, ok := v.([]any); ok && len(elements) == 1 && a.Type == Complex && !n.o.StrictTypes {
		v = elements[0]
	}
	return n.element(a, v)
}

// element returns the canonical form of a single value or of one element of a list.
func (n *normalizer) element(a *Attribute, v any) (any, *fault) {
	if n.empty(v, a.Type) {
		return nil, nil
	}
	if a.Type != Complex {
		return n.simple(a, v)
	}
	object, f := n.complex(a, v)
	if f != nil || len(object) == 0 {
		return nil, f
	}
	return object, nil
}

// empty reports whether v stands for no value. An empty string is one only where
// text is expected and such strings are kept.
func (n *normalizer) empty(v any, t DataType) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == "" && (!n.o.KeepEmptyStrings || (t != String && t != Reference))
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// list returns the canonical elements of a multi-valued attribute.
func (n *normalizer) list(a *Attribute, v any) ([]any, *fault) {
	if n.empty(v, a.Type) {
		return nil, nil
	}
	elements, ok := v.([]any)
	if !ok {
		if n.o.StrictTypes && !n.single {
			return nil, expected("an array", v)
		}
		elements = []any{v}
	}
	if limit := n.limit(a); len(elements) > limit {
		return nil, invalid(fmt.Sprintf("expected at most %d values, got %d", limit, len(elements)))
	}
	out := make([]any, 0, len(elements))
	for i, e := range elements {
		value, f := n.element(a, e)
		switch {
		case f != nil && ok:
			return nil, f.at(i)
		case f != nil:
			return nil, f
		case value != nil:
			out = append(out, value)
		}
	}
	out = distinct(out)
	return out, onePrimary(out)
}

func (n *normalizer) limit(a *Attribute) int {
	if a == n.t.members {
		return maxMembers
	}
	return maxElements
}

// onePrimary refuses a second primary element (RFC 7643 section 2.4).
func onePrimary(elements []any) *fault {
	seen := false
	for _, e := range elements {
		object, ok := e.(map[string]any)
		if !ok || object["primary"] != true {
			continue
		}
		if seen {
			return invalid("expected at most one value with primary true, got several")
		}
		seen = true
	}
	return nil
}

// complex returns the canonical form of a complex value.
func (n *normalizer) complex(a *Attribute, v any) (map[string]any, *fault) {
	object, ok := v.(map[string]any)
	if s, bare := v.(string); bare && !n.o.StrictTypes && a.Sub("value") != nil {
		object, ok = map[string]any{"value": s}, true
	}
	if !ok {
		return nil, expected("an object", v)
	}
	in, f := n.rename(a.SubAttributes, object)
	if f != nil {
		return nil, f
	}
	if !n.o.StrictTypes && sameName(a.Name, "roles") {
		in = unpackRole(a, in)
	}
	return n.object(a.SubAttributes, in)
}

// unpackRole replaces a role value that is a JSON object in a string, as Entra ID
// sends app roles, by what the object says. What stands beside the value comes
// first; members of the object that roles do not have, such as id, are the
// client's own. Any other value stays as it is.
func unpackRole(a *Attribute, in map[string]any) map[string]any {
	for {
		s, ok := in["value"].(string)
		if !ok || !strings.HasPrefix(s, "{") || len(s) > maxTextLength {
			return in
		}
		packed, err := DecodeObject([]byte(s))
		if value, ok := packed["value"].(string); err != nil || !ok || value == "" {
			return in
		}
		if packed["display"] == nil {
			packed["display"] = packed["displayName"]
		}
		out := make(map[string]any, len(in)+len(packed))
		for _, sub := range a.SubAttributes {
			v := in[sub.Name]
			if v == nil || sub.Name == "value" {
				v = packed[sub.Name]
			}
			if v != nil {
				out[sub.Name] = v
			}
		}
		in = out
	}
}
