package storagetest

import "github.com/roster-scim/roster/tenants"

// tenantBranding: a tenant's own is kept with it and read where it is asked for;
// nobody else's changes.
func tenantBranding(s *suite) {
	mine, other := s.tenant("Acme"), s.tenant("Other")
	want := tenants.Branding{ProductName: `Acme "ID" – ü`, Logo: "data:image/png;base64,AAAA", Accent: "#0b7285"}
	own := func(id tenants.TenantID) tenants.Branding {
		s.Helper()
		installation, own, err := s.Tenants.Branding(s.ctx, id)
		s.must(err)
		s.same("the installation's", tenants.Branding{}, installation)
		return own
	}
	changed, err := s.Tenants.ChangeTenant(s.ctx, mine.ID, func(t *tenants.Tenant) error {
		s.same("before", tenants.Branding{}, t.Branding)
		t.Branding = want
		return nil
	})
	s.must(err)
	s.same("as changed", want, changed.Branding)
	s.same("own", want, own(mine.ID))
	s.same("another's", tenants.Branding{}, own(other.ID))
	s.same("nobody's", tenants.Branding{}, own(tenants.NewTenantID()))
	s.same("of none", tenants.Branding{}, own(tenants.TenantID{}))
	got, err := s.Tenants.AnyTenant(s.ctx, mine.ID)
	s.must(err)
	s.same("with everything", want, got.Branding)
	got, err = s.Tenants.Tenant(s.ctx, mine.ID)
	s.must(err)
	s.same("in short", tenants.Branding{}, got.Branding)
	changed, err = s.Tenants.ChangeTenant(s.ctx, mine.ID, func(t *tenants.Tenant) error {
		t.Name = "Acme Inc"
		return nil
	})
	s.must(err)
	s.same("after another change", want, changed.Branding)
	s.same("still there", want, own(mine.ID))
	s.must(s.deleteTenant(mine.ID, created))
	s.same("of a deleted tenant", tenants.Branding{}, own(mine.ID))
	fresh := &tenants.Tenant{ID: tenants.NewTenantID(), Name: "New", Status: tenants.TenantActive, CreatedAt: created,
		Entitlements: tenants.DefaultEntitlements(), Adoption: tenants.DefaultAdoption(), Branding: want}
	s.must(s.Tenants.CreateTenant(s.ctx, fresh))
	s.same("from the start", want, own(fresh.ID))
}
