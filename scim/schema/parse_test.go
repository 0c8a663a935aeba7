package schema_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/schema"
)

func TestParseSchemaDefaults(t *testing.T) {
	t.Parallel()
	s := mustSchema(t, `{"schemas":["x"],"meta":{"a":1},"id":"urn:example:x_y:1.0","name":"X","attributes":[
		{"name":"plain"},{"name":"secret","mutability":"writeOnly"},{"name":"c","type":"complex","subAttributes":[{"name":"$ref","type":"reference"}]}]}`)
	want := `{"id":"urn:example:x_y:1.0","name":"X","description":"","attributes":[` +
		`{"name":"plain","type":"string","multiValued":false,"description":"","required":false,"caseExact":false,"mutability":"readWrite","returned":"default","uniqueness":"none"},` +
		`{"name":"secret","type":"string","multiValued":false,"description":"","required":false,"caseExact":false,"mutability":"writeOnly","returned":"never","uniqueness":"none"},` +
		`{"name":"c","type":"complex","multiValued":false,"description":"","required":false,"caseExact":false,"mutability":"readWrite","returned":"default","uniqueness":"none","subAttributes":[` +
		`{"name":"$ref","type":"reference","multiValued":false,"description":"","required":false,"caseExact":true,"mutability":"readWrite","returned":"default","uniqueness":"none"}]}]}`
	if got := asJSON(t, s); got != want {
		t.Errorf("ParseSchema:\n got %s\nwant %s", got, want)
	}
}

func TestParseSchemaRefuses(t *testing.T) {
	t.Parallel()
	attr := func(fields string) string {
		return `{"id":"urn:example:x","name":"X","attributes":[{"name":"a",` + fields + `}]}`
	}
	names := func(list string) string {
		return `{"id":"urn:example:x","name":"X","attributes":[` + list + `]}`
	}
	tests := []struct{ name, in, detail string }{
		{"no JSON", `{`, "ends at byte 1"},
		{"a key twice", `{"id":"urn:a:b","id":"urn:a:c"}`, "occurs twice"},
		{"too long", `{"name":"` + strings.Repeat("x", 1<<20) + `"}`, "longer than 1048576"},
		{"a wrong JSON type", `{"id":5}`, "id: a JSON number does not fit"},
		{"no id", `{"name":"X","attributes":[{"name":"a"}]}`, "id: expected a URN"},
		{"an id that is no URN", `{"id":"http://example.com","name":"X","attributes":[{"name":"a"}]}`, "id: expected a URN"},
		{"an id with a space", `{"id":"urn:a b:c","name":"X","attributes":[{"name":"a"}]}`, "id: expected a URN"},
		{"an open id", `{"id":"urn:a:","name":"X","attributes":[{"name":"a"}]}`, "id: expected a URN"},
		{"a long id", `{"id":"urn:` + strings.Repeat("a", 300) + `","name":"X","attributes":[{"name":"a"}]}`, "id: expected a URN"},
		{"no name", `{"id":"urn:a:b","attributes":[{"name":"a"}]}`, "name: expected"},
		{"a long description", `{"id":"urn:a:b","name":"X","description":"` + strings.Repeat("x", 5000) + `","attributes":[{"name":"a"}]}`, "description: longer"},
		{"no attributes", `{"id":"urn:a:b","name":"X"}`, "attributes: expected"},
		{"too many attributes", names(`{"name":"a` + strings.Join(numbered(501), `"},{"name":"a`) + `"}`), "more than 500"},
		{"a null attribute", names(`{"name":"a"},null`), "attributes[1]: expected an object"},
		{"a null sub-attribute", attr(`"type":"complex","subAttributes":[null]`), "attributes[0]: expected an object"},
		{"no attribute name", names(`{"name":"a"},{}`), `attributes[1].name: ""`},
		{"a bad attribute name", names(`{"name":"a b"}`), `"a b" is no attribute name`},
		{"an attribute twice", names(`{"name":"a"},{"name":"A"}`), `attributes[1].name: "A" occurs twice`},
		{"an unknown type", attr(`"type":"text"`), `attribute a: type: "text"`},
		{"an unknown mutability", attr(`"mutability":"never"`), "mutability: expected"},
		{"an unknown returned", attr(`"returned":"maybe"`), "returned: expected"},
		{"an unknown uniqueness", attr(`"uniqueness":"tenant"`), "uniqueness: expected"},
		{"a unique boolean", attr(`"type":"boolean","uniqueness":"server"`), "boolean attribute cannot be unique"},
		{"a returned writeOnly", attr(`"mutability":"writeOnly","returned":"default"`), "never returned"},
		{"a required writeOnly", attr(`"mutability":"writeOnly","required":true`), "cannot be required"},
		{"parts of a string", attr(`"subAttributes":[{"name":"b"}]`), "only a complex attribute"},
		{"a complex without parts", attr(`"type":"complex"`), "needs at least one"},
		{"a complex in a complex", attr(`"type":"complex","subAttributes":[{"name":"b","type":"complex","subAttributes":[{"name":"c"}]}]`), "attribute a: attribute b: type: a sub-attribute cannot be complex"},
		{"an empty canonical value", attr(`"canonicalValues":[""]`), "canonicalValues"},
		{"too many canonical values", attr(`"canonicalValues":["` + strings.Join(numbered(201), `","`) + `"]`), "more than 200"},
		{"a long attribute description", attr(`"description":"` + strings.Repeat("x", 5000) + `"`), "attribute a: description: longer"},
		{"an own id", names(`{"name":"ID"}`), "attribute ID: every resource has it"},
		{"an own meta", names(`{"name":"meta"}`), "attribute meta"},
		{"another externalId", names(`{"name":"externalId","type":"integer"}`), "attribute externalId: expected"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := schema.ParseSchema([]byte(tt.in))
			if s != nil || err == nil || !strings.Contains(err.Error(), tt.detail) {
				t.Fatalf("ParseSchema = %v, %v, want an error about %q", s, err, tt.detail)
			}
			var refusal *schema.Error
			if !errors.As(err, &refusal) {
				t.Errorf("error %v is no *Error", err)
			}
		})
	}
}

func TestParseResourceType(t *testing.T) {
	t.Parallel()
	got, err := schema.ParseResourceType([]byte(`{"name":"Device","endpoint":"/Devices","description":"D","schema":"urn:example:device",
		"schemaExtensions":[{"schema":"urn:example:e","required":true}],"meta":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"Device","name":"Device","endpoint":"/Devices","description":"D","schema":"urn:example:device","schemaExtensions":[{"schema":"urn:example:e","required":true}]}`
	if text := asJSON(t, got); text != want {
		t.Errorf("ParseResourceType:\n got %s\nwant %s", text, want)
	}
	tests := []struct{ name, in, detail string }{
		{"no JSON", `[]`, "expected a JSON object"},
		{"a wrong JSON type", `{"name":"D","schemaExtensions":{}}`, "schemaExtensions: a JSON object does not fit"},
		{"no name", `{"endpoint":"/D","schema":"urn:a:b"}`, "name: expected"},
		{"a long description", `{"name":"D","endpoint":"/D","schema":"urn:a:b","description":"` + strings.Repeat("x", 5000) + `"}`, "longer than 4096"},
		{"no endpoint", `{"name":"D","schema":"urn:a:b"}`, "endpoint: expected one path segment"},
		{"an endpoint of two segments", `{"name":"D","endpoint":"/a/b","schema":"urn:a:b"}`, "endpoint: expected one path segment"},
		{"the protocol's endpoint", `{"name":"D","endpoint":"/schemas","schema":"urn:a:b"}`, "the protocol's own"},
		{"no schema", `{"name":"D","endpoint":"/D"}`, "schema: expected"},
		{"too many extensions", `{"name":"D","endpoint":"/D","schema":"urn:a:b","schemaExtensions":[{}` + strings.Repeat(",{}", 50) + `]}`, "more than 50"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			kind, err := schema.ParseResourceType([]byte(tt.in))
			if kind != nil || err == nil || !strings.Contains(err.Error(), tt.detail) {
				t.Errorf("ParseResourceType = %v, %v, want an error about %q", kind, err, tt.detail)
			}
		})
	}
}

func TestError(t *testing.T) {
	t.Parallel()
	err := schema.Errorf(schema.InvalidValue, "%s is wrong", "x")
	if err.Status != 400 || err.Error() != "x is wrong" || err.Unwrap() != nil {
		t.Errorf("Errorf = %+v", err)
	}
	cause := errors.New("because")
	err.Cause = cause
	if !errors.Is(err, cause) || err.Error() != "x is wrong: because" {
		t.Errorf("with a cause: %v", err)
	}
}
