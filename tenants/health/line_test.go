package health

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// began is when the requests of these tests begin.
var began = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)

// story is the requests of a connection, as they come.
type story struct {
	provider quirk.Provider
	lines    []requestlog.Line
	at       time.Time
	token    tenants.TokenID
}

func newStory(p quirk.Provider) *story {
	return &story{provider: p, at: began, token: tenants.NewTokenID()}
}

// after lets time pass.
func (s *story) after(d time.Duration) *story {
	s.at = s.at.Add(d)
	return s
}

// send adds a request, a second behind the one before.
func (s *story) send(kind requestlog.Kind, change func(l *requestlog.Line)) *story {
	s.at = s.at.Add(time.Second)
	l := requestlog.Line{
		ID: idAt(s.at, len(s.lines)), At: s.at, Duration: 5 * time.Millisecond, Kind: kind, Outcome: requestlog.Done, Status: 200,
		TokenID: s.token, TokenHint: "rstrtokAb…9f2x", ResourceType: typeOf(kind), Method: "GET",
	}
	if change != nil {
		change(&l)
	}
	s.lines = append(s.lines, l)
	return s
}

// idAt is a UUIDv7 of a time; n tells two of one moment apart.
func idAt(at time.Time, n int) (id tenants.RequestID) {
	ms := uint64(at.UnixMilli())
	text := fmt.Sprintf("%08x-%04x-7%03x-8000-%012x", ms>>16, ms&0xffff, n%0x1000, n)
	if err := id.Scan(uuid.MustParse(text).String()); err != nil {
		panic(err)
	}
	return id
}

func typeOf(kind requestlog.Kind) string {
	switch kind[:4] {
	case "user":
		return typeUser
	case "grou":
		return typeGroup
	}
	return ""
}

func effect(action, name string) func(*requestlog.Line) {
	return func(l *requestlog.Line) {
		l.Subject, l.ResourceID = name, "id-"+name
		l.Detail.Effects = []requestlog.Effect{{Action: action, ResourceType: l.ResourceType, ID: l.ResourceID, Name: name, Attributes: []string{"x"}}}
	}
}

func (s *story) creates(name string) *story {
	return s.send(requestlog.KindUserCreate, effect(requestlog.EffectCreated, name))
}

func (s *story) updates(name string) *story {
	return s.send(requestlog.KindUserUpdate, effect(requestlog.EffectUpdated, name))
}

func (s *story) deactivates(name string) *story {
	return s.send(requestlog.KindUserDeactivate, effect(requestlog.EffectDeactivated, name))
}

func (s *story) pushes(group string) *story {
	return s.send(requestlog.KindGroupCreate, effect(requestlog.EffectCreated, group))
}

func (s *story) members(group string, added, removed int) *story {
	return s.send(requestlog.KindGroupMembers, func(l *requestlog.Line) {
		l.Subject, l.ResourceID = group, "id-"+group
		l.Detail.Members = &requestlog.Members{Add: added, Remove: removed}
		l.Detail.Effects = []requestlog.Effect{{
			Action: requestlog.EffectUpdated, ResourceType: typeGroup, ID: l.ResourceID, Name: group, Added: added, Removed: removed,
		}}
	})
}

func (s *story) looksUp(attribute string, shape requestlog.Shape, found int) *story {
	return s.send(requestlog.KindUserLookup, func(l *requestlog.Line) {
		l.Detail.Lookup = &requestlog.Lookup{Attribute: attribute, Shape: shape, Value: "j…@example.com", Found: found}
	})
}

// refused adds a request that is refused.
func (s *story) refused(kind requestlog.Kind, status int, code requestlog.Code, subject string) *story {
	return s.send(kind, func(l *requestlog.Line) {
		l.Outcome, l.Status, l.Code, l.Subject = requestlog.Refused, status, code, subject
		l.Detail.Error = &requestlog.Error{Status: status, Detail: "because"}
		l.Detail.Person = &requestlog.Person{UserName: requestlog.ShapeEmail}
	})
}

// rejected adds a request whose token is refused.
func (s *story) rejected(code requestlog.Code, token tenants.TokenID, hint string) *story {
	return s.send(requestlog.KindCredentialsCheck, func(l *requestlog.Line) {
		l.Outcome, l.Status, l.Code, l.TokenID, l.TokenHint = requestlog.Refused, 401, code, token, hint
		l.Detail.Token = &requestlog.Token{State: code, Sent: "token"}
	})
}

// some adds n requests of a kind.
func (s *story) some(n int, add func()) *story {
	for range n {
		add()
	}
	return s
}

// facts are what is stored after the story, of an active connection with one
// token that does not expire.
func (s *story) facts(t testing.TB) *Facts {
	t.Helper()
	state, _, _, err := Folder{}.Fold(nil, string(s.provider), s.lines, s.at)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.lines) == 0 {
		state = nil
	}
	return &Facts{
		Connection: &tenants.Connection{
			ID: tenants.NewConnectionID(), TenantID: tenants.NewTenantID(), Name: "Acme", Provider: s.provider,
			Status: tenants.ConnectionActive, CreatedAt: began.Add(-2 * time.Hour),
		},
		Tokens: []*tenants.Token{{ID: s.token, Name: "Main", LastFour: "9f2x", CreatedAt: began.Add(-time.Hour)}},
		State:  state, StateAt: s.at,
	}
}

// glance is the connection a moment after the story.
func (s *story) glance(t testing.TB) *glance {
	t.Helper()
	return glanceAt(s.facts(t), s.at.Add(time.Second))
}
