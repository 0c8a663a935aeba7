package storagetest

import (
	"crypto/sha256"
	"slices"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

var tokenTests = []test{
	{"create and read", tokenCreate},
	{"list", tokenList},
	{"revoke", tokenRevoke},
	{"credential", tokenCredential},
	{"uses", tokenUses},
}

// newToken is a token whose hash follows from its id.
func newToken(c *tenants.Connection, name string) *tenants.Token {
	id := tenants.NewTokenID()
	return &tenants.Token{
		ID: id, TenantID: c.TenantID, ConnectionID: c.ID, Name: name,
		Hash: sha256.Sum256([]byte(id.String())), Prefix: "rstrtokAbCd", LastFour: "wXyZ",
		Scopes: authz.AllScopes, CreatedAt: created,
	}
}

func (s *suite) token(c *tenants.Connection, name string) *tenants.Token {
	s.Helper()
	k := newToken(c, name)
	s.must(s.Tenants.CreateToken(s.ctx, k))
	return k
}

func (s *suite) wantToken(want *tenants.Token) {
	s.Helper()
	got, err := s.Tenants.FindToken(s.ctx, tenants.TenantID{}, want.ID)
	s.must(err)
	s.same("token", want, got)
}

func tokenCreate(s *suite) {
	c := s.connection(s.tenant("a").ID, "Okta")
	s.wantToken(s.token(c, "for good"))
	expiring := newToken(c, "expiring")
	expiring.ExpiresAt = created.Add(time.Hour)
	expiring.Scopes = authz.Scopes(authz.Scope{Resource: authz.Groups, Action: authz.Update})
	s.must(s.Tenants.CreateToken(s.ctx, expiring))
	s.wantToken(expiring)

	_, err := s.Tenants.FindToken(s.ctx, tenants.TenantID{}, tenants.NewTokenID())
	s.wantNotFound("another id", err)
	foreign := newToken(c, "foreign")
	foreign.TenantID = s.tenant("b").ID
	s.wantNotFound("a connection of another tenant", s.Tenants.CreateToken(s.ctx, foreign))
}

func tokenList(s *suite) {
	tenant := s.tenant("a").ID
	c, other := s.connection(tenant, "Okta"), s.connection(tenant, "Entra")
	s.token(other, "elsewhere")
	want := []tenants.TokenID{s.token(c, "b").ID, s.token(c, "a").ID}
	s.must(s.revokeToken(tenant, want[1], created))
	want = append(want, s.token(c, "a").ID)
	for _, test := range []struct {
		tenant tenants.TenantID
		after  tenants.TokenID
		limit  int
		want   []tenants.TokenID
	}{
		{tenant, tenants.TokenID{}, 10, want},
		{tenant, tenants.TokenID{}, 2, want[:2]},
		{tenant, want[1], 10, want[2:]},
		{s.tenant("b").ID, tenants.TokenID{}, 10, nil},
	} {
		page, err := s.Tenants.ListTokens(s.ctx, test.tenant, c.ID, test.after, test.limit)
		s.must(err)
		var got []tenants.TokenID
		for _, k := range page {
			got = append(got, k.ID)
		}
		if !slices.Equal(got, test.want) {
			s.Errorf("after %s at most %d: %v, want %v", test.after, test.limit, got, test.want)
		}
	}
}

func tokenRevoke(s *suite) {
	c := s.connection(s.tenant("a").ID, "Okta")
	k, other := s.token(c, "leaked"), s.token(c, "fine")
	s.wantNotFound("through another tenant", s.revokeToken(s.tenant("b").ID, k.ID, created))
	s.wantNotFound("another id", s.revokeToken(c.TenantID, tenants.NewTokenID(), created))
	s.wantToken(k)

	first := created.Add(time.Minute)
	s.must(s.revokeToken(c.TenantID, k.ID, first))
	s.must(s.revokeToken(c.TenantID, k.ID, first.Add(time.Minute)))
	k.RevokedAt = first
	s.wantToken(k)
	s.wantToken(other)
}

func tokenCredential(s *suite) {
	t := s.tenant("a")
	c := s.connection(t.ID, "Okta")
	k := newToken(c, "first")
	k.ExpiresAt = created.Add(time.Hour)
	k.Scopes = authz.Scopes(authz.Scope{Resource: authz.Users, Action: authz.Read})
	s.must(s.Tenants.CreateToken(s.ctx, k))
	s.token(c, "another")
	want := &tenants.Credential{
		Hash: k.Hash, TokenID: k.ID, ConnectionID: c.ID, TenantID: t.ID,
		TokenScopes: k.Scopes, ExpiresAt: k.ExpiresAt,
		Provider: c.Provider, Settings: c.Settings, ConnectionStatus: c.Status, ConnectionScopes: c.Scopes,
		TenantStatus: t.Status, Entitlements: t.Entitlements, Adoption: t.Adoption,
	}
	s.wantCredential(want)

	s.must(s.revokeToken(t.ID, k.ID, created))
	s.must(s.setConnectionStatus(t.ID, c.ID, tenants.ConnectionPaused))
	s.must(s.setTenantStatus(t.ID, tenants.TenantSuspended))
	s.must(s.deleteConnection(t.ID, c.ID, created))
	s.must(s.deleteTenant(t.ID, created.Add(time.Second)))
	want.RevokedAt, want.ConnectionDeletedAt, want.TenantDeletedAt = created, created, created.Add(time.Second)
	want.ConnectionStatus, want.TenantStatus = tenants.ConnectionPaused, tenants.TenantSuspended
	s.wantCredential(want)

	_, err := s.Tenants.Credential(s.ctx, c.ID, sha256.Sum256([]byte("another")))
	s.wantNotFound("another hash", err)
	_, err = s.Tenants.Credential(s.ctx, tenants.NewConnectionID(), k.Hash)
	s.wantNotFound("another connection", err)
}

func (s *suite) wantCredential(want *tenants.Credential) {
	s.Helper()
	got, err := s.Tenants.Credential(s.ctx, want.ConnectionID, want.Hash)
	s.must(err)
	s.same("credential", want, got)
}

func tokenUses(s *suite) {
	c := s.connection(s.tenant("a").ID, "Okta")
	used, twice, unused := s.token(c, "used"), s.token(c, "twice"), s.token(s.connection(c.TenantID, "Entra"), "unused")
	early, late := created.Add(time.Minute), created.Add(time.Hour)
	s.must(s.Tenants.RecordUses(s.ctx, nil))
	s.must(s.Tenants.RecordUses(s.ctx, []tenants.Use{
		{TenantID: c.TenantID, TokenID: used.ID, At: late},
		{TenantID: c.TenantID, TokenID: twice.ID, At: late},
		{TenantID: c.TenantID, TokenID: twice.ID, At: early},
		{TenantID: c.TenantID, TokenID: tenants.NewTokenID(), At: late},
		{TenantID: tenants.NewTenantID(), TokenID: unused.ID, At: late},
	}))
	s.must(s.Tenants.RecordUses(s.ctx, []tenants.Use{{TenantID: c.TenantID, TokenID: used.ID, At: early}}))
	used.LastUsedAt, twice.LastUsedAt = late, late
	s.wantToken(used)
	s.wantToken(twice)
	s.wantToken(unused)

	const strangers = 2500 // more than one statement takes
	many := make([]tenants.Use, 0, strangers+1)
	for range strangers {
		many = append(many, tenants.Use{TenantID: c.TenantID, TokenID: tenants.NewTokenID(), At: late})
	}
	many = append(many, tenants.Use{TenantID: c.TenantID, TokenID: unused.ID, At: early})
	s.must(s.Tenants.RecordUses(s.ctx, many))
	unused.LastUsedAt = early
	s.wantToken(unused)
}
