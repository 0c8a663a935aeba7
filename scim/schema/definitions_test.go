package schema_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/schema"
)

const (
	robotSchema = `{"id":"urn:example:Robot","name":"Robot","attributes":[{"name":"label","required":true}]}`
	robotType   = `{"name":"Robot","endpoint":"/Robots","schema":"urn:example:Robot"}`
	noteSchema  = `{"id":"urn:example:Note","name":"Note","attributes":[{"name":"note"}]}`
	noteOfUser  = `{"name":"User","schemaExtensions":[{"schema":"urn:example:Note"}]}`
)

func parse(tb testing.TB, text string) schema.Definitions {
	tb.Helper()
	d, err := schema.ParseDefinitions([]byte(text))
	if err != nil {
		tb.Fatalf("parse %s: %v", text, err)
	}
	return d
}

// defined adds uploads one after the other.
func defined(tb testing.TB, uploads ...string) schema.Definitions {
	tb.Helper()
	var d schema.Definitions
	for _, text := range uploads {
		next, _, err := d.Add(parse(tb, text))
		if err != nil {
			tb.Fatalf("add %s: %v", text, err)
		}
		d = next
	}
	return d
}

// told is what definitions there are: "schema urn:…", ….
func told(tb testing.TB, d schema.Definitions) string {
	tb.Helper()
	all, err := d.All()
	if err != nil {
		tb.Fatal(err)
	}
	documents := make([][]byte, len(all))
	names := make([]string, len(all))
	for i, one := range all {
		names[i], documents[i] = string(one.Kind)+" "+one.Name, one.JSON
	}
	again, err := schema.ReadDefinitions(documents)
	if err != nil {
		tb.Fatalf("what was written cannot be read: %v", err)
	}
	rewritten, err := again.All()
	if err != nil {
		tb.Fatal(err)
	}
	if one, other := asJSON(tb, all), asJSON(tb, rewritten); one != other {
		tb.Fatalf("read back\n%s\nwritten\n%s", other, one)
	}
	return strings.Join(names, ", ")
}

func TestParseDefinitions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"a schema", robotSchema, "schema urn:example:Robot"},
		{"a type", robotType, "resource_type Robot"},
		{"an extension of a built-in type", noteOfUser, "extension User"},
		{"in any order and case", `[` + robotType + `,{"ID":"urn:example:Robot","Name":"Robot","ATTRIBUTES":[{"NAME":"label"}]}]`,
			"schema urn:example:Robot, resource_type Robot"},
		{"schemas say what it is", `{"schemas":["` + schema.ResourceTypeURN + `"],"name":"Robot","endpoint":"/Robots","schema":"urn:example:Robot"}`,
			"resource_type Robot"},
		{"User as it is listed, with more", `{"schemas":["` + schema.ResourceTypeURN + `"],"id":"User","name":"user","endpoint":"/Users","description":"User Account",
			"schema":"` + schema.UserURN + `","meta":{"location":"x"},"schemaExtensions":[{"schema":"` + schema.EnterpriseUserURN + `","required":false},
			{"schema":"urn:example:Note","required":true}]}`, "extension User"},
		{"with space around", "\n\t " + noteSchema + " \r\n", "schema urn:example:Note"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := told(t, parse(t, tt.in)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestParseDefinitionsRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", " ", "expected a JSON object"},
		{"no definitions", "[]", "at least one"},
		{"no JSON", "[{]", "malformed JSON"},
		{"something behind it", robotSchema + "{}", "nothing behind"},
		{"numbers", "[1]", "definition 1 of 1: malformed JSON: expected a JSON object"},
		{"too much", `["` + strings.Repeat("x", schema.MaxDefinitionsFile) + `"]`, "longer than 1048576 bytes"},
		{"neither", `{"name":"x"}`, "neither a schema"},
		{"both", `{"schemas":["` + schema.SchemaURN + `","` + schema.ResourceTypeURN + `"]}`, "got both"},
		{"where", "[" + robotSchema + "," + `{"id":"x","attributes":[]}]`, "definition 2 of 2: schema"},
		{"a schema twice", "[" + robotSchema + "," + strings.ToLower(robotSchema) + "]", "defined twice"},
		{"a type twice", "[" + robotType + "," + strings.ReplaceAll(robotType, "Robot", "ROBOT") + "]", "defined twice"},
		{"an extension twice", "[" + noteOfUser + "," + noteOfUser + "]", "named twice"},
		{"an extension twice in one", `{"name":"User","schemaExtensions":[{"schema":"urn:a:b"},{"schema":"URN:A:B"}]}`, "named twice"},
		{"another User", `{"name":"USER","endpoint":"/People","schema":"urn:example:Robot"}`, "is taken"},
		{"a type without extensions or schema", `{"name":"Robot","schemaExtensions":[]}`, "expected schema and endpoint"},
		{"extensions of nobody", `{"schemaExtensions":[{"schema":"urn:a:b"}]}`, "name: expected"},
		{"a misspelled key", `{"id":"urn:a:b","name":"A","attribs":[],"attributes":[{"name":"a"}]}`, `"attribs": a definition has no such key`},
		{"a misspelled key of an attribute", `{"id":"urn:a:b","name":"A","attributes":[{"name":"a","mutable":true}]}`, `attribute a: "mutable"`},
		{"a misspelled key of a sub-attribute", `{"id":"urn:a:b","name":"A","attributes":[{"name":"a","type":"complex","subAttributes":[{"name":"b","x":1}]}]}`,
			`attribute a: attribute b: "x"`},
		{"a key in two spellings", `{"id":"urn:a:b","name":"A","attributes":[{"name":"a","Name":"b"}]}`, "attribute a: name: the key occurs twice"},
		{"a text for a boolean", `{"id":"urn:a:b","name":"A","attributes":[{"name":"a","multiValued":"true"}]}`, "attribute a: multiValued: a JSON string"},
		{"a boolean for a text", `{"id":"urn:a:b","name":"A","attributes":[{"name":"a","type":true}]}`, "attribute a: type: a JSON boolean"},
		{"an attribute that is none", `{"id":"urn:a:b","name":"A","attributes":["a"]}`, "attributes[0]: a JSON string"},
		{"a value that is none", `{"id":"urn:a:b","name":"A","attributes":[{"name":"a","canonicalValues":["x",1]}]}`, "attribute a: canonicalValues[1]: a JSON number"},
		{"values that are none", `{"id":"urn:a:b","name":"A","attributes":[{"name":"a","canonicalValues":{}}]}`, "canonicalValues: a JSON object"},
		{"an extension that is none", `{"name":"User","schemaExtensions":[["urn:a:b"]]}`, "schemaExtensions[0]: a JSON array"},
		{"base64 without case", `{"id":"urn:a:b","name":"A","attributes":[{"name":"c","type":"complex","subAttributes":[{"name":"a","type":"binary","caseExact":false}]}]}`,
			"attribute c: attribute a: caseExact"},
		{"too many parts", `{"id":"urn:a:b","name":"A","attributes":[{"name":"c","type":"complex","subAttributes":[{"name":"a` +
			strings.Join(numbered(300), `"},{"name":"a`) + `"}]},{"name":"d","type":"complex","subAttributes":[{"name":"a` + strings.Join(numbered(300), `"},{"name":"a`) + `"}]}]}`,
			"more than 500, sub-attributes counted"},
		{"a type that is no name", `{"name":"$x","endpoint":"/X","schema":"urn:a:b"}`, "name: expected"},
		{"an endpoint that is no name", `{"name":"X","endpoint":"/$x","schema":"urn:a:b"}`, "endpoint: expected"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d, err := schema.ParseDefinitions([]byte(tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %+v, %v, want an error about %q", d, err, tt.want)
			}
		})
	}
}

// What a definition leaves out for values that differ by case is not the default
// of strings.
func TestExactTypes(t *testing.T) {
	t.Parallel()
	s := parse(t, `{"id":"urn:a:b","name":"A","attributes":[{"name":"text"},{"name":"key","type":"binary"},{"name":"link","type":"reference"},
		{"name":"loose","type":"reference","CaseExact":false},{"name":"c","type":"complex","subAttributes":[{"name":"key","type":"binary","caseExact":null}]}]}`).Schemas[0]
	for name, want := range map[string]bool{"text": false, "key": true, "link": true, "loose": false} {
		if got := s.Attribute(name).CaseExact; got != want {
			t.Errorf("%s: caseExact %t, want %t", name, got, want)
		}
	}
	if !s.Attribute("c").Sub("key").CaseExact {
		t.Error("c.key is not caseExact")
	}
}

func TestDefinitionsAdd(t *testing.T) {
	t.Parallel()
	d := defined(t, "["+robotType+","+robotSchema+"]", "["+noteSchema+","+noteOfUser+"]",
		`{"name":"robot","schemaExtensions":[{"schema":"URN:example:note","required":true}]}`)
	if got := told(t, d); got != "schema urn:example:Robot, schema urn:example:Note, resource_type Robot, extension User" {
		t.Errorf("there are %s", got)
	}
	if got := d.Users("urn:example:NOTE"); !slices.Equal(got, []string{"Robot", "User"}) {
		t.Errorf("the note is used by %v", got)
	}
	registry, err := d.Registry()
	if err != nil {
		t.Fatal(err)
	}
	robot := registry.ByName("robot")
	if len(robot.Extensions()) != 1 || robot.SchemaExtensions[0] != (schema.ExtensionRef{Schema: "urn:example:Note", Required: true}) {
		t.Errorf("the robot's extensions are %v", robot.SchemaExtensions)
	}
	if e := registry.ByName("User").Extensions(); len(e) != 2 || e[0].ID != schema.EnterpriseUserURN || e[1].ID != "urn:example:Note" {
		t.Errorf("User has %d extensions", len(e))
	}
	if len(user.Extensions()) != 1 {
		t.Error("the built-in User has been changed")
	}
}

func TestDefinitionsRefuse(t *testing.T) {
	t.Parallel()
	before := defined(t, "["+robotType+","+robotSchema+"]", "["+noteSchema+","+noteOfUser+"]")
	many := func(n int, format string) string {
		return "[" + strings.Join(strings.Split(fmt.Sprintf(strings.Repeat(format+"\n", n), anyNumbers(n, strings.Count(format, "%"))...), "\n")[:n], ",") + "]"
	}
	for _, tt := range []struct{ name, in, want string }{
		{"a built-in schema", strings.ReplaceAll(noteSchema, "urn:example:Note", strings.ToUpper(schema.GroupURN)), "schema URN"},
		{"a schema of discovery", strings.ReplaceAll(noteSchema, "urn:example:Note", schema.SchemaURN), "schema URN"},
		{"a message", strings.ReplaceAll(noteSchema, "urn:example:Note", "urn:ietf:params:SCIM:api:messages:2.0:Error"), "protocol's messages"},
		{"a schema in other case", strings.ReplaceAll(noteSchema, "urn:example:Note", "urn:example:note"), "write it the same way"},
		{"a type in other case", strings.ReplaceAll(robotType, `"Robot"`, `"ROBOT"`), "write it the same way"},
		{"discovery's own name", strings.ReplaceAll(robotType, `"Robot"`, `"schema"`), "resource type name"},
		{"a built-in endpoint", strings.ReplaceAll(strings.ReplaceAll(robotType, `"Robot"`, `"Other"`), "/Robots", "/users"), "endpoint"},
		{"its own endpoint twice", strings.ReplaceAll(strings.ReplaceAll(robotType, `"Robot"`, `"Other"`), "/Robots", "/ROBOTS"), "endpoint"},
		{"a built-in core", `{"name":"Person","endpoint":"/People","schema":"` + schema.UserURN + `"}`, "is built in"},
		{"no such core", `{"name":"Person","endpoint":"/People","schema":"urn:example:Nothing"}`, "is not defined"},
		{"no such extension", `{"name":"Group","schemaExtensions":[{"schema":"urn:example:Nothing"}]}`, "is not defined"},
		{"an extension that User has", `{"name":"User","schemaExtensions":[{"schema":"` + schema.EnterpriseUserURN + `","required":true}]}`, "of itself"},
		{"the core as extension", `{"name":"Robot","schemaExtensions":[{"schema":"urn:example:Robot"}]}`, "twice"},
		{"the core of User as extension", `{"name":"User","schemaExtensions":[{"schema":"` + schema.UserURN + `"}]}`, "twice"},
		{"nobody to extend", `{"name":"Nobody","schemaExtensions":[{"schema":"urn:example:Note"}]}`, "none to extend"},
		{"too many schemas", many(51, `{"id":"urn:example:s%d","name":"S","attributes":[{"name":"a"}]}`), "at most 50 schemas"},
		{"too many types", many(20, `{"name":"T%d","endpoint":"/T%d","schema":"urn:example:Robot"}`), "at most 20 resource types"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := before.Add(parse(t, tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want an error about %q", err, tt.want)
			}
		})
	}
	long := strings.Repeat("x", 4000)
	d := before
	for i := range 3 { // each upload is short enough, all of them are not
		var attributes []string
		for j := range 240 {
			attributes = append(attributes, fmt.Sprintf(`{"name":"a%d","description":%q}`, j, long))
		}
		next, _, err := d.Add(parse(t, fmt.Sprintf(`{"id":"urn:example:long%d","name":"Long","attributes":[%s]}`, i, strings.Join(attributes, ","))))
		if i == 2 && (err == nil || !strings.Contains(err.Error(), "bytes of JSON")) || i < 2 && err != nil {
			t.Errorf("%d: %v", i, err)
		}
		d = next
	}
}

func anyNumbers(n, each int) []any {
	var all []any
	for i := range n {
		for range each {
			all = append(all, i)
		}
	}
	return all
}

func TestDefinitionsRemove(t *testing.T) {
	t.Parallel()
	before := defined(t, "["+robotType+","+robotSchema+"]", "["+noteSchema+","+noteOfUser+"]",
		`{"name":"Robot","schemaExtensions":[{"schema":"urn:example:Note"}]}`)
	for _, tt := range []struct{ name, want string }{
		{"urn:example:note", "schema urn:example:Robot, resource_type Robot"},
		{"ROBOT", "schema urn:example:Robot, schema urn:example:Note, extension User"},
	} {
		next, demands, err := before.Remove(tt.name)
		if err != nil || told(t, next) != tt.want || len(demands) == 0 {
			t.Errorf("without %s: %v, demands %v, %v", tt.name, next, demands, err)
		}
		if _, err := next.Registry(); err != nil {
			t.Errorf("without %s: %v", tt.name, err)
		}
	}
	if got := before.Users("urn:example:Note"); len(got) != 2 {
		t.Errorf("Remove changed what it was called on: %v", got)
	}
	for name, want := range map[string]string{
		"urn:example:Robot": "delete the resource type first", "user": "is built in", schema.UserURN: "is built in",
	} {
		if _, _, err := before.Remove(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("remove %s: %v", name, err)
		}
	}
	for _, name := range []string{"urn:example:Nothing", "Nothing", ""} {
		if _, _, err := before.Remove(name); !errors.Is(err, schema.ErrNotDefined) {
			t.Errorf("remove %q: %v", name, err)
		}
	}
}
