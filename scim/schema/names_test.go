package schema_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/roster-scim/roster/scim/schema"
)

func TestParseName(t *testing.T) {
	t.Parallel()
	const u = schema.EnterpriseUserURN
	tests := []struct {
		in   string
		want schema.Name
	}{
		{"userName", schema.Name{Attr: "userName"}},
		{"name.givenName", schema.Name{Attr: "name", Sub: "givenName"}},
		{"$ref", schema.Name{Attr: "$ref"}},
		{"members.$ref", schema.Name{Attr: "members", Sub: "$ref"}},
		{"x-1_y", schema.Name{Attr: "x-1_y"}},
		{"urn", schema.Name{Attr: "urn"}},
		{u + ":department", schema.Name{URN: u, Attr: "department"}},
		{u + ":manager.value", schema.Name{URN: u, Attr: "manager", Sub: "value"}},
		{u + ":manager.$ref", schema.Name{URN: u, Attr: "manager", Sub: "$ref"}},
		{"URN:x:y", schema.Name{URN: "URN:x", Attr: "y"}},
		{u, schema.Name{URN: strings.TrimSuffix(u, ":User"), Attr: "User"}},
		{"urn:example:ext:2.0", schema.Name{}},
		{"urn:example:ext:2.0:x.", schema.Name{}},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			tt.want.Raw = tt.in
			got, err := schema.ParseName(tt.in)
			if err != nil || got != tt.want {
				t.Errorf("ParseName = %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}

func TestParseNameRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", " ", "user name", "1st", "-x", "a.", ".a", "a..b", "a.b.c", "a:b", "emails[type", "naïve", "a$b", "urn:x:y z", "urn:é:a", `a"b`, "a\x00",
		strings.Repeat("a", 129), "a." + strings.Repeat("b", 129), strings.Repeat("a", 513), "http://example.com/x",
	} {
		_, err := schema.ParseName(in)
		if err == nil {
			t.Errorf("ParseName(%q) succeeded", in)
			continue
		}
		wantRefusal(t, err, schema.InvalidPath, "")
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	const core, ent = schema.UserURN, schema.EnterpriseUserURN
	tests := []struct {
		kind *schema.ResourceType
		in   string
		want string // the canonical name; "" for unknown
	}{
		{user, "USERNAME", "userName"},
		{user, "name.GIVENNAME", "name.givenName"},
		{user, "emails.type", "emails.type"},
		{user, "schemas", "schemas"},
		{user, "ID", "id"},
		{user, "externalID", "externalId"},
		{user, "meta.lastmodified", "meta.lastModified"},
		{user, core + ":displayName", "displayName"},
		{user, core + ":meta.version", "meta.version"},
		{user, "urn:IETF:params:scim:schemas:core:2.0:USER:name.familyName", "name.familyName"},
		{user, ent, ent},
		{user, strings.ToUpper(ent), ent},
		{user, ent + ":Department", ent + ":department"},
		{user, ent + ":manager.displayName", ent + ":manager.displayName"},
		{user, "manager", ent + ":manager"},
		{user, "manager.$REF", ent + ":manager.$ref"},
		{gadget, "externalId", "externalId"},
		{gadget, "TEAM", "urn:example:owner:1.0:team"},
		{gadget, "urn:example:owner:1.0", "urn:example:owner:1.0"},
		{gadget, "urn:example:owner:1.0:note", "urn:example:owner:1.0:note"},

		{user, "shoeSize", ""},
		{user, "name.nick", ""},
		{user, "userName.value", ""},
		{user, core, ""},
		{user, core + ":manager", ""},
		{user, ent + ":userName", ""},
		{user, ent + ":manager.nick", ""},
		{user, "urn:example:other:userName", ""},
		{user, "urn:example:ext:2.0", ""},
		{user, "ſchemas", ""},
		{group, ent, ""},
		{group, "manager", ""},
	}
	for _, tt := range tests {
		t.Run(tt.kind.Name+" "+tt.in, func(t *testing.T) {
			t.Parallel()
			name, err := schema.ParseName(tt.in)
			if err != nil {
				name = schema.Name{Raw: tt.in, Attr: tt.in}
			}
			ref, ok := tt.kind.Resolve(name)
			if ok != (tt.want != "") || (ok && ref.String() != tt.want) {
				t.Errorf("Resolve = %q, %t, want %q", ref.String(), ok, tt.want)
			}
			if leaf := ref.Leaf(); ok && leaf != nil && !strings.HasSuffix(tt.want, leaf.Name) {
				t.Errorf("Leaf = %s, want the end of %s", leaf.Name, tt.want)
			}
		})
	}
}

// A bare name that two extensions define means neither.
func TestResolveAmbiguous(t *testing.T) {
	t.Parallel()
	one := mustSchema(t, `{"id":"urn:example:one","name":"One","attributes":[{"name":"shared"},{"name":"first"}]}`)
	two := mustSchema(t, `{"id":"urn:example:two","name":"Two","attributes":[{"name":"Shared"},{"name":"label"}]}`)
	core := mustSchema(t, `{"id":"urn:example:core","name":"Core","attributes":[{"name":"label"}]}`)
	registry, err := schema.NewRegistry([]*schema.ResourceType{{
		Name: "Thing", Endpoint: "/Things", Schema: core.ID,
		SchemaExtensions: []schema.ExtensionRef{{Schema: one.ID}, {Schema: two.ID}},
	}}, []*schema.Schema{core, one, two})
	if err != nil {
		t.Fatal(err)
	}
	thing := registry.ByName("Thing")
	if ref, ok := thing.Resolve(schema.Name{Raw: "shared", Attr: "shared"}); ok {
		t.Errorf("Resolve(shared) = %s, want nothing: two extensions define it", ref)
	}
	for in, want := range map[string]string{"first": "urn:example:one:first", "label": "label", "urn:example:two:shared": "urn:example:two:Shared"} {
		if got := resolve(t, thing, in).String(); got != want {
			t.Errorf("Resolve(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "Lena.OKAFOR@Example.com": "lena.okafor@example.com", "ÄÖÜ": "äöü", "ΣΊΣΥΦΟΣ": "σίσυφοσ", "straße": "straße"} {
		if got := schema.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
		if got := schema.Fold(schema.Fold(in)); got != want {
			t.Errorf("Fold is not stable for %q: %q", in, got)
		}
	}
}

// TestFoldIsStable: values of an index are folded, and so may be what is looked for.
func TestFoldIsStable(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if once := schema.Fold(string(r)); schema.Fold(once) != once {
			t.Errorf("Fold(%U) is %q, and that folded again %q", r, once, schema.Fold(once))
		}
	}
}

func mustSchema(tb testing.TB, text string) *schema.Schema {
	tb.Helper()
	s, err := schema.ParseSchema([]byte(text))
	if err != nil {
		tb.Fatalf("ParseSchema: %v", err)
	}
	return s
}
