package storage

import (
	"context"
	"testing"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

// accessFixture is a directory in which access is given.
type accessFixture struct {
	*fixture
	a      *Access
	tenant tenants.TenantID
}

// asJane is a context whose changes Jane makes.
func asJane(ctx context.Context) context.Context {
	return tenants.As(ctx, tenants.Origin{Actor: "ses01", ActorName: "Jane Doe", Address: "192.0.2.7", RequestID: "req-7"})
}

// givesAccess makes the fixture's tenant and connection real.
func givesAccess(t testing.TB, f *fixture) *accessFixture {
	t.Helper()
	g := &accessFixture{fixture: f, a: NewAccess(f.db)}
	g.ctx = asJane(f.ctx)
	if err := g.tenant.Scan(f.dir.TenantID); err != nil {
		t.Fatal(err)
	}
	g.installation(`insert into tenants (id, name, status, created_at) values ($1, 'Acme', 'active', 0)`, f.dir.TenantID)
	g.installation(`insert into connections (tenant_id, id, name, name_key, provider, status, scopes, settings, created_at)
		values ($1, $2, 'Okta', 'okta', 'okta', 'active', '[]', '{}', 0)`, f.dir.TenantID, f.dir.ConnectionID)
	return g
}

// installation carries a statement out that is about no tenant's rows.
func (g *accessFixture) installation(query string, args ...any) {
	g.t.Helper()
	g.confined("", query, args...)
}

// run carries a statement out on the tenant's rows.
func (g *accessFixture) run(query string, args ...any) {
	g.t.Helper()
	g.confined(g.dir.TenantID, query, args...)
}

func (g *accessFixture) confined(tenant, query string, args ...any) {
	g.t.Helper()
	err := g.db.update(g.ctx, tenant, func(tx *tx) error {
		_, err := tx.exec(g.ctx, query, args...)
		return err
	})
	if err != nil {
		g.t.Fatalf("%s: %v", query, err)
	}
}

// role makes a role that mappings may give.
func (g *accessFixture) role(key string, rank int) {
	g.t.Helper()
	g.installation(`insert into roles (key, name, description, rank, grantable, keep_one, mappable_with_permissions, created_at, updated_at)
		values ($1, $2, '', $3, true, false, false, 0, 0)`, key, "The "+key, rank)
}

// change changes a column of a role.
func (g *accessFixture) change(role, column string, value any) {
	g.t.Helper()
	g.installation(`update roles set `+column+` = $2 where key = $1`, role, value)
}

// permits lets a role carry a permission of Roster in all tenants.
func (g *accessFixture) permits(role string) {
	g.t.Helper()
	g.installation(`insert into role_permissions (tenant_id, role, permission, effect) values ($1, $2, 'directory:read', 'allow')`,
		noConnection, role)
}

// rule sets the rule of the installation.
func (g *accessFixture) rule(rule access.Rule) {
	g.t.Helper()
	g.installation(`update installation set settings = $1 where only_row`, `{"access_rule":"`+string(rule)+`"}`)
}

// entryPoint makes an entry point behind the service's back.
func (g *accessFixture) entryPoint(key string) {
	g.t.Helper()
	g.run(`insert into entry_points (tenant_id, key, name, description, created_at) values ($1, $2, $2, '', 0)`, g.dir.TenantID, key)
}

// mapRaw maps a group behind the service's back.
func (g *accessFixture) mapRaw(group, entryPoint, role string) {
	g.t.Helper()
	g.run(`insert into role_mappings (tenant_id, group_id, entry_point, role, group_name, created_by, created_by_name, created_at)
		values ($1, $2, $3, $4, 'was', 'ses01', 'Jane Doe', 0)`, g.dir.TenantID, group, entryPoint, role)
}

// access is what a user holds.
func (g *accessFixture) access(user string) *access.UserAccess {
	g.t.Helper()
	u, err := g.a.Access(g.ctx, g.tenant, user)
	if err != nil {
		g.t.Fatalf("access: %v", err)
	}
	return u
}
