package schema_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/schema"
)

func TestValues(t *testing.T) {
	t.Parallel()
	doc := decode(t, `{"userName":"a","active":false,"name":{"givenName":"G"},"emails":[{"value":"e","type":"work"},{"value":"f"},"odd"],
		`+ent+`":{"department":"D","manager":{"value":"m"}}}`)
	tests := []struct {
		path, want string // want: a JSON array
	}{
		{"userName", `["a"]`},
		{"active", `[false]`},
		{"title", `null`},
		{"name", `[{"givenName":"G"}]`},
		{"name.givenName", `["G"]`},
		{"name.familyName", `null`},
		{"title", `null`},
		{"emails.value", `["e","f"]`},
		{"emails.type", `["work"]`},
		{"emails", `[{"value":"e","type":"work"},{"value":"f"},"odd"]`},
		{"phoneNumbers.value", `null`},
		{"department", `["D"]`},
		{"manager.value", `["m"]`},
		{"manager.$ref", `null`},
		{schema.EnterpriseUserURN, `[{"department":"D","manager":{"value":"m"}}]`},
	}
	for _, tt := range tests {
		got := schema.Values(doc, resolve(t, user, tt.path))
		want, _ := decode(t, `{"v":`+tt.want+`}`)["v"].([]any)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Values of %s (-want +got):\n%s", tt.path, diff)
		}
	}
	for _, path := range []string{schema.EnterpriseUserURN, "department"} {
		for _, text := range []string{`{}`, `{` + ent + `":{}}`, `{` + ent + `":"x"}`} {
			if got := schema.Values(decode(t, text), resolve(t, user, path)); got != nil {
				t.Errorf("Values of %s in %s = %v, want none", path, text, got)
			}
		}
	}
	multi := decode(t, `{"made":{"tools":["a","b"]}}`)
	if got := schema.Values(multi, resolve(t, gadget, "made.tools")); !cmp.Equal(got, []any{"a", "b"}) {
		t.Errorf("Values of made.tools = %v", got)
	}
	if got := schema.Values(doc, schema.Ref{}); got != nil {
		t.Errorf("Values of nothing = %v", got)
	}
}

// Appending to the values of a list must not write into the document.
func TestValuesAreNotTheDocument(t *testing.T) {
	t.Parallel()
	doc := decode(t, `{"emails":[{"value":"e"},{"value":"f"}]}`)
	got := schema.Values(doc, resolve(t, user, "emails"))
	got[0] = "changed"
	if first := doc["emails"].([]any)[0]; first == "changed" {
		t.Error("a change of the values changed the document")
	}
}

func TestSchemasOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind *schema.ResourceType
		in   string
		want []string
	}{
		{user, `{"userName":"a"}`, []string{schema.UserURN}},
		{user, `{"userName":"a",` + ent + `":{"department":"D"}}`, []string{schema.UserURN, schema.EnterpriseUserURN}},
		{user, `{"userName":"a",` + ent + `":{}}`, []string{schema.UserURN}},
		{group, `{}`, []string{schema.GroupURN}},
		{gadget, `{}`, []string{"urn:example:gadget", "urn:example:owner:1.0"}},
	}
	for _, tt := range tests {
		if got := tt.kind.SchemasOf(decode(t, tt.in)); !slices.Equal(got, tt.want) {
			t.Errorf("SchemasOf(%s) = %v, want %v", tt.in, got, tt.want)
		}
	}
}

func TestDisplay(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"displayName":"D","name":{"formatted":"F"},"userName":"u"}`:                "D",
		`{"displayName":"","name":{"formatted":"F","givenName":"G"},"userName":"u"}`: "F",
		`{"name":{"givenName":"G","familyName":"H"},"userName":"u"}`:                 "G H",
		`{"name":{"givenName":"G"},"userName":"u"}`:                                  "G",
		`{"name":{"familyName":"H"},"userName":"u"}`:                                 "H",
		`{"name":{"middleName":"M"},"userName":"u"}`:                                 "u",
		`{"name":"N"}`:     "N",
		`{"userName":"u"}`: "u",
		`{"userName":5}`:   "",
		`{}`:               "",
	} {
		if got := schema.Display(user, decode(t, in)); got != want {
			t.Errorf("Display(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	at := func(nanoseconds int) time.Time { return time.Date(2026, 1, 31, 9, 30, 15, nanoseconds, time.UTC) }
	for in, want := range map[string]time.Time{
		"2026-01-31T09:30:15Z":              at(0),
		"2026-01-31T09:30:15":               at(0),
		"2026-01-31T09:30:15.5":             at(500_000_000),
		"2026-01-31T11:30:15+02:00":         at(0),
		"2026-01-31T00:00:15-09:30":         at(0),
		"2026-01-31T09:30:15.1234567Z":      at(123_456_700),
		"2026-01-31T09:30:15.123456789999Z": at(123_456_789),
		"0001-01-03T00:00:00.0000000Z":      time.Date(1, 1, 3, 0, 0, 0, 0, time.UTC),
		"9999-12-31T23:59:59.9999999Z":      time.Date(9999, 12, 31, 23, 59, 59, 999_999_900, time.UTC),
	} {
		got, err := schema.ParseTime(in)
		if err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("ParseTime(%q) = %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", "now", "2026-01-31", "2026-02-30T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T09:30Z", "20260131T093015Z", "2026-01-31 09:30:15Z",
		"2026-01-31T09:30:15+2:00", "10000-01-01T00:00:00Z", "2026-01-31T09:30:15." + string(make([]byte, 100)) + "Z",
	} {
		if got, err := schema.ParseTime(in); err == nil {
			t.Errorf("ParseTime(%q) = %v, want an error", in, got)
		}
	}
}
