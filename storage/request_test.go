package storage

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// counting is a folder that counts lines, in one cycle and in their hours.
type counting struct{ err error }

type countingState struct {
	Lines int             `json:"lines"`
	Cycle tenants.CycleID `json:"cycle"`
}

func (c counting) Fold(state []byte, provider string, lines []requestlog.Line, _ time.Time) ([]byte, []requestlog.Cycle, []requestlog.Hour, error) {
	if c.err != nil {
		return nil, nil, nil, c.err
	}
	var s countingState
	if state == nil {
		s.Cycle = tenants.CycleIDAt(lines[0].At)
	} else if err := json.Unmarshal(state, &s); err != nil {
		return nil, nil, nil, err
	}
	var hours []requestlog.Hour
	for i := range lines {
		lines[i].CycleID = s.Cycle
		s.Lines++
		hours = append(hours, requestlog.Hour{Start: lines[i].At.Truncate(time.Hour), Requests: lines[i].Requests(), Duration: lines[i].Duration})
	}
	next, err := json.Marshal(s)
	return next, []requestlog.Cycle{{ID: s.Cycle, StartedAt: lines[0].At, EndedAt: lines[len(lines)-1].At,
		Requests: int64(s.Lines), Summary: json.RawMessage(`{"by":"` + provider + `"}`)}}, hours, err
}

// requestFixture is a tenant with a connection, and its request log.
type requestFixture struct {
	*control
	log        *Requests
	tenant     *tenants.Tenant
	connection *tenants.Connection
}

func newRequestFixture(f *fixture, folder requestlog.Folder) *requestFixture {
	c := newControl(f)
	r := &requestFixture{control: c, log: NewRequests(f.db, folder, slog.New(slog.DiscardHandler)), tenant: c.tenant()}
	r.connection = c.connection(r.tenant, "Okta")
	return r
}

// requestLine is a request of a connection at a time.
func requestLine(of *tenants.Connection, at time.Time, change ...func(*requestlog.Line)) requestlog.Line {
	l := requestlog.Line{
		TenantID: of.TenantID, ConnectionID: of.ID, ID: tenants.RequestIDAt(at), At: at.UTC().Truncate(time.Microsecond), Duration: time.Millisecond,
		Method: "GET", Path: `/Users?filter=userName eq "j…@acme.com"`, Status: 200, RequestID: "r-1", UserAgent: "Okta", Address: "192.0.2.1",
		TokenID: tenants.NewTokenID(), TokenHint: "rstrtokAbCd…wXyZ", Kind: requestlog.KindUserLookup, Outcome: requestlog.Done,
		ResourceType: "User", ResourceID: mustID(), Subject: "Jane@Acme.com",
		Detail:      requestlog.Detail{Provider: quirk.Okta, Lookup: &requestlog.Lookup{Attribute: "userName", Shape: requestlog.ShapeEmail, Found: 1}},
		RequestBody: `{"a":"ü \"\\u0000"}`, ResponseBody: `{}`,
	}
	for _, f := range change {
		f(&l)
	}
	return l
}

func (r *requestFixture) append(lines ...requestlog.Line) {
	r.t.Helper()
	r.must(r.log.Append(r.ctx, lines, false))
}

func (r *requestFixture) list(f requestlog.Filter) []requestlog.Entry {
	r.t.Helper()
	all, err := r.log.Requests(r.ctx, requestlog.Query{TenantID: r.tenant.ID, Filter: f, Limit: 1000})
	r.must(err)
	return all
}

func TestRequestsComeBackAsStored(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		r := newRequestFixture(f, counting{})
		token := r.token(r.connection, "Main", 0)
		l := requestLine(r.connection, made, func(l *requestlog.Line) { l.TokenID = token.ID })
		bare := requestlog.Line{TenantID: r.tenant.ID, ConnectionID: r.connection.ID, ID: tenants.RequestIDAt(made.Add(time.Second)),
			At: made.Add(time.Second), Status: 401, Outcome: requestlog.Refused}
		r.append(bare, l)
		got, err := r.log.Request(r.ctx, r.tenant.ID, r.connection.ID, l.ID)
		r.must(err)
		if got.ConnectionName != "Okta" || got.TokenName != "Main" || got.Provider != quirk.Okta || got.CycleID.IsZero() {
			t.Errorf("%q, %q, %q, cycle %s", got.ConnectionName, got.TokenName, got.Provider, got.CycleID)
		}
		l.CycleID = got.CycleID
		if diff := cmp.Diff(encoded(t, &l), encoded(t, &got.Line)); diff != "" {
			t.Error(diff)
		}
		all := r.list(requestlog.Filter{})
		if len(all) != 2 || all[0].ID != bare.ID || all[1].RequestBody != "" {
			t.Errorf("%d lines, %+v", len(all), all)
		}
		if _, err := r.log.Request(r.ctx, r.tenant.ID, tenants.NewConnectionID(), l.ID); !errors.Is(err, tenants.ErrNotFound) {
			t.Errorf("at another connection: %v", err)
		}
	})
}

func encoded(t *testing.T, l *requestlog.Line) string {
	t.Helper()
	text, err := json.MarshalIndent(l, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestRequestsOfTenantsStayApart: one flush has lines of several tenants, and
// none sees another's, whatever connection is asked for.
func TestRequestsOfTenantsStayApart(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		r := newRequestFixture(f, counting{})
		other := r.control.tenant()
		theirs := r.control.connection(other, "Theirs")
		second := r.control.connection(r.tenant, "Second")
		gone := newTestConnection(r.tenant, "Never stored")
		r.append(requestLine(theirs, made), requestLine(r.connection, made), requestLine(second, made), requestLine(theirs, made.Add(1)), requestLine(gone, made))
		for tenant, want := range map[tenants.TenantID]int{r.tenant.ID: 2, other.ID: 2, tenants.NewTenantID(): 0} {
			all, err := r.log.Requests(r.ctx, requestlog.Query{TenantID: tenant, Limit: 10})
			r.must(err)
			if len(all) != want {
				t.Errorf("%d lines, want %d", len(all), want)
			}
			for _, e := range all {
				if e.TenantID != tenant {
					t.Errorf("a line of another tenant")
				}
			}
		}
		if all := r.list(requestlog.Filter{Connection: theirs.ID}); len(all) != 0 {
			t.Errorf("%d lines of another tenant's connection", len(all))
		}
		if got := r.rows(`select state from connection_states order by connection_id`); len(got) != 3 {
			t.Errorf("states: %v", got)
		}
	})
}

// TestRequestsAddUp: states, cycles and hours of several flushes, one of which
// was not known to have been stored.
func TestRequestsAddUp(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		r := newRequestFixture(f, counting{})
		first := requestLine(r.connection, made, func(l *requestlog.Line) { l.Repeats = 4 })
		r.append(first)
		r.append(requestLine(r.connection, made.Add(time.Minute)), requestLine(r.connection, made.Add(2*time.Hour)))
		r.must(r.log.Append(r.ctx, []requestlog.Line{first, requestLine(r.connection, made.Add(time.Hour))}, true))
		var s countingState
		r.must(json.Unmarshal([]byte(r.rows(`select cast(state as text) from connection_states`)[0]), &s))
		if s.Lines != 4 {
			t.Errorf("%d lines were added up, want 4", s.Lines)
		}
		hours := r.rows(`select requests || ' ' || duration from request_hours order by hour`)
		if want := []string{"6 2000", "1 1000", "1 1000"}; !slices.Equal(hours, want) {
			t.Errorf("hours %v, want %v", hours, want)
		}
		cycles := r.rows(`select requests || ' ' || cast(summary as text) from sync_cycles`)
		if want := []string{`4 {"by":"okta"}`}; !slices.Equal(cycles, want) {
			t.Errorf("cycles %v, want %v", cycles, want)
		}
	})
}

func TestRequestsAreStoredIfTheyDoNotAddUp(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		r := newRequestFixture(f, counting{err: errors.New("broken")})
		r.append(requestLine(r.connection, made))
		if n := len(r.list(requestlog.Filter{})); n != 1 {
			t.Errorf("%d lines", n)
		}
	})
}

func TestRequestFilters(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		r := newRequestFixture(f, nil)
		second := r.control.connection(r.tenant, "Second")
		jane, sales := mustID(), mustID()
		r.append(
			requestLine(r.connection, made, func(l *requestlog.Line) { l.ResourceID, l.RequestID = jane, "first" }),
			requestLine(r.connection, made.Add(time.Second), func(l *requestlog.Line) {
				l.Kind, l.Status, l.Outcome, l.Code, l.Subject = requestlog.KindUserCreate, 409, requestlog.Refused, requestlog.CodeUsernameTaken, "bob_100%"
			}),
			requestLine(second, made.Add(2*time.Second), func(l *requestlog.Line) {
				l.Kind, l.ResourceType, l.ResourceID, l.Subject = requestlog.KindGroupMembers, "Group", sales, "Sales"
			}),
			requestLine(second, made.Add(3*time.Second), func(l *requestlog.Line) { l.Kind, l.Status, l.Outcome = requestlog.KindBulk, 200, requestlog.Failed }),
			requestLine(second, made.Add(4*time.Second), func(l *requestlog.Line) {
				l.Kind, l.Status, l.Outcome = requestlog.KindUserRead, 500, requestlog.Failed
			}),
		)
		for name, tc := range map[string]struct {
			f    requestlog.Filter
			want string
		}{
			"all":                   {requestlog.Filter{}, "43210"},
			"connection":            {requestlog.Filter{Connection: r.connection.ID}, "10"},
			"status":                {requestlog.Filter{Status: 409}, "1"},
			"class":                 {requestlog.Filter{Class: 2}, "320"},
			"class 4":               {requestlog.Filter{Class: 4}, "1"},
			"outcome":               {requestlog.Filter{Outcome: requestlog.Failed}, "43"},
			"done":                  {requestlog.Filter{Outcome: requestlog.Done}, "20"},
			"kind":                  {requestlog.Filter{Kind: "user.create"}, "1"},
			"kind of users":         {requestlog.Filter{Kind: "user"}, "410"},
			"kind of one word":      {requestlog.Filter{Kind: "bulk"}, "3"},
			"no kind":               {requestlog.Filter{Kind: "use"}, ""},
			"person by name":        {requestlog.Filter{Person: "JANE@acme.com", Connection: r.connection.ID}, "0"},
			"person by id":          {requestlog.Filter{Person: jane}, "0"},
			"group by name":         {requestlog.Filter{Group: "sales"}, "2"},
			"group is no person":    {requestlog.Filter{Person: "sales"}, ""},
			"resource":              {requestlog.Filter{Resource: sales}, "2"},
			"beginning":             {requestlog.Filter{Prefix: "BOB_1"}, "1"},
			"nothing is a wildcard": {requestlog.Filter{Prefix: "bob%"}, ""},
			"request id":            {requestlog.Filter{RequestID: "first"}, "0"},
			"since":                 {requestlog.Filter{Since: made.Add(3 * time.Second)}, "43"},
			"until":                 {requestlog.Filter{Until: made.Add(time.Second)}, "0"},
			"several":               {requestlog.Filter{Kind: "user", Outcome: requestlog.Refused, Connection: r.connection.ID, Since: made}, "1"},
		} {
			var got strings.Builder
			for _, e := range r.list(tc.f) {
				fmt.Fprint(&got, int(e.At.Sub(made)/time.Second))
			}
			if got.String() != tc.want {
				t.Errorf("%s: %q, want %q", name, got.String(), tc.want)
			}
		}
	})
}

func TestRequestPages(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		r := newRequestFixture(f, nil)
		const n = 230 // more than two pages of an export
		var lines []requestlog.Line
		for i := range n {
			lines = append(lines, requestLine(r.connection, made.Add(time.Duration(i)*time.Millisecond)))
		}
		r.append(lines...)
		log := requestlog.NewLog(r.log)
		var back []tenants.RequestID
		for before := (tenants.RequestID{}); ; {
			page, err := log.List(r.ctx, r.tenant.ID, requestlog.Filter{}, before, 50)
			r.must(err)
			for _, e := range page {
				back = append(back, e.ID)
			}
			if len(page) < 50 {
				break
			}
			before = page[len(page)-1].ID
		}
		var forth []tenants.RequestID
		r.must(log.Each(r.ctx, r.tenant.ID, requestlog.Filter{Connection: r.connection.ID}, func(e *requestlog.Entry) error {
			if e.RequestBody == "" {
				t.Fatal("no body in the export")
			}
			forth = append(forth, e.ID)
			return nil
		}))
		slices.Reverse(back)
		if len(back) != n || !slices.Equal(back, forth) {
			t.Errorf("%d backwards, %d forwards, want %d", len(back), len(forth), n)
		}
	})
}
