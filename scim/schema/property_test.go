package schema_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim/schema"
)

// value draws a valid value of one element of the attribute.
func value(t *rapid.T, a *schema.Attribute) any {
	switch a.Type {
	case schema.Boolean:
		return rapid.Bool().Draw(t, a.Name)
	case schema.Integer:
		return json.Number(fmt.Sprint(rapid.Int64().Draw(t, a.Name)))
	case schema.Decimal:
		return json.Number(fmt.Sprint(rapid.Float64Range(-1e300, 1e300).Draw(t, a.Name)))
	case schema.DateTime:
		return fmt.Sprintf("%04d-%02d-%02dT23:59:59Z", rapid.IntRange(0, 9999).Draw(t, "year"), rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day"))
	case schema.Binary:
		return rapid.StringMatching(`([A-Za-z0-9+/]{4}){1,3}`).Draw(t, a.Name)
	case schema.Reference:
		return rapid.StringMatching(`https://example\.com/[a-z]{1,8}`).Draw(t, a.Name)
	case schema.Complex:
		return object(t, a.SubAttributes)
	default:
		return rapid.StringMatching(`\PC{1,12}`).Draw(t, a.Name)
	}
}

// object draws a document of valid values for some of the attributes, and all
// that are required.
func object(t *rapid.T, attrs []*schema.Attribute) map[string]any {
	out := map[string]any{}
	for _, a := range attrs {
		switch {
		case a.Mutability == schema.ReadOnly, a.Mutability == schema.WriteOnly, a.Name == "members":
		case !a.Required && !rapid.Bool().Draw(t, "has "+a.Name):
		case !a.MultiValued:
			out[a.Name] = value(t, a)
		default:
			out[a.Name] = list(t, a)
		}
	}
	return out
}

// list draws up to four elements of which at most the first is primary.
func list(t *rapid.T, a *schema.Attribute) []any {
	elements := make([]any, rapid.IntRange(1, 4).Draw(t, "elements of "+a.Name))
	for i := range elements {
		elements[i] = value(t, a)
		if element, ok := elements[i].(map[string]any); ok && i > 0 {
			delete(element, "primary")
		}
	}
	return elements
}

func document(t *rapid.T, kind *schema.ResourceType) map[string]any {
	doc := object(t, kind.Attributes())
	for i, ext := range kind.Extensions() {
		if kind.SchemaExtensions[i].Required || rapid.Bool().Draw(t, "has "+ext.Name) {
			doc[ext.ID] = object(t, ext.Attributes)
		}
	}
	return doc
}

func drawKind(t *rapid.T) *schema.ResourceType {
	return map[string]*schema.ResourceType{"User": user, "Group": group, "Gadget": gadget}[rapid.SampledFrom([]string{"User", "Group", "Gadget"}).Draw(t, "kind")]
}

// A valid document is accepted however strictly it is read, and its canonical
// form is stable.
func TestNormalizeIsIdempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := drawKind(t)
		o := schema.Options{KeepEmptyStrings: rapid.Bool().Draw(t, "keep"), StrictTypes: rapid.Bool().Draw(t, "strict"), RefuseUnknown: true}
		doc, err := kind.Normalize(document(t, kind), o)
		if err != nil {
			t.Fatalf("Normalize: %v", err)
		}
		checkCanonical(t, kind, o, doc)
	})
}

// The spelling of names, null values and the order of elements say nothing: a
// document in another spelling is Equal, and its text holds the same names.
func TestSpellingDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := drawKind(t)
		in := document(t, kind)
		plain, err := kind.Normalize(in, schema.Options{})
		if err != nil {
			t.Fatalf("Normalize: %v", err)
		}
		other, err := kind.Normalize(respell(t, in).(map[string]any), schema.Options{})
		if err != nil {
			t.Fatalf("Normalize in another spelling: %v", err)
		}
		if !schema.Equal(plain, other) {
			t.Fatalf("spelling matters:\n%v\n%v", plain, other)
		}
	})
}

// respell returns the value with other letter case in its keys, other order in
// its lists, and nulls where nothing was.
func respell(t *rapid.T, v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			spelled := rapid.SampledFrom([]string{key, strings.ToUpper(key), strings.ToLower(key)}).Draw(t, "key")
			out[spelled] = respell(t, v[key])
		}
		return out
	case []any:
		out := []any{nil}
		for _, element := range v {
			out = append(out, respell(t, element))
		}
		seed := rapid.Uint64().Draw(t, "order")
		rand.New(rand.NewPCG(seed, seed)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		return out
	default:
		return v
	}
}

// A change of any one value is a change of the document.
func TestEqualSeesEveryChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := drawKind(t)
		doc, err := kind.Normalize(document(t, kind), schema.Options{})
		if err != nil {
			t.Fatalf("Normalize: %v", err)
		}
		key := rapid.SampledFrom(slices.Sorted(maps.Keys(doc))).Draw(t, "key")
		for _, replacement := range []any{nil, "another value", []any{"another value"}, map[string]any{"x": "y"}} {
			changed := maps.Clone(doc)
			changed[key] = replacement
			if schema.Equal(doc, changed) || schema.Equal(changed, doc) {
				t.Fatalf("Equal does not see that %s became %v", key, replacement)
			}
		}
		missing := maps.Clone(doc)
		delete(missing, key)
		if schema.Equal(doc, missing) {
			t.Fatalf("Equal does not see that %s is gone", key)
		}
	})
}
