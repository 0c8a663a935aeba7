package health

import (
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// TestStatus: every word, with when it began to be so and what its reason names.
func TestStatus(t *testing.T) {
	t.Parallel()
	const ok = requestlog.KindUserLookup
	settled := func(p quirk.Provider) *story { // past its first cycle
		return newStory(p).creates("Jane").after(time.Hour).looksUp("userName", requestlog.ShapeEmail, 1)
	}
	for _, test := range []struct {
		name   string
		story  *story
		change func(f *Facts)
		wait   time.Duration
		want   Status
		since  time.Duration // behind began
		says   []string
	}{
		{name: "no token", story: newStory(quirk.Okta), change: func(f *Facts) { f.Tokens = nil }, want: Draft, since: -2 * time.Hour, says: []string{"No token"}},
		{name: "nothing arrived", story: newStory(quirk.Okta), want: Waiting, since: -time.Hour, says: []string{"Okta"}},
		{name: "tested only", story: newStory(quirk.Okta).send(requestlog.KindCredentialsCheck, nil), wait: 72 * time.Hour,
			want: Testing, since: time.Second, says: []string{"nobody has been provisioned"}},
		{name: "first cycle", story: newStory(quirk.Okta).looksUp("userName", "email", 0).creates("Jane"), want: Testing, since: time.Second,
			says: []string{"first cycle", "2 requests"}},
		{name: "first cycle over", story: newStory(quirk.Okta).creates("Jane"), wait: 6 * time.Minute, want: Healthy, since: time.Second,
			says: []string{"3 November 2026 at 09:00 UTC", "none of the last 1 request"}},
		{name: "second cycle", story: settled(quirk.Okta), want: Healthy, since: time.Second},
		{name: "Okta is not quiet for two days", story: settled(quirk.Okta), wait: 71 * time.Hour, want: Healthy, since: time.Second},
		{name: "Okta is quiet after three", story: settled(quirk.Okta), wait: 73 * time.Hour, want: Quiet,
			since: 73*time.Hour + 2*time.Second, says: []string{"24 hours"}},
		{name: "Entra is quiet after two hours", story: settled(quirk.Entra), wait: 121 * time.Minute, want: Quiet,
			since: 3*time.Hour + 2*time.Second, says: []string{"40 minutes", "Microsoft Entra ID"}},
		{name: "two refusals are not a failure", story: settled(quirk.Okta).some(1, func() {}).refused(ok, 400, requestlog.CodeInvalidFilter, "").
			refused(ok, 400, requestlog.CodeInvalidFilter, ""), want: Healthy, since: time.Second, says: []string{"2 of the last 4 were refused"}},
		{name: "three are", story: threeRefusals(settled(quirk.Okta)), want: Failing, since: time.Hour + 5*time.Second,
			says: []string{"3 of the last 5", "The last one, on 3 November 2026 at 10:00 UTC: Okta could not look"}},
		{name: "five of a hundred are not", story: refusedOf(settled(quirk.Okta), 5), want: Healthy, since: time.Second},
		{name: "six of a hundred are", story: refusedOf(settled(quirk.Okta), 6), want: Failing, since: time.Hour + 99*time.Second, says: []string{"6 of the last 100"}},
		{name: "a failure that is mended", story: mended(threeRefusals(settled(quirk.Okta))), want: Healthy, since: time.Hour + 60*time.Second},
		{name: "pauses are no failure", story: refusedTimes(settled(quirk.Okta), 10, requestlog.KindUserCreate, 503, requestlog.CodePaused), want: Healthy, since: time.Second},
		{name: "asking for what is gone is no failure", story: refusedTimes(settled(quirk.Okta), 10, requestlog.KindUserRead, 404, requestlog.CodeNotFound), want: Healthy, since: time.Second},
		{name: "failures of the server", story: failures(settled(quirk.Okta), 3), want: Failing, since: time.Hour + 5*time.Second},
		{name: "paused", story: settled(quirk.Okta), change: func(f *Facts) {
			f.Connection.Status, f.PausedAt, f.PausedBy = tenants.ConnectionPaused, began, "J. Roe"
		}, want: Paused, since: 0, says: []string{"by J. Roe", "3 November 2026", "Nothing is lost"}},
		{name: "deleting", story: settled(quirk.Okta), change: func(f *Facts) {
			f.Connection.Status, f.Connection.DeletedAt = tenants.ConnectionPaused, began
		}, want: Deleting, since: 0, says: []string{"until 3 December 2026"}},
		{name: "token expired", story: settled(quirk.Okta), change: func(f *Facts) { f.Tokens[0].ExpiresAt = began.Add(time.Minute) },
			want: CredentialsExpired, since: time.Minute, says: []string{"Main", "9f2x", "expired on 3 November", "Provisioning > Integration"}},
		{name: "token revoked", story: settled(quirk.Okta), change: func(f *Facts) { f.Tokens[0].RevokedAt = began.Add(time.Minute) },
			want: CredentialsExpired, since: time.Minute, says: []string{"was revoked"}},
		{name: "one token of two expired", story: settled(quirk.Okta), change: func(f *Facts) {
			f.Tokens = append(f.Tokens, &tenants.Token{ID: tenants.NewTokenID(), CreatedAt: began, ExpiresAt: began.Add(time.Minute)})
		}, want: Healthy, since: time.Second},
		{name: "only wrong tokens", story: newStory(quirk.Okta).rejected(requestlog.CodeTokenUnknown, tenants.TokenID{}, "rstr…0000"),
			want: CredentialsExpired, since: time.Second, says: []string{"1 request", "Nothing has been accepted"}},
		{name: "a wrong token beside a good one", story: settled(quirk.Okta).some(1, func() {}).rejected(requestlog.CodeTokenUnknown, tenants.TokenID{}, "rstr…0000"),
			want: Healthy, since: time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			facts := test.story.facts(t)
			if test.change != nil {
				test.change(facts)
			}
			v := glanceAt(facts, test.story.at.Add(test.wait)).status()
			if v.status != test.want || !v.since.Equal(began.Add(test.since)) {
				t.Errorf("%s since %v, want %s since %v: %s", v.status, v.since.Sub(began), test.want, test.since, v.reason)
			}
			for _, part := range test.says {
				if !strings.Contains(v.reason, part) {
					t.Errorf("the reason lacks %q: %s", part, v.reason)
				}
			}
		})
	}
}

func refusedTimes(s *story, n int, kind requestlog.Kind, status int, code requestlog.Code) *story {
	return s.some(n, func() { s.refused(kind, status, code, "") })
}

func threeRefusals(s *story) *story {
	return refusedTimes(s, 3, requestlog.KindUserLookup, 400, requestlog.CodeInvalidFilter)
}

// refusedOf makes the latest hundred requests have n refusals.
func refusedOf(s *story, n int) *story {
	s.some(98-n, func() { s.looksUp("userName", requestlog.ShapeEmail, 1) })
	return refusedTimes(s, n, requestlog.KindUserCreate, 400, requestlog.CodeRequiredMissing)
}

// mended sends as many good requests as make three refusals few: sixty in all.
func mended(s *story) *story {
	return s.some(80, func() { s.looksUp("userName", requestlog.ShapeEmail, 1) })
}

func failures(s *story, n int) *story {
	return s.some(n, func() {
		s.send(requestlog.KindUserCreate, func(l *requestlog.Line) {
			l.Outcome, l.Status, l.Code = requestlog.Failed, 500, requestlog.CodeInternal
		})
	})
}

// TestGoodTokenRefused: the token that worked is refused, so nothing works,
// although another token would.
func TestGoodTokenRefused(t *testing.T) {
	t.Parallel()
	s := newStory(quirk.Entra).creates("Jane").after(time.Hour)
	s.rejected(requestlog.CodeTokenExpired, s.token, "rstr…9f2x")
	facts := s.facts(t)
	facts.Tokens[0].ExpiresAt = began.Add(time.Hour)
	facts.Tokens = append(facts.Tokens, &tenants.Token{ID: tenants.NewTokenID(), Name: "New", CreatedAt: began})
	g := glanceAt(facts, s.at)
	if v := g.status(); v.status != CredentialsExpired || !v.since.Equal(s.at) {
		t.Errorf("%s since %v: %s", v.status, v.since, v.reason)
	}
	got := map[ProblemCode]bool{}
	for _, p := range g.problems(nil) {
		got[p.Code] = true
	}
	if !got[TokenHasExpired] || !got[EntraQuarantine] {
		t.Errorf("problems are %v", got)
	}
}

// TestNobodyWasLetIn: what anybody may ask says nothing about credentials.
func TestNobodyWasLetIn(t *testing.T) {
	t.Parallel()
	s := newStory(quirk.Okta)
	s.some(6, func() {
		s.send(requestlog.KindDiscovery, func(l *requestlog.Line) { l.TokenID, l.TokenHint = tenants.TokenID{}, "" })
		s.send(requestlog.KindOther, func(l *requestlog.Line) {
			l.TokenID, l.TokenHint = tenants.TokenID{}, ""
			l.Outcome, l.Status, l.Code = requestlog.Refused, 404, requestlog.CodeNoEndpoint
		})
	})
	if v := s.glance(t).status(); v.status != Waiting {
		t.Errorf("%s: %s", v.status, v.reason)
	}
}

// TestStrangerBesideAnEndedToken: an unknown token does not hide that the one in
// use has ended.
func TestStrangerBesideAnEndedToken(t *testing.T) {
	t.Parallel()
	s := newStory(quirk.Okta).creates("Jane").after(time.Hour)
	s.rejected(requestlog.CodeTokenRevoked, s.token, "rstr…9f2x")
	s.rejected(requestlog.CodeTokenUnknown, tenants.TokenID{}, "rstr…aaaa")
	if v := s.glance(t).status(); v.status != CredentialsExpired {
		t.Errorf("%s: %s", v.status, v.reason)
	}
}

// TestSeldomChangesAreNotQuiet: who sends when something changes is silent at night.
func TestSeldomChangesAreNotQuiet(t *testing.T) {
	t.Parallel()
	s := newStory(quirk.Okta).creates("Jane")
	s.some(30, func() { s.after(20*time.Minute).looksUp("userName", requestlog.ShapeEmail, 1) })
	facts := s.facts(t)
	if v := glanceAt(facts, s.at.Add(14*time.Hour)).status(); v.status == Quiet {
		t.Errorf("%s: %s", v.status, v.reason)
	}
}

// TestUsualGap: it is learned from the connection's own cycles.
func TestUsualGap(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		gaps  []time.Duration
		usual time.Duration
		knows bool
	}{
		"few":            {[]time.Duration{time.Hour, time.Hour}, entraGap, false},
		"regular":        {repeat(time.Hour, 6), time.Hour, true},
		"bursts":         {repeat(6*time.Minute, 20), shortestGap, true},
		"days and night": {append(repeat(time.Hour, 9), 14*time.Hour, 15*time.Hour), 14 * time.Hour, true},
		"one holiday":    {append(repeat(time.Hour, 12), 200*time.Hour), time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStory(quirk.Entra).creates("Jane")
			for _, gap := range test.gaps {
				s.after(gap-time.Second).looksUp("userName", requestlog.ShapeEmail, 1)
			}
			g := s.glance(t)
			if usual, learned := g.gap(quirk.Entra); usual != test.usual || learned != test.knows {
				t.Errorf("usual gap %v, learned %t; want %v, %t", usual, learned, test.usual, test.knows)
			}
			want := s.at.Add(test.usual)
			if got := g.nextExpected(); !got.Equal(want) {
				t.Errorf("next expected %v, want %v", got, want)
			}
			if v := glanceAt(g.Facts, s.at.Add(quietAfter*test.usual-time.Second)).status(); v.status == Quiet {
				t.Error("quiet before three gaps")
			}
			if v := glanceAt(g.Facts, s.at.Add(quietAfter*test.usual)).status(); v.status != Quiet {
				t.Errorf("%s after three gaps", v.status)
			}
		})
	}
}

func repeat(d time.Duration, n int) []time.Duration {
	list := make([]time.Duration, n)
	for i := range list {
		list[i] = d
	}
	return list
}
