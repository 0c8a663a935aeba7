package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// caller is somebody who uses the API in a test.
type caller struct {
	url    string
	bearer string
	cookie *http.Cookie // of a session, in place of a bearer token
}

// noRedirects shows redirects in place of following them.
var noRedirects = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// call sends a request; a body that is no text is sent as JSON.
func (c *caller) call(t testing.TB, method, path string, body any, headers ...string) reply {
	t.Helper()
	text, kind := "", ""
	switch b := body.(type) {
	case nil:
	case string:
		text, kind = b, "application/json"
	case url.Values:
		text, kind = b.Encode(), "application/x-www-form-urlencoded"
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		text, kind = string(encoded), "application/json"
	}
	request, err := http.NewRequestWithContext(t.Context(), method, c.url+path, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	if c.bearer != "" {
		request.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	if c.cookie != nil {
		request.AddCookie(c.cookie)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := noRedirects.Do(request)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return reply{status: response.StatusCode, header: response.Header, body: data}
}

// want is call that fails the test unless the status is the expected one.
func (c *caller) want(t testing.TB, status int, method, path string, body any, headers ...string) map[string]any {
	t.Helper()
	r := c.call(t, method, path, body, headers...)
	if r.status != status {
		t.Fatalf("%s %s: status %d, want %d\n%s", method, path, r.status, status, r.body)
	}
	if !strings.Contains(r.header.Get("Content-Type"), "json") || strings.Contains(r.header.Get("Content-Type"), "ndjson") {
		return nil
	}
	return r.object(t)
}

// items is the list that a GET answers, all pages of it.
func (c *caller) items(t testing.TB, path string) []map[string]any {
	t.Helper()
	var all []map[string]any
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	for cursor := ""; ; {
		at := path
		if cursor != "" {
			at += join + "cursor=" + url.QueryEscape(cursor)
		}
		page := c.want(t, 200, "GET", at, nil)
		list, ok := page["items"].([]any)
		if !ok {
			t.Fatalf("GET %s: no items in %v", at, page)
		}
		for _, item := range list {
			all = append(all, item.(map[string]any))
		}
		next, _ := page["next_cursor"].(string)
		if next == "" {
			return all
		}
		if cursor = next; len(all) > 100_000 {
			t.Fatalf("GET %s has no end", path)
		}
	}
}

// code is the stable code of an error.
func (r reply) code(t testing.TB) string {
	t.Helper()
	code, _ := r.object(t)["code"].(string)
	return code
}

// apiKey makes an API key for the whole installation; no permissions: all.
func (s *server) apiKey(t testing.TB, permissions ...authz.Permission) string {
	t.Helper()
	return s.apiKeyFor(t, tenants.TenantID{}, permissions...)
}

func (s *server) apiKeyFor(t testing.TB, tenant tenants.TenantID, permissions ...authz.Permission) string {
	t.Helper()
	set := authz.AllPermissions
	if len(permissions) > 0 {
		set = authz.PermissionsIn(permissions...)
	}
	_, secret, err := s.app.Login().CreateKey(t.Context(), login.Command, login.NewKey{
		Name: fmt.Sprintf("Key %d", s.names.Add(1)), TenantID: tenant, Permissions: set,
	})
	if err != nil {
		t.Fatal(err)
	}
	return secret.Reveal()
}

// api is the vendor's backend, with the given permissions or all.
func (s *server) api(t testing.TB, permissions ...authz.Permission) *caller {
	t.Helper()
	return &caller{url: s.app.URL(), bearer: s.apiKey(t, permissions...)}
}

// session opens a portal link, as a person does, and returns the session.
func (s *server) session(t testing.TB, tenant tenants.TenantID, connection string, roles ...string) *caller {
	t.Helper()
	body := map[string]any{"roles": roles}
	if connection != "" {
		body["connection"] = connection
	}
	made := s.api(t).want(t, 201, "POST", "/api/v1/tenants/"+tenant.String()+"/portal-links", body)
	link, _ := made["url"].(string)
	return s.open(t, link)
}

// staff is a session of the vendor's people.
func (s *server) staff(t testing.TB, role string) *caller {
	t.Helper()
	_, link, err := s.app.Login().CreateLink(t.Context(), login.Command, login.NewLink{Roles: []string{role}})
	if err != nil {
		t.Fatal(err)
	}
	return s.open(t, link)
}

// open presses the button of a link's page.
func (s *server) open(t testing.TB, link string) *caller {
	t.Helper()
	path, ok := strings.CutPrefix(link, s.app.URL())
	if !ok {
		t.Fatalf("the link %q is not of this server", link)
	}
	c := &caller{url: s.app.URL()}
	if r := c.call(t, "GET", path, nil); r.status != 200 {
		t.Fatalf("GET %s: %d\n%s", path, r.status, r.body)
	}
	r := c.call(t, "POST", path, url.Values{"action": {"continue"}}, "Origin", s.app.URL())
	if r.status != http.StatusSeeOther {
		t.Fatalf("POST %s: %d\n%s", path, r.status, r.body)
	}
	cookies := (&http.Response{Header: r.header}).Cookies()
	if len(cookies) != 1 {
		t.Fatalf("POST %s set %d cookies", path, len(cookies))
	}
	c.cookie = cookies[0]
	return c
}

// without is a JSON object as text, with keys in order and without some of them.
func without(object map[string]any, keys ...string) string {
	rest := maps.Clone(object)
	maps.DeleteFunc(rest, func(key string, _ any) bool { return slices.Contains(keys, key) })
	text, err := json.Marshal(rest)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
