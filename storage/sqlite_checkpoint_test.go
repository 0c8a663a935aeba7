package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"testing"
)

// walRestarts is how often a write-ahead log has begun anew: what SQLite counts in
// its header, which the first commit writes.
func walRestarts(t reporter, path string) uint32 {
	t.Helper()
	log, err := os.Open(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	header := make([]byte, 32)
	if _, err := log.ReadAt(header, 0); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return binary.BigEndian.Uint32(header[12:])
}

// often has a log looked after more often than in earnest.
func often(f *fixture, db *DB, frames int64) *sqliteWriter {
	f.t.Helper()
	w := db.engine.(*sqliteEngine).writer
	err := db.update(f.ctx, "", func(*tx) error {
		w.log.every, w.log.pause = frames, 0
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return w
}

// TestTheLogIsBounded: it begins anew again and again while several write without
// a pause, and nothing of what they wrote is missing.
func TestTheLogIsBounded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	often(f, f.db, 100)
	const writers, want, most = 4, 3, 4_000
	first := walRestarts(t, pathOf(f.db))
	var made atomic.Int64
	var wg sync.WaitGroup
	var errs [writers]error
	for i := range writers {
		wg.Go(func() {
			for errs[i] == nil && made.Load() < most && walRestarts(t, pathOf(f.db)) < first+want {
				_, errs[i] = f.s.Create(f.ctx, f.dir, userType, userDraft(fmt.Sprint("user ", made.Add(1))), origin)
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	if n := walRestarts(t, pathOf(f.db)) - first; n < want {
		t.Errorf("after %d users the log began anew %d times, want %d", made.Load(), n, want)
	}
	if n := len(f.rows(`select id from resources`)); int64(n) != made.Load() {
		t.Errorf("%d users, want %d", n, made.Load())
	}
	f.checkInvariants()
}

// TestTheLogWaitsForReaders: it goes on as long as somebody reads an earlier state,
// who keeps that, and begins anew afterwards.
func TestTheLogWaitsForReaders(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	w := often(f, f.db, 1)
	const count = `select count(*) from resources`
	f.user("before")
	w.log.mustCheckpoint(f)
	restarts := walRestarts(t, pathOf(f.db))
	err := f.db.view(f.ctx, "", func(tx *tx) error {
		var before, after int
		if err := tx.get(f.ctx, func(row scanner) error { return row.Scan(&before) }, count); err != nil {
			return err
		}
		f.user("first") // the log begins anew here
		for i := range 3 {
			f.user(fmt.Sprint("while somebody reads ", i))
			w.log.mustCheckpoint(f)
		}
		if n := walRestarts(t, pathOf(f.db)) - restarts; n > 1 {
			t.Errorf("the log began anew %d times below a reader", n)
		}
		err := tx.get(f.ctx, func(row scanner) error { return row.Scan(&after) }, count)
		if before != 1 || after != before {
			t.Errorf("%d and then %d users in one transaction", before, after)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	restarts = walRestarts(t, pathOf(f.db))
	w.log.mustCheckpoint(f)
	f.user("after")
	if n := walRestarts(t, pathOf(f.db)) - restarts; n == 0 {
		t.Error("the log did not begin anew")
	}
	if n := len(f.rows(`select id from resources`)); n != 6 {
		t.Errorf("%d users", n)
	}
}

func (c *sqliteCheckpointer) mustCheckpoint(f *fixture) {
	f.t.Helper()
	if err := c.checkpoint(); err != nil {
		f.t.Fatal(err)
	}
}

// TestCheckpointsOfTheRequestLog: its file is looked after as the database's is.
func TestCheckpointsOfTheRequestLog(t *testing.T) {
	t.Parallel()
	r := newRequestFixture(newFixture(t), counting{})
	often(r.fixture, r.db.requestLog(), 20)
	file := SQLiteLog(pathOf(r.db))
	first := walRestarts(t, file)
	for range 1_000 {
		if walRestarts(t, file) > first {
			return
		}
		r.append(requestLine(r.connection, made))
	}
	t.Error("the log of the request log never began anew")
}
