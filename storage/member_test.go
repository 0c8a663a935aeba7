package storage

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

func TestEdits(t *testing.T) { onEach(t, testEdits) }

func testEdits(t *testing.T, f *fixture) {
	a, b, c, d := f.user("a"), f.user("b"), f.user("c"), f.user("d")
	for name, tc := range map[string]struct {
		start []string
		edits []patch.Edit
		want  []string
	}{
		"add":                     {nil, []patch.Edit{add(a)}, []string{a}},
		"add several":             {[]string{b}, []patch.Edit{add(c, a, c)}, []string{a, b, c}},
		"add with type":           {nil, []patch.Edit{{Kind: patch.AddMembers, Members: []patch.Member{{ID: a, Type: "User"}}}}, []string{a}},
		"remove":                  {[]string{a, b}, []patch.Edit{remove(a, "nobody", d)}, []string{b}},
		"replace":                 {[]string{a, b}, []patch.Edit{replace(b, c)}, []string{b, c}},
		"clear":                   {[]string{a, b}, []patch.Edit{replace()}, []string{}},
		"in order":                {[]string{a}, []patch.Edit{remove(a), add(b), replace(c), add(d), remove(c)}, []string{d}},
		"remove then add again":   {[]string{a}, []patch.Edit{remove(a), add(b), add(a)}, []string{a, b}},
		"an upper case id is not": {[]string{a}, []patch.Edit{remove(strings.ToUpper(a)), add(b)}, []string{a, b}},
	} {
		t.Run(name, func(t *testing.T) {
			group := f.group(name, tc.start...)
			rec := f.mustEdit(group, tc.edits...)
			if rec.Version != 2 {
				t.Errorf("version = %d, want 2", rec.Version)
			}
			if diff := cmp.Diff(rec, f.get(groupType, group)); diff != "" {
				t.Errorf("answered and stored differ:\n%s", diff)
			}
			if diff := cmp.Diff(tc.want, f.memberIDs(group)); diff != "" {
				t.Errorf("members (-want +got):\n%s", diff)
			}
		})
	}
	f.checkInvariants()
}

func TestMissingMembers(t *testing.T) { onEach(t, testMissingMembers) }

func testMissingMembers(t *testing.T, f *fixture) {
	ada, group := f.user("ada"), f.group("Sales")
	sibling := f.in(scim.Directory{TenantID: f.dir.TenantID, ConnectionID: mustID()}).user("sibling")
	stranger := f.in(newDirectory()).user("stranger")
	never, deleted := mustID(), f.user("deleted")
	f.mustDelete(userType, deleted)
	other := f.group("Other", ada)

	typed := func(id, typ string) patch.Edit {
		return patch.Edit{Kind: patch.AddMembers, Members: []patch.Member{{ID: ada}, {ID: id, Type: typ}}}
	}
	before := f.dump()
	for name, tc := range map[string]struct {
		edit patch.Edit
		want []string
	}{
		"never existed":           {add(ada, never), []string{never}},
		"deleted":                 {add(deleted), []string{deleted}},
		"other connection":        {add(sibling), []string{sibling}},
		"other tenant":            {add(stranger), []string{stranger}},
		"as sent, each once":      {add("x", never, ada, strings.ToUpper(ada), "x", ""), []string{"x", never, strings.ToUpper(ada), ""}},
		"replace":                 {replace(ada, never), []string{never}},
		"user said to be a group": {typed(ada, "Group"), []string{ada}},
		"group said to be a user": {typed(other, "User"), []string{other}},
		"unknown type":            {typed(ada, "Robot"), []string{ada}},
	} {
		check := func(what string, err error) {
			t.Helper()
			var missing *scim.MissingMembersError
			if !errors.As(err, &missing) || !cmp.Equal(missing.IDs, tc.want) {
				t.Errorf("%s: %s = %v (%+v), want %v", name, what, err, missing, tc.want)
			}
		}
		_, err := f.edit(group, add(ada), tc.edit)
		check("update", err)
		_, err = f.s.Create(f.ctx, f.dir, groupType, draft(doc{"displayName": "New"}, tc.edit), origin)
		check("create", err)
	}
	if diff := cmp.Diff(before, f.dump()); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
}

func TestManyMissingMembers(t *testing.T) { onEach(t, testManyMissingMembers) }

func testManyMissingMembers(t *testing.T, f *fixture) {
	ids := make([]string, 3*editChunk+7)
	for i := range ids {
		ids[i] = mustID()
	}
	_, err := f.edit(f.group("Sales"), add(ids...))
	var missing *scim.MissingMembersError
	if !errors.As(err, &missing) || !cmp.Equal(missing.IDs, ids) {
		t.Errorf("update = %v, names %d of %d", err, len(missing.IDs), len(ids))
	}
}

func TestOnlyGroupsHaveMembers(t *testing.T) { onEach(t, testOnlyGroupsHaveMembers) }

func testOnlyGroupsHaveMembers(t *testing.T, f *fixture) {
	ada := f.user("ada")
	if _, err := f.put(userType, ada, draft(doc{"userName": "ada"}, add(ada))); err == nil {
		t.Error("a user has members")
	}
}

func TestCycles(t *testing.T) { onEach(t, testCycles) }

func testCycles(t *testing.T, f *fixture) {
	top := f.group("top")
	chain := []string{top}
	for i := range 5 {
		next := f.group(fmt.Sprint("level ", i))
		f.mustEdit(chain[i], add(next))
		chain = append(chain, next)
	}
	bottom, outside := chain[5], f.group("outside", f.user("ada"))
	before := f.dump()
	for name, tc := range map[string]struct {
		group string
		edits []patch.Edit
		want  *scim.CycleError
	}{
		"itself":             {top, []patch.Edit{add(top)}, &scim.CycleError{GroupID: top, MemberID: top}},
		"its parent":         {chain[1], []patch.Edit{add(top)}, &scim.CycleError{GroupID: chain[1], MemberID: top}},
		"far above":          {bottom, []patch.Edit{add(outside, top)}, &scim.CycleError{GroupID: bottom, MemberID: top}},
		"in the middle":      {bottom, []patch.Edit{add(chain[2])}, &scim.CycleError{GroupID: bottom, MemberID: chain[2]}},
		"by replacing":       {bottom, []patch.Edit{replace(outside, top)}, &scim.CycleError{GroupID: bottom, MemberID: top}},
		"replacing the link": {chain[1], []patch.Edit{replace(chain[1])}, &scim.CycleError{GroupID: chain[1], MemberID: chain[1]}},
	} {
		_, err := f.edit(tc.group, tc.edits...)
		var got *scim.CycleError
		if !errors.As(err, &got) || *got != *tc.want {
			t.Errorf("%s = %v, want %v", name, err, tc.want)
		}
	}
	if diff := cmp.Diff(before, f.dump()); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
	// No cycles: two ways to the same group, and one that is taken back in the same write.
	f.mustEdit(top, add(bottom, outside))
	f.mustEdit(bottom, add(top), remove(top), add(outside))
	f.checkInvariants()
}

func TestMembers(t *testing.T) { onEach(t, testMembers) }

func testMembers(t *testing.T, f *fixture) {
	ada := f.create(userType, draft(doc{"userName": "ada", "displayName": "Ada"})).ID
	bob := f.user("bob")
	inner := f.group("Inner", bob)
	outer := f.group("Outer", inner, bob, ada)
	empty := f.group("Empty")
	foreign := f.in(scim.Directory{TenantID: f.dir.TenantID, ConnectionID: mustID()})
	theirs := foreign.group("Theirs", foreign.user("x"))

	want := map[string][]scim.Member{
		outer: {{ID: ada, Type: "User", Display: "Ada"}, {ID: bob, Type: "User", Display: "bob"}, {ID: inner, Type: "Group", Display: "Inner"}},
		inner: {{ID: bob, Type: "User", Display: "bob"}},
		empty: nil,
	}
	got := map[string][]scim.Member{}
	for id := range want {
		got[id] = f.members(id)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	by := sortBy(t, groupType, "displayName")
	for name, q := range map[string]scim.ListQuery{
		"all":                {},
		"sorted":             {SortBy: by},
		"scanned":            {Filter: bind(t, groupType, `displayName ne "x"`)},
		"driven":             {Filter: bind(t, groupType, `members eq "`+bob+`"`)},
		"from the second on": {Start: 2},
	} {
		q.Start, q.Count, q.With = max(q.Start, 1), 10, scim.With{Members: true}
		page, err := f.s.List(f.ctx, f.dir, groupType, q)
		if err != nil || len(page.Records) < 2 {
			t.Errorf("%s: %d records, %v", name, len(page.Records), err)
		}
		for _, rec := range page.Records {
			if diff := cmp.Diff(want[rec.ID], rec.Members.List()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	}
	_, err := f.s.Get(f.ctx, f.dir, groupType, theirs, scim.With{Members: true})
	if !errors.Is(err, scim.ErrNotFound) {
		t.Errorf("a group elsewhere: %v", err)
	}
}

func TestMemberships(t *testing.T) { onEach(t, testMemberships) }

func testMemberships(t *testing.T, f *fixture) {
	ada, bob := f.user("ada"), f.user("bob")
	g1 := f.group("1", ada)
	g2 := f.group("2", g1, bob)
	g3 := f.group("3", g2, ada)
	g4 := f.group("4", g1, g3)
	f.group("5")
	foreign := f.in(newDirectory())
	theirs := foreign.user("x")
	foreign.group("Theirs", theirs)

	want := map[string][]scim.Membership{
		ada: {{GroupID: g1, Display: "1", Direct: true}, {GroupID: g2, Display: "2"}, {GroupID: g3, Display: "3", Direct: true}, {GroupID: g4, Display: "4"}},
		bob: {{GroupID: g2, Display: "2", Direct: true}, {GroupID: g3, Display: "3"}, {GroupID: g4, Display: "4"}},
		g2:  {{GroupID: g3, Display: "3", Direct: true}, {GroupID: g4, Display: "4"}},
		g4:  nil,
	}
	types := map[string]*schema.ResourceType{ada: userType, bob: userType, g2: groupType, g4: groupType}
	got := map[string][]scim.Membership{}
	for id, rt := range types {
		got[id] = f.memberships(rt, id)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("memberships (-want +got):\n%s", diff)
	}
	_, err := f.s.Get(f.ctx, f.dir, userType, theirs, scim.With{Memberships: true})
	if !errors.Is(err, scim.ErrNotFound) {
		t.Errorf("a user elsewhere: %v", err)
	}
}

// A walk costs what there is to visit, not the number of ways through it: thirty
// storeys with two groups each have a billion ways from bottom to top.
func TestMembershipsOfALatticeEnd(t *testing.T) { onEach(t, testMembershipsOfALatticeEnd) }

func testMembershipsOfALatticeEnd(t *testing.T, f *fixture) {
	ada := f.user("ada")
	below := []string{ada}
	for i := range 30 {
		below = []string{f.group(fmt.Sprint(i, "a"), below...), f.group(fmt.Sprint(i, "b"), below...)}
	}
	if n := len(f.memberships(userType, ada)); n != 60 {
		t.Errorf("%d memberships, want 60", n)
	}
}

func TestRemoveMatching(t *testing.T) { onEach(t, testRemoveMatching) }

func testRemoveMatching(t *testing.T, f *fixture) {
	ada := f.create(userType, draft(doc{"userName": "ada", "displayName": "Ada Lovelace"})).ID
	bob := f.create(userType, draft(doc{"userName": "bob", "displayName": "Bob"})).ID
	inner := f.group("Inner")
	everybody := []string{ada, bob, inner}
	for text, want := range map[string][]string{
		`value eq "` + bob + `"`:                                  {ada, inner},
		`value eq "` + strings.ToUpper(bob) + `"`:                 everybody, // ids are caseExact
		`value eq "nobody"`:                                       everybody,
		`value ne "` + bob + `"`:                                  {bob},
		`$ref eq "https://x.example/scim/v2/c/Users/` + bob + `"`: {ada, inner},
		`not ($ref eq "../Users/` + bob + `")`:                    {bob},
		`type eq "Group"`:                                         {ada, bob},
		`type eq "user" and display sw "ada"`:                     {bob, inner},
		`display co "lovelace" or type eq "Group"`:                {bob},
		`display ew "b"`:                                          {ada, inner},
		`not (type eq "User")`:                                    {ada, bob},
		`value pr`:                                                {},
	} {
		group := f.group(text, everybody...)
		f.mustEdit(group, add(ada), patch.Edit{Kind: patch.RemoveMatching, Filter: memberFilter(t, text)})
		if diff := cmp.Diff(want, f.memberIDs(group)); diff != "" {
			t.Errorf("after removing members[%s] (-want +got):\n%s", text, diff)
		}
	}
	f.checkInvariants()
}

func memberFilter(t testing.TB, text string) filter.Expr {
	t.Helper()
	path, err := filter.ParsePath(groupType, `members[`+text+`]`)
	if err != nil {
		t.Fatalf("members[%s]: %v", text, err)
	}
	return path.Filter
}

func TestRemoveMatchingReadsInChunks(t *testing.T) { onEach(t, testRemoveMatchingReadsInChunks) }

func testRemoveMatchingReadsInChunks(t *testing.T, f *fixture) {
	ids := f.seed(userType, 2*matchChunk, func(i int) scim.Draft {
		return draft(doc{"userName": fmt.Sprint("u", i), "displayName": fmt.Sprint("Team ", i%2)})
	})
	group := f.group("All", ids...)
	f.mustEdit(group, patch.Edit{Kind: patch.RemoveMatching, Filter: memberFilter(t, `display eq "team 1"`)})
	want := []string{}
	for i, id := range ids {
		if i%2 == 0 {
			want = append(want, id)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, f.memberIDs(group)); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	f.mustEdit(group, patch.Edit{Kind: patch.RemoveMatching, Filter: memberFilter(t, `type eq "User"`)})
	if left := f.memberIDs(group); len(left) > 0 {
		t.Errorf("%d members are left", len(left))
	}
	if v := f.get(groupType, group).Version; v != 3 {
		t.Errorf("version = %d, want 3", v)
	}
}

func TestMemberDisplayFollowsTheResource(t *testing.T) {
	onEach(t, testMemberDisplayFollowsTheResource)
}

func testMemberDisplayFollowsTheResource(t *testing.T, f *fixture) {
	ada := f.user("ada")
	group := f.group("Sales", ada)
	if _, err := f.put(userType, ada, draft(doc{"userName": "ada", "name": doc{"formatted": "Ada L."}})); err != nil {
		t.Fatal(err)
	}
	if got := f.members(group); len(got) != 1 || got[0].Display != "Ada L." {
		t.Errorf("members = %v", got)
	}
	if v := f.get(groupType, group).Version; v != 1 {
		t.Errorf("renaming a member made version %d of the group", v)
	}
}
