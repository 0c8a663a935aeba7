package health

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// TestProblems: each is told with what it is about, and goes when it is mended.
func TestProblems(t *testing.T) {
	t.Parallel()
	some := Finding{Count: 12, Since: began, Examples: []Example{{Name: "Jane"}, {Name: "John"}, {Name: "Joe"}, {Name: "Jim"}}}
	for _, test := range []struct {
		name     string
		story    *story
		change   func(f *Facts)
		found    Findings
		want     []ProblemCode
		affected int64
		says     []string
		mend     func(s *story) // the story after which it is gone
	}{
		{name: "nothing", story: newStory(quirk.Okta).creates("Jane")},
		{name: "e-mail", story: newStory(quirk.Entra).creates("Jane"), found: Findings{NoEmail: some},
			want: []ProblemCode{EmailsMissing}, affected: 12, says: []string{"12 people have no e-mail address: Jane, John, Joe and 9 more", "*mail*", "Attribute mapping"}},
		{name: "alias", story: newStory(quirk.Entra).creates("Jane"), found: Findings{Alias: some},
			want: []ProblemCode{ExternalIDMailNickname}, affected: 12, says: []string{"mailNickname", "*objectId*"}},
		{name: "everybody", story: newStory(quirk.Okta).creates("Jane"), found: Findings{Everybody: Finding{Count: 1, Examples: []Example{{Name: "All"}}}},
			want: []ProblemCode{GroupAlsoAssigned}, affected: 1, says: []string{"The group All holds nearly everybody", "looks as if", "Push Groups"}},
		{name: "twins", story: newStory(quirk.Okta).creates("Jane"), found: Findings{Twins: Finding{Count: 1, Examples: []Example{{Name: "Sales"}}}},
			want: []ProblemCode{DuplicateNames}, affected: 1, says: []string{"1 name is that of more than one group", "Sales"}},
		{name: "waiting members", story: newStory(quirk.Entra).creates("Jane"), found: Findings{Waiting: some, Groups: 2},
			want: []ProblemCode{MembersNotProvisioned}, affected: 12, says: []string{"12 members of 2 groups", "Users and groups"}},
		{name: "unknown members", story: missesMembers(newStory(quirk.Okta).creates("Jane")), want: []ProblemCode{MembersNotProvisioned}, affected: 2,
			says: []string{"*Sales*", "2 of 40 members are not provisioned", "Assignments"}, mend: func(s *story) { s.members("Sales", 40, 0) }},
		{name: "unknown members of a group that goes", story: missesMembers(newStory(quirk.Okta)), want: []ProblemCode{MembersNotProvisioned}, affected: 2,
			mend: func(s *story) { s.send(requestlog.KindGroupDelete, effect(requestlog.EffectDeleted, "Sales")) }},
		{name: "taken names", story: taking(newStory(quirk.Okta).looksUp("userName", requestlog.ShapeEmail, 0), "jane@acme.com", "joe@acme.com", "Jane@acme.com"),
			want: []ProblemCode{DuplicateNames}, affected: 2, says: []string{"2 people", "joe@acme.com", "Tasks"},
			mend: func(s *story) { s.updates("JANE@acme.com").updates("joe@acme.com") }},
		{name: "looked up by another attribute", story: taking(newStory(quirk.Okta).looksUp("externalId", requestlog.ShapeWord, 0), "jane@acme.com"),
			want: []ProblemCode{WrongUniqueIdentifier}, affected: 1, says: []string{"by externalId", "jane@acme.com", "*Unique identifier field for users*"},
			mend: func(s *story) { s.looksUp("userName", requestlog.ShapeEmail, 1).updates("jane@acme.com") }},
		{name: "looked up by another value", story: taking(newStory(quirk.Entra).looksUp("userName", requestlog.ShapeGUID, 0), "jane@acme.com"),
			want: []ProblemCode{WrongUniqueIdentifier}, affected: 1, says: []string{"*Matching precedence*"}},
		{name: "a miss long ago", story: taking(newStory(quirk.Okta).looksUp("externalId", requestlog.ShapeWord, 0).after(time.Hour), "jane@acme.com"),
			want: []ProblemCode{DuplicateNames}, affected: 1},
		{name: "token expires", story: newStory(quirk.Entra).creates("Jane"), change: func(f *Facts) { f.Tokens[0].ExpiresAt = began.Add(29 * 24 * time.Hour) },
			want: []ProblemCode{TokenExpiresSoon}, affected: 1, says: []string{"Main", "2 December 2026", "quarantine", "Secret Token"}},
		{name: "token expires later", story: newStory(quirk.Entra).creates("Jane"), change: func(f *Facts) { f.Tokens[0].ExpiresAt = began.Add(31 * 24 * time.Hour) }},
		{name: "token is replaced", story: newStory(quirk.Entra).creates("Jane"), change: func(f *Facts) {
			f.Tokens[0].ExpiresAt = began.Add(time.Hour)
			f.Tokens = append(f.Tokens, &tenants.Token{ID: tenants.NewTokenID(), CreatedAt: began})
		}},
		{name: "token expired", story: newStory(quirk.Okta).creates("Jane"), change: func(f *Facts) { f.Tokens[0].ExpiresAt = began.Add(time.Second) },
			want: []ProblemCode{TokenHasExpired}, affected: 1, says: []string{"Main", "stopped working on 3 November", "Provisioning > Integration"}},
		{name: "token revoked", story: newStory(quirk.Okta).creates("Jane"), change: func(f *Facts) { f.Tokens[0].RevokedAt = began }},
		{name: "404", story: newStory(quirk.Entra).creates("Jane").refused(requestlog.KindUserLookup, 404, requestlog.CodeNotFound, ""),
			want: []ProblemCode{EntraQuarantine}, affected: 1, says: []string{"404", "Tenant URL", "1 December 2026"},
			mend: func(s *story) { s.looksUp("userName", requestlog.ShapeEmail, 0) }},
		{name: "Entra's share", story: newStory(quirk.Entra).creates("Jane").many(4999, 1), want: nil},
		{name: "Entra's clock", story: newStory(quirk.Entra).creates("Jane").many(5000, 7400), want: []ProblemCode{EntraQuarantine}, affected: 1,
			says: []string{"5000", "*Restart provisioning*", "1 December 2026"}, mend: func(s *story) {
				s.after(time.Hour).some(20, func() { s.looksUp("userName", requestlog.ShapeEmail, 1) })
			}},
		{name: "Entra's share is small", story: newStory(quirk.Entra).creates("Jane").many(5000, 7600)},
		{name: "Okta has no clock", story: newStory(quirk.Okta).creates("Jane").many(9000, 0)},
		{name: "deleting", story: newStory(quirk.Okta), change: func(f *Facts) { f.Connection.DeletedAt = began }, found: Findings{NoEmail: some}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			facts := test.story.facts(t)
			if test.change != nil {
				test.change(facts)
			}
			list := glanceAt(facts, test.story.at.Add(2*time.Second)).problems(&test.found)
			if got := codesOf(list); !slices.Equal(got, test.want) {
				t.Fatalf("problems %v, want %v", got, test.want)
			}
			if len(list) == 0 {
				return
			}
			p := list[0]
			if p.Affected != test.affected || p.Since.IsZero() || p.Since.After(test.story.at.Add(2*time.Second)) || p.Title == "" || p.Fix == "" || len(p.Examples) > maxExamples {
				t.Errorf("problem %+v", p)
			}
			for _, part := range test.says {
				if !strings.Contains(p.Sentence+" | "+p.Fix+" | "+p.Where, part) {
					t.Errorf("%q is missing: %s | %s | %s", part, p.Sentence, p.Fix, p.Where)
				}
			}
			if test.mend == nil {
				return
			}
			test.mend(test.story)
			if left := test.story.glance(t).problems(nil); len(left) > 0 {
				t.Errorf("it is mended, but there is %+v", left[0])
			}
		})
	}
}

func codesOf(list []*Problem) []ProblemCode {
	var codes []ProblemCode
	for _, p := range list {
		codes = append(codes, p.Code)
	}
	return codes
}

func taking(s *story, names ...string) *story {
	for _, name := range names {
		s.refused(requestlog.KindUserCreate, 409, requestlog.CodeUsernameTaken, name)
	}
	return s
}

func missesMembers(s *story) *story {
	return s.send(requestlog.KindGroupMembers, func(l *requestlog.Line) {
		l.Outcome, l.Status, l.Code, l.Subject, l.ResourceID = requestlog.Refused, 400, requestlog.CodeMemberUnknown, "Sales", "id-Sales"
		l.Detail.Members = &requestlog.Members{Add: 40, Missing: 2, Names: []string{"x", "y"}}
	})
}

// many adds lines that stand for many requests each: refused ones, then good ones.
func (s *story) many(bad, good int64) *story {
	if good > 0 {
		s.send(requestlog.KindUserLookup, func(l *requestlog.Line) { l.Repeats = good - 1 })
	}
	return s.send(requestlog.KindUserUpdate, func(l *requestlog.Line) {
		l.Outcome, l.Status, l.Code, l.Repeats = requestlog.Refused, 400, requestlog.CodeInvalidValue, bad-1
	})
}

// TestRefusalKnowsTheGroup by what came before, if the request did not name it.
func TestRefusalKnowsTheGroup(t *testing.T) {
	t.Parallel()
	s := missesMembers(newStory(quirk.Okta).members("Sales", 1, 0))
	s.lines[1].Subject = ""
	if p := s.glance(t).problems(nil); len(p) != 1 || !strings.Contains(p[0].Sentence, "*Sales*") {
		t.Errorf("%+v", p)
	}
}

// TestProblemsInOrder: the most harmful comes first.
func TestProblemsInOrder(t *testing.T) {
	t.Parallel()
	s := taking(newStory(quirk.Entra).creates("Jane"), "x")
	list := s.glance(t).problems(&Findings{NoEmail: Finding{Count: 1}, Alias: Finding{Count: 1}, Waiting: Finding{Count: 1}})
	rank := map[Severity]int{Error: 0, Warning: 1, Info: 2}
	if len(list) != 4 || !slices.IsSortedFunc(list, func(a, b *Problem) int { return rank[a.Severity] - rank[b.Severity] }) {
		t.Errorf("%v", codesOf(list))
	}
}
