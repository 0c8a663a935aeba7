package storage

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

func TestSessionsOfLinks(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		_, code := f.link(login.NewLink{
			TenantID: f.tenant, ConnectionID: f.connection, Inviter: "Jane Roe", ReturnURL: "https://app.example.com/", Roles: []string{"viewer"},
		})
		started := f.open(code, "")
		p, err := f.s.Authenticate(f.ctx, started.Token)
		want := authz.Principal{
			Kind: authz.KindPortal, ID: started.Session.ID.String(), Name: "Guest of Jane Roe", TenantID: f.tenant.String(),
			ConnectionID: f.connection.String(), Roles: []string{"viewer"}, PolicyRevision: 1,
			ExpiresAt: f.clock.at.Add(6 * time.Hour), IdleExpiresAt: f.clock.at.Add(time.Hour),
		}
		if diff := cmp.Diff(want, p); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		s, err := f.s.Session(f.ctx, f.tenant, started.Session.ID)
		if err != nil || s.ReturnURL != "https://app.example.com/" || s.ConnectionName != "Acme - Okta" || s.Address != "192.0.2.7" {
			t.Errorf("%+v, %v", s, err)
		}
		if _, err := f.s.Session(f.ctx, f.newTenant("Other"), s.ID); !errors.Is(err, tenants.ErrNotFound) {
			t.Errorf("another tenant's session: %v", err)
		}
	})
}

func TestStaffSessions(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		_, code := f.link(login.NewLink{Roles: []string{authz.RoleOwner}, Email: "ops@example.com"})
		p, err := f.s.Authenticate(f.ctx, f.open(code, " OPS@Example.com ").Token)
		if err != nil || p.Kind != authz.KindStaff || p.TenantID != "" || p.Name != "ops@example.com" {
			t.Errorf("%+v, %v", p, err)
		}
		want := []string{"portal_link.created", "portal_link.used", "session.started"}
		if diff := cmp.Diff(want, f.actions(tenants.TenantID{})); diff != "" {
			t.Errorf("the installation's log (-want +got):\n%s", diff)
		}
		if _, err := f.s.SignInStaff(f.ctx, login.Staff{Subject: "u1", Roles: []string{"admin", "no-such"}}); !errors.Is(err, login.ErrNoRole) {
			t.Errorf("staff with roles of customers: %v", err)
		}
		f.run(`insert into roles (key, name, description, rank, grantable, keep_one, mappable_with_permissions, created_at, updated_at)
			values ('auditor', 'Auditor', '', 1, true, false, false, 1, 1)`)
		started, err := f.s.SignInStaff(f.ctx, login.Staff{Subject: "u1", Name: "Sam", Roles: []string{"auditor", "no-such", "support"}})
		if err != nil || !slices.Equal(started.Session.Roles, []string{"auditor", "support"}) {
			t.Errorf("%+v, %v", started, err)
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		start := f.clock.at
		for _, c := range []struct {
			name   string
			spoil  func(s *login.Session)
			reason string
		}{
			{"ended", func(s *login.Session) {
				if err := f.s.EndSession(f.ctx, f.tenant, s.ID); err != nil {
					t.Error(err)
				}
			}, "ended"},
			{"not used for an hour", func(*login.Session) { f.clock.advance(time.Hour) }, "idle"},
			{"six hours old", func(s *login.Session) {
				at := f.clock.advance(6 * time.Hour)
				f.run(`update sessions set seen_at = $2 where id = $1`, s.ID, at.UnixMicro())
			}, "expired"},
			{"of a deleted tenant", func(*login.Session) {
				f.run(`update tenants set deleted_at = 1 where id = $1`, f.tenant)
			}, "tenant_deleted"},
			{"gone", func(s *login.Session) { f.run(`delete from sessions where id = $1`, s.ID) }, "unknown"},
			{"moved to another tenant", func(s *login.Session) {
				f.run(`update sessions set tenant_id = $2 where id = $1`, s.ID, tenants.NewTenantID())
			}, "unknown"},
		} {
			f.clock.at = start // the signer has a clock of its own, and no token is of its future
			_, code := f.link(login.NewLink{})
			started := f.open(code, "")
			if _, err := f.s.Authenticate(f.ctx, started.Token); err != nil {
				t.Errorf("%s, before: %v", c.name, err)
			}
			c.spoil(started.Session)
			_, err := f.s.Authenticate(f.ctx, started.Token)
			if rejection, ok := errors.AsType[*login.Rejection](err); !ok || rejection.Reason != c.reason {
				t.Errorf("%s: %v", c.name, err)
			}
			f.run(`update tenants set deleted_at = null where id = $1`, f.tenant)
		}
	})
}

func TestASuspendedTenantsSessionMayLook(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		_, code := f.link(login.NewLink{})
		token := f.open(code, "").Token
		f.run(`update tenants set status = 'suspended' where id = $1`, f.tenant)
		p, err := f.s.Authenticate(f.ctx, token)
		if err != nil || !p.Suspended {
			t.Fatalf("%+v, %v", p, err)
		}
		set, err := f.s.Decider.PermissionsOf(f.ctx, p, p.TenantID)
		want := authz.PermissionsIn(authz.ProvisioningRead, authz.DirectoryRead, authz.TenantsRead, authz.AuditRead, authz.EventsRead, authz.DirectoryUnmasked)
		if err != nil || set != want {
			t.Errorf("it may %s, %v", set, err)
		}
		_, _, err = f.s.CreateLink(f.ctx, login.Command, login.NewLink{TenantID: f.tenant, Roles: []string{"admin"}})
		if refused, ok := errors.AsType[*tenants.RefusedError](err); !ok || refused.Code != "suspended" {
			t.Errorf("a link for a suspended tenant: %v", err)
		}
	})
}

func TestSessionsAreListedWhileTheyLive(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		var ids []tenants.SessionID
		for range 4 {
			_, code := f.link(login.NewLink{})
			ids = append(ids, f.open(code, "").Session.ID)
		}
		listed := func(from tenants.SessionID, limit int) (found []tenants.SessionID) {
			t.Helper()
			list, err := f.s.ListSessions(f.ctx, f.tenant, from, limit)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range list {
				found = append(found, s.ID)
			}
			return found
		}
		if got := listed(tenants.SessionID{}, 2); !slices.Equal(got, []tenants.SessionID{ids[3], ids[2]}) {
			t.Errorf("first page %v", got)
		}
		if got := listed(ids[2], 9); !slices.Equal(got, []tenants.SessionID{ids[1], ids[0]}) {
			t.Errorf("second page %v", got)
		}
		for range 2 { // the second time changes nothing
			if err := f.s.EndSession(f.ctx, f.tenant, ids[3]); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.s.EndSession(f.ctx, f.newTenant("Other"), ids[2]); !errors.Is(err, tenants.ErrNotFound) {
			t.Errorf("another tenant's session is ended: %v", err)
		}
		if got := listed(tenants.SessionID{}, 9); len(got) != 3 {
			t.Errorf("one of four has ended, and %d are listed", len(got))
		}
		f.clock.advance(time.Hour)
		if got := listed(tenants.SessionID{}, 9); got != nil {
			t.Errorf("after an hour %v are listed", got)
		}
		ended := 0
		for _, action := range f.actions(f.tenant) {
			if action == "session.ended" {
				ended++
			}
		}
		if ended != 1 {
			t.Errorf("the log tells of %d ends", ended)
		}
	})
}
