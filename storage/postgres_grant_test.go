package storage

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// newRole makes a role with a name that has to be quoted, for as long as the test
// runs, and returns the address for it.
func newRole(t *testing.T, address, options string) (name, as string) {
	t.Helper()
	name = `Serve "` + mustID()[24:] + `"; --`
	quotedName := pgx.Identifier{name}.Sanitize()
	conn := connectTo(t, superuser(t, address))
	if _, err := conn.Exec(t.Context(), `create role `+quotedName+` password 'secret' login `+options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, statement := range []string{`drop owned by ` + quotedName, `drop role ` + quotedName} {
			if _, err := conn.Exec(context.Background(), statement); err != nil {
				t.Error(err)
			}
		}
	})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(name, "secret")
	return name, u.String()
}

// TestServingRole: the role can do everything that requests need, is bound by
// row-level security and can change nothing else.
func TestServingRole(t *testing.T) {
	t.Parallel()
	address := postgresCopy(t)
	role, as := newRole(t, address, "")
	owner := openPostgresAt(t, address, Options{})
	for range 2 {
		if err := owner.GrantServing(t.Context(), role); err != nil {
			t.Fatal(err)
		}
	}
	f := fixtureOn(t, openPostgresAt(t, as, Options{}))
	if status, err := f.db.SchemaStatus(t.Context()); err != nil || status.Err() != nil {
		t.Errorf("status = %+v, %v", status, err)
	}
	id := f.user("Äda")
	group := f.group("All", id)
	f.mustEdit(group, remove(id))
	f.mustDelete(userType, id)

	conn := connectTo(t, as)
	var seen int
	if err := conn.QueryRow(t.Context(), `select count(*) from resources`).Scan(&seen); err != nil || seen != 0 {
		t.Errorf("outside a tenant the role sees %d resources: %v", seen, err)
	}
	for _, statement := range []string{
		`alter table resources no force row level security`, `alter table resources disable row level security`,
		`drop policy tenant on resources`, `drop table audit`, `truncate audit`, `create table x ()`,
		`drop function roster_fold(text)`, `insert into goose_db_version (version_id, is_applied) values (999, true)`,
		`delete from goose_db_version`,
	} {
		if _, err := conn.Exec(t.Context(), statement); err == nil || sqlState(err) != "42501" {
			t.Errorf("%s: %v", statement, err)
		}
	}

	// Tables of a later migration.
	if _, err := connectTo(t, address).Exec(t.Context(), `create table later (tenant_id uuid)`); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `insert into later default values`); err != nil {
		t.Errorf("a later table: %v", err)
	}
}

func TestServingRoleIsRefused(t *testing.T) {
	t.Parallel()
	address := postgresCopy(t)
	above, _ := newRole(t, address, "bypassrls")
	super, _ := newRole(t, address, "superuser")
	member, _ := newRole(t, address, "in role roster")
	db := openPostgresAt(t, address, Options{})
	for role, reason := range map[string]string{
		"":                        "no name",
		"a\x00b":                  "no name",
		strings.Repeat("a", 64):   "no name",
		"nobody; drop table x":    "there is no role",
		"public":                  "there is no role",
		"roster":                  "owner",
		member:                    "owner",
		above:                     "BYPASSRLS",
		super:                     "superuser",
		strings.ToUpper("roster"): "there is no role",
	} {
		if err := db.GrantServing(t.Context(), role); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("granting to %q = %v, want a word of %q", role, err, reason)
		}
	}
	sqlite := openMigrated(t)
	if err := sqlite.GrantServing(t.Context(), "roster"); err == nil || !strings.Contains(err.Error(), "PostgreSQL") {
		t.Errorf("granting on SQLite = %v", err)
	}
}
