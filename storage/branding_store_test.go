package storage

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants"
)

var largeLogo = "data:image/png;base64," + strings.Repeat("QUJD", 20_000)

// TestBrandingOfTheInstallation: it is kept beside the other settings, which do
// not touch it, and reads are told both kinds.
func TestBrandingOfTheInstallation(t *testing.T) { onEach(t, testBrandingOfTheInstallation) }

func testBrandingOfTheInstallation(t *testing.T, f *fixture) {
	r := rolesOn(f)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	want := tenants.Branding{ProductName: "Example", Logo: largeLogo, Accent: "#0b7285"}
	change := func(change func(*tenants.Settings)) tenants.Settings {
		t.Helper()
		updated, err := r.s.UpdateSettings(r.ctx, func(s *tenants.Settings) error {
			change(s)
			return nil
		})
		must(err)
		return updated
	}
	change(func(s *tenants.Settings) { s.Branding = want })
	change(func(s *tenants.Settings) { s.EventsRetentionDays = 7 })
	got := change(func(s *tenants.Settings) { s.Branding.Accent = "#000000" })
	want.Accent = "#000000"
	read, err := r.s.Settings(r.ctx)
	must(err)
	if diff := cmp.Diff(tenants.Settings{AccessRule: tenants.AccessHighest, EventsRetentionDays: 7, Branding: want}, read); diff != "" || got != read {
		t.Error(diff)
	}
	installation, own, err := r.s.Branding(r.ctx, r.tenant("Acme"))
	if must(err); installation != want || own != (tenants.Branding{}) {
		t.Errorf("%.100v, %v", installation, own)
	}
	failed := errors.New("no")
	if _, err := r.s.UpdateSettings(r.ctx, func(s *tenants.Settings) error { s.Branding = tenants.Branding{}; return failed }); !errors.Is(err, failed) {
		t.Error(err)
	}
	if again, err := r.s.Settings(r.ctx); err != nil || again != read {
		t.Errorf("a change that fails changes it: %v", err)
	}
	if column := r.rows(`select cast(settings as text) from installation`)[0]; strings.Contains(column, "data:") {
		t.Error("the logo is among the settings that every request may read")
	}
	r.brandingNotes()
}

// brandingNotes: journals tell a logo from others and do not hold it.
func (r *roles) brandingNotes() {
	log := r.log()
	if len(log) != 3 {
		r.t.Fatalf("%d rows", len(log))
	}
	for i, parts := range [][]string{
		{`"branding":{"from":{"accent":null,"logo":null,"product_name":null}`, `"logo":"image/png sha256:`, `"product_name":"Example"`},
		{`"events_retention_days":{"from":90,"to":7}`},
		{`"accent":"#0b7285"`, `"accent":"#000000"`},
	} {
		for _, part := range parts {
			if !strings.Contains(log[i], part) || len(log[i]) > 1000 {
				r.t.Errorf("row %d lacks %s: %.300s", i, part, log[i])
			}
		}
	}
}

// TestBrandingOfATenantIsNoted: as audit row and event, without the logo itself;
// and it goes with the tenant.
func TestBrandingOfATenantIsNoted(t *testing.T) { onEach(t, testBrandingOfATenantIsNoted) }

func testBrandingOfATenantIsNoted(t *testing.T, f *fixture) {
	c := newControl(f)
	tenant := c.tenant()
	c.must(c.changeTenant(tenant.ID, func(t *tenants.Tenant) { t.Branding.Logo = largeLogo }))
	c.must(c.changeTenant(tenant.ID, func(t *tenants.Tenant) { t.Branding.Logo = largeLogo[:len(largeLogo)-4] + "QUJE" }))
	rows := c.rows(`select cast(data as text), cast(previous as text) from events where type = 'tenant.updated' order by sequence`)
	rows = append(rows, c.rows(`select cast(changes as text) from audit where action = 'tenant.updated' order by tenant_id, number`)...)
	if len(rows) != 6 { // two events, and two rows in each of two logs
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		if !strings.Contains(row, "image/png sha256:") || len(row) > 2000 {
			t.Errorf("%.300s", row)
		}
	}
	if rows[4] == rows[5] {
		t.Error("both logos are told alike")
	}
}
