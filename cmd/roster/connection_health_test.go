package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/scim/scimtest/idp"
	"github.com/roster-scim/roster/tenants"
)

// watched is a connection as the API tells of it.
type watched struct {
	*caller
	tenant string // path
	at     string // path
	client *client
}

// watch makes a connection of a tenant, and somebody who looks at it.
func (s *server) watch(t *testing.T, tenant tenants.TenantID, provider string) *watched {
	t.Helper()
	c := s.connectionOf(t, tenant, provider)
	path := "/api/v1/tenants/" + tenant.String()
	return &watched{caller: s.api(t), tenant: path, at: path + "/connections/" + c.base[strings.LastIndex(c.base, "/")+1:], client: c}
}

func (w *watched) setup(t *testing.T) map[string]any {
	t.Helper()
	return w.want(t, 200, "GET", w.at+"/setup", nil)
}

// step is one step of the checklist.
func (w *watched) step(t *testing.T, name string) map[string]any {
	t.Helper()
	for _, each := range w.setup(t)["steps"].([]any) {
		if step := each.(map[string]any); step["step"] == name {
			return step
		}
	}
	t.Fatalf("there is no step %s", name)
	return nil
}

// problems are those of the connection by code.
func (w *watched) problems(t *testing.T) map[string]map[string]any {
	t.Helper()
	all := map[string]map[string]any{}
	for _, each := range w.want(t, 200, "GET", w.at+"/problems", nil)["items"].([]any) {
		p := each.(map[string]any)
		all[p["code"].(string)] = p
	}
	return all
}

func (w *watched) simulate(provider string) idp.Config {
	return idp.Config{Dialect: idp.Dialect(provider), BaseURL: w.client.base, Token: w.client.token, Users: 12, Groups: 4}
}

// TestSimulatedProvidersTickTheChecklist: what the real services send in their
// first days does every step, and is told by meaning.
func TestSimulatedProvidersTickTheChecklist(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, provider := range []string{"okta", "entra"} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			w := s.watch(t, s.tenant(t, "Tenant of "+provider), provider)
			if before := w.setup(t); before["done"] != 0.0 || before["status"] != "waiting" || before["hint"] == "" {
				t.Errorf("before anything came: %v", before)
			}
			life, err := idp.NewLife(w.simulate(provider))
			if err != nil {
				t.Fatal(err)
			}
			defer life.Close()
			if r := life.Begin(t.Context()); !r.OK() {
				t.Fatalf("%v %v", r.Problems, r.Differences)
			}
			for range 7 { // join, move, regroup, marry, move, regroup, leave
				if _, err := life.Next(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			eventually(t, "every step is done", func() bool { return w.setup(t)["done"] == 8.0 })
			for _, each := range w.setup(t)["steps"].([]any) {
				w.isRequest(t, each.(map[string]any))
			}
			w.tellsActivity(t)
			w.isDoingWell(t)
		})
	}
}

// isRequest: the request that did a step is in the request log, and did it.
func (w *watched) isRequest(t *testing.T, step map[string]any) {
	t.Helper()
	request := step["request"].(map[string]any)
	line := w.want(t, 200, "GET", w.at+"/requests/"+request["id"].(string), nil)
	if line["at"] != request["at"] || line["sentence"] == "" || step["refusal"] != nil || step["done_at"] != request["at"] {
		t.Errorf("step %v is not request %v", step, line)
	}
}

func (w *watched) tellsActivity(t *testing.T) {
	t.Helper()
	cycles := w.items(t, w.at+"/cycles")
	if len(cycles) != 1 || cycles[0]["running"] != true {
		t.Fatalf("cycles %v", cycles)
	}
	sentence := cycles[0]["sentence"].(string)
	for _, part := range []string{"created 13 people", "deactivated 1", "added"} {
		if !strings.Contains(sentence, part) {
			t.Errorf("%q lacks %q", sentence, part)
		}
	}
	if one := w.want(t, 200, "GET", w.at+"/cycles/"+cycles[0]["id"].(string), nil); one["sentence"] != sentence {
		t.Errorf("by itself it is %v", one)
	}
	if all := w.items(t, w.tenant+"/activity"); len(all) != 1 || all[0]["id"] != cycles[0]["id"] {
		t.Errorf("activity %v", all)
	}
}

func (w *watched) isDoingWell(t *testing.T) {
	t.Helper()
	one := w.want(t, 200, "GET", w.at+"/health", nil)
	day, people := one["last_24h"].(map[string]any), one["people"].(map[string]any)
	if one["status"] != "testing" || one["last_request"] == nil || one["problems"] != 0.0 || day["requests"] == 0.0 || people["total"] != 13.0 {
		t.Errorf("health %v, problems %v", one, w.problems(t))
	}
	sum := 0.0
	for _, each := range w.want(t, 200, "GET", w.at+"/request-hours", nil)["items"].([]any) {
		sum += each.(map[string]any)["requests"].(float64)
	}
	if sum != day["requests"] {
		t.Errorf("%v requests by the hour, %v in a day", sum, day["requests"])
	}
}

// TestMistakesAreProblems: each mistake of an administrator shows as what it is.
func TestMistakesAreProblems(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, test := range []struct {
		provider string
		mistake  idp.Mistake
		code     string
		affected float64
	}{
		{"entra", idp.MailNickname, "externalid_mailnickname", 12},
		{"entra", idp.NoMail, "emails_missing", 4},
		{"okta", idp.NoMail, "emails_missing", 4},
		{"okta", idp.UnassignedMember, "members_not_provisioned", 1},
		{"entra", idp.UnassignedMember, "members_not_provisioned", 1},
	} {
		t.Run(test.provider+" "+string(test.mistake), func(t *testing.T) {
			t.Parallel()
			w := s.watch(t, s.tenant(t, test.code+" by "+test.provider), test.provider)
			config := w.simulate(test.provider)
			config.Mistake = test.mistake
			r, err := idp.Run(t.Context(), config)
			if err != nil || !r.Complete {
				t.Fatalf("%v, stopped %q", err, r.Stopped)
			}
			eventually(t, "the problem shows", func() bool {
				p := w.problems(t)[test.code]
				return p != nil && p["affected"] == test.affected
			})
			all := w.problems(t)
			p := all[test.code]
			if len(all) != 1 || p["sentence"] == "" || p["fix"] == "" || p["where"] == nil || len(p["examples"].([]any)) == 0 {
				t.Errorf("problems %v", all)
			}
			if h := w.want(t, 200, "GET", w.at+"/health", nil); h["problems"] != 1.0 || h["worst_problem"] != test.code {
				t.Errorf("health %v", h)
			}
		})
	}
}

// TestProblemsGoWhenTheyAreMended, as requests show it.
func TestProblemsGoWhenTheyAreMended(t *testing.T) {
	t.Parallel()
	s := start(t)
	w := s.watch(t, s.tenant(t, "Mending"), "okta")
	w.client.createUser(t, "jane@acme.example")
	sales := w.client.createGroup(t, "Sales")
	const unknown = "0b7c1f3e-55d2-4c5e-9f0a-3d6f6a1c2b4d"
	w.client.send(t, "PATCH", "/Groups/"+sales, patchOp(`{"op":"add","path":"members","value":[{"value":"`+unknown+`"}]}`))
	w.client.send(t, "GET", "/Users?filter="+url.QueryEscape(`externalId eq "00u1"`), "")
	w.client.send(t, "POST", "/Users", user("jane@acme.example"))
	eventually(t, "two problems show", func() bool {
		all := w.problems(t)
		return all["members_not_provisioned"] != nil && all["wrong_unique_identifier"] != nil
	})
	found := w.client.want(t, 200, "GET", "/Users?filter="+url.QueryEscape(`userName eq "jane@acme.example"`), "")
	id := found["Resources"].([]any)[0].(map[string]any)["id"].(string)
	w.client.want(t, 200, "PUT", "/Users/"+id, strings.Replace(user("jane@acme.example"), "Noor", "Jane", 1))
	w.client.send(t, "PATCH", "/Groups/"+sales, patchOp(`{"op":"add","path":"members","value":[{"value":"`+id+`"}]}`))
	eventually(t, "no problem is left", func() bool { return len(w.problems(t)) == 0 })
}

// TestWrongTokensAreTold: what was wrong with them, and how to put it right.
func TestWrongTokensAreTold(t *testing.T) {
	t.Parallel()
	s := start(t)
	w := s.watch(t, s.tenant(t, "Wrong token"), "okta")
	config := w.simulate("okta")
	config.Scenario = idp.WrongToken
	if r, err := idp.Run(t.Context(), config); err != nil || !r.OK() {
		t.Fatalf("%v %v", err, r)
	}
	eventually(t, "the tokens show", func() bool { return len(w.setup(t)["strangers"].([]any)) >= 2 })
	setup := w.setup(t)
	if setup["status"] != "credentials_expired" || setup["done"] != 0.0 {
		t.Errorf("setup %v", setup)
	}
	refusal, _ := w.step(t, "credentials_accepted")["refusal"].(map[string]any)
	if fix, _ := refusal["fix"].(map[string]any); fix == nil || fix["where"] != "Provisioning > Integration" {
		t.Errorf("refusal %v", refusal)
	}
	for _, each := range setup["strangers"].([]any) {
		if strings.Contains(fmt.Sprint(each), w.client.token) {
			t.Error("the whole token is shown")
		}
	}

	// A token that worked and is revoked.
	w.client.createUser(t, "jane@acme.example")
	eventually(t, "a good token is accepted", func() bool { return w.step(t, "credentials_accepted")["done_at"] != nil })
	tokens := w.items(t, w.at+"/tokens")
	w.want(t, 204, "DELETE", w.at+"/tokens/"+tokens[0]["id"].(string)+"?confirm=Main", nil)
	w.client.send(t, "GET", "/Users", "")
	eventually(t, "the revoked token shows", func() bool {
		first, _ := w.setup(t)["strangers"].([]any)[0].(map[string]any)
		return first["what"] == "revoked" && strings.Contains(first["sentence"].(string), "was revoked on")
	})
}

// TestHealthOfOneConnection: who is bound to a connection sees no other.
func TestHealthOfOneConnection(t *testing.T) {
	t.Parallel()
	s := start(t)
	tenant := s.tenant(t, "Two connections")
	one, two := s.watch(t, tenant, "okta"), s.watch(t, tenant, "entra")
	stranger := s.watch(t, s.tenant(t, "Another"), "okta")
	for _, w := range []*watched{one, two, stranger} {
		w.client.createUser(t, "jane@acme.example")
	}
	eventually(t, "all have arrived", func() bool {
		return len(one.items(t, one.tenant+"/activity")) == 2 && len(stranger.items(t, stranger.tenant+"/activity")) == 1
	})
	if all := one.items(t, one.tenant+"/health?limit=1"); len(all) != 2 {
		t.Errorf("all: %v", all)
	}
	bound := s.session(t, tenant, one.at[strings.LastIndex(one.at, "/")+1:], "viewer")
	for _, list := range []string{"/health", "/activity"} {
		items := bound.items(t, one.tenant+list)
		if len(items) != 1 || !strings.HasSuffix(one.at, items[0]["connection"].(map[string]any)["id"].(string)) {
			t.Errorf("%s: %v", list, items)
		}
	}
	cycle := two.items(t, two.at+"/cycles")[0]["id"].(string)
	for _, path := range []string{
		two.at + "/setup", two.at + "/setup/stream", two.at + "/health", two.at + "/problems", two.at + "/cycles", two.at + "/request-hours",
		two.at + "/cycles/" + cycle, one.at + "/cycles/" + cycle, stranger.at + "/health", stranger.tenant + "/health",
		strings.Replace(stranger.at, stranger.tenant, one.tenant, 1) + "/setup",
	} {
		if r := bound.call(t, "GET", path, nil); r.status != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, r.status)
		}
	}
}

// setupEvents are a checklist that somebody watches.
type setupEvents struct {
	t     *testing.T
	lines *bufio.Scanner
}

// stream watches by way of one server.
func (w *watched) stream(t *testing.T, server string) *setupEvents {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server+w.at+"/setup/stream", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if w.bearer != "" {
		request.Header.Set("Authorization", "Bearer "+w.bearer)
	}
	if w.cookie != nil {
		request.AddCookie(w.cookie)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	if response.StatusCode != http.StatusOK {
		t.Fatalf("status %d", response.StatusCode)
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	return &setupEvents{t, lines}
}

// next is the next checklist, nil at the end.
func (s *setupEvents) next() map[string]any {
	s.t.Helper()
	for s.lines.Scan() {
		if data, ok := strings.CutPrefix(s.lines.Text(), "data: "); ok {
			var setup map[string]any
			if err := json.Unmarshal([]byte(data), &setup); err != nil {
				s.t.Fatal(err)
			}
			return setup
		}
	}
	return nil
}

// until waits for a checklist with so many steps done.
func (s *setupEvents) until(done float64) {
	s.t.Helper()
	for setup := s.next(); setup["done"] != done; setup = s.next() {
		if setup == nil {
			s.t.Fatalf("the stream ended before %v steps were done", done)
		}
	}
}

// TestSetupStream: a page ticks by itself, whichever replica has the request, and
// a server that stops does not wait for it.
func TestSetupStream(t *testing.T) {
	t.Parallel()
	at := onPostgres.site(t)
	r := onPostgres.replicas(t, at, at)
	w := r.all[0].watch(t, r.all[0].tenant(t, "Streamed"), "okta")
	var streams []*setupEvents
	for _, s := range r.all {
		streams = append(streams, w.stream(t, "http://"+s.app.public.Addr().String()))
	}
	for _, s := range streams {
		s.until(0)
	}
	w.client.want(t, 200, "GET", "/Users?startIndex=1&count=2", "")
	for _, s := range streams {
		s.until(1)
	}
	w.client.createUser(t, "jane@acme.example")
	for _, s := range streams {
		s.until(2)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := r.all[1].app.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
	if setup := streams[1].next(); setup != nil {
		t.Errorf("after the end came %v", setup)
	}
}

// TestSetupStreamEndsWithTheSession that it was opened by.
func TestSetupStreamEndsWithTheSession(t *testing.T) {
	t.Parallel()
	s := onSQLite.startAs(t, onSQLite.site(t), func(*Config) {}, func(a *App) { a.streamPing = 50 * time.Millisecond })
	tenant := s.tenant(t, "Signed out")
	w := s.watch(t, tenant, "okta")
	w.caller = s.session(t, tenant, "", "viewer")
	events := w.stream(t, s.app.URL())
	events.until(0)
	w.client.createUser(t, "jane@acme.example")
	events.until(2)
	w.want(t, 204, "DELETE", "/api/v1/session", nil, "Origin", s.app.URL())
	if setup := events.next(); setup != nil {
		t.Errorf("after the end of the session came %v", setup)
	}
	if r := w.call(t, "GET", w.at+"/setup/stream", nil); r.status != http.StatusUnauthorized {
		t.Errorf("status %d", r.status)
	}
}
