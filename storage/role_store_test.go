package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

var roleTime = time.UnixMicro(1_790_000_000_000_000).UTC()

// roles is a catalogue in a database of the test's own.
type roles struct {
	*fixture
	s *Tenants
}

func rolesOn(f *fixture) *roles {
	f.ctx = tenants.As(f.ctx, tenants.Origin{Actor: "ses01", ActorName: "Jo", Address: "192.0.2.1", UserAgent: "test", RequestID: "r1"})
	return &roles{f, NewTenants(f.db)}
}

func (r *roles) role(key string, rank int) *tenants.Role {
	r.t.Helper()
	role := &tenants.Role{Key: key, Name: strings.ToUpper(key), Rank: rank, Grantable: true, CreatedAt: roleTime, UpdatedAt: roleTime}
	if err := r.s.CreateRole(r.ctx, role); err != nil {
		r.t.Fatalf("create %s: %v", key, err)
	}
	return role
}

func (r *roles) tenant(name string) tenants.TenantID {
	r.t.Helper()
	t := &tenants.Tenant{ID: tenants.NewTenantID(), Name: name, Status: tenants.TenantActive, CreatedAt: roleTime}
	if err := r.s.CreateTenant(r.ctx, t); err != nil {
		r.t.Fatal(err)
	}
	return t.ID
}

// revision is that of the policy.
func (r *roles) revision() int64 {
	r.t.Helper()
	revision, _, err := r.s.Lines(r.ctx, "")
	if err != nil {
		r.t.Fatal(err)
	}
	return revision
}

// log is what the installation's log says about roles and settings.
func (r *roles) log() []string {
	r.t.Helper()
	return r.rows(`
		select actor, actor_name, action, target_type, target_name, address, request_id, cast(changes as text)
		from audit where tenant_id = '` + installationTenant + `' and (action like 'role.%' or action like 'settings.%')
		order by number`)
}

// exec changes rows behind the store's back.
func (r *roles) exec(tenant, query string, args ...any) {
	r.t.Helper()
	err := r.db.update(r.ctx, tenant, func(tx *tx) error {
		_, err := tx.exec(r.ctx, query, args...)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

const insertMapping = `
	insert into role_mappings (tenant_id, group_id, entry_point, role, group_name, created_by, created_by_name, created_at)
	values ($1, $2, '*', $3, 'Group', 'ses01', 'Jo', 1)`

func TestRoles(t *testing.T) { onEach(t, testRoles) }

func testRoles(t *testing.T, f *fixture) {
	r := rolesOn(f)
	before := r.revision()
	if before < 1 {
		t.Errorf("the policy begins at %d", before)
	}
	made := r.role("editor", 20)
	got, err := r.s.Role(r.ctx, "editor")
	if err != nil || !cmp.Equal(got, made) {
		t.Errorf("got %+v, %v, want %+v", got, err, made)
	}
	var taken *tenants.TakenError
	if err := r.s.CreateRole(r.ctx, made); !errors.As(err, &taken) || taken.Field != "key" {
		t.Errorf("created twice: %v", err)
	}
	update := func(change func(*tenants.Role) error) (*tenants.Role, error) {
		return r.s.UpdateRole(r.ctx, "editor", change)
	}
	updated, err := update(func(role *tenants.Role) error {
		role.Name, role.KeepOne, role.Rank = "Editors", true, 30
		return nil
	})
	if err != nil || updated.Name != "Editors" || !updated.KeepOne || updated.Rank != 30 || !updated.UpdatedAt.After(roleTime) || updated.CreatedAt != roleTime {
		t.Errorf("updated %+v, %v", updated, err)
	}
	same, err := update(func(*tenants.Role) error { return nil })
	if err != nil || !cmp.Equal(same, updated) {
		t.Errorf("updated without a change: %+v, %v", same, err)
	}
	refusal := errors.New("no")
	if _, err := update(func(role *tenants.Role) error { role.Name = "x"; return refusal }); !errors.Is(err, refusal) {
		t.Errorf("a change that is refused: %v", err)
	}
	if got, err := r.s.Role(r.ctx, "editor"); err != nil || !cmp.Equal(got, updated) {
		t.Errorf("stored is %+v, %v", got, err)
	}
	if err := r.s.DeleteRole(r.ctx, "editor"); err != nil {
		t.Error(err)
	}
	_, get := r.s.Role(r.ctx, "editor")
	_, change := update(func(*tenants.Role) error { return nil })
	for what, err := range map[string]error{"get": get, "update": change, "delete": r.s.DeleteRole(r.ctx, "editor")} {
		if !errors.Is(err, tenants.ErrNotFound) {
			t.Errorf("%s what is gone: %v", what, err)
		}
	}
	if after := r.revision(); after != before+3 {
		t.Errorf("three changes raised the policy from %d to %d", before, after)
	}
	log := r.log()
	if len(log) != 3 {
		t.Fatalf("the log says %q", log)
	}
	for i, texts := range [][]string{
		{"ses01 Jo role.created role editor 192.0.2.1 r1", `"rank":{"from":null,"to":20}`, `"grantable":{"from":null,"to":true}`},
		{"role.updated", `{"keep_one":{"from":false,"to":true},"name":{"from":"EDITOR","to":"Editors"},"rank":{"from":20,"to":30}}`},
		{"role.deleted role editor"},
	} {
		for _, text := range texts {
			if !strings.Contains(log[i], text) {
				t.Errorf("row %d is %s, without %s", i, log[i], text)
			}
		}
	}
}

func TestRolesInOrder(t *testing.T) { onEach(t, testRolesInOrder) }

func testRolesInOrder(t *testing.T, f *fixture) {
	r := rolesOn(f)
	for key, rank := range map[string]int{"b": 1, "a": 1, "z": 5, "a-1": 1, "m": 3, "a.1": 1, "a_1": 1} {
		r.role(key, rank)
	}
	want := "z m a a-1 a.1 a_1 b"
	for limit := 1; limit <= 8; limit++ {
		var keys []string
		var after *tenants.RolePlace
		for {
			page, err := r.s.ListRoles(r.ctx, after, limit)
			if err != nil {
				t.Fatal(err)
			}
			for _, role := range page {
				keys = append(keys, role.Key)
				after = &tenants.RolePlace{Rank: role.Rank, Key: role.Key}
			}
			if len(page) < limit {
				break
			}
		}
		if got := strings.Join(keys, " "); got != want {
			t.Errorf("pages of %d: %s, want %s", limit, got, want)
		}
	}
}

func TestRoleLines(t *testing.T) { onEach(t, testRoleLines) }

func testRoleLines(t *testing.T, f *fixture) {
	r := rolesOn(f)
	r.role("editor", 1)
	r.role("lead", 2)
	acme, globex := r.tenant("Acme"), r.tenant("Globex")
	read := authz.Line{Role: "editor", Tenant: authz.Everywhere, Permission: authz.ProvisioningRead, Effect: authz.Allow}
	deny := authz.Line{Role: "editor", Tenant: acme.String(), Permission: authz.ProvisioningRead, Effect: authz.Deny}
	create := authz.Line{Role: "editor", Tenant: globex.String(), Permission: authz.ProvisioningCreate, Effect: authz.Allow}
	leads := authz.Line{Role: "lead", Tenant: globex.String(), Permission: authz.ProvisioningDelete, Effect: authz.Allow}
	before := r.revision()
	all := []authz.Line{read, deny, create}
	for _, step := range []struct{ before, after []authz.Line }{{nil, []authz.Line{read}}, {[]authz.Line{read}, all}, {all, all}} {
		if err := r.s.SetRoleLines(r.ctx, "editor", step.before, step.after); err != nil {
			t.Fatal(err)
		}
		if got, err := r.s.RoleLines(r.ctx, "editor"); err != nil || !slices.Equal(got, step.after) {
			t.Errorf("lines %v, %v, want %v", got, err, step.after)
		}
	}
	if err := r.s.SetRoleLines(r.ctx, "lead", nil, []authz.Line{leads}); err != nil {
		t.Fatal(err)
	}
	for tenant, want := range map[string][]authz.Line{
		"": {read, deny, create, leads}, acme.String(): {read, deny}, globex.String(): {read, create, leads},
		tenants.NewTenantID().String(): {read},
	} {
		revision, got, err := r.s.Lines(r.ctx, tenant)
		if err != nil || revision != before+3 || !slices.Equal(got, want) {
			t.Errorf("in %q: %d, %v, %v, want %v", tenant, revision, got, err, want)
		}
	}
	if _, _, err := r.s.Lines(r.ctx, "acme"); !errors.Is(err, tenants.ErrMalformedID) {
		t.Errorf("the lines of no tenant: %v", err)
	}
	log := r.log()
	if last := log[len(log)-1]; !strings.Contains(last, `{"lines":{"from":[],"to":["`+leads.String()+`"]}}`) || !strings.Contains(last, "role.permissions_changed role lead") {
		t.Errorf("the log says %s", last)
	}
	if err := r.s.DeleteRole(r.ctx, "editor"); err != nil {
		t.Fatal(err)
	}
	if _, left, err := r.s.Lines(r.ctx, ""); err != nil || !slices.Equal(left, []authz.Line{leads}) {
		t.Errorf("left are %v, %v", left, err)
	}
}

func TestRoleLinesAreRefused(t *testing.T) { onEach(t, testRoleLinesAreRefused) }

func testRoleLinesAreRefused(t *testing.T, f *fixture) {
	r := rolesOn(f)
	r.role("editor", 1)
	read := authz.Line{Role: "editor", Tenant: authz.Everywhere, Permission: authz.ProvisioningRead, Effect: authz.Allow}
	elsewhere := read
	elsewhere.Tenant = tenants.NewTenantID().String()
	before := r.revision()
	if err := r.s.SetRoleLines(r.ctx, "editor", []authz.Line{read}, nil); !errors.Is(err, tenants.ErrOutdated) {
		t.Errorf("worked out on other lines: %v", err)
	}
	var invalid *tenants.InvalidError
	err := r.s.SetRoleLines(r.ctx, "editor", nil, []authz.Line{read, elsewhere})
	if !errors.As(err, &invalid) || !strings.Contains(invalid.Reason, elsewhere.Tenant) {
		t.Errorf("for a tenant that is not there: %v", err)
	}
	_, get := r.s.RoleLines(r.ctx, "nobody")
	for what, err := range map[string]error{"get": get, "set": r.s.SetRoleLines(r.ctx, "nobody", nil, []authz.Line{read})} {
		if !errors.Is(err, tenants.ErrNotFound) {
			t.Errorf("%s the lines of nobody: %v", what, err)
		}
	}
	if lines, err := r.s.RoleLines(r.ctx, "editor"); len(lines) != 0 || err != nil || r.revision() != before {
		t.Errorf("stored are %v, %v", lines, err)
	}
}

func TestRolesInUse(t *testing.T) { onEach(t, testRolesInUse) }

// testRolesInUse has more tenants than are asked about at once, and the use in
// the last of them.
func testRolesInUse(t *testing.T, f *fixture) {
	r := rolesOn(f)
	r.role("editor", 1)
	r.role("edit", 1)
	var all []tenants.TenantID
	for i := range tenantsPerBatch + 1 {
		all = append(all, r.tenant(fmt.Sprint("Tenant ", i)))
	}
	first, last := all[0].UUID(), all[len(all)-1].UUID()
	future := time.Now().Add(time.Hour).UnixMicro()
	insertLink := `insert into portal_links (tenant_id, id, hash, roles, return_url, email, inviter, note, created_by, created_at, expires_at)
		values ($1, $2, $3, $4, '', '', '', '', '', 1, $5)`
	insertSession := `insert into sessions (tenant_id, id, kind, subject, name, email, roles, created_at, expires_at, seen_at, address, user_agent)
		values ($1, $2, 'portal', '', '', '', $3, 1, $4, 1, '', '')`
	for _, c := range []struct {
		name   string
		put    func()
		says   string
		tenant string
		take   string
	}{
		{"a mapping in the last tenant", func() { r.exec(last, insertMapping, last, mustID(), "editor") },
			"in 1 tenant give", last, `delete from role_mappings where tenant_id = $1`},
		{"mappings in two tenants", func() {
			r.exec(first, insertMapping, first, mustID(), "editor")
			r.exec(last, insertMapping, last, mustID(), "editor")
			r.exec(last, insertMapping, last, mustID(), "editor")
		}, "in 2 tenants give", first, `delete from role_mappings where tenant_id = $1`},
		{"", func() {}, "in 1 tenant give", last, `delete from role_mappings where tenant_id = $1`},
		{"an assignment", func() {
			r.exec(first, `insert into assignments (tenant_id, user_id, entry_point, role, id, created_by, created_by_name, created_at)
				values ($1, $2, '*', 'editor', $3, '', '', 1)`, first, mustID(), mustID())
		}, "in 1 tenant give", first, `delete from assignments where tenant_id = $1`},
		{"a link", func() {
			r.exec("", insertLink, first, mustID(), []byte("1"), `["viewer","editor"]`, future)
		}, "1 portal link or session", "", `update portal_links set revoked_at = 1 where tenant_id = $1`},
		{"a session", func() {
			r.exec("", insertSession, first, mustID(), `["editor"]`, future)
		}, "1 portal link or session", "", `update sessions set ended_at = 1 where tenant_id = $1`},
	} {
		c.put()
		var refused *tenants.RefusedError
		if err := r.s.DeleteRole(r.ctx, "editor"); !errors.As(err, &refused) || refused.Code != "in_use" || !strings.Contains(refused.Reason, c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
		where := c.tenant
		if where == "" {
			where = first
		}
		r.exec(c.tenant, c.take, where)
	}
	r.exec("", insertLink, first, mustID(), []byte("2"), `["editor"]`, 1)    // has expired
	r.exec("", insertSession, first, mustID(), `["editor"]`, 1)              // has expired
	r.exec("", insertSession, first, mustID(), `["edit","editors"]`, future) // others
	before := r.revision()
	if err := r.s.DeleteRole(r.ctx, "editor"); err != nil || r.revision() != before+1 {
		t.Errorf("nothing refers to it: %v", err)
	}
}

func TestRolesAreBounded(t *testing.T) { onEach(t, testRolesAreBounded) }

func testRolesAreBounded(t *testing.T, f *fixture) {
	r := rolesOn(f)
	err := r.db.update(r.ctx, "", func(tx *tx) error {
		b := &batch{}
		for i := range tenants.MaxRoles {
			b.exec(`insert into roles (`+roleColumns+`) values ($1, 'x', '', 0, true, false, false, 1, 1)`, fmt.Sprint("role", i))
		}
		return tx.send(r.ctx, b)
	})
	if err != nil {
		t.Fatal(err)
	}
	var refused *tenants.RefusedError
	if err := r.s.CreateRole(r.ctx, &tenants.Role{Key: "more", Name: "More"}); !errors.As(err, &refused) || refused.Code != "role_limit" {
		t.Errorf("one role too many: %v", err)
	}
}

func TestSettings(t *testing.T) { onEach(t, testSettings) }

func testSettings(t *testing.T, f *fixture) {
	r := rolesOn(f)
	if got, err := r.s.Settings(r.ctx); err != nil || got != tenants.DefaultSettings() {
		t.Errorf("nobody has set %+v, %v", got, err)
	}
	before := r.revision()
	set := func(rule tenants.AccessRule, err error) (tenants.Settings, error) {
		return r.s.UpdateSettings(r.ctx, func(s *tenants.Settings) error {
			s.AccessRule = rule
			return err
		})
	}
	refusal := errors.New("no")
	if _, err := set(tenants.AccessAll, refusal); !errors.Is(err, refusal) {
		t.Errorf("a change that is refused: %v", err)
	}
	for range 2 {
		if got, err := set(tenants.AccessAll, nil); err != nil || got.AccessRule != tenants.AccessAll {
			t.Errorf("set %+v, %v", got, err)
		}
	}
	if got, err := r.s.Settings(r.ctx); err != nil || got.AccessRule != tenants.AccessAll {
		t.Errorf("stored %+v, %v", got, err)
	}
	if log := r.log(); len(log) != 1 || !strings.Contains(log[0], `settings.updated settings settings 192.0.2.1 r1 {"access_rule":{"from":"highest","to":"all"}}`) {
		t.Errorf("the log says %q", log)
	}
	if r.revision() != before {
		t.Error("settings are no policy")
	}
}

func TestRolesAreLockedByWhoRefersToThem(t *testing.T) {
	onEach(t, testRolesAreLockedByWhoRefersToThem)
}

// testRolesAreLockedByWhoRefersToThem lets mappings be made while their role is
// deleted: afterwards there is a mapping and the role, or neither.
func testRolesAreLockedByWhoRefersToThem(t *testing.T, f *fixture) {
	r := rolesOn(f)
	tenant := r.tenant("Acme").UUID()
	missing := errors.New("no such role")
	for i := range 10 {
		key := fmt.Sprint("role", i)
		r.role(key, 1)
		done := make(chan error, 1)
		go func() {
			done <- r.db.update(r.ctx, tenant, func(tx *tx) error { return mapRole(r.ctx, tx, tenant, key, missing) })
		}()
		deleted := r.s.DeleteRole(r.ctx, key)
		mapped := <-done
		var refused *tenants.RefusedError
		switch {
		case deleted == nil && errors.Is(mapped, missing):
		case mapped == nil && errors.As(deleted, &refused) && refused.Code == "in_use":
		default:
			t.Errorf("deleted: %v; mapped: %v", deleted, mapped)
		}
	}
}

func mapRole(ctx context.Context, tx *tx, tenant, key string, missing error) error {
	found, err := tx.lockRoles(ctx, []string{key, "another"})
	if err != nil {
		return err
	}
	if len(found) != 1 || found[key] == nil {
		return missing
	}
	_, err = tx.exec(ctx, insertMapping, tenant, mustID(), key)
	return err
}
