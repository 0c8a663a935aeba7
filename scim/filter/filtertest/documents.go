package filtertest

import (
	"encoding/json"
	"reflect"
	"slices"

	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim/schema"
)

// Users generates stored documents of the default User type. Two may have the
// same userName: a test that stores them sets its own.
func Users() *rapid.Generator[map[string]any] {
	return Documents(schema.Default().ByName("User"))
}

// Documents generates documents as they are stored: canonical names, no empty
// values, neither what the server computes nor the members, and at most one
// primary value of an attribute.
func Documents(t *schema.ResourceType) *rapid.Generator[map[string]any] {
	return rapid.Custom(func(r *rapid.T) map[string]any {
		doc := object(r, nil, stored(t, t.Core().Attributes))
		for _, ext := range t.Extensions() {
			if data := object(r, nil, stored(t, ext.Attributes)); len(data) > 0 {
				doc[ext.ID] = data
			}
		}
		return doc
	})
}

// stored returns the attributes that a document may have and a filter may name.
func stored(t *schema.ResourceType, attrs []*schema.Attribute) []*schema.Attribute {
	return slices.DeleteFunc(slices.Clone(attrs), func(a *schema.Attribute) bool {
		computed := a.Mutability == schema.ReadOnly || a.Name == "id" || a.Name == "meta" || a.Name == "schemas"
		return computed || a.Returned == schema.ReturnedNever || a == t.Members()
	})
}

// object generates values of some of the attributes.
func object(r *rapid.T, parent *schema.Attribute, attrs []*schema.Attribute) map[string]any {
	doc := make(map[string]any)
	for _, a := range attrs {
		if !a.Required && rapid.IntRange(0, 2).Draw(r, "has "+a.Name) == 0 {
			continue
		}
		if v := value(r, parent, a); v != nil {
			doc[a.Name] = v
		}
	}
	return doc
}

// value generates an attribute's value, nil for none.
func value(r *rapid.T, parent, a *schema.Attribute) any {
	if !a.MultiValued {
		return single(r, parent, a)
	}
	n := rapid.IntRange(1, 3).Draw(r, a.Name+" length")
	list, primary := make([]any, 0, n), false
	for range n {
		v := single(r, parent, a)
		if element, ok := v.(map[string]any); ok {
			if primary && element["primary"] == true {
				delete(element, "primary")
			}
			primary = primary || element["primary"] == true
		}
		if !blank(v) && !slices.ContainsFunc(list, func(w any) bool { return reflect.DeepEqual(v, w) }) {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list
}

func blank(v any) bool {
	element, isComplex := v.(map[string]any)
	return v == nil || isComplex && len(element) == 0
}

func single(r *rapid.T, parent, a *schema.Attribute) any {
	if a.Type == schema.Complex {
		if element := object(r, a, writable(a.SubAttributes)); len(element) > 0 {
			return element
		}
		return nil
	}
	s := rapid.SampledFrom(texts(parent, a)).Draw(r, a.Name)
	switch a.Type {
	case schema.Boolean:
		return s == "true"
	case schema.Integer, schema.Decimal:
		return json.Number(s)
	default:
		return s
	}
}

func writable(attrs []*schema.Attribute) []*schema.Attribute {
	return slices.DeleteFunc(slices.Clone(attrs), func(a *schema.Attribute) bool {
		return a.Mutability == schema.ReadOnly || a.Returned == schema.ReturnedNever
	})
}
