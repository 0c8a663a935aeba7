package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// TestMigratePostgres runs the command as a rollout does.
func TestMigratePostgres(t *testing.T) {
	t.Parallel()
	env := []string{"ROSTER_DATABASE_URL=" + servers.Database(t, servers.Template{Name: "empty"})}
	for _, step := range []struct {
		args string
		code int
		says string
	}{
		{"migrate status", exitRefused, "run roster migrate up"},
		{"migrate", exitOK, "Migrated the schema from version 0"},
		{"migrate status", exitOK, "Schema version"},
		{"migrate up --json", exitOK, `"up_to_date":true}`},
		{"migrate --citus", exitRefused, "the database has no Citus extension"},
		{"migrate --serving-role roster", exitRefused, "owner"},
		{"migrate --serving-role=no-such-role", exitRefused, `there is no role "no-such-role"`},
	} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), strings.Fields(step.args), env, &stdout, &stderr)
		if text := stdout.String() + stderr.String(); code != step.code || !strings.Contains(text, step.says) {
			t.Errorf("roster %s: %d, want %d and %q\n%s", step.args, code, step.code, step.says, text)
		}
	}
}
