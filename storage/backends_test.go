package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// onEach runs a test on every kind of database, each time in one of its own.
func onEach(t *testing.T, test func(t *testing.T, f *fixture)) {
	t.Helper()
	onEachWith(t, Options{}, test)
}

func onEachWith(t *testing.T, o Options, test func(t *testing.T, f *fixture)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, fixtureOn(t, openFile(t, filepath.Join(t.TempDir(), "roster.db"), o)))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, postgresFixture(t, o))
	})
}

// postgresFixture has a migrated PostgreSQL database of the test's own. Every
// statement is held to name its tenant; rows are read past row-level security.
func postgresFixture(t testing.TB, o Options) *fixture {
	t.Helper()
	address := postgresCopy(t)
	f := fixtureOn(t, openPostgresAt(t, address, o))
	f.db.trace(newTenantTracer(t))
	f.all = openPostgresAt(t, superuser(t, address), Options{})
	return f
}

// trace has a tracer told of every statement, on whichever connections.
func (db *DB) trace(tracer pgx.QueryTracer) {
	for _, e := range []engine{db.engine, db.engine.aside(), db.engine.lasting()} {
		e.(*postgresEngine).tracer = tracer
	}
}

func openPostgresAt(t testing.TB, address string, o Options) *DB {
	t.Helper()
	db, err := Open(t.Context(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	return db
}

// superuser is the address of a database as the server's superuser sees it.
func superuser(t testing.TB, address string) string {
	t.Helper()
	database, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	super, err := url.Parse(servers.PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	super.Path = database.Path
	return super.String()
}

// postgresCopy is the address of a migrated database of the test's own.
func postgresCopy(t testing.TB) string {
	t.Helper()
	return servers.Database(t, servers.Template{Name: "roster_" + migrationsDigest(), Prepare: func(ctx context.Context, url string) error {
		db, err := Open(ctx, url, Options{})
		if err != nil {
			return err
		}
		defer db.Close()
		return db.Migrate(ctx)
	}})
}

// migrationsDigest tells templates of different migrations apart.
var migrationsDigest = sync.OnceValue(func() string {
	digest := sha256.New()
	files := migrationFiles("postgres")
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err)
		}
		digest.Write(text)
	}
	return hex.EncodeToString(digest.Sum(nil)[:8])
})
