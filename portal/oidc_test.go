package portal

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

const tryCookieName = "__Host-roster_sign_in"

// signIn goes from the sign-in page to the provider and returns where that sends
// the browser back to, and the cookie that the browser keeps meanwhile.
func (e *entrance) signIn(p *provider) (back string, kept *http.Cookie) {
	e.t.Helper()
	begun := e.do("GET", e.server.URL+signInPath, nil)
	kept = begun.cookie(tryCookieName)
	if begun.StatusCode != http.StatusSeeOther || kept == nil || !kept.Secure || !kept.HttpOnly || kept.MaxAge != 600 {
		e.t.Fatalf("sign in: %d, %v", begun.StatusCode, kept)
	}
	client := p.server.Client()
	client.CheckRedirect = e.client.CheckRedirect
	r, err := http.NewRequestWithContext(e.ctx, http.MethodGet, begun.Header.Get("Location"), nil)
	if err != nil {
		e.t.Fatal(err)
	}
	asked, err := client.Do(r)
	if err != nil {
		e.t.Fatal(err)
	}
	defer asked.Body.Close()
	return asked.Header.Get("Location"), kept
}

func (e *entrance) comeBack(back string, kept *http.Cookie) answer {
	e.t.Helper()
	if kept == nil {
		return e.do("GET", back, nil)
	}
	return e.do("GET", back, nil, "Cookie", kept.Name+"="+kept.Value)
}

func TestStaffSignIn(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	e := newEntrance(t, p.config)
	back, kept := e.signIn(p)
	in := e.comeBack(back, kept)
	if in.StatusCode != http.StatusSeeOther || in.Header.Get("Location") != "/console" {
		t.Fatalf("%d to %q: %s", in.StatusCode, in.Header.Get("Location"), e.log)
	}
	if c := in.cookie(tryCookieName); c == nil || c.MaxAge >= 0 {
		t.Errorf("the attempt is kept: %v", c)
	}
	who, err := e.principal(in.cookie(sessionCookieName))
	if err != nil || who.Kind != authz.KindStaff || who.Name != "Sam Support" || who.Email != "sam@vendor.example" || !slices.Equal(who.Roles, []string{"support"}) {
		t.Errorf("%+v, %v", who, err)
	}
	list, err := e.login.ListSessions(e.ctx, tenants.TenantID{}, tenants.SessionID{}, 10)
	if err != nil || len(list) != 1 || list[0].Subject != "u-17" {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestStaffWhoDoNotGetIn: each is refused, none has a session, and the page does
// not show what the provider said.
func TestStaffWhoDoNotGetIn(t *testing.T) {
	t.Parallel()
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	spoiled := func(claims jwt.MapClaims) func(*provider) { return func(p *provider) { p.claims = claims } }
	for name, c := range map[string]struct {
		provider func(p *provider)
		back     func(back string, kept *http.Cookie) (string, *http.Cookie)
		status   int
		says     string
	}{
		"no role":                        {spoiled(jwt.MapClaims{"groups": []string{"everybody"}}), nil, 403, "You have no role here"},
		"no groups at all":               {spoiled(jwt.MapClaims{"groups": nil}), nil, 403, "You have no role here"},
		"another nonce":                  {spoiled(jwt.MapClaims{"nonce": strings.Repeat("x", 43)}), nil, 403, "not signed in"},
		"no nonce":                       {spoiled(jwt.MapClaims{"nonce": nil}), nil, 403, "not signed in"},
		"another audience":               {spoiled(jwt.MapClaims{"aud": "other"}), nil, 403, "not signed in"},
		"several audiences, for another": {spoiled(jwt.MapClaims{"aud": []string{"other", providerClient}, "azp": "other"}), nil, 403, "not signed in"},
		"several audiences, for nobody":  {spoiled(jwt.MapClaims{"aud": []string{"other", providerClient}}), nil, 403, "not signed in"},
		"another issuer":                 {spoiled(jwt.MapClaims{"iss": "https://evil.example.com"}), nil, 403, "not signed in"},
		"expired":                        {spoiled(jwt.MapClaims{"exp": now.Add(-time.Hour).Unix()}), nil, 403, "not signed in"},
		"old":                            {spoiled(jwt.MapClaims{"iat": now.Add(-time.Hour).Unix()}), nil, 403, "not signed in"},
		"another's signature":            {func(p *provider) { p.signer = stranger }, nil, 403, "not signed in"},
		"another state": {nil, func(back string, kept *http.Cookie) (string, *http.Cookie) {
			return strings.Replace(back, "state=", "state=x", 1), kept
		}, 400, "Sign in once more"},
		"another browser": {nil, func(back string, _ *http.Cookie) (string, *http.Cookie) { return back, nil }, 400, "Sign in once more"},
		"a cookie that was changed": {nil, func(back string, kept *http.Cookie) (string, *http.Cookie) {
			kept.Value = kept.Value[:40] + "A" + kept.Value[41:] + "AA"
			return back, kept
		}, 400, "Sign in once more"},
		"an answer of another provider": {nil, func(back string, kept *http.Cookie) (string, *http.Cookie) {
			u, err := url.Parse(back)
			if err != nil {
				t.Error(err)
			}
			q := u.Query()
			q.Set("iss", "https://evil.example.com")
			u.RawQuery = q.Encode()
			return u.String(), kept
		}, 400, "Sign in once more"},
		"denied": {nil, func(back string, kept *http.Cookie) (string, *http.Cookie) {
			u, err := url.Parse(back)
			if err != nil {
				t.Error(err)
			}
			q := u.Query()
			q.Del("code")
			q.Set("error", "access_denied")
			q.Set("error_description", "<script>alert(1)</script>")
			u.RawQuery = q.Encode()
			return u.String(), kept
		}, 403, "not signed in"},
		"a made-up code": {nil, func(back string, kept *http.Cookie) (string, *http.Cookie) {
			return strings.Replace(back, "code=code-", "code=other-", 1), kept
		}, 403, "not signed in"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			e := newEntrance(t, p.config)
			if c.provider != nil {
				p.change(c.provider)
			}
			back, kept := e.signIn(p)
			if c.back != nil {
				back, kept = c.back(back, kept)
			}
			a := e.comeBack(back, kept)
			if a.StatusCode != c.status || !strings.Contains(a.body, c.says) || a.cookie(sessionCookieName) != nil {
				t.Errorf("%d: %s", a.StatusCode, e.log)
			}
			if strings.Contains(a.body, "alert(1)") || strings.Contains(a.body, "evil.example.com") {
				t.Error("the page shows what somebody made up")
			}
			list, err := e.login.ListSessions(e.ctx, tenants.TenantID{}, tenants.SessionID{}, 10)
			if err != nil || list != nil {
				t.Errorf("sessions %v, %v", list, err)
			}
			if strings.Contains(e.log.String(), providerSecret) {
				t.Error("the log has the client's secret")
			}
		})
	}
}

func TestACodeIsTakenOnce(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	e := newEntrance(t, p.config)
	back, kept := e.signIn(p)
	if a := e.comeBack(back, kept); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d: %s", a.StatusCode, e.log)
	}
	if a := e.comeBack(back, kept); a.StatusCode != http.StatusForbidden || a.cookie(sessionCookieName) != nil {
		t.Errorf("the second time: %d", a.StatusCode)
	}
}

func TestRosterStartsWithoutItsProvider(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	p.change(func(p *provider) { p.down = true })
	e := newEntrance(t, p.config)
	a := e.do("GET", e.server.URL+signInPath, nil)
	if a.StatusCode != http.StatusServiceUnavailable || !strings.Contains(a.body, "does not answer") {
		t.Errorf("while it is away: %d", a.StatusCode)
	}
	p.change(func(p *provider) { p.down = false })
	back, kept := e.signIn(p)
	p.change(func(p *provider) { p.down = true })
	if a := e.comeBack(back, kept); a.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("away in the middle: %d", a.StatusCode)
	}
	p.change(func(p *provider) { p.down = false })
	if a := e.comeBack(e.signIn(p)); a.StatusCode != http.StatusSeeOther {
		t.Errorf("when it is back: %d", a.StatusCode)
	}
}

func TestSignInThatIsNotSetUp(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, nil)
	for _, path := range []string{signInPath, callbackPath + "?code=x&state=y"} {
		if a := e.do("GET", e.server.URL+path, nil); a.StatusCode != http.StatusNotFound || !strings.Contains(a.body, "roster login-link") {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
}
