package schema_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/roster-scim/roster/scim/schema"
)

// FuzzSchema uploads definitions. What is accepted must read back as it was
// written, make a registry beside the built-in types, and give every type
// documents that are canonical.
func FuzzSchema(f *testing.F) {
	for _, seed := range []string{
		robotSchema, robotType, noteSchema, noteOfUser, "[" + robotType + "," + robotSchema + "]",
		"[" + robotSchema + "," + noteSchema + `,{"name":"Robot","endpoint":"/Robots","schema":"urn:example:Robot","schemaExtensions":[{"schema":"urn:example:Note","required":true}]}]`,
		`[{"id":"urn:a:b","name":"A","attributes":[{"name":"c","type":"complex","multiValued":true,"subAttributes":[{"name":"value","type":"binary"},{"name":"primary","type":"boolean"},
			{"name":"$ref","type":"reference","referenceTypes":["User"]},{"name":"n","type":"decimal","uniqueness":"server"}]},{"name":"t","type":"dateTime","mutability":"immutable"},
			{"name":"password","mutability":"writeOnly"},{"name":"active","type":"boolean"},{"name":"members","type":"integer","multiValued":true}]},
			{"name":"A","endpoint":"/A","schema":"URN:A:B"}]`,
		`{"id":"urn:a:b:c","name":"A","attributes":[{"name":"b","canonicalValues":["x"],"returned":"request"}]}`, `[null]`, `[[]]`, `{"schemas":[]}`,
	} {
		f.Add([]byte(seed), []byte(`{"label":"L","note":"n","urn:example:Note":{"note":"x"},"c":[{"value":"YQ=="}],"userName":"u"}`))
	}
	if text, err := os.ReadFile("../../cmd/roster/testdata/device.json"); err == nil {
		f.Add(text, []byte(`{"displayName":"D","serialNumber":"1","weight":"1.50","addresses":["a"]}`))
	}
	before := defined(f, "["+robotType+","+robotSchema+"]")
	f.Fuzz(func(t *testing.T, upload, body []byte) {
		parsed, err := schema.ParseDefinitions(upload)
		if err != nil {
			return
		}
		if !json.Valid(upload) {
			t.Fatalf("accepted what is not JSON: %q", upload)
		}
		for _, base := range []schema.Definitions{{}, before} {
			next, demands, err := base.Add(parsed)
			if err != nil {
				continue
			}
			was := told(t, next)
			for _, d := range demands {
				if d.Type == "" || d.Change == "" {
					t.Fatalf("a demand of nobody: %+v", d)
				}
			}
			registry, err := next.Registry()
			if err != nil {
				t.Fatalf("accepted definitions make no registry: %v", err)
			}
			if registry.ByName("User") == nil || registry.ByName("Group").Members() == nil {
				t.Fatal("a built-in type is gone")
			}
			if again, more, err := next.Add(parsed); err != nil || told(t, again) != was || len(more) > 0 {
				t.Fatalf("the same upload again: %v, %v", more, err)
			}
			normalizeAll(t, registry, body)
		}
	})
}

func normalizeAll(t *testing.T, registry *schema.Registry, body []byte) {
	t.Helper()
	in, err := schema.DecodeObject(body)
	if err != nil {
		return
	}
	for _, kind := range registry.Types() {
		for _, o := range []schema.Options{{}, strict} {
			if doc, err := kind.Normalize(in, o); err == nil {
				checkCanonical(t, kind, o, doc)
			}
		}
	}
}
