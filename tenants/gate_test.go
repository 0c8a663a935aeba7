package tenants_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
)

// bundle is a Service and a Gate on a database of their own.
type bundle struct {
	store   *counting
	service *tenants.Service
	gate    *tenants.Gate
}

// counting counts look-ups of credentials.
type counting struct {
	*storage.Tenants
	lookups int
}

func (c *counting) Credential(ctx context.Context, connection tenants.ConnectionID, hash tenants.SecretHash) (*tenants.Credential, error) {
	c.lookups++
	return c.Tenants.Credential(ctx, connection, hash)
}

func setup(t *testing.T) *bundle {
	t.Helper()
	db, err := storage.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "roster.db"), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	store := &counting{Tenants: storage.NewTenants(db)}
	return &bundle{store, tenants.NewService(store, nil), tenants.NewGate(store, nil)}
}

func (b *bundle) tenant(t *testing.T) *tenants.Tenant {
	t.Helper()
	tenant, err := b.service.CreateTenant(t.Context(), tenants.NewTenant{Name: "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	return tenant
}

func (b *bundle) connection(t *testing.T, tenant tenants.TenantID, name string) *tenants.Connection {
	t.Helper()
	c, err := b.service.CreateConnection(t.Context(), tenants.NewConnection{TenantID: tenant, Name: name, Provider: "okta"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (b *bundle) token(t *testing.T, connection tenants.ConnectionID) (*tenants.Token, string) {
	t.Helper()
	token, secret, err := b.service.CreateToken(t.Context(), tenants.NewToken{ConnectionID: connection, Name: "Main"})
	if err != nil {
		t.Fatal(err)
	}
	return token, secret.Reveal()
}

func TestAdmission(t *testing.T) {
	t.Parallel()
	b := setup(t)
	connection := b.connection(t, b.tenant(t).ID, "Main")
	token, secret := b.token(t, connection.ID)
	got, err := b.gate.Admit(t.Context(), connection.ID.String(), secret)
	if err != nil {
		t.Fatal(err)
	}
	want := tenants.Admission{
		TenantID: connection.TenantID, ConnectionID: connection.ID, TokenID: token.ID,
		TenantUUID: connection.TenantID.UUID(), ConnectionUUID: connection.ID.UUID(),
		Provider: quirk.Okta, Settings: quirk.For(quirk.Okta), Adoption: tenants.DefaultAdoption(),
		Principal: authz.Principal{
			Kind: authz.KindToken, ID: token.ID.String(), TenantID: connection.TenantID.String(), ConnectionID: connection.ID.String(),
			Connection: tenants.DefaultScopes(quirk.Okta), Token: authz.AllScopes,
		},
	}
	plain := cmpopts.EquateComparable(tenants.TenantID{}, tenants.ConnectionID{}, tenants.TokenID{}, quirk.Settings{})
	if diff := cmp.Diff(want, got, plain); diff != "" {
		t.Errorf("admission (-want +got):\n%s", diff)
	}
	if b.store.lookups != 1 {
		t.Errorf("%d look-ups for one request", b.store.lookups)
	}
}

// TestStrangersLearnNothing: whatever does not belong to the connection gets one
// and the same answer, and what is no token at all does not reach the database.
func TestStrangersLearnNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tenant := b.tenant(t)
	mine, sibling := b.connection(t, tenant.ID, "Mine"), b.connection(t, tenant.ID, "Sibling")
	foreign := b.connection(t, b.tenant(t).ID, "Foreign")
	_, secret := b.token(t, mine.ID)
	_, siblings := b.token(t, sibling.ID)
	foreignToken, foreigns := b.token(t, foreign.ID)
	revoked, revokedSecret := b.token(t, foreign.ID)
	deleted := b.connection(t, tenant.ID, "Deleted")
	_, deletedSecret := b.token(t, deleted.ID)
	if err := errors.Join(
		b.service.RevokeToken(t.Context(), revoked.ID, revoked.Name),
		last(b.service.DeleteConnection(t.Context(), deleted.ID, tenants.ConnectionDeletion{People: tenants.KeepPeople, Confirm: deleted.Name})),
		last(b.service.PauseConnection(t.Context(), sibling.ID)),
	); err != nil {
		t.Fatal(err)
	}
	_, err := b.gate.Admit(t.Context(), mine.ID.String(), "")
	never, ok := errors.AsType[*tenants.Refusal](err)
	if !ok {
		t.Fatalf("without a token: %v", err)
	}
	nowhere := tenants.NewConnectionID().String()
	cases := []struct {
		name, connection, credential string
		lookups                      int
	}{
		{"no credential", mine.ID.String(), "", 0},
		{"noise", mine.ID.String(), "non-token", 0},
		{"a wrong checksum", mine.ID.String(), secret[:55] + "?", 0},
		{"an id as the token", mine.ID.String(), foreignToken.ID.String(), 0},
		{"the token of a sibling, which is paused", mine.ID.String(), siblings, 1},
		{"the token of another tenant", mine.ID.String(), foreigns, 1},
		{"a revoked token of another tenant", mine.ID.String(), revokedSecret, 1},
		{"the token of a deleted connection", mine.ID.String(), deletedSecret, 1},
		{"no such connection", nowhere, secret, 1},
		{"the other connection is deleted", deleted.ID.String(), secret, 1},
		{"a malformed connection", "con_1", secret, 0},
		{"a tenant as the connection", tenant.ID.String(), secret, 0},
		{"the connection's UUID", mine.ID.UUID(), secret, 0},
		{"no connection", "", secret, 0},
	}
	for _, c := range cases {
		b.store.lookups = 0
		_, err := b.gate.Admit(t.Context(), c.connection, c.credential)
		refusal, ok := errors.AsType[*tenants.Refusal](err)
		if !ok {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if refusal.Code != tenants.CodeTokenUnknown || refusal.Status != http.StatusUnauthorized || refusal.RetryAfter != 0 {
			t.Errorf("%s: %+v", c.name, refusal)
		}
		if *refusal != *never {
			t.Errorf("%s: the answer tells it from a token that never was: %+v", c.name, refusal)
		}
		if b.store.lookups != c.lookups {
			t.Errorf("%s: %d look-ups, want %d", c.name, b.store.lookups, c.lookups)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	type subject struct {
		*bundle
		tenant     *tenants.Tenant
		connection *tenants.Connection
		token      *tenants.Token
	}
	year := time.Now().UTC().Format("2006")
	cases := []struct {
		name   string
		spoil  func(ctx context.Context, s subject) error
		code   string
		status int
		retry  time.Duration
		says   []string
	}{
		{"revoked", func(ctx context.Context, s subject) error {
			return s.service.RevokeToken(ctx, s.token.ID, s.token.Name)
		},
			tenants.CodeTokenRevoked, 401, 0, []string{"revoked", year, "new token", "Okta"}},
		{"connection deleted", func(ctx context.Context, s subject) error {
			return last(s.service.DeleteConnection(ctx, s.connection.ID, tenants.ConnectionDeletion{People: tenants.KeepPeople, Confirm: s.connection.Name}))
		},
			tenants.CodeTokenRevoked, 401, 0, []string{"stopped working", year, "deleted", "Okta"}},
		{"tenant deleted", func(ctx context.Context, s subject) error {
			return last(s.service.DeleteTenant(ctx, s.tenant.ID, s.tenant.Name))
		},
			tenants.CodeTokenRevoked, 401, 0, []string{"stopped working", year, "deleted"}},
		{"not entitled", func(ctx context.Context, s subject) error {
			off := false
			return last(s.service.UpdateTenant(ctx, s.tenant.ID, tenants.TenantUpdate{Entitlements: &tenants.EntitlementsChange{SCIM: &off}}))
		}, tenants.CodeNotEntitled, 403, 0, []string{"subscribed", "Ask the provider", "Okta"}},
		{"suspended", func(ctx context.Context, s subject) error { return last(s.service.SuspendTenant(ctx, s.tenant.ID)) },
			tenants.CodeTenantSuspended, 403, 0, []string{"suspended", "Ask the provider"}},
		{"paused", func(ctx context.Context, s subject) error {
			return last(s.service.PauseConnection(ctx, s.connection.ID))
		},
			tenants.CodePaused, 503, 5 * time.Minute, []string{"paused", "resume", "Nothing is lost"}},
		{"paused and suspended", func(ctx context.Context, s subject) error {
			return errors.Join(last(s.service.PauseConnection(ctx, s.connection.ID)), last(s.service.SuspendTenant(ctx, s.tenant.ID)))
		}, tenants.CodeTenantSuspended, 403, 0, nil},
		{"revoked and paused", func(ctx context.Context, s subject) error {
			return errors.Join(last(s.service.PauseConnection(ctx, s.connection.ID)), s.service.RevokeToken(ctx, s.token.ID, s.token.Name))
		}, tenants.CodeTokenRevoked, 401, 0, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			tenant := b.tenant(t)
			connection := b.connection(t, tenant.ID, "Main")
			token, secret := b.token(t, connection.ID)
			if err := c.spoil(t.Context(), subject{b, tenant, connection, token}); err != nil {
				t.Fatal(err)
			}
			_, err := b.gate.Admit(t.Context(), connection.ID.String(), secret)
			refusal, ok := errors.AsType[*tenants.Refusal](err)
			if !ok || refusal.Code != c.code || refusal.Status != c.status || refusal.RetryAfter != c.retry {
				t.Fatalf("got %#v, %v", refusal, err)
			}
			for _, text := range c.says {
				if !strings.Contains(refusal.Detail, text) {
					t.Errorf("%q does not say %q", refusal.Detail, text)
				}
			}
			if strings.Contains(refusal.Detail, secret) {
				t.Error("the refusal shows the token")
			}
		})
	}
}

func TestResumedWorksAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tenant := b.tenant(t)
	connection := b.connection(t, tenant.ID, "Main")
	_, secret := b.token(t, connection.ID)
	if err := errors.Join(
		last(b.service.PauseConnection(t.Context(), connection.ID)), last(b.service.SuspendTenant(t.Context(), tenant.ID)),
		last(b.service.ResumeConnection(t.Context(), connection.ID)), last(b.service.ResumeTenant(t.Context(), tenant.ID)),
	); err != nil {
		t.Fatal(err)
	}
	if _, err := b.gate.Admit(t.Context(), connection.ID.String(), secret); err != nil {
		t.Error(err)
	}
}

func TestRotationOverlaps(t *testing.T) {
	t.Parallel()
	b := setup(t)
	connection := b.connection(t, b.tenant(t).ID, "Main")
	old, oldSecret := b.token(t, connection.ID)
	_, newSecret := b.token(t, connection.ID)
	for _, secret := range []string{oldSecret, newSecret} {
		if _, err := b.gate.Admit(t.Context(), connection.ID.String(), secret); err != nil {
			t.Errorf("both tokens must work: %v", err)
		}
	}
	if err := b.service.RevokeToken(t.Context(), old.ID, old.Name); err != nil {
		t.Fatal(err)
	}
	if _, err := b.gate.Admit(t.Context(), connection.ID.String(), oldSecret); err == nil {
		t.Error("the revoked token works")
	}
	if _, err := b.gate.Admit(t.Context(), connection.ID.String(), newSecret); err != nil {
		t.Errorf("the new token stopped with the old one: %v", err)
	}
}

func TestUseIsRecorded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	usage := tenants.NewUsage(b.store, slog.New(slog.DiscardHandler))
	gate := tenants.NewGate(b.store, usage)
	connection := b.connection(t, b.tenant(t).ID, "Main")
	used, secret := b.token(t, connection.ID)
	unused, unusedSecret := b.token(t, connection.ID)
	if err := b.service.RevokeToken(t.Context(), unused.ID, unused.Name); err != nil {
		t.Fatal(err)
	}
	before := time.Now().UTC().Truncate(time.Microsecond)
	if _, err := gate.Admit(t.Context(), connection.ID.String(), secret); err != nil {
		t.Fatal(err)
	}
	if _, err := gate.Admit(t.Context(), connection.ID.String(), unusedSecret); err == nil {
		t.Fatal("admitted with a revoked token")
	}
	if token, err := b.service.Token(t.Context(), used.ID); err != nil || !token.LastUsedAt.IsZero() {
		t.Errorf("stored on the request's path: %v, %v", token.LastUsedAt, err)
	}
	if err := usage.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if token, err := b.service.Token(t.Context(), used.ID); err != nil || token.LastUsedAt.Before(before) {
		t.Errorf("last use %v, %v; want it after %v", token.LastUsedAt, err, before)
	}
	if token, err := b.service.Token(t.Context(), unused.ID); err != nil || !token.LastUsedAt.IsZero() {
		t.Errorf("a refused request counts as a use: %v, %v", token.LastUsedAt, err)
	}
}

func (b *bundle) serviceAt(at *time.Time) *tenants.Service { return tenants.ServiceAt(b.store, at) }
