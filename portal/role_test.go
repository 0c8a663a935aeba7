package portal

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// roleDesk is the handlers of roles on a database of their own, and an owner who
// calls them.
type roleDesk struct {
	*handlers
	ctx    context.Context
	logins *storage.Logins
	acme   *tenants.Tenant
}

func newRoleDesk(t *testing.T) *roleDesk {
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
	store, logins := storage.NewTenants(db), storage.NewLogins(db)
	decider, err := authz.NewDecider(store)
	if err != nil {
		t.Fatal(err)
	}
	places, err := newSealer(make([]byte, 32), "cursors")
	if err != nil {
		t.Fatal(err)
	}
	d := &roleDesk{logins: logins, handlers: &handlers{
		cursors: cursors{places}, tenants: tenants.NewService(store, nil), roles: tenants.NewRoles(store, decider),
		login: login.NewService(login.Parts{Store: logins, Decider: decider}), decider: decider,
	}}
	if d.acme, err = d.tenants.CreateTenant(t.Context(), tenants.NewTenant{Name: "Acme"}); err != nil {
		t.Fatal(err)
	}
	d.ctx = d.as(t, authz.Principal{Kind: authz.KindStaff, Roles: []string{authz.RoleOwner}})
	return d
}

// as is the context of a request by a principal. It names no revision, so that
// decisions read the policy anew.
func (d *roleDesk) as(t *testing.T, p authz.Principal) context.Context {
	t.Helper()
	return context.WithValue(t.Context(), principalKey{}, p)
}

func (d *roleDesk) create(t *testing.T, body api.NewRole) api.Role {
	t.Helper()
	answer, err := d.CreateRole(d.ctx, api.CreateRoleRequestObject{Body: &body})
	if err != nil {
		t.Fatal(err)
	}
	return api.Role(answer.(api.CreateRole201JSONResponse))
}

func (d *roleDesk) put(t *testing.T, role string, lines ...api.RolePermissionLine) []api.RolePermissionLine {
	t.Helper()
	answer, err := d.PutRolePermissions(d.ctx, api.PutRolePermissionsRequestObject{Role: role, Body: &api.RolePermissionSet{Lines: lines}})
	if err != nil {
		t.Fatal(err)
	}
	return answer.(api.PutRolePermissions200JSONResponse).Lines
}

func TestRoleHandlers(t *testing.T) {
	t.Parallel()
	d := newRoleDesk(t)
	made := d.create(t, api.NewRole{Key: "editor", Name: "Editor", Rank: 20})
	if !made.Grantable || made.KeepOne || made.MappableWithPermissions || made.BuiltIn || made.CreatedAt == nil || made.Rank != 20 {
		t.Errorf("made %+v", made)
	}
	no, yes, text := false, true, "Edits"
	if other := d.create(t, api.NewRole{Key: "reader", Name: "Reader", Grantable: &no, KeepOne: &yes, Description: &text}); other.Grantable || !other.KeepOne || other.Description != text {
		t.Errorf("made %+v", other)
	}
	updated, err := d.UpdateRole(d.ctx, api.UpdateRoleRequestObject{Role: "editor", Body: &api.RoleChange{Description: &text, Grantable: &no}})
	if err != nil {
		t.Fatal(err)
	}
	if got := updated.(api.UpdateRole200JSONResponse); got.Description != text || got.Grantable || got.Name != "Editor" || got.Rank != 20 {
		t.Errorf("updated %+v", got)
	}
	got, err := d.GetRole(d.ctx, api.GetRoleRequestObject{Role: "editor"})
	if err != nil || !cmp.Equal(api.Role(got.(api.GetRole200JSONResponse)), api.Role(updated.(api.UpdateRole200JSONResponse))) {
		t.Errorf("got %+v, %v", got, err)
	}
	own, err := d.GetRole(d.ctx, api.GetRoleRequestObject{Role: "owner"})
	if role := own.(api.GetRole200JSONResponse); err != nil || !role.BuiltIn || role.CreatedAt != nil || role.UpdatedAt != nil {
		t.Errorf("got %+v, %v", own, err)
	}
	if _, err := d.DeleteRole(d.ctx, api.DeleteRoleRequestObject{Role: "editor"}); err != nil {
		t.Error(err)
	}
	if _, err := d.GetRole(d.ctx, api.GetRoleRequestObject{Role: "editor"}); problemOf(err) != errNotFound {
		t.Errorf("got what is gone: %v", err)
	}
}

func TestListRolesByPages(t *testing.T) {
	t.Parallel()
	d := newRoleDesk(t)
	for i := range 4 {
		d.create(t, api.NewRole{Key: fmt.Sprint("role", i), Name: "Role", Rank: i})
	}
	var keys []string
	limit := 2
	for r := (api.ListRolesRequestObject{Params: api.ListRolesParams{Limit: &limit}}); ; {
		answer, err := d.ListRoles(d.ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		page := answer.(api.ListRoles200JSONResponse)
		for _, role := range page.Items {
			keys = append(keys, role.Key)
		}
		if r.Params.Cursor = page.NextCursor; r.Params.Cursor == nil {
			break
		}
	}
	if got := strings.Join(keys, " "); got != "owner operator support admin viewer role3 role2 role1 role0" {
		t.Errorf("listed %s", got)
	}
	forged := "forged"
	if _, err := d.ListRoles(d.ctx, api.ListRolesRequestObject{Params: api.ListRolesParams{Cursor: &forged}}); problemOf(err).Field != "cursor" {
		t.Errorf("a forged cursor: %v", err)
	}
}

func TestRolePermissionHandlers(t *testing.T) {
	t.Parallel()
	d := newRoleDesk(t)
	d.create(t, api.NewRole{Key: "editor", Name: "Editor"})
	acme := d.acme.ID.String()
	lines := []api.RolePermissionLine{
		{Permission: "provisioning:read", Effect: "allow"},
		{Permission: "provisioning:read", Effect: "deny", TenantID: &acme},
	}
	if got := d.put(t, "editor", lines[1], lines[0]); !cmp.Equal(got, lines) {
		t.Errorf("put %+v", got)
	}
	got, err := d.GetRolePermissions(d.ctx, api.GetRolePermissionsRequestObject{Role: "editor"})
	if err != nil || !cmp.Equal(got.(api.GetRolePermissions200JSONResponse).Lines, lines) {
		t.Errorf("got %+v, %v", got, err)
	}
	support, err := d.GetRolePermissions(d.ctx, api.GetRolePermissionsRequestObject{Role: "support"})
	if err != nil || len(support.(api.GetRolePermissions200JSONResponse).Lines) != 5 {
		t.Errorf("got %+v, %v", support, err)
	}
	r := api.PutRolePermissionsRequestObject{Role: "editor", Body: &api.RolePermissionSet{Lines: []api.RolePermissionLine{{Permission: "keys:manage", Effect: "allow"}}}}
	operator := d.as(t, authz.Principal{Kind: authz.KindStaff, Roles: []string{authz.RoleOperator}})
	if _, err := d.PutRolePermissions(operator, r); problemOf(err).Status != 403 || !strings.Contains(problemOf(err).Detail, "keys:manage") {
		t.Errorf("an operator gives what they do not hold: %v", err)
	}
	r.Role = "owner"
	if _, err := d.PutRolePermissions(d.ctx, r); problemOf(err).Code != "built_in" {
		t.Errorf("an owner changes the owner's permissions: %v", err)
	}
}

func TestListPermissions(t *testing.T) {
	t.Parallel()
	answer, err := (&handlers{}).ListPermissions(t.Context(), api.ListPermissionsRequestObject{})
	if err != nil {
		t.Fatal(err)
	}
	list := answer.(api.ListPermissions200JSONResponse).Items
	if len(list) != len(authz.Permissions()) || list[0].Permission != "provisioning:create" || list[0].Description == "" {
		t.Errorf("listed %+v", list)
	}
	doc, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	var described []string
	for _, value := range doc.Components.Schemas["Permission"].Value.Enum {
		described = append(described, fmt.Sprint(value))
	}
	if !slices.Equal(described, authz.AllPermissions.Strings()) {
		t.Errorf("the document has %v, authz has %v", described, authz.AllPermissions)
	}
}

func TestSettingsHandlers(t *testing.T) {
	t.Parallel()
	d := newRoleDesk(t)
	all := api.AccessRule("all")
	for _, c := range []struct {
		change *api.AccessRule
		want   api.AccessRule
	}{{nil, "highest"}, {&all, "all"}, {nil, "all"}} {
		updated, err := d.UpdateSettings(d.ctx, api.UpdateSettingsRequestObject{Body: &api.SettingsChange{AccessRule: c.change}})
		if err != nil || updated.(api.UpdateSettings200JSONResponse).AccessRule != c.want {
			t.Errorf("%+v, %v", updated, err)
		}
		got, err := d.GetSettings(d.ctx, api.GetSettingsRequestObject{})
		if err != nil || got.(api.GetSettings200JSONResponse).AccessRule != c.want {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

func TestCheckDecision(t *testing.T) {
	t.Parallel()
	d := newRoleDesk(t)
	d.create(t, api.NewRole{Key: "editor", Name: "Editor"})
	acme, nowhere := d.acme.ID.String(), tenants.NewTenantID().String()
	d.put(t, "editor", api.RolePermissionLine{Permission: "provisioning:read", Effect: "allow", TenantID: &acme},
		api.RolePermissionLine{Permission: "directory:read", Effect: "deny"})
	key, _, err := d.login.CreateKey(d.ctx, principalOf(d.ctx), login.NewKey{Name: "Backend", TenantID: d.acme.ID, Permissions: authz.PermissionsIn(authz.DirectoryRead)})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	session := &login.Session{ID: tenants.NewSessionID(), TenantID: d.acme.ID, Name: "Jo", Roles: []string{"editor"}, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)}
	ended := *session
	ended.ID, ended.ExpiresAt = tenants.NewSessionID(), now
	if err := errors.Join(d.logins.StartSession(d.ctx, session), d.logins.StartSession(d.ctx, &ended)); err != nil {
		t.Fatal(err)
	}
	keyID, sessionID, endedID, unknown := key.ID.String(), session.ID.String(), ended.ID.String(), tenants.NewKeyID().String()
	for _, c := range []struct {
		name       string
		who        api.DecisionPrincipal
		tenant     *string
		permission api.Permission
		allowed    bool
		line       string
		says       string
		status     int
	}{
		{"a role", api.DecisionPrincipal{Roles: []string{"editor"}}, &acme, "provisioning:read", true, "p, editor, " + acme + ", provisioning:read, allow", "allows it", 0},
		{"not everywhere", api.DecisionPrincipal{Roles: []string{"editor"}}, nil, "provisioning:read", false, "", "An owner", 0},
		{"a line that denies", api.DecisionPrincipal{Roles: []string{"viewer", "editor"}}, &acme, "directory:read", false, "p, editor, *, directory:read, deny", "denies it", 0},
		{"roles of customers", api.DecisionPrincipal{Roles: []string{"viewer"}}, &acme, "provisioning:create", false, "", "portal link", 0},
		{"roles of staff", api.DecisionPrincipal{Roles: []string{"support"}}, &acme, "provisioning:create", false, "", "An owner", 0},
		{"an API key", api.DecisionPrincipal{APIKey: &keyID}, &acme, "directory:read", true, "p, " + keyID + ", " + acme + ", directory:read, allow", "allows it", 0},
		{"beyond its tenant", api.DecisionPrincipal{APIKey: &keyID}, nil, "directory:read", false, "", "one tenant only", 0},
		{"a session", api.DecisionPrincipal{Session: &sessionID}, &acme, "provisioning:read", true, "p, editor, " + acme + ", provisioning:read, allow", "allows it", 0},
		{"a session that has ended", api.DecisionPrincipal{Session: &endedID}, &acme, "provisioning:read", false, "", "has ended", 0},
		{"an unknown key", api.DecisionPrincipal{APIKey: &unknown}, &acme, "provisioning:read", false, "", "", 404},
		{"an unknown tenant", api.DecisionPrincipal{Roles: []string{"owner"}}, &nowhere, "provisioning:read", false, "", "", 404},
	} {
		body := api.DecisionQuery{Principal: c.who, TenantID: c.tenant, Permission: c.permission}
		answer, err := d.CheckDecision(d.ctx, api.CheckDecisionRequestObject{Body: &body})
		if c.status != 0 {
			if err == nil || problemOf(err).Status != c.status {
				t.Errorf("%s: %+v, %v", c.name, answer, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := answer.(api.CheckDecision200JSONResponse)
		if got.Allowed != c.allowed || orZero(got.Line) != c.line || !strings.Contains(got.Reason+orZero(got.WhoCanGrant), c.says) {
			t.Errorf("%s: %+v, line %q, who %q", c.name, got, orZero(got.Line), orZero(got.WhoCanGrant))
		}
	}
}
