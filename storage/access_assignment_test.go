package storage

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

// TestAssignments: to assign twice is to assign once; lists have them in order.
func TestAssignments(t *testing.T) { onEach(t, testAssignments) }

func testAssignments(t *testing.T, f *fixture) {
	g, group := inWiki(t, f)
	ada, bob := g.user("ada"), g.user("bob")
	first := g.assign(ada, "wiki", "editor")
	if again := g.assign(ada, "wiki", "editor"); again.ID != first.ID || !again.CreatedAt.Equal(first.CreatedAt) || again.CreatedByName != "Jane Doe" {
		t.Errorf("assigned again: %+v, was %+v", again, first)
	}
	g.assign(bob, "*", "editor")
	g.assign(ada, "*", "editor")
	for _, c := range []struct {
		user string
		h    access.Holding
		want string
	}{
		{ada, access.Holding{EntryPoint: "*", Role: "nobody"}, "invalid role"},
		{ada, access.Holding{EntryPoint: "shop", Role: "editor"}, "invalid entry_point"},
		{mustID(), wiki, "not found"},
		{group, wiki, "not found"},
		{g.in(newDirectory()).user("eve"), wiki, "not found"},
	} {
		if _, err := g.a.Assign(g.ctx, g.tenant, c.user, c.h); refusalOf(err) != c.want {
			t.Errorf("assign %v to %s: %v", c.h, c.user, err)
		}
	}
	list := func(f access.AssignmentFilter) []string {
		texts, place := []string{}, access.AssignmentPlace{}
		for {
			page, err := g.a.ListAssignments(g.ctx, g.tenant, f, place, 1)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				return texts
			}
			a := page[0]
			texts = append(texts, fmt.Sprint(a.User.UserName, " ", a.EntryPoint, " ", a.Role, " ", a.User.Active))
			place = access.AssignmentPlace{User: a.UserID, EntryPoint: a.EntryPoint, Role: a.Role}
		}
	}
	for _, c := range []struct {
		filter access.AssignmentFilter
		want   []string
	}{
		{access.AssignmentFilter{}, []string{"ada * editor true", "ada wiki editor true", "bob * editor true"}},
		{access.AssignmentFilter{User: bob}, []string{"bob * editor true"}},
		{access.AssignmentFilter{EntryPoint: "wiki"}, []string{"ada wiki editor true"}},
		{access.AssignmentFilter{Role: "reader"}, []string{}},
	} {
		if diff := cmp.Diff(c.want, list(c.filter)); diff != "" {
			t.Errorf("%+v: %s", c.filter, diff)
		}
	}
	if _, err := g.a.ListAssignments(g.ctx, g.tenant, access.AssignmentFilter{User: mustID()}, access.AssignmentPlace{}, 1); refusalOf(err) != "not found" {
		t.Errorf("assignments of nobody: %v", err)
	}
	for user, want := range map[string]string{bob: "not found", ada: "<nil>"} {
		if err := g.a.Unassign(g.ctx, g.tenant, user, first.ID); refusalOf(err) != want {
			t.Errorf("unassign from %s: %v, want %s", user, err, want)
		}
	}
	if err := g.a.Unassign(g.ctx, g.tenant, ada, tenants.NewAssignmentID()); refusalOf(err) != "not found" {
		t.Errorf("unassign what is not there: %v", err)
	}
	g.wantTold("all that", map[string]string{ada: "* editor", bob: "* editor"})
	journal := g.rows(`select type from events where tenant_id = $1 and type like 'assignment.%' order by sequence`, g.dir.TenantID)
	if want := []string{"assignment.created", "assignment.created", "assignment.created", "assignment.deleted"}; !cmp.Equal(journal, want) {
		t.Errorf("the journal has %v", journal)
	}
}

// TestEntryPoints: an entry point is made, changed, and deleted when nothing
// refers to it any more.
func TestEntryPoints(t *testing.T) { onEach(t, testEntryPoints) }

func testEntryPoints(t *testing.T, f *fixture) {
	g := givesAccess(t, f)
	s := access.New(g.a)
	g.role("editor", 1)
	for _, key := range []string{"wiki", "shop", "blog"} {
		if _, err := s.CreateEntryPoint(g.ctx, g.tenant, access.EntryPoint{Key: key, Name: " The " + key}); err != nil {
			t.Fatal(err)
		}
	}
	for key, want := range map[string]string{"wiki": "taken key", "*": "invalid key", "Big": "invalid key", "": "invalid key"} {
		if _, err := s.CreateEntryPoint(g.ctx, g.tenant, access.EntryPoint{Key: key, Name: "x"}); refusalOf(err) != want {
			t.Errorf("create %q: %v", key, err)
		}
	}
	var keys []string
	for after := ""; ; {
		page, err := s.ListEntryPoints(g.ctx, g.tenant, after, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		after = page[0].Key
		keys = append(keys, after)
	}
	if want := []string{"*", "blog", "shop", "wiki"}; !cmp.Equal(keys, want) {
		t.Errorf("listed %v", keys)
	}
	name, empty := "Encyclopedia", ""
	e, err := s.UpdateEntryPoint(g.ctx, g.tenant, "wiki", access.EntryPointChange{Name: &name})
	if err != nil || e.Name != name || e.Key != "wiki" {
		t.Errorf("updated %+v, %v", e, err)
	}
	if _, err := s.UpdateEntryPoint(g.ctx, g.tenant, "wiki", access.EntryPointChange{Name: &empty}); refusalOf(err) != "invalid name" {
		t.Errorf("an empty name: %v", err)
	}
	if e, err := s.EntryPoint(g.ctx, g.tenant, "wiki"); err != nil || e.Name != name {
		t.Errorf("found %+v, %v", e, err)
	}
	ada := g.user("ada")
	group := g.group("Writers", ada)
	a := g.assign(ada, "shop", "editor")
	g.mustPut(group, access.Holding{EntryPoint: "wiki", Role: "editor"})
	for key, want := range map[string]string{"wiki": "in_use", "shop": "in_use", "*": "in_use", "nowhere": "not found", "blog": "<nil>"} {
		if err := s.DeleteEntryPoint(g.ctx, g.tenant, key); refusalOf(err) != want {
			t.Errorf("delete %s: %v, want %s", key, err, want)
		}
	}
	g.mustPut(group)
	if err := s.Unassign(g.ctx, g.tenant, ada, a.ID); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"wiki", "shop"} {
		if err := s.DeleteEntryPoint(g.ctx, g.tenant, key); err != nil {
			t.Errorf("delete %s: %v", key, err)
		}
		if _, err := s.EntryPoint(g.ctx, g.tenant, key); refusalOf(err) != "not found" {
			t.Errorf("%s is still there: %v", key, err)
		}
	}
	journal := g.rows(`select action from audit where tenant_id = $1 and action like 'entry_point.%' order by number`, g.dir.TenantID)
	want := []string{"entry_point.created", "entry_point.created", "entry_point.created", "entry_point.updated",
		"entry_point.deleted", "entry_point.deleted", "entry_point.deleted"}
	if !cmp.Equal(journal, want) {
		t.Errorf("the journal has %v", journal)
	}
	g.checkInvariants()
}
