package storage

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

// wiki is what mappings and assignments give in these tests.
var wiki = access.Holding{EntryPoint: "wiki", Role: "editor"}

// inWiki has an entry point, a role, and a group that is mapped to it.
func inWiki(t *testing.T, f *fixture, members ...string) (*accessFixture, string) {
	t.Helper()
	g := givesAccess(t, f)
	g.role("editor", 1)
	g.entryPoint("wiki")
	group := g.group("Writers", members...)
	g.mustPut(group, wiki)
	return g, group
}

// wantTold drains the jobs and compares what the vendor knows of each user.
func (g *accessFixture) wantTold(what string, want map[string]string) {
	g.t.Helper()
	g.drain()
	if diff := cmp.Diff(want, g.toldByEvents()); diff != "" {
		g.t.Errorf("after %s: %s", what, diff)
	}
}

// TestWritesTell: whatever a write to the directory does to somebody's access,
// the vendor is told.
func TestWritesTell(t *testing.T) { onEach(t, testWritesTell) }

func testWritesTell(t *testing.T, f *fixture) {
	g, group := inWiki(t, f)
	ada, bob := g.user("ada"), g.user("bob")
	inner := g.group("Inner", bob)
	const editor = "wiki editor"
	known := map[string]string{}
	tell := func(what string, changes map[string]string) {
		for id, held := range changes {
			known[id] = held
		}
		g.wantTold(what, known)
	}
	tell("nothing", nil)
	g.mustEdit(group, add(ada, inner))
	tell("joining", map[string]string{ada: editor, bob: editor})
	g.mustEdit(group, remove(inner))
	tell("a group's leaving", map[string]string{bob: ""})
	g.mustEdit(group, replace(inner))
	tell("replacing", map[string]string{ada: "", bob: editor})
	for _, active := range []bool{false, true} {
		if _, err := g.put(userType, bob, draft(doc{"userName": "bob", "active": active})); err != nil {
			t.Fatal(err)
		}
		tell(fmt.Sprint("active ", active), map[string]string{bob: map[bool]string{true: editor}[active]})
	}
	if _, err := g.put(userType, bob, draft(doc{"userName": "bob", "active": true, "title": "Dr"})); err != nil {
		t.Fatal(err)
	}
	if jobs := g.rows(`select id from jobs where finished_at is null`); len(jobs) > 0 {
		t.Error("a title is no matter of access")
	}
	g.mustDelete(groupType, inner)
	tell("deleting a group in the group", map[string]string{bob: ""})
	g.mustEdit(group, add(ada))
	tell("joining again", map[string]string{ada: editor})
	g.mustDelete(groupType, group)
	tell("deleting the group", map[string]string{ada: ""})
}

// TestWaitingMemberTold: who becomes a member only when their resource appears.
func TestWaitingMemberTold(t *testing.T) { onEach(t, testWaitingMemberTold) }

func testWaitingMemberTold(t *testing.T, f *fixture) {
	g, group := inWiki(t, f)
	_, err := g.s.Update(g.ctx, g.dir, groupType, group, origin, func(current *scim.Record) (scim.Draft, error) {
		d, err := decodeDocument(current.Document)
		edited := scim.Draft{Document: d, Encoded: current.Document, AllowPending: true}
		edited.Edits = append(edited.Edits, add("ext-1"))
		return edited, err
	})
	if err != nil {
		t.Fatal(err)
	}
	g.wantTold("waiting", map[string]string{})
	ada := g.create(userType, draft(doc{"userName": "ada", "externalId": "ext-1", "active": true})).ID
	g.wantTold("appearing", map[string]string{ada: "wiki editor"})
}

// TestDeletedUserTold: the event of a deleted user comes with the deletion, and
// nothing is left of what they held.
func TestDeletedUserTold(t *testing.T) { onEach(t, testDeletedUserTold) }

func testDeletedUserTold(t *testing.T, f *fixture) {
	g, group := inWiki(t, f)
	ada, bob := g.user("ada"), g.user("bob")
	g.mustEdit(group, add(ada))
	g.assign(ada, "*", "editor")
	g.assign(bob, "*", "editor")
	g.drain()
	g.mustDelete(userType, ada)
	if known := g.toldByEvents(); known[ada] != "" || known[bob] != "* editor" {
		t.Errorf("the vendor knows %v", known)
	}
	g.mustDelete(userType, g.user("eve")) // who never held anything
	g.drain()
	for _, table := range []string{"assignments", "access_told"} {
		if rows := g.rows(`select user_id from `+table+` where tenant_id = $1`, g.dir.TenantID); len(rows) != 1 {
			t.Errorf("%s has %d rows, want bob's", table, len(rows))
		}
	}
	if n := len(g.toldByEvents()); n != 2 {
		t.Errorf("the vendor was told of %d people", n)
	}
	g.checkInvariants()
}

// TestWritesWithoutAccess: where nobody is given anything, writes leave nothing.
func TestWritesWithoutAccess(t *testing.T) { onEach(t, testWritesWithoutAccess) }

func testWritesWithoutAccess(t *testing.T, f *fixture) {
	ada, bob := f.user("ada"), f.user("bob")
	inner := f.group("Inner", bob)
	group := f.group("All", ada)
	f.mustEdit(group, add(bob, inner))
	f.mustEdit(group, remove(ada))
	if _, err := f.put(userType, ada, draft(doc{"userName": "ada", "active": false})); err != nil {
		t.Fatal(err)
	}
	f.mustDelete(groupType, group)
	f.mustDelete(userType, bob)
	if jobs := f.rows(`select kind from jobs`); len(jobs) > 0 {
		t.Errorf("writes left %v", jobs)
	}
}

// TestBulkTells: writes that are undone tell nothing.
func TestBulkTells(t *testing.T) { onEach(t, testBulkTells) }

func testBulkTells(t *testing.T, f *fixture) {
	g, group := inWiki(t, f)
	ada, bob := g.user("ada"), g.user("bob")
	select {
	case <-g.a.Wake(): // of the mapping: nobody was in the group, but a write may have looked
	default:
	}
	err := g.s.Together(g.ctx, g.dir, func(s scim.Store) error {
		inside := g.onStore(s)
		inside.mustEdit(group, add(ada))
		return s.Together(g.ctx, g.dir, func(s scim.Store) error {
			g.onStore(s).mustEdit(group, add(bob))
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-g.a.Wake():
	default:
		t.Error("nobody was woken")
	}
	g.wantTold("a bulk", map[string]string{ada: "wiki editor", bob: "wiki editor"})
}

// TestRoundTripsWithAccess: a write waits for the database as rarely where its
// tenant gives access.
func TestRoundTripsWithAccess(t *testing.T) {
	t.Parallel()
	f := postgresFixture(t, Options{})
	ids := f.seed(userType, 30, func(i int) scim.Draft { return userDraft(fmt.Sprint("u", i)) })
	g, group := inWiki(t, f, ids[:10]...)
	n := 0
	for name, op := range map[string]struct {
		most int64
		do   func() error
	}{
		"access": {1, func() error {
			_, err := g.a.Access(g.ctx, g.tenant, ids[0])
			return err
		}},
		"members": {4, func() error {
			n++
			_, err := g.edit(group, add(ids[10+n%10]), remove(ids[10+(n+9)%10]))
			return err
		}},
		"activation": {4, func() error {
			n++
			_, err := g.put(userType, ids[0], draft(doc{"userName": "u0", "active": n%2 == 0}))
			return err
		}},
		"deletion": {4, func() error {
			n++
			return g.delete(userType, g.user(fmt.Sprint("new", n)))
		}},
		"preview": {2, func() error {
			_, err := g.a.PlanMappings(g.ctx, g.tenant, group, nil)
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var trips int64
			for range 9 {
				before := f.db.RoundTrips()
				if name == "deletion" { // counted without what it deletes
					before += 4
				}
				if err := op.do(); err != nil {
					t.Fatal(err)
				}
				trips = f.db.RoundTrips() - before
			}
			if trips > op.most {
				t.Errorf("%d round trips, want %d at most", trips, op.most)
			}
		})
	}
}

// TestRoleChangesTell: what the vendor changes in the role catalogue reaches
// those who hold the role, and is told.
func TestRoleChangesTell(t *testing.T) { onEach(t, testRoleChangesTell) }

func testRoleChangesTell(t *testing.T, f *fixture) {
	ada := f.user("ada")
	g, group := inWiki(t, f, ada)
	g.role("reader", 0)
	g.mustPut(group, wiki, access.Holding{EntryPoint: "wiki", Role: "reader"})
	g.wantTold("the mappings", map[string]string{ada: "wiki editor"})
	s := NewTenants(g.db)
	lines := []authz.Line{{Role: "editor", Tenant: authz.Everywhere, Permission: authz.DirectoryRead, Effect: authz.Allow}}
	for _, step := range []struct {
		name string
		do   func() error
		want string
	}{
		{"permissions", func() error { return s.SetRoleLines(g.ctx, "editor", nil, lines) }, "wiki reader"},
		{"the vendor's consent", g.updateRole(s, "editor", func(r *tenants.Role) { r.MappableWithPermissions = true }), "wiki editor"},
		{"a higher rank", g.updateRole(s, "reader", func(r *tenants.Role) { r.Rank = 50 }), "wiki reader"},
		{"another rule", func() error {
			_, err := s.UpdateSettings(g.ctx, func(s *tenants.Settings) error {
				s.AccessRule = tenants.AccessAll
				return nil
			})
			return err
		}, "wiki editor; wiki reader"},
		{"a role for nobody", g.updateRole(s, "reader", func(r *tenants.Role) { r.Grantable = false }), "wiki editor"},
		{"another name", g.updateRole(s, "editor", func(r *tenants.Role) { r.Name = "Redactor" }), "wiki editor"},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		g.wantTold(step.name, map[string]string{ada: step.want})
	}
}

func (g *accessFixture) updateRole(s *Tenants, key string, change func(r *tenants.Role)) func() error {
	return func() error {
		_, err := s.UpdateRole(g.ctx, key, func(r *tenants.Role) error {
			change(r)
			return nil
		})
		return err
	}
}
