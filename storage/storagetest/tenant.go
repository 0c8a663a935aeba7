package storagetest

import (
	"errors"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/roster-scim/roster/tenants"
)

var tenantTests = []test{
	{"create and read", tenantCreate},
	{"external ids", tenantExternalID},
	{"branding", tenantBranding},
	{"list", tenantList},
	{"status", tenantStatus},
	{"delete", tenantDelete},
}

// created is a time as stores keep it.
var created = time.Date(2024, 2, 29, 12, 0, 0, 123456000, time.UTC)

func (s *suite) tenant(name string) *tenants.Tenant {
	s.Helper()
	t := &tenants.Tenant{ID: tenants.NewTenantID(), Name: name, Status: tenants.TenantActive, CreatedAt: created,
		Entitlements: tenants.DefaultEntitlements(), Adoption: tenants.DefaultAdoption()}
	s.must(s.Tenants.CreateTenant(s.ctx, t))
	return t
}

func (s *suite) wantNotFound(what string, err error) {
	s.Helper()
	if !errors.Is(err, tenants.ErrNotFound) {
		s.Errorf("%s: %v, want ErrNotFound", what, err)
	}
}

func (s *suite) wantTaken(err error, field, value string) {
	s.Helper()
	taken, ok := errors.AsType[*tenants.TakenError](err)
	if !ok || taken.Field != field || taken.Value != value {
		s.Errorf("%v, want a TakenError of %s %q", err, field, value)
	}
}

// same compares control-plane values, whose ids have no exported fields.
func (s *suite) same(what string, want, got any) {
	s.Helper()
	ids := cmp.Options{
		cmp.Comparer(func(a, b tenants.TenantID) bool { return a == b }),
		cmp.Comparer(func(a, b tenants.ConnectionID) bool { return a == b }),
		cmp.Comparer(func(a, b tenants.TokenID) bool { return a == b }),
		cmpopts.IgnoreUnexported(tenants.Credential{}), // what follows from the rest
	}
	if diff := cmp.Diff(want, got, ids); diff != "" {
		s.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func tenantCreate(s *suite) {
	want := &tenants.Tenant{
		ID: tenants.NewTenantID(), Name: `Acme "; drop table tenants; --`, ExternalID: "crm-1",
		Status: tenants.TenantSuspended, CreatedAt: created,
		Entitlements: tenants.Entitlements{Groups: true, Connections: 3, Seats: 50},
		Adoption:     tenants.Adoption{Rule: tenants.AdoptVerifiedEmail, VerifiedDomains: []string{"acme.test", "b.test"}},
		RequestLog:   tenants.RequestLog{Bodies: tenants.BodiesFull, RetentionDays: 7},
	}
	s.must(s.Tenants.CreateTenant(s.ctx, want))
	got, err := s.Tenants.Tenant(s.ctx, want.ID)
	s.must(err)
	s.same("tenant", want, got)
	_, err = s.Tenants.Tenant(s.ctx, tenants.NewTenantID())
	s.wantNotFound("another id", err)
}

func tenantExternalID(s *suite) {
	create := func(externalID string) (*tenants.Tenant, error) {
		t := &tenants.Tenant{ID: tenants.NewTenantID(), Name: "Acme", ExternalID: externalID, Status: tenants.TenantActive, CreatedAt: created,
			Entitlements: tenants.DefaultEntitlements(), Adoption: tenants.DefaultAdoption()}
		return t, s.Tenants.CreateTenant(s.ctx, t)
	}
	first, err := create("crm-1")
	s.must(err)
	_, err = create("crm-1")
	s.wantTaken(err, "external_id", "crm-1")
	for _, other := range []string{"CRM-1", "", ""} {
		_, err := create(other)
		s.must(err)
	}
	s.must(s.deleteTenant(first.ID, created))
	_, err = create("crm-1")
	s.must(err)
}

func tenantList(s *suite) {
	want := []tenants.TenantID{s.tenant("c").ID, s.tenant("a").ID, s.tenant("b").ID}
	s.must(s.deleteTenant(s.tenant("gone").ID, created))
	list := func(after tenants.TenantID, limit int) (ids []tenants.TenantID) {
		page, err := s.Tenants.ListTenants(s.ctx, tenants.TenantFilter{}, after, limit)
		s.must(err)
		for _, t := range page {
			ids = append(ids, t.ID)
		}
		return ids
	}
	for _, test := range []struct {
		after tenants.TenantID
		limit int
		want  []tenants.TenantID
	}{
		{tenants.TenantID{}, 10, want},
		{tenants.TenantID{}, 2, want[:2]},
		{want[1], 2, want[2:]},
		{want[2], 2, nil},
		{tenants.TenantID{}, 0, nil},
	} {
		if got := list(test.after, test.limit); !slices.Equal(got, test.want) {
			s.Errorf("after %s at most %d: %v, want %v", test.after, test.limit, got, test.want)
		}
	}
}

func tenantStatus(s *suite) {
	t, other := s.tenant("a"), s.tenant("b")
	s.must(s.setTenantStatus(t.ID, tenants.TenantSuspended))
	for id, want := range map[tenants.TenantID]tenants.TenantStatus{t.ID: tenants.TenantSuspended, other.ID: tenants.TenantActive} {
		got, err := s.Tenants.Tenant(s.ctx, id)
		s.must(err)
		if got.Status != want {
			s.Errorf("status %s, want %s", got.Status, want)
		}
	}
	s.wantNotFound("status of nobody", s.setTenantStatus(tenants.NewTenantID(), tenants.TenantActive))
}

// tenantDelete: nothing of a deleted tenant can be found or changed any more.
func tenantDelete(s *suite) {
	t := s.tenant("a")
	c := s.connection(t.ID, "Okta")
	k := s.token(c, "first")
	s.must(s.deleteTenant(t.ID, created))

	_, tenant := s.Tenants.Tenant(s.ctx, t.ID)
	_, connection := s.findConnection(c.ID)
	_, token := s.Tenants.FindToken(s.ctx, tenants.TenantID{}, k.ID)
	for what, err := range map[string]error{
		"tenant": tenant, "connection": connection, "token": token,
		"status":            s.setTenantStatus(t.ID, tenants.TenantActive),
		"delete":            s.deleteTenant(t.ID, created),
		"connection status": s.setConnectionStatus(t.ID, c.ID, tenants.ConnectionPaused),
		"connection delete": s.deleteConnection(t.ID, c.ID, created),
		"new connection":    s.Tenants.CreateConnection(s.ctx, newConnection(t.ID, "Entra")),
		"new token":         s.Tenants.CreateToken(s.ctx, newToken(c, "second")),
		"revoke":            s.revokeToken(t.ID, k.ID, created),
	} {
		s.wantNotFound(what, err)
	}
	connections, err := s.Tenants.ListConnections(s.ctx, t.ID, tenants.ConnectionFilter{}, tenants.ConnectionID{}, 10)
	s.must(err)
	tokens, err := s.Tenants.ListTokens(s.ctx, t.ID, c.ID, tenants.TokenID{}, 10)
	s.must(err)
	if len(connections)+len(tokens) > 0 {
		s.Errorf("%d connections and %d tokens are listed", len(connections), len(tokens))
	}
}
