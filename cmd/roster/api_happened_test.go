package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

// happening is a tenant in which somebody has been provisioned.
type happening struct {
	tenant, path     string // the path is the tenant's in the API
	connection, user string
	request          map[string]any // of the user's creation, as it is logged
}

func (s *server) happen(t *testing.T, vendor *caller, tenant tenants.TenantID, name string) happening {
	t.Helper()
	idp := s.connectionOf(t, tenant, "okta")
	h := happening{
		tenant: tenant.String(), path: "/api/v1/tenants/" + tenant.String(),
		connection: idp.base[strings.LastIndexByte(idp.base, '/')+1:], user: idp.createUser(t, name),
	}
	h.request = s.logged(t, vendor, h.path+"/connections/"+h.connection, func(r map[string]any) bool { return r["kind"] == "user.create" })
	return h
}

// testIsolationOfWhatHappened asks in one tenant for what happened in another:
// filters select nothing, and nothing of it is in the lists.
func testIsolationOfWhatHappened(t *testing.T, s *server) {
	vendor := s.api(t)
	mine := s.happen(t, vendor, s.tenant(t, "Happened mine"), "amara@acme.example")
	theirs := s.happen(t, vendor, s.tenant(t, "Happened theirs"), "sofia@globex.example")
	own := mine.path + "/connections/" + mine.connection
	for _, filter := range []string{
		"connection=" + theirs.connection, "person=" + theirs.user, "person=sofia@globex.example", "resource=" + theirs.user,
		"q=sofia", "request_id=" + theirs.request["request_id"].(string),
	} {
		for _, list := range []string{mine.path + "/requests", own + "/requests"} {
			if list == own+"/requests" && strings.HasPrefix(filter, "connection") {
				continue // it has no such filter
			}
			if found := vendor.items(t, list+"?"+filter); len(found) > 0 {
				t.Errorf("GET %s?%s: %v", list, filter, found)
			}
		}
	}
	if found := vendor.items(t, mine.path+"/activity?connection="+theirs.connection); len(found) > 0 {
		t.Errorf("the activity of another tenant's connection: %v", found)
	}
	for _, list := range []string{"/requests", "/activity", "/health"} {
		items := vendor.items(t, mine.path+list)
		if len(items) == 0 {
			t.Errorf("%s is empty", list)
		}
		for _, item := range items {
			if connectionOf(item) != mine.connection {
				t.Errorf("%s has %v", list, item)
			}
		}
	}
}

// testIsolationOfEvents: a key of one tenant reads that tenant's events and
// snapshot, and nothing that is of all.
func testIsolationOfEvents(t *testing.T, s *server) {
	tenant, vendor := s.tenant(t, "Events mine"), s.api(t)
	mine := s.happen(t, vendor, tenant, "amara@acme.example")
	theirs := s.happen(t, vendor, s.tenant(t, "Events theirs"), "sofia@globex.example")
	own := &caller{url: s.app.URL(), bearer: s.apiKeyFor(t, tenant, authz.EventsRead, authz.WebhooksManage)}
	page := own.want(t, 200, "GET", mine.path+"/events", nil)
	created := 0
	for i, item := range page["items"].([]any) {
		event := item.(map[string]any)
		if event["tenant_id"] != mine.tenant || event["sequence"] != float64(i+1) {
			t.Errorf("event %d is %v", i+1, event)
		}
		if event["type"] == "user.created" && event["request_id"] == mine.request["request_id"] {
			created++
		}
	}
	if created != 1 {
		t.Errorf("the person was created %d times: %v", created, page)
	}
	snapshot := own.call(t, "GET", mine.path+"/snapshot", nil)
	if text := string(snapshot.body); snapshot.status != http.StatusOK || !strings.Contains(text, mine.user) ||
		strings.Contains(text, theirs.user) || strings.Contains(text, theirs.tenant) {
		t.Errorf("the snapshot: %d\n%s", snapshot.status, snapshot.body)
	}
	for path, want := range map[string]int{
		"/api/v1/events": 403, "/api/v1/webhooks": 403, theirs.path + "/events": 404, theirs.path + "/snapshot": 404,
	} {
		if r := own.call(t, "GET", path, nil); r.status != want {
			t.Errorf("GET %s with a key of one tenant: %d %s", path, r.status, r.body)
		}
	}
}
