package storage

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// backEnd is a vendor's system that signs tokens.
type backEnd struct {
	t   *testing.T
	key ed25519.PrivateKey
	pem string
}

func newBackEnd(t *testing.T) *backEnd {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return &backEnd{t, private, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))}
}

// token signs claims on top of good ones; nil takes one out.
func (b *backEnd) token(tenant tenants.TenantID, changes jwt.MapClaims) string {
	b.t.Helper()
	at := time.Now()
	claims := jwt.MapClaims{
		"iss": "https://app.example.com", "aud": loginURL, "sub": "user-1", "jti": tenants.NewSecret("rstrjti").Reveal(),
		"iat": at.Unix(), "exp": at.Add(5 * time.Minute).Unix(), "tenant": tenant.String(), "roles": []string{"admin"},
		"email": "jane@acme.com", "name": "Jane Doe",
	}
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	text, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims).SignedString(b.key)
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

func (f *loginFixture) trust(b *backEnd) *login.Issuer {
	f.t.Helper()
	i, err := f.s.CreateIssuer(f.ctx, login.NewIssuer{Name: "Back end", Issuer: "https://app.example.com", PEM: []string{b.pem}})
	if err != nil {
		f.t.Fatal(err)
	}
	return i
}

func exchangeOf(token string) login.Exchange {
	return login.Exchange{GrantType: login.GrantTokenExchange, SubjectToken: token, SubjectTokenType: login.TypeJWT}
}

func TestExchange(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		b := newBackEnd(t)
		issuer := f.trust(b)
		token := b.token(f.tenant, jwt.MapClaims{
			"tenant": "crm-Acme", "connection": f.connection.String(), "roles": []string{"viewer", "admin"},
		})
		x := exchangeOf(token)
		x.Scope, x.Resource = []string{"viewer"}, []string{loginURL}
		started, err := f.s.Exchange(f.ctx, x)
		if err != nil {
			t.Fatal(err)
		}
		p, err := f.s.Authenticate(f.ctx, started.Token)
		if err != nil || p.Kind != authz.KindPortal || p.Name != "Jane Doe" || p.Email != "jane@acme.com" ||
			p.TenantID != f.tenant.String() || p.ConnectionID != f.connection.String() || strings.Join(p.Roles, " ") != "viewer" {
			t.Errorf("%+v, %v", p, err)
		}
		if s := started.Session; s.IssuerID != issuer.ID || s.Subject != "user-1" {
			t.Errorf("%+v", s)
		}
		_, err = f.s.Exchange(f.ctx, x)
		if e, ok := errors.AsType[*login.ExchangeError](err); !ok || e.Code != login.InvalidRequest || !errors.Is(err, authz.ErrReplayed) {
			t.Errorf("exchanged again: %v", err)
		}
		if got := f.actions(f.tenant); len(got) != 1 || got[0] != "session.started" {
			t.Errorf("the tenant's log: %v", got)
		}
		if f.leaks(token) {
			t.Error("the token is in the journal")
		}
		if err := f.s.DeleteIssuer(f.ctx, issuer.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := f.s.Exchange(f.ctx, exchangeOf(b.token(f.tenant, nil))); err == nil {
			t.Error("a deleted issuer is trusted")
		}
	})
}

func TestAHundredExchangesOfOneTokenGiveOneSession(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		b := newBackEnd(t)
		f.trust(b)
		x := exchangeOf(b.token(f.tenant, nil))
		var mu sync.Mutex
		var won, replayed int
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				_, err := f.s.Exchange(f.ctx, x)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case errors.Is(err, authz.ErrReplayed):
					replayed++
				default:
					t.Errorf("exchange: %v", err)
				}
			})
		}
		wg.Wait()
		if won != 1 || replayed != 99 {
			t.Errorf("%d exchanges gave a session, %d were replays", won, replayed)
		}
		if n := f.rows(`select count(*) from sessions`)[0]; n != "1" {
			t.Errorf("%s sessions", n)
		}
	})
}

func TestExchangesThatAreRefused(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		b, stranger := newBackEnd(t), newBackEnd(t)
		f.trust(b)
		deleted := f.newTenant("Gone")
		f.run(`update tenants set deleted_at = 1 where id = $1`, deleted)
		with := func(changes jwt.MapClaims) login.Exchange { return exchangeOf(b.token(f.tenant, changes)) }
		change := func(do func(*login.Exchange)) login.Exchange {
			x := with(nil)
			do(&x)
			return x
		}
		now := time.Now()
		for _, c := range []struct {
			name string
			x    login.Exchange
			code string
			says string
		}{
			{"no grant", login.Exchange{}, login.InvalidRequest, "grant_type is missing"},
			{"another grant", change(func(x *login.Exchange) { x.GrantType = "password" }), login.UnsupportedGrantType, "grant_type"},
			{"no type", change(func(x *login.Exchange) { x.SubjectTokenType = "" }), login.InvalidRequest, "subject_token_type"},
			{"SAML", change(func(x *login.Exchange) { x.SubjectTokenType = "urn:ietf:params:oauth:token-type:saml2" }), login.InvalidRequest, "subject_token_type"},
			{"an ID token wanted", change(func(x *login.Exchange) { x.RequestedTokenType = "urn:ietf:params:oauth:token-type:id_token" }), login.InvalidRequest, "requested_token_type"},
			{"no token", exchangeOf(""), login.InvalidRequest, "missing"},
			{"noise", exchangeOf("a.b.c"), login.InvalidRequest, "subject_token"},
			{"elsewhere", change(func(x *login.Exchange) { x.Resource = []string{"https://other.example.com"} }), login.InvalidTarget, "resource"},
			{"a role that it has not", change(func(x *login.Exchange) { x.Scope = []string{"viewer"} }), login.InvalidScope, "scope"},
			{"another's key", exchangeOf(stranger.token(f.tenant, nil)), login.InvalidRequest, "refused"},
			{"another issuer", with(jwt.MapClaims{"iss": "https://evil.example.com"}), login.InvalidRequest, "no issuer"},
			{"another audience", with(jwt.MapClaims{"aud": "https://evil.example.com"}), login.InvalidRequest, "aud"},
			{"expired", with(jwt.MapClaims{"iat": now.Add(-time.Hour).Unix(), "exp": now.Add(-50 * time.Minute).Unix()}), login.InvalidRequest, "expired"},
			{"of tomorrow", with(jwt.MapClaims{"iat": now.Add(time.Hour).Unix(), "exp": now.Add(65 * time.Minute).Unix()}), login.InvalidRequest, "issued"},
			{"living too long", with(jwt.MapClaims{"exp": now.Add(time.Hour).Unix()}), login.InvalidRequest, "10m"},
			{"without jti", with(jwt.MapClaims{"jti": nil}), login.InvalidRequest, "jti"},
			{"without sub", with(jwt.MapClaims{"sub": nil}), login.InvalidRequest, "sub"},
			{"without tenant", with(jwt.MapClaims{"tenant": nil}), login.InvalidRequest, "tenant"},
			{"no such tenant", with(jwt.MapClaims{"tenant": "crm-nobody"}), login.InvalidRequest, "tenant does not exist"},
			{"a deleted tenant", with(jwt.MapClaims{"tenant": deleted.String()}), login.InvalidRequest, "tenant does not exist"},
			{"another tenant's connection", with(jwt.MapClaims{"tenant": f.newTenant("Other").String(), "connection": f.connection.String()}),
				login.InvalidRequest, "connection does not exist"},
			{"no connection's id", with(jwt.MapClaims{"connection": 7}), login.InvalidRequest, "connection"},
			{"without roles", with(jwt.MapClaims{"roles": []string{}}), login.InvalidRequest, "roles"},
			{"roles in one text", with(jwt.MapClaims{"roles": "admin"}), login.InvalidRequest, "roles"},
			{"staff", with(jwt.MapClaims{"roles": []string{"owner"}}), login.InvalidRequest, "vendor's own people"},
			{"no such role", with(jwt.MapClaims{"roles": []string{"boss"}}), login.InvalidRequest, "no role"},
			{"no address", with(jwt.MapClaims{"email": "jane"}), login.InvalidRequest, "email"},
		} {
			_, err := f.s.Exchange(f.ctx, c.x)
			if e, ok := errors.AsType[*login.ExchangeError](err); !ok || e.Code != c.code || !strings.Contains(e.Description, c.says) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if n := f.rows(`select count(*) from sessions`)[0]; n != "0" {
			t.Errorf("%s sessions", n)
		}
		if n := f.rows(`select count(*) from used_tokens`)[0]; n != "0" {
			t.Errorf("%s tokens are marked as used", n)
		}
	})
}

func TestIssuers(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		b := newBackEnd(t)
		i := f.trust(b)
		if i.Audience != loginURL {
			t.Errorf("audience %q", i.Audience)
		}
		for name, c := range map[string]struct {
			new  login.NewIssuer
			want string
		}{
			"the same issuer":  {login.NewIssuer{Name: "x", Issuer: i.Issuer, PEM: []string{b.pem}}, "already in use"},
			"no keys":          {login.NewIssuer{Name: "x", Issuer: "y"}, "keys"},
			"both":             {login.NewIssuer{Name: "x", Issuer: "y", PEM: []string{b.pem}, JWKSURL: "https://y.example.com/jwks"}, "keys"},
			"not PEM":          {login.NewIssuer{Name: "x", Issuer: "y", PEM: []string{"key"}}, "PEM"},
			"http":             {login.NewIssuer{Name: "x", Issuer: "y", JWKSURL: "http://y.example.com/jwks"}, "https"},
			"no name":          {login.NewIssuer{Issuer: "y", PEM: []string{b.pem}}, "name"},
			"no issuer":        {login.NewIssuer{Name: "x", PEM: []string{b.pem}}, "issuer"},
			"one at a URL":     {login.NewIssuer{Name: "x", Issuer: "z", JWKSURL: "https://y.example.com/jwks"}, ""},
			"another audience": {login.NewIssuer{Name: "x", Issuer: "w", Audience: "roster", PEM: []string{b.pem}}, ""},
		} {
			_, err := f.s.CreateIssuer(f.ctx, c.new)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		list, err := f.s.ListIssuers(f.ctx, tenants.IssuerID{}, 9)
		if err != nil || len(list) != 3 || list[2].PEM[0] != b.pem {
			t.Errorf("%+v, %v", list, err)
		}
		for range 2 {
			err = f.s.DeleteIssuer(f.ctx, i.ID)
		}
		if !errors.Is(err, tenants.ErrNotFound) {
			t.Errorf("deleted twice: %v", err)
		}
		if err := f.store.CreateIssuer(f.ctx, &login.Issuer{ID: tenants.NewIssuerID(), Issuer: "v"}, 2); err == nil {
			t.Error("more issuers than there may be")
		}
	})
}
