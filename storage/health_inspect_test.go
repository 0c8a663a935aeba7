package storage

import (
	"testing"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/health"
)

// inspect looks for everything in a connection's directory.
func (h *healthFixture) inspect(of *tenants.Connection, everybody int) *health.Findings {
	h.t.Helper()
	found, err := h.health.Inspect(h.ctx, of.TenantID, []health.Inspected{{Connection: of.ID, Aliases: true, Everybody: everybody}})
	h.must(err)
	if len(found) != 1 || found[of.ID] == nil {
		h.t.Fatalf("found %v", found)
	}
	return found[of.ID]
}

func workMail(value string) []any { return []any{doc{"value": value, "type": "work"}} }

func TestInspectPeople(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHealthFixture(f)
		c := h.connection(h.owner, "One")
		dir := h.directory(c)
		if got := *h.inspect(c, 1); got.NoEmail.Count+got.Alias.Count+got.Twins.Count+got.Waiting.Count+got.Everybody.Count != 0 {
			t.Errorf("an empty directory has %+v", got)
		}
		const guid = "0b3c4a52-6a45-4f7b-9a53-2f0f6f4d9d11"
		bad := dir.create(userType, draft(doc{"userName": "Jane@acme.com", "externalId": "JANE", "active": true}))
		dir.create(userType, draft(doc{"userName": "left@acme.com", "externalId": guid, "active": false}))
		dir.create(userType, draft(doc{"userName": "joe@acme.com", "externalId": "E0042", "active": true, "emails": workMail("joe@acme.com")}))
		byMail := dir.create(userType, draft(doc{"userName": "u1", "externalId": "jim", "active": true, "emails": workMail("Jim@acme.com")}))
		other := h.directory(h.connection(h.owner, "Two"))
		other.create(userType, draft(doc{"userName": "x@acme.com", "externalId": "x", "active": true}))

		got := h.inspect(c, 0)
		if e := got.NoEmail; e.Count != 1 || len(e.Examples) != 1 || e.Examples[0] != (health.Example{Name: "Jane@acme.com", ID: bad.ID}) || e.Since.IsZero() {
			t.Errorf("without an address: %+v", e)
		}
		if a := got.Alias; a.Count != 2 || len(a.Examples) != 2 || a.Examples[0].ID != bad.ID || a.Examples[1].ID != byMail.ID {
			t.Errorf("aliases: %+v", a)
		}
		for id, d := range map[string]doc{
			bad.ID:    {"userName": "Jane@acme.com", "externalId": guid[:35] + "2", "active": true, "emails": workMail("jane@acme.com")},
			byMail.ID: {"userName": "u1", "externalId": guid[:35] + "3", "active": true, "emails": workMail("Jim@acme.com")},
		} {
			if _, err := dir.put(userType, id, draft(d)); err != nil {
				t.Fatal(err)
			}
		}
		if got := h.inspect(c, 0); got.NoEmail.Count+got.Alias.Count != 0 {
			t.Errorf("it is mended, but there is %+v", got)
		}
		for i := range 7 {
			dir.user("user" + string(rune('a'+i)))
		}
		if e := h.inspect(c, 0).NoEmail; e.Count != 7 || len(e.Examples) != findingExamples {
			t.Errorf("seven: %+v", e)
		}
	})
}

func TestInspectGroups(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHealthFixture(f)
		c := h.connection(h.owner, "One")
		dir := h.directory(c)
		ids := []string{dir.user("a"), dir.user("b"), dir.user("c"), dir.user("d")}
		all := dir.group("Everyone", ids...)
		dir.group("Some", ids[:2]...)
		twin := dir.group("Sales")
		second := dir.group("sales")

		got := h.inspect(c, 4)
		if e := got.Everybody; e.Count != 1 || len(e.Examples) != 1 || e.Examples[0] != (health.Example{Name: "Everyone", ID: all}) {
			t.Errorf("everybody: %+v", e)
		}
		if w := got.Twins; w.Count != 1 || len(w.Examples) != 1 || w.Examples[0].ID != twin || w.Since.IsZero() {
			t.Errorf("twins: %+v", w)
		}
		dir.mustDelete(groupType, second)
		dir.mustEdit(all, remove(ids[0]))
		if got := h.inspect(c, 4); got.Everybody.Count+got.Twins.Count != 0 {
			t.Errorf("it is mended, but there is %+v", got)
		}
	})
}

func TestInspectWaitingMembers(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHealthFixture(f)
		c, other := h.connection(h.owner, "One"), h.connection(h.owner, "Two")
		dir := h.directory(c)
		var groups []string
		for _, name := range []string{"Sales", "Ops"} {
			groups = append(groups, dir.create(groupType, waiting(draft(doc{"displayName": name}), "ext-1", "ext-"+name)).ID)
		}
		got := h.inspect(c, 0)
		if w := got.Waiting; w.Count != 3 || got.Groups != 2 || len(w.Examples) != 3 || w.Examples[0].Name != "ext-1" || w.Since.IsZero() {
			t.Errorf("waiting: %+v in %d groups", w, got.Groups)
		}
		if got := h.inspect(other, 0); got.Waiting.Count != 0 {
			t.Errorf("the other connection: %+v", got.Waiting)
		}
		dir.create(userType, draft(doc{"userName": "jane", "externalId": "ext-1", "active": true}))
		dir.mustDelete(groupType, groups[1])
		if got := h.inspect(c, 0); got.Waiting.Count != 1 || got.Groups != 1 {
			t.Errorf("one is left, but there is %+v", got.Waiting)
		}
	})
}

// waiting is a draft with members who may wait to be provisioned.
func waiting(d scim.Draft, values ...string) scim.Draft {
	d.AllowPending = true
	d.Edits = []patch.Edit{{Kind: patch.AddMembers, Members: members(values...)}}
	return d
}
