package tenants_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

// newRoles are the roles of a database of the test's own, under the policy in it.
func newRoles(t *testing.T) (*bundle, *tenants.Roles) {
	t.Helper()
	b := setup(t)
	return b, tenants.NewRoles(b.store, newDecider(t, b))
}

func newDecider(t *testing.T, b *bundle) *authz.Decider {
	t.Helper()
	d, err := authz.NewDecider(b.store.Tenants)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var owner = authz.Principal{Kind: authz.KindStaff, Roles: []string{authz.RoleOwner}}

func mustCreate(t *testing.T, s *tenants.Roles, keys ...string) {
	t.Helper()
	for i, key := range keys {
		if _, err := s.Create(t.Context(), tenants.Role{Key: key, Name: key, Rank: 10 * (len(keys) - i), Grantable: true}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMappable(t *testing.T) {
	t.Parallel()
	allow := authz.Line{Role: "editor", Tenant: authz.Everywhere, Permission: authz.RolesMap, Effect: authz.Allow}
	deny := authz.Line{Role: "editor", Tenant: authz.Everywhere, Permission: authz.KeysManage, Effect: authz.Deny}
	for _, c := range []struct {
		name  string
		role  tenants.Role
		lines []authz.Line
		why   string
	}{
		{"grantable", tenants.Role{Grantable: true}, nil, ""},
		{"not grantable", tenants.Role{}, nil, `"editor" is not grantable`},
		{"not grantable, whatever it carries", tenants.Role{MappableWithPermissions: true}, []authz.Line{allow}, `"editor" is not grantable`},
		{"it carries permissions", tenants.Role{Grantable: true}, []authz.Line{deny, allow}, "carries permissions in Roster itself"},
		{"the vendor allows that", tenants.Role{Grantable: true, MappableWithPermissions: true}, []authz.Line{allow}, ""},
		{"what denies carries nothing", tenants.Role{Grantable: true}, []authz.Line{deny}, ""},
		{"Roster's own", tenants.Role{Grantable: true, MappableWithPermissions: true, BuiltIn: true}, nil, "Roster itself"},
	} {
		c.role.Key, c.role.Name = "editor", "Editor"
		if ok, why := tenants.Mappable(&c.role, c.lines); ok != (c.why == "") || !strings.Contains(why, c.why) || ok != (why == "") {
			t.Errorf("%s: %t, %q", c.name, ok, why)
		}
	}
}

func TestRolesThatAreRefused(t *testing.T) {
	t.Parallel()
	_, s := newRoles(t)
	good := tenants.Role{Key: "editor", Name: " Editor ", Description: " Edits ", Rank: 1}
	for field, edit := range map[string]func(*tenants.Role){
		"key":         func(r *tenants.Role) { r.Key = "Editor" },
		"name":        func(r *tenants.Role) { r.Name = " " },
		"description": func(r *tenants.Role) { r.Description = strings.Repeat("x", 501) },
		"rank":        func(r *tenants.Role) { r.Rank = -1 },
	} {
		bad := good
		edit(&bad)
		var invalid *tenants.InvalidError
		if _, err := s.Create(t.Context(), bad); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	made, err := s.Create(t.Context(), good)
	if err != nil || made.Name != "Editor" || made.Description != "Edits" || made.CreatedAt.IsZero() || made.BuiltIn {
		t.Errorf("made %+v, %v", made, err)
	}
	rank := 1_000_001
	var invalid *tenants.InvalidError
	if _, err := s.Update(t.Context(), "editor", tenants.RoleChange{Rank: &rank}); !errors.As(err, &invalid) || invalid.Field != "rank" {
		t.Errorf("a rank that is too high: %v", err)
	}
	keep := true
	changed, err := s.Update(t.Context(), "editor", tenants.RoleChange{KeepOne: &keep})
	if err != nil || !changed.KeepOne || changed.Name != "Editor" || changed.Rank != 1 {
		t.Errorf("changed %+v, %v", changed, err)
	}
}

// TestBuiltInRolesStay: Roster's own roles can be seen like others and not
// touched.
func TestBuiltInRolesStay(t *testing.T) {
	t.Parallel()
	_, s := newRoles(t)
	for _, b := range authz.BuiltInRoles() {
		r, err := s.Get(t.Context(), b.Key)
		if err != nil || !r.BuiltIn || r.Name != b.Name {
			t.Errorf("%s: %+v, %v", b.Key, r, err)
		}
		lines, err := s.Lines(t.Context(), b.Key)
		if err != nil || !slices.Equal(lines, b.Lines()) {
			t.Errorf("%s: %v, %v", b.Key, lines, err)
		}
		_, create := s.Create(t.Context(), tenants.Role{Key: b.Key, Name: "Mine"})
		var taken *tenants.TakenError
		if !errors.As(create, &taken) || taken.Field != "key" {
			t.Errorf("%s is made anew: %v", b.Key, create)
		}
		_, update := s.Update(t.Context(), b.Key, tenants.RoleChange{})
		_, set := s.SetLines(t.Context(), owner, b.Key, nil)
		for what, err := range map[string]error{"update": update, "set": set, "delete": s.Delete(t.Context(), b.Key)} {
			var refused *tenants.RefusedError
			if !errors.As(err, &refused) || refused.Code != "built_in" {
				t.Errorf("%s %s: %v", what, b.Key, err)
			}
		}
	}
}

func TestListOfRoles(t *testing.T) {
	t.Parallel()
	_, s := newRoles(t)
	mustCreate(t, s, "z", "b", "m")
	want := "owner operator support admin viewer z b m"
	for limit := 1; limit <= 9; limit++ {
		var keys []string
		var after *tenants.RolePlace
		for {
			page, next, err := s.List(t.Context(), after, limit)
			if err != nil || len(page) > limit || next != nil && len(page) < limit {
				t.Fatalf("%d roles, %+v, %v", len(page), next, err)
			}
			for _, r := range page {
				keys = append(keys, r.Key)
			}
			if after = next; after == nil {
				break
			}
		}
		if got := strings.Join(keys, " "); got != want {
			t.Errorf("pages of %d: %s", limit, got)
		}
	}
}

// TestLinesHoldForTheNextDecision goes the whole way: from a change of lines to
// what a session may do.
func TestLinesHoldForTheNextDecision(t *testing.T) {
	t.Parallel()
	b, s := newRoles(t)
	d := newDecider(t, b)
	mustCreate(t, s, "editor")
	acme := b.tenant(t).ID.String()
	p := authz.Principal{Kind: authz.KindPortal, TenantID: acme, Roles: []string{"editor"}}
	for _, step := range []struct {
		lines   []authz.Line
		allowed bool
	}{
		{nil, false},
		{[]authz.Line{{Tenant: authz.Everywhere, Permission: authz.ProvisioningRead, Effect: authz.Allow}}, true},
		{[]authz.Line{
			{Tenant: acme, Permission: authz.ProvisioningRead, Effect: authz.Deny},
			{Tenant: authz.Everywhere, Permission: authz.ProvisioningRead, Effect: authz.Allow},
		}, false},
		{[]authz.Line{{Tenant: acme, Permission: authz.ProvisioningRead, Effect: authz.Allow}}, true},
	} {
		lines, err := s.SetLines(t.Context(), owner, "editor", step.lines)
		if err != nil || len(lines) != len(step.lines) || len(lines) > 0 && lines[0].Role != "editor" {
			t.Fatalf("%v, %v", lines, err)
		}
		if p.PolicyRevision, _, err = b.store.Lines(t.Context(), acme); err != nil {
			t.Fatal(err)
		}
		got, err := d.Decide(t.Context(), p, authz.ProvisioningRead, acme)
		if err != nil || got.Allowed != step.allowed {
			t.Errorf("with %v: %+v, %v", step.lines, got, err)
		}
	}
}

func TestLinesThatAreRefused(t *testing.T) {
	t.Parallel()
	_, s := newRoles(t)
	mustCreate(t, s, "editor")
	read := authz.Line{Tenant: authz.Everywhere, Permission: authz.ProvisioningRead, Effect: authz.Allow}
	deny := read
	deny.Effect = authz.Deny
	for says, lines := range map[string][]authz.Line{
		"two lines about provisioning:read for all tenants": {read, deny},
		"unknown permission":     {{Tenant: authz.Everywhere, Permission: "*", Effect: authz.Allow}},
		"give allow or deny":     {{Tenant: authz.Everywhere, Permission: authz.ProvisioningRead}},
		"is not the id of a":     {{Tenant: "tenant", Permission: authz.ProvisioningRead, Effect: authz.Allow}},
		"give the id of a":       {{Tenant: "acme", Permission: authz.ProvisioningRead, Effect: authz.Allow}},
		"at most 1000":           make([]authz.Line, 1001),
		"there is no tenant ten": {{Tenant: tenants.NewTenantID().String(), Permission: authz.ProvisioningRead, Effect: authz.Allow}},
	} {
		var invalid *tenants.InvalidError
		if _, err := s.SetLines(t.Context(), owner, "editor", lines); !errors.As(err, &invalid) || invalid.Field != "lines" || !strings.Contains(invalid.Reason, says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
	if _, err := s.SetLines(t.Context(), owner, "nobody", nil); !errors.Is(err, tenants.ErrNotFound) {
		t.Errorf("lines of nobody: %v", err)
	}
}

// TestNobodyGivesARoleMoreThanTheyHold: by a line that allows, nor by taking one
// away that denies. What the role has already stays without being held.
func TestNobodyGivesARoleMoreThanTheyHold(t *testing.T) {
	t.Parallel()
	b, s := newRoles(t)
	mustCreate(t, s, "editor")
	acme := b.tenant(t).ID.String()
	line := func(tenant string, p authz.Permission, e authz.Effect) authz.Line {
		return authz.Line{Tenant: tenant, Permission: p, Effect: e}
	}
	keys := line(authz.Everywhere, authz.KeysManage, authz.Allow)
	read := line(authz.Everywhere, authz.ProvisioningRead, authz.Allow)
	denied := line(acme, authz.KeysManage, authz.Deny)
	manager := authz.Principal{Kind: authz.KindAPIKey, ID: "key01", Permissions: authz.PermissionsIn(authz.RolesManage, authz.ProvisioningRead)}
	local := manager
	local.TenantID = acme
	for _, c := range []struct {
		name   string
		before []authz.Line
		by     authz.Principal
		after  []authz.Line
		ok     bool
	}{
		{"what is held", nil, manager, []authz.Line{read}, true},
		{"what is not held", nil, manager, []authz.Line{read, keys}, false},
		{"what is not held, in one tenant", nil, manager, []authz.Line{line(acme, authz.KeysManage, authz.Allow)}, false},
		{"what the role has already", []authz.Line{keys}, manager, []authz.Line{keys, read}, true},
		{"taking away", []authz.Line{keys}, manager, nil, true},
		{"denying", []authz.Line{keys}, manager, []authz.Line{keys, denied}, true},
		{"taking away a denial", []authz.Line{keys, denied}, manager, []authz.Line{keys}, false},
		{"turning a denial", []authz.Line{line(authz.Everywhere, authz.KeysManage, authz.Deny)}, manager, []authz.Line{keys}, false},
		{"an owner", []authz.Line{keys, denied}, owner, []authz.Line{keys}, true},
		{"in the own tenant", nil, local, []authz.Line{line(acme, authz.ProvisioningRead, authz.Allow)}, true},
		{"in all, from one", nil, local, []authz.Line{read}, false},
	} {
		if _, err := s.SetLines(t.Context(), owner, "editor", c.before); err != nil {
			t.Fatal(err)
		}
		_, err := s.SetLines(t.Context(), c.by, "editor", c.after)
		var forbidden *tenants.ForbiddenError
		if c.ok != (err == nil) || !c.ok && !errors.As(err, &forbidden) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// meddling changes a role's lines before each change of others.
type meddling struct {
	tenants.RoleStore
	times int
	line  authz.Line
}

func (m *meddling) SetRoleLines(ctx context.Context, key string, before, after []authz.Line) error {
	if m.times > 0 {
		m.times--
		m.line.Effect = map[bool]authz.Effect{true: authz.Allow, false: authz.Deny}[m.times%2 == 0]
		current, err := m.RoleLines(ctx, key)
		if err != nil {
			return err
		}
		if err := m.RoleStore.SetRoleLines(ctx, key, current, []authz.Line{m.line}); err != nil {
			return err
		}
	}
	return m.RoleStore.SetRoleLines(ctx, key, before, after)
}

func TestLinesChangedAtOnce(t *testing.T) {
	t.Parallel()
	b, s := newRoles(t)
	mustCreate(t, s, "editor")
	line := authz.Line{Role: "editor", Tenant: authz.Everywhere, Permission: authz.ProvisioningRead}
	s = tenants.NewRoles(&meddling{b.store, 3, line}, newDecider(t, b))
	if _, err := s.SetLines(t.Context(), owner, "editor", nil); err != nil {
		t.Error(err)
	}
	if lines, err := s.Lines(t.Context(), "editor"); err != nil || len(lines) != 0 {
		t.Errorf("left are %v, %v", lines, err)
	}
	s = tenants.NewRoles(&meddling{b.store, 1000, line}, newDecider(t, b))
	if _, err := s.SetLines(t.Context(), owner, "editor", nil); !errors.Is(err, tenants.ErrOutdated) {
		t.Errorf("always behind: %v", err)
	}
}

func TestSettingsOfTheInstallation(t *testing.T) {
	t.Parallel()
	_, s := newRoles(t)
	all, wrong := tenants.AccessAll, tenants.AccessRule("lowest")
	var invalid *tenants.InvalidError
	if _, err := s.UpdateSettings(t.Context(), tenants.SettingsChange{AccessRule: &wrong}); !errors.As(err, &invalid) || invalid.Field != "access_rule" {
		t.Errorf("an unknown rule: %v", err)
	}
	for _, c := range []tenants.SettingsChange{{AccessRule: &all}, {}} {
		if got, err := s.UpdateSettings(t.Context(), c); err != nil || got.AccessRule != tenants.AccessAll {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if got, err := s.Settings(t.Context()); err != nil || got.AccessRule != tenants.AccessAll {
		t.Errorf("%+v, %v", got, err)
	}
}
