package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/authz"
)

// answered is what an operation answers to each of those who ask.
type answered map[string]string

// testSupportSeesNobody calls everything that reads as support, as a program that
// may do everything else, and as a customer's administrator: the first two are
// told what is the case and never about whom.
func testSupportSeesNobody(t *testing.T, s *server) {
	x := s.spy(t)
	support, admin := s.staff(t, "support"), s.session(t, x.tenant, "", "admin")
	program := s.api(t, slices.DeleteFunc(everything(), func(p authz.Permission) bool { return p == authz.DirectoryUnmasked })...)
	seen := map[string]answered{"support": {}, "program": {}, "admin": {}}
	for _, o := range apiOperations(t) {
		preview := strings.HasSuffix(o.path, "/preview")
		if o.method != http.MethodGet && !preview {
			continue
		}
		for who, c := range map[string]*caller{"support": support, "program": program, "admin": admin} {
			for _, path := range x.paths(&o) {
				r := c.look(t, &o, path)
				switch {
				case r.status == http.StatusForbidden && r.code(t) == "forbidden":
					continue
				case r.status == http.StatusNotFound && x.ids[parameters(&o)[0]] == "":
					continue // of the installation, where nobody's people are
				case r.status != http.StatusOK:
					t.Errorf("%s as %s: GET %s: %d\n%s", o.id, who, path, r.status, r.body)
				}
				seen[who][o.id] += string(r.body)
			}
		}
	}
	for _, who := range []string{"support", "program"} {
		for id, text := range seen[who] {
			if at := strings.Index(strings.ToLower(text), marker); at >= 0 {
				t.Errorf("%s tells %s %s", id, who, around(text, at))
			}
		}
	}
	x.adminSees(t, seen)
	if n := len(seen["support"]); n < 45 {
		t.Errorf("support may read only %d operations: %v", n, slices.Sorted(maps.Keys(seen["support"])))
	}
	x.supportUnderstands(t, support, admin)
	x.supportFinds(t, support)
}

// around is where in an answer something is.
func around(text string, at int) string {
	return fmt.Sprintf("%q", text[max(0, at-200):min(len(text), at+100)])
}

// adminSees: what is masked is there to be seen by whoever may.
func (x *spied) adminSees(t *testing.T, seen map[string]answered) {
	t.Helper()
	for _, id := range []string{
		"listUsers", "getUser", "getUserHistory", "listGroupMembers", "listAssignments", "listAccess", "listPendingMembers", "traceUser",
		"listRequests", "listTenantRequests", "getRequest", "exportRequests", "getSetup", "streamSetup", "listHealth", "listProblems",
		"listCycles", "listActivity", "getCycle", "listAudit", "exportAudit", "listEvents", "getSnapshot",
	} {
		if !strings.Contains(strings.ToLower(seen["admin"][id]), marker) {
			t.Errorf("an administrator is told nothing about anybody by %s, so that nothing is known: %.300s", id, seen["admin"][id])
		}
		if seen["support"][id] == "" {
			t.Errorf("support is told nothing by %s", id)
		}
	}
}

// paths are where an operation reads of the spied people.
func (x *spied) paths(o *apiOperation) (list []string) {
	query := ""
	if o.id == "traceUser" {
		query = "?who=" + url.QueryEscape(markedMail(1))
	}
	switch own := maps.Clone(x.ids); {
	case strings.Contains(o.path, "{request}"):
		for _, id := range x.requests {
			own["connection"], own["request"] = x.connected, id
			list = append(list, o.at(own))
		}
	case o.id == "getCycle":
		for _, place := range x.cycles {
			list = append(list, x.path+"/connections/"+place)
		}
	case strings.Contains(o.path, "{token}"):
	default:
		for _, connection := range []string{x.connected, x.quiet} {
			own["user"], own["group"], own["connection"] = x.user, x.group, connection
			list = append(list, o.at(own)+query)
		}
	}
	list = append(list, o.at(x.ids)+query)
	slices.Sort(list)
	return slices.Compact(list)
}

// look reads; of a stream, its beginning.
func (c *caller) look(t *testing.T, o *apiOperation, path string) reply {
	t.Helper()
	if o.method != http.MethodGet {
		return c.call(t, o.method, path, map[string]any{"mappings": []any{}})
	}
	if o.id != "streamSetup" {
		return c.call(t, "GET", path, nil)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if c.bearer != "" {
		request.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	if c.cookie != nil {
		request.AddCookie(c.cookie)
	}
	response, err := noRedirects.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var text strings.Builder
	for piece := make([]byte, 4096); !strings.Contains(text.String(), "data:") || !strings.HasSuffix(text.String(), "\n\n"); {
		n, err := response.Body.Read(piece)
		text.Write(piece[:n])
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return reply{status: response.StatusCode, header: response.Header, body: []byte(text.String())}
}

// supportUnderstands: masked answers have the form of others, and say what is
// needed to find out why somebody has no access.
func (x *spied) supportUnderstands(t *testing.T, support, admin *caller) {
	t.Helper()
	at := x.path + "/users/" + x.user
	masked, plain := support.want(t, 200, "GET", at, nil), admin.want(t, 200, "GET", at, nil)
	for _, member := range []string{"id", "active", "managed", "created_at", "updated_at", "connection"} {
		if fmt.Sprint(masked[member]) != fmt.Sprint(plain[member]) {
			t.Errorf("%s is %v for support and %v for an administrator", member, masked[member], plain[member])
		}
	}
	if masked["user_name"] != "z…@example.com" || masked["display_name"] != "Z… Z…" || masked["external_id"] != "Z…" {
		t.Errorf("support sees %v, %v, %v", masked["user_name"], masked["display_name"], masked["external_id"])
	}
	document, _ := masked["attributes"].(map[string]any)
	if document["active"] != true || document["title"] != "Z…" {
		t.Errorf("the document is %v", document)
	}
	if a, b := support.want(t, 200, "GET", at+"/groups", nil), admin.want(t, 200, "GET", at+"/groups", nil); without(a) != without(b) {
		t.Errorf("groups: %v, want %v", a, b)
	}
	access := support.want(t, 200, "GET", at+"/access", nil)
	if text := without(access); !strings.Contains(text, `"Sales"`) {
		t.Errorf("access: %s", text)
	}
	var sentences []string
	for _, r := range support.items(t, x.path+"/connections/"+x.connected+"/requests") {
		sentences = append(sentences, r["sentence"].(string))
	}
	for _, want := range []string{
		"Microsoft Entra ID created z…@example.com.", "Microsoft Entra ID could not create z…@example.com: the user name is taken.", "Microsoft Entra ID deactivated z…@example.com.",
		"Microsoft Entra ID added 1 member to the group Sales; 1 waits to be provisioned.", "Microsoft Entra ID could not list users: the filter cannot be understood.",
	} {
		if !slices.Contains(sentences, want) {
			t.Errorf("support is not told %q but %q", want, sentences)
		}
	}
}

// supportFinds: who knows an address or a user name finds the person, and learns
// no more of what was typed than that it is there.
func (x *spied) supportFinds(t *testing.T, support *caller) {
	t.Helper()
	for list, queries := range map[string][]string{
		"/users?q=":         {markedMail(1), "zzmark.manual", strings.ToUpper(markedMail(1)), x.user},
		"/requests?person=": {markedMail(1)},
	} {
		for _, query := range queries {
			found := support.items(t, x.path+list+url.QueryEscape(query))
			if len(found) == 0 {
				t.Errorf("%s%s finds nobody", list, query)
			}
			for _, item := range found {
				if text := strings.ToLower(without(item)); strings.Contains(text, marker) {
					t.Errorf("%s%s tells %s", list, query, text)
				}
			}
		}
	}
	if found := support.items(t, x.path+"/users?q="+url.QueryEscape("not."+markedMail(1))); len(found) != 0 {
		t.Errorf("somebody who is not there is found: %v", found)
	}
}

// testSupportIsRecorded: the first look of a session into a tenant is in the
// tenant's audit log, where its administrators see it.
func testSupportIsRecorded(t *testing.T, s *server) {
	tenant, other := s.tenant(t, "Recorded"), s.tenant(t, "Not looked at")
	path := "/api/v1/tenants/" + tenant.String()
	admin := s.session(t, tenant, "", "admin")
	looks := func(of string) []map[string]any {
		t.Helper()
		return s.api(t).items(t, "/api/v1/tenants/"+of+"/audit?action=support.looked")
	}
	support, owner := s.staff(t, "support"), s.staff(t, "owner")
	hour := time.Now().Truncate(time.Hour)
	support.want(t, 200, "GET", "/api/v1/tenants", nil)
	support.want(t, 400, "GET", path+"/users?limit=0", nil)
	support.want(t, 403, "DELETE", path+"?confirm=Recorded", nil)
	admin.want(t, 200, "GET", path+"/users", nil)
	if rows := looks(tenant.String()); len(rows) != 0 {
		t.Errorf("nobody has looked, and the log has %v", rows)
	}
	for range 3 {
		support.want(t, 200, "GET", path+"/users", nil)
		support.want(t, 200, "GET", path+"/audit", nil)
		owner.want(t, 200, "GET", path, nil)
	}
	rows := looks(tenant.String())
	if same := time.Now().Truncate(time.Hour).Equal(hour); same && len(rows) != 2 || len(rows) < 2 {
		t.Fatalf("%d rows: %v", len(rows), rows)
	}
	want := map[string]string{"owner": `{"masked":{"from":null,"to":false},"roles":{"from":null,"to":["owner"]}}`, "support": `{"masked":{"from":null,"to":true},"roles":{"from":null,"to":["support"]}}`}
	for _, row := range rows {
		changes, err := json.Marshal(row["changes"])
		if err != nil {
			t.Fatal(err)
		}
		maps.DeleteFunc(want, func(_, text string) bool { return text == string(changes) })
		if actor, _ := row["actor"].(string); !strings.HasPrefix(actor, "ses") || row["address"] != "127.0.0.1" || row["request_id"] == nil {
			t.Errorf("%v", row)
		}
	}
	if len(want) > 0 {
		t.Errorf("the log lacks %v: %v", want, rows)
	}
	if shown := admin.items(t, path+"/audit?action=support.looked"); len(shown) != len(rows) {
		t.Errorf("the administrator sees %d looks of %d", len(shown), len(rows))
	}
	if rows := looks(other.String()); len(rows) != 0 {
		t.Errorf("the other tenant's log has %v", rows)
	}
	support.want(t, 404, "GET", "/api/v1/tenants/"+nobodys("tenant"), nil)
}

// testSupportChangesNothing: everything that changes something is refused, with
// the name of the permission that it takes.
func testSupportChangesNothing(t *testing.T, s *server) {
	have := s.furnish(t, s.tenant(t, "Unchanged"))
	before := s.inventory(t, have)
	support, asked := s.staff(t, "support"), 0
	for _, o := range apiOperations(t) {
		if o.method == http.MethodGet || o.permission == "public" || o.id == "endSession" {
			continue
		}
		asked++
		r := s.probe(t, support, &o, have)
		if r.status != http.StatusForbidden || r.code(t) != "forbidden" || !strings.Contains(string(r.body), o.permission) {
			t.Errorf("%s: %d %s", o.id, r.status, r.body)
		}
	}
	if asked < 50 {
		t.Errorf("only %d operations change something", asked)
	}
	if after := s.inventory(t, have); after != before {
		t.Errorf("something has changed:\n%s\n%s", before, after)
	}
}
