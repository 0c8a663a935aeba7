package events

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

type doc = map[string]any

func TestDiff(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		before, after doc
		want          Changes
	}{
		"nothing":      {doc{"a": "x"}, doc{"a": "x"}, Changes{}},
		"value":        {doc{"a": "x"}, doc{"a": "y"}, Changes{"a": {"x", "y"}}},
		"set":          {doc{}, doc{"a": "x"}, Changes{"a": {nil, "x"}}},
		"unset":        {doc{"a": "x"}, doc{}, Changes{"a": {"x", nil}}},
		"created":      {nil, doc{"a": "x"}, Changes{"a": {nil, "x"}}},
		"deleted":      {doc{"a": "x"}, nil, Changes{"a": {"x", nil}}},
		"null is none": {doc{}, doc{"a": nil}, Changes{}},
		"deep equal": {
			doc{"emails": []any{doc{"value": "a"}}, "n": json.Number("1")},
			doc{"emails": []any{doc{"value": "a"}}, "n": json.Number("1")}, Changes{},
		},
		"complex as a whole": {
			doc{"name": doc{"givenName": "A", "familyName": "B"}}, doc{"name": doc{"givenName": "C", "familyName": "B"}},
			Changes{"name": {doc{"givenName": "A", "familyName": "B"}, doc{"givenName": "C", "familyName": "B"}}},
		},
		"extension by attribute": {
			doc{enterprise: doc{"department": "A", "division": "D"}}, doc{enterprise: doc{"department": "B", "division": "D"}},
			Changes{enterprise + ":department": {"A", "B"}},
		},
		"extension gone": {
			doc{enterprise: doc{"department": "A"}}, doc{},
			Changes{enterprise + ":department": {"A", nil}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(tc.want, Diff(tc.before, tc.after)); d != "" {
				t.Errorf("Diff (-want +got):\n%s", d)
			}
		})
	}
}

func TestUpdated(t *testing.T) {
	t.Parallel()
	user := Subject{ResourceType: "User", ID: "u1"}
	for name, tc := range map[string]struct {
		before, after doc
		want          map[Type]doc // type → previous
	}{
		"updated": {doc{"title": "A"}, doc{"title": "B"}, map[Type]doc{UserUpdated: {"title": "A"}}},
		"deactivated": {
			doc{"active": true}, doc{"active": false}, map[Type]doc{UserDeactivated: {"active": true}},
		},
		"deactivated without a value before": {
			doc{}, doc{"active": false}, map[Type]doc{UserDeactivated: {"active": nil}},
		},
		"reactivated": {
			doc{"active": false}, doc{"active": true}, map[Type]doc{UserReactivated: {"active": false}},
		},
		"reactivated by taking the value away": {
			doc{"active": false}, doc{}, map[Type]doc{UserReactivated: {"active": false}},
		},
		"active said for the first time": {
			doc{}, doc{"active": true}, map[Type]doc{UserUpdated: {"active": nil}},
		},
		"both at once, each change once": {
			doc{"active": true, "title": "A"}, doc{"active": false, "title": "B"},
			map[Type]doc{UserDeactivated: {"active": true}, UserUpdated: {"title": "A"}},
		},
		"a change that no attribute shows": {doc{}, doc{}, map[Type]doc{UserUpdated: {}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := map[Type]doc{}
			data := doc{"id": "u1"}
			for k, v := range tc.after {
				data[k] = v
			}
			for _, d := range Updated(user, tc.after, Diff(tc.before, tc.after)) {
				got[d.Type] = d.Previous.(doc)
				if diff := cmp.Diff(data, d.Data); diff != "" {
					t.Errorf("data of %s (-want +got):\n%s", d.Type, diff)
				}
				if d.Subject != user {
					t.Errorf("subject of %s = %v", d.Type, d.Subject)
				}
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("events (-want +got):\n%s", d)
			}
		})
	}
}

func TestCreatedAndDeletedCarryTheDocument(t *testing.T) {
	t.Parallel()
	stored := doc{"userName": "ada"}
	for _, tc := range []struct {
		resourceType string
		draft        func(Subject, map[string]any) Draft
		want         Type
	}{
		{"User", Created, UserCreated},
		{"User", Deleted, UserDeleted},
		{"Group", Created, GroupCreated},
		{"Group", Deleted, GroupDeleted},
		{"Device", Created, "device.created"},
		{"BadgeReader", Deleted, "badgereader.deleted"},
	} {
		d := tc.draft(Subject{tc.resourceType, "x1"}, stored)
		if d.Type != tc.want {
			t.Errorf("type = %q, want %q", d.Type, tc.want)
		}
		if diff := cmp.Diff(doc{"id": "x1", "userName": "ada"}, d.Data); diff != "" {
			t.Errorf("data of %s (-want +got):\n%s", tc.want, diff)
		}
		if d.Previous != nil {
			t.Errorf("previous of %s = %v, want none", tc.want, d.Previous)
		}
	}
	if _, ok := stored["id"]; ok {
		t.Error("the caller's document was changed")
	}
}

func TestMemberEventsAreCut(t *testing.T) {
	t.Parallel()
	group := Subject{ResourceType: "Group", ID: "g1"}
	for _, n := range []int{0, 1, membersPerEvent, membersPerEvent + 1, 3*membersPerEvent - 1} {
		members := make([]Member, n)
		for i := range members {
			members[i] = Member{ID: fmt.Sprint(i), Type: "User"}
		}
		var got []Member
		drafts := MembersRemoved(group, "Sales", members)
		if want := (n + membersPerEvent - 1) / membersPerEvent; len(drafts) != want {
			t.Errorf("%d members: %d events, want %d", n, len(drafts), want)
		}
		for _, d := range drafts {
			m := d.Data.(membership)
			if d.Type != GroupMemberRemoved || m.Group != (Group{"g1", "Sales"}) || len(m.Members) > membersPerEvent {
				t.Errorf("event %s of %v with %d members", d.Type, m.Group, len(m.Members))
			}
			got = append(got, m.Members...)
		}
		if len(got) != n || (n > 0 && got[n-1] != members[n-1]) {
			t.Errorf("%d members: the events name %d", n, len(got))
		}
	}
}

func TestPendingMembersTellTheirTypeIfItIsKnown(t *testing.T) {
	t.Parallel()
	group, members := Subject{"Group", "g1"}, []Member{{ID: "x-1"}, {"x-2", "User"}}
	for want, drafts := range map[Type][]Draft{
		GroupMemberPending:        MembersPending(group, "Sales", members),
		GroupMemberPendingRemoved: PendingRemoved(group, "Sales", members),
	} {
		if len(drafts) != 1 || drafts[0].Type != want || drafts[0].Subject != group {
			t.Fatalf("%s: %+v", want, drafts)
		}
		data, err := json.Marshal(drafts[0].Data)
		if err != nil {
			t.Fatal(err)
		}
		const text = `{"group":{"id":"g1","display":"Sales"},"members":[{"value":"x-1"},{"value":"x-2","type":"User"}]}`
		if string(data) != text {
			t.Errorf("%s: data %s, want %s", want, data, text)
		}
	}
}

func TestWireForm(t *testing.T) {
	t.Parallel()
	d := MembersAdded(Subject{"Group", "g1"}, "Sales", []Member{{"u1", "User"}})[0]
	data, err := json.Marshal(d.Data)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(Event{
		ID: "e1", TenantID: "t1", Sequence: 7, Type: d.Type,
		OccurredAt: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), Data: data, RequestID: "r1",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"e1","tenant_id":"t1","sequence":7,"type":"group.member_added","occurred_at":"2026-01-02T03:04:05.000006Z",` +
		`"data":{"group":{"id":"g1","display":"Sales"},"members":[{"value":"u1","type":"User"}]},"previous":null,"request_id":"r1"}`
	if string(got) != want {
		t.Errorf("event = %s\nwant    %s", got, want)
	}
	if got, err = json.Marshal(Event{Data: []byte("{}"), Previous: []byte(`{"title":null}`)}); err != nil ||
		!strings.HasSuffix(string(got), `"data":{},"previous":{"title":null},"request_id":null}`) {
		t.Errorf("event of no request = %s, %v", got, err)
	}
}
