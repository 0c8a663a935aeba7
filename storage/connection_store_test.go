package storage

import (
	"testing"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

// TestSettingsAreStoredAsTheDifference: whatever equals the preset follows it
// when the preset learns.
func TestSettingsAreStoredAsTheDifference(t *testing.T) {
	onEach(t, testSettingsAreStoredAsTheDifference)
}

func testSettingsAreStoredAsTheDifference(t *testing.T, f *fixture) {
	s := NewTenants(f.db)
	at := time.UnixMicro(0).UTC()
	tenant := &tenants.Tenant{ID: tenants.NewTenantID(), Name: "Acme", Status: tenants.TenantActive, CreatedAt: at}
	if err := s.CreateTenant(f.ctx, tenant); err != nil {
		t.Fatal(err)
	}
	preset := quirk.For(quirk.Entra)
	c := &tenants.Connection{
		ID: tenants.NewConnectionID(), TenantID: tenant.ID, Name: "Entra", Provider: quirk.Entra,
		Status: tenants.ConnectionActive, Scopes: authz.AllScopes, Settings: preset, CreatedAt: at,
	}
	if err := s.CreateConnection(f.ctx, c); err != nil {
		t.Fatal(err)
	}
	column := func() string { return f.rows(`select cast(settings as text) from connections`)[0] }
	if got := column(); got != `{}` {
		t.Errorf("a preset is stored as %s", got)
	}
	for _, step := range []struct {
		assignments []string
		want        string
	}{
		{[]string{"unique_group_names=false", "pending_members=true"}, `{"pending_members":true,"unique_group_names":false}`},
		{[]string{"strict_types=false"}, `{"pending_members":true,"unique_group_names":false}`},
		{[]string{"unique_group_names=true"}, `{"pending_members":true}`},
		{[]string{"pending_members=default"}, `{}`},
	} {
		changes, err := quirk.ParseChanges(step.assignments)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.ChangeConnection(f.ctx, tenant.ID, c.ID, func(current *tenants.Connection) error {
			current.Settings = current.Settings.With(preset, changes)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := column(); got != step.want {
			t.Errorf("after %v: %s, want %s", step.assignments, got, step.want)
		}
	}
}
