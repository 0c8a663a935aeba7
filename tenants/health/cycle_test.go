package health

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// TestCyclesAreTold: what happened, in a sentence and for programs.
func TestCyclesAreTold(t *testing.T) {
	t.Parallel()
	partly := func() *story {
		s := newStory(quirk.Okta).members("Sales", 14, 0)
		return s.send(requestlog.KindGroupMembers, func(l *requestlog.Line) {
			l.Outcome, l.Status, l.Code, l.Subject, l.ResourceID = requestlog.Refused, 400, requestlog.CodeMemberUnknown, "Sales", "id-Sales"
			l.Detail.Members = &requestlog.Members{Add: 2, Missing: 2}
		})
	}
	for _, test := range []struct {
		story *story
		want  string
		facts []Fact
	}{
		{partly(), "Okta added 14 people to Sales, 2 refused. 1 request was refused.", []Fact{
			{Code: "members_added", Count: 14, Refused: 2, GroupID: "id-Sales", Group: "Sales"}, {Code: "requests_refused", Count: 1, Refused: 1}}},
		{newStory(quirk.Entra).creates("a").creates("b").creates("c").deactivates("d"),
			"Microsoft Entra ID created 3 people and deactivated 1.", []Fact{{Code: "people_created", Count: 3}, {Code: "people_deactivated", Count: 1}}},
		{newStory(quirk.Okta).deactivates("Jane Doe"), "Okta deactivated Jane Doe.", []Fact{{Code: "people_deactivated", Count: 1}}},
		{newStory(quirk.Okta).creates("a").updates("b").members("Sales", 1, 2).pushes("Ops"),
			"Okta created 1 person and updated 1. Okta added 1 person to Sales and removed 2 people from Sales. Okta created Ops.", nil},
		{newStory(quirk.Okta).looksUp("userName", "email", 1), "Okta looked and changed nothing.", []Fact{{Code: "nothing_changed", Count: 1}}},
		{newStory(quirk.Okta).send(requestlog.KindCredentialsCheck, nil), "Okta tested the connection.", []Fact{{Code: "connection_tested", Count: 1}}},
		{newStory(quirk.Okta).refused(requestlog.KindUserCreate, 409, requestlog.CodeUsernameTaken, "x"),
			"Okta tried to write 1 person, 1 refused. 1 request was refused.", nil},
	} {
		encoded, cycles, _, err := Folder{}.Fold(nil, string(test.story.provider), test.story.lines, began)
		if err != nil || len(cycles) != 1 || len(encoded) == 0 {
			t.Fatalf("%d cycles, %v", len(cycles), err)
		}
		summary, err := readSummary(cycles[0].Summary)
		if err != nil {
			t.Fatal(err)
		}
		got, facts := summary.tell(test.story.provider, cycles[0].Refused, cycles[0].Failed)
		if got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
		if test.facts != nil && !slices.Equal(facts, test.facts) {
			t.Errorf("%s: facts %+v, want %+v", got, facts, test.facts)
		}
	}
}

// TestCyclesEndInSilence: five minutes of it, and not before.
func TestCyclesEndInSilence(t *testing.T) {
	t.Parallel()
	s := newStory(quirk.Okta).creates("a").after(silence - time.Second).creates("b").after(silence).creates("c")
	_, cycles, _, err := Folder{}.Fold(nil, "okta", s.lines, began)
	if err != nil || len(cycles) != 2 || cycles[0].Requests != 2 || cycles[1].Requests != 1 {
		t.Fatalf("%+v, %v", cycles, err)
	}
	for i, want := range []int{0, 0, 1} {
		if s.lines[i].CycleID != cycles[want].ID {
			t.Errorf("line %d is of cycle %s", i, s.lines[i].CycleID)
		}
	}
	if cycles[0].ID.UUID() != s.lines[0].ID.UUID() || !cycles[0].StartedAt.Equal(s.lines[0].At) || !cycles[0].EndedAt.Equal(s.lines[1].At) {
		t.Errorf("%+v", cycles[0])
	}
}

// TestCyclesEndAfterADay: also those of a client that is never silent.
func TestCyclesEndAfterADay(t *testing.T) {
	t.Parallel()
	s := newStory(quirk.Generic)
	s.some(24*16, func() { s.after(4*time.Minute).looksUp("userName", requestlog.ShapeEmail, 1) })
	_, cycles, _, err := Folder{}.Fold(nil, "generic", s.lines, began)
	if err != nil || len(cycles) != 2 || cycles[0].EndedAt.Sub(cycles[0].StartedAt) > longestCycle {
		t.Fatalf("%d cycles, %v", len(cycles), err)
	}
}

// TestManyGroupsOfACycle: the first are told by name, the others are counted.
func TestManyGroupsOfACycle(t *testing.T) {
	t.Parallel()
	s := newStory(quirk.Okta)
	for i := range maxGroups + 30 {
		s.members("Group "+string(rune('A'+i)), 2, 0)
	}
	_, cycles, _, err := Folder{}.Fold(nil, "okta", s.lines, began)
	if err != nil {
		t.Fatal(err)
	}
	var summary Summary
	if err := json.Unmarshal(cycles[0].Summary, &summary); err != nil {
		t.Fatal(err)
	}
	if len(summary.Members) != maxGroups || summary.More.Added != 60 {
		t.Errorf("%d groups by name, %d members of others", len(summary.Members), summary.More.Added)
	}
	if told, _ := summary.tell(quirk.Okta, 0, 0); strings.Count(told, "Group") != maxTold {
		t.Errorf("told as %q", told)
	}
}
