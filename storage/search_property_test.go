package storage

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/filter/filtertest"
	"github.com/roster-scim/roster/scim/schema"
)

var bothTypes = []*schema.ResourceType{userType, groupType}

// TestSearchMeansWhatItMeansInMemory compares searches over both types, by index
// and behind marks, with filter.Match on the resources as clients see them.
func TestSearchMeansWhatItMeansInMemory(t *testing.T) {
	onEachWith(t, Options{Now: tickingClock()}, func(t *testing.T, f *fixture) {
		rapid.Check(t, func(r *rapid.T) {
			d := drawDirectory(t.Context(), r, f.s)
			filters := rapid.OneOf(filtertest.Filters(userType, d.pools(userType)...), filtertest.Filters(groupType, d.pools(groupType)...))
			for range f.filters() / 3 {
				text := filters.Draw(r, "filter")
				if rapid.Bool().Draw(r, "two") {
					text = "(" + text + ") or (" + filters.Draw(r, "other filter") + ")"
				}
				d.compareSearch(r, text)
			}
		})
	})
}

// compareSearch asks for one page by index, and for all pages behind marks.
func (d *directory) compareSearch(r *rapid.T, text string) {
	parsed, err := filter.Parse(text)
	if err != nil {
		r.Fatalf("%s: %v", text, err)
	}
	bound, err := parsed.BindAll(bothTypes)
	if err != nil {
		r.Fatalf("%s: %v", text, err)
	}
	want := []string{}
	q := scim.SearchQuery{}
	for i, rt := range bothTypes {
		q.Selections = append(q.Selections, scim.Selection{Type: rt, Filter: bound[i]})
		for _, one := range d.created {
			if one.kind == rt && filter.Match(bound[i], one.shown) {
				want = append(want, one.record.ID)
			}
		}
	}
	q.Start, q.Count = rapid.IntRange(1, 8).Draw(r, "start"), rapid.IntRange(0, 4).Draw(r, "count")
	page := d.search(r, q)
	if got := foundIDs(page); page.Total != len(want) || !slices.Equal(got, cut(want, scim.ListQuery{Start: q.Start, Count: q.Count})) {
		r.Errorf("%s from %d, %d at most: %v of %d, want those of %v", text, q.Start, q.Count, got, page.Total, want)
	}
	q.Start, q.Count = 0, rapid.IntRange(1, 4).Draw(r, "page size")
	got := []string{}
	for q.After = nil; len(got) <= len(want); { // or else it never ends
		page := d.search(r, q)
		got = append(got, foundIDs(page)...)
		if q.After = page.Next; q.After == nil {
			break
		}
	}
	if !slices.Equal(got, want) {
		r.Errorf("%s behind marks: %v, want %v", text, got, want)
	}
}

func (d *directory) search(r *rapid.T, q scim.SearchQuery) scim.Results {
	results, err := d.store.Search(d.ctx, d.dir, q)
	if err != nil {
		r.Fatal(err)
	}
	return results
}

func foundIDs(results scim.Results) []string {
	ids := []string{}
	for _, f := range results.Found {
		ids = append(ids, f.Record.ID)
	}
	return ids
}

// TestMarksCoverWhatStaysOnce: while others create, change and delete resources
// between the pages, whatever stays as it is turns up exactly once, in order, and
// so does at most once what is new.
func TestMarksCoverWhatStaysOnce(t *testing.T) {
	onEach(t, func(t *testing.T, on *fixture) {
		rapid.Check(t, func(r *rapid.T) {
			f := &fixture{t: r, ctx: t.Context(), s: on.s, dir: newDirectory()}
			w := &moving{fixture: f, r: r, title: map[string]string{}, kind: map[string]*schema.ResourceType{}}
			for range rapid.IntRange(0, 12).Draw(r, "resources") {
				w.grow()
			}
			q := w.drawQuery()
			before := w.listed(q)
			touched := map[string]bool{}
			got := []string{}
			for pages := 0; ; pages++ {
				if pages > 100 {
					r.Fatalf("the pages do not end: %v", got)
				}
				results, err := f.s.Search(f.ctx, f.dir, q)
				if err != nil {
					r.Fatal(err)
				}
				got = append(got, foundIDs(results)...)
				if q.After = results.Next; q.After == nil {
					break
				}
				if pages < 20 { // the directory must not grow faster than pages are read
					w.stir(touched)
				}
			}
			w.check(before, got, touched)
		})
	})
}

// moving is a directory that changes between the pages of a search.
type moving struct {
	*fixture
	r     *rapid.T
	title map[string]string
	kind  map[string]*schema.ResourceType
	order []string // in order of creation
}

var drawnTitles = []string{"", "a", "B", "b", "c", "é"}

func (w *moving) grow() {
	rt := rapid.SampledFrom(bothTypes).Draw(w.r, "type")
	title := rapid.SampledFrom(drawnTitles).Draw(w.r, "title")
	d := doc{"userName": mustID(), "displayName": title}
	if rt == groupType {
		d = doc{"displayName": title}
	}
	if title == "" {
		delete(d, "displayName")
	}
	id := w.create(rt, draft(d)).ID
	w.order = append(w.order, id)
	w.title[id], w.kind[id] = title, rt
}

func (w *moving) drawQuery() scim.SearchQuery {
	q := scim.SearchQuery{Count: rapid.IntRange(1, 4).Draw(w.r, "count"), Sorted: rapid.Bool().Draw(w.r, "sorted")}
	q.Descending = q.Sorted && rapid.Bool().Draw(w.r, "descending")
	text := rapid.SampledFrom([]string{"", "displayName pr", `not (displayName eq "b")`, `userName pr`}).Draw(w.r, "filter")
	bound := make([]filter.Expr, 2)
	if text != "" {
		parsed, err := filter.Parse(text)
		if err == nil {
			bound, err = parsed.BindAll(bothTypes)
		}
		if err != nil {
			w.r.Fatal(err)
		}
	}
	for i, rt := range bothTypes {
		selection := scim.Selection{Type: rt, Filter: bound[i]}
		if name, _ := rt.Resolve(schema.Name{Raw: "displayName", Attr: "displayName"}); q.Sorted {
			selection.SortBy = &name
		}
		q.Selections = append(q.Selections, selection)
	}
	return q
}

// listed is the whole result by index.
func (w *moving) listed(q scim.SearchQuery) []string {
	q.Start, q.Count = 1, 100
	results, err := w.s.Search(w.ctx, w.dir, q)
	if err != nil {
		w.r.Fatal(err)
	}
	return foundIDs(results)
}

// stir creates, deletes and changes some resources.
func (w *moving) stir(touched map[string]bool) {
	for range rapid.IntRange(0, 2).Draw(w.r, "created") {
		w.grow()
	}
	for _, id := range slices.Clone(w.order) {
		switch rapid.IntRange(0, 9).Draw(w.r, "fate") {
		case 0:
			w.mustDelete(w.kind[id], id)
			w.order = slices.DeleteFunc(w.order, func(other string) bool { return other == id })
		case 1:
			d := doc{"userName": mustID(), "displayName": rapid.SampledFrom(drawnTitles[1:]).Draw(w.r, "title")}
			if _, err := w.put(w.kind[id], id, draft(d)); err != nil {
				w.r.Fatal(err)
			}
		default:
			continue
		}
		touched[id] = true
	}
}

func (w *moving) check(before, got []string, touched map[string]bool) {
	moved := func(id string) bool { return touched[id] || !slices.Contains(before, id) }
	stayed := slices.DeleteFunc(slices.Clone(before), moved)
	seen := slices.DeleteFunc(slices.Clone(got), moved)
	if !slices.Equal(stayed, seen) {
		w.r.Errorf("pages have %s, of which these were there all the time: %s, want %s", w.names(got), w.names(seen), w.names(stayed))
	}
	for i, id := range got {
		if !touched[id] && slices.Contains(got[:i], id) {
			w.r.Errorf("%s twice", w.names([]string{id}))
		}
	}
}

func (w *moving) names(ids []string) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = fmt.Sprintf("%s %q", w.kind[id].Name, w.title[id])
	}
	return strings.Join(parts, ", ")
}
