package storage

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

const loginURL = "https://roster.example.com"

// sameIDs lets cmp compare ids, which hide what they are made of.
var sameIDs = cmpopts.EquateComparable(tenants.TenantID{}, tenants.ConnectionID{}, tenants.KeyID{}, tenants.LinkID{},
	tenants.SessionID{}, tenants.IssuerID{})

// loginFixture is a login.Service on a database, with a tenant, a connection and
// a clock that stands still.
type loginFixture struct {
	*fixture
	t          *testing.T
	ctx        context.Context // of somebody at 192.0.2.7
	store      *Logins
	s          *login.Service
	signer     *authz.SessionSigner
	clock      *clock
	tenant     tenants.TenantID
	connection tenants.ConnectionID
}

func onEachLogin(t *testing.T, test func(t *testing.T, f *loginFixture)) {
	t.Helper()
	onEach(t, func(t *testing.T, f *fixture) { test(t, newLoginFixture(t, f)) })
}

func newLoginFixture(t *testing.T, f *fixture) *loginFixture {
	t.Helper()
	c := &clock{at: time.Now().UTC().Truncate(time.Second)}
	f.db.now = c.now
	signer, err := authz.NewSessionSigner([]byte(strings.Repeat("k", 32)), loginURL)
	if err != nil {
		t.Fatal(err)
	}
	decider, err := authz.NewDecider(NewTenants(f.db))
	if err != nil {
		t.Fatal(err)
	}
	l := &loginFixture{
		fixture: f, t: t, store: NewLogins(f.db), signer: signer, clock: c,
		ctx: tenants.As(t.Context(), tenants.Origin{
			Actor: "key01test", ActorName: "Back end", Address: "192.0.2.7", UserAgent: "test", RequestID: "req-1",
		}),
	}
	l.s = login.NewService(login.Parts{
		Store: l.store, Decider: decider, Signer: signer, PublicURL: loginURL, Now: c.now,
		Fetch: authz.FetchOptions{AllowLoopback: true},
	})
	l.tenant, l.connection = l.newTenant("Acme"), tenants.NewConnectionID()
	l.run(`insert into connections (tenant_id, id, name, name_key, provider, status, scopes, settings, created_at)
		values ($1, $2, 'Acme - Okta', 'acme - okta', 'okta', 'active', '[]', '{}', 1)`, l.tenant, l.connection)
	return l
}

func (f *loginFixture) newTenant(name string) tenants.TenantID {
	f.t.Helper()
	id := tenants.NewTenantID()
	f.run(`insert into tenants (id, name, external_id, status, created_at) values ($1, $2, $3, 'active', 1)`, id, name, "crm-"+name)
	return id
}

// run carries out one statement on tables of no tenant.
func (f *loginFixture) run(statement string, args ...any) {
	f.t.Helper()
	err := f.db.update(f.ctx, "", func(tx *tx) error {
		_, err := tx.exec(f.ctx, statement, args...)
		return err
	})
	if err != nil {
		f.t.Fatalf("%s: %v", statement, err)
	}
}

// actions are what the log of a tenant, or of the installation, tells.
func (f *loginFixture) actions(tenant tenants.TenantID) []string {
	f.t.Helper()
	return f.rows(`select action from audit where tenant_id = $1 order by number`, tenant)
}

// leaks finds a text anywhere in what the journal keeps.
func (f *loginFixture) leaks(text string) bool {
	f.t.Helper()
	rows := f.rows(`select actor_name, target_name, changes, user_agent from audit`)
	return strings.Contains(strings.Join(rows, "\n"), text)
}

func (f *loginFixture) link(n login.NewLink) (*login.Link, string) {
	f.t.Helper()
	if n.TenantID.IsZero() && n.Roles == nil {
		n.TenantID = f.tenant
	}
	if n.Roles == nil {
		n.Roles = []string{authz.RoleAdmin}
	}
	l, url, err := f.s.CreateLink(f.ctx, login.Command, n)
	if err != nil {
		f.t.Fatal(err)
	}
	return l, strings.TrimPrefix(url, loginURL+login.LinkPath)
}

func (f *loginFixture) open(code, email string) *login.Started {
	f.t.Helper()
	started, err := f.s.OpenLink(f.ctx, code, email)
	if err != nil {
		f.t.Fatal(err)
	}
	return started
}
