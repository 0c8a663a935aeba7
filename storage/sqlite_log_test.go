package storage

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/roster-scim/roster/tenants/requestlog"
)

func TestNameOfTheLog(t *testing.T) {
	t.Parallel()
	for database, want := range map[string]string{
		"/data/roster.db": "/data/roster-log.db", "/a.d/roster": "/a.d/roster-log", "/data/a.b.sqlite": "/data/a.b-log.sqlite",
	} {
		if got := SQLiteLog(filepath.FromSlash(database)); got != filepath.FromSlash(want) {
			t.Errorf("the log of %s is %s, want %s", database, got, want)
		}
	}
}

// TestTheLogDoesNotWait: nor does anybody wait for it, and what it sees of the
// database is no older than its lock.
func TestTheLogDoesNotWait(t *testing.T) {
	t.Parallel()
	r := newRequestFixture(newFixture(t), counting{})
	r.must(r.db.update(r.ctx, "", func(*tx) error {
		r.append(requestLine(r.connection, made))
		return nil
	}))
	r.must(r.db.requestLog().update(r.ctx, "", func(*tx) error {
		r.control.connection(r.tenant, "Another")
		return nil
	}))
	if n := len(r.list(requestlog.Filter{})); n != 1 {
		t.Errorf("%d lines", n)
	}
}

// TestTheLogWritesNothingElse: one file's transactions are not durable together
// with another's.
func TestTheLogWritesNothingElse(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, tc := range []struct {
		db        *DB
		statement string
	}{
		{f.db.requestLog(), `update installation set policy_revision = 7`},
		{f.db, `delete from requests`},
	} {
		err := tc.db.update(f.ctx, "", func(tx *tx) error {
			_, err := tx.exec(f.ctx, tc.statement)
			return err
		})
		if err == nil {
			t.Errorf("%s: carried out", tc.statement)
		}
	}
}

// TestTheLogIsGone: a database whose log was deleted begins a new one.
func TestTheLogIsGone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "roster.db")
	first := newRequestFixture(fixtureOn(t, openFile(t, path, Options{})), counting{})
	first.append(requestLine(first.connection, made))
	if err := errors.Join(first.db.Close(), os.Remove(SQLiteLog(path))); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), "sqlite:"+path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if status, err := again.SchemaStatus(t.Context()); err != nil || status.Err() != nil {
		t.Fatalf("%+v, %v", status, err)
	}
	r := &requestFixture{control: newControl(fixtureOn(t, again)), log: NewRequests(again, counting{}, first.log.logger),
		tenant: first.tenant, connection: first.connection}
	if n := len(r.list(requestlog.Filter{})); n != 0 {
		t.Errorf("%d lines in a new log", n)
	}
	r.append(requestLine(r.connection, made))
	if got := r.counts(); got != "1 1 1" {
		t.Errorf("requests, cycles, hours: %s", got)
	}
}

// TestSchemaOfTheLog: a log that lacks a migration makes the schema old.
func TestSchemaOfTheLog(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	status, err := f.db.SchemaStatus(f.ctx)
	if err != nil || status.Err() != nil {
		t.Fatalf("%+v, %v", status, err)
	}
	for version, want := range map[int64]error{8: ErrSchemaOld, status.Wanted + 1: ErrSchemaNew} {
		err := f.db.requestLog().update(f.ctx, "", func(tx *tx) error {
			_, err := tx.exec(f.ctx, `update goose_db_version set version_id = $1 where version_id > 0`, version)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if status, err = f.db.SchemaStatus(f.ctx); err != nil || !errors.Is(status.Err(), want) {
			t.Errorf("log at %d: %+v, %v; want %v", version, status, err, want)
		}
	}
}

// TestStrangersAreForgotten: what the log has of connections that the database does
// not have goes, and nothing else.
func TestStrangersAreForgotten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, path := filepath.Join(dir, "old.db"), filepath.Join(dir, "roster.db")
	before := newRequestFixture(fixtureOn(t, openFile(t, old, Options{})), counting{})
	before.append(requestLine(before.connection, made))
	if err := errors.Join(before.db.Close(), os.Rename(SQLiteLog(old), SQLiteLog(path))); err != nil {
		t.Fatal(err)
	}
	r := newRequestFixture(fixtureOn(t, openFile(t, path, Options{})), counting{})
	r.append(requestLine(r.connection, made))
	if got := r.counts(); got != "2 2 2" {
		t.Fatalf("requests, cycles, hours: %s", got)
	}
	r.must(r.maintenance.Once(r.ctx, made.Add(time.Minute)))
	if got := r.counts(); got != "1 1 1" {
		t.Errorf("requests, cycles, hours: %s", got)
	}
	if n := len(r.list(requestlog.Filter{})); n != 1 {
		t.Errorf("%d lines of the connection that is there", n)
	}
}
