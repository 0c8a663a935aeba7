package tenants

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
)

func TestNames(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, in, want string
		ok             bool
	}{
		{"plain", "Acme – Okta (EU)", "Acme – Okta (EU)", true},
		{"trimmed", "  Acme\t\n", "Acme", true},
		{"64 characters, more bytes", strings.Repeat("ü", 64), strings.Repeat("ü", 64), true},
		{"65 characters", strings.Repeat("a", 65), "", false},
		{"empty", "", "", false},
		{"blank", " \t ", "", false},
		{"line break", "Acme\nInc", "", false},
		{"NUL", "Acme\x00", "", false},
		{"right-to-left override", "Acme\u202eInc", "", false},
		{"no UTF-8", "Acme\xff", "", false},
		{"other scripts", "日本語 עברית हिन्दी", "日本語 עברית हिन्दी", true},
	}
	for _, c := range cases {
		got, err := cleanName(c.in)
		var invalid *InvalidError
		if c.ok && (err != nil || got != c.want) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
		if !c.ok && (!errors.As(err, &invalid) || invalid.Field != "name" || invalid.Reason == "") {
			t.Errorf("%s: accepted or wrong error: %v", c.name, err)
		}
	}
}

func TestLifetimes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"never": Forever, "90d": 90 * 24 * time.Hour, "12h": 12 * time.Hour, "1m": time.Minute,
		"2w": 14 * 24 * time.Hour, "1y": 365 * 24 * time.Hour, "10y": 3650 * 24 * time.Hour,
	} {
		if got, err := ParseLifetime(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "d", "90", "0d", "0m", "-1d", "+1d", "1.5h", "90 d", "90D", "11y", "9999999999d", "1d2h", "Never", "４d"} {
		var invalid *InvalidError
		if got, err := ParseLifetime(text); !errors.As(err, &invalid) {
			t.Errorf("%q is read as %v, %v", text, got, err)
		}
	}
}

func TestDefaultScopes(t *testing.T) {
	t.Parallel()
	deletesUsers := map[quirk.Provider]bool{
		quirk.JumpCloud: true, quirk.Google: true, quirk.Entra: true, quirk.Authentik: true, quirk.Generic: true,
	}
	for _, p := range quirk.Providers() {
		scopes := DefaultScopes(p)
		if got := scopes.Has(authz.Scope{Resource: authz.Users, Action: authz.Delete}); got != deletesUsers[p] {
			t.Errorf("%s: users:delete is %v", p, got)
		}
		if !scopes.Covers(authz.AllScopes.Without(authz.Scope{Resource: authz.Users, Action: authz.Delete})) {
			t.Errorf("%s lacks more than users:delete: %s", p, scopes)
		}
	}
}

func TestTokenState(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	cases := []struct {
		name  string
		token Token
		want  TokenState
	}{
		{"for ever", Token{}, TokenActive},
		{"more than 30 days left", Token{ExpiresAt: at.AddDate(0, 0, 30).Add(time.Microsecond)}, TokenActive},
		{"30 days left", Token{ExpiresAt: at.AddDate(0, 0, 30)}, TokenExpiring},
		{"a microsecond left", Token{ExpiresAt: at.Add(time.Microsecond)}, TokenExpiring},
		{"taking another's place", Token{Replaces: NewTokenID()}, TokenReplacing},
		{"being replaced", Token{ReplacedBy: NewTokenID(), ExpiresAt: at.Add(time.Hour)}, TokenReplacing},
		{"expired while being replaced", Token{ReplacedBy: NewTokenID(), ExpiresAt: at}, TokenExpired},
		{"at the moment itself", Token{ExpiresAt: at}, TokenExpired},
		{"revoked and expired", Token{ExpiresAt: at.Add(-time.Hour), RevokedAt: at}, TokenRevoked},
	}
	for _, c := range cases {
		if got := c.token.State(at); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
