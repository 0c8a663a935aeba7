package scim

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/schema"
)

var sameSearch = cmp.AllowUnexported(Projection{})

// TestParseSearchReadsWhatAURLSays: a SearchRequest and the query of a GET with
// the same parameters are the same search.
func TestParseSearchReadsWhatAURLSays(t *testing.T) {
	t.Parallel()
	for body, query := range map[string]string{
		`{}`: "",
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}`:                            "",
		`{"SCHEMAS":["x","URN:IETF:params:scim:api:messages:2.0:searchrequest"],"unknown":{"a":[null]}}`: "",
		`{"schemas":[],"filter":null,"count":null,"cursor":null,"attributes":null}`:                      "",
		`{"filter":"userName sw \"J\"","sortBy":"userName","sortOrder":"descending"}`:                    `filter=userName+sw+"J"&sortBy=userName&sortOrder=descending`,
		`{"FILTER":"title pr","SortBY":"title","sortorder":"ASCENDING"}`:                                 "filter=title+pr&sortBy=title&sortOrder=ascending",
		`{"startIndex":11,"count":10}`:                       "startIndex=11&count=10",
		`{"startIndex":-1,"count":-10}`:                      "startIndex=-1&count=-10",
		`{"count":100000}`:                                   "count=100000",
		`{"attributes":["userName","name.givenName"]}`:       "attributes=userName,name.givenName",
		`{"excludedattributes":["members"]}`:                 "excludedAttributes=members",
		`{"attributes":[],"excludedAttributes":["members"]}`: "excludedAttributes=members",
		`{"cursor":"","count":10}`:                           "cursor&count=10",
		`{"Cursor":"abc"}`:                                   "cursor=abc",
		`{"cursor":"abc","count":-1}`:                        "cursor=abc&count=0",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		want, err := SearchOf(values)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		got, err := ParseSearch([]byte(body))
		if err != nil {
			t.Errorf("%s: %v", body, err)
		}
		if diff := cmp.Diff(want, got, sameSearch); diff != "" {
			t.Errorf("%s differs from ?%s (-want +got):\n%s", body, query, diff)
		}
	}
}

func TestParseSearchRefuses(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]schema.ErrorType{
		``:                           schema.InvalidSyntax,
		`[]`:                         schema.InvalidSyntax,
		`null`:                       schema.InvalidSyntax,
		`{"filter":"a`:               schema.InvalidSyntax,
		`{"filter":"a","filter":""}`: schema.InvalidSyntax,
		`{"filter":"a","FILTER":""}`: schema.InvalidSyntax,
		`{"schemas":"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}`: schema.InvalidValue,
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}`:     schema.InvalidValue,
		`{"schemas":[1]}`:                                 schema.InvalidValue,
		`{"filter":["userName pr"]}`:                      schema.InvalidValue,
		`{"filter":true}`:                                 schema.InvalidValue,
		`{"sortBy":1}`:                                    schema.InvalidValue,
		`{"sortOrder":"sideways"}`:                        schema.InvalidValue,
		`{"attributes":"userName"}`:                       schema.InvalidValue,
		`{"attributes":{}}`:                               schema.InvalidValue,
		`{"attributes":["userName",null]}`:                schema.InvalidValue,
		`{"excludedAttributes":[["a"]]}`:                  schema.InvalidValue,
		`{"attributes":["a"],"excludedAttributes":["b"]}`: schema.InvalidValue,
		`{"startIndex":"1"}`:                              schema.InvalidValue,
		`{"startIndex":1.5}`:                              schema.InvalidValue,
		`{"count":"10"}`:                                  schema.InvalidValue,
		`{"count":1e2}`:                                   schema.InvalidValue,
		`{"count":99999999999999999999}`:                  schema.InvalidValue,
		`{"cursor":1}`:                                    schema.InvalidValue,
		`{"cursor":"","startIndex":1}`:                    schema.InvalidValue,
		`{"cursor":"","count":201}`:                       schema.InvalidCount,
		`{"cursor":"","count":1.5}`:                       schema.InvalidCount,
		`{"cursor":"","count":99999999999999999999}`:      schema.InvalidCount,
	} {
		if _, err := ParseSearch([]byte(body)); kindOf(err) != want {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
}

// TestSearchIdentityTellsQueriesApart: no two different queries share one.
func TestSearchIdentityTellsQueriesApart(t *testing.T) {
	t.Parallel()
	types := schema.Default().Types()
	seen := map[string]string{}
	for _, query := range []string{
		"", "filter=a", "sortBy=a", "filter=a&sortBy=a", "sortOrder=descending", "sortBy=a&sortOrder=descending",
		"attributes=a", "excludedAttributes=a", "attributes=a,b", "attributes=ab", `attributes=a"b`, `filter="|"`,
		"attributes=a&filter=b", "excludedAttributes=a&filter=b", `filter=""`, `filter="a""b"`,
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		s, err := SearchOf(values)
		if err != nil {
			t.Fatal(err)
		}
		for name, of := range map[string][]*schema.ResourceType{"all": types, "first": types[:1], "second": types[1:], "none": nil} {
			identity := string(s.identity(of))
			if before, taken := seen[identity]; taken {
				t.Errorf("%q of %s is like %s", query, name, before)
			}
			seen[identity] = query + " of " + name
		}
	}
}

func TestSortKey(t *testing.T) {
	t.Parallel()
	user := schema.Default().ByName("User")
	for text, want := range map[string]string{
		"userName": "userName", "USERNAME": "userName", "name.familyName": "name.familyName", "emails": "emails.value",
		"emails.type": "emails.type", "manager": schema.EnterpriseUserURN + ":manager.value", "meta.created": "meta.created",
		schema.EnterpriseUserURN + ":employeeNumber": schema.EnterpriseUserURN + ":employeeNumber",
		schema.UserURN + ":title":                    "title",
		"name":                                       "", "meta": "", "password": "", "shoeSize": "", "emails.shoeSize": "",
		schema.EnterpriseUserURN: "", "": "", "a b": "", `emails[type eq "work"].value`: "",
	} {
		ref, err := sortKey(user, text)
		if want == "" {
			if kindOf(err) != schema.InvalidPath {
				t.Errorf("sortBy %q: %v, %v", text, ref, err)
			}
			continue
		}
		if err != nil || ref.String() != want {
			t.Errorf("sortBy %q: %s, %v; want %s", text, ref, err, want)
		}
	}
}

// TestBindSortOfSeveralTypes: some type must know the attribute, and those that
// do must agree about what it is.
func TestBindSortOfSeveralTypes(t *testing.T) {
	t.Parallel()
	types := append(schema.Default().Types(), toolType(t))
	bound := func(by string) (string, error) {
		selections, err := Search{SortBy: by}.bind(types)
		var names []string
		for _, s := range selections {
			name := "-"
			if s.SortBy != nil {
				name = s.SortBy.String()
			}
			names = append(names, name)
		}
		return strings.Join(names, " "), err
	}
	for by, want := range map[string]string{
		"userName": "userName - -", "displayName": "displayName displayName -", "members": "- members.value -",
		"meta.created": "meta.created meta.created meta.created", "weight": "- - weight", "name.givenName": "name.givenName - -",
		"name": "- - name",
	} {
		if got, err := bound(by); got != want || err != nil {
			t.Errorf("sortBy %s: %s, %v; want %s", by, got, err, want)
		}
	}
	for _, by := range []string{"shoeSize", "password", "title"} { // title: a text of users, a number of tools
		if _, err := bound(by); kindOf(err) != schema.InvalidPath {
			t.Errorf("sortBy %s: %v", by, err)
		}
	}
}

// toolType has attributes that other types have in another form.
func toolType(t *testing.T) *schema.ResourceType {
	t.Helper()
	core, err := schema.ParseSchema([]byte(`{"id":"urn:example:Tool","name":"Tool","attributes":[
		{"name":"weight","type":"decimal"},{"name":"name","type":"string"},{"name":"title","type":"integer"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	registry, err := schema.NewRegistry([]*schema.ResourceType{{Name: "Tool", Endpoint: "/Tools", Schema: core.ID}}, []*schema.Schema{core})
	if err != nil {
		t.Fatal(err)
	}
	return registry.ByName("Tool")
}

// TestMatchable: types that a filter rules out by its own words take no part.
func TestMatchable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`userName pr`:                                                  "User?",
		`members pr`:                                                   "Group?",
		`externalId pr`:                                                "User? Group?",
		`meta.resourceType eq "User"`:                                  "User",
		`meta.resourceType eq "Group"`:                                 "Group",
		`meta.resourceType eq "user"`:                                  "",
		`meta.resourceType ne "User"`:                                  "Group",
		`not (meta.resourceType eq "User")`:                            "Group",
		`meta.resourceType pr`:                                         "User? Group?",
		`meta[resourceType eq "User"]`:                                 "User? Group?",
		`meta.resourceType eq "User" and id pr`:                        "User?",
		`meta.resourceType eq "User" or id pr`:                         "User Group?",
		`meta.resourceType eq "User" and meta.resourceType eq "Group"`: "",
		`meta.resourceType eq "User" or meta.resourceType sw "G"`:      "User Group",
		`userName pr and members pr`:                                   "",
		`not (userName pr)`:                                            "User? Group",
		`userName ne "x"`:                                              "User? Group",
		`userName eq null`:                                             "User? Group",
		`meta.resourceType eq "Device"`:                                "",
	} {
		selections, err := Search{Filter: text}.bind(schema.Default().Types())
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var names []string
		for _, s := range matchable(selections) {
			name := s.Type.Name
			if s.Filter != nil {
				name += "?"
			}
			names = append(names, name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s is about %q, want %q", text, got, want)
		}
	}
}
