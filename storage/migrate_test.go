package storage

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
)

func TestMigrate(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "roster.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	f := fixtureOn(t, db)

	status, err := db.SchemaStatus(t.Context())
	if err != nil || status.Current != 0 || !errors.Is(status.Err(), ErrSchemaOld) {
		t.Fatalf("status of an empty database = %+v, %v", status, err)
	}
	if tables := f.rows(`select name from sqlite_master`); len(tables) > 0 {
		t.Errorf("reading the status made %v", tables)
	}
	for range 2 {
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		status, err = db.SchemaStatus(t.Context())
		if err != nil || status.Err() != nil || status.Current != status.Wanted || status.Wanted < 3 {
			t.Fatalf("status after migrating = %+v, %v", status, err)
		}
	}
	f.user("ada")

	err = db.update(t.Context(), "", func(tx *tx) error {
		_, err := tx.exec(t.Context(), `insert into goose_db_version (version_id, is_applied) values ($1, true)`, status.Wanted+1)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if status, err = db.SchemaStatus(t.Context()); err != nil || !errors.Is(status.Err(), ErrSchemaNew) {
		t.Errorf("status of a newer schema = %+v, %v", status, err)
	}
	if err := db.Migrate(t.Context()); !errors.Is(err, ErrSchemaNew) {
		t.Errorf("migrating a newer schema = %v", err)
	}
}

func TestMigrateAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "roster.db")
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() { // each as a process of its own would: open, then migrate
			db, err := Open(t.Context(), "sqlite:"+path, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	f := fixtureOn(t, openFile(t, path, Options{}))
	twice := f.rows(`select version_id from goose_db_version group by version_id having count(*) > 1`)
	if len(twice) > 0 {
		t.Errorf("migrations %v were applied twice", twice)
	}
	f.user("ada")
}

func TestLastMigration(t *testing.T) {
	t.Parallel()
	if _, err := lastMigration(fstest.MapFS{}); err == nil {
		t.Error("no migrations are no error")
	}
	if _, err := lastMigration(fstest.MapFS{"first.sql": {}}); err == nil {
		t.Error("a migration without a number is no error")
	}
	n, err := lastMigration(fstest.MapFS{"0002_b.sql": {}, "0010_c.sql": {}, "0001_a.sql": {}, "readme.txt": {}})
	if n != 10 || err != nil {
		t.Errorf("lastMigration = %d, %v, want 10", n, err)
	}
}
