package scimtest

import "testing"

const goodBulk = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],"Operations":[
	{"method":"POST","bulkId":"b1","location":"BASE/Users/u1","version":"W/\"1\"","status":"201"},
	{"method":"PUT","location":"BASE/Users/u2","status":"404","response":` + goodError + `},
	{"method":"POST","bulkId":"b2","status":"404","response":` + goodError + `}]}`

func TestBulkAnswersAreChecked(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, from, to, want string }{
		{"right", "b1", "b9", ""},
		{"two schemas", `Response"]`, `Response","urn:x:y"]`, "/schemas"},
		{"no operations", `"Operations"`, `"Results"`, "/Operations"},
		{"not an object", `{"method":"POST","bulkId":"b1","location":"BASE/Users/u1","version":"W/\"1\"","status":"201"}`, `"201"`, "/Operations/0: not an object"},
		{"status as a number", `"status":"201"`, `"status":201`, "/Operations/0/status"},
		{"status as an object", `"status":"201"`, `"status":{"code":"201"}`, "/Operations/0/status"},
		{"no such status", `"status":"201"`, `"status":"1000"`, "/Operations/0/status"},
		{"success without a location", `"location":"BASE/Users/u1",`, ``, "/Operations/0/location"},
		{"failure without a response", `"status":"404","response":` + goodError + `},`, `"status":"404"},`, "/Operations/1/response"},
		{"another status in the response", `"location":"BASE/Users/u2","status":"404"`, `"location":"BASE/Users/u2","status":"400"`, "/Operations/1/response/status"},
		{"failed POST with a location", `"bulkId":"b2",`, `"bulkId":"b2","location":"BASE/Users/u3",`, "/Operations/2/location"},
		{"failOnErrors in the answer", `"Operations"`, `"failOnErrors":1,"Operations"`, "/failOnErrors"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantProblem(t, problemsOf(t, reply{status: 200, body: swap(t, goodBulk, tt.from, tt.to)}, "/Bulk"), tt.want)
		})
	}
}
