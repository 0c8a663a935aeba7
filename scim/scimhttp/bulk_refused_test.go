package scimhttp_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/scimhttp"
)

// TestBulkMessageRefused: what is wrong with the message is the answer, and
// nothing is carried out.
func TestBulkMessageRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.configure(func(c *scimhttp.Config) { c.MaxBody = 1 << 20 })
	const jo = `{"method":"POST","path":"/Users","bulkId":"jo","data":{"userName":"jo"}}`
	many := func(n int) string { return strings.Repeat(`{"method":"DELETE","path":"/Users/x"},`, n-1) + jo }
	for _, tc := range []struct {
		name, body       string
		status           int
		scimType, detail string
	}{
		{"no JSON", `Operations`, 400, "invalidSyntax", "JSON"},
		{"no object", `[` + jo + `]`, 400, "invalidSyntax", "object"},
		{"cut off", `{"Operations":[` + jo, 400, "invalidSyntax", "ends"},
		{"no operations", `{}`, 400, "invalidSyntax", "at least one"},
		{"null operations", `{"Operations":null}`, 400, "invalidSyntax", "at least one"},
		{"empty operations", `{"Operations":[]}`, 400, "invalidSyntax", "at least one"},
		{"operations as an object", `{"Operations":` + jo + `}`, 400, "invalidSyntax", "array"},
		{"operations twice", `{"Operations":[` + jo + `],"operations":[]}`, 400, "invalidSyntax", "twice"},
		{"a search", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"Operations":[` + jo + `]}`, 400, "invalidValue", "BulkRequest"},
		{"empty schemas", `{"schemas":[],"Operations":[` + jo + `]}`, 400, "invalidValue", "BulkRequest"},
		{"schemas as text", `{"schemas":"x","Operations":[` + jo + `]}`, 400, "invalidSyntax", "array"},
		{"failOnErrors zero", `{"failOnErrors":0,"Operations":[` + jo + `]}`, 400, "invalidValue", "failOnErrors"},
		{"failOnErrors negative", `{"failOnErrors":-1,"Operations":[` + jo + `]}`, 400, "invalidValue", "failOnErrors"},
		{"failOnErrors fraction", `{"failOnErrors":1.5,"Operations":[` + jo + `]}`, 400, "invalidValue", "failOnErrors"},
		{"failOnErrors text", `{"failOnErrors":"1","Operations":[` + jo + `]}`, 400, "invalidValue", "failOnErrors"},
		{"failOnErrors huge", `{"failOnErrors":99999999999999999999,"Operations":[` + jo + `]}`, 400, "invalidValue", "failOnErrors"},
		{"too many operations", `{"Operations":[` + many(1001) + `]}`, 413, "", "maxOperations (1000)"},
		{"too large", `{"Operations":[` + jo + `],"x":"` + strings.Repeat("x", 1<<20) + `"}`, 413, "", "maxPayloadSize (1048576 bytes)"},
	} {
		body := b.want(t, tc.status, "POST", "/Bulk", tc.body)
		scimType, _ := body["scimType"].(string)
		if detail, _ := body["detail"].(string); scimType != tc.scimType || !strings.Contains(detail, tc.detail) {
			t.Errorf("%s: %q %q, want %q and %q", tc.name, scimType, detail, tc.scimType, tc.detail)
		}
	}
	if w := b.do("POST", "/Bulk", `{"Operations":[`+jo+`]}`, "Content-Type", "text/xml"); w.Code != 415 {
		t.Errorf("text/xml: %d", w.Code)
	}
	if n := b.want(t, 200, "GET", "/Users", "")["totalResults"]; n != 0.0 {
		t.Errorf("refused messages left %v users", n)
	}
	b.want(t, 200, "POST", "/Bulk", `{"operations":[`+many(1000)+`]}`) // exactly as many as may be, schemas left out
	if n := b.want(t, 200, "GET", "/Users", "")["totalResults"]; n != 1.0 {
		t.Errorf("%v users", n)
	}
}

// TestBulkOperationRefused: each is refused alone, between two that are carried out.
func TestBulkOperationRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.want(t, 201, "POST", "/Users", `{"userName":"taken"}`)["id"].(string)
	n := 0
	for _, tc := range []struct {
		name, operation          string
		status, scimType, detail string
	}{
		{"no object", `"POST"`, "400", "invalidSyntax", "object"},
		{"null", `null`, "400", "invalidSyntax", "object"},
		{"empty", `{}`, "400", "invalidSyntax", "path"},
		{"no method", `{"path":"/Users","bulkId":"x","data":{}}`, "400", "invalidSyntax", "method"},
		{"GET", `{"method":"GET","path":"/Users"}`, "400", "invalidSyntax", "POST, PUT, PATCH or DELETE"},
		{"method as number", `{"method":1,"path":"/Users"}`, "400", "invalidSyntax", "method"},
		{"method twice", `{"method":"POST","Method":"PUT","path":"/Users","bulkId":"x","data":{}}`, "400", "invalidSyntax", "twice"},
		{"no path", `{"method":"POST","bulkId":"x","data":{"userName":"x"}}`, "400", "invalidSyntax", "path"},
		{"path as list", `{"method":"POST","path":["/Users"],"bulkId":"x","data":{"userName":"x"}}`, "400", "invalidSyntax", "path"},
		{"unknown endpoint", `{"method":"POST","path":"/Printers","bulkId":"x","data":{}}`, "404", "", "Printers"},
		{"absolute URL", `{"method":"POST","path":"https://scim.example.com/scim/v2/con1/Users","bulkId":"x","data":{}}`, "404", "", "https"},
		{"discovery", `{"method":"POST","path":"/Schemas","bulkId":"x","data":{}}`, "404", "", "Schemas"},
		{"nested bulk", `{"method":"POST","path":"/Bulk","bulkId":"x","data":{"Operations":[]}}`, "400", "invalidSyntax", "other bulk requests"},
		{"nested search", `{"method":"POST","path":"/Users/.search","bulkId":"x","data":{}}`, "400", "invalidSyntax", "searches"},
		{"search at the base", `{"method":"POST","path":"/.search","bulkId":"x","data":{}}`, "400", "invalidSyntax", "searches"},
		{"POST to a resource", `{"method":"POST","path":"/Users/` + id + `","bulkId":"x","data":{}}`, "400", "invalidSyntax", "resource type"},
		{"PUT to a type", `{"method":"PUT","path":"/Users","data":{}}`, "400", "invalidSyntax", "one resource"},
		{"DELETE of a type", `{"method":"DELETE","path":"/Users/"}`, "400", "invalidSyntax", "one resource"},
		{"deeper path", `{"method":"DELETE","path":"/Users/` + id + `/manager"}`, "400", "invalidSyntax", "one resource"},
		{"query", `{"method":"POST","path":"/Users?attributes=id","bulkId":"x","data":{"userName":"x"}}`, "400", "invalidSyntax", "query"},
		{"broken escape", `{"method":"DELETE","path":"/Users/%zz"}`, "400", "invalidSyntax", "encoded"},
		{"escaped slash", `{"method":"DELETE","path":"/Users%2F` + id + `"}`, "404", "", "endpoint"},
		{"no bulkId", `{"method":"POST","path":"/Users","data":{"userName":"x"}}`, "400", "invalidSyntax", "bulkId"},
		{"empty bulkId", `{"method":"POST","path":"/Users","bulkId":"","data":{"userName":"x"}}`, "400", "invalidSyntax", "bulkId"},
		{"bulkId as number", `{"method":"POST","path":"/Users","bulkId":7,"data":{"userName":"x"}}`, "400", "invalidSyntax", "bulkId"},
		{"no data", `{"method":"POST","path":"/Users","bulkId":"x"}`, "400", "invalidSyntax", "data"},
		{"data as text", `{"method":"PUT","path":"/Users/` + id + `","data":"{}"}`, "400", "invalidSyntax", "data"},
		{"PATCH without data", `{"method":"PATCH","path":"/Users/` + id + `"}`, "400", "invalidSyntax", "data"},
		{"version as number", `{"method":"DELETE","path":"/Users/` + id + `","version":1}`, "400", "invalidSyntax", "version"},
		{"invalid resource", `{"method":"POST","path":"/Users","bulkId":"x","data":{"displayName":"x"}}`, "400", "invalidValue", "userName"},
		{"taken name", `{"method":"POST","path":"/Users","bulkId":"x","data":{"userName":"TAKEN"}}`, "409", "uniqueness", "TAKEN"},
		{"unknown id", `{"method":"PUT","path":"/Users/nobody","data":{"userName":"x"}}`, "404", "", "no such resource"},
		{"the literal bulkId", `{"method":"DELETE","path":"/Users/bulkId"}`, "404", "", "no such resource"},
		{"id of another type", `{"method":"DELETE","path":"/Groups/` + id + `"}`, "404", "", "no such resource"},
		{"unknown member", `{"method":"POST","path":"/Groups","bulkId":"x","data":{"displayName":"G","members":[{"value":"nobody"}]}}`, "400", "invalidValue", "nobody"},
		{"PATCH in part", `{"method":"PATCH","path":"/Users/` + id + `","data":{"Operations":[{"op":"add","path":"title","value":"lost"},{"op":"add","path":"active","value":"perhaps"}]}}`, "400", "invalidValue", "active"},
		{"reference to nothing", `{"method":"POST","path":"/Groups","bulkId":"x","data":{"displayName":"G","members":[{"value":"bulkId:nobody"}]}}`, "400", "invalidValue", "bulkId:nobody"},
		{"reference without a name", `{"method":"DELETE","path":"/Users/bulkId:"}`, "400", "invalidValue", "bulkId:"},
		{"reference in a path", `{"method":"DELETE","path":"/Users/bulkId:nobody"}`, "400", "invalidValue", "bulkId:nobody"},
		{"wrong case of the prefix", `{"method":"DELETE","path":"/Users/bulkid:x"}`, "404", "", "no such resource"},
	} {
		n += 2
		got := b.bulk(t,
			fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":"before","data":{"userName":"u%d"}}`, n),
			tc.operation,
			fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":"after","data":{"userName":"u%d"}}`, n+1))
		if got[0].Status != "201" || got[2].Status != "201" {
			t.Errorf("%s: the others are %s and %s", tc.name, got[0].Status, got[2].Status)
		}
		r := got[1]
		if r.Status != tc.status || r.Response.Status != tc.status || r.Response.ScimType != tc.scimType ||
			!strings.Contains(r.Response.Detail, tc.detail) || !strings.Contains(r.Response.Detail, "r-1") {
			t.Errorf("%s: %+v", tc.name, r)
		}
		if r.Version != "" || (r.Method == http.MethodPost && r.Location != "") {
			t.Errorf("%s: a failure has version %q and location %q", tc.name, r.Version, r.Location)
		}
	}
	if got := b.want(t, 200, "GET", "/Users", "")["totalResults"]; got != float64(n+1) {
		t.Errorf("%v users, want %d", got, n+1)
	}
	if user := b.want(t, 200, "GET", "/Users/"+id, ""); user["title"] != nil || user["meta"].(map[string]any)["version"] != `W/"1"` {
		t.Errorf("refused operations changed %v", user)
	}
}

// TestBulkFailureKeepsItsLocation: all failures but those of a POST say which
// resource they are about (RFC 7644 section 3.7.3).
func TestBulkFailureKeepsItsLocation(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	got := b.bulk(t,
		`{"method":"PUT","path":"/Users/no%20body","data":{"userName":"x"}}`,
		`{"method":"PATCH","path":"/Groups/nobody","data":{}}`,
		`{"method":"DELETE","path":"/Users/bulkId:x"}`)
	for i, end := range []string{"/Users/no%20body", "/Groups/nobody", "/Users/bulkId:x"} {
		if want := "https://scim.example.com/scim/v2/con1" + end; got[i].Location != want {
			t.Errorf("location %q, want %q", got[i].Location, want)
		}
	}
}

// TestBulkIDTwice: a bulkId that two operations create means neither.
func TestBulkIDTwice(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	got := b.bulk(t,
		`{"method":"POST","path":"/Users","bulkId":"x","data":{"userName":"one"}}`,
		`{"method":"POST","path":"/Users","bulkId":"x","data":{"userName":"two"}}`,
		`{"method":"POST","path":"/Users","bulkId":"X","data":{"userName":"three"}}`,
		`{"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"G","members":[{"value":"bulkId:x"}]}}`,
		`{"method":"DELETE","path":"/Users/bulkId:X","bulkId":"x"}`)
	for i, status := range []string{"400", "400", "201", "400", "204"} {
		if got[i].Status != status {
			t.Errorf("result %d: %+v, want %s", i, got[i], status)
		}
	}
	if !strings.Contains(got[0].Response.Detail, "more than one") || !strings.Contains(got[3].Response.Detail, "bulkId:x") {
		t.Errorf("details %q and %q", got[0].Response.Detail, got[3].Response.Detail)
	}
}

// TestBulkPatchAsTheRFCShowsIt: the example of RFC 7644 section 3.7.3, made JSON,
// gives a PATCH its bare operations as data.
func TestBulkPatchAsTheRFCShowsIt(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	jo := b.want(t, 201, "POST", "/Users", `{"userName":"jo","nickName":"J"}`)["id"].(string)
	got := b.want(t, 200, "POST", "/Bulk", `{"Operations":[{"method":"PATCH","path":"/Users/`+jo+`",
		"data":[{"op":"remove","path":"nickName"},{"op":"add","path":"title","value":"Lead"}]}]}`)
	if result := got["Operations"].([]any)[0].(map[string]any); result["status"] != "200" {
		t.Fatalf("result %v", result)
	}
	if user := b.want(t, 200, "GET", "/Users/"+jo, ""); user["nickName"] != nil || user["title"] != "Lead" {
		t.Errorf("user %v", user)
	}
}
