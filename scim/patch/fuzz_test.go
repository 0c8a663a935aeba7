package patch_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

const message = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":`

// FuzzPatch sends any body to a user and a group. It must end in a refusal that
// a client can read, or in a valid canonical document and well-formed edits.
func FuzzPatch(f *testing.F) {
	for _, operations := range []string{
		`[{"op":"Replace","path":"emails[type eq \"work\"].value","value":"b@x.example"}]`,
		`[{"op":"Add","path":"roles[primary eq \"True\"].display","value":"Editor"},{"op":"Add","path":"roles[primary eq \"True\"].value","value":"editor"}]`,
		`[{"op":"replace","value":{"displayName":"B","name.givenName":"K","` + enterprise + `:employeeNumber":"A","emails[type eq \"home\"].value":"h"}}]`,
		`[{"op":"Add","path":"manager","value":[{"$ref":"../Users/x","value":"x"}]},{"op":"Replace","path":"manager","value":{"value":""}}]`,
		`[{"op":"Add","path":"roles","value":[{"value":"{\"id\":\"r1\",\"value\":\"Admin\",\"displayName\":\"A\"}"}]}]`,
		`[{"op":"remove","path":"emails","value":[{"value":"a@x.example"}]},{"op":"remove","path":"` + enterprise + `"}]`,
		`[{"op":"remove","path":"members[value eq \"u1\"]"},{"op":"add","path":"members","value":[{"value":"u2","$ref":null}]}]`,
		`[{"op":"remove","path":"members","value":{"members":[{"$ref":"../Groups/g1"}]}},{"op":"remove","path":"members[type eq \"Group\"]"}]`,
		`[{"op":"replace","value":{"id":"x","active":"False","emails":null,"members":["u1","u1"]}}]`,
		`[{"op":"replace","path":"emails.primary","value":true},{"op":"remove","path":"emails[type eq \"work\"].value"}]`,
	} {
		f.Add([]byte(message+operations+`}`), false)
		f.Add([]byte(message+operations+`}`), true)
	}
	documents := map[*schema.ResourceType]string{
		userType: `{"userName":"ada","active":true,"name":{"givenName":"Ada"},"emails":[{"value":"a@x.example","type":"work","primary":true},{"value":"b@x.example","type":"home"}],
			"` + enterprise + `":{"department":"R&D","manager":{"value":"boss","$ref":"../Users/boss"}}}`,
		groupType: `{"displayName":"Guides","externalId":"g"}`,
	}
	f.Fuzz(func(t *testing.T, text []byte, isStrict bool) {
		body, err := schema.DecodeObject(text)
		if err != nil {
			return
		}
		o := patch.Options{AllowEmpty: true}
		if isStrict {
			o = strict
		}
		ops, err := patch.Parse(body, o)
		if err != nil {
			checkReadable(t, err)
			return
		}
		for on, document := range documents {
			got, err := patch.Apply(on, object(t, document), resourceID, ops, o)
			if err != nil {
				checkReadable(t, err)
				continue
			}
			normal, err := on.Normalize(got.Document, o.Options)
			if err != nil {
				t.Fatalf("the result is not valid: %v in %v", err, got.Document)
			}
			if diff := cmp.Diff(normal, got.Document); diff != "" {
				t.Fatalf("the result is not canonical (-canonical +result):\n%s", diff)
			}
			checkEdits(t, got.Edits)
		}
	})
}

func checkReadable(t *testing.T, err error) {
	t.Helper()
	var refusal *schema.Error
	if !errors.As(err, &refusal) || refusal.Status < 400 || refusal.Status > 499 || refusal.Detail == "" || len(refusal.Detail) > 2000 {
		t.Fatalf("refused with %#v", err)
	}
}

func checkEdits(t *testing.T, edits []patch.Edit) {
	t.Helper()
	for _, e := range edits {
		seen := map[string]bool{}
		for _, m := range e.Members {
			if m.ID == "" || seen[m.ID] {
				t.Fatalf("member %q is without an id or named twice in %v", m.ID, e)
			}
			seen[m.ID] = true
		}
		matching := e.Kind == patch.RemoveMatching
		if matching != (e.Filter != nil) || (matching && len(e.Members) > 0) {
			t.Fatalf("an edit with members or with a filter, not both: %v", e)
		}
		if len(e.Members) == 0 && !matching && e.Kind != patch.ReplaceMembers {
			t.Fatalf("an edit of nothing: %v", e)
		}
	}
}
