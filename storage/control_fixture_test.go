package storage

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
)

// made is when the tenants of these tests were made.
var made = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// builtIn knows no types but those of the RFCs.
type builtIn struct{}

func (builtIn) Registry(context.Context, tenants.TenantID, int64) (*schema.Registry, error) {
	return schema.Default(), nil
}

// control is the control plane over a fixture's database.
type control struct {
	*fixture
	store       *Tenants
	maintenance *tenants.Maintenance
	parts       *Maintenance
}

func newControl(f *fixture) *control {
	parts := NewMaintenance(f.db, builtIn{})
	c := &control{fixture: f, store: NewTenants(f.db), parts: parts}
	c.maintenance = tenants.NewMaintenance(parts, slog.New(slog.DiscardHandler))
	c.ctx = tenants.As(f.ctx, tenants.Origin{Actor: "key01", ActorName: "Jane", Address: "192.0.2.7", UserAgent: "test", RequestID: "req-9"})
	return c
}

func (c *control) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *control) tenant() *tenants.Tenant {
	c.t.Helper()
	t := &tenants.Tenant{ID: tenants.NewTenantID(), Name: "Acme", Status: tenants.TenantActive, CreatedAt: made,
		Entitlements: tenants.DefaultEntitlements(), Adoption: tenants.DefaultAdoption()}
	c.must(c.store.CreateTenant(c.ctx, t))
	return t
}

func (c *control) connection(t *tenants.Tenant, name string) *tenants.Connection {
	c.t.Helper()
	made := newTestConnection(t, name)
	c.must(c.store.CreateConnection(c.ctx, made))
	return made
}

func newTestConnection(t *tenants.Tenant, name string) *tenants.Connection {
	return &tenants.Connection{ID: tenants.NewConnectionID(), TenantID: t.ID, Name: name, Provider: quirk.Okta,
		Status: tenants.ConnectionActive, Scopes: authz.AllScopes, Settings: quirk.For(quirk.Okta), CreatedAt: made}
}

func newTestToken(of *tenants.Connection, name string) *tenants.Token {
	id := tenants.NewTokenID()
	return &tenants.Token{ID: id, TenantID: of.TenantID, ConnectionID: of.ID, Name: name, Hash: sha256.Sum256([]byte(id.String())),
		Prefix: "rstrtokAbCd", LastFour: "wXyZ", Scopes: authz.AllScopes, CreatedAt: made, CreatedBy: "key01"}
}

func (c *control) token(of *tenants.Connection, name string, lifetime time.Duration) *tenants.Token {
	c.t.Helper()
	k := newTestToken(of, name)
	if lifetime > 0 {
		k.ExpiresAt = made.Add(lifetime)
	}
	c.must(c.store.CreateToken(c.ctx, k))
	return k
}

// directory is the fixture seen from a connection's directory.
func (c *control) directory(of *tenants.Connection) *fixture {
	return c.in(scim.Directory{TenantID: of.TenantID.UUID(), ConnectionID: of.ID.UUID()})
}

func (c *control) changeTenant(id tenants.TenantID, change func(*tenants.Tenant)) error {
	_, err := c.store.ChangeTenant(c.ctx, id, func(t *tenants.Tenant) error {
		change(t)
		return nil
	})
	return err
}

func (c *control) changeConnection(of *tenants.Connection, change func(*tenants.Connection)) error {
	_, err := c.store.ChangeConnection(c.ctx, of.TenantID, of.ID, func(c *tenants.Connection) error {
		change(c)
		return nil
	})
	return err
}

func (c *control) delete(of *tenants.Connection, people tenants.PeopleOnDelete) {
	c.t.Helper()
	c.must(c.changeConnection(of, func(c *tenants.Connection) { c.DeletedAt, c.People = made, people }))
}

func (c *control) restore(of *tenants.Connection) error {
	return c.changeConnection(of, func(c *tenants.Connection) { c.DeletedAt, c.People = time.Time{}, "" })
}

// eventsOf are the types of a tenant's events in order, some left out.
func (c *control) eventsOf(tenant tenants.TenantID, like string) []string {
	c.t.Helper()
	return c.rows(fmt.Sprintf(`select type from events where tenant_id = '%s' and type like '%s' order by sequence`, tenant.UUID(), like))
}

// auditOf are the actions of a tenant's log in order.
func (c *control) auditOf(tenant string) []string {
	c.t.Helper()
	return c.rows(fmt.Sprintf(`select action from audit where tenant_id = '%s' order by number`, tenant))
}
