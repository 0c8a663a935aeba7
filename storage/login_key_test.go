package storage

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

func (f *loginFixture) key(n login.NewKey) (*login.Key, string) {
	f.t.Helper()
	if n.Permissions == 0 {
		n.Permissions = authz.PermissionsIn(authz.TenantsRead)
	}
	n.Name = "Back end"
	k, secret, err := f.s.CreateKey(f.ctx, login.Command, n)
	if err != nil {
		f.t.Fatal(err)
	}
	return k, secret.Reveal()
}

func TestKeysLetIn(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		set := authz.PermissionsIn(authz.KeysManage, authz.DirectoryRead)
		k, secret := f.key(login.NewKey{Permissions: set, Lifetime: time.Hour})
		p, err := f.s.Authenticate(f.ctx, secret)
		if err != nil {
			t.Fatal(err)
		}
		want := authz.Principal{
			Kind: authz.KindAPIKey, ID: k.ID.String(), Name: "Back end", Permissions: set, PolicyRevision: 1,
			ExpiresAt: f.clock.at.Add(time.Hour),
		}
		if diff := cmp.Diff(want, p); diff != "" {
			t.Errorf("principal (-want +got):\n%s", diff)
		}
		got, err := f.s.Key(f.ctx, k.ID)
		if diff := cmp.Diff(k, got, sameIDs); err != nil || diff != "" {
			t.Errorf("key: %v (-made +stored):\n%s", err, diff)
		}
		if got.Prefix+got.LastFour != secret[:11]+secret[len(secret)-4:] || got.CreatedBy != "Back end" {
			t.Errorf("shown as %s…%s by %s", got.Prefix, got.LastFour, got.CreatedBy)
		}
		for _, row := range f.rows(`select * from api_keys`) {
			if strings.Contains(row, secret) {
				t.Error("the secret is stored")
			}
		}
		if f.leaks(secret) {
			t.Error("the secret is in the journal")
		}
	})
}

func TestKeysKeepOut(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		for _, c := range []struct {
			name   string
			spoil  func(k *login.Key, secret string) string
			reason string
		}{
			{"revoked", func(k *login.Key, s string) string {
				if err := f.s.RevokeKey(f.ctx, k.ID); err != nil {
					t.Error(err)
				}
				return s
			}, "revoked"},
			{"expired", func(_ *login.Key, s string) string { f.clock.advance(time.Hour); return s }, "expired"},
			{"of a deleted tenant", func(_ *login.Key, s string) string {
				f.run(`update tenants set deleted_at = 1 where id = $1`, f.tenant)
				return s
			}, "tenant_deleted"},
			{"unknown", func(*login.Key, string) string { return tenants.NewSecret(tenants.KeySecret).Reveal() }, "unknown"},
			{"one character changed", func(_ *login.Key, s string) string { return s[:20] + string(s[20]^1) + s[21:] }, "malformed"},
			{"a connection's token", func(*login.Key, string) string { return tenants.NewSecret(tenants.TokenSecret).Reveal() }, "malformed"},
			{"a link's code", func(*login.Key, string) string { return tenants.NewSecret(tenants.LinkSecret).Reveal() }, "malformed"},
			{"nothing", func(*login.Key, string) string { return "" }, "malformed"},
		} {
			k, secret := f.key(login.NewKey{TenantID: f.tenant, Lifetime: time.Hour})
			p, err := f.s.Authenticate(f.ctx, c.spoil(k, secret))
			rejection, ok := errors.AsType[*login.Rejection](err)
			if !ok || rejection.Reason != c.reason || !errors.Is(err, login.ErrUnauthenticated) || p.ID != "" {
				t.Errorf("%s: %v, %+v", c.name, err, p)
			}
			f.run(`update tenants set deleted_at = null where id = $1`, f.tenant)
		}
	})
}

func TestASuspendedTenantsKeyGoesOn(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		_, secret := f.key(login.NewKey{TenantID: f.tenant})
		f.run(`update tenants set status = 'suspended' where id = $1`, f.tenant)
		if p, err := f.s.Authenticate(f.ctx, secret); err != nil || p.Suspended || p.TenantID != f.tenant.String() {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestNobodyMakesAKeyThatMayMore(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		mine := authz.PermissionsIn(authz.KeysManage, authz.TenantsRead)
		by := authz.Principal{Kind: authz.KindAPIKey, ID: "key01", Name: "Mine", Permissions: mine, PolicyRevision: 1}
		bound := by
		bound.TenantID = f.tenant.String()
		missing := tenants.NewTenantID()
		for _, c := range []struct {
			name string
			by   authz.Principal
			key  login.NewKey
			want string
		}{
			{"the same", by, login.NewKey{Name: "x", Permissions: mine}, ""},
			{"less, in one tenant", by, login.NewKey{Name: "x", Permissions: authz.PermissionsIn(authz.TenantsRead), TenantID: f.tenant}, ""},
			{"more", by, login.NewKey{Name: "x", Permissions: mine.With(authz.RolesManage)}, "roles:manage"},
			{"all tenants by one for one", bound, login.NewKey{Name: "x", Permissions: mine}, "one tenant only"},
			{"nothing", by, login.NewKey{Name: "x"}, "at least one permission"},
			{"no name", by, login.NewKey{Name: " \t", Permissions: mine}, "1 to 64"},
			{"a name in two lines", by, login.NewKey{Name: "a\nb", Permissions: mine}, "line breaks"},
			{"a long name", by, login.NewKey{Name: strings.Repeat("é", 65), Permissions: mine}, "64 characters"},
			{"no such tenant", login.Command, login.NewKey{Name: "x", Permissions: mine, TenantID: missing}, "not found"},
		} {
			_, _, err := f.s.CreateKey(f.ctx, c.by, c.key)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if rows := f.rows(`select count(*) from api_keys`); rows[0] != "2" {
			t.Errorf("%s keys", rows[0])
		}
	})
}

func TestKeysAreListedAndRevoked(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		var ids []tenants.KeyID
		for range 5 {
			k, _ := f.key(login.NewKey{})
			ids = append(ids, k.ID)
		}
		var seen []tenants.KeyID
		from := tenants.KeyID{}
		for {
			page, err := f.s.ListKeys(f.ctx, from, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, k := range page {
				seen = append(seen, k.ID)
			}
			from = page[len(page)-1].ID
		}
		if len(seen) != 5 || seen[0] != ids[4] || seen[4] != ids[0] {
			t.Errorf("listed %v of %v", seen, ids)
		}
		f.clock.advance(time.Minute)
		first := f.clock.at
		for range 2 { // the second time changes nothing
			if err := f.s.RevokeKey(f.ctx, ids[0]); err != nil {
				t.Fatal(err)
			}
			f.clock.advance(time.Minute)
		}
		k, err := f.s.Key(f.ctx, ids[0])
		if err != nil || !k.RevokedAt.Equal(first) || k.State(f.clock.at) != login.KeyRevoked {
			t.Errorf("%+v, %v", k, err)
		}
		if err := f.s.RevokeKey(f.ctx, tenants.NewKeyID()); !errors.Is(err, tenants.ErrNotFound) {
			t.Errorf("revoke a key that is not there: %v", err)
		}
		want := []string{"api_key.created", "api_key.created", "api_key.created", "api_key.created", "api_key.created", "api_key.revoked"}
		if diff := cmp.Diff(want, f.actions(tenants.TenantID{})); diff != "" {
			t.Errorf("the installation's log (-want +got):\n%s", diff)
		}
	})
}

func TestUsesAreWrittenOnceAMinute(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		k, secret := f.key(login.NewKey{})
		_, code := f.link(login.NewLink{})
		started := f.open(code, "")
		uses := login.NewUses(f.store, f.s.Logger)
		f.s.Uses = uses
		call := func() {
			t.Helper()
			for _, credential := range []string{secret, started.Token} {
				if _, err := f.s.Authenticate(f.ctx, credential); err != nil {
					t.Fatal(err)
				}
			}
			if err := uses.Flush(f.ctx); err != nil {
				t.Fatal(err)
			}
		}
		seen := func() (time.Time, time.Time) {
			t.Helper()
			key, err := f.s.Key(f.ctx, k.ID)
			if err != nil {
				t.Fatal(err)
			}
			session, err := f.s.Session(f.ctx, f.tenant, started.Session.ID)
			if err != nil {
				t.Fatal(err)
			}
			return key.LastUsedAt, session.SeenAt
		}
		first := f.clock.at
		call()
		f.clock.advance(59 * time.Second)
		call()
		if key, session := seen(); !key.Equal(first) || !session.Equal(first) {
			t.Errorf("within a minute: %v, %v instead of %v", key, session, first)
		}
		later := f.clock.advance(time.Second)
		call()
		if key, session := seen(); !key.Equal(later) || !session.Equal(later) {
			t.Errorf("after a minute: %v, %v instead of %v", key, session, later)
		}
		if err := f.store.RecordLogins(f.ctx, []login.Use{{Key: k.ID, At: first}}); err != nil {
			t.Fatal(err)
		}
		if key, _ := seen(); !key.Equal(later) {
			t.Error("a later time was overwritten by an earlier one")
		}
		if err := uses.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
