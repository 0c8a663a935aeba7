package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/quirk"
)

// command runs a roster command on the server's database, as another process
// would.
func (s *server) command(t *testing.T, args ...string) string {
	t.Helper()
	code, stdout, stderr := s.site.roster(t, args...)
	if code != exitOK {
		t.Fatalf("roster %v: exit code %d: %s", args, code, stderr)
	}
	return stdout
}

// roster runs a command line on the site and returns its exit code and output.
func (p *site) roster(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, p.environment(), &out, &errs)
	return code, out.String(), errs.String()
}

// testSettingsOfARunningServer: what this process changes holds for the next
// request, what another one changes as soon as the remembered answer is too old.
func testSettingsOfARunningServer(t *testing.T, s *server) {
	t.Parallel()
	c := s.connection(t, "okta")
	at := "/Users/" + c.createUser(t, "noor@example.com")
	id := c.id(t)
	rename := func() int {
		return c.send(t, "PATCH", at, patchOp(`{"op":"replace","path":"title","value":"Lead"}`)).status
	}
	for value, status := range map[string]int{"false": 204, "true": 200} {
		changes, err := quirk.ParseChanges([]string{"patch_user_returns_body=" + value})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.app.Tenants().ChangeSettings(t.Context(), id, changes); err != nil {
			t.Fatal(err)
		}
		if got := rename(); got != status {
			t.Errorf("patch_user_returns_body=%s: %d, want %d at once", value, got, status)
		}
	}
	for value, status := range map[string]int{"false": 204, "default": 200} {
		s.command(t, "connection", "set", "--connection", c.id(t).String(), "patch_user_returns_body="+value)
		for rename() != status {
			if t.Context().Err() != nil {
				t.Fatalf("patch_user_returns_body=%s does not hold", value)
			}
		}
	}
}

// testPendingMembersAreTold: an operator sees who waits for whom, page by page.
func testPendingMembersAreTold(t *testing.T, s *server) {
	t.Parallel()
	c := s.connection(t, "generic")
	s.command(t, "connection", "set", "--connection", c.id(t).String(), "pending_members=true")
	for c.send(t, "POST", "/Groups", group("Probe", "x-0")).status != 201 {
		if t.Context().Err() != nil {
			t.Fatal("the setting does not hold")
		}
	}
	team := c.want(t, 201, "POST", "/Groups", `{"displayName":"Team\u001b[31m",
		"members":[{"value":"x-1"},{"value":"x 2/é\u0007"},{"value":"x-0"}]}`)["id"]

	show := s.command(t, "connection", "show", c.id(t).String())
	if !strings.Contains(show, "4 members wait to be provisioned") || !strings.Contains(show, "* pending_members=true") {
		t.Errorf("show says\n%s", show)
	}
	type page struct {
		Pending []pendingView `json:"pending_members"`
		Next    string        `json:"next"`
	}
	var got []string
	for next := ""; ; {
		args := []string{"connection", "pending", "--connection", c.id(t).String(), "--limit", "1", "--json"}
		if next != "" {
			args = append(args, "--after", next)
		}
		var p page
		if err := json.Unmarshal([]byte(s.command(t, args...)), &p); err != nil {
			t.Fatal(err)
		}
		for _, one := range p.Pending {
			if one.Since.IsZero() || (one.Group == "Probe") == (one.GroupID == team) {
				t.Errorf("pending %+v", one)
			}
			got = append(got, one.Value)
		}
		if next = p.Next; next == "" {
			break
		}
	}
	if want := "x 2/é\x07|x-0|x-0|x-1"; strings.Join(got, "|") != want {
		t.Errorf("pages have %q, want %q", got, want)
	}
	table := s.command(t, "connection", "pending", "--connection", c.id(t).String(), "--limit", "2")
	if strings.ContainsAny(table, "\x1b\x07") || !strings.Contains(table, "x 2/é\uFFFD") || !strings.Contains(table, "--after x-0/") {
		t.Errorf("the table is\n%q", table)
	}

	c.want(t, 201, "POST", "/Users", `{"userName":"one","externalId":"x-1"}`)
	s.command(t, "connection", "set", "--connection", c.id(t).String(), "pending_members=default")
	if show := s.command(t, "connection", "show", c.id(t).String()); !strings.Contains(show, "3 members wait") || strings.Contains(show, "* pending") {
		t.Errorf("show says\n%s", show)
	}
}
