package storage

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/scim/schema"
)

// BenchmarkGrowth times each request in a small and in a large directory, in
// turn, and reports the medians and how many times the small one's cost the
// large one's is. What a request costs must not depend on how many people or
// members there are besides those it names.
func BenchmarkGrowth(b *testing.B) {
	small, large := newGrown(b, 1_000), newGrown(b, 200_000)
	for _, op := range []struct {
		name string
		run  func(g *grown, i int) error
	}{
		{"get by id", func(g *grown, i int) error { return g.get(userType, g.users[g.pick(i)]) }},
		{"userName eq", func(g *grown, i int) error { return g.list(userType, 1, `userName eq "%s"`, g.name(i)) }},
		{"externalId eq", func(g *grown, i int) error { return g.list(userType, 1, `externalId eq "e-%s"`, g.name(i)) }},
		{"work e-mail eq", func(g *grown, i int) error {
			return g.list(userType, 1, `emails[type eq "work"].value eq "%s"`, g.name(i))
		}},
		{"page of 100 at the start", func(g *grown, _ int) error { return g.page(userType, 1, 100, "") }},
		{"page of 100 in the middle", func(g *grown, _ int) error { return g.page(userType, len(g.users)/2, 100, "") }},
		{"page of 100 at the end", func(g *grown, _ int) error { return g.page(userType, len(g.users)-99, 100, "") }},
		{"add one member", func(g *grown, _ int) error { return g.toggleMember() }},
		{"list groups without members", func(g *grown, _ int) error { return g.page(groupType, 1, 1, "members") }},
	} {
		b.Run(op.name, func(b *testing.B) {
			var took [2][]time.Duration
			for i := 0; b.Loop(); i++ {
				for side, g := range []*grown{small, large} {
					begin := time.Now()
					if err := op.run(g, i); err != nil {
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
}

// micros is the median in microseconds.
func micros(took []time.Duration) float64 {
	slices.Sort(took)
	return float64(took[len(took)/2].Nanoseconds()) / 1e3
}

// grown is a directory of n users and one group of half of them.
type grown struct {
	*fixture
	engine *scim.Engine
	caller *scim.Caller
	users  []string
	group  string
	in     bool
}

type everything struct{}

func (everything) Allow(scim.Action, *schema.ResourceType) error { return nil }

func newGrown(b *testing.B, n int) *grown {
	b.Helper()
	f := newFixture(b)
	g := &grown{fixture: f, engine: scim.New(f.s), caller: &scim.Caller{
		Directory: f.dir, BaseURL: "https://scim.example.com/scim/v2/con1", Types: schema.Default(),
		Settings: quirk.For(quirk.Generic), Guard: everything{}, Origin: origin,
	}}
	g.users = f.seed(userType, n, func(i int) scim.Draft {
		name := fmt.Sprintf("user%07d@example.com", i)
		return draft(doc{"userName": name, "externalId": "e-" + name, "active": true,
			"name":   doc{"givenName": "Noor", "familyName": fmt.Sprint("Haddad ", i)},
			"emails": []any{doc{"value": name, "type": "work", "primary": true}}})
	})
	members := g.users[:n/10]
	if n > 1_000 {
		members = g.users[:n/2]
	}
	g.group = f.group("Everybody", members...)
	return g
}

// pick spreads requests over the whole directory.
func (g *grown) pick(i int) int { return i * 7919 % len(g.users) }

func (g *grown) name(i int) string { return fmt.Sprintf("user%07d@example.com", g.pick(i)) }

func (g *grown) get(t *schema.ResourceType, id string) error {
	_, err := g.engine.Get(g.ctx, g.caller, t, id, scim.Projection{}, scim.Preconditions{})
	return err
}

func (g *grown) list(t *schema.ResourceType, count int, filter, value string) error {
	_, err := g.engine.List(g.ctx, g.caller, t, scim.Search{Filter: fmt.Sprintf(filter, value), Start: 1, Count: count})
	return err
}

func (g *grown) page(t *schema.ResourceType, start, count int, excluded string) error {
	search, err := scim.SearchOf(url.Values{
		"startIndex": {fmt.Sprint(start)}, "count": {fmt.Sprint(count)}, "excludedAttributes": {excluded},
	})
	if err != nil {
		return err
	}
	_, err = g.engine.List(g.ctx, g.caller, t, search)
	return err
}

// toggleMember puts the last user into the group, or takes the user out again.
func (g *grown) toggleMember() error {
	op := `{"op":"add","path":"members","value":[{"value":%q}]}`
	if g.in {
		op = `{"op":"remove","path":"members[value eq \"%s\"]"}`
	}
	g.in = !g.in
	body := `{"Operations":[` + fmt.Sprintf(op, g.users[len(g.users)-1]) + `]}`
	_, err := g.engine.Patch(g.ctx, g.caller, groupType, g.group, []byte(body), scim.Projection{}, scim.Preconditions{})
	return err
}
