package storage

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("this is no database, and long enough to be told from one\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, url := range map[string]string{
		"no scheme":         "roster.db",
		"unknown scheme":    "mysql://localhost/roster",
		"memory":            "sqlite::memory:",
		"no path":           "sqlite:",
		"not a database":    "sqlite:" + file,
		"directory is file": "sqlite:" + filepath.Join(file, "roster.db"),
		"is a directory":    "sqlite:" + t.TempDir(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := Open(t.Context(), url, Options{})
			if err == nil {
				_ = db.Close()
				t.Fatalf("Open(%q) succeeded", url)
			}
			if !strings.HasPrefix(err.Error(), "open database: ") {
				t.Errorf("error = %q, does not say what was being done", err)
			}
		})
	}
}

func TestOpenCreatesPrivateFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a dir?with 100%", "data")
	f := fixtureOn(t, openFile(t, filepath.Join(dir, "roster.db"), Options{}))
	f.user("ada")
	for name, want := range map[string]fs.FileMode{
		"": 0o700 | fs.ModeDir, "roster.db": 0o600, "roster.db-wal": 0o600, "roster.db-shm": 0o600,
		"roster-log.db": 0o600, "roster-log.db-wal": 0o600, "roster-log.db-shm": 0o600,
	} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("mode of %q = %v, want %v", name, info.Mode(), want)
		}
	}
}

func TestConnectionsAreSetUp(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, tc := range []struct {
		pragma           string
		writing, reading string
	}{
		{"journal_mode", "wal", "wal"},
		{"synchronous", "2", "2"},
		{"foreign_keys", "1", "0"},
		{"query_only", "0", "1"},
		{"busy_timeout", "2000", "2000"},
	} {
		for m, want := range map[mode]string{readWrite: tc.writing, readOnly: tc.reading} {
			var got string
			err := f.db.transact(f.ctx, "", m, func(tx *tx) error {
				return tx.get(f.ctx, func(row scanner) error { return row.Scan(&got) }, `pragma `+tc.pragma)
			})
			if err != nil || got != want {
				t.Errorf("%s with write = %v: %q, %v; want %q", tc.pragma, m, got, err, want)
			}
		}
	}
}

// TestRelaxedIsForOneTransaction: whoever comes next waits for the disk again.
func TestRelaxedIsForOneTransaction(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		setting, waits, hurries := `pragma synchronous`, "2", "1"
		sqlite, ok := f.db.engine.(*sqliteEngine)
		if ok {
			sqlite.writer.syncEvery = time.Hour
		} else {
			setting, waits, hurries = `show synchronous_commit`, "on", "off"
		}
		modeOf := func(m mode) (got string, err error) {
			err = f.db.transact(f.ctx, "", m, func(tx *tx) error {
				return tx.get(f.ctx, func(row scanner) error { return row.Scan(&got) }, setting)
			})
			return got, err
		}
		for i, m := range []mode{readWrite, relaxed, relaxed, readWrite, relaxed, readWrite} {
			want := map[mode]string{readWrite: waits, relaxed: hurries}[m]
			if got, err := modeOf(m); err != nil || got != want {
				t.Errorf("transaction %d: %q, %v; want %q", i, got, err, want)
			}
		}
		if !ok {
			return
		}
		sqlite.writer.syncEvery = 0
		if got, err := modeOf(relaxed); err != nil || got != waits {
			t.Errorf("long after the disk was waited for: %q, %v; want %q", got, err, waits)
		}
	})
}

func TestReadersCannotWrite(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	err := f.db.view(f.ctx, "", func(tx *tx) error {
		_, err := tx.exec(f.ctx, `delete from resources`)
		return err
	})
	if !isSQLiteCode(err, sqlite3.SQLITE_READONLY) {
		t.Errorf("write in a read transaction: %v", err)
	}
}

func TestTransactionIsUndone(t *testing.T) { onEach(t, testTransactionIsUndone) }

func testTransactionIsUndone(t *testing.T, f *fixture) {
	insert := func(tx *tx) {
		_, err := tx.exec(f.ctx, `insert into tenant_sequences (tenant_id, sequence) values ($1, 0)`, f.dir.TenantID)
		if err != nil {
			t.Error(err)
		}
	}
	failure := errors.New("failure")
	if err := f.db.update(f.ctx, f.dir.TenantID, func(tx *tx) error { insert(tx); return failure }); !errors.Is(err, failure) {
		t.Errorf("update = %v, want the function's error", err)
	}
	if err := f.db.update(f.ctx, f.dir.TenantID, func(tx *tx) error { insert(tx); return errRollback }); err != nil {
		t.Errorf("update with errRollback = %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = f.db.update(f.ctx, f.dir.TenantID, func(tx *tx) error { insert(tx); panic("boom") })
	}()
	ctx, cancel := context.WithCancel(f.ctx)
	err := f.db.update(ctx, f.dir.TenantID, func(tx *tx) error {
		insert(tx)
		cancel()
		_, err := tx.exec(ctx, `select 1`)
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("update with a cancelled context = %v", err)
	}
	if n := f.rows(`select count(*) from tenant_sequences`); n[0] != "0" {
		t.Errorf("%s rows were left behind", n[0])
	}
	// The writer is free again, and works.
	if err := f.db.update(f.ctx, f.dir.TenantID, func(tx *tx) error { insert(tx); return nil }); err != nil {
		t.Fatal(err)
	}
	if n := f.rows(`select count(*) from tenant_sequences`); n[0] != "1" {
		t.Errorf("%s rows after a commit, want 1", n[0])
	}
}

func TestViewIsOneMoment(t *testing.T) { onEach(t, testViewIsOneMoment) }

func testViewIsOneMoment(t *testing.T, f *fixture) {
	count := func(tx *tx) (n int) {
		err := tx.get(f.ctx, func(row scanner) error { return row.Scan(&n) }, `select count(*) from resources where tenant_id = $1`, f.dir.TenantID)
		if err != nil {
			t.Error(err)
		}
		return n
	}
	err := f.db.view(f.ctx, f.dir.TenantID, func(tx *tx) error {
		before := count(tx)
		f.user("ada")
		if after := count(tx); after != before {
			t.Errorf("a transaction saw %d resources, then %d", before, after)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWaitingHeedsTheContext(t *testing.T) { onEach(t, testWaitingHeedsTheContext) }

func testWaitingHeedsTheContext(t *testing.T, f *fixture) {
	err := f.db.update(f.ctx, "", func(*tx) error {
		ctx, cancel := context.WithTimeout(f.ctx, time.Millisecond)
		defer cancel()
		return f.db.update(ctx, "", func(*tx) error {
			t.Error("two write transactions at once")
			return nil
		})
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("update behind another = %v", err)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "roster.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Ping(t.Context()); err != nil {
		t.Errorf("ping: %v", err)
	}
	for range 2 {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if err := db.Ping(t.Context()); !errors.Is(err, errClosed) {
		t.Errorf("ping after close = %v", err)
	}
}

func TestStatementsAreKeptAndBounded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	err := f.db.view(f.ctx, "", func(tx *tx) error {
		c := tx.session.(*sqliteReader).sqliteConn
		for i := range maxStatements + 50 {
			if _, err := tx.exec(f.ctx, "select 1"+strings.Repeat(" ", i)); err != nil {
				return err
			}
		}
		if n := len(c.stmts); n != maxStatements || c.recent.Len() != n {
			t.Errorf("%d statements are kept, %d in order; want %d", n, c.recent.Len(), maxStatements)
		}
		first, err := c.prepare(f.ctx, "select 1"+strings.Repeat(" ", 60))
		if err != nil {
			return err
		}
		again, err := c.prepare(f.ctx, "select 1"+strings.Repeat(" ", 60))
		if first != again {
			t.Error("a statement was prepared twice")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestErrorsAreToldByCode(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	insert := `insert into tenant_sequences (tenant_id, sequence) values ('a', $1)`
	for name, tc := range map[string]struct {
		query  string
		arg    any
		unique bool
	}{
		"primary key": {insert, 1, true},
		"not null":    {insert, nil, false},
		"syntax":      {`insert nothing $1`, 1, false},
	} {
		err := f.db.update(f.ctx, "", func(tx *tx) error {
			if _, err := tx.exec(f.ctx, insert, 1); err != nil {
				t.Error(err)
			}
			_, err := tx.exec(f.ctx, tc.query, tc.arg)
			return err
		})
		var se *sqlite.Error
		if !errors.As(err, &se) || f.db.engine.isUnique(err) != tc.unique {
			t.Errorf("%s: %v, isUnique = %v", name, err, f.db.engine.isUnique(err))
		}
	}
}

func TestSQLFunctions(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for query, want := range map[string]string{
		`select roster_fold('Ünï CODE')`:                       "ünï code",
		`select roster_fold(null) is null`:                     "1",
		`select roster_fold(12)`:                               "12",
		`select roster_micros('1970-01-01T00:00:01.0000019Z')`: "1000001",
		`select roster_micros('1970-01-01T01:00:00+01:00')`:    "0",
		`select roster_micros('0001-01-03T00:00:00.0000000Z')`: "-62135424000000000",
		`select roster_micros('yesterday') is null`:            "1",
		`select roster_micros(5) is null`:                      "1",
		`select roster_micros(null) is null`:                   "1",
	} {
		if got := f.rows(query); got[0] != want {
			t.Errorf("%s = %s, want %s", query, got[0], want)
		}
	}
}

func TestIsID(t *testing.T) {
	t.Parallel()
	id := mustID()
	for text, want := range map[string]bool{
		id:                               true,
		strings.ToUpper(id):              false,
		"":                               false,
		id[:35]:                          false,
		id + "0":                         false,
		"{" + id[:34] + "}":              false,
		strings.ReplaceAll(id, "-", "0"): false,
		strings.ReplaceAll(id, "-", ""):  false,
		"g" + id[1:]:                     false,
		"'" + id[1:]:                     false,
	} {
		if got := isID(text); got != want {
			t.Errorf("isID(%q) = %v", text, got)
		}
	}
}
