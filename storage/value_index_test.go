package storage

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/schema"
)

func ref(t testing.TB, rt *schema.ResourceType, name string) schema.Ref {
	t.Helper()
	n, err := schema.ParseName(name)
	if err != nil {
		t.Fatal(err)
	}
	r, ok := rt.Resolve(n)
	if !ok {
		t.Fatalf("%s has no %s", rt.Name, name)
	}
	return r
}

func TestIndexKey(t *testing.T) {
	t.Parallel()
	exact, folded := &schema.Attribute{CaseExact: true}, &schema.Attribute{}
	for _, tc := range []struct {
		leaf  *schema.Attribute
		a, b  string
		equal bool
	}{
		{exact, "Ada", "Ada", true},
		{exact, "Ada", "ada", false},
		{folded, "Ada ÜBER", "ada über", true},
		{folded, strings.Repeat("A", 300), strings.Repeat("a", 300), true},
		{exact, strings.Repeat("A", 300), strings.Repeat("a", 300), false},
		{exact, strings.Repeat("A", 300), strings.Repeat("A", 301), false},
	} {
		a, b := indexKey(tc.leaf, tc.a), indexKey(tc.leaf, tc.b)
		if (a == b) != tc.equal {
			t.Errorf("keys %.20q and %.20q: equal = %v", a, b, a == b)
		}
		if len(a) > maxIndexKey {
			t.Errorf("key of %d bytes", len(a))
		}
	}
	if got := indexKey(exact, strings.Repeat("x", maxIndexKey)); got != strings.Repeat("x", maxIndexKey) {
		t.Errorf("a value of %d bytes became %q", maxIndexKey, got)
	}
}

func TestIndexedAttribute(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		rt   *schema.ResourceType
		name string
		want bool
	}{
		{userType, "userName", true},
		{userType, "externalId", true},
		{userType, "emails.value", true},
		{userType, schema.EnterpriseUserURN + ":employeeNumber", true},
		{userType, "displayName", false},
		{userType, "emails.type", false},
		{userType, "emails", false},
		{userType, "id", false},
		{userType, "active", false},
		{userType, schema.EnterpriseUserURN + ":department", false},
		{userType, schema.EnterpriseUserURN, false},
		{groupType, "displayName", true},
		{groupType, "externalId", true},
		{groupType, "members.value", false},
		{groupType, "id", false},
	} {
		if got := indexedAttribute(tc.rt, ref(t, tc.rt, tc.name)); got != tc.want {
			t.Errorf("indexedAttribute(%s, %s) = %v", tc.rt.Name, tc.name, got)
		}
	}
}

// Custom attributes are unique if their schema says so, whatever their type.
func TestUniqueAttributesOfACustomSchema(t *testing.T) {
	t.Parallel()
	const urn = "urn:example:params:scim:schemas:2.0:Device"
	attribute := func(name string, typ schema.DataType) *schema.Attribute {
		return &schema.Attribute{
			Name: name, Type: typ, Mutability: schema.ReadWrite, Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueServer,
		}
	}
	slot := attribute("slot", schema.Complex)
	slot.Uniqueness = schema.UniqueNone
	slot.SubAttributes = []*schema.Attribute{attribute("code", schema.String)}
	registry, err := schema.NewRegistry(
		[]*schema.ResourceType{{ID: "Device", Name: "Device", Endpoint: "/Devices", Schema: urn}},
		[]*schema.Schema{{ID: urn, Name: "Device", Attributes: []*schema.Attribute{
			attribute("serial", schema.Integer), attribute("madeAt", schema.DateTime), slot,
		}}})
	if err != nil {
		t.Fatal(err)
	}
	device := registry.ByName("Device")
	d, err := decodeDocument([]byte(
		`{"serial": 12, "madeAt": "2026-01-01T01:00:00+01:00", "slot": {"code": "A1"}, "externalId": "x"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []valueRow{
		{Attribute: "externalId", Value: "x", sent: "x"},
		{Attribute: "serial", Value: "12", sent: "12", unique: true},
		{Attribute: "madeAt", Value: "1767225600000000", sent: "2026-01-01T01:00:00+01:00", unique: true},
		{Attribute: "slot.code", Value: "a1", sent: "A1", unique: true},
	}
	if diff := cmp.Diff(want, valueRows(device, d, nil), cmp.AllowUnexported(valueRow{})); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if indexedAttribute(device, ref(t, device, "madeAt")) {
		t.Error("a time can be looked up by its text")
	}
	if !indexedAttribute(device, ref(t, device, "slot.code")) {
		t.Error("a unique sub-attribute cannot be looked up")
	}
}

func TestValueRowsFollowTheDocument(t *testing.T) { onEach(t, testValueRowsFollowTheDocument) }

func testValueRowsFollowTheDocument(t *testing.T, f *fixture) {
	id := f.create(userType, draft(doc{
		"userName": "Ada", "externalId": "X1",
		"emails": []any{doc{"value": "A@example.org"}, doc{"value": "a@EXAMPLE.org"}, doc{"value": "b@example.org"}},
	})).ID
	check := func(want ...string) {
		t.Helper()
		got := f.rows(`select attribute, value, is_unique from resource_values order by 1, 2`)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	}
	check("emails.value a@example.org 0", "emails.value b@example.org 0", "externalId X1 0", "userName ada 1")

	_, err := f.put(userType, id, draft(doc{
		"userName": "ADA", "externalId": "x1",
		"emails":                 []any{doc{"value": "b@example.org"}, doc{"value": strings.Repeat("Long", 100)}},
		schema.EnterpriseUserURN: doc{"employeeNumber": "E7"},
	}))
	if err != nil {
		t.Fatal(err)
	}
	check("emails.value b@example.org 0", "emails.value "+indexKey(&schema.Attribute{}, strings.Repeat("Long", 100))+" 0",
		"externalId x1 0", schema.EnterpriseUserURN+":employeeNumber e7 0", "userName ada 1")

	before := []valueRow{{Attribute: "a", Value: "1"}, {Attribute: "a", Value: "2"}}
	after := []valueRow{{Attribute: "a", Value: "2"}, {Attribute: "b", Value: "1"}}
	if got := subtractRows(before, after); len(got) != 1 || got[0].Value != "1" || got[0].Attribute != "a" {
		t.Errorf("rows to delete = %+v", got)
	}
	if got := subtractRows(after, before); len(got) != 1 || got[0].Attribute != "b" {
		t.Errorf("rows to insert = %+v", got)
	}
}
