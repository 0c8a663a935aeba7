package storage

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

// TestAgainstModel runs random operations on a directory and on maps, which must
// tell the same afterwards.
func TestAgainstModel(t *testing.T) { onEach(t, testAgainstModel) }

func testAgainstModel(t *testing.T, base *fixture) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{fixture: base.in(newDirectory()), entries: map[string]*entry{}}
		m.t = rt
		rt.Repeat(map[string]func(*rapid.T){
			"":            m.check,
			"create user": m.createUser,
			"create group": func(rt *rapid.T) {
				m.createGroup(rt, m.someIDs(rt))
			},
			"rename": m.rename,
			"edit":   m.editGroup,
			"delete": m.deleteAny,
		})
		m.checkInvariants()
	})
}

// entry is what the model knows of a resource.
type entry struct {
	typ     *schema.ResourceType
	name    string
	version int64
	members map[string]bool
}

type model struct {
	*fixture
	entries map[string]*entry
	events  int
}

var names = rapid.SampledFrom([]string{"ada", "ADA", "bob", "eve", "mallory", "Mallory", "zoë", "ZOË"})

func (m *model) ids(typ *schema.ResourceType) []string {
	ids := []string{}
	for id, e := range m.entries {
		if typ == nil || e.typ == typ {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// someIDs draws ids of which few do not exist.
func (m *model) someIDs(rt *rapid.T) []string {
	pool := append(m.ids(nil), m.ids(nil)...)
	pool = append(append(pool, m.ids(nil)...), mustID())
	return rapid.SliceOfN(rapid.SampledFrom(pool), 0, 4).Draw(rt, "members")
}

// one draws an existing resource; without one there is nothing to do.
func (m *model) one(rt *rapid.T, typ *schema.ResourceType) string {
	ids := m.ids(typ)
	if len(ids) == 0 {
		rt.Skip("nothing there yet")
	}
	return rapid.SampledFrom(ids).Draw(rt, "id")
}

// taken says whether another user has the name.
func (m *model) taken(id, name string) bool {
	for other, e := range m.entries {
		if other != id && e.typ == userType && strings.EqualFold(e.name, name) {
			return true
		}
	}
	return false
}

func (m *model) createUser(rt *rapid.T) {
	name := names.Draw(rt, "name")
	rec, err := m.s.Create(m.ctx, m.dir, userType, userDraft(name), origin)
	if m.taken("", name) {
		m.wantConflict(rt, err)
		return
	}
	if err != nil {
		rt.Fatalf("create user: %v", err)
	}
	m.entries[rec.ID] = &entry{typ: userType, name: name, version: 1}
	m.events++
}

func (m *model) createGroup(rt *rapid.T, members []string) {
	name := names.Draw(rt, "name")
	rec, err := m.s.Create(m.ctx, m.dir, groupType, draft(doc{"displayName": name}, add(members...)), origin)
	if m.missing(members) {
		m.wantMissing(rt, err)
		return
	}
	if err != nil {
		rt.Fatalf("create group: %v", err)
	}
	e := &entry{typ: groupType, name: name, version: 1, members: map[string]bool{}}
	for _, id := range members {
		e.members[id] = true
	}
	m.entries[rec.ID] = e
	m.events++
	if len(e.members) > 0 {
		m.events++
	}
}

func (m *model) rename(rt *rapid.T) {
	id, name := m.one(rt, nil), names.Draw(rt, "name")
	e := m.entries[id]
	d := draft(doc{"displayName": name})
	if e.typ == userType {
		d = userDraft(name)
	}
	d.Changed = name != e.name
	_, err := m.put(e.typ, id, d)
	switch {
	case e.typ == userType && m.taken(id, name):
		m.wantConflict(rt, err)
	case err != nil:
		rt.Fatalf("rename: %v", err)
	case d.Changed:
		e.name = name
		e.version++
		m.events++
	}
}

func (m *model) editGroup(rt *rapid.T) {
	id := m.one(rt, groupType)
	e := m.entries[id]
	after := maps.Clone(e.members)
	missing := false
	var edits []patch.Edit
	for range rapid.IntRange(0, 3).Draw(rt, "edits") {
		ids := m.someIDs(rt)
		kind := rapid.SampledFrom([]patch.EditKind{patch.AddMembers, patch.RemoveMembers, patch.ReplaceMembers}).Draw(rt, "kind")
		edits = append(edits, patch.Edit{Kind: kind, Members: members(ids...)})
		missing = missing || (kind != patch.RemoveMembers && m.missing(ids))
		if kind == patch.ReplaceMembers {
			clear(after)
		}
		for _, member := range ids {
			if kind == patch.RemoveMembers {
				delete(after, member)
			} else {
				after[member] = true
			}
		}
	}
	_, err := m.edit(id, edits...)
	var cycle *scim.CycleError
	switch {
	case missing:
		m.wantMissing(rt, err)
	case m.reaches(after, id):
		if !errors.As(err, &cycle) {
			rt.Fatalf("edit = %v, want a cycle", err)
		}
	case err != nil:
		rt.Fatalf("edit: %v", err)
	default:
		m.applied(e, after)
	}
}

func (m *model) applied(e *entry, after map[string]bool) {
	added, removed := 0, 0
	for id := range after {
		if !e.members[id] {
			added = 1
		}
	}
	for id := range e.members {
		if !after[id] {
			removed = 1
		}
	}
	e.members = after
	m.events += added + removed
	if added+removed > 0 {
		e.version++
	}
}

func (m *model) deleteAny(rt *rapid.T) {
	id := m.one(rt, nil)
	if err := m.delete(m.entries[id].typ, id); err != nil {
		rt.Fatalf("delete: %v", err)
	}
	delete(m.entries, id)
	m.events++
	for _, e := range m.entries {
		if e.members[id] {
			delete(e.members, id)
			e.version++
			m.events++
		}
	}
}

func (m *model) missing(ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return m.entries[id] == nil })
}

// reaches says whether a walk down from the members comes to the group.
func (m *model) reaches(members map[string]bool, group string) bool {
	for id := range members {
		if id == group || m.reaches(m.entries[id].members, group) {
			return true
		}
	}
	return false
}

func (m *model) wantConflict(rt *rapid.T, err error) {
	var conflict *scim.ConflictError
	if !errors.As(err, &conflict) {
		rt.Fatalf("error = %v, want a conflict", err)
	}
}

func (m *model) wantMissing(rt *rapid.T, err error) {
	var missing *scim.MissingMembersError
	if !errors.As(err, &missing) {
		rt.Fatalf("error = %v, want missing members", err)
	}
}

// check compares all that can be read with the model.
func (m *model) check(rt *rapid.T) {
	want, got := map[string]string{}, map[string]string{}
	totals := map[string]int{}
	for id, e := range m.entries {
		totals[e.typ.Name]++
		want[id] = fmt.Sprintf("%s version %d members %v", e.name, e.version, slices.Sorted(maps.Keys(e.members)))
		rec := m.getWith(e.typ, id, scim.With{Members: true})
		d, err := decodeDocument(rec.Document)
		if err != nil {
			rt.Fatal(err)
		}
		ids := []string{}
		for member := range rec.Members.All() {
			ids = append(ids, member.ID)
		}
		got[id] = fmt.Sprintf("%s version %d members %v", schema.Display(e.typ, d), rec.Version, ids)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		rt.Fatalf("resources (-model +stored):\n%s", diff)
	}
	for _, typ := range []*schema.ResourceType{userType, groupType} {
		total := m.rows(`select cast(coalesce(sum(total), 0) as bigint) from directory_totals
			where tenant_id = $1 and connection_id = $2 and resource_type = $3`, m.dir.TenantID, m.dir.ConnectionID, typ.Name)
		if total[0] != fmt.Sprint(totals[typ.Name]) {
			rt.Fatalf("total of %s = %s, want %d", typ.Name, total[0], totals[typ.Name])
		}
	}
	if n := len(m.eventsAfter(0)); n != m.events {
		rt.Fatalf("%d events, want %d", n, m.events)
	}
}
