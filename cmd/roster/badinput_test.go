package main

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// testBadInput sends what no well-meaning client sends. Each is refused with a
// SCIM error that says what is wrong, and nothing is stored.
func testBadInput(t *testing.T, s *server) {
	t.Parallel()
	c := s.connection(t, "generic")
	id := c.createUser(t, "kept@example.com")
	team := c.createGroup(t, "Kept", id)
	before := c.send(t, "GET", "/Users", "").body

	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	deepFilter := strings.Repeat("(", 3000) + `userName eq "x"` + strings.Repeat(")", 3000)
	manyTerms := strings.Repeat(`userName eq "x" or `, 5000) + `userName eq "x"`
	cases := []struct {
		name, method, path, body string
		status                   int
		scimType                 string
		headers                  []string
	}{
		{"body over the limit", "POST", "/Users", `{"userName":"` + strings.Repeat("x", 9<<20) + `"}`, 413, "", nil},
		{"wrong media type", "POST", "/Users", user("a@example.com"), 415, "", []string{"Content-Type", "text/xml"}},
		{"wrong charset", "POST", "/Users", user("a@example.com"), 415, "", []string{"Content-Type", "application/json; charset=latin1"}},
		{"no body", "POST", "/Users", "", 400, "invalidSyntax", nil},
		{"no JSON", "POST", "/Users", "userName=x", 400, "invalidSyntax", nil},
		{"cut off", "POST", "/Users", `{"userName":"a`, 400, "invalidSyntax", nil},
		{"array", "POST", "/Users", `[]`, 400, "invalidSyntax", nil},
		{"null", "POST", "/Users", `null`, 400, "invalidSyntax", nil},
		{"two documents", "POST", "/Users", user("a@example.com") + user("b@example.com"), 400, "invalidSyntax", nil},
		{"broken UTF-8", "POST", "/Users", "{\"userName\":\"a\xff\"}", 400, "invalidSyntax", nil},
		{"lone surrogate", "POST", "/Users", `{"userName":"a\ud800"}`, 400, "invalidSyntax", nil},
		{"NUL", "POST", "/Users", `{"userName":"a\u0000b"}`, 400, "invalidValue", nil},
		{"duplicate key", "POST", "/Users", `{"userName":"a","userName":"b"}`, 400, "invalidSyntax", nil},
		{"duplicate key in other case", "POST", "/Users", `{"userName":"a","USERNAME":"b"}`, 400, "invalidSyntax", nil},
		{"deep nesting", "POST", "/Users", deep, 400, "invalidSyntax", nil},
		{"missing userName", "POST", "/Users", `{"displayName":"x"}`, 400, "invalidValue", nil},
		{"empty userName", "POST", "/Users", `{"userName":""}`, 400, "invalidValue", nil},
		{"userName is a number", "POST", "/Users", `{"userName":7}`, 400, "invalidValue", nil},
		{"name is a list", "POST", "/Users", `{"userName":"a","name":["x","y"]}`, 400, "invalidValue", nil},
		{"active is a word", "POST", "/Users", `{"userName":"a","active":"perhaps"}`, 400, "invalidValue", nil},
		{"emails is a string", "POST", "/Users", `{"userName":"a","emails":7}`, 400, "invalidValue", nil},
		{"two primaries", "POST", "/Users", `{"userName":"a","emails":[{"value":"x","primary":true},{"value":"y","primary":true}]}`, 400, "invalidValue", nil},
		{"schemas of a group", "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"userName":"a"}`, 400, "invalidValue", nil},
		{"unknown member", "POST", "/Groups", group("G", "019aa000-0000-7000-8000-000000000000"), 400, "invalidValue", nil},
		{"member without value", "POST", "/Groups", `{"displayName":"G","members":[{"display":"x"}]}`, 400, "invalidValue", nil},
		{"member of itself", "PATCH", "/Groups/" + team, patchOp(fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":%q}]}`, team)), 400, "invalidValue", nil},
		{"unknown id", "GET", "/Users/019aa000-0000-7000-8000-000000000000", "", 404, "", nil},
		{"no id at all", "GET", "/Users/..%2f..%2fetc%2fpasswd", "", 404, "", nil},
		{"id of another type", "GET", "/Groups/" + id, "", 404, "", nil},
		{"id in other case", "GET", "/Users/" + strings.ToUpper(id), "", 404, "", nil},
		{"PUT never creates", "PUT", "/Users/019aa000-0000-7000-8000-000000000000", user("new@example.com"), 404, "", nil},
		{"unknown endpoint", "GET", "/Printers", "", 404, "", nil},
		{"too long a path", "GET", "/Users/a/b/c/d/e/f/g/h/i/j", "", 404, "", nil},
		{"method", "DELETE", "/Users", "", 405, "", nil},
		{"empty filter term", "GET", "/Users?filter=" + url.QueryEscape("userName eq"), "", 400, "invalidFilter", nil},
		{"unknown operator", "GET", "/Users?filter=" + url.QueryEscape(`userName like "x"`), "", 400, "invalidFilter", nil},
		{"unknown attribute", "GET", "/Users?filter=" + url.QueryEscape(`shoeSize eq "x"`), "", 400, "invalidFilter", nil},
		{"greater than on boolean", "GET", "/Users?filter=" + url.QueryEscape(`active gt true`), "", 400, "invalidFilter", nil},
		{"unquoted", "GET", "/Users?filter=" + url.QueryEscape(`externalId eq jyoung`), "", 400, "invalidFilter", nil},
		{"deep filter", "GET", "/Users?filter=" + url.QueryEscape(deepFilter), "", 400, "invalidFilter", nil},
		{"huge filter", "GET", "/Users?filter=" + url.QueryEscape(manyTerms), "", 400, "invalidFilter", nil},
		{"SQL in a filter", "GET", "/Users?filter=" + url.QueryEscape(`userName eq "x' or '1'='1`), "", 400, "invalidFilter", nil},
		{"password in a filter", "GET", "/Users?filter=" + url.QueryEscape(`password sw "a"`), "", 400, "invalidFilter", nil},
		{"sort by nothing known", "GET", "/Users?sortBy=shoeSize", "", 400, "invalidPath", nil},
		{"sort order", "GET", "/Users?sortBy=userName&sortOrder=sideways", "", 400, "invalidValue", nil},
		{"count is a word", "GET", "/Users?count=many", "", 400, "invalidValue", nil},
		{"startIndex overflows", "GET", "/Users?startIndex=99999999999999999999", "", 400, "invalidValue", nil},
		{"query not encoded", "GET", "/Users?filter=%zz", "", 400, "invalidSyntax", nil},
		{"both projections", "GET", "/Users?attributes=id&excludedAttributes=name", "", 400, "invalidValue", nil},
		{"PATCH without operations", "PATCH", "/Users/" + id, patchOp(""), 400, "invalidValue|invalidSyntax", nil},
		{"PATCH with an unknown op", "PATCH", "/Users/" + id, patchOp(`{"op":"move","path":"title","value":"x"}`), 400, "invalidSyntax|invalidValue", nil},
		{"PATCH remove without path", "PATCH", "/Users/" + id, patchOp(`{"op":"remove"}`), 400, "noTarget", nil},
		{"PATCH broken path", "PATCH", "/Users/" + id, patchOp(`{"op":"replace","path":"emails[type eq","value":"x"}`), 400, "invalidPath|invalidFilter", nil},
		{"PATCH no target", "PATCH", "/Users/" + id, patchOp(`{"op":"replace","path":"emails[value co \"nobody\"].display","value":"x"}`), 400, "noTarget", nil},
		{"PATCH read-only", "PATCH", "/Users/" + id, patchOp(`{"op":"replace","path":"meta.created","value":"2020-01-01T00:00:00Z"}`), 400, "mutability", nil},
		{"PATCH removes a required attribute", "PATCH", "/Users/" + id, patchOp(`{"op":"remove","path":"userName"}`), 400, "mutability|invalidValue", nil},
		{"second operation fails", "PATCH", "/Users/" + id, patchOp(`{"op":"replace","path":"title","value":"lost"},{"op":"replace","path":"active","value":"perhaps"}`), 400, "invalidValue", nil},
		{"taken userName", "POST", "/Users", user("KEPT@Example.com"), 409, "uniqueness", nil},
		{"stale version", "PUT", "/Users/" + id, user("kept@example.com"), 412, "", []string{"If-Match", `W/"99"`}},
		{"discovery with a filter", "GET", "/Schemas?filter=id+pr", "", 403, "", nil},
		{"bulk without operations", "POST", "/Bulk", `{}`, 400, "invalidSyntax", nil},
		{"bulk that is a search", "POST", "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"Operations":[{}]}`, 400, "invalidValue", nil},
		{"bulk with too many operations", "POST", "/Bulk", `{"Operations":[` + strings.Repeat(`{},`, 1000) + `{}]}`, 413, "", nil},
		{"bulk over the limit", "POST", "/Bulk", `{"Operations":[{}]` + strings.Repeat(" ", 9<<20) + `}`, 413, "", nil},
		{"bulk failOnErrors", "POST", "/Bulk", `{"failOnErrors":-1,"Operations":[{}]}`, 400, "invalidValue", nil},
		{"deep bulk", "POST", "/Bulk", `{"Operations":[` + deep + `]}`, 400, "invalidSyntax", nil},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			r := c.send(t, tc.method, tc.path, tc.body, tc.headers...)
			if got := r.refusal(t, tc.status); !oneOf(got, tc.scimType) {
				t.Errorf("scimType %q, want %q: %s", got, tc.scimType, clipped(r.body))
			}
		})
	}
	if after := c.send(t, "GET", "/Users", "").body; string(after) != string(before) {
		t.Errorf("a refused request changed the directory:\n%s\n%s", before, after)
	}
}

func oneOf(got, alternatives string) bool {
	for want := range strings.SplitSeq(alternatives, "|") {
		if got == want {
			return true
		}
	}
	return false
}
