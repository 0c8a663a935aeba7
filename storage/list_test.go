package storage

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// TestPagesCoverTheListOnce: whatever was created and deleted before, pages of
// any size, from any point on, concatenate to the whole list.
func TestPagesCoverTheListOnce(t *testing.T) {
	t.Parallel()
	s := NewResources(openMigrated(t))
	rapid.Check(t, func(r *rapid.T) {
		w := &walk{t: t, r: r, s: s, dir: newDirectory()}
		r.Repeat(map[string]func(*rapid.T){
			"create": func(r *rapid.T) { w.create(rapid.IntRange(1, 6).Draw(r, "n")) },
			// Long gone resources leave gaps that are wider than a bucket.
			"gap":    func(r *rapid.T) { w.skip(rapid.SampledFrom([]int{1, 500, 1023, 1024, 3000}).Draw(r, "gap")) },
			"delete": func(r *rapid.T) { w.deleteSome(r) },
			"": func(r *rapid.T) {
				start, count := rapid.IntRange(1, 12).Draw(r, "start"), rapid.IntRange(1, 5).Draw(r, "count")
				w.check(r, start, count)
			},
		})
	})
}

// walk is a directory whose list is known.
type walk struct {
	t   *testing.T
	r   *rapid.T
	s   *Resources
	dir scim.Directory
	ids []string // in order of creation
}

func (w *walk) create(n int) {
	w.update(func(tx *tx) error {
		for range n {
			rec, err := create(w.t.Context(), tx, w.dir, userType, userDraft(mustID()), origin)
			if err != nil {
				return err
			}
			w.ids = append(w.ids, rec.ID)
		}
		return nil
	})
}

func (w *walk) skip(positions int) {
	w.update(func(tx *tx) error {
		_, err := tx.exec(w.t.Context(), `
			update directory_totals set next_position = next_position + $3
			where tenant_id = $1 and connection_id = $2 and resource_type = 'User'`,
			w.dir.TenantID, w.dir.ConnectionID, positions)
		return err
	})
}

func (w *walk) deleteSome(r *rapid.T) {
	w.update(func(tx *tx) error {
		keep := []string{}
		for _, id := range w.ids {
			if rapid.IntRange(0, 2).Draw(r, "keep") > 0 {
				keep = append(keep, id)
				continue
			}
			current, err := lockRecord(w.t.Context(), tx, w.dir, userType, id, tx.forChange())
			if err != nil {
				return err
			}
			if err := newWrite(tx, w.dir, userType, id, origin).delete(w.t.Context(), current); err != nil {
				return err
			}
		}
		w.ids = keep
		return nil
	})
}

func (w *walk) update(fn func(tx *tx) error) {
	if err := w.s.db.update(w.t.Context(), w.dir.TenantID, fn); err != nil {
		w.r.Fatal(err)
	}
}

func (w *walk) check(r *rapid.T, start, count int) {
	w.checkBucket(r, start-1)
	got := slices.Clone(w.ids[:min(start-1, len(w.ids))])
	for {
		page, err := w.s.List(w.t.Context(), w.dir, userType, scim.ListQuery{Start: start, Count: count})
		if err != nil {
			r.Fatal(err)
		}
		if page.Total != len(w.ids) {
			r.Fatalf("total is %d, want %d", page.Total, len(w.ids))
		}
		if len(page.Records) > count {
			r.Fatalf("%d results, asked for %d", len(page.Records), count)
		}
		got = append(got, recordIDs(page)...)
		if len(page.Records) == 0 {
			break
		}
		start += count
	}
	if diff := cmp.Diff(w.ids, got, cmp.Transformer("list", func(ids []string) string { return fmt.Sprint(ids) })); diff != "" {
		r.Fatalf("pages of %d differ from the list (-want +got):\n%s", count, diff)
	}
}

// checkBucket: what is skipped inside a bucket is less than a bucket.
func (w *walk) checkBucket(r *rapid.T, offset int) {
	if offset >= len(w.ids) {
		return
	}
	err := w.s.db.view(w.t.Context(), w.dir.TenantID, func(tx *tx) error {
		s, err := newSelection(tx.dialect, w.dir, userType, nil)
		if err != nil {
			return err
		}
		var bucket, before int
		err = tx.get(w.t.Context(), func(row scanner) error { return row.Scan(&bucket, &before) },
			"with recursive "+s.entry(s.add(offset))+" select max(bucket), max(before) from entry", s.values...)
		if skipped := offset - before; skipped < 0 || skipped >= bucketSize {
			r.Errorf("%d resources are skipped on the way to offset %d", skipped, offset)
		}
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
}

func TestListCountZeroAsksForTheTotal(t *testing.T) { onEach(t, testListCountZeroAsksForTheTotal) }

func testListCountZeroAsksForTheTotal(t *testing.T, f *fixture) {
	f.user("anna")
	f.user("bo")
	for _, q := range []scim.ListQuery{
		{Start: 1},
		{Start: 2},
		{Start: 1, Filter: bind(t, userType, `active eq true`)},
		{Start: 1, SortBy: sortBy(t, userType, "userName")},
	} {
		page, err := f.s.List(f.ctx, f.dir, userType, q)
		if err != nil {
			t.Fatal(err)
		}
		if page.Total != 2 || len(page.Records) != 0 {
			t.Errorf("%+v: total %d with %d records, want 2 with none", q, page.Total, len(page.Records))
		}
	}
}

func TestListBeyondTheEnd(t *testing.T) { onEach(t, testListBeyondTheEnd) }

func testListBeyondTheEnd(t *testing.T, f *fixture) {
	f.user("anna")
	for _, q := range []scim.ListQuery{
		{Start: 2, Count: 10},
		{Start: 2, Count: 10, Filter: bind(t, userType, `userName eq "anna"`)},
		{Start: 2, Count: 10, Filter: bind(t, userType, `active eq true`)},
		{Start: 2, Count: 10, SortBy: sortBy(t, userType, "userName")},
	} {
		page, err := f.s.List(f.ctx, f.dir, userType, q)
		if err != nil {
			t.Fatal(err)
		}
		if page.Total != 1 || len(page.Records) != 0 {
			t.Errorf("%+v: total %d with %d records, want 1 with none", q, page.Total, len(page.Records))
		}
	}
}

func TestSort(t *testing.T) { onEach(t, testSort) }

func testSort(t *testing.T, f *fixture) {
	names := map[string]string{}
	for name, d := range map[string]doc{
		"a": {"userName": "anna", "title": "Zoo", "active": true,
			"emails": []any{doc{"value": "z@example.com"}, doc{"value": "B@example.com", "primary": true}}},
	} {
		names[f.create(userType, draft(d)).ID] = name
	}
	for _, d := range []doc{
		{"userName": "Bo", "title": "apple", "active": false, "emails": []any{doc{"value": "c@example.com"}, doc{"value": "a@example.com"}}},
		{"userName": "carl", "externalId": "b"},
		{"userName": "Élodie", "title": "Apple", "externalId": "B", "emails": []any{doc{"type": "work", "primary": true}, doc{"value": "a@example.com"}}},
	} {
		name := map[string]string{"Bo": "b", "carl": "c", "Élodie": "e"}[d["userName"].(string)]
		names[f.create(userType, draft(d)).ID] = name
	}
	for _, test := range []struct {
		by         string
		descending bool
		want       string
	}{
		{"userName", false, "abce"},
		{"userName", true, "ecba"},
		{"title", false, "beac"}, // folded, a tie by creation, no value last
		{"title", true, "cabe"},  // no value first, a tie still by creation
		{"externalId", false, "ecab"},
		{"externalId", true, "abce"},
		{"emails", false, "abce"}, // primary, else first; a primary one without a value is none
		{"emails.value", true, "ceba"},
		{"active", false, "bace"},
		{"meta.created", true, "ecba"},
		{"id", true, "ecba"},
		{"meta.resourceType", true, "abce"},
		{"schemas", false, "abce"},
		{"groups.display", false, "abce"},
	} {
		q := scim.ListQuery{SortBy: sortBy(t, userType, test.by), Descending: test.descending, Start: 1, Count: 10}
		for _, filter := range []string{"", `userName pr`} {
			if filter != "" {
				q.Filter = bind(t, userType, filter)
			}
			got := ""
			for start := 1; start <= 5; start += 2 { // in pages, which must fit together
				q.Start, q.Count = start, 2
				page, err := f.s.List(f.ctx, f.dir, userType, q)
				if err != nil {
					t.Fatalf("%s: %v", test.by, err)
				}
				if page.Total != 4 {
					t.Errorf("%s: total is %d, want 4", test.by, page.Total)
				}
				for _, id := range recordIDs(page) {
					got += names[id]
				}
			}
			if got != test.want {
				t.Errorf("by %s, descending %t, filter %q: %s, want %s", test.by, test.descending, filter, got, test.want)
			}
		}
	}
}

func TestSortByMembers(t *testing.T) { onEach(t, testSortByMembers) }

func testSortByMembers(t *testing.T, f *fixture) {
	first, second := f.user("anna"), f.user("bo")
	empty, b, a := f.group("empty"), f.group("b", second), f.group("a", second, first)
	page, err := f.s.List(f.ctx, f.dir, groupType,
		scim.ListQuery{SortBy: sortBy(t, groupType, "members.value"), Start: 1, Count: 10})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{a, b, empty}, recordIDs(page)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMemberWithoutDisplay: what has no name has no display, not an empty one.
func TestMemberWithoutDisplay(t *testing.T) { onEach(t, testMemberWithoutDisplay) }

func testMemberWithoutDisplay(t *testing.T, f *fixture) {
	nobody := f.create(userType, draft(doc{"title": "x"})).ID
	named, unnamed := f.group("named", f.user("anna")), f.group("unnamed", nobody)
	for text, want := range map[string]string{
		`members.display eq null`:                      unnamed,
		`members[type eq "User" and not (display pr)]`: unnamed,
		`members.display eq "anna"`:                    named,
	} {
		page, err := f.s.List(f.ctx, f.dir, groupType, scim.ListQuery{Filter: bind(t, groupType, text), Start: 1, Count: 9})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff([]string{want}, recordIDs(page)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestListRefusesWhatStorageCannotTell(t *testing.T) {
	onEach(t, testListRefusesWhatStorageCannotTell)
}

func testListRefusesWhatStorageCannotTell(t *testing.T, f *fixture) {
	for _, text := range []string{
		`meta.location eq "https://example.com/scim/v2/Users/1"`,
		`meta.version gt "W/\"1\""`,
		`groups[$ref eq "https://example.com/Groups/1"]`,
	} {
		_, err := f.s.List(f.ctx, f.dir, userType, scim.ListQuery{Filter: bind(t, userType, text), Start: 1, Count: 1})
		if refused, ok := errors.AsType[*schema.Error](err); !ok || refused.Type != schema.InvalidFilter {
			t.Errorf("%s: %v, want an invalidFilter error", text, err)
		}
	}
	_, err := f.s.List(f.ctx, f.dir, userType, scim.ListQuery{SortBy: sortBy(t, userType, "meta.location"), Start: 1, Count: 1})
	if refused, ok := errors.AsType[*schema.Error](err); !ok || refused.Type != schema.InvalidPath {
		t.Errorf("sortBy meta.location: %v, want an invalidPath error", err)
	}
}

// TestVersionFilterComparesOwnChanges: the part of an entity tag behind the dash
// is about the groups of a user, which are not the user's own changes.
func TestVersionFilterComparesOwnChanges(t *testing.T) {
	onEach(t, testVersionFilterComparesOwnChanges)
}

func testVersionFilterComparesOwnChanges(t *testing.T, f *fixture) {
	f.user("anna")
	for text, want := range map[string]int{
		`meta.version eq "W/\"1\""`:          1,
		`meta.version eq "W/\"1-1a2b3c4d\""`: 1,
		`meta.version eq "W/\"2\""`:          0,
		`meta.version ne "W/\"2\""`:          1,
		`meta.version ne "W/\"1\""`:          0,
		`meta.version eq "something"`:        0,
		`meta.version ne "something"`:        1,
		`meta.version eq null`:               0,
		`meta.location pr`:                   1,
		`meta pr and meta.location ne null`:  1,
	} {
		page, err := f.s.List(f.ctx, f.dir, userType, scim.ListQuery{Filter: bind(t, userType, text), Start: 1, Count: 9})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if page.Total != want {
			t.Errorf("%s: %d match, want %d", text, page.Total, want)
		}
	}
}

// TestLargestFilter: a filter as large as the parser takes is within what the
// database takes.
func TestLargestFilter(t *testing.T) { onEach(t, testLargestFilter) }

func testLargestFilter(t *testing.T, f *fixture) {
	f.user("anna")
	flat, deep := `userName eq "x"`, `userName eq "anna"`
	for range 199 {
		flat += ` or nickName eq "y"`
	}
	for range 31 {
		deep = `not (` + deep + `) and title ne "x"`
	}
	for text, want := range map[string]int{flat: 0, deep: 0, flat[len(`userName eq "x" or `):] + ` or userName eq "ANNA"`: 1} {
		page, err := f.s.List(f.ctx, f.dir, userType, scim.ListQuery{Filter: bind(t, userType, text), Start: 1, Count: 9})
		if err != nil {
			t.Fatalf("a filter of %d bytes: %v", len(text), err)
		}
		if page.Total != want {
			t.Errorf("a filter of %d bytes: %d match, want %d", len(text), page.Total, want)
		}
	}
}

func sortBy(tb testing.TB, rt *schema.ResourceType, name string) *schema.Ref {
	tb.Helper()
	r := ref(tb, rt, name)
	if r.Leaf().Type == schema.Complex {
		r = ref(tb, rt, name+".value")
	}
	return &r
}
