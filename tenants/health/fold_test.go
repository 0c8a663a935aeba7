package health

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// anyStory draws requests of every kind, with silences between them.
func anyStory(t *rapid.T) *story {
	s := newStory(quirk.Entra)
	names := []string{"ann", "bob", "cy", "dee"}
	for range rapid.IntRange(0, 60).Draw(t, "requests") {
		name := rapid.SampledFrom(names).Draw(t, "name")
		switch rapid.IntRange(0, 10).Draw(t, "kind") {
		case 0:
			s.creates(name)
		case 1:
			s.updates(name)
		case 2:
			s.deactivates(name)
		case 3:
			s.pushes(name)
		case 4:
			s.members(name, rapid.IntRange(0, 9).Draw(t, "added"), rapid.IntRange(0, 9).Draw(t, "removed"))
		case 5:
			s.looksUp(rapid.SampledFrom([]string{"userName", "externalId"}).Draw(t, "attribute"), requestlog.ShapeEmail, rapid.IntRange(0, 1).Draw(t, "found"))
		case 6:
			taking(s, name)
		case 7:
			missesMembers(s)
		case 8:
			s.rejected(requestlog.CodeTokenRevoked, rapid.SampledFrom([]tenants.TokenID{{}, s.token}).Draw(t, "token"), name)
		case 9:
			s.refused(requestlog.KindUserUpdate, 503, requestlog.CodePaused, name)
		case 10:
			s.after(time.Duration(rapid.IntRange(0, 20).Draw(t, "minutes")) * time.Minute)
		}
	}
	return s
}

// result is what folding left behind: the state, the last of each cycle, and the
// sums of hours.
type result struct {
	State  string
	Cycles map[string]requestlog.Cycle
	Hours  map[int64]requestlog.Hour
	OfLine []string
}

func (r *result) fold(t *rapid.T, provider quirk.Provider, lines []requestlog.Line) {
	before := []byte(r.State)
	state, cycles, hours, err := Folder{}.Fold(before, string(provider), lines, began)
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != r.State {
		t.Fatal("the state that was given has changed")
	}
	r.State = string(state)
	for _, c := range cycles {
		r.Cycles[c.ID.String()] = c
	}
	for _, h := range hours {
		sum := r.Hours[h.Start.Unix()]
		sum.Start = h.Start
		sum.Requests += h.Requests
		sum.Changes += h.Changes
		sum.Refused += h.Refused
		sum.Failed += h.Failed
		sum.Duration += h.Duration
		r.Hours[h.Start.Unix()] = sum
	}
	for i := range lines {
		r.OfLine = append(r.OfLine, lines[i].CycleID.String())
	}
}

// TestFoldInParts: it makes no difference in which parts lines come, nor how often
// the same part is folded into the same state.
func TestFoldInParts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anyStory(t)
		whole := &result{Cycles: map[string]requestlog.Cycle{}, Hours: map[int64]requestlog.Hour{}}
		whole.fold(t, s.provider, slices.Clone(s.lines))
		parts := &result{Cycles: map[string]requestlog.Cycle{}, Hours: map[int64]requestlog.Hour{}}
		rest := slices.Clone(s.lines)
		for first := true; first || len(rest) > 0; first = false {
			n := rapid.IntRange(min(1, len(rest)), len(rest)).Draw(t, "part")
			if _, _, _, err := (Folder{}).Fold([]byte(parts.State), string(s.provider), rest[:n], began); err != nil {
				t.Fatal(err)
			}
			parts.fold(t, s.provider, rest[:n])
			rest = rest[n:]
		}
		if diff := cmp.Diff(whole, parts, cmp.AllowUnexported(tenants.CycleID{})); diff != "" {
			t.Errorf("at once and in parts:\n%s", diff)
		}
		total, inCycles := int64(0), int64(0)
		for _, h := range whole.Hours {
			total += h.Requests
		}
		for _, c := range whole.Cycles {
			inCycles += c.Requests
		}
		rejected := int64(0)
		for i := range s.lines {
			if rejects(&s.lines[i]) {
				rejected++
			}
		}
		if total != int64(len(s.lines)) || inCycles+rejected != total {
			t.Errorf("%d requests, %d in hours, %d in cycles, %d rejected", len(s.lines), total, inCycles, rejected)
		}
	})
}

// TestFoldOutOfOrder: two replicas' lines may come a little out of order, which
// changes neither what is ticked nor how many cycles there were.
func TestFoldOutOfOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anyStory(t)
		mixed := slices.Clone(s.lines)
		for i := 1; i < len(mixed); i++ {
			if mixed[i].At.Sub(mixed[i-1].At) <= 2*time.Second && rapid.Bool().Draw(t, "swap") {
				mixed[i], mixed[i-1] = mixed[i-1], mixed[i]
			}
		}
		cycles := func(lines []requestlog.Line) (*state, []requestlog.Cycle) {
			encoded, cycles, _, err := Folder{}.Fold(nil, string(s.provider), lines, began)
			if err != nil {
				t.Fatal(err)
			}
			return load(encoded), cycles
		}
		a, inOrder := cycles(slices.Clone(s.lines))
		b, outOfOrder := cycles(mixed)
		if len(inOrder) != len(outOfOrder) {
			t.Fatalf("%d cycles, %d out of order", len(inOrder), len(outOfOrder))
		}
		for i := range inOrder {
			if inOrder[i].Requests != outOfOrder[i].Requests || !inOrder[i].EndedAt.Equal(outOfOrder[i].EndedAt) || !inOrder[i].StartedAt.Equal(outOfOrder[i].StartedAt) {
				t.Errorf("cycle %d: %+v, out of order %+v", i, inOrder[i], outOfOrder[i])
			}
		}
		for _, step := range Steps {
			x, y := a.Checks[step], b.Checks[step]
			if (x != nil && x.Done != nil) != (y != nil && y.Done != nil) || (x != nil && x.Done != nil && x.Done.ID != y.Done.ID) {
				t.Errorf("%s: %+v, out of order %+v", step, x, y)
			}
		}
		if a.FirstAt != b.FirstAt || a.LastAt != b.LastAt || a.WroteAt != b.WroteAt {
			t.Error("first or last request differ")
		}
	})
}

// TestStateIsBounded: whatever comes, a state stays small.
func TestStateIsBounded(t *testing.T) {
	t.Parallel()
	s := newStory(quirk.Okta)
	long := string(bytes.Repeat([]byte("ü"), 5000))
	for i := range 600 {
		name := s.at.Format("150405") + long
		s.creates(name).members(name, 1, 1)
		taking(s, name)
		s.send(requestlog.KindGroupMembers, func(l *requestlog.Line) {
			l.Outcome, l.Status, l.Code, l.Subject, l.ResourceID = requestlog.Refused, 400, requestlog.CodeMemberUnknown, name, name[:6]
			l.Detail.Members = &requestlog.Members{Add: 1, Missing: 1, Names: slices.Repeat([]string{long}, 20)}
			l.Detail.Error = &requestlog.Error{Detail: long}
		})
		s.rejected(requestlog.CodeTokenUnknown, tenants.NewTokenID(), name)
		s.refused(requestlog.KindUserLookup, 400, requestlog.Code(s.at.Format("150405")), long)
		if i%10 == 0 {
			s.after(10 * time.Minute)
		}
	}
	facts := s.facts(t)
	if len(facts.State) > 64<<10 {
		t.Errorf("the state has %d bytes", len(facts.State))
	}
	if !json.Valid(facts.State) {
		t.Error("the state is no JSON")
	}
	if g := glanceAt(facts, s.at); g.Taken.More == 0 || len(g.Taken.People) != maxTaken {
		t.Errorf("%d people and %d more", len(g.Taken.People), g.Taken.More)
	}
}

// TestFoldAnyState: what is stored may be of another version, or broken.
func TestFoldAnyState(t *testing.T) {
	t.Parallel()
	for _, broken := range []string{"", "null", "{}", "[]", "x", `{"v":99,"first":"x"}`, `{"v":1,"checks":{"user_created":{},"lookup_works":{},"member_added":null}}`, `{"v":1,"cycle":{"id":"x"}}`} {
		s := newStory(quirk.Okta).creates("Jane").refused(requestlog.KindUserCreate, 409, requestlog.CodeUsernameTaken, "x").
			refused(requestlog.KindUserLookup, 400, requestlog.CodeInvalidFilter, "x")
		state, _, _, err := Folder{}.Fold([]byte(broken), "okta", s.lines, began)
		if err != nil || load(state).Checks[UserCreated].Done == nil {
			t.Errorf("%s: %v, %s", broken, err, state)
		}
	}
}

func BenchmarkFold(b *testing.B) {
	s := newStory(quirk.Okta)
	for range 25 {
		s.looksUp("userName", requestlog.ShapeEmail, 0).creates(s.at.String()).members("Sales", 1, 0).updates("x")
	}
	state, _, _, err := Folder{}.Fold(nil, "okta", s.lines, began)
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for range b.N {
		if _, _, _, err := (Folder{}).Fold(state, "okta", s.lines, began); err != nil {
			b.Fatal(err)
		}
	}
}
