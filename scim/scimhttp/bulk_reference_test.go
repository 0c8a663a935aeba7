package scimhttp_test

import (
	"fmt"
	"strings"
	"testing"
)

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// TestBulkReferences: each kind of place in which a reference may stand, before
// what it refers to and behind it.
func TestBulkReferences(t *testing.T) {
	t.Parallel()
	const jo = `{"method":"POST","path":"/Users","bulkId":"jo","data":{"userName":"jo"}}`
	patch := func(operation string) string {
		return `{"method":"PATCH","path":"/Groups/%s","data":{"Operations":[` + operation + `]}}`
	}
	for _, tc := range []struct {
		name, operation string
		member          bool // jo is in the team afterwards
		manages         bool // jo is somebody's manager
	}{
		{name: "members", member: true, operation: `{"method":"POST","path":"/Groups","bulkId":"new","data":{"displayName":"New","members":[{"value":"bulkId:jo"}]}}`},
		{name: "members with a type", member: true, operation: `{"method":"POST","path":"/Groups","bulkId":"new","data":{"displayName":"New","members":[{"type":"User","value":"bulkId:jo"}]}}`},
		{name: "members by $ref", member: true, operation: `{"method":"POST","path":"/Groups","bulkId":"new","data":{"displayName":"New","members":[{"$ref":"../Users/bulkId:jo"}]}}`},
		{name: "members as bare ids", member: true, operation: `{"method":"POST","path":"/Groups","bulkId":"new","data":{"displayName":"New","members":["bulkId:jo"]}}`},
		{name: "manager", manages: true, operation: `{"method":"POST","path":"/Users","bulkId":"new","data":{"userName":"new","` + enterprise + `":{"manager":{"value":"bulkId:jo"}}}}`},
		{name: "manager as a bare id", manages: true, operation: `{"method":"POST","path":"/Users","bulkId":"new","data":{"userName":"new","` + enterprise + `":{"manager":"bulkId:jo"}}}`},
		{name: "PUT of members", member: true, operation: `{"method":"PUT","path":"/Groups/%s","data":{"displayName":"Team","members":[{"value":"bulkId:jo"}]}}`},
		{name: "PATCH value", member: true, operation: patch(`{"op":"add","path":"members","value":[{"value":"bulkId:jo"}]}`)},
		{name: "PATCH single value", member: true, operation: patch(`{"op":"replace","path":"members","value":{"value":"bulkId:jo"}}`)},
		{name: "PATCH without a path", member: true, operation: patch(`{"op":"add","value":{"members":[{"value":"bulkId:jo"}]}}`)},
		{name: "PATCH filter that takes out", operation: patch(`{"op":"add","path":"members","value":[{"value":"bulkId:jo"}]},{"op":"remove","path":"members[value eq \"bulkId:jo\"]"}`)},
		{name: "PATCH filter escaped", operation: patch(`{"op":"add","path":"members","value":[{"value":"bulkId:jo"}]},{"op":"remove","path":"members[value eq \"bulkId\\u003ajo\"]"}`)},
		{name: "PATCH filter beside others", operation: patch(`{"op":"add","path":"members","value":["bulkId:jo"]},{"op":"remove","path":"members[display eq \"x\" or value eq \"bulkId:jo\"]"}`)},
	} {
		for order, place := range map[string][2]int{"before": {1, 0}, "behind": {0, 1}} {
			t.Run(tc.name+" "+order, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				team := b.want(t, 201, "POST", "/Groups", `{"displayName":"Team"}`)["id"].(string)
				operations := make([]string, 2)
				operations[place[0]], operations[place[1]] = jo, strings.Replace(tc.operation, "%s", team, 1)
				got := b.bulk(t, operations...)
				for _, o := range got {
					if o.Status >= "300" {
						t.Fatalf("%+v", o)
					}
				}
				b.wantJo(t, got[place[0]].id(), tc.member, tc.manages)
			})
		}
	}
}

// wantJo checks where jo shows up.
func (b *bench) wantJo(t *testing.T, id string, member, manages bool) {
	t.Helper()
	groups := b.want(t, 200, "GET", "/Users/"+id, "")["groups"]
	if (groups != nil) != member {
		t.Errorf("groups %v, want some: %v", groups, member)
	}
	managed := b.want(t, 200, "GET", "/Users?filter=manager+eq+%22"+id+"%22", "")["totalResults"]
	if (managed == 1.0) != manages {
		t.Errorf("jo manages %v, want one: %v", managed, manages)
	}
	if w := b.do("GET", "/Users", ""); strings.Contains(w.Body.String(), "bulkId") {
		t.Errorf("a reference was stored: %s", w.Body)
	}
}

// TestBulkPathReferences changes and deletes what the same request creates.
func TestBulkPathReferences(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	got := b.bulk(t,
		`{"method":"PUT","path":"/Users/bulkId:a","bulkId":"a","data":{"userName":"anna","title":"Boss"}}`,
		`{"method":"PATCH","path":"/Users/bulkId%3Ab","data":`+patchTitle+`}`,
		`{"method":"DELETE","path":"/Users/bulkId:c"}`,
		`{"method":"POST","path":"/Users","bulkId":"c","data":{"userName":"carl"}}`,
		`{"method":"POST","path":"/Users","bulkId":"b","data":{"userName":"bo"}}`,
		`{"method":"POST","path":"/Users","bulkId":"a","data":{"userName":"ann"}}`)
	for i, want := range []outcome{
		{Status: "200", Version: `W/"2"`, BulkID: "a", Location: got[5].Location},
		{Status: "200", Version: `W/"2"`, Location: got[4].Location},
		{Status: "204", Location: got[3].Location},
		{Status: "201", Version: `W/"1"`, BulkID: "c", Location: got[3].Location},
		{Status: "201", Version: `W/"1"`, BulkID: "b", Location: got[4].Location},
		{Status: "201", Version: `W/"1"`, BulkID: "a", Location: got[5].Location},
	} {
		want.Method = got[i].Method
		if fmt.Sprint(got[i]) != fmt.Sprint(want) {
			t.Errorf("result %d: %+v, want %+v", i, got[i], want)
		}
	}
	if anna := b.want(t, 200, "GET", "/Users/"+got[5].id(), ""); anna["userName"] != "anna" || anna["title"] != "Boss" {
		t.Errorf("anna is %v", anna)
	}
	b.want(t, 404, "GET", "/Users/"+got[3].id(), "")
}

// TestBulkKeepsTheOrder: what does not refer forward is carried out in the
// order of the request.
func TestBulkKeepsTheOrder(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	old := b.want(t, 201, "POST", "/Users", `{"userName":"jo","title":"first"}`)["id"].(string)
	got := b.bulk(t,
		`{"method":"DELETE","path":"/Users/`+old+`"}`,
		`{"method":"POST","path":"/Users","bulkId":"jo","data":{"userName":"jo"}}`,
		`{"method":"PATCH","path":"/Users/bulkId:jo","data":{"Operations":[{"op":"add","path":"title","value":"second"}]}}`,
		`{"method":"PATCH","path":"/Users/bulkId:jo","data":{"Operations":[{"op":"add","path":"title","value":"third"}]}}`)
	for i, status := range []string{"204", "201", "200", "200"} {
		if got[i].Status != status {
			t.Fatalf("result %d: %+v", i, got[i])
		}
	}
	if user := b.want(t, 200, "GET", "/Users/"+got[1].id(), ""); user["title"] != "third" {
		t.Errorf("title %v", user["title"])
	}
}

// TestBulkDependants: what refers to a failed operation fails, says so, and
// leaves nothing behind; the rest is carried out.
func TestBulkDependants(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	got := b.bulk(t,
		`{"method":"POST","path":"/Groups","bulkId":"outer","data":{"displayName":"Outer","members":[{"value":"bulkId:inner"}]}}`,
		`{"method":"POST","path":"/Groups","bulkId":"inner","data":{"displayName":"Inner","members":[{"value":"bulkId:jo"},{"value":"bulkId:bad"}]}}`,
		`{"method":"POST","path":"/Users","bulkId":"bad","data":{"displayName":"no name"}}`,
		`{"method":"POST","path":"/Users","bulkId":"jo","data":{"userName":"jo"}}`,
		`{"method":"DELETE","path":"/Groups/bulkId:outer"}`)
	for i, want := range []struct{ status, detail string }{
		{"400", "refers to bulkId:inner, whose operation failed"},
		{"400", "refers to bulkId:bad, whose operation failed"},
		{"400", "userName"},
		{"201", ""},
		{"400", "refers to bulkId:outer, whose operation failed"},
	} {
		if got[i].Status != want.status || !strings.Contains(got[i].Response.Detail, want.detail) {
			t.Errorf("result %d: %+v, want %+v", i, got[i], want)
		}
	}
	if n := b.want(t, 200, "GET", "/Groups", "")["totalResults"]; n != 0.0 {
		t.Errorf("%v groups", n)
	}
}

// TestBulkChain: each refers to the next, over more operations than one
// transaction holds.
func TestBulkChain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const n = 300
	operations := make([]string, n)
	for i := range operations {
		manager := fmt.Sprintf(`{"manager":{"value":"bulkId:u%d"}}`, i+1)
		if i == n-1 {
			manager = "null"
		}
		operations[i] = fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":"u%d","data":{"userName":"u%d","%s":%s}}`, i, i, enterprise, manager)
	}
	got := b.bulk(t, operations...)
	for i, o := range got {
		if o.Status != "201" || o.BulkID != fmt.Sprint("u", i) {
			t.Fatalf("result %d: %+v", i, o)
		}
	}
	for _, i := range []int{0, 99, 100, 298} {
		user := b.want(t, 200, "GET", "/Users/"+got[i].id(), "")
		manager, _ := user[enterprise].(map[string]any)["manager"].(map[string]any)
		if manager["value"] != got[i+1].id() {
			t.Errorf("u%d has the manager %v, want %s", i, manager["value"], got[i+1].id())
		}
	}
	if told := b.events(t); len(told) != n || told[0] != "user.created u299" || told[n-1] != "user.created u0" {
		t.Errorf("%d events from %v", len(told), told[:min(len(told), 3)])
	}
}
