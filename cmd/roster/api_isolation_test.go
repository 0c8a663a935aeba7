package main

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/roster-scim/roster/tenants"
)

// belongings are the ids of one of each kind of thing that a tenant has, by the
// name of the path's parameter.
type belongings map[string]string

// furnish gives a tenant one of each.
func (s *server) furnish(t *testing.T, tenant tenants.TenantID) belongings {
	t.Helper()
	vendor, path := s.api(t), "/api/v1/tenants/"+tenant.String()
	idp := s.connectionOf(t, tenant, "okta")
	have := belongings{"tenant": tenant.String(), "connection": idp.base[strings.LastIndexByte(idp.base, '/')+1:]}
	have["user"] = idp.createUser(t, fmt.Sprintf("person%d@example.com", s.names.Add(1)))
	have["group"] = idp.createGroup(t, fmt.Sprintf("Group %d", s.names.Add(1)), have["user"])
	made := func(path string, body map[string]any) string {
		object := vendor.want(t, 201, "POST", path, body)
		for _, key := range []string{"id", "key"} {
			if id, ok := object[key].(string); ok {
				return id
			}
		}
		t.Fatalf("POST %s answers no id: %v", path, object)
		return ""
	}
	role := made("/api/v1/roles", map[string]any{"key": fmt.Sprintf("role-%d", s.names.Add(1)), "name": "Role", "rank": 1, "grantable": true})
	have["entry_point"] = made(path+"/entry-points", map[string]any{"key": fmt.Sprintf("place-%d", s.names.Add(1)), "name": "Place"})
	have["assignment"] = made(path+"/users/"+have["user"]+"/assignments", map[string]any{"entry_point": "*", "role": role})
	have["link"] = made(path+"/portal-links", map[string]any{"roles": []string{"viewer"}})
	put := vendor.want(t, 200, "PUT", path+"/groups/"+have["group"]+"/role-mappings",
		map[string]any{"mappings": []map[string]any{{"entry_point": have["entry_point"], "role": role}}})
	have["job"], _ = put["job_id"].(string)
	have["token"] = vendor.items(t, path+"/connections/"+have["connection"]+"/tokens")[0]["id"].(string)
	s.session(t, tenant, "", "viewer")
	have["session"] = vendor.items(t, path+"/sessions")[0]["id"].(string)
	vendor.want(t, 200, "POST", path+"/schemas", map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Schema"}, "id": "urn:example:" + have["connection"], "name": "Thing",
		"attributes": []map[string]any{{"name": "size", "type": "integer"}},
	})
	have["schema"] = "urn:example:" + have["connection"]
	have["webhook"] = made("/api/v1/webhooks", map[string]any{"url": "https://receiver.invalid/", "tenant_id": have["tenant"], "types": []string{"user.deleted"}})
	have["delivery"] = vendor.want(t, 200, "POST", "/api/v1/webhooks/"+have["webhook"]+"/test", nil)["id"].(string)
	at := path + "/connections/" + have["connection"]
	logged := s.logged(t, vendor, at, func(r map[string]any) bool { return r["kind"] == "group.create" })
	have["request"], _ = logged["id"].(string)
	have["cycle"], _ = vendor.items(t, at+"/cycles")[0]["id"].(string)
	for kind, id := range have {
		if id == "" {
			t.Fatalf("the tenant has no %s: %v", kind, have)
		}
	}
	return have
}

// logged waits until a connection's request log has a certain request.
func (s *server) logged(t testing.TB, c *caller, connection string, is func(map[string]any) bool) (found map[string]any) {
	t.Helper()
	eventually(t, "the request is logged", func() bool {
		for _, r := range c.items(t, connection+"/requests") {
			if is(r) {
				found = r
				return true
			}
		}
		return false
	})
	return found
}

// shared are parameters of paths that are not below a tenant: any webhook is for
// those alone who may manage all.
var shared = map[string]bool{"tenant": true, "webhook": true, "secret": true}

// testAPIIsolation asks for what is another tenant's under one's own tenant, in
// every operation and for every parameter of its path: nobody can tell it from
// what does not exist, and nothing of it changes.
func testAPIIsolation(t *testing.T, s *server) {
	mine := s.furnish(t, s.tenant(t, "Isolation mine"))
	theirs := s.furnish(t, s.tenant(t, "Isolation theirs"))
	tenant, err := tenants.ParseTenantID(mine["tenant"])
	if err != nil {
		t.Fatal(err)
	}
	before := s.inventory(t, theirs)
	callers := map[string]*caller{
		"an API key": s.api(t), "the tenant's API key": {url: s.app.URL(), bearer: s.apiKeyFor(t, tenant)},
		"an owner": s.staff(t, "owner"), "an admin": s.session(t, tenant, "", "admin"),
	}
	asked := 0
	for _, o := range apiOperations(t) {
		for _, kind := range parameters(&o) {
			if shared[kind] || theirs[kind] == "" {
				continue
			}
			foreign, none := maps.Clone(mine), maps.Clone(mine)
			foreign[kind], none[kind] = theirs[kind], nobodys(kind)
			for who, c := range callers {
				asked++
				a, b := s.probe(t, c, &o, foreign), s.probe(t, c, &o, none)
				if !alike(t, a, b, theirs[kind], none[kind]) {
					t.Errorf("%s as %s tells another's %s from none:\n%d %s\n%d %s", o.id, who, kind, a.status, a.body, b.status, b.body)
				}
				if a.status == http.StatusBadRequest {
					t.Errorf("%s as %s: the document's example is refused, so that nothing is known: %s", o.id, who, a.body)
				}
				x, y := s.trips(t, c, &o, foreign), s.trips(t, c, &o, none)
				for tries := 0; x != y && tries < 5; tries++ {
					x, y = min(x, s.trips(t, c, &o, foreign)), min(y, s.trips(t, c, &o, none))
				}
				if x != y {
					t.Errorf("%s as %s: another's %s costs %d round trips to the database, none costs %d", o.id, who, kind, x, y)
				}
				if a.status < 400 {
					t.Errorf("%s as %s with another's %s: %d %s", o.id, who, kind, a.status, a.body)
				}
			}
		}
	}
	if asked < 100 {
		t.Errorf("only %d questions were asked", asked)
	}
	if after := s.inventory(t, theirs); after != before {
		t.Errorf("what is another's has changed:\n%s\n%s", before, after)
	}
}

// parameters are the names of a path's parameters.
func parameters(o *apiOperation) (list []string) {
	for part := range strings.SplitSeq(o.path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			list = append(list, strings.TrimSuffix(name, "}"))
		}
	}
	return list
}

func (s *server) probe(t *testing.T, c *caller, o *apiOperation, ids belongings) reply {
	t.Helper()
	path := o.at(ids)
	if o.id == "deleteConnection" {
		path += "?people=keep&confirm=Somebody"
	}
	if o.media != "" && o.media != "application/json" {
		return c.call(t, o.method, path, nil)
	}
	return c.call(t, o.method, path, o.body)
}

// trips is how many round trips to the database a refused request takes: what
// takes longer for one id than for another tells them apart. It is the least of
// several tries, since others use the database too.
func (s *server) trips(t *testing.T, c *caller, o *apiOperation, ids belongings) int64 {
	t.Helper()
	least := int64(math.MaxInt64)
	for range 3 {
		before := s.app.db.RoundTrips()
		s.probe(t, c, o, ids)
		least = min(least, s.app.db.RoundTrips()-before)
	}
	return least
}

// alike reports whether two answers differ in nothing but the request's id and
// the id that was asked for.
func alike(t *testing.T, a, b reply, first, second string) bool {
	t.Helper()
	text := func(r reply, id string) string {
		if len(r.body) == 0 {
			return ""
		}
		return strings.ReplaceAll(without(r.object(t), "request_id"), id, "ID")
	}
	return a.status == b.status && text(a, first) == text(b, second)
}

// lastUsed comes a few seconds after the use.
var lastUsed = regexp.MustCompile(`"last_used_at":[^,}]*,?`)

// inventory is all that the API tells of a tenant, but for what moves by itself.
func (s *server) inventory(t *testing.T, have belongings) string {
	t.Helper()
	vendor, out := s.api(t), &strings.Builder{}
	for _, list := range []string{
		"", "/connections", "/connections/{connection}", "/connections/{connection}/tokens", "/users", "/users/{user}", "/users/{user}/access",
		"/users/{user}/assignments", "/groups", "/groups/{group}/members", "/groups/{group}/role-mappings", "/entry-points", "/assignments",
		"/portal-links", "/schemas", "/audit",
	} {
		o := apiOperation{path: "/api/v1/tenants/{tenant}" + list}
		fmt.Fprintln(out, list, without(vendor.want(t, 200, "GET", o.at(have), nil), "next_cursor"))
	}
	return lastUsed.ReplaceAllString(out.String(), "")
}
