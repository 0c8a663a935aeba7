package main

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// population is what one connection has in its directory.
type population struct {
	client      *client
	user, group string // ids
	userName    string
	etag        string
}

func populate(t *testing.T, c *client, name string) population {
	t.Helper()
	p := population{client: c, userName: name + "@example.com"}
	p.user = c.createUser(t, p.userName)
	p.group = c.createGroup(t, "Team "+name, p.user)
	p.etag = c.send(t, "GET", "/Groups/"+p.group, "").header.Get("ETag")
	return p
}

// probe is one request whose answer must not depend on whether the ids in it
// exist elsewhere.
type probe struct {
	name, method, path, body string
	headers                  []string
}

// probes generates every operation that can name somebody else's resource.
func probes(mine, other population, endpoint, id string) []probe {
	write := user("probe@example.com")
	if endpoint == "/Groups" {
		write = group("Probe")
	}
	at := endpoint + "/" + id
	out := []probe{
		{"get", "GET", at, "", nil},
		{"get with projection", "GET", at + "?attributes=id,meta", "", nil},
		{"get if none match", "GET", at, "", []string{"If-None-Match", other.etag}},
		{"head", "HEAD", at, "", nil},
		{"put", "PUT", at, write, nil},
		{"put if match", "PUT", at, write, []string{"If-Match", other.etag}},
		{"patch", "PATCH", at, patchOp(`{"op":"replace","path":"displayName","value":"taken over"}`), nil},
		{"patch if match any", "PATCH", at, patchOp(`{"op":"replace","path":"displayName","value":"x"}`), []string{"If-Match", "*"}},
		{"patch members in", "PATCH", at, patchOp(fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":%q}]}`, mine.user)), nil},
		{"delete", "DELETE", at, "", nil},
		{"delete if match", "DELETE", at, "", []string{"If-Match", other.etag}},
		{"create group with member", "POST", "/Groups", group("Probe", id), nil},
		{"create group with $ref", "POST", "/Groups", fmt.Sprintf(`{"displayName":"Probe","members":[{"$ref":%q}]}`, other.client.base+at), nil},
		{"put group with member", "PUT", "/Groups/" + mine.group, group("Team probe", id), nil},
		{"add member", "PATCH", "/Groups/" + mine.group, patchOp(fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":%q}]}`, id)), nil},
		{"add typed member", "PATCH", "/Groups/" + mine.group, patchOp(fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":%q,"type":"User"}]}`, id)), nil},
		{"replace members", "PATCH", "/Groups/" + mine.group, patchOp(fmt.Sprintf(`{"op":"replace","path":"members","value":[{"value":%q}]}`, id)), nil},
		{"remove member", "PATCH", "/Groups/" + mine.group, patchOp(fmt.Sprintf(`{"op":"remove","path":"members[value eq \"%s\"]"}`, id)), nil},
		{"remove members", "PATCH", "/Groups/" + mine.group, patchOp(fmt.Sprintf(`{"op":"remove","path":"members","value":[{"value":%q}]}`, id)), nil},
	}
	for _, version := range []string{`"*"`, fmt.Sprintf("%q", other.etag)} {
		out = append(out, probe{"bulk if match " + version, "POST", "/Bulk", `{"Operations":[` + strings.Join([]string{
			fmt.Sprintf(`{"method":"PUT","path":%q,"version":%s,"data":%s}`, at, version, write),
			fmt.Sprintf(`{"method":"PATCH","path":%q,"version":%s,"data":%s}`, at, version, patchOp(`{"op":"replace","path":"displayName","value":"x"}`)),
			fmt.Sprintf(`{"method":"POST","path":"/Groups","bulkId":"g","data":%s}`, group("Probe", id)),
			fmt.Sprintf(`{"method":"PATCH","path":"/Groups/%s","data":%s}`, mine.group, patchOp(fmt.Sprintf(`{"op":"add","path":"members","value":[%q]}`, id))),
			fmt.Sprintf(`{"method":"DELETE","path":%q,"version":%s}`, at, version),
		}, ",") + `]}`, nil})
	}
	for _, filter := range []string{
		`id eq %q`, `members eq %q`, `members.value eq %q`, `members[value eq %q]`, `not (id eq %q)`, `id eq %q or displayName pr`,
	} {
		out = append(out, probe{"filter groups " + filter, "GET", "/Groups?filter=" + url.QueryEscape(fmt.Sprintf(filter, id)), "", nil})
	}
	for _, filter := range []string{`id eq %q`, `groups.value eq %q`, `groups eq %q`, `manager eq %q`, `id ne %q`} {
		out = append(out, probe{"filter users " + filter, "GET", "/Users?filter=" + url.QueryEscape(fmt.Sprintf(filter, id)), "", nil})
	}
	return out
}

var (
	requestIDs = regexp.MustCompile(`\(request [^)]*\)`)
	timestamps = regexp.MustCompile(`"(created|lastModified)":"[^"]*"`)
)

// essence is an answer without what differs between any two requests.
func essence(r reply, ids ...string) string {
	r.header.Del("Date")
	r.header.Del("X-Request-Id")
	r.header.Del("Content-Length")
	text := requestIDs.ReplaceAllString(string(r.body), "")
	text = timestamps.ReplaceAllString(text, "")
	for _, id := range ids {
		text = strings.ReplaceAll(text, id, "ID")
	}
	return fmt.Sprintf("%d %v %s", r.status, r.header, text)
}

// testIsolation compares, for every operation, the answer for other tenants' and
// other connections' ids with the answer for ids that never existed.
func testIsolation(t *testing.T, s *server) {
	t.Parallel()
	tenant := s.tenant(t, "Mine")
	mine := populate(t, s.connectionOf(t, tenant, "generic"), "mine")
	sibling := populate(t, s.connectionOf(t, tenant, "generic"), "sibling")
	stranger := populate(t, s.connectionOf(t, s.tenant(t, "Stranger"), "generic"), "stranger")
	const never = "019aa000-0000-7000-8000-000000000000"

	for name, other := range map[string]population{"other connection": sibling, "other tenant": stranger} {
		usersBefore, groupsBefore := directory(t, other.client)
		n := 0
		for endpoint, id := range map[string]string{"/Users": other.user, "/Groups": other.group} {
			foreign, unknown := probes(mine, other, endpoint, id), probes(mine, other, endpoint, never)
			for i := range foreign {
				n++
				got := essence(mine.client.send(t, foreign[i].method, foreign[i].path, foreign[i].body, foreign[i].headers...), id, never)
				want := essence(mine.client.send(t, unknown[i].method, unknown[i].path, unknown[i].body, unknown[i].headers...), id, never)
				if got != want {
					t.Errorf("%s: %s %s tells a foreign id from an unknown one:\n%s\n%s", name, foreign[i].name, endpoint, got, want)
				}
			}
		}
		if n < 60 {
			t.Errorf("only %d probes were generated", n)
		}
		if users, groups := directory(t, other.client); users != usersBefore || groups != groupsBefore {
			t.Errorf("%s: its directory was changed from outside", name)
		}
	}
	if users, _ := directory(t, mine.client); strings.Count(users, `"userName"`) != 1 {
		t.Errorf("probes left users behind: %s", users)
	}
}

// directory is everything that a connection shows.
func directory(t *testing.T, c *client) (users, groups string) {
	t.Helper()
	return string(c.send(t, "GET", "/Users", "").body), string(c.send(t, "GET", "/Groups", "").body)
}

// testIsolationOfValues: values that are unique in one directory are free in
// every other, and looking them up finds one's own alone.
func testIsolationOfValues(t *testing.T, s *server) {
	t.Parallel()
	first := populate(t, s.connection(t, "entra"), "same")
	second := s.connection(t, "entra")
	for _, filter := range []string{
		`userName eq "same@example.com"`, `externalId eq "ext-same@example.com"`,
		`emails[type eq "work"].value eq "same@example.com"`, `userName sw "same"`, `userName pr`,
	} {
		if total := second.want(t, 200, "GET", "/Users?filter="+url.QueryEscape(filter), "")["totalResults"]; total != 0.0 {
			t.Errorf("%s finds %v in an empty directory", filter, total)
		}
	}
	id := second.createUser(t, "same@example.com")
	second.createGroup(t, "Team same", id)
	if id == first.user {
		t.Error("two directories share an id")
	}
}

// testIsolationOfCredentials: a token opens its own connection; any other, known
// or not, answers the same.
func testIsolationOfCredentials(t *testing.T, s *server) {
	t.Parallel()
	mine, other := s.connection(t, "okta"), s.connection(t, "okta")
	id := other.createUser(t, "somebody@example.com")
	root := mine.base[:strings.LastIndex(mine.base, "/")+1]
	answers := map[string]string{}
	for name, c := range map[string]client{
		"my token, other connection":        {base: other.base, token: mine.token},
		"my token, unknown connection":      {base: root + "con01k7zzzzzzzzzzzzzzzzzzzzzz", token: mine.token},
		"my token, malformed connection":    {base: root + "nonsense", token: mine.token},
		"malformed token, other connection": {base: other.base, token: "nonsense"},
		"cut token, own connection":         {base: mine.base, token: mine.token[:len(mine.token)-1]},
	} {
		for _, path := range []string{"/Users/" + id, "/Users", "/Groups", "/ServiceProviderConfig", "/Nothing"} {
			r := c.send(t, "GET", path, "")
			r.refusal(t, 401)
			if r.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s: no WWW-Authenticate", name)
			}
			answers[essence(r)] = name + " " + path
		}
	}
	if len(answers) != 1 {
		t.Errorf("refusals differ: %v", answers)
	}
}
