package storage

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// TestRequestsArePruned: each tenant's as long as it says, in bounded steps, and
// what they add up to much later.
func TestRequestsArePruned(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		r := newRequestFixture(f, counting{})
		long := r.control.tenant()
		r.must(r.changeTenant(long.ID, func(t *tenants.Tenant) {
			t.RequestLog = tenants.RequestLog{Bodies: tenants.BodiesNone, RetentionDays: 400}
		}))
		kept := r.control.connection(long, "Okta")
		var old []requestlog.Line
		for i := range rowsPerStep + 5 {
			old = append(old, requestLine(r.connection, made.Add(time.Duration(i)*time.Millisecond)))
		}
		r.append(old...)
		r.append(requestLine(r.connection, made.Add(40*24*time.Hour)), requestLine(kept, made))
		at := made.Add(41 * 24 * time.Hour)
		steps := 0
		for more := true; more; steps++ {
			var err error
			more, err = r.parts.Prune(r.ctx, at)
			r.must(err)
			if steps > 10 {
				t.Fatal("pruning does not end")
			}
		}
		if steps < 2 {
			t.Errorf("%d steps", steps)
		}
		if got := r.counts(); got != "2 1 3" {
			t.Errorf("requests, cycles, hours: %s", got)
		}
		again, err := r.parts.pruneRequests(r.ctx, at.Add(time.Minute))
		if r.must(err); again {
			t.Error("it begins anew within the hour")
		}
		at = made.Add(402 * 24 * time.Hour)
		for more := true; more; {
			more, err = r.parts.Prune(r.ctx, at)
			r.must(err)
		}
		if got := r.counts(); got != "0 0 1" {
			t.Errorf("requests, cycles, hours after 402 days: %s", got)
		}
	})
}

// counts is how many requests, cycles and hours there are.
func (r *requestFixture) counts() string {
	r.t.Helper()
	return r.rows(`select (select count(*) from requests) || ' ' || (select count(*) from sync_cycles) || ' ' || (select count(*) from request_hours)`)[0]
}

// TestPurgesTakeRequestsAlong: nothing is left of a connection or tenant, nothing
// is missing of others, and nothing comes back.
func TestPurgesTakeRequestsAlong(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		r := newRequestFixture(f, counting{})
		other := r.control.connection(r.tenant, "Stays")
		gone := r.control.tenant()
		theirs := r.control.connection(gone, "Theirs")
		r.append(requestLine(r.connection, made), requestLine(other, made), requestLine(theirs, made))
		r.delete(r.connection, tenants.KeepPeople)
		r.append(requestLine(r.connection, made.Add(time.Second))) // deleted, but not gone: its requests are still of interest
		if n := len(r.list(requestlog.Filter{Connection: r.connection.ID})); n != 2 {
			t.Fatalf("%d lines of a deleted connection", n)
		}
		r.must(r.changeTenant(gone.ID, func(t *tenants.Tenant) { t.DeletedAt = made }))
		r.must(r.maintenance.Once(r.ctx, afterGrace))
		r.append(requestLine(r.connection, afterGrace), requestLine(theirs, afterGrace))
		for _, table := range []string{"requests", "connection_states", "sync_cycles", "request_hours"} {
			left := r.rows(`select cast(connection_id as text) from ` + table)
			for _, id := range left {
				if !strings.Contains(id, other.ID.UUID()) {
					t.Errorf("%s has a row of %s", table, id)
				}
			}
			if table != "requests" && len(left) != 1 {
				t.Errorf("%s: %d rows", table, len(left))
			}
		}
		places, err := r.log.Places(r.ctx, []tenants.ConnectionID{r.connection.ID, other.ID, theirs.ID, tenants.NewConnectionID()})
		r.must(err)
		if len(places) != 1 || places[0].ConnectionID != other.ID || places[0].TenantID != r.tenant.ID || places[0].Bodies != tenants.BodiesRedacted {
			t.Errorf("places %+v", places)
		}
	})
}

// TestRestoredMeanwhile: a purge that comes too late takes nothing along.
func TestRestoredMeanwhile(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		r := newRequestFixture(f, counting{})
		r.append(requestLine(r.connection, made))
		for name, purge := range map[string]func() (bool, error){
			"connection": func() (bool, error) {
				return r.parts.PurgeConnection(r.ctx, tenants.ConnectionPurge{TenantID: r.tenant.ID, ConnectionID: r.connection.ID, DeletedBy: afterGrace})
			},
			"tenant": func() (bool, error) {
				return r.parts.PurgeTenant(r.ctx, tenants.TenantPurge{TenantID: r.tenant.ID, DeletedBy: afterGrace})
			},
		} {
			if done, err := purge(); !done || err != nil {
				t.Errorf("%s: done %v, %v", name, done, err)
			}
			if got := r.counts(); got != "1 1 1" {
				t.Errorf("%s: requests, cycles, hours: %s", name, got)
			}
		}
	})
}

// TestRequestPlans: no list sorts, and each filter that picks few enters an index
// by it.
func TestRequestPlans(t *testing.T) {
	t.Parallel()
	f := fixtureOn(t, openFile(t, filepath.Join(t.TempDir(), "roster.db"), Options{Readers: 1}))
	r := newRequestFixture(f, nil)
	connection := r.connection.ID
	id := mustID()
	for name, tc := range map[string]struct {
		f    requestlog.Filter
		plan string
	}{
		"connection":   {requestlog.Filter{Connection: connection}, `\(tenant_id=\? AND connection_id=\?`},
		"tenant":       {requestlog.Filter{}, `requests_tenant \(tenant_id=\?`},
		"since":        {requestlog.Filter{Since: made}, `requests_tenant \(tenant_id=\? AND id>`},
		"refused":      {requestlog.Filter{Connection: connection, Outcome: requestlog.Refused}, `requests_refused`},
		"status":       {requestlog.Filter{Connection: connection, Status: 409}, `requests_refused`},
		"kind":         {requestlog.Filter{Connection: connection, Kind: "user.create"}, `requests_kind \(tenant_id=\? AND connection_id=\? AND kind=\?`},
		"person":       {requestlog.Filter{Person: "jane@acme.com"}, `requests_subject \(tenant_id=\? AND subject_key=\?`},
		"person by id": {requestlog.Filter{Person: id, Connection: connection}, `requests_resource \(tenant_id=\? AND resource_id=\?`},
		"group":        {requestlog.Filter{Group: "Sales", Connection: connection}, `requests_subject \(tenant_id=\? AND subject_key=\?`},
		"beginning":    {requestlog.Filter{Prefix: "jane"}, `requests_(subject|tenant) \(tenant_id=\?`},
		"resource":     {requestlog.Filter{Resource: id}, `requests_resource \(tenant_id=\? AND resource_id=\?`},
		"request id":   {requestlog.Filter{RequestID: "x", Connection: connection}, `requests_request \(tenant_id=\? AND request_id=\?`},
	} {
		p := &params{[]any{r.tenant.ID}}
		query := selectRequests(false) + requestFilter(p, &tc.f) + " order by r.id desc limit " + p.number(50)
		args := make([]any, strings.Count(query, "$"))
		for i := range args {
			args[i] = "0"
		}
		steps := f.rows(`explain query plan `+query, args...)
		found := false
		for _, step := range steps {
			found = found || regexp.MustCompile(`SEARCH r .*`+tc.plan).MatchString(step)
			sorts := strings.Contains(step, "TEMP B-TREE") && name != "request id" && name != "beginning"
			if strings.Contains(step, "SCAN") || sorts {
				t.Errorf("%s: %s", name, step)
			}
		}
		if !found {
			t.Errorf("%s: %s", name, strings.Join(steps, "\n"))
		}
	}
}
