package idp

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// shape is a request that a dialect must have sent: method, target and body, as
// regular expressions. Ids are of the form id-000001.
type shape struct{ row, method, uri, body string }

const (
	anID  = `id-\d{6}`
	patch = `"Operations":\[`
	ent   = `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`
)

var entraShapes = []shape{
	{"test connection", "GET", `/Users\?filter=userName\+eq\+%22f3b1a0c4-[0-9a-f-]+%22`, ``},
	{"E1 create", "POST", `/Users`, `"active":true.*"emails":\[{"primary":true,"type":"work","value":"[^"]+"}\].*"meta":{"resourceType":"User"}.*"roles":\[\].*` + ent},
	{"E2 nulls and a typo", "POST", `/Users`, `"manager":null.*"schemas":\[[^]]*enterprise:2\.0User"\]`},
	{"E12 reference check", "GET", `/Users\?filter=id\+eq\+%22` + anID + `%22\+and\+manager\+eq\+%22` + anID + `%22&attributes=id`, ``},
	{"E14 by e-mail", "GET", `/Users\?filter=emails%5Btype\+eq\+%22work%22%5D\.value\+eq\+%22.+%22`, ``},
	{"E16 group", "POST", `/Groups`, `"externalId":"[0-9a-f-]{36}".*ADSCIM/2\.0/Group`},
	{"E17 look-up", "GET", `/Groups\?excludedAttributes=members&filter=displayName\+eq\+%22.+%22`, ``},
	{"E8 JSON in a string", "PATCH", `/Users/` + anID, `"path":"roles","value":\[{"value":"{\\"displayName\\":\\"Reader\\"`},
	{"E9 whole array", "PATCH", `/Users/` + anID, `"path":"roles","value":\[{"display":"Billing Admin","primary":false,"type":"WindowsAzureActiveDirectoryRole"`},
	{"E21 inbound", "GET", `/Users\?filter=active\+eq\+true\+and\+%28meta\.lastModified\+ge\+%220001-01-03T00%3A00%3A00\.0000000Z%22.*&count=5&startIndex=1`, ``},
}

var legacyShapes = []shape{
	{"E3 value path", "PATCH", `/Users/` + anID, `{"op":"Replace","path":"emails\[type eq \\"work\\"\]\.value","value":"[^"]+"}`},
	{"E4 disable", "PATCH", `/Users/` + anID, `{"op":"Replace","path":"active","value":"False"}`},
	{"E6 new entry", "PATCH", `/Users/` + anID, `{"op":"Add","path":"phoneNumbers\[type eq \\"mobile\\"\]\.value"`},
	{"E7 primary role", "PATCH", `/Users/` + anID, `{"op":"Add","path":"roles\[primary eq \\"True\\"\]\.display","value":"Editor"}.*\.value".*\.type"`},
	{"E11 manager", "PATCH", `/Users/` + anID, `{"op":"Add","path":"` + ent + `:manager","value":"` + anID + `"}`},
	{"E11 manager as an array", "PATCH", `/Users/` + anID, `{"op":"Add","path":"manager","value":\[{"\$ref":"http[^"]+","value":"` + anID + `"}\]}`},
	{"E13 core URN", "PATCH", `/Users/` + anID, `"path":"urn:ietf:params:scim:schemas:core:2\.0:User:displayName"`},
	{"E18 members", "PATCH", `/Groups/` + anID, `{"op":"Add","path":"members","value":\[{"\$ref":null,"value":"` + anID + `"}`},
	{"E19 removal", "PATCH", `/Groups/` + anID, `{"op":"Remove","path":"members","value":\[{"\$ref":null,"value":"` + anID + `"}`},
	{"E20 what holds", "PATCH", `/Users/` + anID, `{"op":"Replace","path":"active","value":"True"}`},
}

var optscimShapes = []shape{
	{"E4 disable", "PATCH", `/Users/` + anID, `{"op":"replace","path":"active","value":false}`},
	{"E5 dotted keys", "PATCH", `/Users/` + anID, `{"op":"replace","value":{"displayName":"[^"]+","name\.familyName":"[^"]+","name\.formatted":"[^"]+","userName":"[^"]+"}}`},
	{"E5 value paths apart", "PATCH", `/Users/` + anID, `{"op":"replace","path":"emails\[type eq \\"work\\"\]\.value"`},
	{"E5 extension key", "PATCH", `/Users/` + anID, `"` + ent + `:department":"New `},
	{"E19 removal", "PATCH", `/Groups/` + anID, `{"op":"remove","path":"members\[value eq \\"` + anID + `\\"\]"}`},
}

var oktaShapes = []shape{
	{"O1 users", "GET", `/Users\?startIndex=1&count=2`, ``},
	{"O1 groups", "GET", `/Groups\?startIndex=1&count=100`, ``},
	{"O2 exists", "GET", `/Users\?filter=userName%20eq%20%22[a-z.-]+%40[a-z.-]+%22&startIndex=1&count=100`, ``},
	{"O3 create", "POST", `/Users`, `"externalId":"00u\w{17}".*"groups":\[\].*"middleName":"".*"password":"[^"]+"`},
	{"O5 update", "PUT", `/Users/` + anID, `"groups":.*"id":"` + anID + `".*"meta":{.*"middleName":"`},
	{"O8 push group", "POST", `/Groups`, `^{"displayName":"[^"]+","members":\[\],"schemas"`},
	{"O9 link", "GET", `/Groups\?filter=displayName%20eq%20%22.+%22&startIndex=1&count=100`, ``},
}

var oinShapes = []shape{
	{"O6 deactivate", "PATCH", `/Users/` + anID, patch + `{"op":"replace","value":{"active":false}}\]`},
	{"O10 before a change", "PATCH", `/Groups/` + anID, patch + `{"op":"replace","value":{"displayName":"[^"]+","id":"` + anID + `"}}\]`},
	{"O11 change", "PATCH", `/Groups/` + anID, patch + `{"op":"remove","path":"members\[value eq \\"` + anID + `\\"\]"}.*{"op":"add","path":"members","value":\[{"display":"[^"]+","value":"` + anID + `"}`},
	{"O11 full push", "PATCH", `/Groups/` + anID, `{"op":"replace","path":"members","value":\[{"display":"[^"]+","value":"` + anID + `"}`},
	{"O12 unlink", "DELETE", `/Groups/` + anID, ``},
}

var aiwShapes = []shape{
	{"O6 deactivate", "PUT", `/Users/` + anID, `"active":false`},
	{"O11 whole group", "PUT", `/Groups/` + anID, `"displayName":"[^"]+","id":"` + anID + `","members":\[{"display":"[^"]+","value":"`},
}

var oneloginShapes = []shape{
	{"ONE1, ONE2, ONE3 template", "POST", `/Users`, `"active":"true".*"emails":\[{"value":"[^"]+"}\],.*"id":null.*"schemas":\["urn:ietf:params:scim:schemas:core:2\.0:User"\].*"` + ent + `":{.*"manager":{"displayName":null,"managerId":"E\d+"}`},
	{"ONE1 suspend", "PATCH", `/Users/` + anID, patch + `{"op":"replace","path":"active","value":"false"}\]`},
	{"ONE4 e-mails as one object", "PATCH", `/Users/` + anID, `{"op":"replace","path":"emails","value":{"value":"[^"]+"}}`},
	{"without a path", "PATCH", `/Users/` + anID, `{"op":"replace","value":{"displayName":"[^"]+","name":{"familyName":"[^"]+","givenName":"[^"]+","middleName":(null|"[^"]+")},"userName":"[^"]+"}}`},
	{"ONE5 groups to choose from", "GET", `/Groups`, ``},
	{"ONE5 in", "PATCH", `/Groups/` + anID, patch + `{"op":"add","path":"members","value":\[{"value":"` + anID + `"}`},
	{"ONE5 out", "PATCH", `/Groups/` + anID, patch + `{"op":"remove","path":"members","value":\[{"value":"` + anID + `"}`},
	{"ONE5 emptied", "PATCH", `/Groups/` + anID, patch + `{"op":"replace","path":"members","value":\[\]}\]`},
	{"ONE6 exists", "GET", `/Users\?filter=userName%20eq%20%22[^&]+%22`, ``},
}

var jumpcloudShapes = []shape{
	{"JC1 look", "GET", `/Users\?startIndex=1&count=1`, ``},
	{"JC1 test user", "POST", `/Users`, `"userName":"jumpcloud\.activation@`},
	{"JC1 test group", "POST", `/Groups`, `"displayName":"JumpCloud activation `},
	{"JC1 deleted", "DELETE", `/Users/` + anID, ``},
	{"JC1 group deleted", "DELETE", `/Groups/` + anID, ``},
	{"JC3 whole user", "PUT", `/Users/` + anID, `"schemas":\["` + ent + `","urn:ietf:params:scim:schemas:core:2\.0:User"\]`},
	{"JC4 null and the empty list", "PUT", `/Users/` + anID, `"nickName":null,"phoneNumbers":\[\],"photos":\[\]`},
	{"JC5 an operation", "PATCH", `/Users/` + anID, patch + `{"op":"replace","path":"active","value":false}\]`},
	{"JC6 members", "PATCH", `/Groups/` + anID, patch + `{"op":"remove","path":"members","value":\[{"value":"` + anID + `"}.*{"op":"add","path":"members","value":\[{"value":"` + anID + `"}`},
	{"JC7 emptied", "PATCH", `/Groups/` + anID, patch + `{"op":"replace","path":"members","value":\[\]}\]`},
}

var pingfederateShapes = []shape{
	{"PF1 by user name", "GET", `/Users\?filter=userName%20eq%20%22.+%22`, ``},
	{"PF1 by work address", "GET", `/Users\?filter=emails%20eq%20%22.+%22`, ``},
	{"PF2 whole user", "PUT", `/Users/` + anID, `"id":"` + anID + `".*"schemas":\["urn:ietf:params:scim:schemas:core:2\.0:User","` + ent + `"\]`},
	{"PF4 all groups", "GET", `/Groups\?startIndex=1&count=\d+`, ``},
	{"PF5 members in", "PATCH", `/Groups/` + anID, `{"op":"add","path":"members","value":\[{"value":"` + anID + `"}`},
	{"PF5 members out", "PATCH", `/Groups/` + anID, `{"op":"remove","path":"members\[value eq \\"` + anID + `\\"\]"}`},
	{"PF7 disabled", "PUT", `/Users/` + anID, `"active":false`},
	{"group that goes", "DELETE", `/Groups/` + anID, ``},
}

// TestRequestShapes plays everything and looks for each form of request.
func TestRequestShapes(t *testing.T) {
	t.Parallel()
	for i, shapes := range [][]shape{
		append(entraShapes, legacyShapes...), append(entraShapes, optscimShapes...),
		append(oktaShapes, oinShapes...), append(oktaShapes, aiwShapes...),
		oneloginShapes, jumpcloudShapes, pingfederateShapes,
	} {
		v := variants[i]
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			var seen []exchange
			for _, s := range []Scenario{Leaver, Rename, Rehire, BigGroup, TwoAtOnce} {
				d := newDouble(t)
				c := d.config("", s)
				c.Users = 80
				v.adjust(&c)
				requireOK(t, play(t, c))
				seen = append(seen, d.seen...)
			}
			for _, s := range shapes {
				if !s.in(seen) {
					t.Errorf("%s: no %s %s %s was sent", s.row, s.method, s.uri, s.body)
				}
			}
			checkForbidden(t, v.name, seen)
		})
	}
}

func (s shape) in(seen []exchange) bool {
	uri, body := regexp.MustCompile(`^/scim/v2`+s.uri+`$`), regexp.MustCompile(s.body)
	for _, e := range seen {
		if e.method == s.method && uri.MatchString(e.uri) && body.MatchString(encode(e.body)) {
			return true
		}
	}
	return false
}

// checkForbidden makes sure that a provider does not do what it never does.
func checkForbidden(t *testing.T, name string, seen []exchange) {
	t.Helper()
	for _, e := range seen {
		switch {
		case strings.HasPrefix(name, "okta") && e.method == http.MethodDelete && strings.Contains(e.uri, "/Users"):
			t.Errorf("Okta deletes a user: %s", e.uri)
		case name == "okta-aiw" && e.method == http.MethodPatch:
			t.Errorf("an AIW app sends PATCH %s", e.uri)
		case strings.HasPrefix(name, "entra") && e.method == http.MethodPut:
			t.Errorf("Entra sends PUT %s", e.uri)
		case name == "onelogin" && (e.method == http.MethodPut || e.method == http.MethodDelete):
			t.Errorf("OneLogin sends %s %s", e.method, e.uri)
		case name == "pingfederate" && e.method == http.MethodPatch && strings.Contains(e.uri, "/Users"):
			t.Errorf("PingFederate patches a user: %s", e.uri)
		case name == "pingfederate" && strings.Contains(e.uri, "/Groups?filter="):
			t.Errorf("PingFederate looks a group up by %s", e.uri)
		case name == "pingfederate" && e.body != nil && strings.Contains(encode(e.body), ":null"):
			t.Errorf("PingFederate sends null: %s", encode(e.body))
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dialect Dialect
		want    map[string]string // of a POST
		gets    map[string]string
	}{
		{Okta, map[string]string{
			"User-Agent": "Okta SCIM Client 1.0.0", "Content-Type": "application/json", "Accept": "application/scim+json; charset=utf-8",
		}, map[string]string{"Accept-Charset": "utf-8", "Content-Type": "application/json"}},
		{Entra, map[string]string{
			"User-Agent": "", "Content-Type": "application/scim+json; charset=utf-8", "Accept": "application/scim+json",
		}, map[string]string{"Content-Type": "", "User-Agent": ""}},
		{OneLogin, map[string]string{
			"User-Agent": "", "Content-Type": "application/scim+json", "Accept": "application/scim+json",
		}, map[string]string{"Content-Type": "", "User-Agent": ""}},
		{JumpCloud, map[string]string{"Content-Type": "application/json"}, map[string]string{"Content-Type": ""}},
		{PingFederate, map[string]string{
			"Content-Type": "application/json", "Accept": "application/scim+json, application/json",
		}, map[string]string{"Content-Type": ""}},
	} {
		d := newDouble(t)
		requireOK(t, play(t, d.config(c.dialect, FirstCycle)))
		for _, e := range d.seen {
			want := c.gets
			if e.method == http.MethodPost {
				want = c.want
			}
			if e.method != http.MethodPost && e.method != http.MethodGet {
				continue
			}
			for name, value := range want {
				if got := e.header.Get(name); got != value {
					t.Fatalf("%s %s %s: %s is %q, want %q", c.dialect, e.method, e.uri, name, got, value)
				}
			}
			if got := e.header.Get("Authorization"); got != "Bearer "+doubleToken {
				t.Fatalf("Authorization is %q", got)
			}
		}
	}
}

// TestLookUpComesFirst: nobody is created who was not looked for.
func TestLookUpComesFirst(t *testing.T) {
	t.Parallel()
	for _, v := range variants {
		d := newDouble(t)
		c := d.config("", FirstCycle)
		v.adjust(&c)
		requireOK(t, play(t, c))
		looked := ""
		for _, e := range d.seen {
			looked += e.uri + "\n"
			if e.method != http.MethodPost {
				continue
			}
			p := c.provider()
			path := p.findGroup(text(e.body["displayName"]))
			if name := text(e.body["userName"]); name != "" {
				path = p.findUser(name)
			}
			if !strings.Contains(looked, path+"\n") {
				t.Fatalf("%s: %s was created without %s", v.name, e.uri, path)
			}
		}
	}
}
