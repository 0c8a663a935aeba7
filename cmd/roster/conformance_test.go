package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/scimtest/conformance"
	"github.com/roster-scim/roster/tenants"
)

// testConformance checks a whole server by the catalogue: no must and no should
// is left unmet, and the people who were there before are untouched.
func testConformance(t *testing.T, s *server) {
	t.Parallel()
	c := s.connection(t, "generic")
	c.createGroup(t, "Ops", c.createUser(t, "amara@acme.example"))
	before := c.want(t, 200, "GET", "/Groups", "")
	report := conformance.Test(t, conformance.Target{BaseURL: c.base, Token: c.token}, conformance.Options{})
	for _, r := range report.Results {
		if r.Outcome == conformance.Warning && r.Level == conformance.Should {
			t.Errorf("%s %s\n%s", r.ID, r.Text, r.Details())
		}
		if r.Outcome == conformance.Skipped {
			t.Logf("skipped %s: %s", r.ID, r.Reason)
		}
	}
	if n := report.Summary.Passed; n < 150 {
		t.Errorf("%d requirements passed, want at least 150", n)
	}
	if after := c.want(t, 200, "GET", "/Groups", ""); !sameJSON(t, before, after) {
		t.Errorf("the directory holds %v, want %v", after, before)
	}
	if n := c.want(t, 200, "GET", "/Users", "")["totalResults"]; n != 1.0 {
		t.Errorf("%v users are left, want the one who was there", n)
	}
}

func sameJSON(t *testing.T, a, b any) bool {
	t.Helper()
	x, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(x, y)
}

// roster runs a command line and returns its exit code and output.
func roster(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errors bytes.Buffer
	code = run(t.Context(), args, nil, &out, &errors)
	return code, out.String(), errors.String()
}

func TestConformanceCommand(t *testing.T) {
	t.Parallel()
	c := start(t).connection(t, "generic")
	file := filepath.Join(t.TempDir(), "junit.xml")
	code, stdout, stderr := roster(t, "conformance", "--url", c.base, "--token", c.token, "--only", "create,me", "--junit", file, "--json")
	var report conformance.Report
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || code != exitOK {
		t.Fatalf("exit %d, %v\n%s%s", code, err, stdout, stderr)
	}
	if report.Summary.Passed < 15 || report.Summary.Failed != 0 || report.Results[0].ID == "" || report.Target != c.base {
		t.Errorf("report %+v", report.Summary)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(data, new(struct{})); err != nil || !bytes.Contains(data, []byte("7644-3.3-01")) {
		t.Errorf("JUnit report: %v\n%s", err, clipped(data))
	}
	if strings.Contains(stdout, c.token) || bytes.Contains(data, []byte(c.token)) {
		t.Error("the report shows the token")
	}
	code, stdout, _ = roster(t, "conformance", "--url", c.base, "--token", c.token, "--only", "create,me,bulk limits", "--verbose")
	for _, text := range []string{"AREA", "Create", "passed   7644-3.3-01", "Skipped:", "7644-3.11-02", "Every requirement that applies is met."} {
		if code != exitOK || !strings.Contains(stdout, text) {
			t.Errorf("exit %d, and no %q in\n%s", code, text, stdout)
		}
	}
}

// TestConformanceCommandFails: a connection that may not create fails a must,
// which shows request, expectation and answer.
func TestConformanceCommandFails(t *testing.T) {
	t.Parallel()
	broken := bound(t)
	code, stdout, _ := roster(t, "conformance", "--url", broken.base, "--token", broken.token, "--only", "7644-3.3-01,7644-3.3-02,7644-3.6-01")
	for _, text := range []string{"Not met:", "7644-3.3-01 (MUST, RFC 7644 section 3.3)", "expected: status 201", "got:      status 403",
		"request:  POST " + broken.base + "/Users", "answer:   403 application/scim+json", "Could not be checked:", "2 binding requirements not met."} {
		if code != exitRefused || !strings.Contains(stdout, text) {
			t.Errorf("exit %d, and no %q in\n%s", code, text, stdout)
		}
	}
}

// TestConformanceCommandUsage: what cannot be checked at all is exit code 2.
func TestConformanceCommandUsage(t *testing.T) {
	t.Parallel()
	c := start(t).connection(t, "generic")
	for _, tc := range []struct {
		says string
		args []string
	}{
		{"missing flags: --url", nil},
		{"cannot be reached", []string{"--url", "http://127.0.0.1:1/scim/v2", "--token", "x"}},
		{"refuses the token", []string{"--url", c.base, "--token", "wrong"}},
		{"no http or https URL", []string{"--url", "scim.example.com", "--token", "x"}},
		{"no requirement matches", []string{"--url", c.base, "--token", c.token, "--only", "nothing-like-this"}},
		{"no requirement matches", []string{"--list", "--only", "nothing-like-this"}},
		{"--junit", []string{"--url", c.base, "--token", c.token, "--junit", filepath.Join(t.TempDir(), "no", "such", "folder.xml")}},
		{"--timeout", []string{"--url", c.base, "--token", c.token, "--timeout", "0s"}},
	} {
		code, stdout, stderr := roster(t, append([]string{"conformance"}, tc.args...)...)
		if code != exitUsage || !strings.Contains(stderr, tc.says) || stdout != "" {
			t.Errorf("%v: exit %d\n%s%s", tc.args, code, stdout, stderr)
		}
	}
}

func TestConformanceList(t *testing.T) {
	t.Parallel()
	code, stdout, _ := roster(t, "conformance", "--list", "--json")
	var answer struct{ Requirements []conformance.Requirement }
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil || code != exitOK {
		t.Fatalf("exit %d, %v", code, err)
	}
	if n := len(conformance.Requirements()); len(answer.Requirements) != n || n < 150 {
		t.Errorf("%d requirements of %d", len(answer.Requirements), n)
	}
	code, stdout, _ = roster(t, "conformance", "--list", "--only", "7644-3.6-*")
	if code != exitOK || !strings.Contains(stdout, "7644-3.6-01") || strings.Contains(stdout, "7644-3.3-01") || !strings.Contains(stdout, "Delete") {
		t.Errorf("exit %d\n%s", code, stdout)
	}
}

// bound is a connection that may do all but create.
func bound(t *testing.T) *client {
	t.Helper()
	s := start(t)
	scopes, err := authz.ParseScopes([]string{"users:read", "users:delete", "groups:read", "groups:delete"})
	if err != nil {
		t.Fatal(err)
	}
	connection, err := s.app.Tenants().CreateConnection(t.Context(), tenants.NewConnection{
		TenantID: s.tenant(t, "Bound"), Name: "Bound", Provider: "generic", Scopes: scopes,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := s.app.Tenants().CreateToken(t.Context(), tenants.NewToken{ConnectionID: connection.ID, Name: "Main"})
	if err != nil {
		t.Fatal(err)
	}
	return &client{base: s.app.BaseURL(connection.ID), token: secret.Reveal()}
}
