package cache

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

// backing counts what the cache lets through to the store.
type backing struct {
	scim.Store
	gets, lists int
	record      *scim.Record
	page        scim.Page
	err         error
}

func (b *backing) Get(context.Context, scim.Directory, *schema.ResourceType, string, scim.With) (*scim.Record, error) {
	b.gets++
	return b.record, b.err
}

func (b *backing) List(context.Context, scim.Directory, *schema.ResourceType, scim.ListQuery) (scim.Page, error) {
	b.lists++
	return b.page, b.err
}

func cached(t *testing.T, test func(g *group, b *backing, s scim.Store)) {
	t.Helper()
	together(t, 1, func(g *group) {
		g.open()
		b := &backing{record: &scim.Record{ID: person(1), Version: 7, Document: json.RawMessage(`{"a":1}`)}}
		b.record.Created, b.record.LastModified = b.record.Created.UTC(), b.record.LastModified.UTC()
		b.page = scim.Page{Total: 1, Records: []*scim.Record{b.record}}
		test(g, b, NewResources(b, g.replicas[0].shared))
	})
}

func TestGetFromTheCache(t *testing.T) {
	t.Parallel()
	groupType := schema.Default().ByName("Group")
	cached(t, func(g *group, b *backing, s scim.Store) {
		for _, step := range []struct {
			name string
			t    *schema.ResourceType
			with scim.With
			gets int
		}{
			{"first", userType, scim.With{}, 1},
			{"again", userType, scim.With{}, 1},
			{"as another type", groupType, scim.With{}, 2},
			{"with memberships", userType, scim.With{Memberships: true}, 3},
			{"with memberships again", userType, scim.With{Memberships: true}, 3},
			{"with members", userType, scim.With{Members: true}, 4},
			{"with members again", userType, scim.With{Members: true}, 5},
		} {
			got, err := s.Get(g.Context(), place, step.t, person(1), step.with)
			if err != nil {
				g.Fatal(err)
			}
			if diff := cmp.Diff(b.record, got); diff != "" {
				g.Errorf("%s (-stored +got):\n%s", step.name, diff)
			}
			if b.gets != step.gets {
				g.Errorf("%s: %d reads of the store, want %d", step.name, b.gets, step.gets)
			}
		}
	})
}

func TestWhatIsNotKept(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(b *backing){
		"not found": func(b *backing) { b.err = scim.ErrNotFound },
		"failure":   func(b *backing) { b.err = errDown },
		"too long":  func(b *backing) { b.record.Document = json.RawMessage(strings.Repeat("x", maxEntry)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cached(t, func(g *group, b *backing, s scim.Store) {
				spoil(b)
				for want := 1; want <= 2; want++ {
					if _, err := s.Get(g.Context(), place, userType, person(1), scim.With{}); !errors.Is(err, b.err) {
						g.Errorf("got %v", err)
					}
					if b.gets != want {
						g.Errorf("%d reads of the store, want %d", b.gets, want)
					}
				}
			})
		})
	}
}

func TestLookups(t *testing.T) {
	t.Parallel()
	one := func() scim.Page {
		return scim.Page{Total: 1, Records: []*scim.Record{{ID: person(1), Document: json.RawMessage(`{}`)}}}
	}
	for name, tc := range map[string]struct {
		page  scim.Page
		query func(q *scim.ListQuery)
		lists int // of four requests, how many reach the store
	}{
		"one":           {one(), nil, 2},
		"none":          {scim.Page{}, nil, 1},
		"several":       {scim.Page{Total: 2, Records: one().Records}, nil, 4},
		"another page":  {one(), func(q *scim.ListQuery) { q.Start = 2 }, 4},
		"total alone":   {one(), func(q *scim.ListQuery) { q.Count = 0 }, 4},
		"sorted":        {one(), func(q *scim.ListQuery) { q.SortBy = &userName }, 4},
		"with members":  {one(), func(q *scim.ListQuery) { q.With.Members = true }, 4},
		"everybody":     {one(), func(q *scim.ListQuery) { q.Filter = nil }, 4},
		"another match": {one(), func(q *scim.ListQuery) { q.Filter.(*filter.Compare).Op = filter.Sw }, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cached(t, func(g *group, b *backing, s scim.Store) {
				b.page = tc.page
				for range 4 {
					q := scim.ListQuery{Filter: equals(0), Start: 1, Count: 5}
					if tc.query != nil {
						tc.query(&q)
					}
					got, err := s.List(g.Context(), place, userType, q)
					if err != nil {
						g.Fatal(err)
					}
					if got.Total != tc.page.Total || len(got.Records) != len(tc.page.Records) {
						g.Errorf("got %+v, want %+v", got, tc.page)
					}
				}
				if b.lists != tc.lists {
					g.Errorf("%d lists of the store, want %d", b.lists, tc.lists)
				}
			})
		})
	}
}

// A record that was read by its id does not answer for a name that has gone to
// somebody else.
func TestLookupIsOfOneMoment(t *testing.T) {
	t.Parallel()
	cached(t, func(g *group, b *backing, s scim.Store) {
		list := func() scim.Page {
			page, err := s.List(g.Context(), place, userType, scim.ListQuery{Filter: equals(0), Start: 1, Count: 5})
			if err != nil {
				g.Fatal(err)
			}
			return page
		}
		for range 3 {
			list()
		}
		b.page = scim.Page{}
		g.put(g.replicas[0], nameItem(0))
		if page := list(); page.Total != 0 {
			g.Errorf("found %s, who has the name no more", page.Records[0].ID)
		}
	})
}
