package storage

import (
	"fmt"
	"slices"
	"testing"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/patch"
)

func BenchmarkCreateUser(b *testing.B) {
	f := newFixture(b)
	i := 0
	for b.Loop() {
		f.user(fmt.Sprint("user", i))
		i++
	}
}

func BenchmarkCreateUserParallel(b *testing.B) {
	f := newFixture(b)
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			f.user(mustID())
		}
	})
}

func BenchmarkUpdateUser(b *testing.B) {
	f := newFixture(b)
	id := f.user("ada")
	i := 0
	for b.Loop() {
		if _, err := f.put(userType, id, draft(doc{"userName": "ada", "title": fmt.Sprint("Title ", i)})); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkUpdateWithoutChange(b *testing.B) {
	f := newFixture(b)
	id := f.user("ada")
	d := userDraft("ada")
	d.Changed = false
	for b.Loop() {
		if _, err := f.put(userType, id, d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGetUser(b *testing.B) {
	for _, n := range []int{1_000, 200_000} {
		b.Run(fmt.Sprintf("of %d", n), func(b *testing.B) {
			f := newFixture(b)
			ids := f.seedUsers(n)
			i := 0
			for b.Loop() {
				f.get(userType, ids[i*7919%n])
				i++
			}
		})
	}
}

// BenchmarkAddMember puts members into groups of several sizes and takes them out
// again, one by one and 100 at a time: what that costs must not go by the size.
func BenchmarkAddMember(b *testing.B) { onEachBackend(b, benchAddMember) }

func benchAddMember(b *testing.B, f *fixture) {
	const most, chunk = 100_000, 1_000 // of one transaction, which has its deadline
	var ids []string
	for len(ids) < most+100 {
		from := len(ids)
		ids = append(ids, f.seed(userType, chunk, func(i int) scim.Draft { return userDraft(fmt.Sprint("u", from+i)) })...)
	}
	for _, n := range []int{100, 1_000, 10_000, most} {
		group := f.group(fmt.Sprint("of ", n))
		for some := range slices.Chunk(ids[:n], chunk) {
			f.mustEdit(group, add(some...))
		}
		for _, batch := range []int{1, 100} {
			b.Run(fmt.Sprintf("%d to %d", batch, n), func(b *testing.B) {
				others, in := ids[most:most+batch], false
				for b.Loop() {
					edit := add(others...)
					if in {
						edit = remove(others...)
					}
					f.mustEdit(group, edit)
					in = !in
				}
			})
		}
	}
}

func BenchmarkMemberships(b *testing.B) {
	f := newFixture(b)
	ids := f.seed(userType, 100, func(i int) scim.Draft { return userDraft(fmt.Sprint("u", i)) })
	for i := range 20 {
		f.group(fmt.Sprint("g", i), ids...)
	}
	q := scim.ListQuery{Start: 1, Count: len(ids), With: scim.With{Memberships: true}}
	for b.Loop() {
		f.list(userType, q, len(ids))
	}
}

func BenchmarkReplaceMembers(b *testing.B) {
	f := newFixture(b)
	const n = 10_000
	ids := f.seed(userType, n+1, func(i int) scim.Draft { return userDraft(fmt.Sprint("u", i)) })
	group := f.group("All", ids[:n]...)
	sets := []patch.Edit{replace(ids[1:]...), replace(ids[:n]...)}
	i := 0
	for b.Loop() {
		f.mustEdit(group, sets[i%2])
		i++
	}
}
