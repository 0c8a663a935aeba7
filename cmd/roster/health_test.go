package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	s := startWith(t, func(c *Config) { c.AdminListen = "127.0.0.1:0" })
	unready := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(unready.Close)
	cases := map[string]struct {
		admin  string
		code   int
		answer string // "" if there is an error instead
	}{
		"ready":     {strings.TrimPrefix(s.app.AdminURL(), "http://"), exitOK, `{"ready":true,"status":200}`},
		"not ready": {strings.TrimPrefix(unready.URL, "http://"), exitRefused, `{"ready":false,"status":503}`},
		"nobody":    {freeAddress(t), exitRefused, ""},
		"off":       {adminOff, exitRefused, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), []string{"health", "--json", "--admin-listen", c.admin}, nil, &stdout, &stderr)
			if code != c.code {
				t.Errorf("exit code %d, want %d: %s", code, c.code, &stderr)
			}
			if got := strings.TrimSpace(stdout.String()); c.answer != "" && got != c.answer {
				t.Errorf("answered %s, want %s", got, c.answer)
			}
			if !json.Valid(stdout.Bytes()) {
				t.Errorf("no JSON object: %s", &stdout)
			}
		})
	}
}

func TestDialable(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		"127.0.0.1:8081": "127.0.0.1:8081", ":8081": "127.0.0.1:8081", "0.0.0.0:8081": "127.0.0.1:8081",
		"[::]:8081": "[::1]:8081", "10.0.0.5:8081": "10.0.0.5:8081", "roster-1:8081": "roster-1:8081",
	} {
		if got := dialable(listen); got != want {
			t.Errorf("%s is asked at %s, want %s", listen, got, want)
		}
	}
}
