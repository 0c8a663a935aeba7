package floor

import (
	"context"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

const moment = 50 * time.Millisecond

var someone = Row{Display: "Jane Doe", Document: `{"userName":"jane@example.com"}`}

// worked fails unless something was done for as long as it was asked to.
func worked(t *testing.T, what string, r Result, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if r.Operations == 0 || r.Elapsed < moment || r.PerSecond() <= 0 {
		t.Errorf("%s: %d operations in %s, %f per second", what, r.Operations, r.Elapsed, r.PerSecond())
	}
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a #1 file.db")
	s, err := OpenSQLite(t.Context(), path, someone)
	if err != nil {
		t.Fatal(err)
	}
	var sync int
	if err := s.db.QueryRowContext(t.Context(), `pragma synchronous`).Scan(&sync); err != nil || sync != 2 {
		t.Errorf("synchronous is %d, %v; 2 is FULL", sync, err)
	}
	r, err := s.Commits(t.Context(), moment)
	worked(t, "commits", r, err)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if row, err := SQLiteRow(t.Context(), path); err != nil || row != someone {
		t.Errorf("stored %+v, %v", row, err)
	}
	if version, err := SQLiteVersion(t.Context()); err != nil || version == "" {
		t.Errorf("version %q, %v", version, err)
	}
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	// The owner is bound by row-level security: it sees no row, and may put none in.
	owned := servers.Database(t, servers.Template{Name: "floor"})
	super := superuser(t, owned)
	p, err := OpenPostgres(t.Context(), owned, super, 2, 3, someone)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close(context.Background()) })
	r, err := p.Inserts(t.Context(), moment)
	worked(t, "inserts", r, err)
	r, err = p.Selects(t.Context(), moment)
	worked(t, "selects", r, err)
	if row, err := PostgresRow(t.Context(), super); err != nil || row != someone {
		t.Errorf("stored %+v, %v", row, err)
	}
	if version, err := PostgresVersion(t.Context(), super); err != nil || version == "" {
		t.Errorf("version %q, %v", version, err)
	}
}

// superuser is the address of a database as the server's superuser sees it.
func superuser(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	super, err := url.Parse(servers.PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	u.User = super.User
	return u.String()
}

func TestRedis(t *testing.T) {
	t.Parallel()
	r, err := OpenRedis(t.Context(), servers.Redis(t), 2, 100)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	got, err := r.Gets(t.Context(), moment)
	worked(t, "gets", got, err)
	if version, err := RedisVersion(t.Context(), servers.Redis(t)); err != nil || version == "" {
		t.Errorf("version %q, %v", version, err)
	}
}

func TestFailureEndsTheMeasurement(t *testing.T) {
	t.Parallel()
	s, err := OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "x.db"), someone)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Commits(t.Context(), time.Minute); err == nil || r.Operations != 0 || r.Elapsed > time.Second {
		t.Errorf("%d operations in %s, %v", r.Operations, r.Elapsed, err)
	}
}
