package schema_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/schema"
)

// resolve returns the reference that a name has for the type.
func resolve(tb testing.TB, kind *schema.ResourceType, name string) schema.Ref {
	tb.Helper()
	parsed, err := schema.ParseName(name)
	if err != nil {
		tb.Fatalf("ParseName(%q): %v", name, err)
	}
	ref, ok := kind.Resolve(parsed)
	if !ok {
		tb.Fatalf("%s has no attribute %q", kind.Name, name)
	}
	return ref
}

func TestNormalizeValue(t *testing.T) {
	t.Parallel()
	const enterprise = schema.EnterpriseUserURN
	tests := []struct {
		name    string
		kind    *schema.ResourceType
		path    string
		options schema.Options
		in      string // JSON
		want    string // JSON; null for no value
	}{
		{"a string", user, "title", strict, `"T"`, `"T"`},
		{"a sub-attribute", user, "name.givenName", strict, `"G"`, `"G"`},
		{"a sub-attribute of elements", user, "emails.primary", schema.Options{}, `"true"`, `true`},
		{"null", user, "title", strict, `null`, `null`},
		{"an empty string", user, "title", schema.Options{}, `""`, `null`},
		{"an empty string, kept", user, "title", schema.Options{KeepEmptyStrings: true}, `""`, `""`},
		{"an empty manager", user, enterprise + ":manager", schema.Options{}, `""`, `null`},
		{"a manager without a value", user, enterprise + ":manager", schema.Options{}, `{"value":""}`, `null`},
		{"a manager as a string", user, enterprise + ":manager", schema.Options{}, `"m"`, `{"value":"m"}`},
		{"a manager as a list", user, "manager", schema.Options{}, `[{"$ref":"r","value":"m"}]`, `{"$ref":"r","value":"m"}`},
		{"one element", user, "emails", strict, `{"value":"e"}`, `[{"value":"e"}]`},
		{"a list", user, "emails", strict, `[{"value":"e"},{"value":"e"},{}]`, `[{"value":"e"}]`},
		{"no elements", user, "emails", strict, `[]`, `null`},
		{"nothing but empty elements", user, "emails", strict, `[{},null]`, `null`},
		{"one simple element", gadget, "tags", strict, `"t"`, `["t"]`},
		{"part of a complex value", gadget, "made", strict, `{"tools":["t"]}`, `{"tools":["t"]}`},
		{"a whole extension", user, enterprise, strict, `{"Department":"D","manager":{"displayName":"M"}}`, `{"department":"D"}`},
		{"an extension without data", user, enterprise, strict, `{"department":null}`, `null`},
		{"no extension", user, enterprise, strict, `null`, `null`},
		{"a password", user, "password", strict, `"p"`, `null`},
		{"members", group, "members", schema.Options{}, `[{"$ref":null,"value":"u","display":"D"},{"value":"v","type":"Group"}]`, `[{"value":"u"},{"value":"v","type":"Group"}]`},
		{"an app role", user, "roles", schema.Options{}, `[{"value":"{\"value\":\"A\",\"displayName\":\"B\"}"}]`, `[{"value":"A","display":"B"}]`},
		{"the server's own", user, "id", strict, `"i"`, `"i"`},
		{"what only the server writes", user, "groups", strict, `[{"value":"g"}]`, `null`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := decode(t, `{"v":`+tt.in+`}`)["v"]
			got, err := tt.kind.NormalizeValue(resolve(t, tt.kind, tt.path), in, tt.options)
			if err != nil {
				t.Fatalf("NormalizeValue: %v", err)
			}
			if diff := cmp.Diff(decode(t, `{"v":`+tt.want+`}`)["v"], got); diff != "" {
				t.Errorf("NormalizeValue (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNormalizeValueRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path string
		options    schema.Options
		in         any
		kind       schema.ErrorType
		detail     string
	}{
		{"a type", "active", schema.Options{}, "maybe", schema.InvalidValue, "active: expected a boolean"},
		{"a sub-attribute's type", "name.givenName", schema.Options{}, true, schema.InvalidValue, "name.givenName: expected a string"},
		{"an extension's type", schema.EnterpriseUserURN + ":manager.value", schema.Options{}, json.Number("1"), schema.InvalidValue, schema.EnterpriseUserURN + ":manager.value: expected a string"},
		{"a whole extension's", schema.EnterpriseUserURN, schema.Options{}, "x", schema.InvalidValue, schema.EnterpriseUserURN + ": expected an object"},
		{"an attribute in a whole extension", schema.EnterpriseUserURN, schema.Options{}, map[string]any{"division": true}, schema.InvalidValue, schema.EnterpriseUserURN + ":division: expected"},
		{"an element", "emails", schema.Options{}, []any{"a", true}, schema.InvalidValue, "emails[1]: expected an object"},
		{"an unknown part", "name", strict, map[string]any{"nick": "n"}, schema.InvalidSyntax, "name.nick: no schema"},
		{"two primaries", "emails", strict, []any{map[string]any{"value": "a", "primary": true}, map[string]any{"value": "b", "primary": true}}, schema.InvalidValue, "emails: expected at most one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := user.NormalizeValue(resolve(t, user, tt.path), tt.in, tt.options)
			if got != nil {
				t.Errorf("NormalizeValue returned %v besides its error", got)
			}
			wantRefusal(t, err, tt.kind, tt.detail)
		})
	}
}

// A full push of a big group is one request; other attributes stay small.
func TestMembersMayBeMany(t *testing.T) {
	t.Parallel()
	members := make([]any, 5_000)
	for i, id := range numbered(len(members)) {
		members[i] = map[string]any{"value": id}
	}
	got, err := group.NormalizeValue(resolve(t, group, "members"), members, schema.Options{})
	if err != nil {
		t.Fatalf("NormalizeValue: %v", err)
	}
	if n := len(got.([]any)); n != len(members) {
		t.Errorf("got %d members, want %d", n, len(members))
	}
	_, err = user.NormalizeValue(resolve(t, user, "roles"), members, schema.Options{})
	wantRefusal(t, err, schema.InvalidValue, "roles: expected at most 1000 values, got 5000")
}

func TestMemberValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		kind    *schema.ResourceType
		in      string
		want    any
		present bool
	}{
		{"as the schema writes it", group, `{"members":[],"displayName":"G"}`, []any{}, true},
		{"in other case", group, `{"MEMBERS":"x"}`, "x", true},
		{"under the core URN", group, `{"urn:ietf:params:scim:schemas:core:2.0:Group:members":"x"}`, "x", true},
		{"null", group, `{"Members":null}`, nil, true},
		{"absent", group, `{"displayName":"G","members.value":"x","a b":1}`, nil, false},
		{"a type without members", user, `{"members":[]}`, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, present := tt.kind.MemberValues(decode(t, tt.in))
			if present != tt.present || !cmp.Equal(got, tt.want) {
				t.Errorf("MemberValues = %v, %t, want %v, %t", got, present, tt.want, tt.present)
			}
		})
	}
}

func TestCheckRequired(t *testing.T) {
	t.Parallel()
	const base = `"label":"L","urn:example:owner:1.0":{"team":"T"}`
	tests := []struct{ name, in, detail string }{
		{"complete", `{` + base + `,"made":{"by":"b"},"parts":[{"value":"p"}],"tags":["t"]}`, ""},
		{"an attribute", `{"urn:example:owner:1.0":{"team":"T"}}`, "label: required"},
		{"an empty attribute", `{"label":"","urn:example:owner:1.0":{"team":"T"}}`, "label: required"},
		{"a sub-attribute", `{` + base + `,"made":{"at":"2026-01-31T09:30:00Z"}}`, "made.by: required"},
		{"an element's sub-attribute", `{` + base + `,"parts":[{"value":"p"},{"primary":true}]}`, "parts[1].value: required"},
		{"an extension", `{"label":"L"}`, "urn:example:owner:1.0: required"},
		{"an extension's attribute", `{"label":"L","urn:example:owner:1.0":{"note":"n"}}`, "urn:example:owner:1.0:team: required"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := gadget.CheckRequired(decode(t, tt.in))
			if tt.detail != "" {
				wantRefusal(t, err, schema.InvalidValue, tt.detail)
			} else if err != nil {
				t.Errorf("CheckRequired: %v", err)
			}
		})
	}
}

// A message says what was wrong without repeating a request in full.
func TestRefusalsRepeatLittle(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 2_000)
	for _, in := range []map[string]any{
		{"userName": "a", "active": long}, {"userName": "a", long: 1}, {"userName": "a", "name": map[string]any{long: 1}},
		{"userName": "a", "active": "x" + long}, {"userName": json.Number(strings.Repeat("1", 90))},
	} {
		_, err := user.Normalize(in, strict)
		if err == nil {
			t.Fatalf("Normalize accepted %.40v", in)
		}
		if n := strings.Count(err.Error(), "ü") + strings.Count(err.Error(), "1"); n > 100 || len(err.Error()) > 300 {
			t.Errorf("error repeats too much: %v", err)
		}
	}
}
