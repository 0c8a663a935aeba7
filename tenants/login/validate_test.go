package login

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/tenants"
)

func TestReturnURLs(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{
		"":                                       true,
		"https://app.example.com/a?b=c#d":        true,
		"http://127.0.0.1:3000/":                 true,
		"http://localhost/":                      true,
		"http://[::1]:3000/":                     true,
		"http://app.example.com/":                false,
		"http://localhost.example.com/":          false,
		"https:///path":                          false,
		"//app.example.com":                      false,
		"/path":                                  false,
		"javascript:alert(1)":                    false,
		"data:text/html,x":                       false,
		"https://user:pw@app.example.com/":       false,
		"ftp://app.example.com/":                 false,
		"https://a/" + strings.Repeat("x", 2048): false,
	} {
		if _, err := cleanReturnURL(text); (err == nil) != fine {
			t.Errorf("%.60q: %v", text, err)
		}
	}
}

func TestEmails(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{
		"": true, "it@acme.com": true, " it@acme.com ": true, "ü@acme.com": true,
		"it": false, "it@": false, "<it@acme.com>": false, "Jane <it@acme.com>": false, "a@b.c, d@e.f": false, "a b@c.d": false,
		strings.Repeat("x", 250) + "@a.de": false,
	} {
		if _, err := cleanEmail(text); (err == nil) != fine {
			t.Errorf("%.40q: %v", text, err)
		}
	}
	for _, c := range []struct {
		a, b string
		same bool
	}{{"IT@Acme.com ", "it@acme.com", true}, {"it@acme.com", "it@acme.co", false}, {"", "it@acme.com", false}} {
		if sameEmail(c.a, c.b) != c.same {
			t.Errorf("%q and %q", c.a, c.b)
		}
	}
}

func TestStatesOfLinks(t *testing.T) {
	t.Parallel()
	at := time.Now()
	before, after := at.Add(-time.Minute), at.Add(time.Minute)
	for _, c := range []struct {
		link Link
		want LinkState
	}{
		{Link{ExpiresAt: after}, LinkActive},
		{Link{ExpiresAt: at}, LinkExpired},
		{Link{ExpiresAt: before}, LinkExpired},
		{Link{ExpiresAt: after, UsedAt: before}, LinkUsed},
		{Link{ExpiresAt: before, UsedAt: before}, LinkUsed},
		{Link{ExpiresAt: before, RevokedAt: before}, LinkRevoked},
	} {
		if got := c.link.State(at); got != c.want {
			t.Errorf("%+v is %s", c.link, got)
		}
	}
}

// TestRejectionsTellTheLogAlone: the reason is there, and for whoever only asks
// whether the credential is valid there is one error.
func TestRejectionsTellTheLogAlone(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("authenticate: %w", &Rejection{reasonRevoked, "key01"})
	if !errors.Is(err, ErrUnauthenticated) || errors.Is(err, tenants.ErrNotFound) || !strings.Contains(err.Error(), "revoked (key01)") {
		t.Errorf("%v", err)
	}
}
