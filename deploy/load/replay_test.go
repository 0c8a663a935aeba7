package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// someServer answers as a SCIM server with one user does.
func someServer(t *testing.T) target {
	t.Helper()
	const user = `{"id":"u1","userName":"jane@example.com","externalId":"jane"}`
	const list = `{"totalResults":1,"Resources":[` + user + `]}`
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := list
		if r.URL.Path == "/scim/v2/con/Users/u1" {
			body = user
			w.Header().Set("ETag", `W/"1"`)
		}
		if r.URL.Query().Get("filter") == `userName eq "jane@example.com"` {
			body = strings.Replace(list, "{", `{"found":true,`, 1)
		}
		w.Header().Set("Content-Type", "application/scim+json")
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return target{urls: []string{s.URL + "/scim/v2/con"}, token: "t"}
}

func TestReplayAnswersTheSame(t *testing.T) {
	t.Parallel()
	from := someServer(t)
	p, err := startReplay(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.close() })
	to := target{urls: []string{p.url}}
	for _, path := range []string{"/Users/u1", "/Users?filter=userName+eq+%22jane@example.com%22"} {
		want, err := record(t.Context(), from, path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := record(t.Context(), to, path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got.body) != string(want.body) || len(got.header) != len(want.header) || got.header.Get("ETag") != want.header.Get("ETag") {
			t.Errorf("%s: got %s %v\nwant %s %v", path, got.body, got.header, want.body, want.header)
		}
	}
}

func TestReplayCountsWhoIsMade(t *testing.T) {
	t.Parallel()
	p, err := startReplay(t.Context(), someServer(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.close() })
	response, err := http.Post(p.url+"/Users", "application/scim+json", strings.NewReader(`{"userName":"joe@example.com"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusCreated || string(body) != `{"id":"u1","userName":"joe@example.com","externalId":"jane"}` {
		t.Errorf("status %d: %s, %v", response.StatusCode, body, err)
	}
	page, err := record(t.Context(), target{urls: []string{p.url}}, "/Users?startIndex=1&count=100")
	if err != nil || !strings.HasPrefix(string(page.body), `{"totalResults":1,`) {
		t.Errorf("%s, %v", page.body, err)
	}
}

func TestRecordRefusesErrors(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	if _, err := startReplay(t.Context(), target{urls: []string{s.URL}}); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("%v", err)
	}
}
