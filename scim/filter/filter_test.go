package filter_test

import (
	"errors"
	"testing"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

const enterprise = schema.EnterpriseUserURN

func userType() *schema.ResourceType { return schema.Default().ByName("User") }

func groupType() *schema.ResourceType { return schema.Default().ByName("Group") }

// deviceType is a resource type with the data types that users do not have.
func deviceType(t testing.TB) *schema.ResourceType {
	t.Helper()
	const urn = "urn:example:scim:schemas:Device"
	attr := func(name string, kind schema.DataType) *schema.Attribute {
		return &schema.Attribute{
			Name: name, Type: kind,
			Mutability: schema.ReadWrite, Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueNone,
		}
	}
	tags := attr("tags", schema.String)
	tags.MultiValued = true
	pin := attr("pin", schema.String)
	pin.Returned = schema.ReturnedNever
	ports := attr("ports", schema.Complex)
	ports.MultiValued = true
	ports.SubAttributes = []*schema.Attribute{
		attr("number", schema.Integer), attr("opened", schema.DateTime), attr("label", schema.String), pin,
	}
	s := &schema.Schema{ID: urn, Name: "Device", Attributes: []*schema.Attribute{
		attr("slots", schema.Integer), attr("load", schema.Decimal), attr("seen", schema.DateTime),
		attr("key", schema.Binary), tags, ports,
	}}
	types := []*schema.ResourceType{{ID: "Device", Name: "Device", Endpoint: "/Devices", Schema: urn}}
	r, err := schema.NewRegistry(types, []*schema.Schema{s})
	if err != nil {
		t.Fatalf("NewRegistry: %v", err)
	}
	return r.ByName("Device")
}

// bind parses and binds a filter that must be right.
func bind(t testing.TB, rt *schema.ResourceType, text string, o filter.BindOptions) filter.Expr {
	t.Helper()
	f, err := filter.Parse(text)
	if err != nil {
		t.Fatalf("Parse(%s): %v", text, err)
	}
	e, err := f.Bind(rt, o)
	if err != nil {
		t.Fatalf("Bind(%s): %v", text, err)
	}
	return e
}

// refused parses and binds a filter that must be wrong.
func refused(t testing.TB, rt *schema.ResourceType, text string) *schema.Error {
	t.Helper()
	f, err := filter.Parse(text)
	if err == nil {
		_, err = f.Bind(rt, filter.BindOptions{})
	}
	return wantError(t, err, schema.InvalidFilter)
}

func wantError(t testing.TB, err error, kind schema.ErrorType) *schema.Error {
	t.Helper()
	var refusal *schema.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("error = %v, want a *schema.Error", err)
	}
	if refusal.Type != kind || refusal.Status != 400 {
		t.Errorf("error is %d %s, want 400 %s (%v)", refusal.Status, refusal.Type, kind, err)
	}
	return refusal
}
