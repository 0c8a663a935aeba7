package schema_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/schema"
)

func TestEncode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		kind *schema.ResourceType
		doc  map[string]any
		want string
	}{
		{"nothing", user, map[string]any{}, `{}`},
		{"schema order", user, map[string]any{
			schema.EnterpriseUserURN: map[string]any{"manager": map[string]any{"displayName": "M", "value": "m"}, "employeeNumber": "1"},
			"meta":                   map[string]any{"version": "v", "resourceType": "User"},
			"emails":                 []any{map[string]any{"primary": true, "value": "e"}},
			"active":                 false, "userName": "a", "externalId": "x", "id": "i", "schemas": []string{"s", "t"},
			"name": map[string]any{"givenName": "G", "familyName": "F"},
		}, `{"schemas":["s","t"],"id":"i","externalId":"x","userName":"a","name":{"familyName":"F","givenName":"G"},"active":false,` +
			`"emails":[{"value":"e","primary":true}],` + ent + `":{"employeeNumber":"1","manager":{"value":"m","displayName":"M"}},"meta":{"resourceType":"User","version":"v"}}`},
		{"a type without an externalId of its own", gadget, map[string]any{"label": "L", "externalId": "x"}, `{"externalId":"x","label":"L"}`},
		{"what no schema has, last", user, map[string]any{"z": nil, "userName": "a", "b": []any{1, int64(2), json.Number("3.0")}, "emails": []any{map[string]any{"x": "y", "value": "e"}}},
			`{"userName":"a","emails":[{"value":"e","x":"y"}],"b":[1,2,3.0],"z":null}`},
		{"only what JSON demands is escaped", user, map[string]any{"title": "<a href=\"x\">&\\/\u2028\b\f\n\r\t\x00\x1f\x7fé😀"},
			`{"title":"<a href=\"x\">&\\/` + "\u2028" + `\u0008\u000c\n\r\t\u0000\u001f` + "\x7fé😀" + `"}`},
		{"invalid UTF-8 is replaced", user, map[string]any{"title": "a\xffb"}, `{"title":"a` + "\uFFFD" + `b"}`},
		{"empty lists", user, map[string]any{"emails": []any{}, "name": map[string]any{}}, `{"name":{},"emails":[]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := encode(t, tt.kind, tt.doc)
			if got != tt.want {
				t.Errorf("Encode:\n got %s\nwant %s", got, tt.want)
			}
			if !json.Valid([]byte(got)) {
				t.Errorf("%s is not JSON", got)
			}
		})
	}
}

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	for want, doc := range map[string]map[string]any{
		"userName: a document cannot hold a float64":          {"userName": 1.5},
		"other: a document cannot hold a struct":              {"other": struct{}{}},
		`emails: [1]: value: "NaN" is not a number`:           {"emails": []any{nil, map[string]any{"value": json.Number("NaN")}}},
		`name: givenName: "" is not a number`:                 {"name": map[string]any{"givenName": json.Number("")}},
		"encode User: urn:ietf:params:scim:schemas:extension": {schema.EnterpriseUserURN: map[string]any{"x": 'x'}},
	} {
		text, err := schema.Encode(user, doc)
		if text != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Encode(%v) = %s, %v, want an error about %q", doc, text, err, want)
		}
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string // JSON values
		want bool
	}{
		{`null`, `null`, true},
		{`null`, `""`, false},
		{`""`, `null`, false},
		{`"a"`, `"a"`, true},
		{`"a"`, `"A"`, false},
		{`"1"`, `1`, false},
		{`1`, `"1"`, false},
		{`true`, `true`, true},
		{`true`, `false`, false},
		{`true`, `"true"`, false},
		{`1`, `1.0`, true},
		{`100`, `1e2`, true},
		{`0`, `-0.0`, true},
		{`0.5`, `5e-1`, true},
		{`1`, `2`, false},
		{`1e999`, `1e999`, true},
		{`1e999`, `2e999`, false},
		{`9007199254740993`, `9007199254740992`, false},
		{`1e300`, `1.0e300`, true},
		{`{}`, `{}`, true},
		{`{"a":1,"b":[]}`, `{"b":[],"a":1}`, true},
		{`{"a":1}`, `{"a":1,"b":2}`, false},
		{`{"a":null}`, `{"b":null}`, false},
		{`{}`, `[]`, false},
		{`[]`, `{}`, false},
		{`[]`, `[]`, true},
		{`[1,2]`, `[1]`, false},
		{`["a","b"]`, `["b","a"]`, true},
		{`["a","a","b"]`, `["a","b","b"]`, false},
		{`[{"x":"a","y":1},{"x":"b"}]`, `[{"x":"b"},{"y":1.0,"x":"a"}]`, true},
		{`[{"x":"a"},{"y":"a"}]`, `[{"y":"a"},{"y":"b"}]`, false},
		{`[["a","b"],[true,null]]`, `[[null,true],["b","a"]]`, true},
		{`["a,b"]`, `["a","b"]`, false},
		{`["true",1]`, `[1,true]`, false},
	}
	for _, tt := range tests {
		a, b := decode(t, `{"v":`+tt.a+`}`)["v"], decode(t, `{"v":`+tt.b+`}`)["v"]
		if got := schema.Equal(a, b); got != tt.want {
			t.Errorf("Equal(%s, %s) = %t, want %t", tt.a, tt.b, got, tt.want)
		}
		if got := schema.Equal(b, a); got != tt.want {
			t.Errorf("Equal(%s, %s) = %t, want %t", tt.b, tt.a, got, tt.want)
		}
	}
}
