package storage

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/schema"
)

// Attributes that are never returned are never told either, wherever they are.
func TestVisible(t *testing.T) {
	t.Parallel()
	const core, extension = "urn:example:params:scim:schemas:2.0:Device", "urn:example:params:scim:schemas:2.0:Vault"
	text := func(name string, r schema.Returned) *schema.Attribute {
		return &schema.Attribute{
			Name: name, Type: schema.String, Mutability: schema.ReadWrite, Returned: r, Uniqueness: schema.UniqueNone,
		}
	}
	open, secret := text("open", schema.ReturnedDefault), text("secret", schema.ReturnedNever)
	key := &schema.Attribute{
		Name: "keys", Type: schema.Complex, MultiValued: true, Mutability: schema.ReadWrite,
		Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueNone, SubAttributes: []*schema.Attribute{open, secret},
	}
	registry, err := schema.NewRegistry(
		[]*schema.ResourceType{{
			ID: "Device", Name: "Device", Endpoint: "/Devices", Schema: core,
			SchemaExtensions: []schema.ExtensionRef{{Schema: extension}},
		}},
		[]*schema.Schema{
			{ID: core, Name: "Device", Attributes: []*schema.Attribute{open, secret, key}},
			{ID: extension, Name: "Vault", Attributes: []*schema.Attribute{open, secret}},
		})
	if err != nil {
		t.Fatal(err)
	}
	stored := func() doc {
		return doc{
			"open": "a", "secret": "b",
			"keys":    []any{doc{"open": "c", "secret": "d"}, doc{"secret": "e"}},
			extension: doc{"open": "f", "secret": "g"},
		}
	}
	d := stored()
	want := doc{
		"open": "a", "keys": []any{doc{"open": "c"}, doc{}}, extension: doc{"open": "f"},
	}
	device := registry.ByName("Device")
	if diff := cmp.Diff(want, visible(device, d)); diff != "" {
		t.Errorf("visible (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(stored(), d); diff != "" {
		t.Errorf("hiding changed the document:\n%s", diff)
	}

	w := &write{typ: device}
	changed := stored()
	changed["secret"] = "x"
	changed[extension] = doc{"open": "f", "secret": "y"}
	_, changes := w.compare(d, changed)
	names := []string{}
	for name, change := range maps.All(changes) {
		names = append(names, name)
		if change.From != nil || change.To != nil {
			t.Errorf("%s tells %v", name, change)
		}
	}
	if len(names) != 2 {
		t.Errorf("changes are told of %v, want secret and the extension's", names)
	}
}
