package tenants_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

// wantRefused fails unless an error is a refusal with a code.
func wantRefused(t *testing.T, what string, err error, code string) {
	t.Helper()
	if refused, ok := errors.AsType[*tenants.RefusedError](err); !ok || refused.Code != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// wantInvalid fails unless an error is about a field.
func wantInvalid(t *testing.T, what string, err error, field string) {
	t.Helper()
	if invalid, ok := errors.AsType[*tenants.InvalidError](err); !ok || invalid.Field != field {
		t.Errorf("%s: %v, want it to be about %s", what, err, field)
	}
}

// TestGraceOfTenants: a deletion needs the name, can be undone for 30 days, and
// not a microsecond longer.
func TestGraceOfTenants(t *testing.T) {
	t.Parallel()
	b := setup(t)
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	service := b.serviceAt(&at)
	tenant, err := service.CreateTenant(t.Context(), tenants.NewTenant{Name: "Acme", ExternalID: "42"})
	if err != nil {
		t.Fatal(err)
	}
	wantRefused(t, "nothing to restore", last(service.RestoreTenant(t.Context(), tenant.ID)), tenants.CodeNotDeleted)
	for _, confirm := range []string{"", "acme", "Acme "} {
		wantInvalid(t, "confirmed with "+confirm, last(service.DeleteTenant(t.Context(), tenant.ID, confirm)), "confirm")
	}
	deleted, err := service.DeleteTenant(t.Context(), tenant.ID, "Acme")
	if err != nil || deleted.State() != tenants.TenantDeleted || !deleted.RestorableUntil().Equal(at.Add(tenants.Grace)) {
		t.Fatalf("%+v, %v", deleted, err)
	}
	other, err := service.CreateTenant(t.Context(), tenants.NewTenant{Name: "Other", ExternalID: "42"})
	if err != nil {
		t.Fatal(err)
	}
	if err := last(service.RestoreTenant(t.Context(), tenant.ID)); !errors.As(err, new(*tenants.TakenError)) {
		t.Errorf("its external id is another's now: %v", err)
	}
	none := ""
	if err := last(service.UpdateTenant(t.Context(), other.ID, tenants.TenantUpdate{ExternalID: &none})); err != nil {
		t.Fatal(err)
	}
	at = at.Add(tenants.Grace - time.Microsecond)
	restored, err := service.RestoreTenant(t.Context(), tenant.ID)
	if err != nil || restored.State() != tenants.TenantActive || restored.ExternalID != "42" {
		t.Errorf("%+v, %v", restored, err)
	}
	if err := last(service.DeleteTenant(t.Context(), tenant.ID, "Acme")); err != nil {
		t.Fatal(err)
	}
	at = at.Add(tenants.Grace)
	wantRefused(t, "after the grace", last(service.RestoreTenant(t.Context(), tenant.ID)), tenants.CodeGraceOver)
}

// TestGraceOfConnections is the same of connections.
func TestGraceOfConnections(t *testing.T) {
	t.Parallel()
	b := setup(t)
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	service := b.serviceAt(&at)
	c := b.connection(t, b.tenant(t).ID, "Main")
	token, secret := b.token(t, c.ID)
	remove := func(people tenants.PeopleOnDelete, confirm string) error {
		return last(service.DeleteConnection(t.Context(), c.ID, tenants.ConnectionDeletion{People: people, Confirm: confirm}))
	}
	wantInvalid(t, "no choice", remove("", "Main"), "people")
	wantInvalid(t, "no name", remove(tenants.KeepPeople, ""), "confirm")
	wantInvalid(t, "another name", remove(tenants.RemovePeople, "main"), "confirm")
	wantRefused(t, "nothing to restore", last(service.RestoreConnection(t.Context(), c.ID)), tenants.CodeNotDeleted)
	if err := remove(tenants.DeactivatePeople, "Main"); err != nil {
		t.Fatal(err)
	}
	if err := last(service.Connection(t.Context(), c.ID)); !errors.Is(err, tenants.ErrNotFound) {
		t.Errorf("still there: %v", err)
	}
	gone, err := service.AnyConnection(t.Context(), c.ID)
	if err != nil || gone.State() != tenants.ConnectionDeleting || gone.People != tenants.DeactivatePeople {
		t.Errorf("%+v, %v", gone, err)
	}
	_, _, noToken := service.CreateToken(t.Context(), tenants.NewToken{ConnectionID: c.ID, Name: "X"})
	for what, err := range map[string]error{
		"deleted twice": remove(tenants.KeepPeople, "Main"), "paused": last(service.PauseConnection(t.Context(), c.ID)), "a token": noToken,
	} {
		wantRefused(t, what, err, tenants.CodeDeleted)
	}
	if _, err := b.gate.Admit(t.Context(), c.ID.String(), secret); err == nil {
		t.Error("its token works")
	}
	if err := last(service.RestoreConnection(t.Context(), c.ID)); err != nil {
		t.Fatal(err)
	}
	if admission, err := b.gate.Admit(t.Context(), c.ID.String(), secret); err != nil || admission.TokenID != token.ID {
		t.Errorf("its token does not work: %v", err)
	}
	if err := remove(tenants.KeepPeople, "Main"); err != nil {
		t.Fatal(err)
	}
	at = at.Add(tenants.Grace)
	wantRefused(t, "after the grace", last(service.RestoreConnection(t.Context(), c.ID)), tenants.CodeGraceOver)
}

// TestConfined: for somebody who acts in a tenant, everything of others does not
// exist.
func TestConfined(t *testing.T) {
	t.Parallel()
	b := setup(t)
	mine, other := b.tenant(t), b.tenant(t)
	c := b.connection(t, other.ID, "Main")
	token, _ := b.token(t, c.ID)
	for name, s := range map[string]*tenants.Service{"another tenant": b.service.For(mine.ID), "no tenant": b.service.For(tenants.TenantID{})} {
		_, createErr := s.CreateConnection(t.Context(), tenants.NewConnection{TenantID: other.ID, Name: "X", Provider: "okta"})
		_, listErr := s.ListConnections(t.Context(), other.ID, tenants.ConnectionFilter{}, tenants.ConnectionID{}, 10)
		_, tokensErr := s.ListTokens(t.Context(), c.ID, tenants.TokenID{}, 10)
		_, _, tokenErr := s.CreateToken(t.Context(), tenants.NewToken{ConnectionID: c.ID, Name: "X"})
		_, _, startErr := s.StartRotation(t.Context(), token.ID, tenants.Rotation{})
		for what, err := range map[string]error{
			"create": createErr, "list": listErr, "tokens": tokensErr, "token": tokenErr, "rotate": startErr,
			"get": last(s.Connection(t.Context(), c.ID)), "any": last(s.AnyConnection(t.Context(), c.ID)),
			"update": last(s.UpdateConnection(t.Context(), c.ID, tenants.ConnectionUpdate{})), "pause": last(s.PauseConnection(t.Context(), c.ID)),
			"delete":  last(s.DeleteConnection(t.Context(), c.ID, tenants.ConnectionDeletion{People: tenants.KeepPeople, Confirm: "Main"})),
			"restore": last(s.RestoreConnection(t.Context(), c.ID)), "pending": last(s.CountPendingMembers(t.Context(), c.ID)),
			"get token": last(s.Token(t.Context(), token.ID)), "revoke": s.RevokeToken(t.Context(), token.ID, token.Name),
			"finish": last(s.FinishRotation(t.Context(), token.ID)), "cancel": last(s.CancelRotation(t.Context(), token.ID)),
		} {
			if !errors.Is(err, tenants.ErrNotFound) {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
	}
	own := b.service.For(other.ID)
	if _, err := own.TokenOf(t.Context(), c.ID, token.ID); err != nil {
		t.Error(err)
	}
	sibling := b.connection(t, other.ID, "Sibling")
	if err := last(own.TokenOf(t.Context(), sibling.ID, token.ID)); !errors.Is(err, tenants.ErrNotFound) {
		t.Errorf("through another connection: %v", err)
	}
}

// TestMoveToAnotherProvider: what departed from the old preset stays, the rest
// follows the new one.
func TestMoveToAnotherProvider(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c, err := b.service.CreateConnection(t.Context(), tenants.NewConnection{TenantID: b.tenant(t).ID, Name: "Main", Provider: "okta",
		Domains: []string{"B.test ", "acme.TEST", "b.test"}, Settings: settingChanges(t, "strict_types=true")})
	if err != nil {
		t.Fatal(err)
	}
	token, secret := b.token(t, c.ID)
	entra := "Entra"
	moved, err := b.service.UpdateConnection(t.Context(), c.ID, tenants.ConnectionUpdate{Provider: &entra})
	want := quirk.For(quirk.Entra)
	want.StrictTypes = true
	if err != nil || moved.ID != c.ID || moved.Provider != quirk.Entra || moved.Settings != want || moved.Name != "Main" ||
		len(moved.Domains) != 2 || moved.Domains[0] != "acme.test" || moved.Domains[1] != "b.test" {
		t.Errorf("%+v, %v", moved, err)
	}
	admission, err := b.gate.Admit(t.Context(), c.ID.String(), secret)
	if err != nil || admission.TokenID != token.ID || admission.Settings != want || len(admission.Domains) != 2 {
		t.Errorf("%+v, %v", admission, err)
	}
	octa, empty, none := "octa", authz.ScopeSet(0), []string{"localhost"}
	wantInvalid(t, "an unknown provider", last(b.service.UpdateConnection(t.Context(), c.ID, tenants.ConnectionUpdate{Provider: &octa})), "provider")
	wantInvalid(t, "no scope", last(b.service.UpdateConnection(t.Context(), c.ID, tenants.ConnectionUpdate{Scopes: &empty})), "scopes")
	wantInvalid(t, "no domain", last(b.service.UpdateConnection(t.Context(), c.ID, tenants.ConnectionUpdate{Domains: &none})), "domains")
}

func TestUpdateTenantIsChecked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tenant := b.tenant(t)
	negative, rule, byMail := -1, tenants.AdoptionRule("always"), tenants.AdoptVerifiedEmail
	for field, u := range map[string]tenants.TenantUpdate{
		"entitlements.seats":        {Entitlements: &tenants.EntitlementsChange{Seats: &negative}},
		"adoption.rule":             {Adoption: &tenants.AdoptionChange{Rule: &rule}},
		"adoption.verified_domains": {Adoption: &tenants.AdoptionChange{Rule: &byMail}},
	} {
		wantInvalid(t, field, last(b.service.UpdateTenant(t.Context(), tenant.ID, u)), field)
	}
	domains := []string{"ACME.test"}
	updated, err := b.service.UpdateTenant(t.Context(), tenant.ID, tenants.TenantUpdate{
		Adoption: &tenants.AdoptionChange{Rule: &byMail, VerifiedDomains: &domains}})
	if err != nil || updated.Adoption.VerifiedDomains[0] != "acme.test" || updated.Entitlements != tenants.DefaultEntitlements() {
		t.Errorf("%+v, %v", updated, err)
	}
}

// TestRevokingTheOnlyToken needs its name, unless it is dead anyway.
func TestRevokingTheOnlyToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.connection(t, b.tenant(t).ID, "Main")
	first, _ := b.token(t, c.ID)
	second, _ := b.token(t, c.ID)
	if err := b.service.RevokeToken(t.Context(), second.ID, ""); err != nil {
		t.Errorf("one of two: %v", err)
	}
	wantRefused(t, "without the name", b.service.RevokeToken(t.Context(), first.ID, ""), tenants.CodeLastToken)
	wantInvalid(t, "with another name", b.service.RevokeToken(t.Context(), first.ID, "main"), "confirm")
	for range 2 {
		if err := b.service.RevokeToken(t.Context(), first.ID, first.Name); err != nil {
			t.Error(err)
		}
	}
}

// TestRotationTakesOver: name, scopes and lifetime are those of the old token
// unless somebody says otherwise.
func TestRotationTakesOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := tenants.As(t.Context(), tenants.Origin{Actor: "ses01"})
	c := b.connection(t, b.tenant(t).ID, "Main")
	read := authz.Scopes(authz.Scope{Resource: authz.Users, Action: authz.Read})
	old, _, err := b.service.CreateToken(ctx, tenants.NewToken{ConnectionID: c.ID, Name: "EU", Scopes: read, Lifetime: 90 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	next, secret, err := b.service.StartRotation(ctx, old.ID, tenants.Rotation{})
	if err != nil || next.Name != "EU" || next.Scopes != read || next.ExpiresAt.Sub(next.CreatedAt) != 90*24*time.Hour ||
		next.CreatedBy != "ses01" || next.Replaces != old.ID {
		t.Fatalf("%+v, %v", next, err)
	}
	if _, err := b.gate.Admit(ctx, c.ID.String(), secret.Reveal()); err != nil {
		t.Error(err)
	}
	if stays, err := b.service.CancelRotation(ctx, old.ID); err != nil || stays.ID != old.ID || stays.State(time.Now()) != tenants.TokenActive {
		t.Errorf("%+v, %v", stays, err)
	}
	forever := tenants.Forever
	next, _, err = b.service.StartRotation(ctx, old.ID, tenants.Rotation{Name: "US", Lifetime: &forever})
	if err != nil || next.Name != "US" || !next.ExpiresAt.IsZero() {
		t.Fatalf("%+v, %v", next, err)
	}
	if stays, err := b.service.FinishRotation(ctx, old.ID); err != nil || stays.ID != next.ID || stays.State(time.Now()) != tenants.TokenActive {
		t.Errorf("%+v, %v", stays, err)
	}
}

// TestConnectionComesWithItsToken, or not at all.
func TestConnectionComesWithItsToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tenant := b.tenant(t)
	wanted := tenants.NewConnection{TenantID: tenant.ID, Name: "Main", Provider: "okta"}
	_, _, _, err := b.service.CreateConnectionWithToken(t.Context(), wanted, tenants.NewToken{Name: ""})
	wantInvalid(t, "a token without a name", err, "name")
	if list, err := b.service.ListConnections(t.Context(), tenant.ID, tenants.ConnectionFilter{}, tenants.ConnectionID{}, 10); err != nil || len(list) != 0 {
		t.Errorf("half of it was made: %v, %v", list, err)
	}
	c, token, secret, err := b.service.CreateConnectionWithToken(t.Context(), wanted, tenants.NewToken{Name: "First"})
	if err != nil || token.ConnectionID != c.ID {
		t.Fatal(err)
	}
	if _, err := b.gate.Admit(t.Context(), c.ID.String(), secret.Reveal()); err != nil {
		t.Error(err)
	}
}

// fakeMaintenance fails at some work and has only so much of the rest.
type fakeMaintenance struct {
	told, parts, pruned int
	actor               string
}

var errFake = errors.New("away")

func (f *fakeMaintenance) TellExpiries(ctx context.Context, _ time.Time, limit int) (int, error) {
	f.actor = tenants.OriginOf(ctx).Actor
	if f.told++; f.told < 3 {
		return limit, nil
	}
	return 0, errFake
}

func (f *fakeMaintenance) DueConnections(context.Context, time.Time, int) ([]tenants.ConnectionPurge, error) {
	return make([]tenants.ConnectionPurge, 2), nil
}

func (f *fakeMaintenance) PurgeConnection(context.Context, tenants.ConnectionPurge) (bool, error) {
	f.parts++
	return f.parts%3 == 0, nil
}

func (f *fakeMaintenance) DueTenants(context.Context, time.Time, int) ([]tenants.TenantPurge, error) {
	return nil, errFake
}

func (f *fakeMaintenance) PurgeTenant(context.Context, tenants.TenantPurge) (bool, error) {
	return true, nil
}

func (f *fakeMaintenance) Prune(context.Context, time.Time) (bool, error) {
	f.pruned++
	return f.pruned < 4, nil
}

// TestMaintenanceGoesOn: what fails does not keep the rest from being done, and
// everything is done by Roster itself, whoever started it.
func TestMaintenanceGoesOn(t *testing.T) {
	t.Parallel()
	fake := &fakeMaintenance{}
	m := tenants.NewMaintenance(fake, slog.New(slog.DiscardHandler))
	ctx := tenants.As(t.Context(), tenants.Origin{Actor: "command"})
	if err := m.Once(ctx, time.Now()); !errors.Is(err, errFake) {
		t.Errorf("the failures are not told: %v", err)
	}
	if fake.told != 3 || fake.parts != 6 || fake.pruned != 4 || fake.actor != "system" {
		t.Errorf("done: %+v", fake)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m.Run(ctx)
}
