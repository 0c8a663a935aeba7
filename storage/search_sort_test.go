package storage

import (
	"slices"
	"testing"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// TestSearchSortsKindsTogether: types may have an attribute of one name be a
// number, a text, a truth value or a time, or lack it. Numbers of all kinds come
// first, then texts, then whatever has none.
func TestSearchSortsKindsTogether(t *testing.T) {
	kinds := []schema.DataType{schema.String, schema.Decimal, schema.Boolean, schema.DateTime, schema.Integer}
	types := make([]*schema.ResourceType, len(kinds))
	for i, kind := range kinds {
		types[i] = typeWith(t, "T"+string(rune('A'+i)), kind)
	}
	onEach(t, func(t *testing.T, f *fixture) {
		put := func(kind int, documents ...string) []string {
			ids := make([]string, len(documents))
			for i, text := range documents {
				rec, err := f.s.Create(f.ctx, f.dir, types[kind], rawDraft(t, types[kind], text), origin)
				if err != nil {
					t.Fatal(err)
				}
				ids[i] = rec.ID
			}
			return ids
		}
		texts := put(0, `{"rank": ""}`, `{"rank": "0"}`, `{"rank": "a"}`, `{}`)
		decimals := put(1, `{"rank": -1.5}`, `{"rank": 0.5}`, `{}`)
		booleans := put(2, `{"rank": false}`, `{"rank": true}`)
		times := put(3, `{"rank": "1969-12-31T23:59:59Z"}`, `{"rank": "2024-02-29T12:00:00Z"}`)
		integers := put(4, `{"rank": 9223372036854775807}`, `{"rank": 2}`)
		all := []string{
			times[0], decimals[0], booleans[0], decimals[1], booleans[1], integers[1], times[1], integers[0],
			texts[0], texts[1], texts[2],
		}
		missing := []string{texts[3], decimals[2]}
		one := func(ids []string, kind int) []string { // those of one type, in order
			return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
				_, err := f.s.Get(f.ctx, f.dir, types[kind], id, scim.With{})
				return err != nil
			})
		}
		f.wantSorted(t, types, all, missing)
		for i, rt := range types {
			f.wantSorted(t, []*schema.ResourceType{rt}, one(all, i), one(missing, i))
			f.wantSorted(t, []*schema.ResourceType{userType, groupType, rt}, one(all, i), one(missing, i)) // nothing to sort by in two of them
		}
		f.wantSorted(t, []*schema.ResourceType{types[1], types[4]},
			[]string{decimals[0], decimals[1], integers[1], integers[0]}, decimals[2:])
	})
}

// wantSorted reads all by rank, in pages of different sizes and both ways. Those
// without one come last, or first if descending.
func (f *fixture) wantSorted(t *testing.T, types []*schema.ResourceType, ranked, missing []string) {
	t.Helper()
	ascending := slices.Concat(ranked, missing)
	slices.Reverse(ranked)
	descending := slices.Concat(missing, ranked)
	slices.Reverse(ranked)
	for _, size := range []int{1, 3, 100} {
		q := scim.SearchQuery{Sorted: true, Count: size}
		for _, rt := range types {
			selection := scim.Selection{Type: rt}
			if ref, ok := rt.Resolve(schema.Name{Raw: "rank", Attr: "rank"}); ok {
				selection.SortBy = &ref
			}
			q.Selections = append(q.Selections, selection)
		}
		for _, q.Descending = range []bool{false, true} {
			want := ascending
			if q.Descending {
				want = descending
			}
			if got := f.allPages(t, q); !slices.Equal(got, want) {
				t.Errorf("%d types by %d, descending %t: %v, want %v", len(types), size, q.Descending, got, want)
			}
			q.After = nil
		}
	}
}

// allPages follows the marks to the end, as a cursor carries them.
func (f *fixture) allPages(t *testing.T, q scim.SearchQuery) []string {
	t.Helper()
	ids := []string{}
	for range 100 {
		results, err := f.s.Search(f.ctx, f.dir, q)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, foundIDs(results)...)
		if q.After = results.Next; q.After == nil {
			return ids
		}
		switch q.After.Key.(type) {
		case nil, string, int64, float64, bool:
		default:
			t.Fatalf("a sort key is a %T", q.After.Key)
		}
	}
	t.Fatal("the pages do not end")
	return nil
}

// typeWith is a resource type whose one attribute, rank, is of a kind.
func typeWith(t *testing.T, name string, kind schema.DataType) *schema.ResourceType {
	t.Helper()
	urn := "urn:example:params:scim:schemas:core:2.0:" + name
	registry, err := schema.NewRegistry([]*schema.ResourceType{{ID: name, Name: name, Endpoint: "/" + name, Schema: urn}},
		[]*schema.Schema{{ID: urn, Name: name, Attributes: []*schema.Attribute{{
			Name: "rank", Type: kind, Mutability: schema.ReadWrite, Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueNone,
		}}}})
	if err != nil {
		t.Fatal(err)
	}
	return registry.ByName(name)
}
