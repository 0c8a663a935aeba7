package storage

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	sqlite3 "modernc.org/sqlite/lib"
)

// writers begin transactions while the database has one that does not end, so that
// all of them are of one group.
type writers struct {
	*fixture
	writer  *sqliteWriter
	release chan struct{}
	wg      sync.WaitGroup
	waiting int
	first   error
}

func newWriters(t *testing.T) *writers {
	t.Helper()
	f := newFixture(t)
	w := &writers{fixture: f, writer: f.db.engine.(*sqliteEngine).writer, release: make(chan struct{})}
	w.writer.groupTime = time.Hour
	f.user("before")
	w.must(f.db.update(f.ctx, "", func(tx *tx) error {
		_, err := tx.exec(f.ctx, `create table notes (name text primary key, number bigint not null)`)
		return err
	}))
	began := make(chan struct{})
	begin := sync.OnceFunc(func() { close(began) }) // it may be done again
	w.wg.Go(func() {
		w.first = f.db.update(f.ctx, "", func(tx *tx) error {
			begin()
			<-w.release
			return w.note(tx, "first")
		})
	})
	<-began
	return w
}

// note writes a row.
func (w *writers) note(tx *tx, name string) error {
	_, err := tx.exec(w.ctx, `insert into notes (name, number) values ($1, 1)`, name)
	return err
}

func (w *writers) notes() []string {
	w.t.Helper()
	return w.rows(`select name, number from notes order by rowid`)
}

func (w *writers) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// join begins a transaction and returns when it waits for its turn.
func (w *writers) join(do func()) {
	w.t.Helper()
	w.waiting++
	w.wg.Go(do)
	for w.queued() < w.waiting {
		runtime.Gosched()
	}
}

func (w *writers) queued() int {
	w.writer.mu.Lock()
	defer w.writer.mu.Unlock()
	return w.writer.queue.Len()
}

// end lets all of them write, and says in how many commits they did.
func (w *writers) end() int {
	w.t.Helper()
	before := walCommits(w.t, pathOf(w.db))
	close(w.release)
	w.wg.Wait()
	return walCommits(w.t, pathOf(w.db)) - before
}

// walCommits counts the frames of a write-ahead log that end a transaction: those
// which say how large the database is then.
func walCommits(t reporter, path string) (n int) {
	t.Helper()
	log, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	const header, frame, page = 32, 24, 4096
	for at := header; at+frame+page <= len(log); at += frame + page {
		if binary.BigEndian.Uint32(log[at+4:]) > 0 {
			n++
		}
	}
	return n
}

func TestWritersShareACommit(t *testing.T) {
	t.Parallel()
	w := newWriters(t)
	const more = 20
	var errs [more]error
	for i := range more {
		w.join(func() {
			_, errs[i] = w.s.Create(w.ctx, w.dir, userType, userDraft(fmt.Sprint("user ", i)), origin)
		})
	}
	if n := w.end(); n != 1 {
		t.Errorf("%d commits, want 1", n)
	}
	if err := errors.Join(append(errs[:], w.first)...); err != nil {
		t.Error(err)
	}
	w.user("after")
	if n := len(w.rows(`select id from resources`)); n != more+2 {
		t.Errorf("%d users", n)
	}
	w.checkInvariants()
}

// TestOneOfAGroupFails, each in another way, and does no harm to the others.
func TestOneOfAGroupFails(t *testing.T) {
	t.Parallel()
	w := newWriters(t)
	oops := errors.New("oops")
	ctx, cancel := context.WithCancel(w.ctx)
	members := []struct {
		name string
		end  func() error
		want error
		got  error
	}{
		{name: "good", end: func() error { return nil }},
		{name: "error", end: func() error { return oops }, want: oops},
		{name: "panic", end: func() error { panic(oops) }, want: oops},
		{name: "no change", end: func() error { return errRollback }},
		{name: "last but one", end: func() error { return nil }},
		{name: "cancelled", end: func() error { cancel(); return nil }, want: context.Canceled},
	}
	for i := range members {
		m := &members[i]
		w.join(func() {
			defer func() {
				if recover() != nil {
					m.got = oops
				}
			}()
			m.got = w.db.update(ctx, "", func(tx *tx) error {
				if err := errors.Join(w.note(tx, m.name), m.end()); err != nil {
					return err
				}
				_, err := tx.exec(ctx, `update notes set number = 2 where name = $1`, m.name)
				return err
			})
		})
	}
	if n := w.end(); n != 1 {
		t.Errorf("%d commits, want 1", n)
	}
	for _, m := range members {
		if !errors.Is(m.got, m.want) {
			t.Errorf("%s: %v, want %v", m.name, m.got, m.want)
		}
	}
	if diff := cmp.Diff([]string{"first 1", "good 2", "last but one 2"}, w.notes()); diff != "" {
		t.Error(diff)
	}
}

// TestNobodyIsAnsweredBeforeTheCommit: when it fails, it fails for all of them, and
// for who has only read what they wrote.
func TestNobodyIsAnsweredBeforeTheCommit(t *testing.T) {
	t.Parallel()
	w := newWriters(t)
	want := w.dump()
	var errs [3]error
	w.join(func() { _, errs[0] = w.s.Create(w.ctx, w.dir, userType, userDraft("ada"), origin) })
	w.join(func() { // a commit finds what violates a deferred foreign key
		errs[1] = w.db.update(w.ctx, "", func(tx *tx) error {
			if _, err := tx.exec(w.ctx, `pragma defer_foreign_keys = on`); err != nil {
				return err
			}
			_, err := tx.exec(w.ctx, `insert into members (tenant_id, group_id, member_id, connection_id, member_type, added_at)
				values ('nobody', 'nothing', 'nothing', 'nowhere', 'User', 0)`)
			return err
		})
	})
	w.join(func() {
		errs[2] = w.db.update(w.ctx, "", func(tx *tx) error {
			if err := w.note(tx, "first"); err == nil {
				t.Error("a member of the group does not see the first")
			}
			return errRollback
		})
	})
	if n := w.end(); n != 0 {
		t.Errorf("%d commits", n)
	}
	for i, err := range append(errs[:], w.first) {
		if !isSQLiteCode(err, sqlite3.SQLITE_CONSTRAINT) {
			t.Errorf("member %d: %v, want the commit's error", i, err)
		}
	}
	if diff := cmp.Diff(want, w.dump()); diff != "" {
		t.Error(diff)
	}
	w.user("after")
}

// TestAGroupIsUndone by the failure of one: that one is told, and the others do
// theirs again.
func TestAGroupIsUndone(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(w *writers, tx *tx) error{
		"by the database": func(w *writers, tx *tx) error {
			_, err := tx.exec(w.ctx, `rollback`)
			return err
		},
		"perhaps, for want of space": func(w *writers, tx *tx) error {
			limit := func(pages int) {
				if err := tx.session.(*sqliteMember).control(fmt.Sprint(`pragma max_page_count = `, pages)); err != nil {
					t.Error(err)
				}
			}
			limit(1)
			defer limit(1 << 30)
			_, err := tx.exec(w.ctx, `insert into notes (name, number) values (hex(zeroblob(100000)), 1)`)
			if !isSQLiteCode(err, sqlite3.SQLITE_FULL) {
				t.Errorf("%v, want SQLITE_FULL", err)
			}
			if _, err := tx.exec(w.ctx, `insert into notes (name, number) values ('behind it', 1)`); !isSQLiteCode(err, sqlite3.SQLITE_FULL) {
				t.Errorf("%v behind the failure, want the failure", err)
			}
			return nil // it did not look
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWriters(t)
			var good, bad, unchanged error
			var tries int
			w.join(func() { _, good = w.s.Create(w.ctx, w.dir, userType, userDraft("ada"), origin) })
			w.join(func() { bad = w.db.update(w.ctx, "", func(tx *tx) error { return fail(w, tx) }) })
			w.join(func() {
				unchanged = w.db.update(w.ctx, "", func(*tx) error { tries++; return errRollback })
			})
			w.end()
			if err := errors.Join(w.first, good, unchanged); err != nil || bad == nil || tries != 1 {
				t.Errorf("%v, the one that failed: %v; %d tries", err, bad, tries)
			}
			if diff := cmp.Diff([]string{"first 1"}, w.notes()); diff != "" {
				t.Error(diff)
			}
			w.checkInvariants()
			if n := len(w.rows(`select id from resources`)); n != 2 {
				t.Errorf("%d users", n)
			}
		})
	}
}

// TestAdmission: what must be durable does not join what need not be, and nobody
// waits for who is apart.
func TestAdmission(t *testing.T) {
	t.Parallel()
	w := &sqliteWriter{groupTime: time.Hour}
	now := time.Now()
	for _, tc := range []struct {
		name  string
		group sqliteGroup
		mode  mode
		want  bool
	}{
		{"durable", sqliteGroup{mode: readWrite, began: now}, readWrite, true},
		{"relaxed joins durable", sqliteGroup{mode: readWrite, began: now}, relaxed, true},
		{"durable joins relaxed", sqliteGroup{mode: relaxed, began: now, sqliteConn: &sqliteConn{relaxed: true}}, readWrite, false},
		{"apart joins", sqliteGroup{mode: readWrite, began: now}, apart, false},
		{"joins one apart", sqliteGroup{mode: apart, began: now}, readWrite, false},
		{"full", sqliteGroup{mode: readWrite, began: now, members: groupMembers}, readWrite, false},
		{"late", sqliteGroup{mode: readWrite, began: now.Add(-2 * time.Hour)}, readWrite, false},
	} {
		if tc.group.sqliteConn == nil {
			tc.group.sqliteConn = &sqliteConn{}
		}
		if got := w.admits(&tc.group, tc.mode); got != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
}

// TestWaitingForTheTurnEnds with the context, whoever is granted it meanwhile.
func TestWaitingForTheTurnEnds(t *testing.T) {
	t.Parallel()
	w := newWriters(t)
	ctx, cancel := context.WithCancel(w.ctx)
	var gone, stays error
	w.join(func() { gone = w.db.update(ctx, "", func(tx *tx) error { return w.note(tx, "gone") }) })
	w.join(func() { stays = w.db.update(w.ctx, "", func(tx *tx) error { return w.note(tx, "stays") }) })
	cancel()
	for w.queued() == 2 {
		runtime.Gosched()
	}
	w.end()
	if !errors.Is(gone, context.Canceled) || errors.Join(stays, w.first) != nil {
		t.Errorf("%v, %v, %v", gone, stays, w.first)
	}
	if diff := cmp.Diff([]string{"first 1", "stays 1"}, w.notes()); diff != "" {
		t.Error(diff)
	}
}
