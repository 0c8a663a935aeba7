package storagetest

import (
	"errors"
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

var memberTests = []test{
	{"a set", membersAreASet},
	{"edits in order", membersInOrder},
	{"remove by filter", membersByFilter},
	{"what members tells", membersTell},
	{"missing members", membersMissing},
	{"cycles", membersCycles},
	{"memberships", membershipsNested},
	{"delete a member", membersDelete},
	{"delete a group", membersDeleteGroup},
}

func (s *suite) wantMembers(group string, want ...string) {
	s.Helper()
	slices.Sort(want)
	if got := s.members(group); !slices.Equal(got, want) {
		s.Errorf("members %v, want %v", got, want)
	}
}

// mustEdit edits and reports whether that made a new version.
func (s *suite) mustEdit(group string, edits ...patch.Edit) bool {
	s.Helper()
	before := s.get(groupType, group)
	after, err := s.edit(group, edits...)
	s.must(err)
	s.wantRecord(s.get(groupType, group), after)
	return after.Version != before.Version
}

func membersAreASet(s *suite) {
	anna, bo, carl := s.user("anna"), s.user("bo"), s.user("carl")
	group := s.group("eng", bo, anna, bo)
	s.wantMembers(group, anna, bo)
	for _, step := range []struct {
		edit    patch.Edit
		changed bool
		want    []string
	}{
		{add(anna), false, []string{anna, bo}},
		{add(anna, carl), true, []string{anna, bo, carl}},
		{remove(newID()), false, []string{anna, bo, carl}},
		{remove(bo, newID()), true, []string{anna, carl}},
		{replace(carl, anna, carl), false, []string{anna, carl}},
		{replace(bo), true, []string{bo}},
		{replace(), true, nil},
		{replace(), false, nil},
		{remove(bo), false, nil},
	} {
		if changed := s.mustEdit(group, step.edit); changed != step.changed {
			s.Errorf("%+v: new version %t, want %t", step.edit, changed, step.changed)
		}
		s.wantMembers(group, step.want...)
	}
}

func membersInOrder(s *suite) {
	anna, bo := s.user("anna"), s.user("bo")
	group := s.group("eng", anna)
	s.mustEdit(group, remove(anna), add(bo), replace(anna), add(bo), remove(anna))
	s.wantMembers(group, bo)
	if s.mustEdit(group, remove(bo), add(anna), replace(bo)) {
		s.Error("edits that cancel each other out made a new version")
	}
}

func membersByFilter(s *suite) {
	anna, bo, inner := s.user("anna"), s.user("bo"), s.group("inner")
	for _, test := range []struct {
		filter string
		want   []string
	}{
		{`members[value eq "` + anna + `"]`, []string{bo, inner}},
		{`members[type eq "User"]`, []string{inner}},
		{`members[display sw "B" or type eq "Group"]`, []string{anna}},
		{`members[not (display eq "bo")]`, []string{bo}},
		{`members[value eq "nobody"]`, []string{anna, bo, inner}},
	} {
		group := s.group(test.filter, anna, bo, inner)
		path, err := filter.ParsePath(groupType, test.filter)
		s.must(err)
		s.mustEdit(group, patch.Edit{Kind: patch.RemoveMatching, Filter: path.Filter})
		s.wantMembers(group, test.want...)
	}
}

func membersTell(s *suite) {
	user := s.create(userType, doc{"userName": "anna", "displayName": "Anna Émile"}).ID
	inner := s.group("Inner")
	group, empty := s.group("outer", user, inner), s.group("empty")
	for id, want := range map[string][]scim.Member{
		group: {{ID: user, Type: "User", Display: "Anna Émile"}, {ID: inner, Type: "Group", Display: "Inner"}},
		empty: nil,
	} {
		if diff := cmp.Diff(want, s.getWith(groupType, id, everything).Members.List()); diff != "" {
			s.Errorf("members (-want +got):\n%s", diff)
		}
	}
	if members := s.getWith(userType, user, everything).Members.List(); len(members) > 0 {
		s.Errorf("members of a user: %v", members)
	}
}

func membersMissing(s *suite) {
	anna, gone, inner := s.user("anna"), s.user("gone"), s.group("inner")
	s.must(s.delete(userType, gone))
	unknown := newID()
	draft := s.draft(groupType, doc{"displayName": "eng"}, add(anna, gone, unknown, "x"))
	_, err := s.Resources.Create(s.ctx, s.dir, groupType, draft, origin)
	s.wantMissing(err, gone, unknown, "x")
	s.wantIDs(s.list(groupType, scim.ListQuery{Start: 1, Count: 9}), 1, inner)

	group := s.group("eng", anna)
	_, err = s.edit(group, remove(anna), add(unknown))
	s.wantMissing(err, unknown)
	s.wantMembers(group, anna) // nothing of the edits has happened

	wrong := patch.Edit{Kind: patch.AddMembers, Members: []patch.Member{{ID: inner, Type: "User"}, {ID: anna, Type: "User"}}}
	_, err = s.edit(group, wrong)
	s.wantMissing(err, inner)
}

func (s *suite) wantMissing(err error, ids ...string) {
	s.Helper()
	missing, ok := errors.AsType[*scim.MissingMembersError](err)
	if !ok {
		s.Errorf("%v, want a MissingMembersError", err)
		return
	}
	slices.Sort(ids)
	if got := slices.Sorted(slices.Values(missing.IDs)); !slices.Equal(got, ids) {
		s.Errorf("missing %v, want %v", got, ids)
	}
}

func membersCycles(s *suite) {
	a, b, c := s.group("a"), s.group("b"), s.group("c")
	s.mustEdit(a, add(b))
	s.mustEdit(b, add(c))
	for _, test := range []struct{ group, member string }{{a, a}, {b, a}, {c, a}, {c, b}} {
		_, err := s.edit(test.group, add(test.member))
		cycle, ok := errors.AsType[*scim.CycleError](err)
		if !ok || cycle.GroupID != test.group || cycle.MemberID != test.member {
			s.Errorf("%s into %s: %v, want a CycleError of the two", test.member, test.group, err)
		}
	}
	s.wantMembers(c)
	s.mustEdit(a, add(c)) // two ways to c are no cycle
	s.mustEdit(a, remove(b))
	s.mustEdit(b, remove(c))
	s.mustEdit(c, add(b))
}

func membershipsNested(s *suite) {
	anna, bo, lone := s.user("anna"), s.user("bo"), s.user("lone")
	inner := s.group("inner", anna)
	middle := s.group("middle", inner, bo)
	outer := s.group("outer", middle, anna)
	for id, want := range map[string][]scim.Membership{
		anna: {{GroupID: inner, Display: "inner", Direct: true}, {GroupID: middle, Display: "middle"}, {GroupID: outer, Display: "outer", Direct: true}},
		bo:   {{GroupID: middle, Display: "middle", Direct: true}, {GroupID: outer, Display: "outer"}},
		lone: nil,
	} {
		s.wantMemberships(userType, id, want...)
	}
	s.wantMemberships(groupType, inner,
		scim.Membership{GroupID: middle, Display: "middle", Direct: true}, scim.Membership{GroupID: outer, Display: "outer"})
	s.wantMemberships(groupType, outer)
}

func (s *suite) wantMemberships(t *schema.ResourceType, id string, want ...scim.Membership) {
	s.Helper()
	if diff := cmp.Diff(want, s.getWith(t, id, everything).Memberships); diff != "" {
		s.Errorf("memberships of the %s (-want +got):\n%s", t.Name, diff)
	}
}

// membersDelete: a group that loses a member is another version of itself.
func membersDelete(s *suite) {
	anna, bo := s.user("anna"), s.user("bo")
	group, other := s.group("eng", anna, bo), s.group("other", bo)
	s.must(s.delete(userType, anna))
	s.wantMembers(group, bo)
	if v := s.get(groupType, group).Version; v != 2 {
		s.Errorf("the group that lost a member is in version %d, want 2", v)
	}
	if v := s.get(groupType, other).Version; v != 1 {
		s.Errorf("the other group is in version %d, want 1", v)
	}
}

func membersDeleteGroup(s *suite) {
	anna := s.user("anna")
	inner := s.group("inner", anna)
	outer := s.group("outer", inner)
	s.must(s.delete(groupType, inner))
	s.wantMembers(outer)
	s.wantMemberships(userType, anna)
	if v := s.get(userType, anna).Version; v != 1 {
		s.Errorf("the user is in version %d, want 1: it has not changed", v)
	}
}
