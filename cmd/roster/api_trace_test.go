package main

import (
	"net/url"
	"strings"
	"testing"

	"github.com/roster-scim/roster/authz"
)

// testTrace: each thing that can be the matter with somebody, as requests of an
// identity provider bring it about.
func testTrace(t *testing.T, s *server) {
	tenant := s.tenant(t, "Acme")
	okta, other := s.connectionOf(t, tenant, "okta"), s.connectionOf(t, tenant, "entra")
	api := s.api(t)
	at := "/api/v1/tenants/" + tenant.String() + "/trace?who="
	made := map[string]string{}
	for _, name := range []string{"here", "off", "gone", "renamed"} { // by userName alone: whoever keeps an address is found by it
		made[name] = okta.want(t, 201, "POST", "/Users", `{"userName":"`+name+`@acme.com"}`)["id"].(string)
	}
	patch := func(id, operation string) {
		okta.want(t, 200, "PATCH", "/Users/"+id, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[`+operation+`]}`)
	}
	patch(made["off"], `{"op":"replace","value":{"active":false}}`)
	patch(made["renamed"], `{"op":"replace","path":"userName","value":"changed@acme.com"}`)
	okta.want(t, 204, "DELETE", "/Users/"+made["gone"], "")
	okta.want(t, 400, "POST", "/Users", `{"userName":"refused@acme.com","active":"perhaps"}`)
	other.want(t, 200, "GET", "/Users?filter="+url.QueryEscape(`userName eq "missing@acme.com"`), "")
	logged(t, s, okta, 8)
	logged(t, s, other, 1)

	for who, want := range map[string]string{
		"HERE@acme.com": "no_access", made["here"]: "no_access", "off@acme.com": "inactive", "gone@acme.com": "deleted",
		"refused@acme.com": "refused", "renamed@acme.com": "other_user_name", "here@elsewhere.com": "other_user_name",
		"missing@acme.com": "looked_up_only", "nobody@acme.com": "never_received",
	} {
		found := api.want(t, 200, "GET", at+url.QueryEscape(who), nil)
		if found["verdict"] != want {
			t.Errorf("%s: %v, want %s: %v", who, found["verdict"], want, found["sentence"])
		}
		if there := found["person"] != nil; there != (want == "no_access" || want == "inactive" || want == "other_user_name") {
			t.Errorf("%s: the person is %v", who, found["person"])
		}
		if n := len(found["requests"].([]any)); (n == 0) != (want == "never_received" || who == "here@elsewhere.com") {
			t.Errorf("%s: %d requests", who, n)
		}
		if found["fix"] == nil || len(found["connections"].([]any)) != 2 || found["log_since"] == nil {
			t.Errorf("%s: %v", who, found)
		}
	}

	bound := s.session(t, tenant, "con"+strings.SplitN(okta.base, "/con", 2)[1], authz.RoleAdmin)
	for who, want := range map[string]string{"here@acme.com": "no_access", "missing@acme.com": "never_received"} {
		found := bound.want(t, 200, "GET", at+who, nil)
		if found["verdict"] != want || len(found["connections"].([]any)) != 1 {
			t.Errorf("bound to one connection, %s: %v", who, found)
		}
	}
	masked := s.api(t, authz.DirectoryRead).want(t, 200, "GET", at+"here@elsewhere.com", nil)
	if text := masked["sentence"].(string); strings.Contains(text, "here@acme.com") {
		t.Errorf("whoever may not see people reads %q", text)
	}
	api.want(t, 400, "GET", at+"%20", nil)
}
