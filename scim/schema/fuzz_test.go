package schema_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/schema"
)

// FuzzBody reads request bodies as POST and PUT do, for every type and way of
// reading. What is accepted must be JSON, keep its meaning when it is written and
// read again, and be canonical already.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		body, `{}`, `{"userName":"a"}`, `{"displayName":"G","members":[{"value":"u","$ref":null}]}`,
		`{"userName":"a","name.givenName":"G","manager":[{"value":"m"}],"active":"True","emails":{"value":"e","primary":"true"}}`,
		`{"userName":"a","roles":[{"value":"{\"id\":\"1\",\"value\":\"Admin\",\"displayName\":\"A\"}"}]}`,
		`{"userName":"a","roles":["{\"value\":\"{\\\"value\\\":\\\"x\\\"}\"}"],` + ent + `:department":"D",` + ent + `":{"manager":"m"}}`,
		owned(`,"count":"1","ratio":1e-400,"since":"0001-01-03T00:00:00.0000000Z","key":"aGk","sizes":[1,"1",1.0],"parts":["a",{"value":"b","primary":true}]`),
		`{"userName":"\ud83d\ude00\u0001"}`, `{"USERNAME":"a","username":"b"}`, `[[[[`, `{"a":1e`, "{\"\xff\":0}",
	} {
		f.Add([]byte(seed))
	}
	kinds := []*schema.ResourceType{user, group, gadget}
	options := []schema.Options{{}, {KeepEmptyStrings: true}, {RefuseUnknown: true}, strict}
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := schema.DecodeObject(data)
		if err != nil {
			return
		}
		if !json.Valid(data) {
			t.Fatalf("DecodeObject accepted what is not JSON: %q", data)
		}
		for _, kind := range kinds {
			for _, o := range options {
				if doc, err := kind.Normalize(in, o); err == nil {
					checkCanonical(t, kind, o, doc)
				}
			}
		}
	})
}

// checkCanonical fails unless the document survives normalising, writing and reading.
func checkCanonical(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, kind *schema.ResourceType, o schema.Options, doc map[string]any,
) {
	t.Helper()
	again, err := kind.Normalize(doc, o)
	if err != nil {
		t.Fatalf("Normalize refused its own result %v: %v", doc, err)
	}
	if diff := cmp.Diff(doc, again); diff != "" {
		t.Fatalf("Normalize is not idempotent (-once +twice):\n%s", diff)
	}
	text, err := schema.Encode(kind, doc)
	if err != nil {
		t.Fatalf("Encode(%v): %v", doc, err)
	}
	read, err := schema.DecodeObject(text)
	if err != nil {
		t.Fatalf("DecodeObject refused what Encode wrote, %s: %v", text, err)
	}
	if diff := cmp.Diff(doc, read); diff != "" {
		t.Fatalf("Encode and DecodeObject changed the document (-was +is):\n%s", diff)
	}
	if !schema.Equal(doc, read) {
		t.Fatalf("the document does not Equal itself: %s", text)
	}
	if err := kind.CheckRequired(doc); err != nil {
		t.Fatalf("CheckRequired refused %s: %v", text, err)
	}
}
