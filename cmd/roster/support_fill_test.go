package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roster-scim/roster/tenants"
)

// marker is in every value about somebody in the directory of a spied tenant, in
// whatever case, and nowhere else.
const marker = "zzmark"

// spied is a tenant whose people must stay unknown, and where what is there is
// found.
type spied struct {
	tenant                 tenants.TenantID
	path                   string // the tenant's in the API
	user, group, connected string
	ids                    belongings
	requests, cycles       []string // of the connection
	quiet                  string   // a connection by which one person came
}

// markedUser is somebody with a value in every attribute.
func markedUser(n int) string {
	word := func(what string) string { return fmt.Sprintf("Zzmark%s%d", what, n) }
	mail := markedMail(n)
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"userName":%q,"externalId":%q,"displayName":"%s %s","nickName":%q,"profileUrl":"https://example.com/%s","title":"%s of %s",
		"userType":%q,"preferredLanguage":"de","locale":"de-DE","timezone":"Europe/Berlin","active":true,"password":"%s-secret",
		"name":{"formatted":"%s %s","familyName":%q,"givenName":%q,"middleName":%q,"honorificPrefix":%q,"honorificSuffix":%q},
		"emails":[{"value":%q,"type":"work","primary":true,"display":%q},{"value":"zzmark.home%d@example.com","type":%q}],
		"phoneNumbers":[{"value":"+49 555 zzmark","type":"work"}],"ims":[{"value":%q,"type":"aim"}],
		"addresses":[{"formatted":%q,"streetAddress":%q,"locality":%q,"region":%q,"postalCode":%q,"country":"DE","type":"work"}],
		"roles":[{"value":%q,"display":%q,"type":%q}],"entitlements":[{"value":%q}],
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":%q,"costCenter":%q,"organization":%q,"division":%q,
			"department":%q,"manager":{"value":%q}}}`,
		mail, word("External"), word("Display"), word("Name"), word("Nick"), word("Profile"), word("Title"), word("Things"),
		word("Type"), word("Pass"),
		word("Formatted"), word("Name"), word("Family"), word("Given"), word("Middle"), word("Prefix"), word("Suffix"),
		mail, word("Mail"), n, word("MailType"),
		word("Im"),
		word("Address"), word("Street"), word("Locality"), word("Region"), word("Postal"),
		word("Role"), word("RoleName"), word("RoleType"), word("Entitlement"),
		word("Number"), word("Cost"), word("Organization"), word("Division"),
		word("Department"), word("Manager"))
}

func markedMail(n int) string { return fmt.Sprintf("zzmark.user%d@example.com", n) }

// spy fills a tenant with people by everything that an identity provider can
// send, right and wrong, and with what administrators do about them.
func (s *server) spy(t *testing.T) spied {
	t.Helper()
	tenant := s.tenant(t, "Spied")
	x := spied{tenant: tenant, path: "/api/v1/tenants/" + tenant.String(), ids: s.furnish(t, tenant)}
	vendor := s.api(t)
	vendor.want(t, 200, "PATCH", x.path, map[string]any{"request_log": map[string]any{"bodies": "full", "retention_days": 30}})
	idp := s.connectionOf(t, tenant, "entra")
	x.connected = idp.base[strings.LastIndexByte(idp.base, '/')+1:]
	settings := map[string]any{"settings": map[string]any{"pending_members": true}}
	vendor.want(t, 200, "PATCH", x.path+"/connections/"+x.connected, settings)
	var people []string
	for n := range 4 {
		people = append(people, idp.want(t, 201, "POST", "/Users", markedUser(n))["id"].(string))
	}
	x.user = people[0]
	x.group = idp.createGroup(t, "Sales", people[0], people[1])
	at := "/Users/" + x.user
	for _, c := range []struct {
		status             int
		method, path, body string
	}{
		{409, "POST", "/Users", markedUser(1)},
		{400, "POST", "/Users", `{"displayName":"Zzmark Nobody","unknown":"zzmark"}`},
		{400, "POST", "/Users", `{"userName":"zzmark.wrong","active":"zzmark"}`},
		{400, "POST", "/Users", `{"userName":"zzmark.broken",`},
		{400, "POST", "/Users", `userName is zzmark`},
		{200, "GET", "/Users?filter=userName+eq+%22zzmark.user1%40example.com%22", ""},
		{200, "GET", "/Users?filter=emails%5Btype+eq+%22work%22%5D.value+eq+%22zzmark.user1%40example.com%22&attributes=userName", ""},
		{200, "GET", "/Users?filter=displayName+sw+%22Zzmark%22+and+not+(title+co+%22zzmark%22)&sortBy=title", ""},
		{400, "GET", "/Users?filter=userName+eq+zzmark", ""},
		{400, "GET", "/Users?filter=zzmark", ""},
		{400, "GET", "/Users?filter=%22zzmark", ""},
		{200, "POST", "/Users/.search", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"title eq \"Zzmark\""}`},
		{404, "GET", "/Users/zzmark", ""},
		{404, "GET", "/Users/zzmark%2Fzzmark%3Fa%3Dzzmark?b=zzmark&zzmark", ""},
		{200, "GET", at, ""},
		{200, "PATCH", at, patchOp(`{"op":"replace","path":"title","value":"Zzmark Chief"},{"op":"replace","value":{"nickName":"Zzmark","name.givenName":"Zzmark"}}`)},
		{200, "PATCH", at, patchOp(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"zzmark.new@example.com"}`)},
		{400, "PATCH", at, patchOp(`{"op":"replace","path":"emails[value eq \"zzmark\"].value","value":"zzmark"}`)},
		{400, "PATCH", at, patchOp(`{"op":"replace","path":"active","value":"zzmark"}`)},
		{400, "PATCH", at, patchOp(`{"op":"zzmark","path":"zzmark zzmark","value":"zzmark"}`)},
		{200, "POST", "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
			{"method":"POST","path":"/Users","bulkId":"zzmark","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"zzmark.bulk"}},
			{"method":"POST","path":"/Users","bulkId":"zzmark2","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"zzmark.bulk"}}]}`},
		{200, "PUT", at, strings.Replace(markedUser(0), "Title0", "Boss0", 1)},
		{200, "PATCH", "/Users/" + people[2], patchOp(`{"op":"replace","path":"active","value":false}`)},
		{204, "DELETE", "/Users/" + people[3], ""},
		{204, "PATCH", "/Groups/" + x.group, patchOp(fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":%q,"display":"Zzmark Two"},{"value":"zzmark-waits"}]}`, people[2]))},
		{204, "PATCH", "/Groups/" + x.group, patchOp(fmt.Sprintf(`{"op":"remove","path":"members[value eq \"%s\"]"}`, people[1]))},
	} {
		if r := idp.send(t, c.method, c.path, c.body); r.status != c.status {
			t.Errorf("%s %s: %d, want %d\n%s", c.method, c.path, r.status, c.status, r.body)
		}
	}
	strict := s.connectionOf(t, tenant, "okta")
	vendor.want(t, 200, "PATCH", x.path+"/connections/"+strict.base[strings.LastIndexByte(strict.base, '/')+1:],
		map[string]any{"settings": map[string]any{"pending_members": false}})
	group := strict.createGroup(t, "Support")
	strict.send(t, "PATCH", "/Groups/"+group, patchOp(`{"op":"add","path":"members","value":[{"value":"zzmark-missing","display":"Zzmark"}]}`))
	x.administer(t, vendor)
	quiet := s.connectionOf(t, tenant, "jumpcloud") // so that one change is all that its cycle tells of
	quiet.want(t, 201, "POST", "/Users", `{"userName":"zzmark.alone@example.com"}`)
	x.quiet = quiet.base[strings.LastIndexByte(quiet.base, '/')+1:]
	s.logged(t, vendor, x.path+"/connections/"+x.quiet, func(r map[string]any) bool { return r["kind"] == "user.create" })
	s.logged(t, vendor, x.path+"/connections/"+strict.base[strings.LastIndexByte(strict.base, '/')+1:], func(r map[string]any) bool { return r["outcome"] == "refused" })
	s.logged(t, vendor, x.path+"/connections/"+x.connected, func(r map[string]any) bool { return r["kind"] == "user.delete" })
	for _, r := range vendor.items(t, x.path+"/connections/"+x.connected+"/requests?limit=200") {
		x.requests = append(x.requests, r["id"].(string))
	}
	for _, connection := range []string{x.connected, x.quiet} {
		for _, c := range vendor.items(t, x.path+"/connections/"+connection+"/cycles") {
			x.cycles = append(x.cycles, connection+"/cycles/"+c["id"].(string))
		}
	}
	return x
}

// administer is what the vendor and the customer's administrators do.
func (x *spied) administer(t *testing.T, vendor *caller) {
	t.Helper()
	role := vendor.items(t, x.path+"/users/"+x.ids["user"]+"/assignments")[0]["role"]
	vendor.want(t, 201, "POST", x.path+"/users", map[string]any{"user_name": "zzmark.manual", "display_name": "Zzmark Manual",
		"given_name": "Zzmark", "family_name": "Zzmark", "external_id": "zzmark-manual", "emails": []map[string]any{{"value": "zzmark.manual@example.com", "type": "zzmark"}}})
	vendor.want(t, 201, "POST", x.path+"/users/"+x.user+"/assignments", map[string]any{"entry_point": "*", "role": role})
	vendor.want(t, 200, "PUT", x.path+"/groups/"+x.group+"/role-mappings", map[string]any{"mappings": []map[string]any{{"entry_point": "*", "role": role}}})
	vendor.want(t, 201, "POST", x.path+"/portal-links", map[string]any{"roles": []string{"viewer"}, "email": "zzmark.admin@example.com", "note": "Zzmark asked for it"})
}
