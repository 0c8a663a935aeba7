package patch_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

// Few words, so that operations meet the same values again.
var (
	words  = rapid.SampledFrom([]string{"ada", "Ada", "grace", "a@x.example", "b@x.example", ""})
	labels = rapid.SampledFrom([]string{"work", "home", "other", "Work"})
	truth  = rapid.SampledFrom([]any{true, false, "True", "false"})
)

// entry is an element of a multi-valued attribute as clients write it.
func entry(t *rapid.T) map[string]any {
	e := map[string]any{}
	for name, value := range map[string]func() any{
		"value":   func() any { return words.Draw(t, "value") },
		"type":    func() any { return labels.Draw(t, "type") },
		"display": func() any { return words.Draw(t, "display") },
		"primary": func() any { return truth.Draw(t, "primary") },
	} {
		if rapid.Bool().Draw(t, "has "+name) {
			e[name] = value()
		}
	}
	return e
}

var entries = rapid.Custom(func(t *rapid.T) any {
	list := rapid.SliceOfN(rapid.Custom(entry), 0, 3).Draw(t, "entries")
	if len(list) == 1 && rapid.Bool().Draw(t, "bare") {
		return list[0]
	}
	out := make([]any, len(list))
	for i, e := range list {
		out[i] = e
	}
	return out
})

// targets are paths with values that mostly suit them, one attribute each.
var targets = [][]struct {
	path  string
	value *rapid.Generator[any]
}{
	{{"title", words.AsAny()}},
	{{"active", truth}},
	{{"userName", words.AsAny()}},
	{
		{"name.givenName", words.AsAny()},
		{"name", rapid.Custom(func(t *rapid.T) any {
			return map[string]any{"givenName": words.Draw(t, "given"), "FAMILYNAME": words.Draw(t, "family"), "nick": "x"}
		})},
	},
	{
		{"emails", entries},
		{`emails[type eq "work"].value`, words.AsAny()},
		{`emails[type eq "home"].display`, words.AsAny()},
		{`emails[type eq "work"].primary`, truth},
		{`emails[primary eq true].value`, words.AsAny()},
		{`emails[value eq "a@x.example"]`, rapid.Custom(func(t *rapid.T) any { return map[string]any{"display": words.Draw(t, "display")} })},
		{`emails[type eq "other"]`, rapid.Custom(func(t *rapid.T) any { return map[string]any{"value": words.Draw(t, "value")} })},
		{"emails.display", words.AsAny()},
		{"emails.primary", truth},
	},
	{
		{"roles", entries},
		{`roles[primary eq "True"].value`, words.AsAny()},
		{`roles[primary eq "True"].display`, words.AsAny()},
	},
	{
		{"manager", words.AsAny()},
		{enterprise + ":manager", rapid.Custom(func(t *rapid.T) any { return map[string]any{"value": words.Draw(t, "manager")} })},
	},
	{{enterprise + ":department", words.AsAny()}},
	{{"groups", entries}},
	{{"meta", entries}},
	{{"shoeSize", words.AsAny()}},
}

// operation draws an operation on one of the paths to an attribute; sometimes
// its value suits another one, or the path is a key of the value.
func operation(t *rapid.T, attribute int) patch.Op {
	target := rapid.SampledFrom(targets[attribute]).Draw(t, "path")
	value := target.value
	if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
		value = rapid.SampledFrom([]*rapid.Generator[any]{entries, words.AsAny(), truth, rapid.Just[any](nil), rapid.Just[any]([]any{})}).Draw(t, "value of another")
	}
	op := patch.Op{
		Kind: rapid.SampledFrom([]patch.Kind{patch.Add, patch.Replace, patch.Remove}).Draw(t, "op"),
		Path: target.path,
	}
	if op.Kind != patch.Remove || rapid.Bool().Draw(t, "remove what") {
		op.Value = value.Draw(t, "value")
	}
	if op.Kind != patch.Remove && rapid.Bool().Draw(t, "without path") {
		op.Value, op.Path = map[string]any{op.Path: op.Value}, ""
	}
	return op
}

func operations(t *rapid.T) []patch.Op {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) patch.Op {
		return operation(t, rapid.IntRange(0, len(targets)-1).Draw(t, "attribute"))
	}), 1, 6).Draw(t, "operations")
}

// user draws a canonical document.
func user(t *rapid.T) map[string]any {
	body := map[string]any{"userName": "ada"}
	for _, attribute := range targets {
		first := attribute[0]
		if rapid.Bool().Draw(t, "has "+first.path) && first.path != "userName" {
			body[first.path] = first.value.Draw(t, first.path)
		}
	}
	doc, err := userType.Normalize(body, schema.Options{})
	if err != nil {
		t.Skip("a body that is refused")
	}
	return doc
}

func options(t *rapid.T) patch.Options {
	return patch.Options{Options: schema.Options{KeepEmptyStrings: rapid.Bool().Draw(t, "keep empty strings")}}
}

func deepCopy(t *rapid.T, v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Whatever the operations: inputs stay as they are, and the result is a valid
// canonical document that holds nothing only the server writes.
func TestLawResultIsCanonical(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		doc, ops, o := user(t), operations(t), options(t)
		docBefore, opsBefore := deepCopy(t, doc), deepCopy(t, ops)
		got, err := patch.Apply(userType, doc, resourceID, ops, o)
		if diff := cmp.Diff(docBefore, deepCopy(t, doc)); diff != "" {
			t.Fatalf("the document was changed:\n%s", diff)
		}
		if diff := cmp.Diff(opsBefore, deepCopy(t, ops)); diff != "" {
			t.Fatalf("the operations were changed:\n%s", diff)
		}
		if err != nil {
			return
		}
		normal, err := userType.Normalize(got.Document, o.Options)
		if err != nil {
			t.Fatalf("the result is not valid: %v in %v", err, got.Document)
		}
		if diff := cmp.Diff(normal, got.Document); diff != "" {
			t.Fatalf("the result is not canonical (-canonical +result):\n%s", diff)
		}
		if got.Changed == schema.Equal(doc, got.Document) {
			t.Fatalf("Changed is %v", got.Changed)
		}
	})
}

// At most one element is primary, and it is the one that an operation made so.
func TestLawOnePrimary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		doc := user(t)
		var ops []patch.Op
		for range rapid.IntRange(1, 5).Draw(t, "count") {
			ops = append(ops, operation(t, rapid.IntRange(4, 5).Draw(t, "emails or roles")))
		}
		chosen := map[string]any{"value": "chosen", "primary": true}
		ops = append(ops, patch.Op{Kind: patch.Add, Path: "emails", Value: []any{chosen}})
		got, err := patch.Apply(userType, doc, resourceID, ops, patch.Options{})
		if err != nil {
			return
		}
		for name, want := range map[string][]any{"emails": {chosen}, "roles": nil} {
			var primaries []any
			list, _ := got.Document[name].([]any)
			for _, e := range list {
				if e, _ := e.(map[string]any); e["primary"] == true {
					primaries = append(primaries, e)
				}
			}
			if len(primaries) > 1 || (want != nil && !cmp.Equal(want, primaries)) {
				t.Fatalf("primary %s: %v", name, primaries)
			}
		}
	})
}

// What only the server writes stays, also where a document has it.
func TestLawReadOnlyStays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		doc := map[string]any{"serial": "S1", "label": "L", "health": "ok", "urn:example:Asset": map[string]any{"number": "7"}}
		ops := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) patch.Op {
			name := rapid.SampledFrom([]string{"health", "HEALTH", "urn:example:Device:health", "label", "serial", "id", "meta", "schemas"}).Draw(t, "name")
			op := patch.Op{Kind: rapid.SampledFrom([]patch.Kind{patch.Add, patch.Replace, patch.Remove}).Draw(t, "op"), Path: name, Value: words.Draw(t, "value")}
			if op.Kind != patch.Remove && rapid.Bool().Draw(t, "without path") {
				op.Value, op.Path = map[string]any{name: op.Value}, ""
			}
			return op
		}), 1, 4).Draw(t, "operations")
		got, err := patch.Apply(deviceType, doc, resourceID, ops, patch.Options{})
		if err != nil {
			return
		}
		delete(got.Document, "label")
		want := maps.Clone(doc)
		delete(want, "label")
		if diff := cmp.Diff(want, got.Document); diff != "" {
			t.Fatalf("readOnly and immutable attributes (-before +after):\n%s", diff)
		}
	})
}

// A request that is sent again, one operation per attribute, changes nothing.
func TestLawReplay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		doc, o := user(t), options(t)
		var ops []patch.Op
		for _, i := range rapid.SliceOfDistinct(rapid.IntRange(0, len(targets)-1), rapid.ID).Draw(t, "attributes") {
			ops = append(ops, operation(t, i))
		}
		first, err := patch.Apply(userType, doc, resourceID, ops, o)
		if err != nil {
			return
		}
		second, err := patch.Apply(userType, first.Document, resourceID, ops, o)
		if err != nil {
			return // a value path whose elements are gone
		}
		if second.Changed {
			t.Fatalf("the replay changes (-first +second):\n%s", cmp.Diff(first.Document, second.Document))
		}
	})
}

// Operations sent one by one lead where they lead in one request.
func TestLawOneByOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		doc, ops, o := user(t), operations(t), options(t)
		step := doc
		for _, op := range ops {
			r, err := patch.Apply(userType, step, resourceID, []patch.Op{op}, o)
			if err != nil {
				return
			}
			step = r.Document
		}
		together, err := patch.Apply(userType, doc, resourceID, ops, o)
		if err != nil {
			t.Fatalf("refused together, accepted one by one: %v", err)
		}
		if !schema.Equal(step, together.Document) {
			t.Fatalf("(-one by one +together):\n%s", cmp.Diff(step, together.Document))
		}
	})
}

// What is added and then removed again leaves nothing behind.
func TestLawAddThenRemove(t *testing.T) {
	t.Parallel()
	fresh := map[string]any{"value": "fresh", "type": "work"}
	pairs := []struct{ add, remove patch.Op }{
		{patch.Op{Path: "emails", Value: []any{fresh}}, patch.Op{Path: `emails[value eq "fresh"]`}},
		{patch.Op{Path: "emails", Value: fresh}, patch.Op{Path: "emails", Value: []any{fresh}}},
		{patch.Op{Value: map[string]any{"emails": fresh}}, patch.Op{Path: "emails", Value: "fresh"}},
		{patch.Op{Path: `phoneNumbers[type eq "fax"].value`, Value: "5"}, patch.Op{Path: `phoneNumbers[type eq "fax"].value`}},
		{patch.Op{Path: "nickName", Value: "A"}, patch.Op{Path: "nickName"}},
		{patch.Op{Path: "name.middleName", Value: "B"}, patch.Op{Path: "name.middleName"}},
		{patch.Op{Path: enterprise + ":costCenter", Value: "C"}, patch.Op{Path: "costCenter"}},
	}
	rapid.Check(t, func(t *rapid.T) {
		doc := user(t)
		var ops []patch.Op
		chosen := rapid.SliceOfN(rapid.SampledFrom(pairs), 1, 3).Draw(t, "what")
		for _, p := range chosen {
			p.add.Kind, p.remove.Kind = patch.Add, patch.Remove
			ops = append(ops, p.add, p.remove)
		}
		got, err := patch.Apply(userType, doc, resourceID, ops, patch.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Changed {
			t.Fatalf("something is left (-before +after):\n%s", cmp.Diff(doc, got.Document))
		}
	})
}

// The edits of a request lead to the set of members that its operations lead to
// one by one.
func TestLawEdits(t *testing.T) {
	t.Parallel()
	ids := rapid.SampledFrom([]string{"u1", "u2", "u3", "u4"})
	rapid.Check(t, func(t *rapid.T) {
		members := map[string]bool{}
		for _, id := range rapid.SliceOfN(ids, 0, 3).Draw(t, "members") {
			members[id] = true
		}
		ops := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) patch.Op {
			op := patch.Op{Kind: rapid.SampledFrom([]patch.Kind{patch.Add, patch.Replace, patch.Remove}).Draw(t, "op"), Path: "members"}
			switch list := rapid.SliceOfN(ids, 0, 3).Draw(t, "ids"); {
			case op.Kind == patch.Remove && len(list) == 1:
				op.Path = `members[value eq "` + list[0] + `"]`
			case op.Kind == patch.Remove && len(list) == 2:
				op.Path = `members[value eq "` + list[0] + `" and display pr]`
			case op.Kind != patch.Remove || len(list) > 0:
				value := []any{}
				for _, id := range list {
					value = append(value, map[string]any{"value": id})
				}
				op.Value = value
			}
			return op
		}), 1, 8).Draw(t, "operations")

		step := maps.Clone(members)
		for _, op := range ops {
			r, err := patch.Apply(groupType, map[string]any{"displayName": "G"}, resourceID, []patch.Op{op}, patch.Options{})
			if err != nil {
				t.Fatal(err)
			}
			carryOut(step, r.Edits)
		}
		together, err := patch.Apply(groupType, map[string]any{"displayName": "G"}, resourceID, ops, patch.Options{})
		if err != nil {
			t.Fatal(err)
		}
		carryOut(members, together.Edits)
		if diff := cmp.Diff(step, members); diff != "" {
			t.Fatalf("members (-one by one +together):\n%s", diff)
		}
	})
}

// carryOut applies edits to a set as their documentation says.
func carryOut(set map[string]bool, edits []patch.Edit) {
	for _, e := range edits {
		switch e.Kind {
		case patch.ReplaceMembers, patch.AddMembers:
			if e.Kind == patch.ReplaceMembers {
				clear(set)
			}
			for _, m := range e.Members {
				set[m.ID] = true
			}
		case patch.RemoveMembers:
			for _, m := range e.Members {
				delete(set, m.ID)
			}
		case patch.RemoveMatching:
			for _, id := range slices.Collect(maps.Keys(set)) {
				if filter.MatchElement(e.Filter, map[string]any{"value": id, "display": fmt.Sprint("name of ", id)}) {
					delete(set, id)
				}
			}
		}
	}
}
