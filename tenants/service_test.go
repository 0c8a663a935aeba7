package tenants_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

func TestCreateTenant(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made, err := b.service.CreateTenant(t.Context(), tenants.NewTenant{Name: "  Acme ", ExternalID: " 42 "})
	if err != nil {
		t.Fatal(err)
	}
	read, err := b.service.Tenant(t.Context(), made.ID)
	if err != nil || !reflect.DeepEqual(read, made) || read.Name != "Acme" || read.ExternalID != "42" || read.Status != tenants.TenantActive {
		t.Errorf("made %+v, read %+v, %v", made, read, err)
	}
	_, err = b.service.CreateTenant(t.Context(), tenants.NewTenant{Name: "Other", ExternalID: "42"})
	if taken, ok := errors.AsType[*tenants.TakenError](err); !ok || taken.Field != "external_id" || taken.Value != "42" {
		t.Errorf("the same external id again: %v", err)
	}
	if _, err := b.service.CreateTenant(t.Context(), tenants.NewTenant{Name: "Acme"}); err != nil {
		t.Errorf("two customers may have one name: %v", err)
	}
	if _, err := b.service.DeleteTenant(t.Context(), made.ID, made.Name); err != nil {
		t.Fatal(err)
	}
	if _, err := b.service.CreateTenant(t.Context(), tenants.NewTenant{Name: "Acme", ExternalID: "42"}); err != nil {
		t.Errorf("a deleted tenant keeps its external id: %v", err)
	}
}

func TestCreateConnection(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tenant, other := b.tenant(t), b.tenant(t)
	made, err := b.service.CreateConnection(t.Context(), tenants.NewConnection{TenantID: tenant.ID, Name: "Acme – Entra", Provider: "ENTRA"})
	if err != nil {
		t.Fatal(err)
	}
	read, err := b.service.Connection(t.Context(), made.ID)
	if err != nil || !reflect.DeepEqual(read, made) {
		t.Errorf("made %+v, read %+v, %v", made, read, err)
	}
	if made.Provider != quirk.Entra || made.Scopes != tenants.DefaultScopes(quirk.Entra) || made.Settings != quirk.For(quirk.Entra) {
		t.Errorf("made %+v", made)
	}
	_, err = b.service.CreateConnection(t.Context(), tenants.NewConnection{TenantID: tenant.ID, Name: "ACME – entra", Provider: "okta"})
	if taken, ok := errors.AsType[*tenants.TakenError](err); !ok || taken.Field != "name" {
		t.Errorf("the same name in other case: %v", err)
	}
	if _, err := b.service.CreateConnection(t.Context(), tenants.NewConnection{TenantID: other.ID, Name: "Acme – Entra", Provider: "okta"}); err != nil {
		t.Errorf("the same name in another tenant: %v", err)
	}
	_, err = b.service.CreateConnection(t.Context(), tenants.NewConnection{TenantID: tenant.ID, Name: "X", Provider: "octa"})
	if invalid, ok := errors.AsType[*tenants.InvalidError](err); !ok || invalid.Field != "provider" {
		t.Errorf("an unknown provider: %v", err)
	}
	_, err = b.service.CreateConnection(t.Context(), tenants.NewConnection{TenantID: tenants.NewTenantID(), Name: "X", Provider: "okta"})
	if !errors.Is(err, tenants.ErrNotFound) {
		t.Errorf("no such tenant: %v", err)
	}
}

func settingChanges(t *testing.T, assignments ...string) []quirk.Change {
	t.Helper()
	changes, err := quirk.ParseChanges(assignments)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func TestChangeSettings(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made, err := b.service.CreateConnection(t.Context(), tenants.NewConnection{
		TenantID: b.tenant(t).ID, Name: "Main", Provider: "entra", Settings: settingChanges(t, "strict_types=true"),
	})
	if err != nil {
		t.Fatal(err)
	}
	preset := quirk.For(quirk.Entra)
	want := preset
	want.StrictTypes = true
	if made.Settings != want {
		t.Errorf("made with %+v", made.Settings)
	}
	_, secret := b.token(t, made.ID)
	for _, step := range []struct {
		changes []quirk.Change
		adjust  func(*quirk.Settings)
	}{
		{settingChanges(t, "unique_group_names=false", "pending_members=true"),
			func(s *quirk.Settings) { s.UniqueGroupNames, s.PendingMembers = false, true }},
		{settingChanges(t, "strict_types=default", "unique_group_names=default"),
			func(s *quirk.Settings) {
				s.StrictTypes, s.UniqueGroupNames = preset.StrictTypes, preset.UniqueGroupNames
			}},
	} {
		step.adjust(&want)
		changed, err := b.service.ChangeSettings(t.Context(), made.ID, step.changes)
		if err != nil || changed.Settings != want {
			t.Errorf("changed to %+v, %v", changed, err)
		}
		admission, err := b.gate.Admit(t.Context(), made.ID.String(), secret)
		if err != nil || admission.Settings != want {
			t.Errorf("requests are served with %+v, %v; want %+v", admission.Settings, err, want)
		}
	}
}

func TestPendingMembersOfNoConnection(t *testing.T) {
	t.Parallel()
	b := setup(t)
	connection := b.connection(t, b.tenant(t).ID, "Main")
	if n, err := b.service.CountPendingMembers(t.Context(), connection.ID); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if list, err := b.service.ListPendingMembers(t.Context(), connection.ID, tenants.PendingCursor{}, 10); len(list) != 0 || err != nil {
		t.Errorf("%v, %v", list, err)
	}
	_, countErr := b.service.CountPendingMembers(t.Context(), tenants.NewConnectionID())
	_, listErr := b.service.ListPendingMembers(t.Context(), tenants.NewConnectionID(), tenants.PendingCursor{}, 10)
	_, setErr := b.service.ChangeSettings(t.Context(), tenants.NewConnectionID(), settingChanges(t, "strict_types=true"))
	for _, err := range []error{countErr, listErr, setErr} {
		if !errors.Is(err, tenants.ErrNotFound) {
			t.Errorf("no such connection: %v", err)
		}
	}
}

func TestCreateToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	connection := b.connection(t, b.tenant(t).ID, "Main")
	read := authz.Scopes(authz.Scope{Resource: authz.Users, Action: authz.Read})
	made, secret, err := b.service.CreateToken(t.Context(), tenants.NewToken{
		ConnectionID: connection.ID, Name: "Reader", Lifetime: 90 * 24 * time.Hour, Scopes: read,
	})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := b.service.Token(t.Context(), made.ID)
	if err != nil || *stored != *made {
		t.Errorf("made %+v, stored %+v, %v", made, stored, err)
	}
	if made.Scopes != read || made.ExpiresAt.Sub(made.CreatedAt) != 90*24*time.Hour || made.Hash != secret.Hash() ||
		!strings.HasPrefix(secret.Reveal(), made.Prefix) || !strings.HasSuffix(secret.Reveal(), made.LastFour) {
		t.Errorf("made %+v", made)
	}
	if strings.Contains(fmt.Sprintf("%+v", stored), secret.Reveal()) {
		t.Error("the secret is kept")
	}
	_, _, err = b.service.CreateToken(t.Context(), tenants.NewToken{
		ConnectionID: connection.ID, Name: "Deleter", Scopes: authz.Scopes(authz.Scope{Resource: authz.Users, Action: authz.Delete}),
	})
	if invalid, ok := errors.AsType[*tenants.InvalidError](err); !ok || invalid.Field != "scopes" {
		t.Errorf("a scope that the connection lacks: %v", err)
	}
	_, _, err = b.service.CreateToken(t.Context(), tenants.NewToken{ConnectionID: tenants.NewConnectionID(), Name: "X"})
	if !errors.Is(err, tenants.ErrNotFound) {
		t.Errorf("no such connection: %v", err)
	}
}

func TestExpiryIsExact(t *testing.T) {
	t.Parallel()
	b := setup(t)
	connection := b.connection(t, b.tenant(t).ID, "Main")
	token, secret, err := b.service.CreateToken(t.Context(), tenants.NewToken{ConnectionID: connection.ID, Name: "Short", Lifetime: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	admit := func(at time.Time) error {
		_, err := tenants.GateAt(b.store, at).Admit(t.Context(), connection.ID.String(), secret.Reveal())
		return err
	}
	if err := admit(token.ExpiresAt.Add(-time.Microsecond)); err != nil {
		t.Errorf("a microsecond before it expires: %v", err)
	}
	refusal, ok := errors.AsType[*tenants.Refusal](admit(token.ExpiresAt))
	if !ok || refusal.Code != tenants.CodeTokenExpired || refusal.Status != 401 ||
		!strings.Contains(refusal.Detail, token.ExpiresAt.Format("2 January 2006")) {
		t.Errorf("when it expires: %+v", refusal)
	}
}

// TestDeletedIsGone: what is below something deleted is not found either.
func TestDeletedIsGone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tenant := b.tenant(t)
	connection := b.connection(t, tenant.ID, "Main")
	token, _ := b.token(t, connection.ID)
	if _, err := b.service.DeleteTenant(t.Context(), tenant.ID, tenant.Name); err != nil {
		t.Fatal(err)
	}
	_, listErr := b.service.ListConnections(t.Context(), tenant.ID, tenants.ConnectionFilter{}, tenants.ConnectionID{}, 10)
	_, tokensErr := b.service.ListTokens(t.Context(), connection.ID, tenants.TokenID{}, 10)
	_, _, createErr := b.service.CreateToken(t.Context(), tenants.NewToken{ConnectionID: connection.ID, Name: "X"})
	_, deleteErr := b.service.DeleteTenant(t.Context(), tenant.ID, tenant.Name)
	_, suspendErr := b.service.SuspendTenant(t.Context(), tenant.ID)
	_, pauseErr := b.service.PauseConnection(t.Context(), connection.ID)
	_, goneErr := b.service.DeleteConnection(t.Context(), connection.ID, tenants.ConnectionDeletion{People: tenants.KeepPeople, Confirm: "Main"})
	for name, err := range map[string]error{
		"delete the tenant again": deleteErr,
		"suspend the tenant":      suspendErr,
		"list connections":        listErr,
		"pause the connection":    pauseErr,
		"delete the connection":   goneErr,
		"list tokens":             tokensErr,
		"create a token":          createErr,
		"revoke the token":        b.service.RevokeToken(t.Context(), token.ID, token.Name),
	} {
		if !errors.Is(err, tenants.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestListsArePaged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tenant := b.tenant(t)
	var want []string
	for i := range 5 {
		want = append(want, b.connection(t, tenant.ID, fmt.Sprintf("Connection %d", i)).ID.String())
	}
	b.connection(t, b.tenant(t).ID, "Somebody else's")
	var got []string
	for after := (tenants.ConnectionID{}); ; {
		page, err := b.service.ListConnections(t.Context(), tenant.ID, tenants.ConnectionFilter{}, after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, c := range page {
			got, after = append(got, c.ID.String()), c.ID
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("pages have %v, want %v", got, want)
	}
}

// last is the error of a change.
func last[T any](_ T, err error) error { return err }

type forgetful struct{ times int }

func (f *forgetful) Forget() { f.times++ }

func TestChangesForgetWhatIsCached(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cache := &forgetful{}
	service := tenants.NewService(b.store, cache)
	tenant := b.tenant(t)
	connection := b.connection(t, tenant.ID, "Main")
	token, _ := b.token(t, connection.ID)
	changes := []struct {
		name string
		do   func() error
	}{
		{"suspend tenant", func() error { return last(service.SuspendTenant(t.Context(), tenant.ID)) }},
		{"resume tenant", func() error { return last(service.ResumeTenant(t.Context(), tenant.ID)) }},
		{"pause connection", func() error { return last(service.PauseConnection(t.Context(), connection.ID)) }},
		{"resume connection", func() error { return last(service.ResumeConnection(t.Context(), connection.ID)) }},
		{"change settings", func() error {
			_, err := service.ChangeSettings(t.Context(), connection.ID, settingChanges(t, "strict_types=true"))
			return err
		}},
		{"revoke token", func() error { return service.RevokeToken(t.Context(), token.ID, token.Name) }},
		{"delete connection", func() error {
			return last(service.DeleteConnection(t.Context(), connection.ID,
				tenants.ConnectionDeletion{People: tenants.KeepPeople, Confirm: connection.Name}))
		}},
		{"restore connection", func() error { return last(service.RestoreConnection(t.Context(), connection.ID)) }},
		{"delete tenant", func() error { return last(service.DeleteTenant(t.Context(), tenant.ID, tenant.Name)) }},
		{"restore tenant", func() error { return last(service.RestoreTenant(t.Context(), tenant.ID)) }},
	}
	for i, c := range changes {
		if err := c.do(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if cache.times != i+1 {
			t.Fatalf("%s left the cache alone", c.name)
		}
	}
}
