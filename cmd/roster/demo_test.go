package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// runningDemo is a demo in this process.
type runningDemo struct {
	stage struct {
		URL       string
		Companies []struct {
			Name, Provider, Token string
			BaseURL               string `json:"base_url"`
		} `json:"tenants"`
		Curl, Simulate, Portal, Console string
	}
	news *bufio.Scanner
	end  func() int
}

// startDemo starts a demo and returns when it has printed what there is to try.
func startDemo(t *testing.T, args ...string) *runningDemo {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	stdout, out := io.Pipe()
	stderr, errs := io.Pipe()
	code := make(chan int, 1)
	go func() {
		args := append([]string{"demo", "--json", "--listen", "127.0.0.1:0", "--admin-listen", "off", "--users", "12",
			"--every", "30ms", "--scim-rate", "1e6", "--scim-burst", "1000000"}, args...)
		code <- run(ctx, args, nil, out, errs)
		_, _ = out.Close(), errs.Close()
	}()
	d := &runningDemo{news: bufio.NewScanner(stderr)}
	for range demoConfigs { // a line for each first cycle
		if !d.news.Scan() || !strings.Contains(d.news.Text(), " provisioned ") {
			t.Fatalf("the demo says %q", d.news.Text())
		}
	}
	if err := json.NewDecoder(stdout).Decode(&d.stage); err != nil {
		t.Fatal(err)
	}
	d.end = func() int {
		cancel()
		go func() { _, _ = io.Copy(io.Discard, stderr) }()
		return <-code
	}
	t.Cleanup(cancel)
	return d
}

func TestDemo(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "demo.db")
	d := startDemo(t, "--file", file)
	seen := map[string]bool{}
	for range 12 {
		if !d.news.Scan() {
			t.Fatal("the companies stopped changing")
		}
		line := d.news.Text()
		if strings.Contains(line, "not provisioned") {
			t.Error(line)
		}
		for _, c := range d.stage.Companies {
			seen[c.Name] = seen[c.Name] || strings.Contains(line, c.Name)
		}
	}
	providers := map[string]int{}
	for _, each := range d.stage.Companies {
		providers[each.Provider]++
		if !seen[each.Name] {
			t.Errorf("nothing happens at %s", each.Name)
		}
		c := &client{base: each.BaseURL, token: each.Token}
		if list := c.want(t, 200, "GET", "/Users?count=0", ""); list["totalResults"].(float64) < 10 {
			t.Errorf("%s has %v users", each.Name, list["totalResults"])
		}
	}
	if diff := cmp.Diff(map[string]int{"okta": 1, "entra": 3}, providers); diff != "" {
		t.Error(diff)
	}
	first := d.stage.Companies[0]
	if !strings.Contains(d.stage.Curl, first.BaseURL+"/Users?") || !strings.Contains(d.stage.Curl, "Bearer "+first.Token) {
		t.Errorf("curl line: %s", d.stage.Curl)
	}
	for link, says := range map[string]string{d.stage.Portal: "Manage provisioning for " + strings.ReplaceAll(first.Name, "&", "&amp;"), d.stage.Console: "Sign in to the console"} {
		if page := get(t, link); page.status != 200 || !strings.Contains(string(page.body), says) {
			t.Errorf("the link says %d %s", page.status, clipped(page.body))
		}
	}
	invited := strings.Fields(d.stage.Simulate) // program simulate entra --url URL --token TOKEN
	var out, errs bytes.Buffer
	if code := run(t.Context(), append(invited[1:], "--users", "5", "--groups", "1"), nil, &out, &errs); code != exitOK {
		t.Errorf("what the demo invites to ends with %d: %s%s", code, out.String(), errs.String())
	}
	if code := d.end(); code != exitOK {
		t.Errorf("exit %d", code)
	}
}

func TestDemoKeepsItsFileIfAsked(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "demo.db")
	urls := func(d *runningDemo) (all []string) {
		for _, c := range d.stage.Companies {
			_, id, _ := strings.Cut(c.BaseURL, "/scim/")
			all = append(all, id)
		}
		return all
	}
	var seen [][]string
	for _, flags := range [][]string{{}, {"--keep"}, {}} {
		d := startDemo(t, append(flags, "--file", file)...)
		seen = append(seen, urls(d))
		if !d.news.Scan() {
			t.Error("nothing happens")
		}
		if code := d.end(); code != exitOK {
			t.Errorf("%v: exit %d", flags, code)
		}
	}
	if diff := cmp.Diff(seen[0], seen[1]); diff != "" {
		t.Errorf("kept, the connections are others: %s", diff)
	}
	if cmp.Equal(seen[1], seen[2]) {
		t.Error("a fresh demo has the connections of the last one")
	}
}

func TestDemoEndsByItself(t *testing.T) {
	t.Parallel()
	for _, after := range []string{"1ms", "40ms", "400ms"} { // while it opens, provisions, or later
		var out, errs bytes.Buffer
		file := filepath.Join(t.TempDir(), "demo.db")
		code := run(t.Context(), []string{"demo", "--for", after, "--listen", "127.0.0.1:0", "--admin-listen", "off", "--file", file}, nil, &out, &errs)
		if code != exitOK {
			t.Errorf("after %s: exit %d: %s", after, code, errs.String())
		}
	}
}

func TestDemoRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		code int
		says string
		args []string
	}{
		{"a public address", exitRefused, "runs on this machine alone", []string{"--listen", "0.0.0.0:0"}},
		{"a public URL", exitRefused, "runs on this machine alone", []string{"--public-url", "https://scim.example.com"}},
		{"another file", exitUsage, "must begin with demo", []string{"--file", "data/roster.db"}},
		{"no users", exitUsage, "--users", []string{"--users", "0"}},
		{"no pace", exitUsage, "--every", []string{"--every", "0s"}},
		{"a past end", exitUsage, "--for", []string{"--for=-1s"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "demo.db")
			if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
				t.Fatal(err)
			}
			var out, errs bytes.Buffer
			code := run(t.Context(), append([]string{"demo", "--admin-listen", "off", "--file", file}, c.args...), nil, &out, &errs)
			if code != c.code || !strings.Contains(errs.String(), c.says) {
				t.Errorf("exit %d: %s", code, errs.String())
			}
			if kept, err := os.ReadFile(file); err != nil || string(kept) != "precious" {
				t.Errorf("the file was touched: %q, %v", kept, err)
			}
		})
	}
}
