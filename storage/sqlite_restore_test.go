package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sync/atomic"
	"testing"
)

// backedUp is a closed database and a backup of it that is older: the user
// "later" is in the database alone.
func backedUp(t *testing.T) (file, backup string) {
	t.Helper()
	f := fixtureOn(t, openFile(t, filepath.Join(t.TempDir(), "roster.db"), Options{Readers: 1}))
	for i := range 120 { // enough for several steps
		f.create(userType, draft(doc{"userName": fmt.Sprintf("user-%d", i), "title": fmt.Sprintf("%08000d", i)}))
	}
	backup = emptyFile(t)
	if _, err := BackupSQLite(t.Context(), pathOf(f.db), backup); err != nil {
		t.Fatal(err)
	}
	f.user("later")
	if err := f.db.Close(); err != nil {
		t.Fatal(err)
	}
	return pathOf(f.db), backup
}

// restore is what a restore does with files: lock, keep, replace.
func restore(ctx context.Context, backup, file, aside string) (kept bool, err error) {
	l, err := LockSQLite(ctx, file)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	if !l.Empty() {
		if err := l.Copy(ctx, aside); err != nil {
			return false, err
		}
	}
	return !l.Empty(), l.Replace(ctx, backup)
}

func contentOf(t *testing.T, file string) map[string][]string {
	t.Helper()
	f := fixtureOn(t, openFile(t, file, Options{Readers: 1}))
	defer f.db.Close()
	return f.dump()
}

func TestRestore(t *testing.T) {
	t.Parallel()
	file, backup := backedUp(t)
	old, aside := contentOf(t, file), emptyFile(t)
	kept, err := restore(t.Context(), backup, file, aside)
	if err != nil || !kept {
		t.Fatalf("restore: kept %v, %v", kept, err)
	}
	alone(t, file)
	if !reflect.DeepEqual(contentOf(t, file), contentOf(t, backup)) {
		t.Error("the database is not what the backup holds")
	}
	if !reflect.DeepEqual(contentOf(t, aside), old) {
		t.Error("what was kept is not what the database held")
	}
}

func TestRestoreToNothing(t *testing.T) {
	t.Parallel()
	_, backup := backedUp(t)
	file := filepath.Join(t.TempDir(), "new", "roster.db")
	kept, err := restore(t.Context(), backup, file, emptyFile(t))
	if err != nil || kept {
		t.Fatalf("restore: kept %v, %v", kept, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the new file: %v, %v", info, err)
	}
	if !reflect.DeepEqual(contentOf(t, file), contentOf(t, backup)) {
		t.Error("the database is not what the backup holds")
	}
}

func TestRestoreRefused(t *testing.T) {
	t.Parallel()
	t.Run("in use by somebody who does nothing", func(t *testing.T) {
		t.Parallel()
		file, backup := backedUp(t)
		f := fixtureOn(t, openFile(t, file, Options{}))
		before := f.dump()
		if _, err := restore(t.Context(), backup, file, emptyFile(t)); !errors.Is(err, ErrInUse) {
			t.Errorf("%v, want ErrInUse", err)
		}
		if !reflect.DeepEqual(f.dump(), before) {
			t.Error("the refused restore changed the database")
		}
		f.user("still works")
	})
	t.Run("no database", func(t *testing.T) {
		t.Parallel()
		_, backup := backedUp(t)
		file := filepath.Join(t.TempDir(), "roster.db")
		const text = "This is no database, and nobody may make one of it by overwriting it, however short it may be."
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := restore(t.Context(), backup, file, emptyFile(t)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%v, want ErrDamaged", err)
		}
		if left, err := os.ReadFile(file); err != nil || string(left) != text {
			t.Errorf("the file was changed: %q, %v", left, err)
		}
	})
	t.Run("a log without its database", func(t *testing.T) {
		t.Parallel()
		_, backup := backedUp(t)
		file := filepath.Join(t.TempDir(), "roster.db")
		if err := os.WriteFile(file+"-wal", []byte("commits"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := restore(t.Context(), backup, file, emptyFile(t)); err == nil {
			t.Error("the log was thrown away")
		}
	})
}

// endingContext ends when it has been asked n times whether it has.
type endingContext struct {
	context.Context
	left *atomic.Int64
}

func (c endingContext) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return c.Context.Err()
}

// TestRestoreCancelled stops a restore after each of its steps in turn: the
// database holds what it held until the step that completes it.
func TestRestoreCancelled(t *testing.T) {
	t.Parallel()
	file, backup := backedUp(t)
	old, restored := contentOf(t, file), contentOf(t, backup)
	stopped := 0
	for n := int64(0); ; n++ {
		ctx := endingContext{t.Context(), new(atomic.Int64)}
		ctx.left.Store(n)
		_, err := restore(ctx, backup, file, emptyFile(t))
		if err == nil {
			break
		}
		stopped++
		if now := contentOf(t, file); !errors.Is(err, context.Canceled) || !reflect.DeepEqual(now, old) {
			if !reflect.DeepEqual(now, restored) {
				t.Fatalf("after %d steps (%v): neither the old content nor the backup's", n, err)
			}
			t.Fatalf("after %d steps (%v): restored, but an error was reported", n, err)
		}
	}
	if stopped < 4 {
		t.Errorf("it could be stopped in %d places only", stopped)
	}
	if !reflect.DeepEqual(contentOf(t, file), restored) {
		t.Error("the database is not what the backup holds")
	}
}
