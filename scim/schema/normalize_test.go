package schema_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/schema"
)

var (
	user  = schema.Default().ByName("User")
	group = schema.Default().ByName("Group")
	// strict is how a client is read that must follow the RFC to the letter.
	strict = schema.Options{RefuseUnknown: true, StrictTypes: true, KeepEmptyStrings: true}
)

func decode(tb testing.TB, text string) map[string]any {
	tb.Helper()
	doc, err := schema.DecodeObject([]byte(text))
	if err != nil {
		tb.Fatalf("decode %s: %v", text, err)
	}
	return doc
}

func encode(tb testing.TB, t *schema.ResourceType, doc map[string]any) string {
	tb.Helper()
	text, err := schema.Encode(t, doc)
	if err != nil {
		tb.Fatalf("encode %v: %v", doc, err)
	}
	return string(text)
}

// ent names an attribute of the enterprise extension.
const ent = `"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`

// gadget is a type of a tenant's own: every data type, an unlisted externalId, a
// required extension.
var gadget = func() *schema.ResourceType {
	core, err := schema.ParseSchema([]byte(`{"id":"urn:example:gadget","name":"Gadget","attributes":[
		{"name":"label","required":true},
		{"name":"on","type":"boolean"},
		{"name":"count","type":"integer"},
		{"name":"ratio","type":"decimal"},
		{"name":"since","type":"dateTime"},
		{"name":"key","type":"binary"},
		{"name":"link","type":"reference"},
		{"name":"tags","multiValued":true},
		{"name":"sizes","type":"integer","multiValued":true},
		{"name":"pin","mutability":"writeOnly"},
		{"name":"made","type":"complex","subAttributes":[
			{"name":"by","required":true},{"name":"at","type":"dateTime"},{"name":"tools","multiValued":true}]},
		{"name":"parts","type":"complex","multiValued":true,"subAttributes":[
			{"name":"value","required":true},{"name":"primary","type":"boolean"},{"name":"serial","mutability":"readOnly"}]}]}`))
	if err != nil {
		panic(err)
	}
	ext, err := schema.ParseSchema([]byte(`{"id":"urn:example:owner:1.0","name":"Owner","attributes":[
		{"name":"team","required":true},{"name":"note"}]}`))
	if err != nil {
		panic(err)
	}
	kind, err := schema.ParseResourceType([]byte(`{"name":"Gadget","endpoint":"/Gadgets","schema":"urn:example:gadget",
		"schemaExtensions":[{"schema":"urn:example:owner:1.0","required":true}]}`))
	if err != nil {
		panic(err)
	}
	registry, err := schema.NewRegistry([]*schema.ResourceType{kind}, []*schema.Schema{core, ext})
	if err != nil {
		panic(err)
	}
	return registry.ByName("gadget")
}()

// owned completes a gadget's body with what is required.
func owned(attributes string) string {
	return `{"label":"L","urn:example:owner:1.0":{"team":"T"}` + attributes + `}`
}

func TestNormalize(t *testing.T) {
	t.Parallel()
	keep := schema.Options{KeepEmptyStrings: true}
	tests := []struct {
		name     string
		kind     *schema.ResourceType
		options  schema.Options
		in, want string
	}{
		{"names as the schema writes them", user, strict,
			`{"USERNAME":"a","Name":{"GIVENNAME":"G"},"Emails":[{"VALUE":"e"}],"urn:IETF:params:scim:schemas:extension:enterprise:2.0:user":{"DEPARTMENT":"D"}}`,
			`{"userName":"a","name":{"givenName":"G"},"emails":[{"value":"e"}],` + ent + `":{"department":"D"}}`},
		{"the server's attributes are dropped", user, strict,
			`{"schemas":["x"],"ID":"9","meta":{"version":"1"},"groups":[{"value":"g"}],"userName":"a"}`, `{"userName":"a"}`},
		{"members are left to the caller", group, strict, `{"displayName":"G","Members":[{"value":"u"}]}`, `{"displayName":"G"}`},
		{"members under the core URN too", group, strict,
			`{"displayName":"G","urn:ietf:params:scim:schemas:core:2.0:Group:members":[{"value":"u"}]}`, `{"displayName":"G"}`},
		{"a password is not kept", user, strict, `{"userName":"a","password":"s3cret"}`, `{"userName":"a"}`},
		{"a readOnly sub-attribute is dropped", user, strict,
			`{"userName":"a",` + ent + `":{"manager":{"value":"m","displayName":"M"}}}`, `{"userName":"a",` + ent + `":{"manager":{"value":"m"}}}`},
		{"no value", user, strict,
			`{"userName":"a","title":null,"emails":[],"name":{},"phoneNumbers":[{},null,{"value":null}],"nickName":null,` + ent + `":{"manager":{"$ref":null}}}`,
			`{"userName":"a"}`},
		{"an extension may be null", user, strict, `{"userName":"a",` + ent + `":null}`, `{"userName":"a"}`},
		{"an extension may be an empty list", user, schema.Options{}, `{"userName":"a",` + ent + `":[]}`, `{"userName":"a"}`},
		{"empty strings are no value", user, schema.Options{},
			`{"userName":"a","title":"","active":"","name":{"givenName":"","familyName":"F"},"emails":[{"value":"","type":""}],` + ent + `":{"manager":"","department":""}}`,
			`{"userName":"a","name":{"familyName":"F"}}`},
		{"empty strings are kept", user, keep,
			`{"userName":"a","title":"","active":"","profileUrl":"","name":{"middleName":""}}`, `{"userName":"a","title":"","profileUrl":"","name":{"middleName":""}}`},
		{"dotted keys", user, strict, `{"userName":"a","name.givenName":"G","NAME.familyname":"F","name":{"middleName":"M"}}`,
			`{"userName":"a","name":{"givenName":"G","familyName":"F","middleName":"M"}}`},
		{"dotted keys beside a null", user, strict, `{"userName":"a","name.givenName":"G","name":null}`, `{"userName":"a","name":{"givenName":"G"}}`},
		{"a dotted key beside its null", user, strict, `{"userName":"a","name.givenName":null,"name":{"givenName":"G"}}`, `{"userName":"a","name":{"givenName":"G"}}`},
		{"keys with a URN", user, strict,
			`{"urn:ietf:params:scim:schemas:core:2.0:User:userName":"a",` + ent + `:department":"D",` + ent + `:manager.value":"m",` + ent + `":{"division":"V"}}`,
			`{"userName":"a",` + ent + `":{"department":"D","manager":{"value":"m"},"division":"V"}}`},
		{"an extension's attribute without its URN", user, schema.Options{}, `{"userName":"a","manager":"m"}`, `{"userName":"a",` + ent + `":{"manager":{"value":"m"}}}`},
		{"nulls beside an extension's own", user, schema.Options{},
			`{"userName":"a","manager":null,"department":null,` + ent + `":{"manager":{"value":"m"}}}`, `{"userName":"a",` + ent + `":{"manager":{"value":"m"}}}`},
		{"a dotted key of a multi-valued attribute", user, schema.Options{}, `{"userName":"a","emails.value":"e"}`, `{"userName":"a","emails":[{"value":"e"}]}`},
		{"unknown attributes are ignored", user, schema.Options{},
			`{"userName":"a","shoeSize":9,"name":{"nick":"N"},"urn:example:x":{"a":1},"urn:bad:name.":1,"a b":2,"":3,` + ent + `":{"floor":2},` +
				`"urn:ietf:params:scim:schemas:extension:enterprise:2.0User":{"department":"D"}}`, `{"userName":"a"}`},
		{"booleans as strings", user, schema.Options{}, `{"userName":"a","active":"False","emails":[{"value":"e","primary":"TRUE"}]}`,
			`{"userName":"a","active":false,"emails":[{"value":"e","primary":true}]}`},
		{"one object for a list", user, schema.Options{}, `{"userName":"a","emails":{"value":"e"}}`, `{"userName":"a","emails":[{"value":"e"}]}`},
		{"one string for a list", user, schema.Options{}, `{"userName":"a","emails":"e"}`, `{"userName":"a","emails":[{"value":"e"}]}`},
		{"strings for objects", user, schema.Options{}, `{"userName":"a","emails":["e","f"]}`, `{"userName":"a","emails":[{"value":"e"},{"value":"f"}]}`},
		{"a list of one for an object", user, schema.Options{},
			`{"userName":"a","name":[{"givenName":"G"}],"manager":[{"$ref":"r","value":"m"}]}`,
			`{"userName":"a","name":{"givenName":"G"},` + ent + `":{"manager":{"value":"m","$ref":"r"}}}`},
		{"an app role as JSON in a string", user, schema.Options{},
			`{"userName":"a","roles":[{"value":"{\"id\":\"7\",\"value\":\"Admin\",\"displayName\":\"Administrator\"}","primary":"True"}]}`,
			`{"userName":"a","roles":[{"value":"Admin","display":"Administrator","primary":true}]}`},
		{"an app role that is only the string", user, schema.Options{RefuseUnknown: true},
			`{"userName":"a","roles":["{\"id\":\"7\",\"value\":\"Admin\"}"]}`, `{"userName":"a","roles":[{"value":"Admin"}]}`},
		{"what stands beside an app role comes first", user, schema.Options{},
			`{"userName":"a","roles":[{"display":"D","value":"{\"value\":\"V\",\"display\":\"E\",\"type\":\"T\"}"}]}`,
			`{"userName":"a","roles":[{"value":"V","display":"D","type":"T"}]}`},
		{"a role that merely looks like JSON", user, schema.Options{}, `{"userName":"a","roles":[{"value":"{admin}"},{"value":"{\"id\":1}"}]}`, ``},
		{"a role to the letter", user, strict, `{"userName":"a","roles":[{"value":"{\"value\":\"Admin\"}"}]}`, ``},
		{"displayName for display", user, schema.Options{RefuseUnknown: true},
			`{"userName":"a","roles":[{"value":"r","displayName":"R","type":"WindowsAzureActiveDirectoryRole"}]}`,
			`{"userName":"a","roles":[{"value":"r","display":"R","type":"WindowsAzureActiveDirectoryRole"}]}`},
		{"display comes before displayName", user, schema.Options{}, `{"userName":"a","roles":[{"value":"r","displayName":"R","Display":"D"}]}`,
			`{"userName":"a","roles":[{"value":"r","display":"D"}]}`},
		{"other than canonical values", user, strict, `{"userName":"a","emails":[{"value":"e","type":"Office"}]}`, ``},
		{"several of one type", user, strict, `{"userName":"a","emails":[{"value":"e","type":"work"},{"value":"f","type":"work"}]}`, ``},
		{"identical elements", user, strict,
			`{"userName":"a","emails":[{"value":"e","type":"work"},{"type":"work","value":"e"},{"value":"E","type":"work"}]}`,
			`{"userName":"a","emails":[{"value":"e","type":"work"},{"value":"E","type":"work"}]}`},
		{"identical primaries are one", user, strict, `{"userName":"a","emails":[{"value":"e","primary":true},{"value":"e","primary":true}]}`,
			`{"userName":"a","emails":[{"value":"e","primary":true}]}`},
		{"any text as a reference", user, schema.Options{}, `{"userName":"a","profileUrl":"%zz not a URI"}`, ``},
		{"control characters and HTML", user, strict, `{"userName":"a\u0001\u007f<b>&\u2028"}`, "{\"userName\":\"a\\u0001\x7f<b>&\u2028\"}"},
		{"every type", gadget, strict,
			owned(`,"externalId":"x","on":true,"count":-9223372036854775808,"ratio":1.50,"since":"2026-01-31T09:30:00.1234567+02:00","key":"aGk=","link":"https://example.com/",` +
				`"tags":["a","b"],"sizes":[1,2],"made":{"by":"b","at":"0001-01-03T00:00:00.0000000Z","tools":["t"]},"parts":[{"value":"p"}]`), ``},
		{"types as strings", gadget, schema.Options{},
			owned(`,"on":"tRuE","count":"12","ratio":"1.50","sizes":["3",3,4],"tags":"a","made.tools":"t","made":{"by":"b"}`),
			owned(`,"on":true,"count":12,"ratio":1.50,"sizes":[3,4],"tags":["a"],"made":{"by":"b","tools":["t"]}`)},
		{"base64 in each form", gadget, strict, owned(`,"key":"-_8"`), ``},
		{"base64 over lines", gadget, strict, owned(`,"key":"aGVs\r\nbG8="`), ``},
		{"a dateTime without a zone", gadget, strict, owned(`,"since":"2026-01-31T09:30:00"`), ``},
		{"numbers that are the same", gadget, strict, owned(`,"sizes":[1,1,-0,0]`), owned(`,"sizes":[1,0]`)},
		{"a writeOnly value is not kept", gadget, strict, owned(`,"pin":"1234"`), owned(``)},
		{"a readOnly part of an element", gadget, strict, owned(`,"parts":[{"value":"p","serial":"1"},{"serial":"2"}]`), owned(`,"parts":[{"value":"p"}]`)},
		{"a complex value of nothing needs nothing", gadget, schema.Options{}, owned(`,"made":{"at":""}`), owned(``)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.want == "" {
				tt.want = tt.in
			}
			in := decode(t, tt.in)
			before := fmt.Sprint(in)
			got, err := tt.kind.Normalize(in, tt.options)
			if err != nil {
				t.Fatalf("Normalize: %v", err)
			}
			if diff := cmp.Diff(decode(t, tt.want), got); diff != "" {
				t.Errorf("Normalize (-want +got):\n%s", diff)
			}
			if after := fmt.Sprint(in); after != before {
				t.Errorf("Normalize changed its input from %s to %s", before, after)
			}
		})
	}
}

func TestNormalizeRefuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 40_000)
	many := `["` + strings.Join(numbered(1_001), `","`) + `"]`
	tests := []struct {
		name    string
		kind    *schema.ResourceType
		options schema.Options
		in      string
		typ     schema.ErrorType
		detail  string
	}{
		{"two spellings", user, schema.Options{}, `{"userName":"a","username":"b"}`, schema.InvalidSyntax, "userName: the attribute is named twice"},
		{"two spellings, one null", user, schema.Options{}, `{"userName":"a","username":null}`, schema.InvalidSyntax, "userName"},
		{"two spellings of a sub-attribute", user, schema.Options{}, `{"userName":"a","name":{"givenName":"a","givenname":"b"}}`, schema.InvalidSyntax, "name.givenName"},
		{"two spellings of an extension", user, schema.Options{}, `{"userName":"a",` + ent + `":{},"URN:ietf:params:scim:schemas:extension:enterprise:2.0:User":{}}`, schema.InvalidSyntax, "enterprise:2.0:User: the"},
		{"a dotted key and its whole", user, schema.Options{}, `{"userName":"a","name":{"GivenName":"a"},"name.givenName":"b"}`, schema.InvalidSyntax, "name.givenName"},
		{"a dotted key and a list", user, schema.Options{}, `{"userName":"a","emails":[{"value":"e"}],"emails.type":"work"}`, schema.InvalidSyntax, "emails"},
		{"with and without a URN", user, schema.Options{}, `{"userName":"a","manager":"m",` + ent + `":{"manager":{"value":"n"}}}`, schema.InvalidSyntax, "2.0:User:manager"},
		{"an attribute by its core URN too", user, schema.Options{}, `{"userName":"a","urn:ietf:params:scim:schemas:core:2.0:User:userName":"b"}`, schema.InvalidSyntax, "userName"},
		{"part of the members", group, schema.Options{}, `{"displayName":"G","members.value":"u"}`, schema.InvalidSyntax, "members"},
		{"an unknown attribute", user, strict, `{"userName":"a","shoeSize":9}`, schema.InvalidSyntax, "shoeSize: no schema defines"},
		{"an unknown sub-attribute", user, strict, `{"userName":"a","emails":[{"value":"e"},{"valeu":"f"}]}`, schema.InvalidSyntax, "emails[1].valeu: no schema"},
		{"an unknown attribute of an extension", user, strict, `{"userName":"a",` + ent + `":{"floor":1}}`, schema.InvalidSyntax, "enterprise:2.0:User:floor: no schema"},
		{"an unknown attribute behind a URN", user, strict, `{"userName":"a",` + ent + `:floor":1,` + ent + `:floor2":1}`, schema.InvalidSyntax, "floor"},
		{"an unknown extension beside a name", user, strict, `{"userName":"a",` + ent + `":{"x":1},"department":"D"}`, schema.InvalidSyntax, "enterprise:2.0:User:x"},
		{"displayName for display, strictly", user, strict, `{"userName":"a","roles":[{"value":"r","displayName":"R"}]}`, schema.InvalidSyntax, "roles[0].displayName"},
		{"a key that is no name", user, strict, `{"userName":"a","a b":1}`, schema.InvalidSyntax, "a b"},
		{"nothing required", user, schema.Options{}, `{}`, schema.InvalidValue, "userName: required"},
		{"an empty required value", user, schema.Options{KeepEmptyStrings: true}, `{"userName":""}`, schema.InvalidValue, "userName: required"},
		{"a group without a name", group, schema.Options{}, `{"members":[]}`, schema.InvalidValue, "displayName: required"},
		{"no required sub-attribute", gadget, schema.Options{}, owned(`,"made":{"tools":["t"]}`), schema.InvalidValue, "made.by: required"},
		{"no required sub-attribute of an element", gadget, schema.Options{}, owned(`,"parts":[{"value":"a"},{"primary":true}]`), schema.InvalidValue, "parts[1].value: required"},
		{"no required extension", gadget, schema.Options{}, `{"label":"L"}`, schema.InvalidValue, "urn:example:owner:1.0: required"},
		{"an empty required extension", gadget, schema.Options{}, `{"label":"L","urn:example:owner:1.0":{"note":""}}`, schema.InvalidValue, "urn:example:owner:1.0: required"},
		{"no required attribute of an extension", gadget, schema.Options{}, `{"label":"L","urn:example:owner:1.0":{"note":"n"}}`, schema.InvalidValue, "urn:example:owner:1.0:team: required"},
		{"a number for a string", user, schema.Options{}, `{"userName":5}`, schema.InvalidValue, "userName: expected a string, got the number 5"},
		{"a boolean for a string", user, schema.Options{}, `{"userName":"a","title":true}`, schema.InvalidValue, "title: expected a string, got true"},
		{"an object for a string", user, schema.Options{}, `{"userName":{"a":1}}`, schema.InvalidValue, "userName: expected a string, got an object"},
		{"a list for a string", user, schema.Options{}, `{"userName":["a"]}`, schema.InvalidValue, "userName: expected a string, got an array of 1"},
		{"a password that is no string", user, schema.Options{}, `{"userName":"a","password":5}`, schema.InvalidValue, "password: expected a string"},
		{"text for a boolean", user, schema.Options{}, `{"userName":"a","active":"maybe"}`, schema.InvalidValue, `active: expected a boolean, got the string "maybe"`},
		{"a number for a boolean", user, schema.Options{}, `{"userName":"a","active":1}`, schema.InvalidValue, "active: expected a boolean, got the number 1"},
		{"a string for a boolean, strictly", user, strict, `{"userName":"a","active":"True"}`, schema.InvalidValue, "active: expected a boolean"},
		{"an empty string for a boolean, echoed short", user, schema.Options{}, `{"userName":"a","active":"` + strings.Repeat("x", 5_000) + `"}`, schema.InvalidValue, "…"},
		{"a string for an object, strictly", user, strict, `{"userName":"a",` + ent + `":{"manager":"m"}}`, schema.InvalidValue, "manager: expected an object, got the string"},
		{"a string for an object without a value", user, schema.Options{}, `{"userName":"a","name":"N"}`, schema.InvalidValue, "name: expected an object"},
		{"a number for an object", user, schema.Options{}, `{"userName":"a","emails":[7]}`, schema.InvalidValue, "emails[0]: expected an object, got the number 7"},
		{"a list in a list", user, schema.Options{}, `{"userName":"a","emails":[[{"value":"e"}]]}`, schema.InvalidValue, "emails[0]: expected an object, got an array"},
		{"a list for an object, strictly", user, strict, `{"userName":"a","name":[{"givenName":"G"}]}`, schema.InvalidValue, "name: expected an object"},
		{"two for one object", user, schema.Options{}, `{"userName":"a","name":[{"givenName":"G"},{"givenName":"H"}]}`, schema.InvalidValue, "name: expected an object"},
		{"an object for a list, strictly", user, strict, `{"userName":"a","emails":{"value":"e"}}`, schema.InvalidValue, "emails: expected an array, got an object"},
		{"a wrong value in place of a list", user, schema.Options{}, `{"userName":"a","emails":{"value":1}}`, schema.InvalidValue, "emails.value: expected a string"},
		{"text for an extension", user, schema.Options{}, `{"userName":"a",` + ent + `":"x"}`, schema.InvalidValue, "expected an object with the extension's attributes"},
		{"text for an extension beside a name of it", user, schema.Options{}, `{"userName":"a",` + ent + `":"x","department":"D"}`, schema.InvalidValue, "expected an object with the extension's attributes"},
		{"two primaries", user, schema.Options{}, `{"userName":"a","emails":[{"value":"e","primary":true},{"value":"f","primary":"true"}]}`, schema.InvalidValue, "emails: expected at most one value with primary true"},
		{"a long string", user, schema.Options{}, `{"userName":"` + long + `"}`, schema.InvalidValue, "userName: expected at most 65536 bytes, got 80000"},
		{"too many values", gadget, schema.Options{}, owned(`,"tags":` + many), schema.InvalidValue, "tags: expected at most 1000 values, got 1001"},
		{"a word for an integer", gadget, schema.Options{}, owned(`,"count":"many"`), schema.InvalidValue, "count: expected an integer"},
		{"a fraction for an integer", gadget, schema.Options{}, owned(`,"count":1.5`), schema.InvalidValue, "count: expected an integer"},
		{"an exponent for an integer", gadget, schema.Options{}, owned(`,"sizes":[1,1e3]`), schema.InvalidValue, "sizes[1]: expected an integer"},
		{"a huge integer", gadget, schema.Options{}, owned(`,"count":9223372036854775808`), schema.InvalidValue, "count: expected an integer"},
		{"a string for an integer, strictly", gadget, strict, owned(`,"count":"1"`), schema.InvalidValue, "count: expected an integer"},
		{"true for an integer", gadget, schema.Options{}, owned(`,"count":true`), schema.InvalidValue, "count: expected an integer, got true"},
		{"a huge decimal", gadget, schema.Options{}, owned(`,"ratio":1e999`), schema.InvalidValue, "ratio: expected a decimal"},
		{"hexadecimal", gadget, schema.Options{}, owned(`,"ratio":"0x10"`), schema.InvalidValue, "ratio: expected a decimal"},
		{"infinity", gadget, schema.Options{}, owned(`,"ratio":"Inf"`), schema.InvalidValue, "ratio: expected a decimal"},
		{"a day for a dateTime", gadget, schema.Options{}, owned(`,"since":"2026-02-30T00:00:00Z"`), schema.InvalidValue, `since: expected a dateTime like "2026-01-31T09:30:00Z", got the string "2026-02-30`},
		{"a long dateTime", gadget, schema.Options{}, owned(`,"since":"2026-01-31T00:00:00.` + strings.Repeat("0", 64) + `Z"`), schema.InvalidValue, "since: expected a dateTime"},
		{"a number for a dateTime", gadget, schema.Options{}, owned(`,"since":0`), schema.InvalidValue, "since: expected a dateTime"},
		{"no base64", gadget, schema.Options{}, owned(`,"key":"a*b"`), schema.InvalidValue, "key: expected base64 text"},
		{"no URI, strictly", gadget, strict, owned(`,"link":"%zz"`), schema.InvalidValue, "link: expected a URI"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.kind.Normalize(decode(t, tt.in), tt.options)
			if got != nil {
				t.Errorf("Normalize returned %v besides its error", got)
			}
			wantRefusal(t, err, tt.typ, tt.detail)
		})
	}
}

func numbered(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint(i)
	}
	return out
}

// Values that JSON cannot express come from callers that build documents themselves.
func TestNormalizeRefusesOtherValues(t *testing.T) {
	t.Parallel()
	for _, v := range []any{"a\x00b", "a\xffb", 5, []string{"a"}, json.Number("NaN")} {
		_, err := user.Normalize(map[string]any{"userName": v}, schema.Options{})
		wantRefusal(t, err, schema.InvalidValue, "userName: ")
	}
	_, err := gadget.Normalize(map[string]any{"label": "L", "count": json.Number("0x1")}, schema.Options{})
	wantRefusal(t, err, schema.InvalidValue, "count: ")
}
