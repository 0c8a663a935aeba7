package authz

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

const (
	acme   = "ten01m81c6t0yehv834aq6jehj7w7"
	globex = "ten01m81c6t0yehv834aq6jehj7w8"
)

// policies are lines in memory.
type policies struct {
	mu       sync.Mutex
	revision int64
	lines    []Line
	err      error
	reads    atomic.Int64
}

func (p *policies) Lines(_ context.Context, tenantID string) (int64, []Line, error) {
	p.reads.Add(1)
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []Line
	for _, l := range p.lines {
		if tenantID == "" || l.Tenant == Everywhere || l.Tenant == tenantID {
			found = append(found, l)
		}
	}
	return p.revision, found, p.err
}

func (p *policies) set(lines ...Line) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.revision++
	p.lines = lines
	return p.revision
}

func (p *policies) current() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.revision
}

func newDecider(tb reporter, lines ...Line) (*Decider, *policies) {
	tb.Helper()
	p := &policies{}
	p.set(lines...)
	d, err := NewDecider(p)
	if err != nil {
		tb.Fatal(err)
	}
	return d, p
}

func decide(tb reporter, d *Decider, p Principal, permission Permission, tenant string) Decision {
	tb.Helper()
	got, err := d.Decide(tb.Context(), p, permission, tenant)
	if err != nil {
		tb.Fatal(err)
	}
	if got.Allowed && got.Line.IsZero() || got.Allowed != (got.Reason == "") || got.Allowed != (got.WhoCanGrant == "") {
		tb.Fatalf("%s does not explain itself: %+v", permission, got)
	}
	return got
}

func staff(roles ...string) Principal {
	return Principal{Kind: KindStaff, ID: "ses1", Roles: roles, PolicyRevision: 1}
}

func portal(tenant string, roles ...string) Principal {
	return Principal{Kind: KindPortal, ID: "ses2", TenantID: tenant, Roles: roles, PolicyRevision: 1}
}

func apiKey(tenant string, list ...Permission) Principal {
	return Principal{Kind: KindAPIKey, ID: "key01", Name: "Backend", TenantID: tenant, Permissions: PermissionsIn(list...)}
}

// builtInTable says what every built-in role may do, spelled out.
var builtInTable = map[string][]Permission{
	RoleOwner: {ProvisioningCreate, ProvisioningRead, ProvisioningDelete, DirectoryRead, DirectoryWrite, RolesMap, RolesManage,
		TenantsRead, TenantsManage, KeysManage, LinksManage, AuditRead, EventsRead, WebhooksManage, DirectoryUnmasked},
	RoleOperator: {ProvisioningCreate, ProvisioningRead, ProvisioningDelete, DirectoryRead, DirectoryWrite, RolesMap,
		TenantsRead, TenantsManage, LinksManage, AuditRead, EventsRead, WebhooksManage, DirectoryUnmasked},
	RoleSupport: {ProvisioningRead, DirectoryRead, TenantsRead, AuditRead, EventsRead},
	RoleAdmin: {ProvisioningCreate, ProvisioningRead, ProvisioningDelete, DirectoryRead, DirectoryWrite, RolesMap,
		TenantsRead, AuditRead, EventsRead, DirectoryUnmasked},
	RoleViewer: {ProvisioningRead, DirectoryRead, TenantsRead, DirectoryUnmasked},
}

// TestBuiltInRoles asks for every built-in role, in a session of one tenant and
// in one of all, about every permission in the own tenant, in another and for
// the installation.
func TestBuiltInRoles(t *testing.T) {
	t.Parallel()
	d, _ := newDecider(t)
	if len(builtInTable) != len(BuiltInRoles()) {
		t.Fatalf("there are %d built-in roles", len(BuiltInRoles()))
	}
	for role, list := range builtInTable {
		has := PermissionsIn(list...)
		for _, info := range Permissions() {
			for where, bound := range map[string]bool{acme: true, globex: false, "": false} {
				holds := has.Has(info.Permission)
				if got := decide(t, d, portal(acme, role), info.Permission, where); got.Allowed != (holds && bound) {
					t.Errorf("a session of Acme with %s: %s in %q: %+v", role, info.Permission, where, got)
				}
				got := decide(t, d, staff(role), info.Permission, where)
				want := Line{}
				if holds {
					want = Line{role, Everywhere, info.Permission, Allow}
				}
				if got.Allowed != holds || got.Line != want {
					t.Errorf("staff with %s: %s in %q: %+v", role, info.Permission, where, got)
				}
			}
		}
	}
}

func TestVendorsLines(t *testing.T) {
	t.Parallel()
	d, _ := newDecider(t,
		Line{"editor", Everywhere, ProvisioningRead, Allow},
		Line{"editor", acme, ProvisioningCreate, Allow},
		Line{"lead", Everywhere, ProvisioningDelete, Allow},
		Line{"lead", globex, ProvisioningDelete, Deny},
		Line{"banned", Everywhere, ProvisioningRead, Deny},
		Line{"both", Everywhere, ProvisioningRead, Deny},
		Line{"both", acme, ProvisioningRead, Allow},
	)
	for _, c := range []struct {
		name       string
		p          Principal
		permission Permission
		tenant     string
		allowed    bool
		line       string
	}{
		{"for all tenants", staff("editor"), ProvisioningRead, acme, true, "p, editor, *, provisioning:read, allow"},
		{"and the installation", staff("editor"), ProvisioningRead, "", true, "p, editor, *, provisioning:read, allow"},
		{"in a session of one", portal(globex, "editor"), ProvisioningRead, globex, true, "p, editor, *, provisioning:read, allow"},
		{"for one tenant", staff("editor"), ProvisioningCreate, acme, true, "p, editor, " + acme + ", provisioning:create, allow"},
		{"not for another", staff("editor"), ProvisioningCreate, globex, false, ""},
		{"nor for the installation", staff("editor"), ProvisioningCreate, "", false, ""},
		{"not what it does not say", staff("editor"), ProvisioningDelete, acme, false, ""},
		{"denied in one tenant", staff("lead"), ProvisioningDelete, globex, false, "p, lead, " + globex + ", provisioning:delete, deny"},
		{"and only there", staff("lead"), ProvisioningDelete, acme, true, "p, lead, *, provisioning:delete, allow"},
		{"denial overrides another role", staff("viewer", "banned"), ProvisioningRead, acme, false, "p, banned, *, provisioning:read, deny"},
		{"in any order", staff("banned", "owner"), ProvisioningRead, "", false, "p, banned, *, provisioning:read, deny"},
		{"and the rest stays", staff("banned", "owner"), DirectoryRead, "", true, "p, owner, *, directory:read, allow"},
		{"denial for all overrides one tenant", staff("both"), ProvisioningRead, acme, false, "p, both, *, provisioning:read, deny"},
		{"the first role that allows", staff("editor", "viewer"), ProvisioningRead, acme, true, "p, editor, *, provisioning:read, allow"},
		{"unknown role", staff("nobody"), ProvisioningRead, acme, false, ""},
		{"no role", staff(), ProvisioningRead, acme, false, ""},
		{"a pattern is no role", staff("*", ".*", ""), ProvisioningRead, acme, false, ""},
	} {
		got := decide(t, d, c.p, c.permission, c.tenant)
		line := ""
		if !got.Line.IsZero() {
			line = got.Line.String()
		}
		if got.Allowed != c.allowed || line != c.line {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestProvisioningPermissionsAreSeparate: each of the three opens what it names
// and nothing else, through a role and through an API key.
func TestProvisioningPermissionsAreSeparate(t *testing.T) {
	t.Parallel()
	three := []Permission{ProvisioningCreate, ProvisioningRead, ProvisioningDelete}
	for _, given := range three {
		d, _ := newDecider(t, Line{"one", Everywhere, given, Allow})
		for _, asked := range three {
			for name, p := range map[string]Principal{
				"staff": staff("one"), "portal": portal(acme, "one"), "API key": apiKey("", given), "its API key": apiKey(acme, given),
			} {
				if got := decide(t, d, p, asked, acme); got.Allowed != (asked == given) {
					t.Errorf("%s with %s asks for %s: %+v", name, given, asked, got)
				}
			}
		}
	}
}

func TestAPIKeys(t *testing.T) {
	t.Parallel()
	d, store := newDecider(t)
	all, bound := apiKey("", TenantsRead), apiKey(acme, TenantsRead)
	for _, c := range []struct {
		p       Principal
		tenant  string
		allowed bool
		line    Line
	}{
		{all, acme, true, Line{"key01", Everywhere, TenantsRead, Allow}},
		{all, "", true, Line{"key01", Everywhere, TenantsRead, Allow}},
		{bound, acme, true, Line{"key01", acme, TenantsRead, Allow}},
		{bound, globex, false, Line{}},
		{bound, "", false, Line{}},
	} {
		if got := decide(t, d, c.p, TenantsRead, c.tenant); got.Allowed != c.allowed || got.Line != c.line {
			t.Errorf("key of %q in %q: %+v", c.p.TenantID, c.tenant, got)
		}
	}
	withRoles := all
	withRoles.Roles = []string{RoleOwner, keySubject}
	if got := decide(t, d, withRoles, KeysManage, ""); got.Allowed {
		t.Errorf("roles count for an API key: %+v", got)
	}
	session := staff(keySubject)
	session.Permissions = AllPermissions
	if got := decide(t, d, session, TenantsRead, ""); got.Allowed {
		t.Errorf("permissions of its own count for a session: %+v", got)
	}
	if n := store.reads.Load(); n != 1 {
		t.Errorf("%d reads; an API key's lines are its own", n)
	}
}

func TestWhoIsNobodyHere(t *testing.T) {
	t.Parallel()
	d, store := newDecider(t)
	for name, p := range map[string]Principal{
		"nobody":                  {Roles: []string{RoleOwner}, Permissions: AllPermissions},
		"a connection's token":    {Kind: KindToken, TenantID: acme, Roles: []string{RoleOwner}, Permissions: AllPermissions},
		"an unknown kind":         {Kind: "root", Roles: []string{RoleOwner}, Permissions: AllPermissions},
		"a portal without tenant": {Kind: KindPortal, Roles: []string{RoleOwner}},
	} {
		for _, tenant := range []string{acme, ""} {
			if got := decide(t, d, p, TenantsRead, tenant); got.Allowed {
				t.Errorf("%s in %q: %+v", name, tenant, got)
			}
			if set, err := d.PermissionsOf(t.Context(), p, tenant); set != 0 || err != nil {
				t.Errorf("%s in %q has %s, %v", name, tenant, set, err)
			}
		}
	}
	if store.reads.Load() != 0 {
		t.Error("the policies were read for nobody")
	}
	if _, err := d.Decide(t.Context(), staff(RoleOwner), "no:such", ""); err == nil {
		t.Error("a permission that does not exist is decided")
	}
}

// TestPolicyChangesHoldAtOnce: a principal that was read with a newer revision is
// decided by the newer policy; one that was read before does not ask again.
func TestPolicyChangesHoldAtOnce(t *testing.T) {
	t.Parallel()
	allow := Line{"editor", Everywhere, ProvisioningRead, Allow}
	d, store := newDecider(t, allow)
	p := portal(acme, "editor")
	for range 3 {
		if got := decide(t, d, p, ProvisioningRead, acme); !got.Allowed {
			t.Fatalf("%+v", got)
		}
	}
	if n := store.reads.Load(); n != 1 {
		t.Errorf("%d reads for one revision", n)
	}
	p.PolicyRevision = store.set()
	if got := decide(t, d, p, ProvisioningRead, acme); got.Allowed {
		t.Errorf("a line that was taken away: %+v", got)
	}
	p.PolicyRevision = store.set(allow, Line{"editor", acme, ProvisioningRead, Deny})
	if got := decide(t, d, p, ProvisioningRead, acme); got.Allowed || got.Line.Effect != Deny {
		t.Errorf("a line that denies was added: %+v", got)
	}
	p.PolicyRevision++
	if _, err := d.Decide(t.Context(), p, ProvisioningRead, acme); err == nil {
		t.Error("decided by policies that are older than the principal")
	}
}

func TestUnknownRevisionIsReadAnew(t *testing.T) {
	t.Parallel()
	d, store := newDecider(t)
	p := staff("editor")
	p.PolicyRevision = 0
	if decide(t, d, p, ProvisioningRead, "").Allowed {
		t.Error("allowed")
	}
	store.set(Line{"editor", Everywhere, ProvisioningRead, Allow})
	if !decide(t, d, p, ProvisioningRead, "").Allowed {
		t.Error("an older policy was used")
	}
}

func TestFailuresAllowNothing(t *testing.T) {
	t.Parallel()
	d, store := newDecider(t)
	store.err = errors.New("away")
	p := staff(RoleOwner)
	if got, err := d.Decide(t.Context(), p, TenantsRead, ""); !errors.Is(err, store.err) || got.Allowed {
		t.Errorf("%+v, %v", got, err)
	}
	if set, err := d.PermissionsOf(t.Context(), p, acme); !errors.Is(err, store.err) || set != 0 {
		t.Errorf("%s, %v", set, err)
	}
	if got, err := d.CanGrant(t.Context(), p, "", []string{RoleViewer}, 0); !errors.Is(err, store.err) || got.Allowed {
		t.Errorf("%+v, %v", got, err)
	}
	store.err = nil
	if !decide(t, d, p, TenantsRead, "").Allowed {
		t.Error("a failure is remembered")
	}
}

func TestRefusalsSayWhoCanGrant(t *testing.T) {
	t.Parallel()
	d, _ := newDecider(t,
		Line{"deployer", Everywhere, ProvisioningDelete, Allow},
		Line{"elsewhere", globex, ProvisioningDelete, Allow},
		Line{"frozen", acme, ProvisioningDelete, Deny},
	)
	for _, c := range []struct {
		name       string
		p          Principal
		permission Permission
		tenant     string
		reason     []string
		who        []string
		not        string
	}{
		{"an API key", apiKey("", TenantsRead), ProvisioningDelete, acme,
			[]string{`The API key "Backend" lacks provisioning:delete.`}, []string{"keys:manage", "create an API key"}, "portal link"},
		{"a portal session", portal(acme, RoleViewer), ProvisioningDelete, acme,
			[]string{"This session lacks provisioning:delete", "the role viewer"}, []string{"portal link", "admin or deployer"}, "owner"},
		{"a permission that no customer has", portal(acme, RoleAdmin), TenantsManage, acme,
			[]string{"lacks tenants:manage"}, []string{"Only the provider of the application"}, "portal link"},
		{"two roles", staff(RoleSupport, RoleViewer), KeysManage, "",
			[]string{"the roles support and viewer do not include it"}, []string{"An owner", ": owner."}, "operator"},
		{"staff", staff(RoleSupport), ProvisioningDelete, globex,
			[]string{"This session lacks provisioning:delete"}, []string{"owner, operator, deployer or elsewhere"}, "admin"},
		{"without a role", staff(), ProvisioningRead, "", []string{"This session lacks provisioning:read."}, []string{"support"}, "admin"},
		{"a line that denies", portal(acme, RoleAdmin, "frozen"), ProvisioningDelete, acme,
			[]string{"“p, frozen, " + acme + ", provisioning:delete, deny” denies it"}, []string{"roles:manage", "the role frozen"}, "portal link"},
		{"a token", Principal{Kind: KindToken, TenantID: acme}, ProvisioningRead, acme,
			[]string{"SCIM API only"}, []string{"API key or a session that has provisioning:read"}, "owner"},
		{"the installation", apiKey(acme, TenantsRead), TenantsRead, "",
			[]string{"for one tenant only"}, []string{"API key for all tenants that has tenants:read"}, "portal"},
	} {
		got := decide(t, d, c.p, c.permission, c.tenant)
		for _, text := range c.reason {
			if !strings.Contains(got.Reason, text) {
				t.Errorf("%s: the reason %q does not say %q", c.name, got.Reason, text)
			}
		}
		for _, text := range c.who {
			if !strings.Contains(got.WhoCanGrant, text) {
				t.Errorf("%s: %q does not say %q", c.name, got.WhoCanGrant, text)
			}
		}
		if strings.Contains(got.WhoCanGrant, c.not) {
			t.Errorf("%s: %q says %q", c.name, got.WhoCanGrant, c.not)
		}
	}
}

// TestSuspended: an administrator of a suspended tenant sees everything as
// before and changes nothing.
func TestSuspended(t *testing.T) {
	t.Parallel()
	d, _ := newDecider(t)
	p := portal(acme, RoleOwner)
	p.Suspended = true
	reads := PermissionsIn(builtInTable[RoleSupport]...).With(DirectoryUnmasked)
	for _, info := range Permissions() {
		if got := decide(t, d, p, info.Permission, acme); got.Allowed != reads.Has(info.Permission) {
			t.Errorf("%s: %+v", info.Permission, got)
		}
	}
	if set, err := d.PermissionsOf(t.Context(), p, acme); set != reads || err != nil {
		t.Errorf("has %s, %v", set, err)
	}
	if got, err := d.CanGrant(t.Context(), p, acme, []string{RoleAdmin}, 0); got.Allowed || err != nil {
		t.Errorf("makes an admin: %+v, %v", got, err)
	}
}

// TestManyAtOnce: while the policy changes back and forth, everybody is decided
// by a policy that is not older than what they came with.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	line := Line{"editor", Everywhere, ProvisioningRead, Allow}
	d, store := newDecider(t, line) // odd revisions have the line
	stop := make(chan struct{})
	var changes, readers sync.WaitGroup
	changes.Go(func() {
		defer close(stop)
		for i := range 60 {
			if i%2 == 0 {
				store.set()
			} else {
				store.set(line)
			}
		}
	})
	for i := range 8 {
		readers.Go(func() {
			tenant := []string{acme, globex, ""}[i%3]
			for running := true; running; {
				select {
				case <-stop:
					running = false
				default:
				}
				p := staff("editor")
				p.PolicyRevision = store.current()
				got, err := d.Decide(t.Context(), p, ProvisioningRead, tenant)
				unchanged := store.current() == p.PolicyRevision
				if err != nil || unchanged && got.Allowed != (p.PolicyRevision%2 == 1) {
					t.Errorf("revision %d: %+v, %v", p.PolicyRevision, got, err)
				}
			}
		})
	}
	changes.Wait()
	readers.Wait()
}

func TestDecideDoesNotAllocate(t *testing.T) {
	d, _ := newDecider(t, Line{"editor", acme, ProvisioningRead, Allow})
	ctx := t.Context()
	for name, p := range map[string]Principal{
		"session": portal(acme, RoleViewer, "editor"), "API key": apiKey(acme, ProvisioningRead), "staff": staff(RoleSupport),
	} {
		decide(t, d, p, ProvisioningRead, acme)
		if n := testing.AllocsPerRun(100, func() { _, _ = d.Decide(ctx, p, ProvisioningRead, acme) }); n != 0 {
			t.Errorf("%s: %v allocations for an allowed request", name, n)
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	var lines []Line
	for i := range 50 {
		for _, info := range Permissions() {
			lines = append(lines, Line{fmt.Sprintf("role%d", i), Everywhere, info.Permission, Allow})
		}
	}
	d, store := newDecider(b, lines...)
	run := func(name string, p Principal, before func(*Principal)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				before(&p)
				if got, err := d.Decide(b.Context(), p, DirectoryRead, acme); err != nil || !got.Allowed {
					b.Fatal(got, err)
				}
			}
		})
	}
	run("session", portal(acme, "role7"), func(*Principal) {})
	run("key", apiKey(acme, DirectoryRead), func(*Principal) {})
	run("changed", portal(acme, "role7"), func(p *Principal) { p.PolicyRevision = store.set(lines...) })
}

// reporter is what testing and rapid have in common.
type reporter interface {
	Helper()
	Context() context.Context
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}
