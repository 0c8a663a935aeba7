package portal

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants/login"
)

const sessionCookieName = "__Host-roster_session"

func TestTheButtonOfALinkGivesASession(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, nil)
	l, address := e.link(login.NewLink{Inviter: "Jane Roe"})
	page := e.do("GET", address, nil)
	if page.StatusCode != http.StatusOK || page.cookie(sessionCookieName) != nil {
		t.Fatalf("the page: %d", page.StatusCode)
	}
	for _, text := range []string{
		"Jane Roe invites you", "Acme &lt;b&gt;Ltd&lt;/b&gt;", "Connect an identity provider", "once, until", "24 hours left",
		"Continue", "This isn’t me",
	} {
		if text == "24 hours left" {
			text = "23 hours left"
		}
		if !strings.Contains(page.body, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	opened := e.do("POST", address, goOn, "Sec-Fetch-Site", "same-origin")
	if opened.StatusCode != http.StatusSeeOther || opened.Header.Get("Location") != "/portal" {
		t.Fatalf("the button: %d to %q", opened.StatusCode, opened.Header.Get("Location"))
	}
	c := opened.cookie(sessionCookieName)
	p, err := e.principal(c)
	if err != nil || p.Kind != authz.KindPortal || p.TenantID != l.TenantID.String() {
		t.Errorf("%+v, %v", p, err)
	}
	if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("cookie %s", c)
	}
	again := e.do("POST", address, goOn)
	if again.StatusCode != http.StatusGone || again.cookie(sessionCookieName) != nil || !strings.Contains(again.body, "This link was used") {
		t.Errorf("the second time: %d", again.StatusCode)
	}
}

func TestPagesKeepToThemselves(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, nil)
	_, address := e.link(login.NewLink{})
	h := e.do("GET", address, nil).Header
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow",
	} {
		if h.Get(name) != want {
			t.Errorf("%s: %q", name, h.Get(name))
		}
	}
	policy := h.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy %q lacks %s", policy, part)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src") {
		t.Errorf("the policy is open: %s", policy)
	}
}

func TestFetchingALinkDoesNotUseItUp(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, nil)
	l, address := e.link(login.NewLink{})
	for _, fetch := range []struct {
		method string
		header []string
	}{
		{"GET", nil},
		{"HEAD", nil},
		{"GET", []string{"Sec-Purpose", "prefetch;prerender"}},
		{"GET", []string{"Purpose", "prefetch"}},
		{"GET", []string{"User-Agent", "Mozilla/5.0 (compatible; Microsoft SafeLinks)"}},
		{"GET", []string{"User-Agent", "Slackbot-LinkExpanding 1.0"}},
	} {
		a := e.do(fetch.method, address, nil, fetch.header...)
		if a.StatusCode != http.StatusOK || len(a.Cookies()) > 0 {
			t.Errorf("%s %v: %d", fetch.method, fetch.header, a.StatusCode)
		}
		if fetch.method == "HEAD" && (a.body != "" || a.ContentLength <= 0) {
			t.Errorf("HEAD: %d bytes of %d", len(a.body), a.ContentLength)
		}
	}
	for _, method := range []string{"PUT", "DELETE", "OPTIONS", "PATCH"} {
		if a := e.do(method, address, nil); a.StatusCode < 400 {
			t.Errorf("%s: %d", method, a.StatusCode)
		}
	}
	if a := e.do("POST", address, url.Values{}); a.StatusCode != http.StatusSeeOther || a.cookie(sessionCookieName) != nil {
		t.Errorf("a form without a button: %d", a.StatusCode)
	}
	openings, err := e.login.Openings(e.ctx, e.tenant, l.ID, 100)
	if err != nil || len(openings) != 6 || openings[0].UserAgent != "Slackbot-LinkExpanding 1.0" {
		t.Errorf("%+v, %v", openings, err)
	}
	if a := e.do("POST", address, goOn); a.StatusCode != http.StatusSeeOther || a.cookie(sessionCookieName) == nil {
		t.Errorf("after all that, the button: %d", a.StatusCode)
	}
}

func TestFormsOfOtherSitesDoNothing(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, nil)
	_, address := e.link(login.NewLink{})
	for _, header := range [][]string{
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Origin", "https://evil.example.com"},
		{"Origin", "null"},
	} {
		for _, form := range []url.Values{goOn, decline} {
			if a := e.do("POST", address, form, header...); a.StatusCode != http.StatusForbidden || len(a.Cookies()) > 0 {
				t.Errorf("%v: %d", header, a.StatusCode)
			}
		}
		if a := e.do("POST", e.server.URL+"/portal/sign-out", nil, header...); a.StatusCode != http.StatusForbidden {
			t.Errorf("sign-out, %v: %d", header, a.StatusCode)
		}
	}
	if a := e.do("POST", address, goOn, "Origin", e.server.URL); a.StatusCode != http.StatusSeeOther {
		t.Errorf("our own page: %d", a.StatusCode)
	}
}

func TestAHundredButtonsGiveOneSession(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, nil)
	_, address := e.link(login.NewLink{})
	var mu sync.Mutex
	counts := map[int]int{}
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			a := e.do("POST", address, goOn)
			mu.Lock()
			defer mu.Unlock()
			counts[a.StatusCode]++
			if (a.StatusCode == http.StatusSeeOther) != (a.cookie(sessionCookieName) != nil) {
				t.Errorf("%d with cookies %v", a.StatusCode, a.Cookies())
			}
		})
	}
	wg.Wait()
	if counts[http.StatusSeeOther] != 1 || counts[http.StatusGone] != 99 {
		t.Errorf("answers by status: %v", counts)
	}
}

// other is a character that is not this one.
func other(c byte) string {
	if c == '0' {
		return "1"
	}
	return "0"
}

// TestDeadLinksTellNothing: what became of a link, and whom to ask, but not what
// it was for.
func TestDeadLinksTellNothing(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, nil)
	made := login.NewLink{Inviter: "Jane Roe", Note: "for the pilot", ReturnURL: "https://app.example.com/secret"}
	for _, c := range []struct {
		name   string
		change func(l *login.Link, address string) string
		status int
		says   []string
	}{
		{"used", func(_ *login.Link, a string) string { e.do("POST", a, goOn); return a }, 410, []string{"This link was used", "Ask Jane Roe", "UTC"}},
		{"revoked", func(l *login.Link, a string) string {
			if err := e.login.RevokeLink(e.ctx, e.tenant, l.ID); err != nil {
				t.Error(err)
			}
			return a
		}, 410, []string{"withdrawn", "Ask Jane Roe"}},
		{"declined", func(_ *login.Link, a string) string { e.do("POST", a, decline); return a }, 410, []string{"not for them", "Ask Jane Roe"}},
		{"tampered", func(_ *login.Link, a string) string { return a[:len(a)-9] + other(a[len(a)-9]) + a[len(a)-8:] }, 404, []string{"This link does not work"}},
		{"noise", func(_ *login.Link, a string) string { return a[:strings.LastIndexByte(a, '/')] + "/x" }, 404, []string{"This link does not work"}},
	} {
		l, address := e.link(made)
		a := e.do("GET", c.change(l, address), nil)
		if a.StatusCode != c.status {
			t.Errorf("%s: %d", c.name, a.StatusCode)
		}
		for _, text := range c.says {
			if !strings.Contains(a.body, text) {
				t.Errorf("%s does not say %q", c.name, text)
			}
		}
		for _, text := range []string{"Acme", "for the pilot", "app.example.com", "<form method=\"post\"", e.tenant.String()} {
			if strings.Contains(a.body, text) {
				t.Errorf("%s tells %q", c.name, text)
			}
		}
	}
}

func TestTheAddressIsAskedFor(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, nil)
	_, address := e.link(login.NewLink{Email: "it@acme.com"})
	with := func(email string) answer {
		t.Helper()
		return e.do("POST", address, url.Values{"action": {"continue"}, "email": {email}})
	}
	if a := e.do("GET", address, nil); !strings.Contains(a.body, `name="email"`) || strings.Contains(a.body, "it@acme.com") {
		t.Error("the page does not ask for the address, or tells it")
	}
	a := with("eve@acme.com")
	if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, "4 more tries") || strings.Contains(a.body, "it@acme.com") {
		t.Errorf("a wrong address: %d", a.StatusCode)
	}
	for range 3 {
		a = with("eve@acme.com")
	}
	if !strings.Contains(a.body, "one more try") {
		t.Error("the last but one does not say so")
	}
	if a := with("it@acme.com "); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the right address: %d", a.StatusCode)
	}
	_, address = e.link(login.NewLink{Email: "it@acme.com"})
	for range 5 {
		a = with("eve@acme.com")
	}
	if a.StatusCode != http.StatusGone || !strings.Contains(a.body, "Too many wrong e-mail addresses") {
		t.Errorf("five wrong addresses: %d", a.StatusCode)
	}
	if a := with("it@acme.com"); a.StatusCode != http.StatusGone || len(a.Cookies()) > 0 {
		t.Errorf("the right one, too late: %d", a.StatusCode)
	}
}

func TestSigningOut(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, nil)
	_, address := e.link(login.NewLink{Roles: []string{"owner"}})
	opened := e.do("POST", address, goOn)
	if opened.Header.Get("Location") != "/console" {
		t.Errorf("staff are led to %s", opened.Header.Get("Location"))
	}
	session := opened.cookie(sessionCookieName)
	for range 2 { // the second time there is no session any more
		out := e.do("POST", e.server.URL+"/portal/sign-out", url.Values{}, "Cookie", session.Name+"="+session.Value)
		gone := out.cookie(sessionCookieName)
		if out.StatusCode != http.StatusSeeOther || gone == nil || gone.MaxAge >= 0 || gone.Value != "" {
			t.Errorf("%d, %v", out.StatusCode, gone)
		}
		if _, err := e.principal(session); err == nil {
			t.Error("the session goes on")
		}
	}
	if out := e.do("POST", e.server.URL+"/portal/sign-out", url.Values{}); out.StatusCode != http.StatusSeeOther {
		t.Errorf("without a cookie: %d", out.StatusCode)
	}
}

func TestOnThisMachineTheCookieNeedsNoTLS(t *testing.T) {
	t.Parallel()
	p := &Portal{handlers: handlers{publicURL: "http://127.0.0.1:8080"}}
	c := p.cookie("x", time.Now())
	if c.Name != "roster_session" || c.Secure || !c.HttpOnly {
		t.Errorf("cookie %s", c)
	}
}

func TestNothingSecretIsLogged(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, nil)
	_, address := e.link(login.NewLink{Email: "it@acme.com"})
	e.do("GET", address, nil)
	e.do("POST", address, url.Values{"action": {"continue"}, "email": {"eve@acme.com"}})
	opened := e.do("POST", address, url.Values{"action": {"continue"}, "email": {"it@acme.com"}})
	e.do("GET", address, nil)
	for _, secret := range []string{address[strings.LastIndexByte(address, '/')+1:], opened.cookie(sessionCookieName).Value, "acme.com"} {
		if strings.Contains(e.log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

// noRate lets nothing through.
type noRate struct{}

func (noRate) Allow(string) (time.Duration, bool) { return 2 * time.Second, false }

func TestOneAddressCannotKeepThePagesBusy(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, nil)
	_, address := e.link(login.NewLink{})
	e.portal.limiter = noRate{}
	for _, method := range []string{"GET", "POST"} {
		a := e.do(method, address, goOn)
		if a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") != "2" || len(a.Cookies()) > 0 {
			t.Errorf("%s: %d %v", method, a.StatusCode, a.Header)
		}
	}
}
