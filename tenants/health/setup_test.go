package health

import (
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// TestChecklist: which requests tick which steps.
func TestChecklist(t *testing.T) {
	t.Parallel()
	reads := map[string]bool{"a list": true, "discovery": true, "a group look-up": true}
	for name, test := range map[string]struct {
		story *story
		want  []Step
	}{
		"nothing":            {newStory(quirk.Okta), nil},
		"a list":             {newStory(quirk.Okta).send(requestlog.KindUserList, nil), []Step{CredentialsAccepted}},
		"discovery":          {newStory(quirk.Okta).send(requestlog.KindDiscovery, nil), []Step{CredentialsAccepted}},
		"a malformed filter": {newStory(quirk.Okta).refused(requestlog.KindUserLookup, 400, requestlog.CodeInvalidFilter, ""), []Step{CredentialsAccepted}},
		"not permitted":      {newStory(quirk.Okta).refused(requestlog.KindUserLookup, 403, requestlog.CodeNotPermitted, ""), nil},
		"a pause":            {newStory(quirk.Okta).refused(requestlog.KindUserLookup, 503, requestlog.CodePaused, ""), nil},
		"a wrong token":      {newStory(quirk.Okta).rejected(requestlog.CodeTokenUnknown, tenants.TokenID{}, ""), nil},
		"a look-up":          {newStory(quirk.Okta).looksUp("userName", "email", 0), []Step{CredentialsAccepted, LookupWorks}},
		"a group look-up":    {newStory(quirk.Okta).send(requestlog.KindGroupLookup, nil), []Step{CredentialsAccepted, LookupWorks}},
		"a create":           {newStory(quirk.Okta).creates("Jane"), []Step{CredentialsAccepted, UserCreated}},
		"an update":          {newStory(quirk.Okta).updates("Jane"), []Step{CredentialsAccepted, UpdateArrived}},
		"an update of nothing": {newStory(quirk.Okta).send(requestlog.KindUserUpdate, func(l *requestlog.Line) { l.Outcome = requestlog.Unchanged }),
			[]Step{CredentialsAccepted, UpdateArrived}},
		"an adoption":     {newStory(quirk.Okta).send(requestlog.KindUserCreate, effect(requestlog.EffectAdopted, "Jane")), []Step{CredentialsAccepted, UserCreated}},
		"a deactivation":  {newStory(quirk.Okta).deactivates("Jane"), []Step{CredentialsAccepted, DeactivationArrived}},
		"a deletion":      {newStory(quirk.Okta).send(requestlog.KindUserDelete, effect(requestlog.EffectDeleted, "Jane")), []Step{CredentialsAccepted, DeactivationArrived}},
		"a group":         {newStory(quirk.Okta).pushes("Sales"), []Step{CredentialsAccepted, GroupArrived}},
		"a member":        {newStory(quirk.Okta).members("Sales", 1, 0), []Step{CredentialsAccepted, MemberAdded}},
		"a member less":   {newStory(quirk.Okta).members("Sales", 0, 1), []Step{CredentialsAccepted, MemberRemoved}},
		"a group deleted": {newStory(quirk.Okta).send(requestlog.KindGroupDelete, effect(requestlog.EffectDeleted, "Sales")), []Step{CredentialsAccepted}},
		"everything": {newStory(quirk.Okta).looksUp("userName", "email", 0).creates("J").updates("J").deactivates("J").pushes("S").members("S", 1, 1),
			Steps},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []Step
			setup := test.story.glance(t).setup()
			for _, s := range setup.Steps {
				if !s.DoneAt.IsZero() {
					got = append(got, s.Step)
					if s.Request == nil || s.Request.ID.IsZero() || s.Request.Sentence == "" || s.Refusal != nil || s.Title == "" {
						t.Errorf("%s does not name its request: %+v", s.Step, s)
					}
					if strings.Contains(s.Request.Sentence, " read ") != reads[name] {
						t.Errorf("%s is told as: %s", s.Step, s.Request.Sentence)
					}
				}
			}
			if joined(got) != joined(test.want) || setup.Done != len(test.want) {
				t.Errorf("ticked %v (%d), want %v", got, setup.Done, test.want)
			}
		})
	}
}

func joined(steps []Step) string {
	text := ""
	for _, s := range steps {
		text += string(s) + " "
	}
	return text
}

// TestChecklistShowsTheLastRefusal until the step is done.
func TestChecklistShowsTheLastRefusal(t *testing.T) {
	t.Parallel()
	missing := func(s *story) *story {
		return s.send(requestlog.KindGroupMembers, func(l *requestlog.Line) {
			l.Outcome, l.Status, l.Code, l.Subject = requestlog.Refused, 400, requestlog.CodeMemberUnknown, "Sales"
			l.Detail.Members = &requestlog.Members{Add: 40, Missing: 2, Names: []string{"x", "y"}}
		})
	}
	for step, s := range map[Step]*story{
		CredentialsAccepted: newStory(quirk.Okta).rejected(requestlog.CodeTokenUnknown, tenants.TokenID{}, "a").rejected(requestlog.CodeTokenRevoked, tenants.TokenID{}, "b"),
		LookupWorks:         newStory(quirk.Okta).refused(requestlog.KindUserLookup, 400, requestlog.CodeInvalidFilter, "a").refused(requestlog.KindUserLookup, 403, requestlog.CodeNotPermitted, "b"),
		UserCreated:         newStory(quirk.Okta).refused(requestlog.KindUserCreate, 400, requestlog.CodeRequiredMissing, "a").refused(requestlog.KindUserCreate, 409, requestlog.CodeUsernameTaken, "b"),
		UpdateArrived:       newStory(quirk.Okta).refused(requestlog.KindUserUpdate, 400, requestlog.CodeInvalidPath, "a").refused(requestlog.KindUserUpdate, 400, requestlog.CodeNoTarget, "b"),
		DeactivationArrived: newStory(quirk.Okta).refused(requestlog.KindUserDeactivate, 403, requestlog.CodeNotPermitted, "b"),
		GroupArrived:        newStory(quirk.Okta).refused(requestlog.KindGroupCreate, 409, requestlog.CodeConflict, "b"),
		MemberAdded:         missing(newStory(quirk.Okta)),
		MemberRemoved: newStory(quirk.Okta).send(requestlog.KindGroupMembers, func(l *requestlog.Line) {
			l.Outcome, l.Status, l.Code, l.Detail.Members = requestlog.Refused, 403, requestlog.CodeNotPermitted, &requestlog.Members{Remove: 1}
		}),
	} {
		last := s.lines[len(s.lines)-1]
		for _, shown := range s.glance(t).setup().Steps {
			if shown.Step != step {
				continue
			}
			if shown.Refusal == nil || shown.Refusal.ID != last.ID || !shown.Refusal.At.Equal(last.At) || shown.Refusal.Sentence == "" {
				t.Errorf("%s: refusal %+v, want that of %s", step, shown.Refusal, last.ID)
			}
		}
	}
	s := newStory(quirk.Okta).refused(requestlog.KindUserCreate, 400, requestlog.CodeRequiredMissing, "a").creates("Jane")
	s.refused(requestlog.KindUserCreate, 400, requestlog.CodeRequiredMissing, "b")
	for _, shown := range s.glance(t).setup().Steps {
		if shown.Step == UserCreated && (shown.Refusal != nil || shown.DoneAt.IsZero()) {
			t.Errorf("a step that is done shows %+v", shown)
		}
	}
}

// TestStrangers: traffic with tokens that do not work is told of in words.
func TestStrangers(t *testing.T) {
	t.Parallel()
	old := tenants.NewTokenID()
	s := newStory(quirk.Okta).creates("Jane").
		rejected(requestlog.CodeTokenUnknown, tenants.TokenID{}, "rstrtokZz…1234").
		rejected(requestlog.CodeTokenRevoked, old, "rstrtokAb…e9f2").
		rejected(requestlog.CodeTokenRevoked, old, "rstrtokAb…e9f2").
		rejected(requestlog.CodeTokenExpired, tenants.NewTokenID(), "rstrtokCd…77aa")
	s.send(requestlog.KindCredentialsCheck, func(l *requestlog.Line) {
		l.Outcome, l.Status, l.Code, l.TokenID, l.TokenHint = requestlog.Refused, 401, requestlog.CodeTokenUnknown, tenants.TokenID{}, ""
		l.Detail.Token = &requestlog.Token{State: l.Code, Sent: "none"}
	})
	facts := s.facts(t)
	facts.Tokens = append(facts.Tokens, &tenants.Token{ID: old, Name: "Old", LastFour: "e9f2", CreatedAt: began, RevokedAt: began.Add(-24 * time.Hour)})
	got := glanceAt(facts, s.at).setup().Strangers
	want := []struct{ what, sentence string }{
		{"none", "A request came without a token."},
		{"expired", "A request came with a token ending …77aa, which expired."},
		{"revoked", "A request came with a token ending …e9f2 (Old), which was revoked on 2 November 2026. It came 2 times since"},
		{"unknown", "A request came with a token ending …1234, which is not one of this connection."},
	}
	if len(got) != len(want) {
		t.Fatalf("strangers %+v", got)
	}
	for i, w := range want {
		if got[i].What != w.what || !strings.HasPrefix(got[i].Sentence, w.sentence) {
			t.Errorf("%d: %s: %s; want %s: %s", i, got[i].What, got[i].Sentence, w.what, w.sentence)
		}
	}
	s.some(20, func() { s.rejected(requestlog.CodeTokenUnknown, tenants.TokenID{}, "rstr…"+s.at.Format("0405")) })
	if n := len(s.glance(t).setup().Strangers); n != maxHints {
		t.Errorf("%d tokens are remembered, want %d", n, maxHints)
	}
}

// TestHints: what to do next, in the provider's own labels.
func TestHints(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		story *story
		want  string
	}{
		{newStory(quirk.Entra), "*Provision on demand* to see it now"},
		{newStory(quirk.Okta), "*Test API Credentials*"},
		{newStory(quirk.JumpCloud), "*Test Connection*"},
		{newStory(quirk.Generic), "Test the connection"},
		{newStory(quirk.Entra).looksUp("userName", "guid", 0), "Users and groups"},
		{newStory(quirk.Okta).creates("Jane").updates("Jane"), "Push Groups"},
		{newStory(quirk.Okta).creates("Jane").updates("Jane").pushes("Sales").members("Sales", 1, 1), "Unassign"},
	} {
		if got := test.story.glance(t).setup().Hint; !strings.Contains(got, test.want) {
			t.Errorf("%s: %q lacks %q", test.story.provider, got, test.want)
		}
	}
	done := newStory(quirk.Okta).looksUp("userName", "email", 0).creates("J").updates("J").deactivates("J").pushes("S").members("S", 1, 1)
	if got := done.glance(t).setup().Hint; got != "" {
		t.Errorf("a checklist that is done says %q", got)
	}
}

// TestNamesAreForgotten: a checklist does not tell for ever whom it was done with.
func TestNamesAreForgotten(t *testing.T) {
	t.Parallel()
	s := newStory(quirk.Okta).looksUp("userName", "email", 0).creates("Jane").members("Sales", 1, 0).after(remembered).creates("Joe")
	facts := s.facts(t)
	if strings.Contains(string(facts.State), "Jane") || strings.Contains(string(facts.State), "j…@") {
		t.Errorf("the state still names somebody: %s", facts.State)
	}
	if setup := glanceAt(facts, s.at).setup(); setup.Done != 4 || setup.Steps[2].Request.ID != s.lines[1].ID {
		t.Errorf("%d steps are done: %+v", setup.Done, setup.Steps)
	}
}
