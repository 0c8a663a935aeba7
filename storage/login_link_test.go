package storage

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

func TestLinksAreOpenedOnce(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		l, code := f.link(login.NewLink{Inviter: "Jane Roe"})
		for range 3 { // looking uses nothing up
			i, err := f.s.Invitation(f.ctx, code)
			if err != nil || i.State != login.LinkActive || i.Tenant != "Acme" || !i.Permissions.Has(authz.ProvisioningCreate) {
				t.Fatalf("%+v, %v", i, err)
			}
		}
		used := f.clock.advance(time.Minute)
		f.open(code, "")
		f.clock.advance(time.Minute)
		_, err := f.s.OpenLink(f.ctx, code, "")
		dead, ok := errors.AsType[*login.DeadLinkError](err)
		if !ok || dead.Invitation.State != login.LinkUsed || !dead.Invitation.Link.UsedAt.Equal(used) {
			t.Errorf("opened again: %v", err)
		}
		openings, err := f.s.Openings(f.ctx, f.tenant, l.ID, 100)
		var outcomes []login.Outcome
		for _, o := range openings {
			outcomes = append(outcomes, o.Outcome)
		}
		want := []login.Outcome{login.WasUsed, login.Opened, login.Shown, login.Shown, login.Shown}
		if diff := cmp.Diff(want, outcomes); err != nil || diff != "" {
			t.Errorf("openings: %v\n%s", err, diff)
		}
		if openings[0].Address != "192.0.2.7" || openings[0].UserAgent != "test" {
			t.Errorf("%+v", openings[0])
		}
		actions := []string{"portal_link.created", "portal_link.used", "session.started"}
		if diff := cmp.Diff(actions, f.actions(f.tenant)); diff != "" {
			t.Errorf("the tenant's log (-want +got):\n%s", diff)
		}
		if f.leaks(code) || strings.Contains(strings.Join(f.rows(`select * from portal_links`), ""), code) {
			t.Error("the code is stored")
		}
	})
}

func TestAHundredOpeningsGiveOneSession(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		_, code := f.link(login.NewLink{})
		var mu sync.Mutex
		var won, dead int
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				_, err := f.s.OpenLink(f.ctx, code, "")
				mu.Lock()
				defer mu.Unlock()
				if e, ok := errors.AsType[*login.DeadLinkError](err); ok && e.Invitation.State == login.LinkUsed {
					dead++
				} else if err == nil {
					won++
				} else {
					t.Errorf("open: %v", err)
				}
			})
		}
		wg.Wait()
		if won != 1 || dead != 99 {
			t.Errorf("%d openings gave a session and %d were too late", won, dead)
		}
		if n := f.rows(`select count(*) from sessions`)[0]; n != "1" {
			t.Errorf("%s sessions", n)
		}
	})
}

func TestLinksThatDoNotOpen(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		for _, c := range []struct {
			name  string
			new   login.NewLink
			spoil func(l *login.Link, code string) string
			state login.LinkState // "": as if there were no such link
		}{
			{"expired", login.NewLink{}, func(_ *login.Link, code string) string { f.clock.advance(24 * time.Hour); return code }, login.LinkExpired},
			{"revoked", login.NewLink{}, func(l *login.Link, code string) string {
				if err := f.s.RevokeLink(f.ctx, f.tenant, l.ID); err != nil {
					t.Error(err)
				}
				return code
			}, login.LinkRevoked},
			{"declined", login.NewLink{}, func(_ *login.Link, code string) string {
				if err := f.s.DeclineLink(f.ctx, code); err != nil {
					t.Error(err)
				}
				return code
			}, login.LinkRevoked},
			{"used, then expired", login.NewLink{}, func(_ *login.Link, code string) string {
				f.open(code, "")
				f.clock.advance(48 * time.Hour)
				return code
			}, login.LinkUsed},
			{"tampered", login.NewLink{}, func(_ *login.Link, code string) string { return code[:30] + string(code[30]^1) + code[31:] }, ""},
			{"cut", login.NewLink{}, func(_ *login.Link, code string) string { return code[:len(code)-1] }, ""},
			{"never made", login.NewLink{}, func(*login.Link, string) string { return tenants.NewSecret(tenants.LinkSecret).Reveal() }, ""},
			{"an API key", login.NewLink{}, func(*login.Link, string) string { return tenants.NewSecret(tenants.KeySecret).Reveal() }, ""},
			{"of a deleted tenant", login.NewLink{}, func(_ *login.Link, code string) string {
				f.run(`update tenants set deleted_at = 1 where id = $1`, f.tenant)
				return code
			}, ""},
			{"of a deleted connection", login.NewLink{ConnectionID: f.connection}, func(_ *login.Link, code string) string {
				f.run(`update connections set deleted_at = 1 where tenant_id = $1`, f.tenant)
				return code
			}, ""},
		} {
			l, code := f.link(c.new)
			before := f.rows(`select count(*) from sessions`)[0]
			if c.state == login.LinkUsed {
				before = "1"
			}
			code = c.spoil(l, code)
			_, err := f.s.OpenLink(f.ctx, code, "")
			invitation, lookErr := f.s.Invitation(f.ctx, code)
			if c.state == "" {
				if !errors.Is(err, tenants.ErrNotFound) || !errors.Is(lookErr, tenants.ErrNotFound) || invitation != nil {
					t.Errorf("%s: %v, %v", c.name, err, lookErr)
				}
			} else {
				dead, ok := errors.AsType[*login.DeadLinkError](err)
				if !ok || dead.Invitation.State != c.state || lookErr != nil || invitation.State != c.state || invitation.Permissions != 0 {
					t.Errorf("%s: %v, %+v, %v", c.name, err, invitation, lookErr)
				}
				err := f.s.DeclineLink(f.ctx, code)
				if _, ok := errors.AsType[*login.DeadLinkError](err); !ok {
					t.Errorf("%s: declined: %v", c.name, err)
				}
			}
			if n := f.rows(`select count(*) from sessions`)[0]; n != before {
				t.Errorf("%s: %s sessions instead of %s", c.name, n, before)
			}
			f.run(`update tenants set deleted_at = null where id = $1`, f.tenant)
			f.run(`delete from sessions`)
		}
	})
}

func TestALinkForOneAddress(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		_, code := f.link(login.NewLink{Email: "it@acme.com"})
		wrong := func(email string, left int) {
			t.Helper()
			_, err := f.s.OpenLink(f.ctx, code, email)
			if e, ok := errors.AsType[*login.WrongEmailError](err); !ok || e.Left != left {
				t.Errorf("%q: %v", email, err)
			}
		}
		wrong("", 4)
		wrong("eve@acme.com", 3)
		wrong("it@acme.com.evil.example", 2)
		wrong("it@acme.co", 1)
		_, err := f.s.OpenLink(f.ctx, code, "it@acme")
		if e, ok := errors.AsType[*login.DeadLinkError](err); !ok || e.Invitation.State != login.LinkRevoked || e.Invitation.Link.RevokedBy != login.ByTries {
			t.Errorf("the fifth: %v", err)
		}
		_, err = f.s.OpenLink(f.ctx, code, "it@acme.com")
		if _, ok := errors.AsType[*login.DeadLinkError](err); !ok {
			t.Errorf("the right one, too late: %v", err)
		}
		if got := f.actions(f.tenant); !slices.Equal(got, []string{"portal_link.created", "portal_link.revoked"}) {
			t.Errorf("the tenant's log: %v", got)
		}
	})
}

func TestManyWrongAddressesAtOnce(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		l, code := f.link(login.NewLink{Email: "it@acme.com"})
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				if started, err := f.s.OpenLink(f.ctx, code, "eve@acme.com"); err == nil {
					t.Errorf("a session: %+v", started)
				}
			})
		}
		wg.Wait()
		got, err := f.s.Link(f.ctx, f.tenant, l.ID)
		if err != nil || got.Tries != 5 || got.State(f.clock.at) != login.LinkRevoked {
			t.Errorf("%+v, %v", got, err)
		}
		openings, err := f.s.Openings(f.ctx, f.tenant, l.ID, 100)
		wrong := 0
		for _, o := range openings {
			if o.Outcome == login.WrongEmail {
				wrong++
			}
		}
		if err != nil || wrong != 5 {
			t.Errorf("%d wrong addresses are recorded, %v", wrong, err)
		}
	})
}

func TestOpeningsAreBounded(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		l, code := f.link(login.NewLink{})
		for range 12 {
			if err := f.store.RecordOpening(f.ctx, l, login.Opening{At: f.clock.at, Outcome: login.Shown}, 10); err != nil {
				t.Fatal(err)
			}
		}
		count := func() int {
			t.Helper()
			list, err := f.s.Openings(f.ctx, f.tenant, l.ID, 100)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		if n := count(); n != 10 {
			t.Errorf("%d openings are kept of at most 10", n)
		}
		f.open(code, "")
		if n := count(); n != 11 {
			t.Errorf("the opening that gave the session is not kept: %d", n)
		}
	})
}

func TestLinksThatCannotBeMade(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		mine := authz.Principal{
			Kind: authz.KindAPIKey, ID: "key01", Permissions: authz.PermissionsIn(authz.LinksManage, authz.ProvisioningRead,
				authz.DirectoryRead, authz.DirectoryUnmasked, authz.TenantsRead), PolicyRevision: 1,
		}
		admin := []string{"admin"}
		for _, c := range []struct {
			name string
			by   authz.Principal
			new  login.NewLink
			want string
		}{
			{"what one has oneself", mine, login.NewLink{TenantID: f.tenant, Roles: []string{"viewer"}}, ""},
			{"more than one has", mine, login.NewLink{TenantID: f.tenant, Roles: admin}, "do not hold themselves"},
			{"staff's role", login.Command, login.NewLink{TenantID: f.tenant, Roles: []string{"owner"}}, "vendor's own people"},
			{"a customer's role for staff", login.Command, login.NewLink{Roles: admin}, "for customers"},
			{"no such role", login.Command, login.NewLink{TenantID: f.tenant, Roles: []string{"admin", "boss"}}, `no role "boss"`},
			{"not a role", login.Command, login.NewLink{TenantID: f.tenant, Roles: []string{"No!"}}, "cannot be a role"},
			{"no role", login.Command, login.NewLink{TenantID: f.tenant}, "1 to 32 roles"},
			{"too long", login.Command, login.NewLink{TenantID: f.tenant, Roles: admin, Lifetime: 7*24*time.Hour + 1}, "7 days"},
			{"too short", login.Command, login.NewLink{TenantID: f.tenant, Roles: admin, Lifetime: time.Second}, "1 minute"},
			{"over http", login.Command, login.NewLink{TenantID: f.tenant, Roles: admin, ReturnURL: "http://app.example.com/"}, "https"},
			{"a script", login.Command, login.NewLink{TenantID: f.tenant, Roles: admin, ReturnURL: "javascript:alert(1)"}, "web address"},
			{"with a password", login.Command, login.NewLink{TenantID: f.tenant, Roles: admin, ReturnURL: "https://a:b@app.example.com"}, "web address"},
			{"this machine", login.Command, login.NewLink{TenantID: f.tenant, Roles: admin, ReturnURL: "http://localhost:3000/"}, ""},
			{"no address", login.Command, login.NewLink{TenantID: f.tenant, Roles: admin, Email: "Jane <jane@acme.com>"}, "e-mail"},
			{"no such tenant", login.Command, login.NewLink{TenantID: tenants.NewTenantID(), Roles: admin}, "not found"},
			{"no such connection", login.Command, login.NewLink{TenantID: f.tenant, ConnectionID: tenants.NewConnectionID(), Roles: admin}, "not found"},
			{"another tenant's connection", login.Command, login.NewLink{TenantID: f.newTenant("Other"), ConnectionID: f.connection, Roles: admin}, "not found"},
		} {
			_, _, err := f.s.CreateLink(f.ctx, c.by, c.new)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	})
}

func TestLinksOfOneTenant(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		first, _ := f.link(login.NewLink{ConnectionID: f.connection, Note: "for us", Email: "it@acme.com"})
		second, _ := f.link(login.NewLink{})
		other := f.newTenant("Other")
		got, err := f.s.Link(f.ctx, f.tenant, first.ID)
		if diff := cmp.Diff(first, got, sameIDs); err != nil || diff != "" {
			t.Errorf("%v (-made +stored):\n%s", err, diff)
		}
		list, err := f.s.ListLinks(f.ctx, f.tenant, tenants.LinkID{}, 9)
		if err != nil || len(list) != 2 || list[0].ID != second.ID {
			t.Errorf("%v, %v", list, err)
		}
		if list, err := f.s.ListLinks(f.ctx, other, tenants.LinkID{}, 9); err != nil || list != nil {
			t.Errorf("another tenant lists %v, %v", list, err)
		}
		_, err = f.s.Link(f.ctx, other, first.ID)
		for _, err := range []error{err, f.s.RevokeLink(f.ctx, other, first.ID)} {
			if !errors.Is(err, tenants.ErrNotFound) {
				t.Errorf("another tenant: %v", err)
			}
		}
	})
}
