package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/schema"
)

// leaf is an attribute or sub-attribute that a client can write, in the words of
// a resource type's schema.
type leaf struct {
	schema.Ref
}

// leaves are all that clients can write of a type, but for a group's members,
// which other tests are about.
func leaves(kind *schema.ResourceType) []leaf {
	var all []leaf
	add := func(urn string, attributes []*schema.Attribute) {
		for _, a := range attributes {
			if a.Mutability == schema.ReadOnly || a == kind.Members() {
				continue
			}
			if a.Type != schema.Complex {
				all = append(all, leaf{schema.Ref{URN: urn, Attr: a}})
			}
			for _, sub := range a.SubAttributes {
				if sub.Mutability != schema.ReadOnly {
					all = append(all, leaf{schema.Ref{URN: urn, Attr: a, Sub: sub}})
				}
			}
		}
	}
	add("", kind.Attributes())
	for _, extension := range kind.Extensions() {
		add(extension.ID, extension.Attributes)
	}
	return all
}

func (l leaf) def() *schema.Attribute { return l.Leaf() }

// element says that the leaf is part of each element of a list.
func (l leaf) element() bool { return l.Sub != nil && l.Attr.MultiValued }

// kept says that a value is stored, shown that a response can have it.
func (l leaf) kept() bool { return l.def().Mutability != schema.WriteOnly }

func (l leaf) hidden() bool {
	return l.def().Returned == schema.ReturnedNever || l.Attr.Returned == schema.ReturnedNever
}

func (l leaf) onRequest() bool {
	return l.def().Returned == schema.ReturnedRequest || l.Attr.Returned == schema.ReturnedRequest
}

// sample is a value of the leaf; those with other numbers are other values, and
// with a higher number, up to 9, they come later in every order.
func (l leaf) sample(n int) any {
	v := l.single(n)
	if l.def().MultiValued {
		return []any{v}
	}
	return v
}

func (l leaf) single(n int) any {
	a := l.def()
	switch a.Type {
	case schema.Boolean:
		return n%2 == 1
	case schema.Integer:
		return float64(7 * n) // 7 sorts behind 14 as text
	case schema.Decimal:
		return 0.25 + 5.5*float64(n)
	case schema.DateTime:
		if n%2 == 1 { // an hour less than it looks like
			return fmt.Sprintf("202%d-03-04T05:06:07.5+01:00", n)
		}
		return fmt.Sprintf("202%d-03-04T05:06:07Z", n)
	case schema.Binary:
		return strings.Repeat(string(rune('a'+n)), 8)
	case schema.Reference:
		return fmt.Sprintf("https://example.com/%d/Page", n)
	}
	return fmt.Sprintf("Sample%d of %s", n, a.Name)
}

// otherCase is a sample in other letters: the same value unless it is caseExact.
func (l leaf) otherCase(n int) any { return strings.ToUpper(l.single(n).(string)) }

// wrong is no value of the leaf's type in anybody's reading.
func (l leaf) wrong() any {
	switch l.def().Type {
	case schema.Boolean:
		return "perhaps"
	case schema.Integer:
		return 1.5
	case schema.Decimal:
		return "1,5"
	case schema.DateTime:
		return "yesterday"
	case schema.Binary:
		return "not base64!"
	}
	return 5
}

// holder is the object of a document that has the leaf, made if it must be. Of a
// list it is the first element.
func (l leaf) holder(doc map[string]any, create bool) map[string]any {
	at := func(parent map[string]any, key string, list bool) map[string]any {
		if parent == nil {
			return nil
		}
		value := parent[key]
		if elements, ok := value.([]any); ok && len(elements) > 0 {
			value = elements[0]
		}
		if object, ok := value.(map[string]any); ok || !create {
			return object
		}
		made := map[string]any{}
		parent[key] = made
		if list {
			parent[key] = []any{made}
		}
		return made
	}
	if l.URN != "" {
		doc = at(doc, l.URN, false)
	}
	if l.Sub != nil {
		doc = at(doc, l.Attr.Name, l.Attr.MultiValued)
	}
	return doc
}

func (l leaf) set(doc map[string]any, v any) { l.holder(doc, true)[l.def().Name] = v }

func (l leaf) get(doc map[string]any) any { return l.holder(doc, false)[l.def().Name] }

func (l leaf) unset(doc map[string]any) { delete(l.holder(doc, false), l.def().Name) }

// path names the leaf in a PATCH: of a list that of the element with sample n.
func (l leaf) path(n int) string {
	if !l.element() {
		return l.String()
	}
	var key *schema.Attribute
	for _, sub := range l.Attr.SubAttributes {
		if sub != l.Sub && !sub.MultiValued && sub.Type != schema.Boolean && sub.Mutability != schema.ReadOnly {
			key = sub
			break
		}
	}
	name := schema.Ref{URN: l.URN, Attr: l.Attr}
	return fmt.Sprintf("%s[%s eq %s].%s", name, key.Name, literal(leaf{schema.Ref{Attr: l.Attr, Sub: key}}.single(n)), l.Sub.Name)
}

// document has sample n of every leaf.
func document(kind *schema.ResourceType, n int) map[string]any {
	doc := map[string]any{"schemas": []any{kind.Schema}}
	for _, l := range leaves(kind) {
		l.set(doc, l.sample(n))
	}
	return doc
}

func literal(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// same compares JSON values as a client sees them.
func same(a, b any) bool { return literal(a) == literal(b) }

func operation(op, path string, value any) string {
	message := map[string]any{"op": op, "path": path}
	if value != nil {
		message["value"] = value
	}
	return patchOp(literal(message))
}

// holds checks that a resource shows a value of the leaf, nil for none.
func (l leaf) holds(t *testing.T, doc map[string]any, want any) {
	t.Helper()
	if got := l.get(doc); !same(got, want) {
		t.Errorf("%s is %s, want %s", l, literal(got), literal(want))
	}
}
