package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/roster-scim/roster/tenants/login"
)

func TestFrameAncestors(t *testing.T) {
	t.Parallel()
	for _, origin := range []string{
		"https://app.example.com", "https://*.example.com", "https://*.eu.example.co.uk", "https://app.example.com:8443",
		"http://localhost:3000", "http://127.0.0.1:5173", "https://xn--bcher-kva.example", "https://192.0.2.7",
	} {
		if err := CheckFrameAncestor(origin); err != nil {
			t.Errorf("%s is refused: %v", origin, err)
		}
	}
	for _, origin := range []string{
		"", "*", "https://*", "https://*.com", "https://*.localhost", "https://*.10.0.0.1", "https://app.*.example.com", "https://a*.example.com",
		"https://*.*.example.com", "app.example.com", "//app.example.com", "https://app.example.com/", "https://app.example.com/settings",
		"https://app.example.com?x=1", "https://app.example.com#x", "https://me@app.example.com", "https://APP.example.com", "HTTPS://app.example.com",
		"http://app.example.com", "http://*.localhost:3000", "ftp://app.example.com", "data:", "blob:", "https:", "'self'", "'none'",
		"https://app.example.com; script-src *", "https://app.example.com script-src", "https://app.example.com\r\nX: y", "https://app.example.com:443",
		"http://localhost:80", "https://app.example.com:", "https://app.example.com:99999999", "https://app..example.com", "https://-a.example.com", "https://bücher.example",
	} {
		if err := CheckFrameAncestor(origin); err == nil {
			t.Errorf("%q is taken", origin)
		}
	}
}

// enterByLink opens a link and returns what the browser is told to keep.
func (e *entrance) enterByLink(header ...string) answer {
	e.t.Helper()
	_, address := e.link(login.NewLink{})
	return e.do("POST", address, goOn, header...)
}

func TestTheCookieOfASession(t *testing.T) {
	t.Parallel()
	alone := newEntrance(t, nil).enterByLink()
	if c := alone.cookie(sessionCookieName); c == nil || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Partitioned || c.Path != "/" {
		t.Errorf("without frames: %+v", c)
	}
	e := newEntrance(t, nil)
	e.portal.frameAncestors = ancestors{"https://app.example.com"}
	framed := e.enterByLink("Sec-Fetch-Site", "same-origin", "Origin", e.server.URL)
	all := framed.Cookies()
	if len(all) != 2 {
		t.Fatalf("in frames: %v", all)
	}
	if old := all[0]; old.Name != sessionCookieName || old.Value != "" || old.MaxAge >= 0 || old.Partitioned {
		t.Errorf("one that is not kept apart stays: %+v", old)
	}
	now := all[1]
	if now.Name != sessionCookieName || !now.Secure || !now.HttpOnly || now.SameSite != http.SameSiteNoneMode || !now.Partitioned || now.Path != "/" || now.Domain != "" {
		t.Errorf("in frames: %+v", now)
	}
	if p, err := e.principal(now); err != nil || p.TenantID != e.tenant.String() {
		t.Errorf("it opens %+v, %v", p, err)
	}
	out := e.do("POST", e.server.URL+"/portal/sign-out", url.Values{}, "Cookie", now.Name+"="+now.Value, "Origin", e.server.URL)
	gone := out.Cookies()
	if len(gone) != 2 || !gone[1].Partitioned || gone[0].Partitioned || gone[0].MaxAge >= 0 || gone[1].MaxAge >= 0 {
		t.Errorf("signing out leaves %v", gone)
	}
	if _, err := e.principal(now); err == nil {
		t.Error("the session goes on")
	}
}

// Without TLS browsers take no such cookie.
func TestTheCookieWithoutTLS(t *testing.T) {
	t.Parallel()
	p := &Portal{handlers: handlers{publicURL: "http://localhost:8080", frameAncestors: ancestors{"http://localhost:3000"}}}
	if c := p.cookie("x", now()); c.Secure || c.Partitioned || c.SameSite != http.SameSiteLaxMode || c.Name != "roster_session" {
		t.Errorf("%+v", c)
	}
}

// What a page of another site makes a browser send with the cookie does nothing,
// whether or not the cookie comes along; links that people follow work.
func TestRequestsOfOtherSites(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, nil)
	e.portal.frameAncestors = ancestors{"https://app.example.com"}
	session := e.enterByLink().Cookies()[1]
	with := []string{"Cookie", session.Name + "=" + session.Value}
	for name, c := range map[string]struct {
		method string
		header []string
		admits bool
	}{
		"the portal reads":                  {"GET", []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors"}, true},
		"the portal writes":                 {"POST", []string{"Sec-Fetch-Site", "same-origin", "Origin", e.server.URL}, true},
		"an old browser's portal writes":    {"POST", []string{"Origin", e.server.URL}, true},
		"an address that is typed in":       {"GET", []string{"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, true},
		"a link that is followed":           {"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, true},
		"a form of another site":            {"POST", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, false},
		"a form of the embedding site":      {"POST", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://app.example.com"}, false},
		"a form of a neighbour":             {"POST", []string{"Sec-Fetch-Site", "same-site", "Origin", "https://other.roster.test"}, false},
		"an old browser's form":             {"POST", []string{"Origin", "https://evil.example"}, false},
		"a sandboxed form":                  {"POST", []string{"Origin", "null"}, false},
		"a DELETE of a script":              {"DELETE", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example", "Sec-Fetch-Mode", "no-cors"}, false},
		"a picture of another site":         {"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}, false},
		"a script that reads":               {"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"}, false},
		"a frame with an answer of the API": {"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, false},
	} {
		r := e.request(c.method, "/api/v1/session", append(slices.Clone(with), c.header...)...)
		principal, err := e.portal.authenticate(r)
		if refused := err != nil && problemOf(err).Code == "cross_origin" && problemOf(err).Status == http.StatusForbidden; refused == c.admits || c.admits && principal.TenantID != e.tenant.String() {
			t.Errorf("%s: %+v, %v", name, principal, err)
		}
	}
	// A bearer token is not a browser's to send by itself.
	r := e.request("POST", "/api/v1/session", "Authorization", "Bearer "+session.Value, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
	if _, err := e.portal.authenticate(r); err != nil {
		t.Errorf("a bearer token: %v", err)
	}
}

func (e *entrance) request(method, path string, header ...string) *http.Request {
	e.t.Helper()
	r, err := http.NewRequestWithContext(e.ctx, method, e.server.URL+path, http.NoBody)
	if err != nil {
		e.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

// The page of a link works in a frame of those that are allowed, its form too.
func TestPagesOfLinksInFrames(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, nil)
	_, address := e.link(login.NewLink{})
	page := e.do("GET", address, nil)
	if policy := page.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "frame-ancestors 'none'") || page.Header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("nobody is allowed: %q, %q", policy, page.Header.Get("X-Frame-Options"))
	}
	e.portal.frameAncestors = ancestors{"https://app.example.com"}
	page = e.do("GET", address, nil)
	policy := page.Header.Get("Content-Security-Policy")
	if !strings.HasSuffix(policy, "frame-ancestors https://app.example.com") || !strings.Contains(policy, "form-action 'self'") ||
		strings.Contains(policy, "script-src") || strings.Contains(policy, "unsafe") || page.Header.Get("X-Frame-Options") != "" {
		t.Errorf("one is: %q, %q", policy, page.Header.Get("X-Frame-Options"))
	}
	if staff := e.do("GET", e.server.URL+"/console/sign-in", nil); !strings.HasSuffix(staff.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("the sign-in of staff: %q", staff.Header.Get("Content-Security-Policy"))
	}
	// The browser says of the frame's own form that it is of the same origin.
	opened := e.do("POST", address, goOn, "Origin", e.server.URL, "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "iframe", "Sec-Fetch-Mode", "navigate")
	if opened.StatusCode != http.StatusSeeOther || opened.Header.Get("Location") != "/portal" {
		t.Errorf("the form in a frame: %d %s", opened.StatusCode, opened.body)
	}
	_, other := e.link(login.NewLink{})
	if foreign := e.do("POST", other, goOn, "Origin", "https://app.example.com", "Sec-Fetch-Site", "cross-site"); foreign.StatusCode != http.StatusForbidden {
		t.Errorf("a form of the site around it: %d", foreign.StatusCode)
	}
}
