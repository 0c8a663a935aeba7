package storage

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
)

func TestConcurrentWriters(t *testing.T) { onEach(t, testConcurrentWriters) }

func testConcurrentWriters(t *testing.T, f *fixture) {
	other := f.in(newDirectory())
	const writers, each = 16, 12
	group := f.group("Everybody")
	var wg sync.WaitGroup
	var taken atomic.Int64
	for w := range writers {
		wg.Go(func() {
			g := f
			if w%4 == 3 {
				g = other
			}
			for i := range each {
				rec, err := g.s.Create(f.ctx, g.dir, userType, userDraft(fmt.Sprintf("user-%d-%d", w, i)), origin)
				if err != nil {
					t.Error(err)
					return
				}
				if g == f {
					if _, err := g.edit(group, add(rec.ID)); err != nil {
						t.Error(err)
					}
				}
				// The same name from everybody: one gets it.
				_, err = g.s.Create(f.ctx, g.dir, userType, userDraft(fmt.Sprint("shared-", i)), origin)
				var conflict *scim.ConflictError
				if errors.As(err, &conflict) {
					taken.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	f.checkInvariants()
	if got := len(f.memberIDs(group)); got != 12*each {
		t.Errorf("the group has %d members, want %d", got, 12*each)
	}
	if v := f.get(groupType, group).Version; v != 1+12*each {
		t.Errorf("the group's version is %d, want %d", v, 1+12*each)
	}
	if want := int64((writers - 2) * each); taken.Load() != want {
		t.Errorf("%d conflicts, want %d: each shared name once in each directory", taken.Load(), want)
	}
	want := []string{strconv.Itoa(1 + 12*each*2 + each), strconv.Itoa(4*each + each)}
	got := f.rows(`select sequence from tenant_sequences order by tenant_id = $1 desc`, f.dir.TenantID)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sequences (-want +got):\n%s", diff)
	}
}

// Concurrent edits of one group all count.
func TestConcurrentEditsOfOneGroup(t *testing.T) { onEach(t, testConcurrentEditsOfOneGroup) }

func testConcurrentEditsOfOneGroup(t *testing.T, f *fixture) {
	ids := f.seed(userType, 64, func(i int) scim.Draft { return userDraft(fmt.Sprint("u", i)) })
	group := f.group("Sales", ids[:32]...)
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			if _, err := f.edit(group, remove(ids[i]), add(ids[32+i])); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if diff := cmp.Diff(ids[32:], f.memberIDs(group)); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	f.checkInvariants()
}

const childVariable = "ROSTER_STORAGE_TEST_CHILD"

// TestMain turns the test binary into the second process of
// TestSecondProcessWrites when it is asked to.
func TestMain(m *testing.M) {
	if arg := os.Getenv(childVariable); arg != "" {
		if err := writeAsChild(arg); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writeAsChild creates users until its standard input ends, and prints the id of
// each once it is acknowledged.
func writeAsChild(arg string) error {
	path, directory, _ := strings.Cut(arg, "|")
	tenant, connection, _ := strings.Cut(directory, "|")
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = bufio.NewReader(os.Stdin).ReadByte()
		cancel()
	}()
	db, err := Open(ctx, "sqlite:"+path, Options{})
	if err != nil {
		return err
	}
	s := NewResources(db)
	dir := scim.Directory{TenantID: tenant, ConnectionID: connection}
	for i := 0; ctx.Err() == nil; i++ {
		rec, err := s.Create(context.WithoutCancel(ctx), dir, userType, userDraft(fmt.Sprint("child-", i)), origin)
		if err != nil {
			return err
		}
		fmt.Fprintln(os.Stdout, rec.ID)
	}
	return db.Close()
}

func TestSecondProcessWrites(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "roster.db")
	f := fixtureOn(t, openFile(t, path, Options{}))
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVariable+"="+path+"|"+f.dir.TenantID+"|"+f.dir.ConnectionID)
	var complaints bytes.Buffer
	child.Stderr = &complaints
	stop, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := bufio.NewScanner(out)
	var ids []string
	for range 25 { // both write in turns and at the same time, as the locks will have it
		if !acknowledged.Scan() {
			break
		}
		ids = append(ids, acknowledged.Text())
		for range 8 {
			ids = append(ids, f.user(fmt.Sprint("parent-", len(ids))))
		}
	}
	if err := stop.Close(); err != nil {
		t.Error(err)
	}
	for acknowledged.Scan() {
		ids = append(ids, acknowledged.Text())
	}
	if err := child.Wait(); err != nil {
		t.Fatalf("second process: %v\n%s", err, complaints.String())
	}
	if len(ids) < 25*9 {
		t.Errorf("only %d writes were acknowledged", len(ids))
	}
	for _, id := range ids {
		f.get(userType, id)
	}
	if got := f.rows(`select count(*) from resources`); got[0] != strconv.Itoa(len(ids)) {
		t.Errorf("%s resources, %d were acknowledged", got[0], len(ids))
	}
	f.checkInvariants()
}

// A second handle on the same file, as a command has while the server runs,
// reads what the first has committed.
func TestSecondHandleReads(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "roster.db")
	f := fixtureOn(t, openFile(t, path, Options{}))
	second := &fixture{t: t, ctx: f.ctx, db: openFile(t, path, Options{}), dir: f.dir}
	second.s = NewResources(second.db)
	for i := range 20 {
		id := f.user(fmt.Sprint("u", i))
		if _, err := second.put(userType, id, userDraft(fmt.Sprint("renamed", i))); err != nil {
			t.Fatal(err)
		}
		if v := f.get(userType, id).Version; v != 2 {
			t.Fatalf("version = %d after the other handle's update", v)
		}
	}
	f.checkInvariants()
}
