package storagetest

import (
	"fmt"
	"slices"
	"sync"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

var pendingTests = []test{
	{"wait and join", pendingJoin},
	{"edits", pendingEdits},
	{"by id and type", pendingByID},
	{"cycles", pendingCycles},
	{"isolation", pendingIsolation},
	{"list", pendingList},
	{"a race", pendingRace},
}

// push edits the members of a group, who may wait, and returns how many of those
// that it named do.
func (s *suite) push(id string, edits ...patch.Edit) int {
	s.Helper()
	record, err := s.tryPush(id, edits...)
	s.must(err)
	s.same("version", s.get(groupType, id).Version, record.Version)
	return record.Pending
}

func (s *suite) tryPush(id string, edits ...patch.Edit) (*scim.Record, error) {
	return s.Resources.Update(s.ctx, s.dir, groupType, id, origin, func(current *scim.Record) (scim.Draft, error) {
		d, err := decode(current)
		return scim.Draft{Document: d, Encoded: current.Document, Edits: edits, AllowPending: true}, err
	})
}

// external makes a resource with an externalId.
func (s *suite) external(t *schema.ResourceType, name string) string {
	s.Helper()
	if t == groupType {
		return s.create(t, doc{"displayName": name, "externalId": "x-" + name}).ID
	}
	return s.create(t, doc{"userName": name, "externalId": "x-" + name}).ID
}

// wantPending compares what the directory's groups wait for: values, in order.
func (s *suite) wantPending(want ...string) {
	s.Helper()
	tenant, connection := s.owner()
	list, err := s.Tenants.ListPendingMembers(s.ctx, tenant, connection, tenants.PendingCursor{}, 100)
	s.must(err)
	got := make([]string, 0, len(list))
	for _, p := range list {
		got = append(got, p.Value)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		s.Errorf("pending %v, want %v", got, want)
	}
	n, err := s.Tenants.CountPendingMembers(s.ctx, tenant, connection)
	s.must(err)
	if n != len(want) {
		s.Errorf("%d are counted, want %d", n, len(want))
	}
}

// owner is the directory as the control plane names it.
func (s *suite) owner() (tenant tenants.TenantID, connection tenants.ConnectionID) {
	s.Helper()
	s.must(tenant.Scan(s.dir.TenantID))
	s.must(connection.Scan(s.dir.ConnectionID))
	return tenant, connection
}

func pendingJoin(s *suite) {
	draft := s.draft(groupType, doc{"displayName": "eng"}, add("x-anna", "x-bo"))
	draft.AllowPending = true
	record, err := s.Resources.Create(s.ctx, s.dir, groupType, draft, origin)
	s.must(err)
	group := record.ID
	if record.Pending != 2 {
		s.Errorf("%d are said to wait, want 2", record.Pending)
	}
	s.wantPending("x-anna", "x-bo")
	s.wantMembers(group)
	s.wantEvents(0, events.GroupCreated, events.GroupMemberPending)

	told := len(s.events(s.dir.TenantID))
	if n := s.push(group, replace("x-bo", "x-anna")); n != 2 || s.get(groupType, group).Version != 1 {
		s.Errorf("again: %d wait, version %d", n, s.get(groupType, group).Version)
	}
	s.wantEvents(told)

	anna := s.external(userType, "anna")
	s.wantMembers(group, anna)
	s.wantPending("x-bo")
	s.wantEvents(told, events.UserCreated, events.GroupMemberAdded)

	bo := s.user("bo")
	told = len(s.events(s.dir.TenantID))
	_, err = s.put(userType, bo, doc{"userName": "bo", "active": true, "externalId": "x-bo"})
	s.must(err)
	s.wantMembers(group, anna, bo)
	s.wantPending()
	s.wantEvents(told, events.UserUpdated, events.GroupMemberAdded)
	if v := s.get(groupType, group).Version; v != 3 {
		s.Errorf("version %d after two joined, want 3", v)
	}
	if n := s.push(group, replace("x-bo", "x-anna")); n != 0 || s.get(groupType, group).Version != 3 {
		s.Errorf("the same when all are there: %d wait, version %d", n, s.get(groupType, group).Version)
	}
}

func pendingEdits(s *suite) {
	anna := s.external(userType, "anna")
	group := s.group("eng", anna)
	path, err := filter.ParsePath(groupType, `members[value ew "-3"]`)
	s.must(err)
	for _, step := range []struct {
		edit    patch.Edit
		named   int
		members []string
		pending []string
	}{
		{add("x-1", "x-2", "x-3"), 3, []string{anna}, []string{"x-1", "x-2", "x-3"}},
		{remove("x-1", "x-9"), 0, []string{anna}, []string{"x-2", "x-3"}},
		{patch.Edit{Kind: patch.RemoveMatching, Filter: path.Filter}, 0, []string{anna}, []string{"x-2"}},
		{replace("x-anna", "x-4", "x-2"), 2, []string{anna}, []string{"x-2", "x-4"}},
		{remove("x-anna"), 0, nil, []string{"x-2", "x-4"}},
		{replace(), 0, nil, nil},
		{add("x-5"), 1, nil, []string{"x-5"}},
	} {
		if n := s.push(group, step.edit); n != step.named {
			s.Errorf("%+v: %d wait, want %d", step.edit, n, step.named)
		}
		s.wantMembers(group, step.members...)
		s.wantPending(step.pending...)
	}
	before := len(s.events(s.dir.TenantID))
	s.must(s.delete(groupType, group))
	s.wantPending()
	s.wantEvents(before, events.GroupDeleted)
	s.external(userType, "5")
}

// pendingByID: an id can be named before its resource is there, and a resource
// of another type than was said is not the one.
func pendingByID(s *suite) {
	id, err := s.Resources.NewID()
	s.must(err)
	group := s.group("eng")
	asGroup := patch.Edit{Kind: patch.AddMembers, Members: []patch.Member{{ID: "x-anna", Type: "Group"}}}
	if n := s.push(group, add(id), asGroup); n != 2 {
		s.Errorf("%d wait, want 2", n)
	}
	draft := s.draft(userType, doc{"userName": "anna", "externalId": "x-anna"})
	draft.ID = id
	_, err = s.Resources.Create(s.ctx, s.dir, userType, draft, origin)
	s.must(err)
	s.wantMembers(group, id)
	s.wantPending("x-anna")
	inner := s.external(groupType, "anna")
	s.wantMembers(group, id, inner)
	s.wantPending()
}

func pendingCycles(s *suite) {
	inner := s.external(groupType, "inner")
	s.push(inner, add("x-outer"))
	draft := s.draft(groupType, doc{"displayName": "outer", "externalId": "x-outer"}, add(inner))
	outer, err := s.Resources.Create(s.ctx, s.dir, groupType, draft, origin)
	s.must(err)
	s.wantMembers(inner)
	s.wantMembers(outer.ID, inner)
	s.wantPending("x-outer")
	if _, err := s.tryPush(inner, add("x-outer")); err == nil {
		s.Error("a group was put into its own member")
	}
	s.push(outer.ID, replace())
	s.push(inner, add("x-outer"))
	s.wantMembers(inner, outer.ID)
	s.wantPending()
}

func pendingIsolation(s *suite) {
	group := s.group("eng")
	s.push(group, add("x-anna"))
	for _, dir := range []scim.Directory{
		{TenantID: s.dir.TenantID, ConnectionID: newID()},
		{TenantID: newID(), ConnectionID: s.dir.ConnectionID},
	} {
		other := s.in(dir)
		other.external(userType, "anna")
		other.wantPending()
		theirs := other.group("eng")
		if n := other.push(theirs, add("x-bo")); n != 1 {
			s.Errorf("%d wait elsewhere, want 1", n)
		}
		other.wantPending("x-bo")
	}
	s.wantMembers(group)
	s.wantPending("x-anna")
	bo := s.external(userType, "bo")
	s.push(group, add("x-bo"))
	s.wantMembers(group, bo)
}

func pendingList(s *suite) {
	first, second := s.group("first"), s.group("second")
	s.push(first, add("x-b", "x-Ä", "x-a"))
	s.push(second, patch.Edit{Kind: patch.AddMembers, Members: []patch.Member{{ID: "x-b", Type: "User"}, {ID: "X-C"}}})
	tenant, connection := s.owner()
	var got []tenants.PendingMember
	after := tenants.PendingCursor{}
	for {
		page, err := s.Tenants.ListPendingMembers(s.ctx, tenant, connection, after, 2)
		s.must(err)
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		last := page[len(page)-1]
		after = tenants.PendingCursor{Value: last.Value, GroupID: last.GroupID}
	}
	for i := range got {
		if got[i].Since.IsZero() {
			s.Errorf("%s waits since never", got[i].Value)
		}
		got[i].Since = created
	}
	want := []tenants.PendingMember{ // by bytes
		{Value: "X-C", GroupID: second, Group: "second", Since: created},
		{Value: "x-a", GroupID: first, Group: "first", Since: created},
		{Value: "x-b", GroupID: first, Group: "first", Since: created},
		{Value: "x-b", Type: "User", GroupID: second, Group: "second", Since: created},
		{Value: "x-Ä", GroupID: first, Group: "first", Since: created},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("pending (-want +got):\n%s", diff)
	}
}

// pendingRace: a member that is pushed while it is created does not wait for
// what has happened already.
func pendingRace(s *suite) {
	const users = 10
	group := s.group("eng")
	var all sync.WaitGroup
	for i := range users {
		all.Go(func() {
			if _, err := s.tryPush(group, add(fmt.Sprint("x-user", i))); err != nil {
				s.Error(err)
			}
		})
		all.Go(func() {
			draft, err := draftOf(userType, doc{"userName": fmt.Sprint("user", i), "externalId": fmt.Sprint("x-user", i)})
			if err == nil {
				_, err = s.Resources.Create(s.ctx, s.dir, userType, draft, origin)
			}
			if err != nil {
				s.Error(err)
			}
		})
	}
	all.Wait()
	s.wantPending()
	if got := s.members(group); len(got) != users {
		s.Errorf("%d members, want %d", len(got), users)
	}
}
