package schema_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/schema"
)

func TestDefaultRegistry(t *testing.T) {
	t.Parallel()
	registry := schema.Default()
	if registry != schema.Default() {
		t.Error("Default makes a new registry with every call")
	}
	var names []string
	for _, kind := range registry.Types() {
		names = append(names, kind.Name)
	}
	if want := []string{"User", "Group"}; !slices.Equal(names, want) {
		t.Errorf("types = %v, want %v", names, want)
	}
	var urns []string
	for _, s := range registry.Schemas() {
		urns = append(urns, s.ID)
	}
	want := []string{
		schema.UserURN, schema.EnterpriseUserURN, schema.GroupURN, schema.ServiceProviderConfigURN, schema.ResourceTypeURN, schema.SchemaURN,
	}
	if !slices.Equal(urns, want) {
		t.Errorf("schemas = %v, want %v", urns, want)
	}
	if registry.ByEndpoint("/users") != user || registry.ByName("GROUP") != group || registry.ByName("Users") != nil || registry.ByEndpoint("Users") != nil {
		t.Error("a type is not found by its name and endpoint in any case, or by something else")
	}
	if s := registry.Schema(strings.ToUpper(schema.GroupURN)); s == nil || s.ID != schema.GroupURN {
		t.Errorf("Schema = %v, want the group's", s)
	}
	if registry.Schema("urn:x") != nil {
		t.Error("an unknown URN has a schema")
	}
	if user.Core().ID != schema.UserURN || len(user.Extensions()) != 1 || user.Extensions()[0].ID != schema.EnterpriseUserURN {
		t.Error("User is not made of its core and the enterprise extension")
	}
	if user.Members() != nil || group.Members() == nil || group.Members().Name != "members" || gadget.Members() != nil {
		t.Error("Members: only Group has them")
	}
}

// What clients that configure themselves from /Schemas rely on.
func TestBuiltinAttributes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind *schema.ResourceType
		path string
		want schema.Attribute // compared but for name, description and sub-attributes
	}{
		{user, "userName", schema.Attribute{Type: schema.String, Required: true, Mutability: schema.ReadWrite, Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueServer}},
		{user, "externalId", schema.Attribute{Type: schema.String, CaseExact: true, Mutability: schema.ReadWrite, Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueNone}},
		{group, "externalId", schema.Attribute{Type: schema.String, CaseExact: true, Mutability: schema.ReadWrite, Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueNone}},
		{user, "id", schema.Attribute{Type: schema.String, CaseExact: true, Required: true, Mutability: schema.ReadOnly, Returned: schema.ReturnedAlways, Uniqueness: schema.UniqueServer}},
		{user, "password", schema.Attribute{Type: schema.String, Mutability: schema.WriteOnly, Returned: schema.ReturnedNever, Uniqueness: schema.UniqueNone}},
		{user, "groups", schema.Attribute{Type: schema.Complex, MultiValued: true, Mutability: schema.ReadOnly, Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueNone}},
		{user, "roles.type", schema.Attribute{Type: schema.String, Mutability: schema.ReadWrite, Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueNone}},
		{user, "entitlements.type", schema.Attribute{Type: schema.String, Mutability: schema.ReadWrite, Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueNone}},
		{user, "manager.value", schema.Attribute{Type: schema.String, CaseExact: true, Mutability: schema.ReadWrite, Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueNone}},
		{group, "displayName", schema.Attribute{Type: schema.String, Required: true, Mutability: schema.ReadWrite, Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueNone}},
		{group, "members.value", schema.Attribute{Type: schema.String, CaseExact: true, Mutability: schema.Immutable, Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueNone}},
		{group, "members.display", schema.Attribute{Type: schema.String, Mutability: schema.ReadOnly, Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueNone}},
		{user, "meta.created", schema.Attribute{Type: schema.DateTime, Mutability: schema.ReadOnly, Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueNone}},
	}
	for _, tt := range tests {
		t.Run(tt.kind.Name+" "+tt.path, func(t *testing.T) {
			t.Parallel()
			got := *resolve(t, tt.kind, tt.path).Leaf()
			got.Name, got.Description, got.SubAttributes = "", "", nil
			if want, have := asJSON(t, tt.want), asJSON(t, got); have != want {
				t.Errorf("got %s, want %s", have, want)
			}
		})
	}
	for path, want := range map[string]string{"emails": "work home other", "addresses": "work home other", "photos": "photo thumbnail",
		"phoneNumbers": "work home mobile fax pager other", "ims": "aim gtalk icq xmpp msn skype qq yahoo"} {
		if got := strings.Join(resolve(t, user, path+".type").Sub.CanonicalValues, " "); got != want {
			t.Errorf("%s.type has the canonical values %q, want %q", path, got, want)
		}
	}
}

func asJSON(tb testing.TB, v any) string {
	tb.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// Every schema reads back as what it says of itself, and says no nulls.
func TestSchemasRoundTrip(t *testing.T) {
	t.Parallel()
	for _, s := range schema.Default().Schemas() {
		text := asJSON(t, s)
		if strings.Contains(text, "null") {
			t.Errorf("%s has a null", s.ID)
		}
		if s.ID == schema.SchemaURN || s.ID == schema.ResourceTypeURN {
			continue // they define id, which an uploaded schema must not
		}
		if again := asJSON(t, mustSchema(t, text)); again != text {
			t.Errorf("%s reads back as\n%s\nnot as\n%s", s.ID, again, text)
		}
	}
}

func TestAttributesOrder(t *testing.T) {
	t.Parallel()
	for _, kind := range []*schema.ResourceType{user, group, gadget} {
		var names []string
		for _, a := range kind.Attributes() {
			names = append(names, a.Name)
		}
		if names[0] != "schemas" || names[1] != "id" || names[2] != "externalId" || names[len(names)-1] != "meta" {
			t.Errorf("%s: attributes in the order %v", kind.Name, names)
		}
		if sorted := slices.Compact(slices.Sorted(slices.Values(names))); len(sorted) != len(names) {
			t.Errorf("%s: an attribute occurs twice in %v", kind.Name, names)
		}
	}
}

func TestNewRegistryRefuses(t *testing.T) {
	t.Parallel()
	core := mustSchema(t, `{"id":"urn:example:core","name":"Core","attributes":[{"name":"label"},{"name":"ext"}]}`)
	ext := mustSchema(t, `{"id":"urn:example:ext","name":"Ext","attributes":[{"name":"note"}]}`)
	clash := mustSchema(t, `{"id":"urn:example:core:ext","name":"Clash","attributes":[{"name":"note"}]}`)
	again := mustSchema(t, `{"id":"urn:example:CORE","name":"Again","attributes":[{"name":"label"}]}`)
	meta := mustSchema(t, `{"id":"`+schema.SchemaURN+`","name":"Mine","attributes":[{"name":"label"}]}`)
	people := mustSchema(t, `{"id":"`+schema.GroupURN+`","name":"Mine","attributes":[{"name":"members"}]}`)
	kind := func(name, endpoint, core string, extensions ...string) *schema.ResourceType {
		k := &schema.ResourceType{Name: name, Endpoint: endpoint, Schema: core}
		for _, e := range extensions {
			k.SchemaExtensions = append(k.SchemaExtensions, schema.ExtensionRef{Schema: e})
		}
		return k
	}
	thing := kind("Thing", "/Things", core.ID, ext.ID)
	tests := []struct {
		name    string
		types   []*schema.ResourceType
		schemas []*schema.Schema
		want    string
	}{
		{"an undefined schema", []*schema.ResourceType{thing}, []*schema.Schema{ext}, "urn:example:core"},
		{"an undefined extension", []*schema.ResourceType{thing}, []*schema.Schema{core}, "urn:example:ext"},
		{"a schema twice", nil, []*schema.Schema{core, again}, "another one"},
		{"a reserved schema", nil, []*schema.Schema{meta}, "reserved"},
		{"a name twice", []*schema.ResourceType{thing, kind("THING", "/Others", core.ID)}, []*schema.Schema{core, ext}, "already taken"},
		{"an endpoint twice", []*schema.ResourceType{thing, kind("Other", "/things", core.ID)}, []*schema.Schema{core, ext}, "already taken"},
		{"the core as extension", []*schema.ResourceType{kind("Thing", "/Things", core.ID, core.ID)}, []*schema.Schema{core}, "twice"},
		{"an extension twice", []*schema.ResourceType{kind("Thing", "/Things", core.ID, ext.ID, ext.ID)}, []*schema.Schema{core, ext}, "twice"},
		{"an ambiguous URN", []*schema.ResourceType{kind("Thing", "/Things", core.ID, clash.ID)}, []*schema.Schema{core, clash}, "also the name of an attribute"},
		{"members that are none", []*schema.ResourceType{kind("Group", "/Groups", people.ID)}, []*schema.Schema{people}, "members"},
		{"a broken type", []*schema.ResourceType{kind("Thing", "Things", core.ID)}, []*schema.Schema{core}, "endpoint"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			registry, err := schema.NewRegistry(tt.types, tt.schemas)
			if registry != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("NewRegistry = %v, %v, want an error about %q", registry, err, tt.want)
			}
		})
	}
}

// A tenant's own types stand beside the default ones, which stay as they were.
func TestRegistryOfATenant(t *testing.T) {
	t.Parallel()
	own := mustSchema(t, `{"id":"urn:example:device","name":"Device","attributes":[{"name":"label"}]}`)
	device := &schema.ResourceType{Name: "Device", Endpoint: "/Devices", Schema: own.ID}
	base := schema.Default()
	registry, err := schema.NewRegistry(append(slices.Clone(base.Types()), device), append(slices.Clone(base.Schemas()), own))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(registry.Types()); n != 3 {
		t.Errorf("got %d types, want 3", n)
	}
	if n := len(registry.Schemas()); n != len(base.Schemas())+1 {
		t.Errorf("got %d schemas, want one more than %d", n, len(base.Schemas()))
	}
	if registry.ByName("User") == user || device.Core() != nil || registry.ByName("Device").Core() != own {
		t.Error("NewRegistry changed the types that it was given")
	}
	if registry.ByName("Group").Members() == nil {
		t.Error("Group has lost its members")
	}
}
