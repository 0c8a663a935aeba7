package storage

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants"
)

// note notes the sizes of all directories for an hour, two tenants at a time.
func (h *healthFixture) note(hour time.Time) {
	h.t.Helper()
	var after tenants.TenantID
	for more := true; more; {
		var err error
		after, more, err = h.health.NoteSizes(h.ctx, hour, after, 2)
		h.must(err)
	}
}

// sizes are those of a connection, by the hour since made.
func (h *healthFixture) sizes(c *tenants.Connection, since, until int) (list []string) {
	h.t.Helper()
	first := made.Truncate(time.Hour)
	at := func(n int) time.Time { return first.Add(time.Duration(n) * time.Hour) }
	found, err := h.health.Sizes(h.ctx, c.TenantID, c.ID, at(since), at(until))
	h.must(err)
	for _, s := range found {
		list = append(list, fmt.Sprintf("%d: %d %d %d", int(s.At.Sub(first)/time.Hour), s.People, s.Active, s.Groups))
	}
	return list
}

// TestHistoryOfDirectories: a size is noted once an hour, where it has changed.
func TestHistoryOfDirectories(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHealthFixture(f)
		first := made.Truncate(time.Hour)
		hour := func(n int) time.Time { return first.Add(time.Duration(n) * time.Hour) }
		one, still := h.connection(h.owner, "One"), h.connection(h.owner, "Still")
		h.connection(h.owner, "Empty")
		other := h.connection(h.tenant(), "Of another tenant")
		h.tenant()
		dir := h.directory(one)
		ann := dir.user("ann")
		h.directory(still).user("sue")
		h.directory(other).user("tom")
		h.note(hour(0))
		bob := dir.create(userType, draft(doc{"userName": "bob", "active": false}))
		dir.group("Sales", ann)
		h.note(hour(0)) // noted already
		h.note(hour(1))
		h.note(hour(2)) // nothing has changed
		dir.mustDelete(userType, bob.ID)
		h.note(hour(30))

		for _, c := range []struct {
			of           *tenants.Connection
			since, until int
			want         []string
		}{
			{one, -9, 99, []string{"0: 1 1 0", "1: 2 1 1", "30: 1 1 1"}},
			{one, 1, 30, []string{"1: 2 1 1"}},
			{one, 2, 31, []string{"1: 2 1 1", "30: 1 1 1"}},
			{one, -9, 0, nil},
			{still, 5, 99, []string{"0: 1 1 0"}},
			{other, -9, 99, []string{"0: 1 1 0"}},
		} {
			if diff := cmp.Diff(c.want, h.sizes(c.of, c.since, c.until)); diff != "" {
				t.Errorf("%s from %d on until %d (-want +got):\n%s", c.of.Name, c.since, c.until, diff)
			}
		}
		if n := len(h.rows(`select 1 from directory_history`)); n != 5 {
			t.Errorf("%d sizes are noted", n)
		}
		if list, err := h.health.Sizes(h.ctx, other.TenantID, one.ID, hour(-9), hour(99)); err != nil || len(list) != 0 {
			t.Errorf("another tenant sees %v, %v", list, err)
		}
	})
}

// TestReplicasNoteHistoryOnce: those who note the same hour at the same time.
func TestReplicasNoteHistoryOnce(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHealthFixture(f)
		for i := range 3 {
			c := h.connection(h.owner, fmt.Sprint("Connection ", i))
			h.directory(c).user("ann")
		}
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				if _, more, err := NewHealth(f.db).NoteSizes(h.ctx, made.Truncate(time.Hour), tenants.TenantID{}, 10); more || err != nil {
					t.Errorf("more: %v, %v", more, err)
				}
			})
		}
		wait.Wait()
		if n := len(h.rows(`select 1 from directory_history`)); n != 3 {
			t.Errorf("%d sizes are noted of 3 directories", n)
		}
	})
}

// TestOldHistoryIsForgotten: after 400 days, but for the last size.
func TestOldHistoryIsForgotten(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHealthFixture(f)
		c := h.connection(h.owner, "One")
		dir := h.directory(c)
		for day := range 3 {
			dir.user(fmt.Sprint("user ", day))
			h.note(made.Truncate(time.Hour).AddDate(0, 0, day))
		}
		m := NewMaintenance(f.db, builtIn{})
		for _, days := range []int{399, 401, 900} {
			for more := true; more; {
				var err error
				more, err = m.pruneHistory(h.ctx, made.AddDate(0, 0, days))
				h.must(err)
			}
			want := map[int]int{399: 3, 401: 2, 900: 1}[days]
			if left := h.sizes(c, -9, 999); len(left) != want || !strings.HasPrefix(left[want-1], "48:") {
				t.Errorf("after %d days there are %v, want the last %d", days, left, want)
			}
		}
		if _, err := m.pruneHistory(h.ctx, made.AddDate(0, 0, 900).Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	})
}

// TestHistoryIsFoundByKeys: SQLite reads the sizes of one connection alone, and of
// each directory the last one.
func TestHistoryIsFoundByKeys(t *testing.T) {
	t.Parallel()
	h := newHealthFixture(fixtureOn(t, openFile(t, filepath.Join(t.TempDir(), "roster.db"), Options{Readers: 1})))
	h.directory(h.connection(h.owner, "One")).user("ann")
	h.note(made)
	h.sizes(h.connection(h.owner, "Two"), 0, 9)
	_, err := NewMaintenance(h.db, builtIn{}).pruneHistory(h.ctx, made.AddDate(2, 0, 0))
	h.must(err)
	n := 0
	for _, query := range h.statements() {
		if !strings.Contains(query, "directory_history h") {
			continue
		}
		n++
		for _, step := range h.rows(`explain query plan `+query, slices.Repeat([]any{"0"}, strings.Count(query, "$"))...) {
			if strings.Contains(step, "SCAN h") || strings.Contains(step, "SCAN l") || strings.Contains(step, "SCAN d") ||
				strings.HasSuffix(step, "sqlite_autoindex_directory_history_1 (tenant_id=?)") {
				t.Errorf("%s\nin %s", step, query)
			}
		}
	}
	if n < 4 {
		t.Errorf("only %d statements were seen", n)
	}
}
