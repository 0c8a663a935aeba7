package trace

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/audit"
	"github.com/roster-scim/roster/tenants/people"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// known is everything that a Service asks, in memory.
type known struct {
	users    map[string]*people.User
	keys     map[Key]string // id by key
	lines    []requestlog.Entry
	events   map[string]audit.Entry // by id and action
	holds    map[string]*access.UserAccess
	waits    []Waiting
	noTenant bool
	fails    error
}

func (k *known) Find(_ context.Context, _ tenants.TenantID, _ tenants.ConnectionID, keys []Key, limit int) (hits []Hit, err error) {
	for _, key := range keys {
		if id := k.keys[key]; id != "" && len(hits) < limit {
			for one := range strings.SplitSeq(id, " ") {
				hits = append(hits, Hit{one, key.Attribute})
			}
		}
	}
	return hits, k.fails
}

func (k *known) Waiting(context.Context, tenants.TenantID, tenants.ConnectionID, []string, int) ([]Waiting, error) {
	return k.waits, k.fails
}

func (k *known) Connections(context.Context, tenants.TenantID, tenants.ConnectionID, int) ([]*tenants.Connection, error) {
	if k.noTenant {
		return nil, tenants.ErrNotFound
	}
	return []*tenants.Connection{okta}, k.fails
}

func (k *known) User(_ context.Context, _ tenants.TenantID, id string) (*people.User, error) {
	if u := k.users[id]; u != nil {
		return u, nil
	}
	return nil, tenants.ErrNotFound
}

func (k *known) Access(_ context.Context, _ tenants.TenantID, id string) (*access.UserAccess, error) {
	if a := k.holds[id]; a != nil {
		return a, nil
	}
	return nil, tenants.ErrNotFound
}

func (k *known) Requests(_ context.Context, q requestlog.Query) (list []requestlog.Entry, err error) {
	for _, e := range k.lines {
		switch {
		case q.Filter.Person != "" && !strings.EqualFold(e.Subject, q.Filter.Person):
		case q.Filter.Prefix != "" && !strings.HasPrefix(e.Subject, q.Filter.Prefix):
		case q.Filter.Resource != "" && e.ResourceID != q.Filter.Resource:
		default:
			list = append(list, e)
		}
	}
	if q.Forward {
		slices.Reverse(list)
	}
	return list[:min(len(list), q.Limit)], k.fails
}

func (k *known) Request(context.Context, tenants.TenantID, tenants.ConnectionID, tenants.RequestID) (*requestlog.Entry, error) {
	return nil, tenants.ErrNotFound
}

func (k *known) List(_ context.Context, q audit.Query) ([]audit.Entry, error) {
	if e, ok := k.events[q.Target+" "+q.Action]; ok {
		return []audit.Entry{e}, nil
	}
	return nil, k.fails
}

func (k *known) trace(t *testing.T, q Query) *Result {
	t.Helper()
	s := NewService(Parts{Store: k, People: k, Access: k, Requests: requestlog.NewLog(k), Audit: k})
	r, err := s.Trace(t.Context(), tenants.NewTenantID(), q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return r
}

func named(id, userName string, change func(*people.User)) *people.User {
	return user(userName, func(u *people.User) {
		u.ID = id
		if change != nil {
			change(u)
		}
	})
}

// TestTraceFinds: who is meant, by the strongest name, and somebody active first.
func TestTraceFinds(t *testing.T) {
	t.Parallel()
	id := "01a202c3-681e-7478-af59-72808a9ae47f"
	k := &known{
		users: map[string]*people.User{
			id: named(id, "boss", nil), "j": named("j", jane, nil), "m": named("m", "mail", nil), "x": named("x", "ex", nil),
			"off": named("off", "off", func(u *people.User) { u.Active = false }), "near": named("near", "jack@acme.test", nil),
		},
		keys: map[Key]string{
			{UserName, jane, false}: "j", {Email, jane, false}: "m", {Email, "m@acme.com", false}: "m", {ExternalID, "X1", false}: "x",
			{Display, "Jo Doe", false}: "off gone x", {UserName, "jack@", true}: "near", {Email, "jack@", true}: "m",
		},
		holds: map[string]*access.UserAccess{"j": holds(role("Editor", "*", true), role("Low", "*", false))},
	}
	for who, want := range map[string]string{
		jane: "j has_access", " " + jane + " ": "j has_access", "m@acme.com": "m no_access", "X1": "x no_access", "Jo Doe": "x no_access",
		strings.ToUpper(id): id + " no_access", "jack@acme.com": "near other_user_name", "x1": "x other_user_name", "nobody": "- never_received",
	} {
		r := k.trace(t, Query{Who: who})
		got := "- "
		if r.Person != nil {
			got = r.Person.ID + " "
		}
		if got += string(r.Verdict); got != want {
			t.Errorf("%q is %s, want %s", who, got, want)
		}
		if len(r.Connections) != 1 || (r.Roles == 1) != (r.Verdict == HasAccess) {
			t.Errorf("%q: %d connections, %d roles", who, len(r.Connections), r.Roles)
		}
	}
	if r := k.trace(t, Query{Who: "Jo Doe"}); !strings.Contains(r.Sentence, "2 people are called that") {
		t.Errorf("two of a name: %s", r.Sentence)
	}
	if r := k.trace(t, Query{Who: id, Only: tenants.NewConnectionID()}); r.Person != nil || r.Verdict != NeverReceived {
		t.Errorf("somebody of another connection is told of: %+v", r)
	}
	if r := k.trace(t, Query{Who: id, Only: okta.ID}); r.Person == nil {
		t.Error("somebody of the one connection is not told of")
	}
}

// TestTraceReadsTheLogs: what became of whom requests were about.
func TestTraceReadsTheLogs(t *testing.T) {
	t.Parallel()
	about := func(id string, hours int) requestlog.Entry {
		e := entry(hours, requestlog.KindUserCreate, requestlog.Done, effect(requestlog.EffectCreated))
		e.ID, e.ResourceID = tenants.NewRequestID(), id
		return e
	}
	at := func(hours int) audit.Entry {
		return audit.Entry{At: ago(hours), ActorName: "Okta token", TargetName: "Jane Doe"}
	}
	now := &known{lines: []requestlog.Entry{about("j", 5)}, events: map[string]audit.Entry{"j user.deleted": at(1)}}
	if r := now.trace(t, Query{Who: jane}); r.Verdict != Deleted || !strings.Contains(r.Sentence, "by Okta token") || !r.LogSince.Equal(ago(5)) || len(r.Requests) != 1 {
		t.Errorf("deleted: %+v", r)
	}
	now.users = map[string]*people.User{"j": named("j", "jane@new.com", nil)}
	if r := now.trace(t, Query{Who: jane}); r.Verdict != OtherUserName || r.Person == nil || !strings.Contains(r.Sentence, "jane@new.com") {
		t.Errorf("renamed: %+v", r)
	}
	now.keys = map[Key]string{{UserName, jane, false}: "j"}
	now.users["j"].Active = false
	now.events["j user.deactivated"] = at(2)
	for i := range 9 {
		now.lines = append(now.lines, about("j", 6+i))
	}
	if r := now.trace(t, Query{Who: jane}); r.Verdict != Inactive || !strings.Contains(r.Sentence, "10:00 UTC, by Okta token") || len(r.Requests) != 5 {
		t.Errorf("inactive: %+v, %d requests", r.Finding, len(r.Requests))
	}
	ids := map[tenants.RequestID]bool{}
	r := now.trace(t, Query{Who: jane})
	for i, e := range r.Requests {
		if ids[e.ID] = true; i > 0 && e.ID.UUID() > r.Requests[i-1].ID.UUID() {
			t.Error("the requests are not the newest first")
		}
	}
	if len(ids) != 5 {
		t.Errorf("%d different requests", len(ids))
	}
	near := &known{lines: []requestlog.Entry{entry(1, requestlog.KindUserCreate, requestlog.Refused, code(requestlog.CodeSeatLimit))}}
	near.lines[0].Subject = "jane@acme.onmicrosoft.com"
	if r := near.trace(t, Query{Who: jane}); r.Verdict != Refused || len(r.Requests) != 1 {
		t.Errorf("refused under another name: %+v", r)
	}
}

// TestTraceNamesNobody: whoever may not see personal data is told of it without.
func TestTraceNamesNobody(t *testing.T) {
	t.Parallel()
	away := entry(1, requestlog.KindUserCreate, requestlog.Refused, code(requestlog.CodeUsernameTaken))
	away.ResourceID = "j"
	for name, k := range map[string]*known{
		"there":   {users: map[string]*people.User{"j": named("j", "doe-secret", nil)}, keys: map[Key]string{{Email, jane, false}: "j"}},
		"alike":   {users: map[string]*people.User{"j": named("j", "doe-secret", nil)}, keys: map[Key]string{{UserName, "jane@", true}: "j"}},
		"renamed": {users: map[string]*people.User{"j": named("j", "doe-secret", nil)}, lines: []requestlog.Entry{away}},
		"gone": {lines: []requestlog.Entry{away}, events: map[string]audit.Entry{
			"j user.deleted": {At: noon, ActorName: "Secret Doe", TargetName: "Secret Doe"}}},
	} {
		r := k.trace(t, Query{Who: jane, Masked: true})
		for _, told := range []string{"Doe", "secret", "Secret"} {
			if text := r.Sentence + r.Fix; strings.Contains(text, told) {
				t.Errorf("%s: %q is in %q", name, told, text)
			}
		}
		if open := k.trace(t, Query{Who: jane}); open.Verdict != r.Verdict || open.Sentence == r.Sentence {
			t.Errorf("%s: masked or not, it says %q", name, r.Sentence)
		}
	}
}

func TestTraceFails(t *testing.T) {
	t.Parallel()
	s := func(k *known) *Service {
		return NewService(Parts{Store: k, People: k, Access: k, Requests: requestlog.NewLog(k), Audit: k})
	}
	away := errors.New("away")
	if _, err := s(&known{fails: away}).Trace(t.Context(), tenants.NewTenantID(), Query{Who: jane}); !errors.Is(err, away) {
		t.Errorf("a store that fails: %v", err)
	}
	if _, err := s(&known{noTenant: true}).Trace(t.Context(), tenants.NewTenantID(), Query{Who: jane}); !errors.Is(err, tenants.ErrNotFound) {
		t.Errorf("no tenant: %v", err)
	}
	invalid := &tenants.InvalidError{}
	if _, err := s(&known{}).Trace(t.Context(), tenants.NewTenantID(), Query{Who: "  "}); !errors.As(err, &invalid) || invalid.Field != "who" {
		t.Errorf("nobody asked for: %v", err)
	}
	if got := (&known{}).trace(t, Query{Who: jane}).LogSince; !got.Equal(time.Time{}) {
		t.Errorf("an empty log goes back to %s", got)
	}
}
