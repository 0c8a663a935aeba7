package storage

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// emptyDatabase is the address of a database that nobody has migrated.
func emptyDatabase(t *testing.T) string {
	t.Helper()
	return servers.Database(t, servers.Template{Name: "empty"})
}

// withParameter is an address with one more parameter.
func withParameter(t *testing.T, address, name, value string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // as libpq reads it
	return u.String()
}

func TestMigratePostgres(t *testing.T) {
	t.Parallel()
	address := emptyDatabase(t)
	db := openPostgresAt(t, address, Options{})
	status, err := db.SchemaStatus(t.Context())
	if err != nil || status.Current != 0 || !errors.Is(status.Err(), ErrSchemaOld) {
		t.Fatalf("status of an empty database = %+v, %v", status, err)
	}
	for range 2 {
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		status, err = db.SchemaStatus(t.Context())
		if err != nil || status.Err() != nil || status.Current != status.Wanted {
			t.Fatalf("status after migrating = %+v, %v", status, err)
		}
	}
	fixtureOn(t, db).user("ada")

	conn := connectTo(t, address)
	if _, err := conn.Exec(t.Context(), `insert into goose_db_version (version_id, is_applied) values ($1, true)`, status.Wanted+1); err != nil {
		t.Fatal(err)
	}
	if status, err = db.SchemaStatus(t.Context()); err != nil || !errors.Is(status.Err(), ErrSchemaNew) {
		t.Errorf("status of a newer schema = %+v, %v", status, err)
	}
	for name, change := range map[string]func() error{
		"migrate": func() error { return db.Migrate(t.Context()) },
		"grant":   func() error { return db.GrantServing(t.Context(), "roster") },
		"shard":   func() error { return db.Distribute(t.Context()) },
	} {
		if err := change(); !errors.Is(err, ErrSchemaNew) {
			t.Errorf("%s a newer schema = %v", name, err)
		}
	}
}

// TestVersionsAreTheSame: both kinds of database count alike, so that a version
// says the same of both.
func TestVersionsAreTheSame(t *testing.T) {
	t.Parallel()
	sqlite, err := lastMigration(migrationFiles("sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	if postgres, err := lastMigration(migrationFiles("postgres")); err != nil || postgres != sqlite {
		t.Errorf("PostgreSQL has the schema version %d, SQLite %d: %v", postgres, sqlite, err)
	}
}

func TestMigratePostgresAtOnce(t *testing.T) {
	t.Parallel()
	address := emptyDatabase(t)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() { // each as a process of its own would: open, then migrate
			db, err := Open(t.Context(), address, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := errors.Join(db.Migrate(t.Context()), db.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	f := fixtureOn(t, openPostgresAt(t, address, Options{}))
	twice := f.rows(`select version_id from goose_db_version group by version_id having count(*) > 1`)
	if len(twice) > 0 {
		t.Errorf("migrations %v were applied twice", twice)
	}
	f.user("ada")
}

// TestMigrateAnotherSchema: the tables are made where the search_path leads, and
// a schema that was migrated beside it does not count.
func TestMigrateAnotherSchema(t *testing.T) {
	t.Parallel()
	address := emptyDatabase(t)
	if err := openPostgresAt(t, address, Options{}).Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := connectTo(t, superuser(t, address)).Exec(t.Context(), `create schema "Odd name" authorization roster`); err != nil {
		t.Fatal(err)
	}
	db := openPostgresAt(t, withParameter(t, address, "search_path", `"Odd name",public`), Options{})
	status, err := db.SchemaStatus(t.Context())
	if err != nil || status.Current != 0 {
		t.Fatalf("status = %+v, %v", status, err)
	}
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	f := fixtureOn(t, db)
	f.user("Äda")
	f.all = openPostgresAt(t, superuser(t, address), Options{})
	if n := f.rows(`select (select count(*) from "Odd name".resources), (select count(*) from public.resources)`); !slices.Equal(n, []string{"1 0"}) {
		t.Errorf("resources in the schema and in public: %q", n)
	}

	db = openPostgresAt(t, withParameter(t, address, "search_path", `nowhere`), Options{})
	if err := db.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "search_path") {
		t.Errorf("migrating nowhere = %v", err)
	}
}

func TestMigrateRefusesEncoding(t *testing.T) {
	t.Parallel()
	super := superuser(t, emptyDatabase(t))
	name := "ascii_" + strings.ReplaceAll(mustID(), "-", "")
	conn := connectTo(t, super)
	if _, err := conn.Exec(t.Context(), `create database `+name+` encoding 'SQL_ASCII' template template0 locale_provider libc locale 'C'`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := conn.Exec(context.Background(), `drop database `+name+` with (force)`); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(super)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = name
	db := openPostgresAt(t, u.String(), Options{})
	if err := db.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "UTF8") {
		t.Errorf("migrating a database of ASCII = %v", err)
	}
}

// TestChangeOfSchemaIsWhole: what fails, or loses its connection, leaves nothing
// behind, neither of what was done before nor of what would come after.
func TestChangeOfSchemaIsWhole(t *testing.T) {
	t.Parallel()
	address := emptyDatabase(t)
	db := openPostgresAt(t, address, Options{})
	e := db.engine.(*postgresEngine)
	conn := connectTo(t, superuser(t, address))
	create := func(name string) func(ctx context.Context, tx *sql.DB) error {
		return func(ctx context.Context, tx *sql.DB) error {
			_, err := tx.ExecContext(ctx, `create table `+name+` ()`)
			return err
		}
	}
	failed := errors.New("no")
	err := e.alone(t.Context(), func(ctx context.Context, tx *sql.DB) error {
		return errors.Join(create("one")(ctx, tx), failed)
	})
	if !errors.Is(err, failed) {
		t.Errorf("failing = %v", err)
	}
	err = e.alone(t.Context(), func(ctx context.Context, tx *sql.DB) error {
		if err := create("two")(ctx, tx); err != nil {
			return err
		}
		var pid int
		if err := tx.QueryRowContext(ctx, `select pg_backend_pid()`).Scan(&pid); err != nil {
			return err
		}
		if _, err := conn.Exec(ctx, `select pg_terminate_backend($1, 5000)`, pid); err != nil {
			return err
		}
		_ = create("three")(ctx, tx)
		return create("four")(ctx, tx)
	})
	if err == nil {
		t.Error("losing the connection is no error")
	}
	rows, err := conn.Query(t.Context(), `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`)
	if err != nil {
		t.Fatal(err)
	}
	if left, err := pgx.CollectRows(rows, pgx.RowTo[string]); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}
