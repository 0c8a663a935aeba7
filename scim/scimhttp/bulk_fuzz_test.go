package scimhttp_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// FuzzBulk sends any body to /Bulk. Whatever it is, the answer has the form that
// the RFC gives it, exactly what is reported as done has happened, and the
// journal has no gap.
func FuzzBulk(f *testing.F) {
	wrap := func(operations ...string) string { return `{"Operations":[` + strings.Join(operations, ",") + `]}` }
	for _, seed := range []string{
		wrap(`{"method":"POST","path":"/Users","bulkId":"q","data":{"userName":"a"}}`),
		wrap(userWithManager("a", "b"), userWithManager("b", "a"), groupOf("g", "a", "b")),
		wrap(groupOf("a", "b"), groupOf("b", "a")),
		wrap(groupOf("self", "self"), `{"method":"DELETE","path":"/Groups/bulkId:self"}`),
		wrap(`{"method":"PATCH","path":"/Users/bulkId:a","data":`+patchTitle+`}`, userWithManager("a", "a")),
		wrap(groupOf("g", "a"), userWithManager("a", "g"), `{"method":"PATCH","path":"/Groups/bulkId:g","version":"*","data":{"Operations":[{"op":"remove","path":"members[value eq \"bulkId:a\"]"}]}}`),
		wrap(`{"method":"PUT","path":"/Users/bulkId%3Aa","bulkId":"a","data":{"userName":"x"}}`, userWithManager("a", "nobody")),
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"failOnErrors":1,"Operations":[{},null,1]}`,
		`{"operations":[{"method":"POST","path":"/Bulk","data":{"Operations":[]}}]}`,
		wrap(`{"method":"PATCH","path":"/Groups/x","data":{"Operations":[{"op":"add","path":"members[value eq \"bulkId:\\","value":["bulkId:","bulkId:x\"y"]}]}}`),
	} {
		f.Add(seed)
	}
	b := newBench(f)
	f.Fuzz(func(t *testing.T, body string) {
		b := b.again()
		w := b.do("POST", "/Bulk", body)
		if w.Code != 200 && w.Code != 400 && w.Code != 413 {
			t.Fatalf("%d: %s", w.Code, w.Body)
		}
		var answer struct{ Operations []outcome }
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		there := 0
		for _, o := range answer.Operations {
			if done := o.Status[0] == '2'; done != (o.Response.Status == "") || !done && o.Response.Status != o.Status || o.Status[0] == '5' {
				t.Errorf("%+v", o)
			}
			switch {
			case o.Status == "201":
				there++
			case o.Status == "204" && o.Method == http.MethodDelete:
				there--
			}
		}
		for _, list := range []string{"/Users?count=0", "/Groups?count=0"} {
			there -= int(b.want(t, 200, "GET", list, "")["totalResults"].(float64))
		}
		if there != 0 {
			t.Errorf("%d more or less than reported: %s", there, w.Body)
		}
		b.events(t)
	})
}
