package storage

import (
	"fmt"
	"testing"
	"time"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants/people"
)

// BenchmarkPeopleGrowth times lists of 50 in a tenant of 1,000 people and in one
// of 100,000, in turn, and reports the medians and how many times the small
// one's cost the large one's is. One in fifty is unassigned, one in ten inactive.
func BenchmarkPeopleGrowth(b *testing.B) {
	onEachBackend(b, func(b *testing.B, f *fixture) {
		small := newPopulation(b, f, 1_000)
		large := newPopulation(b, f.in(newDirectory()), 100_000)
		yes, no := true, false
		for _, op := range []struct {
			name  string
			query func(p *population) people.UserQuery
		}{
			{"first page", func(*population) people.UserQuery { return people.UserQuery{} }},
			{"page in the middle", func(p *population) people.UserQuery {
				return people.UserQuery{After: people.Place{ID: p.users[len(p.users)/2]}}
			}},
			{"begins with a name", func(*population) people.UserQuery { return people.UserQuery{Text: "user000042"} }},
			{"begins as everybody does", func(*population) people.UserQuery { return people.UserQuery{Text: "user"} }},
			{"inactive", func(*population) people.UserQuery { return people.UserQuery{Active: &no} }},
			{"of the connection", func(p *population) people.UserQuery {
				return people.UserQuery{Connection: connectionIDOf(b, p.dir), Active: &yes}
			}},
			{"of a group of ten", func(p *population) people.UserQuery { return people.UserQuery{Group: p.group} }},
			{"unassigned", func(*population) people.UserQuery { return people.UserQuery{Unassigned: true} }},
			{"of a role", func(*population) people.UserQuery { return people.UserQuery{Role: "member"} }},
		} {
			b.Run(op.name, func(b *testing.B) {
				var took [2][]time.Duration
				for b.Loop() {
					for side, p := range []*population{small, large} {
						q := op.query(p)
						q.Limit = 51
						begin := time.Now()
						if _, err := p.s.ListUsers(p.ctx, p.tenant, q); err != nil {
							b.Fatal(err)
						}
						took[side] = append(took[side], time.Since(begin))
					}
				}
				of := [2]float64{micros(took[0]), micros(took[1])}
				b.ReportMetric(of[0], "µs/small")
				b.ReportMetric(of[1], "µs/large")
				b.ReportMetric(of[1]/of[0], "x")
			})
		}
	})
}

// population is a tenant of n users.
type population struct {
	*peopleFixture
	users []string
	group string // of ten
}

func newPopulation(b *testing.B, f *fixture, n int) *population {
	b.Helper()
	p := &population{peopleFixture: newPeople(b, f)}
	one := func(i int) scim.Draft {
		name := fmt.Sprintf("user%07d@example.com", i)
		return draft(doc{"userName": name, "externalId": "e-" + name, "active": i%10 != 3, "displayName": fmt.Sprint("Noor Haddad ", i),
			"emails": []any{doc{"value": name, "type": "work", "primary": true}}})
	}
	for len(p.users) < n { // a thousand in a transaction, which may not take for ever
		from := len(p.users)
		p.users = append(p.users, f.seed(userType, 1_000, func(i int) scim.Draft { return one(from + i) })...)
	}
	var members []string
	for i, id := range p.users {
		if i%50 != 0 {
			members = append(members, id)
		}
	}
	everybody := f.group("Everybody", members...)
	p.group = f.group("Ten", p.users[:10]...)
	if len(f.rows(`select key from roles where key = 'member'`)) == 0 {
		p.role("member", 1)
	}
	p.mapRaw(everybody, "*", "member")
	return p
}
