package main

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// ledger is what a server has acknowledged so far.
type ledger struct {
	lock sync.Mutex
	ids  []string
}

func (l *ledger) add(id string) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.ids = append(l.ids, id)
}

func (l *ledger) sofar() []string {
	l.lock.Lock()
	defer l.lock.Unlock()
	return slices.Clone(l.ids)
}

// provision makes users and puts them into a group until it is told to stop.
func provision(t *testing.T, c *client, name string, l *ledger, stopped *atomic.Bool) {
	group := c.createGroup(t, name)
	for i := 0; !stopped.Load(); i++ {
		r, err := c.try("POST", "/Users", user(fmt.Sprintf("%s-%d@example.com", name, i)))
		if err != nil || r.status != 201 {
			t.Errorf("create during a backup: %d, %v", r.status, err)
			return
		}
		id := r.object(t)["id"].(string)
		l.add(id)
		join := patchOp(`{"op":"add","path":"members","value":[{"value":"` + id + `"}]}`)
		if r, err := c.try("PATCH", "/Groups/"+group, join); err != nil || r.status >= 300 {
			t.Errorf("join during a backup: %d, %v", r.status, err)
			return
		}
	}
}

// TestBackupUnderLoad backs up a server while 8 writers are at work on it. Each
// backup holds every write that was acknowledged before it began, and its events
// tell exactly what its directory holds. The last one is restored and served.
func TestBackupUnderLoad(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	p.start(t)
	var l ledger
	var stopped atomic.Bool
	var writers sync.WaitGroup
	var c *client
	for i := range 8 {
		if i%4 == 0 {
			c = p.connection(t, fmt.Sprintf("Tenant %d", i/4))
		}
		writers.Go(func() { provision(t, c, fmt.Sprintf("w%d", i), &l, &stopped) })
	}
	defer writers.Wait()
	defer stopped.Store(true)
	directory := t.TempDir()
	last := ""
	for round := range 4 {
		last = filepath.Join(directory, fmt.Sprintf("copy-%d.db", round))
		before := l.sofar()
		p.must(t, "backup", "--to", last)
		holds(t, last, before)
		journalAgrees(t, last)
	}
	if len(l.sofar()) == 0 {
		t.Error("nothing was written meanwhile")
	}
	if out, err := p.roster(t.Context(), "restore", "--from", last).CombinedOutput(); err == nil || !strings.Contains(string(out), "stop it and restore then") {
		t.Errorf("restored under a server: %v\n%s", err, out)
	}
	stopped.Store(true)
	writers.Wait()
	p.stop(t)
	p.must(t, "restore", "--from", last)
	journalAgrees(t, p.file)
	p.start(t)
	c.createUser(t, "after@example.com")
}

// must runs a command that has to succeed.
func (p *process) must(t *testing.T, args ...string) {
	t.Helper()
	if out, err := p.roster(t.Context(), args...).CombinedOutput(); err != nil {
		t.Fatalf("roster %v: %v\n%s", args, err, out)
	}
}

func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.command.Wait(); err != nil {
		t.Fatalf("stopped with %v", err)
	}
	p.command = nil
}

func open(t *testing.T, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func holds(t *testing.T, file string, ids []string) {
	t.Helper()
	db := open(t, file)
	defer db.Close()
	stored := map[string]bool{}
	each(t, db, `select id from resources`, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		stored[id] = true
		return err
	})
	for _, id := range ids {
		if !stored[id] {
			t.Fatalf("%s was acknowledged before the backup and is not in it", id)
		}
	}
}

// TestRestoreKilled kills a restore with SIGKILL while it overwrites the database,
// several times: what was there is there, whole, and a restore that may finish
// succeeds.
func TestRestoreKilled(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	p.must(t, "tenant", "create", "--name", "Acme")
	fill(t, p.file, "in the backup")
	backup := filepath.Join(t.TempDir(), "backup.db")
	p.must(t, "backup", "--to", backup)
	fill(t, p.file, "later")
	inTheMiddle := 0
	for range 5 {
		if !p.killRestore(t, backup) { // it was faster
			fill(t, p.file, "later")
			continue
		}
		inTheMiddle++
		if mark, sound := marked(t, p.file); mark != "later" || sound != "ok" {
			t.Fatalf("after the kill: %q, %s", mark, sound)
		}
	}
	if inTheMiddle == 0 {
		t.Error("no restore was killed in the middle")
	}
	for _, kept := range matching(t, p.file+".before-restore-*") {
		if mark, sound := marked(t, kept); mark != "later" || sound != "ok" {
			t.Errorf("%s: %q, %s", kept, mark, sound)
		}
		if err := os.Remove(kept); err != nil { // its name has a second in it, which the next restore may need
			t.Fatal(err)
		}
	}
	p.must(t, "restore", "--from", backup)
	if mark, sound := marked(t, p.file); mark != "in the backup" || sound != "ok" {
		t.Errorf("after the restore: %q, %s", mark, sound)
	}
}

// fill makes a database 24 MB large and marks it.
func fill(t *testing.T, file, mark string) {
	t.Helper()
	db := open(t, file)
	defer db.Close()
	for _, statement := range []string{
		`drop table if exists filling`,
		`create table filling (mark text, content blob)`,
		`with recursive n (i) as (select 1 union all select i + 1 from n where i < 24)
			insert into filling select '` + mark + `', randomblob(1000000) from n`,
		`pragma wal_checkpoint(truncate)`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// marked reads the mark of a database, "" for a mixture, and SQLite's verdict.
func marked(t *testing.T, file string) (mark, sound string) {
	t.Helper()
	db := open(t, file)
	defer db.Close()
	err := db.QueryRow(`select case when count(distinct mark) = 1 and count(*) = 24 then max(mark) else '' end from filling`).Scan(&mark)
	if err := errors.Join(err, db.QueryRow(`pragma integrity_check`).Scan(&sound)); err != nil {
		t.Fatal(err)
	}
	return mark, sound
}

// killRestore reports whether the restore died while it was overwriting.
func (p *process) killRestore(t *testing.T, backup string) bool {
	t.Helper()
	for _, kept := range matching(t, p.file+".before-restore-*") {
		_ = os.Remove(kept) // as in TestRestoreKilled
	}
	command := p.roster(t.Context(), "restore", "--from", backup)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !p.overwriting() {
		select {
		case <-tick.C:
		case err := <-ended:
			if err != nil {
				t.Fatalf("restore: %v", err)
			}
			return false
		}
	}
	_ = command.Process.Kill() // it may just have ended
	<-ended
	return p.overwriting()
}

// overwriting says that the journal is there that undoes what was overwritten. Its
// first bytes are zeros until it is on disk, and again after the commit.
func (p *process) overwriting() bool {
	f, err := os.Open(p.file + "-journal")
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 8)
	_, err = io.ReadFull(f, head)
	return err == nil && !bytes.Equal(head, make([]byte, 8))
}

func matching(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}
