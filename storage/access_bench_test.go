package storage

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants/access"
)

// onEachBackend runs a benchmark on every kind of database.
func onEachBackend(b *testing.B, bench func(b *testing.B, f *fixture)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, newFixture(b)) })
	b.Run("postgres", func(b *testing.B) { bench(b, postgresFixture(b, Options{})) })
}

// accessTown is a tenant of 50,000 users in 200 groups with 1,000 mappings, or a
// fraction of the users.
type accessTown struct {
	*accessFixture
	users  []string
	groups []string // the first has 20,000 people, the second 2,000, the others 250 each
}

func newAccessTown(b *testing.B, f *fixture, scale int) *accessTown {
	b.Helper()
	users, groups := 50_000/scale, 200
	town := &accessTown{accessFixture: givesAccess(b, f)}
	town.users = town.seedPeople(users)
	for i := range groups {
		from, n := i*250/scale, 250/scale
		switch i {
		case 0:
			from, n = 0, 20_000/scale
		case 1:
			from, n = 30_000/scale, 2_000/scale
		}
		id := f.group(fmt.Sprint("Group ", i))
		town.join(id, town.users[from:from+n])
		town.groups = append(town.groups, id)
	}
	for i := range 20 {
		town.role(fmt.Sprint("role-", i), i)
		town.entryPoint(fmt.Sprint("place-", i))
	}
	for i, g := range town.groups {
		for j := range 5 {
			town.mapRaw(g, fmt.Sprint("place-", (i+j)%20), fmt.Sprint("role-", (i*3+j)%20))
		}
	}
	town.analyze()
	return town
}

// seedPeople puts users into the directory by a few large statements: on a server
// that a test shares, one write for each would take minutes.
func (g *accessFixture) seedPeople(n int) []string {
	g.t.Helper()
	type person struct {
		ID       string `json:"id"`
		Position int    `json:"position"`
		Document string `json:"document"`
	}
	ids, people := make([]string, n), make([]person, n)
	for i := range n {
		name := fmt.Sprintf("user%07d@example.com", i)
		d := draft(doc{"userName": name, "externalId": "e-" + name, "active": true, "displayName": "Noor Haddad",
			"name":   doc{"givenName": "Noor", "familyName": fmt.Sprint("Haddad ", i)},
			"emails": []any{doc{"value": name, "type": "work", "primary": true}}})
		ids[i] = mustID()
		people[i] = person{ids[i], i, string(d.Encoded)}
	}
	for part := range slices.Chunk(people, 2_000) {
		g.run(`
			insert into resources (tenant_id, id, connection_id, resource_type, position, version, created_at, modified_at, display, document)
			select $1, n.id, $2, 'User', n.position, 1, 0, 0, 'Noor Haddad', n.document
			from `+g.db.engine.jsonRows("$3", "n", "id uuid", "position bigint", "document json"), g.dir.TenantID, g.dir.ConnectionID, jsonParam(part))
	}
	g.run(`
		insert into directory_totals (tenant_id, connection_id, resource_type, next_position, total)
		values ($1, $2, 'User', $3, $3)`, g.dir.TenantID, g.dir.ConnectionID, n)
	return ids
}

// analyze gives PostgreSQL the statistics that it has of a database some minutes
// old.
func (g *accessFixture) analyze() {
	g.t.Helper()
	if !g.db.engine.writersOverlap() {
		return
	}
	err := g.all.update(g.ctx, "", func(tx *tx) error {
		_, err := tx.exec(g.ctx, `analyze`)
		return err
	})
	if err != nil {
		g.t.Fatal(err)
	}
}

// join puts users into a group behind the engine's back.
func (g *accessFixture) join(group string, users []string) {
	g.t.Helper()
	for part := range slices.Chunk(users, 2_000) {
		g.run(`
			insert into members (tenant_id, group_id, member_id, connection_id, member_type, added_at)
			select $1, $2, n.id, $3, 'User', 0 from `+g.db.engine.jsonRows("$4", "n", "id uuid"),
			g.dir.TenantID, group, g.dir.ConnectionID, jsonParam(rowsOf(part)))
	}
}

// BenchmarkAccess compares the access of one user with a plain get of that user:
// as the store reads the record, and as a SCIM client is answered.
func BenchmarkAccess(b *testing.B) {
	onEachBackend(b, func(b *testing.B, f *fixture) {
		town := newAccessTown(b, f, 1)
		engine, caller := scim.New(f.s), &scim.Caller{
			Directory: f.dir, BaseURL: "https://scim.example.com/scim/v2/con1", Types: schema.Default(),
			Settings: quirk.For(quirk.Generic), Guard: everything{}, Origin: origin,
		}
		var took [3][]time.Duration
		for i := 0; b.Loop(); i++ {
			id := town.users[i*7919%len(town.users)]
			for side, read := range []func(){
				func() { town.get(userType, id) },
				func() {
					if _, err := engine.Get(f.ctx, caller, userType, id, scim.Projection{}, scim.Preconditions{}); err != nil {
						b.Fatal(err)
					}
				},
				func() { town.access(id) },
			} {
				begin := time.Now()
				read()
				took[side] = append(took[side], time.Since(begin))
			}
		}
		record, get, held := micros(took[0]), micros(took[1]), micros(took[2])
		b.ReportMetric(record, "µs/record")
		b.ReportMetric(get, "µs/get")
		b.ReportMetric(held, "µs/access")
		b.ReportMetric(held/record, "x-record")
		b.ReportMetric(held/get, "x-get")
	})
}

// BenchmarkPreview is the preview of a mapping on a group of 20,000 people and on
// one of 2,000: ten times the people, ten times the cost.
func BenchmarkPreview(b *testing.B) {
	onEachBackend(b, func(b *testing.B, f *fixture) {
		town := newAccessTown(b, f, 1)
		targets := []access.Holding{{EntryPoint: access.Everywhere, Role: "role-7"}, {EntryPoint: "place-3", Role: "role-19"}}
		var took [2][]time.Duration
		for b.Loop() {
			for side, people := range []int{2_000, 20_000} {
				begin := time.Now()
				plan, err := town.a.PlanMappings(town.ctx, town.tenant, town.groups[1-side], targets)
				took[side] = append(took[side], time.Since(begin))
				if err != nil || plan.Members != people || plan.Changed != people {
					b.Fatalf("%+v, %v", plan, err)
				}
			}
		}
		small, large := micros(took[0]), micros(took[1])
		b.ReportMetric(small/1e3, "ms/2000")
		b.ReportMetric(large/1e3, "ms/20000")
		b.ReportMetric(large/small, "x")
	})
}

// BenchmarkMemberWithAccess adds a member and takes them out again, in a tenant
// that gives no access and in one that does.
func BenchmarkMemberWithAccess(b *testing.B) {
	onEachBackend(b, func(b *testing.B, f *fixture) {
		for _, mappings := range []bool{false, true} {
			b.Run(fmt.Sprint("mappings ", mappings), func(b *testing.B) {
				g := givesAccess(b, f.in(newDirectory()))
				ids := g.seed(userType, 1_000, func(i int) scim.Draft { return userDraft(fmt.Sprint("u", i)) })
				group := g.group("All", ids[1:]...)
				if mappings {
					g.mapRaw(group, access.Everywhere, "editor")
				}
				in := false
				for b.Loop() {
					edit := add(ids[0])
					if in {
						edit = remove(ids[0])
					}
					g.mustEdit(group, edit)
					in = !in
				}
			})
		}
	})
}

// BenchmarkTell tells the vendor of 20,000 people whose group was mapped, with
// the process killed twice on the way, and checks that each was told once.
func BenchmarkTell(b *testing.B) {
	onEachBackend(b, func(b *testing.B, f *fixture) {
		const people = 20_000
		for b.Loop() {
			g := givesAccess(b, f.in(newDirectory()))
			b.StopTimer()
			role, group, users := mustID(), g.group("Everybody"), g.seedPeople(people)
			g.role(role, 1)
			g.join(group, users)
			_, job := g.mustPut(group, access.Holding{EntryPoint: access.Everywhere, Role: role})
			b.StartTimer()
			for range 2 {
				c, err := g.a.Claim(g.ctx, mustID(), 0)
				if err != nil {
					b.Fatal(err)
				}
				for range people / stepPeople / 3 {
					if _, err := g.a.Step(g.ctx, c, 0); err != nil {
						b.Fatal(err)
					}
				}
			}
			g.drain()
			b.StopTimer()
			g.checkJobDone(job, people)
			if known := g.toldByEvents(); len(known) != len(users) {
				b.Fatalf("%d were told", len(known))
			}
			if events := g.rows(`select count(*) from events where tenant_id = $1 and type = 'user.access_changed'`, g.dir.TenantID); events[0] != fmt.Sprint(people) {
				b.Fatalf("%s events", events[0])
			}
			b.StartTimer()
		}
		b.ReportMetric(float64(people)*float64(b.N)/b.Elapsed().Seconds(), "people/s")
	})
}
