package patch_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

const (
	enterprise = schema.EnterpriseUserURN
	resourceID = "0193a1b2-0000-7000-8000-000000000001"
)

// patchCase is one PATCH request and what becomes of a document.
type patchCase struct {
	name    string
	on      *schema.ResourceType // nil: User
	doc     string               // "" : {"userName":"ada"}
	ops     string               // the Operations array
	options patch.Options
	want    string // the document afterwards; "" : as before, and not changed
	edits   []patch.Edit
	refused schema.ErrorType // not "": an error of this type, and no result
	says    string           // part of the refusal
}

func (c patchCase) run(t *testing.T) {
	t.Helper()
	if c.on == nil {
		c.on = userType
	}
	if c.doc == "" {
		c.doc = `{"userName":"ada"}`
	}
	before := object(t, c.doc)
	normal, err := c.on.Normalize(before, c.options.Options)
	if err != nil {
		t.Fatalf("the document of the test: %v", err)
	}
	if diff := cmp.Diff(before, normal); diff != "" {
		t.Fatalf("the document of the test is not canonical (-given +canonical):\n%s", diff)
	}
	got, err := send(t, c.on, before, c.ops, c.options)
	if diff := cmp.Diff(object(t, c.doc), before); diff != "" {
		t.Errorf("the input was changed (-before +after):\n%s", diff)
	}
	if c.refused != "" {
		checkRefusal(t, err, c.refused, c.says)
		if diff := cmp.Diff(patch.Result{}, got); diff != "" {
			t.Errorf("a refused request has a result:\n%s", diff)
		}
		return
	}
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	c.checkResult(t, got)
}

func (c patchCase) checkResult(t *testing.T, got patch.Result) {
	t.Helper()
	want := c.want
	if want == "" {
		want = c.doc
	}
	if diff := cmp.Diff(object(t, want), got.Document); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	if got.Changed != (c.want != "") {
		t.Errorf("Changed is %v", got.Changed)
	}
	asText := cmp.Transformer("filter", func(e filter.Expr) string {
		if s, ok := e.(interface{ String() string }); ok {
			return s.String()
		}
		return ""
	})
	if diff := cmp.Diff(c.edits, got.Edits, asText); diff != "" {
		t.Errorf("edits (-want +got):\n%s", diff)
	}
}

func runCases(t *testing.T, cases []patchCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

// send parses and applies a request with those Operations.
func send(t *testing.T, on *schema.ResourceType, doc map[string]any, operations string, o patch.Options) (patch.Result, error) {
	t.Helper()
	body := object(t, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":`+operations+`}`)
	ops, err := patch.Parse(body, o)
	if err != nil {
		return patch.Result{}, err
	}
	return patch.Apply(on, doc, resourceID, ops, o)
}

func checkRefusal(t *testing.T, err error, want schema.ErrorType, says string) {
	t.Helper()
	var refusal *schema.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("error %v, want a refusal of type %s", err, want)
	}
	if refusal.Type != want || refusal.Status != 400 {
		t.Errorf("refused with %d %s, want 400 %s: %s", refusal.Status, refusal.Type, want, refusal.Detail)
	}
	if !strings.Contains(refusal.Detail, says) {
		t.Errorf("the refusal %q does not say %q", refusal.Detail, says)
	}
}

func object(tb testing.TB, text string) map[string]any {
	tb.Helper()
	m, err := schema.DecodeObject([]byte(text))
	if err != nil {
		tb.Fatalf("%v in %s", err, text)
	}
	return m
}

var (
	userType   = schema.Default().ByName("User")
	groupType  = schema.Default().ByName("Group")
	strict     = patch.Options{Options: schema.Options{RefuseUnknown: true, StrictTypes: true}}
	keepEmpty  = patch.Options{Options: schema.Options{KeepEmptyStrings: true}}
	deviceType = customType()
)

// customType is a type with what the built-in ones do not have: immutable,
// readOnly and writeOnly attributes, required ones at every level, several
// simple values, and two extensions.
func customType() *schema.ResourceType {
	var schemas []*schema.Schema
	for _, text := range []string{`{
		"id": "urn:example:Device", "name": "Device", "description": "A device.",
		"attributes": [
			{"name": "serial", "type": "string", "required": true, "mutability": "immutable", "caseExact": true},
			{"name": "label", "type": "string", "required": true},
			{"name": "vendor", "type": "complex", "mutability": "immutable", "subAttributes": [
				{"name": "name", "type": "string"}, {"name": "site", "type": "string"}]},
			{"name": "owner", "type": "complex", "subAttributes": [
				{"name": "value", "type": "string", "required": true},
				{"name": "since", "type": "dateTime", "mutability": "immutable"},
				{"name": "note", "type": "string"},
				{"name": "nicks", "type": "string", "multiValued": true},
				{"name": "pin", "type": "string", "mutability": "writeOnly", "returned": "never"}]},
			{"name": "tags", "type": "string", "multiValued": true},
			{"name": "keys", "type": "string", "multiValued": true, "caseExact": true},
			{"name": "levels", "type": "integer", "multiValued": true},
			{"name": "locks", "type": "complex", "multiValued": true, "mutability": "immutable", "subAttributes": [
				{"name": "value", "type": "string"}, {"name": "display", "type": "string"}]},
			{"name": "health", "type": "string", "mutability": "readOnly"},
			{"name": "ports", "type": "complex", "multiValued": true, "subAttributes": [
				{"name": "value", "type": "string", "required": true, "caseExact": true},
				{"name": "type", "type": "string"},
				{"name": "mac", "type": "string", "mutability": "immutable"},
				{"name": "speed", "type": "integer"},
				{"name": "primary", "type": "boolean"}]}
		]}`, `{
		"id": "urn:example:Lease", "name": "Lease", "description": "A lease.",
		"attributes": [
			{"name": "contract", "type": "string", "required": true},
			{"name": "months", "type": "integer"},
			{"name": "shared", "type": "string"}
		]}`, `{
		"id": "urn:example:Stock", "name": "Stock", "description": "Where it is kept.",
		"attributes": [
			{"name": "shelf", "type": "string"},
			{"name": "origin", "type": "string", "mutability": "immutable"},
			{"name": "shared", "type": "string"}
		]}`, `{
		"id": "urn:example:Asset", "name": "Asset", "description": "What every device needs.",
		"attributes": [{"name": "number", "type": "string"}]
		}`} {
		s, err := schema.ParseSchema([]byte(text))
		if err != nil {
			panic(err)
		}
		schemas = append(schemas, s)
	}
	registry, err := schema.NewRegistry([]*schema.ResourceType{{
		ID: "Device", Name: "Device", Endpoint: "/Devices", Schema: "urn:example:Device",
		SchemaExtensions: []schema.ExtensionRef{
			{Schema: "urn:example:Lease"}, {Schema: "urn:example:Stock"}, {Schema: "urn:example:Asset", Required: true},
		},
	}}, schemas)
	if err != nil {
		panic(err)
	}
	return registry.ByName("Device")
}
