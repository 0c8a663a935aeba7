package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/schema"
)

// TestCompatible: which changes of a schema the stored resources have a say in.
func TestCompatible(t *testing.T) {
	t.Parallel()
	const old = `{"name":"a","canonicalValues":["x"]},{"name":"n","type":"integer"},{"name":"r","required":true},{"name":"ro","mutability":"readOnly"},
		{"name":"wo","mutability":"writeOnly"},{"name":"im","mutability":"immutable"},{"name":"secret","returned":"never"},
		{"name":"list","multiValued":true},{"name":"u","uniqueness":"server"},
		{"name":"c","type":"complex","subAttributes":[{"name":"x"},{"name":"y","type":"boolean"}]}`
	for _, tt := range []struct{ name, from, to, why string }{
		{"nothing", "", "", ""},
		{"texts and canonical values", `{"name":"a","canonicalValues":["x"]}`, `{"name":"a","canonicalValues":["y"],"description":"A"}`, ""},
		{"a new optional attribute", `{"name":"a",`, `{"name":"new","uniqueness":"server"},{"name":"a",`, ""},
		{"a new sub-attribute", `{"name":"x"}`, `{"name":"x"},{"name":"z"}`, ""},
		{"a new required attribute", `{"name":"a",`, `{"name":"new","required":true},{"name":"a",`, "attribute new is new and required"},
		{"a new required readOnly attribute", `{"name":"a",`, `{"name":"new","required":true,"mutability":"readOnly"},{"name":"a",`, ""},
		{"a new required sub-attribute", `{"name":"x"}`, `{"name":"x"},{"name":"z","required":true}`, "attribute c: attribute z is new and required"},
		{"one less", `{"name":"n","type":"integer"},`, ``, "attribute n is missing"},
		{"one part less", `{"name":"x"},`, ``, "attribute c: attribute x is missing"},
		{"another spelling", `{"name":"list"`, `{"name":"List"`, "attribute list is spelled List"},
		{"another type", `"type":"integer"`, `"type":"decimal"`, "attribute n: type changes from integer to decimal"},
		{"another type of a part", `{"name":"y","type":"boolean"}`, `{"name":"y"}`, "attribute c: attribute y: type changes"},
		{"one instead of many", `{"name":"list","multiValued":true}`, `{"name":"list"}`, "multiValued changes"},
		{"many instead of one", `{"name":"u",`, `{"name":"u","multiValued":true,`, "multiValued changes"},
		{"caseExact", `{"name":"u",`, `{"name":"u","caseExact":true,`, "caseExact changes"},
		{"uniqueness", `,"uniqueness":"server"`, ``, "uniqueness changes"},
		{"required", `{"name":"list",`, `{"name":"list","required":true,`, "attribute list: it becomes required"},
		{"not required any more", `"required":true`, `"required":false`, ""},
		{"a readOnly one becomes writable", `"mutability":"readOnly"`, `"mutability":"immutable"`, ""},
		{"a writeOnly one is kept", `"mutability":"writeOnly"`, `"mutability":"readWrite","returned":"never"`, ""},
		{"a writeOnly one is shown", `"mutability":"writeOnly"`, `"mutability":"readWrite"`, "attribute wo: returned changes from never"},
		{"an immutable one becomes writable", `"mutability":"immutable"`, `"mutability":"readWrite"`, ""},
		{"a stored one becomes readOnly", `"mutability":"immutable"`, `"mutability":"readOnly"`, "mutability changes from immutable"},
		{"a stored one becomes writeOnly", `"mutability":"immutable"`, `"mutability":"writeOnly"`, "mutability changes from immutable"},
		{"a secret is told", `"returned":"never"`, `"returned":"request"`, "attribute secret: returned changes from never"},
		{"one becomes secret", `{"name":"list",`, `{"name":"list","returned":"never",`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := func(attributes string) string {
				return fmt.Sprintf(`[{"id":"urn:example:Robot","name":"Robot","attributes":[%s]}]`, attributes)
			}
			now := strings.Replace(old, tt.from, tt.to, 1)
			if tt.from != "" && now == old {
				t.Fatal("the test changes nothing")
			}
			before := defined(t, text(old), robotType, `{"name":"User","schemaExtensions":[{"schema":"urn:example:Robot"}]}`)
			_, demands, err := before.Add(parse(t, text(now)))
			if err != nil {
				t.Fatal(err)
			}
			if tt.why == "" {
				if len(demands) > 0 {
					t.Errorf("demands %v, want none", demands)
				}
				return
			}
			if len(demands) != 2 || !strings.Contains(demands[0].Change, tt.why) {
				t.Fatalf("demands %v, want two about %q", demands, tt.why)
			}
			if d := demands[0]; d.Type != "Robot" || d.Extension != "" || d.Lacking {
				t.Errorf("of the type that is made of it: %+v", d)
			}
			if d := demands[1]; d.Type != "User" || d.Extension != "urn:example:Robot" || d.Lacking {
				t.Errorf("of the type that it extends: %+v", d)
			}
		})
	}
}

// TestTypeDemands: which changes of a type they have a say in.
func TestTypeDemands(t *testing.T) {
	t.Parallel()
	schemas := "[" + robotSchema + "," + noteSchema + "," + strings.ReplaceAll(noteSchema, "Note", "Other") + "]"
	robot := func(endpoint, core, extensions string) string {
		return fmt.Sprintf(`{"name":"Robot","endpoint":%q,"schema":%q,"schemaExtensions":[%s]}`, endpoint, core, extensions)
	}
	const note, mustNote = `{"schema":"urn:example:Note"}`, `{"schema":"urn:example:Note","required":true}`
	userNote := func(ref string) string { return `{"name":"User","schemaExtensions":[` + ref + `]}` }
	type want struct {
		kind, extension string
		lacking         bool
	}
	for _, tt := range []struct {
		name, from, to string
		want           []want
	}{
		{"the same", robot("/Robots", "urn:example:Robot", note), robot("/Robots", "URN:example:robot", note), nil},
		{"a new type", noteOfUser, robot("/Robots", "urn:example:Robot", mustNote), nil},
		{"another endpoint", robot("/Robots", "urn:example:Robot", note), robot("/Bots", "urn:example:Robot", note), []want{{"Robot", "", false}}},
		{"another schema", robot("/Robots", "urn:example:Robot", note), robot("/Robots", "urn:example:Other", note), []want{{"Robot", "", false}}},
		{"an optional extension", robot("/Robots", "urn:example:Robot", ""), robot("/Robots", "urn:example:Robot", note), nil},
		{"a required extension", robot("/Robots", "urn:example:Robot", ""), robot("/Robots", "urn:example:Robot", mustNote), []want{{"Robot", "urn:example:Note", true}}},
		{"it becomes required", robot("/Robots", "urn:example:Robot", note), `{"name":"ROBOT","schemaExtensions":[` + mustNote + `]}`, []want{{"Robot", "urn:example:Note", true}}},
		{"it is required no more", robot("/Robots", "urn:example:Robot", mustNote), robot("/Robots", "urn:example:Robot", note), nil},
		{"an extension less", robot("/Robots", "urn:example:Robot", note), robot("/Robots", "urn:example:Robot", ""), []want{{"Robot", "urn:example:Note", false}}},
		{"a type in two parts, again", "[" + robot("/Robots", "urn:example:Robot", "") + `,{"name":"Robot","schemaExtensions":[` + note + `]}]`,
			"[" + robot("/Robots", "urn:example:Robot", "") + `,{"name":"Robot","schemaExtensions":[` + note + `]}]`, nil},
		{"User gets an optional one", robotType, userNote(note), nil},
		{"User gets a required one", robotType, userNote(mustNote), []want{{"User", "urn:example:Note", true}}},
		{"User's becomes required", userNote(note), userNote(mustNote), []want{{"User", "urn:example:Note", true}}},
		{"User's is required again", userNote(mustNote), userNote(mustNote), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, demands, err := defined(t, schemas, tt.from).Add(parse(t, tt.to))
			if err != nil {
				t.Fatal(err)
			}
			var got []want
			for _, d := range demands {
				got = append(got, want{d.Type, d.Extension, d.Lacking})
				if d.Change == "" || d.Remedy == "" {
					t.Errorf("%+v does not say what to do", d)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("demands %v, want %v", got, tt.want)
			}
		})
	}
}

// TestBareNamesStayBuiltIn: what clients call by its bare name goes on meaning
// the built-in attribute when a tenant's extension has one of that name too.
func TestBareNamesStayBuiltIn(t *testing.T) {
	t.Parallel()
	d := defined(t, `[{"id":"urn:example:A","name":"A","attributes":[{"name":"department"},{"name":"badge"}]},
		{"id":"urn:example:B","name":"B","attributes":[{"name":"department"},{"name":"badge"},{"name":"only"}]},
		{"name":"User","schemaExtensions":[{"schema":"urn:example:A"},{"schema":"urn:example:B"}]}]`)
	registry, err := d.Registry()
	if err != nil {
		t.Fatal(err)
	}
	kind := registry.ByName("User")
	for text, want := range map[string]string{
		"department": schema.EnterpriseUserURN + ":department", "only": "urn:example:B:only", "urn:example:A:department": "urn:example:A:department",
	} {
		if got := resolve(t, kind, text).String(); got != want {
			t.Errorf("%s means %s, want %s", text, got, want)
		}
	}
	name, err := schema.ParseName("badge")
	if err != nil {
		t.Fatal(err)
	}
	if ref, ok := kind.Resolve(name); ok {
		t.Errorf("badge, which two extensions have, means %s", ref)
	}
}

func TestRevision(t *testing.T) {
	t.Parallel()
	base := schema.Default()
	later := base.WithRevision(7)
	for _, kind := range later.Types() {
		if kind.Revision() != 7 || base.ByName(kind.Name).Revision() != 0 || len(kind.Attributes()) != len(base.ByName(kind.Name).Attributes()) {
			t.Errorf("%s is of revision %d, the default one of %d", kind.Name, kind.Revision(), base.ByName(kind.Name).Revision())
		}
	}
	if len(later.Types()) != len(base.Types()) || len(later.Schemas()) != len(base.Schemas()) {
		t.Error("a type or schema got lost")
	}
}
