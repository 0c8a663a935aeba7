package main

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// TestRollout: a server on a schema that is not its own serves nobody and says
// why, and begins to serve when somebody has migrated, without being started anew.
func TestRollout(t *testing.T) {
	t.Parallel()
	at := &site{database: servers.Database(t, servers.Template{Name: "empty"})}
	at.behind = database(t, servers.PostgresURL(t), at.database)
	config := testConfig(t)
	at.configure(&config)
	app, _ := launch(t, config)
	s := &server{app: app, on: onPostgres, site: at}
	closed := func(code string) {
		t.Helper()
		eventually(t, "the server says "+code, func() bool {
			r := get(t, app.AdminURL()+"/readyz")
			return r.status == 503 && r.object(t)["code"] == code
		})
		for _, path := range []string{"/scim/v2/any/ServiceProviderConfig", "/scim/v2/any/Users"} {
			r := get(t, app.URL()+path)
			r.refusal(t, 503)
			if r.header.Get("Retry-After") != "5" {
				t.Errorf("%s: Retry-After %q", path, r.header.Get("Retry-After"))
			}
		}
		if r := get(t, app.AdminURL()+"/healthz"); r.status != 200 {
			t.Errorf("%s: not healthy: %d", code, r.status)
		}
	}
	open := func() {
		t.Helper()
		eventually(t, "the server is ready", func() bool { return get(t, app.AdminURL()+"/readyz").status == 200 })
	}

	closed("schema_old")
	if code, _, stderr := at.roster(t, "tenant", "list"); code != exitRefused || !strings.Contains(stderr, "run roster migrate up") {
		t.Errorf("a command on an empty database: exit %d, %s", code, stderr)
	}
	if err := migrate(t.Context(), at.database); err != nil {
		t.Fatal(err)
	}
	open()
	c := s.connection(t, "generic")
	id := c.createUser(t, "noor@example.com")

	execute := func(statement string) {
		t.Helper()
		at.sql(t, func(c *pgx.Conn) error {
			_, err := c.Exec(t.Context(), statement)
			return err
		})
	}
	execute(`insert into goose_db_version (version_id, is_applied) select max(version_id) + 1, true from goose_db_version`)
	closed("schema_new")
	if r := c.send(t, "GET", "/Users/"+id, ""); r.status != 503 {
		t.Errorf("served from a newer schema: %d", r.status)
	}
	execute(`delete from goose_db_version where version_id = (select max(version_id) from goose_db_version)`)
	open()
	c.want(t, 200, "GET", "/Users/"+id, "")
}
