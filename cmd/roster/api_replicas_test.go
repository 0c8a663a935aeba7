package main

import (
	"net/http"
	"testing"

	"github.com/roster-scim/roster/authz"
)

// TestReplicasPolicy: what one replica is told about who may do what holds on the
// other with the next request, and so does a mapping.
func TestReplicasPolicy(t *testing.T) {
	t.Parallel()
	for _, b := range chosen(t) {
		if b == onSQLite || b == onCluster {
			continue
		}
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			at := b.site(t)
			first := b.startAt(t, at, func(*Config) {})
			second := b.startAt(t, at, func(c *Config) { c.PublicURL = first.app.URL() }) // replicas have one
			there := "http://" + second.app.public.Addr().String()
			testReplicasPolicy(t, first, there)
			testReplicasAccess(t, first, there)
		})
	}
}

func testReplicasPolicy(t *testing.T, first *server, second string) {
	t.Helper()
	tenant := first.tenant(t, "Acme")
	path := "/api/v1/tenants/" + tenant.String() + "/connections"
	vendor := first.api(t)
	vendor.want(t, 201, "POST", "/api/v1/roles", map[string]any{"key": "it", "name": "IT", "rank": 1, "grantable": true})
	there := *first.session(t, tenant, "", "it")
	there.url = second
	set := func(effect string) {
		vendor.want(t, 200, "PUT", "/api/v1/roles/it/permissions",
			map[string]any{"lines": []map[string]any{{"permission": "provisioning:read", "tenant_id": nil, "effect": effect}}})
	}
	for i := range 20 {
		set("allow")
		if r := there.call(t, "GET", path, nil); r.status != http.StatusOK {
			t.Fatalf("round %d, allowed: %d %s", i, r.status, r.body)
		}
		set("deny")
		if r := there.call(t, "GET", path, nil); r.status != http.StatusForbidden {
			t.Fatalf("round %d, denied: %d %s", i, r.status, r.body)
		}
	}
	for i := range 10 {
		made := vendor.want(t, 201, "POST", "/api/v1/api-keys", map[string]any{"name": "Key", "permissions": []authz.Permission{authz.TenantsRead}})
		elsewhere := &caller{url: second, bearer: made["secret"].(string)}
		elsewhere.want(t, 200, "GET", "/api/v1/tenants", nil)
		vendor.want(t, 204, "DELETE", "/api/v1/api-keys/"+made["id"].(string), nil)
		if r := elsewhere.call(t, "GET", "/api/v1/tenants", nil); r.status != http.StatusUnauthorized {
			t.Fatalf("round %d, a revoked key: %d %s", i, r.status, r.body)
		}
	}
}

// testReplicasAccess: a mapping that one replica has stored is what the other
// reads next.
func testReplicasAccess(t *testing.T, first *server, second string) {
	t.Helper()
	have := first.furnish(t, first.tenant(t, "Globex"))
	path := "/api/v1/tenants/" + have["tenant"]
	here := first.api(t)
	there := &caller{url: second, bearer: here.bearer}
	role := here.items(t, path+"/roles")[0]["key"]
	for i := range 20 {
		mappings := []map[string]any{}
		if i%2 == 1 {
			mappings = append(mappings, map[string]any{"entry_point": have["entry_point"], "role": role})
		}
		here.want(t, 200, "PUT", path+"/groups/"+have["group"]+"/role-mappings", map[string]any{"mappings": mappings})
		access := there.want(t, 200, "GET", path+"/users/"+have["user"]+"/access", nil)["access"].([]any)
		if want := 1 + i%2; len(access) != want { // the assignment at "*" is always there
			t.Fatalf("round %d: %v, want %d", i, access, want)
		}
	}
}
