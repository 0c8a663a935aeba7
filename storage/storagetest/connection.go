package storagetest

import (
	"slices"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

var connectionTests = []test{
	{"create and read", connectionCreate},
	{"names", connectionNames},
	{"list", connectionList},
	{"status", connectionStatus},
	{"settings", connectionSettings},
	{"delete", connectionDelete},
}

func newConnection(tenant tenants.TenantID, name string) *tenants.Connection {
	return &tenants.Connection{
		ID: tenants.NewConnectionID(), TenantID: tenant, Name: name, Provider: quirk.Okta,
		Status: tenants.ConnectionActive, Scopes: authz.AllScopes, Settings: quirk.For(quirk.Okta), CreatedAt: created,
	}
}

func (s *suite) connection(tenant tenants.TenantID, name string) *tenants.Connection {
	s.Helper()
	c := newConnection(tenant, name)
	s.must(s.Tenants.CreateConnection(s.ctx, c))
	return c
}

func connectionCreate(s *suite) {
	want := newConnection(s.tenant("a").ID, "Entra ID")
	want.Provider, want.Status = quirk.Entra, tenants.ConnectionPaused
	want.Scopes = authz.Scopes(authz.Scope{Resource: authz.Users, Action: authz.Read})
	want.Settings = quirk.For(quirk.Entra)
	want.Settings.UniqueGroupNames = !want.Settings.UniqueGroupNames
	want.Settings.StrictTypes = !want.Settings.StrictTypes
	s.must(s.Tenants.CreateConnection(s.ctx, want))
	got, err := s.findConnection(want.ID)
	s.must(err)
	s.same("connection", want, got)

	_, err = s.findConnection(tenants.NewConnectionID())
	s.wantNotFound("another id", err)
	s.wantNotFound("another tenant", s.Tenants.CreateConnection(s.ctx, newConnection(tenants.NewTenantID(), "x")))
}

// connectionNames are unique in a tenant, without regard to case.
func connectionNames(s *suite) {
	a, b := s.tenant("a").ID, s.tenant("b").ID
	first := s.connection(a, "Okta Émile")
	s.wantTaken(s.Tenants.CreateConnection(s.ctx, newConnection(a, "okta éMILE")), "name", "okta éMILE")
	s.connection(b, "Okta Émile")
	s.connection(a, "Okta")
	s.must(s.deleteConnection(a, first.ID, created))
	s.connection(a, "okta éMILE")
}

func connectionList(s *suite) {
	a, b := s.tenant("a").ID, s.tenant("b").ID
	s.connection(b, "elsewhere")
	want := []tenants.ConnectionID{s.connection(a, "z").ID, s.connection(a, "y").ID, s.connection(a, "x").ID}
	s.must(s.deleteConnection(a, s.connection(a, "gone").ID, created))
	for _, test := range []struct {
		after tenants.ConnectionID
		limit int
		want  []tenants.ConnectionID
	}{
		{tenants.ConnectionID{}, 10, want},
		{tenants.ConnectionID{}, 1, want[:1]},
		{want[0], 10, want[1:]},
		{want[2], 10, nil},
	} {
		page, err := s.Tenants.ListConnections(s.ctx, a, tenants.ConnectionFilter{}, test.after, test.limit)
		s.must(err)
		var got []tenants.ConnectionID
		for _, c := range page {
			got = append(got, c.ID)
		}
		if !slices.Equal(got, test.want) {
			s.Errorf("after %s at most %d: %v, want %v", test.after, test.limit, got, test.want)
		}
	}
}

func connectionStatus(s *suite) {
	a, b := s.tenant("a").ID, s.tenant("b").ID
	c := s.connection(a, "Okta")
	s.wantNotFound("status through another tenant", s.setConnectionStatus(b, c.ID, tenants.ConnectionPaused))
	s.wantStatus(c.ID, tenants.ConnectionActive)
	s.must(s.setConnectionStatus(a, c.ID, tenants.ConnectionPaused))
	s.wantStatus(c.ID, tenants.ConnectionPaused)
}

func (s *suite) wantStatus(id tenants.ConnectionID, want tenants.ConnectionStatus) {
	s.Helper()
	got, err := s.findConnection(id)
	s.must(err)
	if got.Status != want {
		s.Errorf("status %s, want %s", got.Status, want)
	}
}

// connectionSettings: every change sees the one before, and only what differs
// from the preset is a departure from it.
func connectionSettings(s *suite) {
	a, b := s.tenant("a").ID, s.tenant("b").ID
	c := s.connection(a, "Okta")
	k := s.token(c, "first")
	strict := func(current *tenants.Connection) quirk.Settings {
		current.Settings.StrictTypes = true
		return current.Settings
	}
	_, err := s.setSettings(b, c.ID, strict)
	s.wantNotFound("settings through another tenant", err)
	for name, change := range map[string]func(*tenants.Connection) quirk.Settings{
		"one": strict,
		"another": func(current *tenants.Connection) quirk.Settings {
			settings := current.Settings
			settings.PatchUserReturnsBody = false
			return settings
		},
	} {
		got, err := s.setSettings(a, c.ID, change)
		s.must(err)
		stored, err := s.findConnection(c.ID)
		s.must(err)
		s.same(name, stored, got)
	}
	want := c.Settings
	want.StrictTypes, want.PatchUserReturnsBody = true, false
	credential, err := s.Tenants.Credential(s.ctx, c.ID, k.Hash)
	s.must(err)
	s.same("settings of the credential", want, credential.Settings)

	s.must(s.deleteConnection(a, c.ID, created))
	_, err = s.setSettings(a, c.ID, strict)
	s.wantNotFound("settings of a deleted connection", err)
}

// connectionDelete: nothing of a deleted connection can be found or changed any
// more, but its credentials say what happened.
func connectionDelete(s *suite) {
	a, b := s.tenant("a").ID, s.tenant("b").ID
	c := s.connection(a, "Okta")
	k := s.token(c, "first")
	at := created.Add(time.Hour)
	s.wantNotFound("delete through another tenant", s.deleteConnection(b, c.ID, at))
	s.must(s.deleteConnection(a, c.ID, at))

	_, find := s.findConnection(c.ID)
	_, token := s.Tenants.FindToken(s.ctx, tenants.TenantID{}, k.ID)
	for what, err := range map[string]error{
		"connection": find, "token": token,
		"status":    s.setConnectionStatus(a, c.ID, tenants.ConnectionActive),
		"delete":    s.deleteConnection(a, c.ID, at),
		"new token": s.Tenants.CreateToken(s.ctx, newToken(c, "second")),
		"revoke":    s.revokeToken(a, k.ID, at),
	} {
		s.wantNotFound(what, err)
	}
	credential, err := s.Tenants.Credential(s.ctx, c.ID, k.Hash)
	s.must(err)
	if !credential.ConnectionDeletedAt.Equal(at) || !credential.TenantDeletedAt.IsZero() {
		s.Errorf("the credential says that the connection was deleted at %s and the tenant at %s",
			credential.ConnectionDeletedAt, credential.TenantDeletedAt)
	}
}
