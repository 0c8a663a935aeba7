package storage

import (
	"fmt"
	"testing"

	"github.com/roster-scim/roster/scim"
)

// BenchmarkPagesBehindMarks reads pages of 100 at several depths of a large
// directory: they should cost the same. What is sorted costs what sorting costs.
func BenchmarkPagesBehindMarks(b *testing.B) {
	const n = 200_000
	f := newFixture(b)
	f.seedUsers(n)
	for _, bench := range []struct {
		name string
		one  scim.Selection
	}{
		{"all", scim.Selection{Type: userType}},
		{"filter", scim.Selection{Type: userType, Filter: bind(b, userType, `name.familyName co "3"`)}},
		{"sorted", scim.Selection{Type: userType, SortBy: sortBy(b, userType, "userName")}},
	} {
		for _, percent := range []int{0, 50, 95} {
			q := scim.SearchQuery{Selections: []scim.Selection{bench.one}, Sorted: bench.one.SortBy != nil, Count: 100}
			at := n * percent / 100
			q.After = &scim.Mark{Position: int64(at) - 1}
			if q.Sorted {
				q.After.Key = fmt.Sprintf("user%07d@example.org", at)
			}
			b.Run(fmt.Sprintf("%s at %d %%", bench.name, percent), func(b *testing.B) {
				for b.Loop() {
					results, err := f.s.Search(f.ctx, f.dir, q)
					if err != nil || len(results.Found) != q.Count {
						b.Fatalf("%d results, %v", len(results.Found), err)
					}
				}
			})
		}
	}
}
