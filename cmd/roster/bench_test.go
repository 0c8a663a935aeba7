package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/scimtest/bench"
)

// unlimited is a server that may be loaded.
func unlimited(t *testing.T) *server {
	t.Helper()
	return startWith(t, func(config *Config) { config.SCIMRate, config.SCIMBurst = 1e6, 1_000_000 })
}

// TestBench measures everything on a whole server, whose answers are all right.
func TestBench(t *testing.T) {
	t.Parallel()
	c := unlimited(t).connection(t, "generic")
	code, stdout, stderr := roster(t, "bench", "--url", c.base, "--token", c.token, "--connections", "3", "--requests", "25", "--warmup", "0s",
		"--users", "20,60", "--group-sizes", "10,50", "--batch", "5", "--page-size", "10", "--json")
	var r bench.Report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != exitOK || !r.OK() || !r.Bulk {
		t.Fatalf("exit %d, %v\n%s%s", code, err, stdout, stderr)
	}
	times := map[bench.Op]int{}
	for _, each := range r.Results {
		if times[each.Op]++; each.Requests < 25 || each.Errors != 0 || each.Skipped != "" || each.RPS <= 0 {
			t.Errorf("%+v", each)
		}
	}
	for _, op := range bench.Ops() {
		want := 2
		if op == bench.OpEntraDay || op == bench.OpOktaDay {
			want = 1
		}
		if times[op] != want {
			t.Errorf("%s was measured %d times, want %d", op, times[op], want)
		}
	}
	for path, want := range map[string]int{"/Users": r.LeftBehind.Users, "/Groups": r.LeftBehind.Groups} {
		if got := c.want(t, 200, "GET", path+"?count=0", "")["totalResults"]; got != float64(want) || want == 0 {
			t.Errorf("%s: %v, want %d", path, got, want)
		}
	}
	if strings.Contains(stdout, c.token) {
		t.Error("the report shows the token")
	}
}

// TestBenchOfManyTenants prints a table for people and takes away what it made.
func TestBenchOfManyTenants(t *testing.T) {
	t.Parallel()
	s := unlimited(t)
	clients := []*client{s.connection(t, "generic"), s.connection(t, "okta")}
	file := filepath.Join(t.TempDir(), "targets")
	list := "# two\n"
	for _, c := range clients {
		list += c.base + " " + c.token + "\n"
	}
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := roster(t, "bench", "--targets", file, "--ops", "get,create,member", "--requests", "20", "--warmup", "0s",
		"--connections", "2", "--users", "11", "--group-sizes", "3", "--batch", "2", "--cleanup")
	for _, text := range []string{"2 targets, 2 connections", "OPERATION", "get               11 ", "member-add", "by Bulk", "Every answer was right."} {
		if code != exitOK || stderr != "" || !strings.Contains(stdout, text) {
			t.Errorf("exit %d, and no %q in\n%s%s", code, text, stdout, stderr)
		}
	}
	for _, c := range clients {
		if got := c.want(t, 200, "GET", "/Users?count=0", "")["totalResults"]; got != 0.0 {
			t.Errorf("%v users are left", got)
		}
	}
}

// TestBenchFails: a server that limits the rate is told from one that is slow.
func TestBenchFails(t *testing.T) {
	t.Parallel()
	c := startWith(t, func(config *Config) { config.SCIMRate, config.SCIMBurst = 1, 10 }).connection(t, "generic")
	code, stdout, _ := roster(t, "bench", "--url", c.base, "--token", c.token, "--ops", "get", "--requests", "40", "--warmup", "0s", "--users", "20")
	for _, text := range []string{"Left behind: 20 made-up users and 0 groups", "Wrong answers (", "status 429, want 200", "answers wrong."} {
		if code != exitRefused || !strings.Contains(stdout, text) {
			t.Errorf("exit %d, and no %q in\n%s", code, text, stdout)
		}
	}
}

func TestBenchUsage(t *testing.T) {
	t.Parallel()
	c := unlimited(t).connection(t, "generic")
	to := []string{"--url", c.base, "--token", c.token}
	for _, tc := range []struct {
		says string
		args []string
	}{
		{"missing flags: --url", nil},
		{"give --url and --token or --targets", append(to, "--targets", "-")},
		{"--targets: open", []string{"--targets", filepath.Join(t.TempDir(), "none")}},
		{"cannot be reached", []string{"--url", "http://127.0.0.1:1/scim/v2", "--token", "x"}},
		{"refuses the token", []string{"--url", c.base, "--token", "wrong"}},
		{"no http or https URL", []string{"--url", "scim.example.com"}},
		{`no operation "fly"`, append(to, "--ops", "get,fly")},
		{"users: give numbers from 1", append(to, "--users", "0")},
		{"connections: give a number", append(to, "--connections", "0")},
	} {
		code, stdout, stderr := roster(t, append([]string{"bench"}, tc.args...)...)
		if code != exitUsage || !strings.Contains(stderr, tc.says) || stdout != "" {
			t.Errorf("%v: exit %d\n%s%s", tc.args, code, stdout, stderr)
		}
	}
}
