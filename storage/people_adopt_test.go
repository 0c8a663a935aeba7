package storage

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/people"
)

var (
	byExternalID = scim.Limits{Adopt: scim.Adoption{Rule: scim.AdoptExternalID}}
	byEmail      = scim.Limits{Adopt: scim.Adoption{Rule: scim.AdoptVerifiedEmail, Domains: []string{"acme.com", "acme.org"}}}
)

func mail(kind, value string) doc { return doc{"type": kind, "value": value} }

// TestAdoption: who is taken over, by which rule.
func TestAdoption(t *testing.T) { onEachPeople(t, testAdoption) }

func testAdoption(t *testing.T, p *peopleFixture) {
	home := func(value string) []people.Email { return []people.Email{{Value: value, Type: "home"}} }
	work := func(value string) []people.Email { return []people.Email{{Value: value, Type: "work"}} }
	for _, tc := range []struct {
		name    string
		manual  []people.NewUser
		managed []doc // of another connection
		limits  scim.Limits
		sent    doc
		adopted bool
	}{
		{"never", []people.NewUser{{UserName: "ada@acme.com", ExternalID: "e1"}}, nil,
			scim.Limits{}, doc{"userName": "ada@acme.com", "externalId": "e1"}, false},
		{"same externalId", []people.NewUser{{UserName: "old", ExternalID: "e1"}}, nil,
			byExternalID, doc{"userName": "new", "externalId": "e1"}, true},
		{"externalId in other case", []people.NewUser{{UserName: "old", ExternalID: "E1"}}, nil,
			byExternalID, doc{"userName": "new", "externalId": "e1"}, false},
		{"no externalId at all", []people.NewUser{{UserName: "old"}}, nil, byExternalID, doc{"userName": "new"}, false},
		{"same userName by the other rule", []people.NewUser{{UserName: "ada@acme.com"}}, nil,
			byExternalID, doc{"userName": "ada@acme.com", "externalId": "e1"}, false},
		{"same userName in a verified domain", []people.NewUser{{UserName: "Ada@Acme.com"}}, nil,
			byEmail, doc{"userName": "ada@acme.COM"}, true},
		{"same userName in another domain", []people.NewUser{{UserName: "ada@mail.com"}}, nil,
			byEmail, doc{"userName": "ada@mail.com"}, false},
		{"same userName in a subdomain", []people.NewUser{{UserName: "ada@sub.acme.com"}}, nil,
			byEmail, doc{"userName": "ada@sub.acme.com"}, false},
		{"same userName, no address", []people.NewUser{{UserName: "ada"}}, nil, byEmail, doc{"userName": "ada"}, false},
		{"same work e-mail", []people.NewUser{{UserName: "old", Emails: work("ada@acme.org")}}, nil,
			byEmail, doc{"userName": "new", "emails": []any{mail("work", "ADA@acme.org")}}, true},
		{"userName is the other's work e-mail", []people.NewUser{{UserName: "old", Emails: work("ada@acme.org")}}, nil,
			byEmail, doc{"userName": "ada@acme.org"}, true},
		{"private e-mail of the manual user", []people.NewUser{{UserName: "old", Emails: home("ada@acme.org")}}, nil,
			byEmail, doc{"userName": "new", "emails": []any{mail("work", "ada@acme.org")}}, false},
		{"private e-mail of the provisioned user", []people.NewUser{{UserName: "old", Emails: work("ada@acme.org")}}, nil,
			byEmail, doc{"userName": "new", "emails": []any{mail("home", "ada@acme.org")}}, false},
		{"two who are alike", []people.NewUser{{UserName: "ada@acme.com"}, {UserName: "old", Emails: work("ada@acme.com")}}, nil,
			byEmail, doc{"userName": "ada@acme.com"}, false},
		{"managed by another connection", nil, []doc{{"userName": "ada@acme.com"}}, byEmail, doc{"userName": "ada@acme.com"}, false},
		{"one manual, one managed", []people.NewUser{{UserName: "old", ExternalID: "e1"}}, []doc{{"userName": "other", "externalId": "e1"}},
			byExternalID, doc{"userName": "new", "externalId": "e1"}, false},
		{"inactive before", []people.NewUser{{UserName: "ada@acme.com", Inactive: true}}, nil, byEmail, doc{"userName": "ada@acme.com"}, true},
		{"inactive after", []people.NewUser{{UserName: "ada@acme.com"}}, nil, byEmail, doc{"userName": "ada@acme.com", "active": false}, true},
	} {
		for _, many := range []bool{false, true} {
			g := newPeople(t, p.in(newDirectory()))
			g.adopts(t, tc.name, tc.manual, tc.managed, tc.limits, tc.sent, tc.adopted, many)
		}
	}
	p.checkInvariants()
}

func (p *peopleFixture) adopts(t *testing.T, name string, manual []people.NewUser, managed []doc, limits scim.Limits, sent doc, adopted, inBulk bool) {
	t.Helper()
	before := map[string]bool{}
	for _, n := range manual {
		before[p.register(n).ID] = true
	}
	other := p.connection("Other")
	for _, d := range managed {
		before[p.mustProvision(other, scim.Limits{}, d)] = true
	}
	var id string
	if inBulk {
		results := p.bulk(p.dir, limits, post("x", sent))
		if results[0].Err != nil || results[0].Status != 201 {
			t.Fatalf("%s: %+v", name, results[0])
		}
		id = results[0].Location[strings.LastIndexByte(results[0].Location, '/')+1:]
	} else {
		id = p.mustProvision(p.dir, limits, sent)
	}
	if before[id] != adopted {
		t.Errorf("%s (bulk: %t): adopted %t, want %t", name, inBulk, before[id], adopted)
	}
	users, err := p.s.ListUsers(p.ctx, p.tenant, people.UserQuery{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	want := len(before)
	if !adopted {
		want++
	}
	if len(users) != want {
		t.Errorf("%s: %d users, want %d", name, len(users), want)
	}
	got := p.find(id)
	if got.UserName != sent["userName"] || !got.Managed() || got.Connection.ID != connectionIDOf(t, p.dir) {
		t.Errorf("%s: %+v", name, got)
	}
}

// TestAdopted: what an adopted user keeps, and what the journal tells.
func TestAdopted(t *testing.T) { onEachPeople(t, testAdopted) }

func testAdopted(t *testing.T, p *peopleFixture) {
	manual := p.register(people.NewUser{UserName: "ada@acme.com", GivenName: "Ada", Inactive: true})
	p.run(`insert into assignments (tenant_id, user_id, entry_point, role, id, created_by, created_by_name, created_at)
		values ($1, $2, '*', 'editor', $3, '', '', 0)`, p.dir.TenantID, manual.ID, mustID())
	last := p.eventsAfter(0)
	id := p.mustProvision(p.dir, byEmail, doc{"userName": "ada@acme.com", "title": "Countess"})
	if id != manual.ID {
		t.Fatalf("not adopted")
	}
	got := p.get(userType, id)
	if got.Version != 2 || !got.Created.Equal(manual.CreatedAt) || strings.Contains(string(got.Document), "Ada") {
		t.Errorf("%+v %s", got, got.Document)
	}
	if rows := p.rows(`select 1 from assignments where tenant_id = $1 and user_id = $2`, p.dir.TenantID, id); len(rows) != 1 {
		t.Error("the assignment is gone")
	}
	var types []string
	for _, e := range p.eventsAfter(int64(len(last))) {
		types = append(types, string(e.Type))
		var data, previous doc
		if err := json.Unmarshal(e.Data, &data); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(e.Previous, &previous); err != nil {
			t.Fatal(err)
		}
		was, told := previous["managed"]
		if data["managed"] != true || data["id"] != id || told != (e.Type == "user.updated") || told && was != false {
			t.Errorf("%s: data %s, previous %s", e.Type, e.Data, e.Previous)
		}
	}
	if diff := cmp.Diff([]string{"user.reactivated", "user.updated"}, types); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if p.active() != "1" {
		t.Errorf("%s seats", p.active())
	}
	// From now on it is the connection's.
	if err := p.delete(userType, id); err != nil {
		t.Error(err)
	}
	p.checkInvariants()
}

// TestAdoptedJoinsItsGroups: a group that waited for somebody has them.
func TestAdoptedJoinsItsGroups(t *testing.T) { onEachPeople(t, testAdoptedJoinsItsGroups) }

func testAdoptedJoinsItsGroups(t *testing.T, p *peopleFixture) {
	manual := p.register(people.NewUser{UserName: "ada@acme.com"})
	group := p.group("Sales")
	p.mustPush(group, add("e1"))
	if id := p.mustProvision(p.dir, byEmail, doc{"userName": "ada@acme.com", "externalId": "e1"}); id != manual.ID {
		t.Fatal("not adopted")
	}
	if got := p.memberIDs(group); !slices.Equal(got, []string{manual.ID}) {
		t.Errorf("members %v", got)
	}
	p.checkInvariants()
}

// TestAdoptionInBulk: references to what a bulk request creates lead to the id
// that the adopted user has.
func TestAdoptionInBulk(t *testing.T) { onEachPeople(t, testAdoptionInBulk) }

func testAdoptionInBulk(t *testing.T, p *peopleFixture) {
	ada, bob := p.register(people.NewUser{UserName: "ada@acme.com"}), p.register(people.NewUser{UserName: "bob@acme.com"})
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	managed := func(name, manager string) doc {
		return doc{"userName": name, enterprise: doc{"manager": doc{"value": "bulkId:" + manager}}}
	}
	results := p.bulk(p.dir, byEmail,
		`{"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"All","members":[{"value":"bulkId:a"},{"value":"bulkId:n"}]}}`,
		post("a", managed("ada@acme.com", "b")), post("b", managed("bob@acme.com", "n")), post("n", managed("new@acme.com", "a")))
	for _, r := range results {
		if r.Err != nil {
			t.Fatalf("%+v", r)
		}
	}
	id := func(i int) string { return results[i].Location[strings.LastIndexByte(results[i].Location, '/')+1:] }
	if id(1) != ada.ID || id(2) != bob.ID {
		t.Errorf("%s and %s are not adopted", id(1), id(2))
	}
	for from, to := range map[string]string{ada.ID: bob.ID, bob.ID: id(3), id(3): ada.ID} {
		if document := string(p.get(userType, from).Document); !strings.Contains(document, to) {
			t.Errorf("%s does not refer to %s", document, to)
		}
	}
	want := []string{ada.ID, id(3)}
	slices.Sort(want)
	if got := p.memberIDs(id(0)); !slices.Equal(got, want) {
		t.Errorf("members %v, want %v", got, want)
	}
	p.checkInvariants()
}

// TestAdoptionRace: of connections that create somebody at the same time, one
// takes them over.
func TestAdoptionRace(t *testing.T) { onEachPeople(t, testAdoptionRace) }

func testAdoptionRace(t *testing.T, p *peopleFixture) {
	for range 5 {
		g := newPeople(t, p.in(newDirectory()))
		manual := g.register(people.NewUser{UserName: "ada@acme.com"})
		directories := []scim.Directory{g.dir, g.connection("B"), g.connection("C"), g.connection("D")}
		ids := make([]string, len(directories))
		failures := g.together(len(directories), func(_ context.Context, i int) (err error) {
			if i == 0 {
				results := g.bulk(directories[i], byEmail, post("a", doc{"userName": "ada@acme.com"}))
				ids[i] = results[0].Location[strings.LastIndexByte(results[0].Location, '/')+1:]
				return results[0].Err
			}
			ids[i], err = g.provision(directories[i], byEmail, doc{"userName": "ada@acme.com"})
			return err
		})
		if len(failures) > 0 {
			t.Fatal(failures)
		}
		slices.Sort(ids)
		if n := len(slices.Compact(slices.Clone(ids))); n != len(ids) || !slices.Contains(ids, manual.ID) {
			t.Errorf("%v, of which one should be %s", ids, manual.ID)
		}
	}
	p.checkInvariants()
}

// TestAdoptionRaceWithVendor: the vendor changes, deletes or registers somebody
// alike at the moment of adoption: whatever comes first, the outcome is one that
// one behind the other has.
func TestAdoptionRaceWithVendor(t *testing.T) { onEachPeople(t, testAdoptionRaceWithVendor) }

func testAdoptionRaceWithVendor(t *testing.T, p *peopleFixture) {
	for _, vendor := range []func(g *peopleFixture, id string) error{
		func(g *peopleFixture, id string) error { return g.s.DeleteUser(g.ctx, g.tenant, id) },
		func(g *peopleFixture, id string) error {
			name := "renamed"
			_, err := g.s.UpdateUser(g.ctx, g.tenant, id, people.UserChange{UserName: &name})
			return err
		},
		func(g *peopleFixture, _ string) error {
			_, err := g.s.CreateUser(g.ctx, g.tenant, people.NewUser{UserName: "alike",
				Emails: []people.Email{{Value: "ada@acme.com", Type: "work"}}})
			return err
		},
	} {
		for range 4 {
			g := newPeople(t, p.in(newDirectory()))
			manual := g.register(people.NewUser{UserName: "ada@acme.com"})
			id := ""
			failures := g.together(2, func(_ context.Context, i int) (err error) {
				if i == 0 {
					id, err = g.provision(g.dir, byEmail, doc{"userName": "ada@acme.com"})
					return err
				}
				return vendor(g, manual.ID)
			})
			for _, err := range failures {
				var refused *tenants.RefusedError
				if !isRefused(err, &refused) || id != manual.ID {
					t.Errorf("%v", err)
				}
			}
			if user := g.find(id); !user.Managed() || user.UserName != "ada@acme.com" {
				t.Errorf("%+v", user)
			}
		}
	}
	p.checkInvariants()
}
