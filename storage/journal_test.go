package storage

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants/events"
)

// eventsAfter is what the events table tells about the fixture's tenant, behind a
// sequence number.
func (f *fixture) eventsAfter(sequence int64) []events.Event {
	f.t.Helper()
	var list []events.Event
	err := f.db.view(f.ctx, f.dir.TenantID, func(tx *tx) error {
		return tx.each(f.ctx, func(row scanner) error {
			e := events.Event{TenantID: f.dir.TenantID}
			var at int64
			var data string
			var previous *string
			err := row.Scan(&e.Sequence, &e.ID, &e.Type, &at, &data, &previous, &e.RequestID)
			e.OccurredAt, e.Data = time.UnixMicro(at).UTC(), json.RawMessage(data)
			if previous != nil {
				e.Previous = json.RawMessage(*previous)
			}
			list = append(list, e)
			return err
		}, `select sequence, id, type, occurred_at, data, previous, request_id from events
			where tenant_id = $1 and sequence > $2 order by sequence`, f.dir.TenantID, sequence)
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return list
}

// told is an event without what differs from run to run.
type told struct {
	Type           events.Type
	Data, Previous string
}

type auditRow struct{ Action, Target, Changes string }

// written returns the events and audit rows that a write leaves.
func (f *fixture) written(write func()) ([]told, []auditRow) {
	f.t.Helper()
	var last int64
	if before := f.eventsAfter(0); len(before) > 0 {
		last = before[len(before)-1].Sequence
	}
	audited := len(f.auditRows())
	write()
	list := []told{}
	for i, e := range f.eventsAfter(last) {
		if e.Sequence != last+int64(i)+1 {
			f.t.Errorf("event %d has number %d", i, e.Sequence)
		}
		if !isID(e.ID) || e.RequestID != origin.RequestID {
			f.t.Errorf("event = %+v", e)
		}
		list = append(list, told{e.Type, string(e.Data), string(e.Previous)})
	}
	return list, f.auditRows()[audited:]
}

func (f *fixture) auditRows() []auditRow {
	f.t.Helper()
	rows := []auditRow{}
	err := f.db.view(f.ctx, f.dir.TenantID, func(tx *tx) error {
		return tx.each(f.ctx, func(row scanner) error {
			var r auditRow
			err := row.Scan(&r.Action, &r.Target, &r.Changes)
			rows = append(rows, r)
			return err
		}, `select action, target_type || ' ' || target_id, changes from audit where tenant_id = $1 order by id`, f.dir.TenantID)
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return rows
}

func TestJournal(t *testing.T) { onEach(t, testJournal) }

func testJournal(t *testing.T, f *fixture) {
	id, bob := f.user("ada"), f.user("bob")
	group := f.group("Sales")
	put := func(d doc) func() {
		return func() {
			if _, err := f.put(userType, id, draft(d)); err != nil {
				t.Error(err)
			}
		}
	}
	const urn = schema.EnterpriseUserURN
	for _, tc := range []struct {
		name   string
		write  func()
		events []told
		audit  auditRow
	}{
		{
			"updated", put(doc{"userName": "ada", "active": true, "title": "<CTO>", urn: doc{"department": "R&D"}}),
			[]told{{
				events.UserUpdated,
				`{"active":true,"id":"` + id + `","title":"<CTO>","` + urn + `":{"department":"R&D"},"userName":"ada"}`,
				`{"title":null,"` + urn + `:department":null}`,
			}},
			auditRow{"user.updated", "User " + id, `{"title":{"from":null,"to":"<CTO>"},"` + urn + `:department":{"from":null,"to":"R&D"}}`},
		},
		{
			"deactivated", put(doc{"userName": "ada", "active": false, "title": "<CTO>", urn: doc{"department": "R&D"}}),
			[]told{{
				events.UserDeactivated,
				`{"active":false,"id":"` + id + `","title":"<CTO>","` + urn + `":{"department":"R&D"},"userName":"ada"}`,
				`{"active":true}`,
			}},
			auditRow{"user.deactivated", "User " + id, `{"active":{"from":true,"to":false}}`},
		},
		{
			"reactivated and more", put(doc{"userName": "ada", "active": true}),
			[]told{
				{events.UserReactivated, `{"active":true,"id":"` + id + `","userName":"ada"}`, `{"active":false}`},
				{
					events.UserUpdated, `{"active":true,"id":"` + id + `","userName":"ada"}`,
					`{"title":"<CTO>","` + urn + `:department":"R&D"}`,
				},
			},
			auditRow{
				"user.reactivated", "User " + id,
				`{"active":{"from":false,"to":true},"title":{"from":"<CTO>","to":null},"` + urn + `:department":{"from":"R&D","to":null}}`,
			},
		},
		{
			"a secret is not told", put(doc{"userName": "ada", "active": true, "password": "s3cret"}),
			[]told{{events.UserUpdated, `{"active":true,"id":"` + id + `","userName":"ada"}`, `{"password":null}`}},
			auditRow{"user.updated", "User " + id, `{"password":{"from":null,"to":null}}`},
		},
		{
			"member added", func() { f.mustEdit(group, add(id)) },
			[]told{{
				events.GroupMemberAdded,
				`{"group":{"id":"` + group + `","display":"Sales"},"members":[{"value":"` + id + `","type":"User"}]}`, "",
			}},
			auditRow{
				"group.members_changed", "Group " + group,
				`{"members":{"added":{"count":1,"ids":["` + id + `"]},"removed":{"count":0,"ids":[]}}}`,
			},
		},
		{
			"group renamed and members swapped", func() {
				if _, err := f.put(groupType, group, draft(doc{"displayName": "Vertrieb"}, replace(bob))); err != nil {
					t.Error(err)
				}
			},
			[]told{
				{events.GroupUpdated, `{"displayName":"Vertrieb","id":"` + group + `"}`, `{"displayName":"Sales"}`},
				{
					events.GroupMemberAdded,
					`{"group":{"id":"` + group + `","display":"Vertrieb"},"members":[{"value":"` + bob + `","type":"User"}]}`, "",
				},
				{
					events.GroupMemberRemoved,
					`{"group":{"id":"` + group + `","display":"Vertrieb"},"members":[{"value":"` + id + `","type":"User"}]}`, "",
				},
			},
			auditRow{
				"group.updated", "Group " + group,
				`{"displayName":{"from":"Sales","to":"Vertrieb"},` +
					`"members":{"added":{"count":1,"ids":["` + bob + `"]},"removed":{"count":1,"ids":["` + id + `"]}}}`,
			},
		},
		{
			"member deleted", func() { f.mustDelete(userType, bob) },
			[]told{
				{events.UserDeleted, `{"active":true,"id":"` + bob + `","userName":"bob"}`, ""},
				{
					events.GroupMemberRemoved,
					`{"group":{"id":"` + group + `","display":"Vertrieb"},"members":[{"value":"` + bob + `","type":"User"}]}`, "",
				},
			},
			auditRow{
				"user.deleted", "User " + bob,
				`{"active":{"from":true,"to":null},"groups":{"removed":{"count":1,"ids":["` + group + `"]}},"userName":{"from":"bob","to":null}}`,
			},
		},
		{
			"group deleted", func() { f.mustDelete(groupType, group) },
			[]told{{events.GroupDeleted, `{"displayName":"Vertrieb","id":"` + group + `"}`, ""}},
			auditRow{"group.deleted", "Group " + group, `{"displayName":{"from":"Vertrieb","to":null}}`},
		},
	} {
		told, audit := f.written(tc.write)
		if diff := cmp.Diff(tc.events, told); diff != "" {
			t.Errorf("%s: events (-want +got):\n%s", tc.name, diff)
		}
		if diff := cmp.Diff([]auditRow{tc.audit}, audit); diff != "" {
			t.Errorf("%s: audit (-want +got):\n%s", tc.name, diff)
		}
	}
	f.checkInvariants()
}

func TestJournalOfACreation(t *testing.T) { onEach(t, testJournalOfACreation) }

func testJournalOfACreation(t *testing.T, f *fixture) {
	ada := f.user("ada")
	var group string
	told, audit := f.written(func() { group = f.group("Sales", ada) })
	types := []events.Type{}
	for _, e := range told {
		types = append(types, e.Type)
	}
	if diff := cmp.Diff([]events.Type{events.GroupCreated, events.GroupMemberAdded}, types); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	want := []auditRow{{
		"group.created", "Group " + group,
		`{"displayName":{"from":null,"to":"Sales"},"members":{"added":{"count":1,"ids":["` + ada + `"]},"removed":{"count":0,"ids":[]}}}`,
	}}
	if diff := cmp.Diff(want, audit); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
}

// Origin, time and directory are those of the write.
func TestJournalColumns(t *testing.T) {
	t.Parallel()
	c := &clock{at: time.UnixMicro(1_700_000_000_000_000)}
	f := fixtureOn(t, openFile(t, filepath.Join(t.TempDir(), "roster.db"), Options{Now: c.now}))
	id := f.user("ada")
	got := f.rows(`select actor, address, user_agent, request_id, connection_id, occurred_at from audit`)
	want := []string{fmt.Sprintf("%s %s %s %s %s %d", origin.Actor, origin.Address, origin.UserAgent, origin.RequestID, f.dir.ConnectionID, c.at.UnixMicro())}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
	got = f.rows(`select resource_type, resource_id, connection_id, occurred_at, sequence from events`)
	want = []string{fmt.Sprintf("User %s %s %d 1", id, f.dir.ConnectionID, c.at.UnixMicro())}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestLargeMembershipChange(t *testing.T) { onEach(t, testLargeMembershipChange) }

func testLargeMembershipChange(t *testing.T, f *fixture) {
	ids := f.seed(userType, 2100, func(i int) scim.Draft { return userDraft(fmt.Sprint("u", i)) })
	group := f.group("All")
	told, audit := f.written(func() { f.mustEdit(group, add(ids...)) })
	named := 0
	for _, e := range told {
		named += strings.Count(e.Data, `"value":`)
	}
	if len(told) != 3 || named != len(ids) {
		t.Errorf("%d events name %d members, want 3 and %d", len(told), named, len(ids))
	}
	var changes struct {
		Members struct{ Added idList }
	}
	if err := json.Unmarshal([]byte(audit[0].Changes), &changes); err != nil {
		t.Fatal(err)
	}
	if got := changes.Members.Added; got.Count != len(ids) || len(got.IDs) != auditedIDs {
		t.Errorf("the audit row counts %d and names %d", got.Count, len(got.IDs))
	}
	f.checkInvariants()
}
