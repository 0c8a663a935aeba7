package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

// testPeople: what the vendor registers, what SCIM provisions and
// what a tenant is held to, seen through both interfaces of one server.
func testPeople(t *testing.T, s *server) {
	tenant := s.tenant(t, "Acme")
	idp := s.connectionOf(t, tenant, "entra")
	api := s.api(t, authz.DirectoryRead, authz.DirectoryUnmasked, authz.DirectoryWrite, authz.TenantsManage)
	at := "/api/v1/tenants/" + tenant.String()
	anna := api.want(t, 201, "POST", at+"/users", map[string]any{"user_name": "anna@acme.com", "external_id": "a-1"})
	if anna["managed"] != false || anna["connection"] != nil || anna["active"] != true {
		t.Errorf("%v", anna)
	}
	api.want(t, 409, "POST", at+"/users", map[string]any{"user_name": "ANNA@acme.com"})
	id := anna["id"].(string)
	idp.want(t, 404, "GET", "/Users/"+id, "")

	// The tenant's terms hold from the next request on.
	api.want(t, 200, "PATCH", at, map[string]any{
		"entitlements": map[string]any{"scim": true, "groups": false, "connections": nil, "seats": 2},
		"adoption":     map[string]any{"rule": "external_id", "verified_domains": []string{}},
	})
	adopted := idp.want(t, 201, "POST", "/Users", `{"userName":"anna@acme.com","externalId":"a-1"}`)
	if adopted["id"] != id {
		t.Errorf("%v is not %s", adopted["id"], id)
	}
	idp.want(t, 200, "GET", "/Users/"+id, "")
	idp.want(t, 201, "POST", "/Users", user("bob@acme.com"))
	if detail := idp.want(t, 403, "POST", "/Users", user("eve@acme.com"))["detail"].(string); !strings.Contains(detail, "2 of 2 seats used") {
		t.Error(detail)
	}
	if detail := idp.want(t, 403, "GET", "/Groups", "")["detail"].(string); !strings.Contains(detail, "booked") {
		t.Error(detail)
	}
	if r := api.call(t, "POST", at+"/users", map[string]any{"user_name": "eve@acme.com"}); r.status != 409 || r.code(t) != "seat_limit" {
		t.Errorf("%d %s", r.status, r.body)
	}

	// Whom SCIM manages changes there alone, and the refusal says where.
	for _, method := range []string{"PATCH", "DELETE"} {
		var body any
		if method == "PATCH" {
			body = map[string]any{"display_name": "Anna"}
		}
		r := api.call(t, method, at+"/users/"+id, body)
		if r.status != 409 || r.code(t) != "managed_by_scim" || !strings.Contains(string(r.body), "Microsoft Entra ID") {
			t.Errorf("%s: %d %s", method, r.status, r.body)
		}
	}
	for query, n := range map[string]int{"": 2, "?q=ANN": 1, "?managed=false": 0, "?managed=true&limit=1": 2, "?active=false": 0, "?unassigned=true": 2, "?q=" + id: 1} {
		if got := api.items(t, at+"/users"+query); len(got) != n {
			t.Errorf("users%s: %d, want %d", query, len(got), n)
		}
	}
	for query, want := range map[string]string{"": "<nil>", "?with_roles=true": "[]"} {
		if got := fmt.Sprint(api.items(t, at+"/users"+query)[0]["roles"]); got != want {
			t.Errorf("users%s: roles %s, want %s", query, got, want)
		}
	}
	if whole := api.want(t, 200, "GET", at+"/users/"+id, nil); whole["attributes"].(map[string]any)["externalId"] != "a-1" {
		t.Errorf("%v", whole)
	}
}

// testGroups: groups and members as the identity provider made them.
func testGroups(t *testing.T, s *server) {
	tenant := s.tenant(t, "Acme")
	idp := s.connectionOf(t, tenant, "okta")
	api, at := s.api(t, authz.DirectoryRead, authz.DirectoryUnmasked), "/api/v1/tenants/"+tenant.String()
	var people []string
	for i := range 3 {
		people = append(people, idp.createUser(t, fmt.Sprintf("user%d@acme.com", i)))
	}
	inner := idp.createGroup(t, "Inner", people...)
	outer := idp.createGroup(t, "Outer", inner)
	if g := api.want(t, 200, "GET", at+"/groups/"+inner, nil); g["members"] != 3.0 || g["mappings"] != 0.0 || g["display_name"] != "Inner" {
		t.Errorf("%v", g)
	}
	for path, n := range map[string]int{
		"/groups?limit=1": 2, "/groups?q=out": 1, "/groups?mapped=true": 0, "/groups/" + inner + "/members?limit=1": 3,
		"/groups/" + outer + "/members": 1, "/users/" + people[0] + "/groups?limit=1": 2, "/users?group=" + outer: 3,
	} {
		if got := api.items(t, at+path); len(got) != n {
			t.Errorf("%s: %d, want %d", path, len(got), n)
		}
	}
	other := "/api/v1/tenants/" + s.tenant(t, "Other").String()
	for _, path := range []string{"/groups/" + inner, "/groups/" + inner + "/members", "/users/" + people[0], "/users/" + people[0] + "/groups"} {
		api.want(t, 404, "GET", other+path, nil)
		api.want(t, 404, "GET", "/api/v1/tenants/"+tenants.NewTenantID().String()+path, nil)
	}
}
