package storage

import (
	"fmt"
	"testing"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// BenchmarkList is what identity providers ask for all the time, in a small and
// in a large directory: the costs should be the same.
func BenchmarkList(b *testing.B) {
	for _, n := range []int{1_000, 200_000} {
		f := newFixture(b)
		f.seedUsers(n)
		nth := func(format string) func(i int) string {
			return func(i int) string { return fmt.Sprintf(format, i*7919%n) }
		}
		for _, bench := range []struct {
			name   string
			filter func(i int) string
			start  int
			found  int
		}{
			{"userName", nth(`userName eq "USER%07d@example.org"`), 1, 1},
			{"externalId", nth(`externalId eq "ext-%d"`), 1, 1},
			{"work e-mail", nth(`emails[type eq "work"].value eq "user%07d@example.org"`), 1, 1},
			{"nobody", nth(`userName eq "nobody%d"`), 1, 0},
			{"first page", nil, 1, 100},
			{"middle page", nil, n/2 + 1, 100},
			{"last page", nil, n - 99, 100},
		} {
			b.Run(fmt.Sprintf("%s of %d", bench.name, n), func(b *testing.B) {
				q := scim.ListQuery{Start: bench.start, Count: 100}
				for i := 0; b.Loop(); i++ {
					if bench.filter != nil {
						q.Filter = bind(b, userType, bench.filter(i))
					}
					f.list(userType, q, bench.found)
				}
			})
		}
	}
}

// BenchmarkScan is the price of what no index answers.
func BenchmarkScan(b *testing.B) {
	const n = 20_000
	f := newFixture(b)
	f.seedUsers(n)
	for _, text := range []string{`active eq true`, `name.familyName co "0123"`, `not (emails.type eq "home") and meta.created gt "2001-01-01T00:00:00Z"`} {
		b.Run(text, func(b *testing.B) {
			q := scim.ListQuery{Start: 1, Count: 1, Filter: bind(b, userType, text)}
			for b.Loop() {
				f.list(userType, q, 1)
			}
		})
	}
	b.Run("sort", func(b *testing.B) {
		q := scim.ListQuery{Start: 1, Count: 100, SortBy: sortBy(b, userType, "emails")}
		for b.Loop() {
			f.list(userType, q, 100)
		}
	})
}

func (f *fixture) list(rt *schema.ResourceType, q scim.ListQuery, found int) {
	f.t.Helper()
	page, err := f.s.List(f.ctx, f.dir, rt, q)
	if err != nil {
		f.t.Fatal(err)
	}
	if len(page.Records) != found {
		f.t.Fatalf("%d records, want %d", len(page.Records), found)
	}
}
