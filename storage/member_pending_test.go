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
	"github.com/roster-scim/roster/tenants/events"
)

// lenient is a draft whose members may wait.
func lenient(d scim.Draft) scim.Draft {
	d.AllowPending = true
	return d
}

// push edits members that may wait.
func (f *fixture) push(groupID string, edits ...patch.Edit) (*scim.Record, error) {
	return f.s.Update(f.ctx, f.dir, groupType, groupID, origin, func(current *scim.Record) (scim.Draft, error) {
		d, err := decodeDocument(current.Document)
		return scim.Draft{Document: d, Encoded: current.Document, Edits: edits, AllowPending: true}, err
	})
}

func (f *fixture) mustPush(groupID string, edits ...patch.Edit) *scim.Record {
	f.t.Helper()
	rec, err := f.push(groupID, edits...)
	if err != nil {
		f.t.Fatalf("push members: %v", err)
	}
	return rec
}

// external makes a user that identity providers know by an externalId.
func (f *fixture) external(name string) string {
	f.t.Helper()
	return f.create(userType, draft(doc{"userName": name, "externalId": "x-" + name})).ID
}

// pending is what a group waits for: values, with a type where one was said.
func (f *fixture) pending(groupID string) []string {
	f.t.Helper()
	rows := f.rows(`
		select value || case member_type when '' then '' else '/' || member_type end
		from pending_members where tenant_id = $1 and group_id = $2 order by value`, f.dir.TenantID, groupID)
	return append([]string{}, rows...)
}

func typed(value, typ string) patch.Edit {
	return patch.Edit{Kind: patch.AddMembers, Members: []patch.Member{{ID: value, Type: typ}}}
}

func TestPendingEdits(t *testing.T) { onEach(t, testPendingEdits) }

func testPendingEdits(t *testing.T, f *fixture) {
	ada, bob := f.external("ada"), f.external("bob")
	inner := f.create(groupType, draft(doc{"displayName": "Inner", "externalId": "x-ada"})).ID // the same as a user's
	nobody := mustID()
	matching := func(text string) patch.Edit {
		return patch.Edit{Kind: patch.RemoveMatching, Filter: memberFilter(t, text)}
	}
	for name, tc := range map[string]struct {
		start, edits []patch.Edit
		members      []string
		pending      []string
		told         int // how many of those named wait
		same         bool
	}{
		"wait":                   {nil, []patch.Edit{add("x-new", ada, nobody)}, []string{ada}, []string{nobody, "x-new"}, 2, false},
		"again":                  {[]patch.Edit{add("x-new", ada)}, []patch.Edit{add("x-new", ada)}, []string{ada}, []string{"x-new"}, 1, true},
		"the others wait on":     {[]patch.Edit{add("x-new")}, []patch.Edit{add(ada)}, []string{ada}, []string{"x-new"}, 0, false},
		"twice in one edit":      {nil, []patch.Edit{add("x-new", "x-new")}, nil, []string{"x-new"}, 1, false},
		"by externalId":          {nil, []patch.Edit{add("x-bob", "X-BOB")}, []string{bob}, []string{"X-BOB"}, 1, false},
		"by both":                {nil, []patch.Edit{add("x-bob", bob)}, []string{bob}, nil, 0, false},
		"by externalId again":    {[]patch.Edit{add(bob)}, []patch.Edit{add("x-bob")}, []string{bob}, nil, 0, true},
		"the oldest of two":      {nil, []patch.Edit{add("x-ada")}, []string{ada}, nil, 0, false},
		"of the type said":       {nil, []patch.Edit{typed("x-ada", "Group")}, []string{inner}, nil, 0, false},
		"of no such type":        {nil, []patch.Edit{typed("x-bob", "Group"), typed(ada, "Group")}, nil, []string{ada + "/Group", "x-bob/Group"}, 2, false},
		"the type comes later":   {[]patch.Edit{add("x-new")}, []patch.Edit{typed("x-new", "Group")}, nil, []string{"x-new/Group"}, 1, false},
		"the type stays":         {[]patch.Edit{typed("x-new", "User")}, []patch.Edit{add("x-new")}, nil, []string{"x-new/User"}, 1, true},
		"another type finds it":  {[]patch.Edit{typed("x-bob", "Group")}, []patch.Edit{typed("x-bob", "User")}, []string{bob}, nil, 0, false},
		"remove":                 {[]patch.Edit{add("x-new", nobody, ada)}, []patch.Edit{remove("x-new", "x-other")}, []string{ada}, []string{nobody}, 0, false},
		"remove by externalId":   {[]patch.Edit{add(ada, bob)}, []patch.Edit{remove("x-bob")}, []string{ada}, nil, 0, false},
		"remove by filter":       {[]patch.Edit{add("x-new", nobody, bob)}, []patch.Edit{matching(`value eq "x-bob"`), matching(`value eq "x-new"`)}, nil, []string{nobody}, 0, false},
		"remove by value":        {[]patch.Edit{add("x-new", nobody, ada)}, []patch.Edit{matching(`value sw "x-"`)}, []string{ada}, []string{nobody}, 0, false},
		"remove by type":         {[]patch.Edit{add("x-new"), typed("x-other", "User"), add(ada)}, []patch.Edit{matching(`type eq "User"`)}, nil, []string{"x-new"}, 0, false},
		"remove all by filter":   {[]patch.Edit{add("x-new", nobody, ada)}, []patch.Edit{matching(`value pr`)}, nil, nil, 0, false},
		"replace":                {[]patch.Edit{add("x-new", nobody, ada)}, []patch.Edit{replace("x-new", "x-other", bob)}, []string{bob}, []string{"x-new", "x-other"}, 2, false},
		"replace by the same":    {[]patch.Edit{add("x-new", "x-bob")}, []patch.Edit{replace("x-bob", "x-new")}, []string{bob}, []string{"x-new"}, 1, true},
		"clear":                  {[]patch.Edit{add("x-new", ada)}, []patch.Edit{replace()}, nil, nil, 0, false},
		"there and back":         {[]patch.Edit{add("x-new")}, []patch.Edit{remove("x-new"), add("x-new"), add("x-other"), remove("x-other")}, nil, []string{"x-new"}, 1, true},
		"typed and taken back":   {[]patch.Edit{add("x-new")}, []patch.Edit{typed("x-new", "User"), remove("x-new")}, nil, nil, 0, false},
		"in the end not":         {nil, []patch.Edit{add("x-new", ada), replace(bob)}, []string{bob}, nil, 0, false},
		"in the end by a filter": {[]patch.Edit{add(ada)}, []patch.Edit{add("x-new"), matching(`value co "new"`)}, []string{ada}, nil, 0, true},
	} {
		group := f.create(groupType, lenient(draft(doc{"displayName": name}, tc.start...))).ID
		before := f.dump()
		rec := f.mustPush(group, tc.edits...)
		if rec.Pending != tc.told {
			t.Errorf("%s: %d are said to wait, want %d", name, rec.Pending, tc.told)
		}
		if same := rec.Version == 1; same != tc.same || (same && !cmp.Equal(before, f.dump())) {
			t.Errorf("%s: version %d, nothing written: %t", name, rec.Version, cmp.Equal(before, f.dump()))
		}
		if stored := f.get(groupType, group); stored.Version != rec.Version || stored.LastModified != rec.LastModified {
			t.Errorf("%s: answered %+v, stored %+v", name, rec, stored)
		}
		if diff := cmp.Diff(append([]string{}, tc.members...), f.memberIDs(group)); diff != "" {
			t.Errorf("%s: members (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(append([]string{}, tc.pending...), f.pending(group)); diff != "" {
			t.Errorf("%s: pending (-want +got):\n%s", name, diff)
		}
	}
	f.checkInvariants()
}

// TestPendingSurvivesTheSetting: without it nobody new may wait, but edits still
// reach those who do, and they still join.
func TestPendingSurvivesTheSetting(t *testing.T) { onEach(t, testPendingSurvivesTheSetting) }

func testPendingSurvivesTheSetting(t *testing.T, f *fixture) {
	group := f.group("Sales")
	f.mustPush(group, add("x-ada", "x-bob", "x-eve"))
	var missing *scim.MissingMembersError
	if _, err := f.edit(group, add("x-bob")); !errors.As(err, &missing) {
		t.Errorf("a member that waits is named again: %v", err)
	}
	f.mustEdit(group, remove("x-bob"))
	ada := f.external("ada")
	if got := f.memberIDs(group); !slices.Equal(got, []string{ada}) {
		t.Errorf("members %v", got)
	}
	if got := f.pending(group); !slices.Equal(got, []string{"x-eve"}) {
		t.Errorf("pending %v", got)
	}
	f.mustEdit(group, replace(ada))
	if got := f.pending(group); len(got) > 0 {
		t.Errorf("pending after a replacement: %v", got)
	}
}

func TestWhatCannotWait(t *testing.T) { onEach(t, testWhatCannotWait) }

func testWhatCannotWait(t *testing.T, f *fixture) {
	long := strings.Repeat("x", maxIndexKey)
	group := f.group("Sales")
	_, err := f.push(group, add("x-new", long, long+"x", ""))
	var missing *scim.MissingMembersError
	if !errors.As(err, &missing) || !cmp.Equal(missing.IDs, []string{long + "x", ""}) {
		t.Errorf("push = %v", err)
	}
	if got := f.pending(group); len(got) > 0 {
		t.Errorf("a refused write left %d members waiting", len(got))
	}
	f.mustPush(group, add(long))
	ada := f.create(userType, draft(doc{"userName": "ada", "externalId": long})).ID
	if got := f.memberIDs(group); !slices.Equal(got, []string{ada}) {
		t.Errorf("members %v", got)
	}
	f.create(userType, draft(doc{"userName": "bob", "externalId": long + "x"}))
}

func TestWaitingEnds(t *testing.T) { onEach(t, testWaitingEnds) }

func testWaitingEnds(t *testing.T, f *fixture) {
	id, err := f.s.NewID()
	if err != nil {
		t.Fatal(err)
	}
	a := f.create(groupType, lenient(draft(doc{"displayName": "A"}, add("x-ada", "x-bob")))).ID
	b := f.create(groupType, lenient(draft(doc{"displayName": "B"}, add(id, "x-ada"), typed("x-bob", "Group")))).ID

	elsewhere := f.in(scim.Directory{TenantID: f.dir.TenantID, ConnectionID: mustID()})
	elsewhere.external("ada")
	if got := len(f.pending(a)) + len(f.pending(b)); got != 5 {
		t.Errorf("%d wait after somebody came into another directory, want 5", got)
	}
	late := f.user("late")
	d := userDraft("ada")
	d.ID = id
	d.Document["externalId"] = "x-ada"
	f.create(userType, d)
	if _, err := f.put(userType, late, draft(doc{"userName": "late", "externalId": "x-bob"})); err != nil {
		t.Fatal(err)
	}
	for group, want := range map[string]struct{ members, pending []string }{
		a: {[]string{id, late}, []string{}},
		b: {[]string{id}, []string{"x-bob/Group"}},
	} {
		slices.Sort(want.members)
		if got := f.memberIDs(group); !slices.Equal(got, want.members) {
			t.Errorf("members %v, want %v", got, want.members)
		}
		if got := f.pending(group); !slices.Equal(got, want.pending) {
			t.Errorf("pending %v, want %v", got, want.pending)
		}
	}
	// A holds two versions more, one for each who joined; B, where one resource
	// had been named twice, one.
	if v, w := f.get(groupType, a).Version, f.get(groupType, b).Version; v != 3 || w != 2 {
		t.Errorf("versions %d and %d", v, w)
	}
	f.mustDelete(groupType, b)
	if rows := f.rows(`select * from pending_members`); len(rows) > 0 {
		t.Errorf("left behind: %v", rows)
	}
	f.checkInvariants()
}

// TestWaitingGroupsMakeNoCycle: whoever contains a group does not join it, and
// the next request that names the member is told.
func TestWaitingGroupsMakeNoCycle(t *testing.T) { onEach(t, testWaitingGroupsMakeNoCycle) }

func testWaitingGroupsMakeNoCycle(t *testing.T, f *fixture) {
	group := func(name string, edits ...patch.Edit) string {
		return f.create(groupType, lenient(draft(doc{"displayName": name, "externalId": "x-" + name}, edits...))).ID
	}
	bottom := group("bottom", add("x-top"))
	aside := group("aside", add("x-top"))
	middle := group("middle", add("x-bottom"))
	top := group("top", add("x-middle"))

	if got := f.memberIDs(bottom); len(got) > 0 {
		t.Errorf("bottom has %v", got)
	}
	if got := f.pending(bottom); !slices.Equal(got, []string{"x-top"}) {
		t.Errorf("bottom waits for %v", got)
	}
	if got := f.memberIDs(aside); !slices.Equal(got, []string{top}) {
		t.Errorf("aside has %v", got)
	}
	var cycle *scim.CycleError
	if _, err := f.push(bottom, add("x-top")); !errors.As(err, &cycle) || *cycle != (scim.CycleError{GroupID: bottom, MemberID: top}) {
		t.Errorf("push = %v", err)
	}
	self := lenient(draft(doc{"displayName": "self", "externalId": "x-self"}, add("x-self")))
	if _, err := f.s.Create(f.ctx, f.dir, groupType, self, origin); !errors.As(err, &cycle) {
		t.Errorf("a group of itself: %v", err)
	}
	f.mustEdit(top, remove(middle))
	f.mustPush(bottom, add("x-top"))
	if got := f.pending(bottom); len(got) > 0 {
		t.Errorf("bottom still waits for %v", got)
	}
	f.checkInvariants()
}

func TestPendingJournal(t *testing.T) { onEach(t, testPendingJournal) }

func testPendingJournal(t *testing.T, f *fixture) {
	group := f.group("Sales")
	ref := fmt.Sprintf(`"group":{"id":%q,"display":"Sales"}`, group)
	var ada string
	for _, step := range []struct {
		name   string
		do     func()
		events []told
		audit  []auditRow
	}{
		{
			"wait", func() { f.mustPush(group, add("x-bob", "x-ada"), typed("x-eve", "User")) },
			[]told{{events.GroupMemberPending, `{` + ref + `,"members":[{"value":"x-ada"},{"value":"x-bob"},{"value":"x-eve","type":"User"}]}`, ""}},
			[]auditRow{{"group.members_changed", "Group " + group,
				`{"pending_members":{"added":{"count":3,"ids":["x-ada","x-bob","x-eve"]},"removed":{"count":0,"ids":[]}}}`}},
		},
		{"again", func() { f.mustPush(group, add("x-ada")) }, []told{}, []auditRow{}},
		{
			"taken back", func() { f.mustPush(group, remove("x-bob")) },
			[]told{{events.GroupMemberPendingRemoved, `{` + ref + `,"members":[{"value":"x-bob"}]}`, ""}},
			[]auditRow{{"group.members_changed", "Group " + group,
				`{"pending_members":{"added":{"count":0,"ids":[]},"removed":{"count":1,"ids":["x-bob"]}}}`}},
		},
	} {
		gotEvents, gotAudit := f.written(step.do)
		if diff := cmp.Diff(step.events, gotEvents); diff != "" {
			t.Errorf("%s: events (-want +got):\n%s", step.name, diff)
		}
		if diff := cmp.Diff(step.audit, gotAudit); diff != "" {
			t.Errorf("%s: audit (-want +got):\n%s", step.name, diff)
		}
	}

	gotEvents, gotAudit := f.written(func() { ada = f.external("ada") })
	if len(gotEvents) != 2 || gotEvents[0].Type != events.UserCreated ||
		gotEvents[1] != (told{events.GroupMemberAdded, `{` + ref + `,"members":[{"value":"` + ada + `","type":"User"}]}`, ""}) {
		t.Errorf("events of somebody who was waited for: %v", gotEvents)
	}
	if len(gotAudit) != 1 || gotAudit[0].Action != "user.created" ||
		!strings.Contains(gotAudit[0].Changes, `"groups":{"added":{"count":1,"ids":["`+group+`"]}}`) {
		t.Errorf("audit of somebody who was waited for: %v", gotAudit)
	}
}

// TestCreateLooksForGroupsOnce: whoever is new is looked up by one statement,
// which searches an index by the values alone.
func TestCreateLooksForGroupsOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.external("ada")
	var asked []string
	for _, query := range f.statements() {
		if strings.Contains(query, "pending_members") {
			asked = append(asked, query)
		}
	}
	if len(asked) != 1 {
		t.Fatalf("%d statements about pending members: %q", len(asked), asked)
	}
	plan := strings.Join(f.rows(`explain query plan `+asked[0], "t", "c", "a", "b", "User"), "\n")
	searches := strings.Count(plan, "SEARCH p USING INDEX pending_members_value (tenant_id=? AND connection_id=? AND value=?)")
	if searches != 2 || strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
		t.Errorf("plan %q", plan)
	}
}

// TestPendingInChunks: more than one statement's worth waits, matches and joins.
func TestPendingInChunks(t *testing.T) { onEach(t, testPendingInChunks) }

func testPendingInChunks(t *testing.T, f *fixture) {
	values := make([]string, 2*matchChunk+7)
	for i := range values {
		values[i] = fmt.Sprintf("x-%d-%05d", i%2, i)
	}
	group := f.create(groupType, lenient(draft(doc{"displayName": "All"}, add(values...))))
	if group.Pending != len(values) || len(f.pending(group.ID)) != len(values) {
		t.Fatalf("%d are said to wait, %d do", group.Pending, len(f.pending(group.ID)))
	}
	path, err := filter.ParsePath(groupType, `members[value sw "x-1"]`)
	if err != nil {
		t.Fatal(err)
	}
	f.mustPush(group.ID, patch.Edit{Kind: patch.RemoveMatching, Filter: path.Filter})
	if n := len(f.pending(group.ID)); n != matchChunk+4 {
		t.Errorf("%d still wait, want %d", n, matchChunk+4)
	}
	f.mustPush(group.ID, remove(values...))
	if n := len(f.pending(group.ID)); n > 0 {
		t.Errorf("%d still wait", n)
	}
}
