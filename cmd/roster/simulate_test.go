package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/scimtest/idp"
	"github.com/roster-scim/roster/tenants"
)

// simulate runs the command and returns its exit code and what it printed.
func simulate(t *testing.T, c *client, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	args = append([]string{"simulate", "--url", c.base, "--token", c.token}, args...)
	code = run(t.Context(), args, nil, &out, &errs)
	return code, out.String(), errs.String()
}

// simulated runs the command with --json and returns its report.
func simulated(t *testing.T, c *client, args ...string) (int, *idp.Report) {
	t.Helper()
	code, stdout, stderr := simulate(t, c, append(args, "--json")...)
	var r idp.Report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatalf("exit %d, %v: %s%s", code, err, stdout, stderr)
	}
	return code, &r
}

// testSimulatedProviders plays every scenario of every dialect against the whole
// server, twice: the second time everybody is there already.
func testSimulatedProviders(t *testing.T, s *server) {
	t.Parallel()
	users := "12"
	if s.on.whole {
		users = "30"
	}
	plays := map[string][]string{"entra-optscim": {"entra", "--optscim"}, "okta-aiw": {"okta", "--app", "aiw"}}
	for _, dialect := range idp.Dialects {
		plays[string(dialect)] = []string{string(dialect)}
	}
	for name, flags := range plays {
		for _, scenario := range idp.Scenarios() {
			t.Run(name+"/"+string(scenario), func(t *testing.T) {
				t.Parallel()
				c := s.connection(t, flags[0])
				for range 2 {
					code, r := simulated(t, c, append(flags, "--scenario", string(scenario), "--users", users, "--groups", "4")...)
					if code != exitOK || !r.OK() || r.Totals().Sent != r.Totals().Accepted {
						t.Fatalf("exit %d, stopped %q, %+v\n%v\n%v", code, r.Stopped, r.Totals(), r.Problems, r.Differences)
					}
				}
			})
		}
	}
}

// TestSimulationFillsTheDirectory looks for itself: the report might be wrong.
func TestSimulationFillsTheDirectory(t *testing.T) {
	t.Parallel()
	c := start(t).connection(t, "entra")
	code, stdout, stderr := simulate(t, c, "entra", "--users", "25", "--groups", "3")
	if code != exitOK || stderr != "" {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	for _, part := range []string{"STEP", "create users", "Nothing was refused, and the directory is what was sent.", "25 users and 3 groups"} {
		if !strings.Contains(stdout, part) {
			t.Errorf("the report lacks %q:\n%s", part, stdout)
		}
	}
	company := idp.NewCompany(1, 25, 3)
	for path, want := range map[string]int{"/Users": 25, "/Groups": 3} {
		list := c.want(t, 200, "GET", path+"?count=0", "")
		if got := list["totalResults"]; got != float64(want) {
			t.Errorf("%s: %v, want %d", path, got, want)
		}
	}
	list := c.want(t, 200, "GET", "/Groups?filter=displayName+eq+%22"+company.Groups[0].Name+"%22", "")
	group := list["Resources"].([]any)[0].(map[string]any)
	if got := len(group["members"].([]any)); got != len(company.Groups[0].Members) {
		t.Errorf("group %s has %d members, want %d", company.Groups[0].Name, got, len(company.Groups[0].Members))
	}
}

func TestSimulationSaysWhatWasRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	tenant := s.tenant(t, "Readers")
	connection, err := s.app.Tenants().CreateConnection(t.Context(), tenants.NewConnection{
		TenantID: tenant, Name: "Read only", Provider: "okta",
		Scopes: authz.Scopes(authz.Scope{Resource: authz.Users, Action: authz.Read}, authz.Scope{Resource: authz.Groups, Action: authz.Read}),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := s.app.Tenants().CreateToken(t.Context(), tenants.NewToken{ConnectionID: connection.ID, Name: "Main"})
	if err != nil {
		t.Fatal(err)
	}
	c := &client{base: s.app.BaseURL(connection.ID), token: secret.Reveal()}
	code, stdout, _ := simulate(t, c, "okta", "--users", "30", "--groups", "1")
	if code != exitRefused {
		t.Errorf("exit %d, want %d", code, exitRefused)
	}
	for _, part := range []string{"refused 403", "users:create", "(31)", "and 11 more", "Not as it should be."} {
		if !strings.Contains(stdout, part) {
			t.Errorf("the report lacks %q:\n%s", part, stdout)
		}
	}
}

func TestSimulationStopsAtAWrongToken(t *testing.T) {
	t.Parallel()
	c := start(t).connection(t, "okta")
	c.token += "x"
	code, r := simulated(t, c, "okta")
	if code != exitRefused || r.Totals().Sent != 1 || !strings.Contains(r.Stopped, "401") {
		t.Errorf("exit %d, %d sent, stopped %q", code, r.Totals().Sent, r.Stopped)
	}
}

// TestSimulationWaitsForTheRateLimit provisions faster than the connection may.
func TestSimulationWaitsForTheRateLimit(t *testing.T) {
	t.Parallel()
	c := startWith(t, func(config *Config) { config.SCIMRate, config.SCIMBurst = 50, 20 }).connection(t, "entra")
	code, r := simulated(t, c, "entra", "--users", "20", "--groups", "2")
	if code != exitOK || !r.OK() {
		t.Fatalf("exit %d: %v", code, r.Problems)
	}
	if total := r.Totals(); total.Throttled == 0 || total.Retried != 0 {
		t.Errorf("throttled %d, retried %d", total.Throttled, total.Retried)
	}
}

func TestSimulateUsage(t *testing.T) {
	t.Parallel()
	c := &client{base: "http://127.0.0.1:1/scim/v2/x", token: "t"}
	for name, args := range map[string][]string{
		"no dialect": {}, "other dialect": {"ldap"}, "other scenario": {"okta", "--scenario", "holiday"},
		"other app": {"okta", "--app", "x"}, "users": {"okta", "--users", "-1"}, "too many users": {"okta", "--users", "1000001"},
		"groups": {"okta", "--groups", "-1"}, "too many groups": {"okta", "--groups", "10001"}, "seed": {"okta", "--seed", "x"},
		"url": {"okta", "--url", "ftp://x"},
	} {
		if code, _, stderr := simulate(t, c, args...); code != exitUsage || !strings.HasPrefix(stderr, "roster: ") {
			t.Errorf("%s: exit %d, %s", name, code, stderr)
		}
	}
}

// TestSimulatedMistake: a mistake can be asked for where somebody can make it.
func TestSimulatedMistake(t *testing.T) {
	t.Parallel()
	s := start(t)
	code, r := simulated(t, s.connection(t, "entra"), "entra", "--mistake", "mail-nickname", "--users", "4", "--groups", "1")
	if code != exitOK || !r.OK() {
		t.Errorf("entra: exit %d, %+v", code, r)
	}
	code, _, stderr := simulate(t, s.connection(t, "okta"), "okta", "--mistake", "mail-nickname")
	if code != exitUsage || !strings.Contains(stderr, "mail-nickname") {
		t.Errorf("okta: exit %d, %s", code, stderr)
	}
}
