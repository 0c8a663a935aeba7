package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// emptyFile is a file for a copy to go to.
func emptyFile(t *testing.T) string {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "copy-*.db")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}

// pathOf is the file of a database.
func pathOf(db *DB) string { return db.engine.(*sqliteEngine).path }

// alone checks that nothing is left beside a file.
func alone(t *testing.T, file string) {
	t.Helper()
	beside, err := filepath.Glob(file + "-*")
	if err != nil || len(beside) > 0 {
		t.Errorf("left beside the file: %v (%v)", beside, err)
	}
}

const userNames = `select document->>'userName' from resources order by 1`

// TestBackupWhileOthersWrite backs up again and again while writers are at work:
// each copy holds what was acknowledged before it began, and stands between two
// writes, with as many events as users.
func TestBackupWhileOthersWrite(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var lock sync.Mutex
	var acknowledged []string
	var stopped atomic.Bool
	var writers sync.WaitGroup
	for w := range 4 {
		g := f.in(newDirectory())
		writers.Go(func() {
			for i := 0; !stopped.Load(); i++ {
				name := fmt.Sprintf("user-%d-%d", w, i)
				if _, err := g.s.Create(g.ctx, g.dir, userType, userDraft(name), origin); err != nil {
					t.Errorf("write during a backup: %v", err)
					return
				}
				lock.Lock()
				acknowledged = append(acknowledged, name)
				lock.Unlock()
			}
		})
	}
	defer writers.Wait()
	defer stopped.Store(true)
	for range 8 {
		lock.Lock()
		before := slices.Clone(acknowledged)
		lock.Unlock()
		to := emptyFile(t)
		schema, err := BackupSQLite(t.Context(), pathOf(f.db), to)
		wanted, _ := SQLiteSchema()
		if err != nil || schema != wanted {
			t.Fatalf("backup: schema %d, %v", schema, err)
		}
		alone(t, to)
		checkCopy(t, to, before)
	}
}

func checkCopy(t *testing.T, file string, names []string) {
	t.Helper()
	c := fixtureOn(t, openFile(t, file, Options{Readers: 1}))
	stored := c.rows(userNames)
	for _, name := range names {
		if _, found := slices.BinarySearch(stored, name); !found {
			t.Fatalf("%s was acknowledged before the backup and is not in it", name)
		}
	}
	torn := c.rows(`select s.tenant_id, s.sequence,
			(select count(*) from events e where e.tenant_id = s.tenant_id),
			(select count(*) from resources r where r.tenant_id = s.tenant_id) as users
		from tenant_sequences s
		where s.sequence != users or s.sequence != (select max(e.sequence) from events e where e.tenant_id = s.tenant_id)`)
	if len(torn) > 0 {
		t.Errorf("sequence, events and users disagree: %v", torn)
	}
}

func TestBackupCancelled(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("noor")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := BackupSQLite(ctx, pathOf(f.db), emptyFile(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled backup: %v", err)
	}
	f.user("after") // the database is as usable as before
}

// TestCheckFoldsTheLog: a copy of the files of a database in use, taken while
// nobody wrote, is made one file with everything in it.
func TestCheckFoldsTheLog(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("noor")
	to := emptyFile(t)
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(pathOf(f.db) + suffix)
		if err != nil || len(content) == 0 {
			t.Fatalf("%s: %d bytes, %v", suffix, len(content), err)
		}
		if err := os.WriteFile(to+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := CheckSQLite(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	alone(t, to)
	checkCopy(t, to, []string{"noor"})
}

func TestCheckRefusesDamage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for i := range 200 {
		f.user(fmt.Sprintf("user-%d", i))
	}
	whole := emptyFile(t)
	if _, err := BackupSQLite(t.Context(), pathOf(f.db), whole); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]func([]byte) []byte{
		"text":                func([]byte) []byte { return []byte(strings.Repeat("not a database\n", 100)) },
		"nothing":             func([]byte) []byte { return nil },
		"the first half":      func(b []byte) []byte { return b[:len(b)/2] },
		"an overwritten page": func(b []byte) []byte { copy(b[len(b)-4096:], make([]byte, 4096)); return b },
	}
	for name, damage := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := emptyFile(t)
			if err := os.WriteFile(file, damage(slices.Clone(content)), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := CheckSQLite(t.Context(), file); !errors.Is(err, ErrDamaged) {
				t.Errorf("%v, want ErrDamaged", err)
			}
		})
	}
}
