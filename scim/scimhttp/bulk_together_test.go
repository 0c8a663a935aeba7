package scimhttp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/scim/scimhttp"
)

// numberedUsers creates n users, each of whom refers to the one 150 before.
func numberedUsers(n int) []string {
	operations := make([]string, n)
	for i := range operations {
		extra := ""
		if i >= 150 {
			extra = fmt.Sprintf(`,"%s":{"manager":{"value":"bulkId:u%d"}}`, enterprise, i-150)
		}
		operations[i] = fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":"u%d","data":{"userName":"u%d"%s}}`, i, i, extra)
	}
	return operations
}

func TestBulkFailOnErrors(t *testing.T) {
	t.Parallel()
	const (
		good = `{"method":"POST","path":"/Users","bulkId":"u%d","data":{"userName":"u%d"}}`
		bad  = `{"method":"DELETE","path":"/Users/nobody"}`
	)
	for _, tc := range []struct {
		limit   string
		results int // of: good bad good bad good bad good
		users   float64
	}{
		{"", 7, 4}, {`"failOnErrors":null,`, 7, 4}, {`"failOnErrors":1,`, 2, 1}, {`"failOnErrors":2,`, 4, 2},
		{`"failOnErrors":3,`, 6, 3}, {`"failOnErrors":4,`, 7, 4}, {`"FAILONERRORS":1,`, 2, 1}, {`"failOnErrors":1000000000000,`, 7, 4},
	} {
		b := newBench(t)
		operations := make([]string, 7)
		for i := range operations {
			operations[i] = bad
			if i%2 == 0 {
				operations[i] = fmt.Sprintf(good, i, i)
			}
		}
		got := b.bulkRequest(t, tc.limit, operations...)
		if users := b.want(t, 200, "GET", "/Users", "")["totalResults"]; len(got) != tc.results || users != tc.users {
			t.Errorf("%s %d results and %v users, want %d and %v", tc.limit, len(got), users, tc.results, tc.users)
		}
	}
}

func TestBulkScopes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.want(t, 201, "POST", "/Users", `{"userName":"jo"}`)["id"].(string)
	team := b.want(t, 201, "POST", "/Groups", `{"displayName":"Team"}`)["id"].(string)
	operations := []struct{ scope, operation string }{
		{"users:create", `{"method":"POST","path":"/Users","bulkId":"u","data":{"userName":"new"}}`},
		{"users:update", `{"method":"PUT","path":"/Users/` + id + `","data":{"userName":"jo","title":"x"}}`},
		{"groups:create", `{"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"New"}}`},
		{"groups:update", `{"method":"PATCH","path":"/Groups/` + team + `","data":{"Operations":[{"op":"add","path":"members","value":["` + id + `"]}]}}`},
		{"groups:delete", `{"method":"DELETE","path":"/Groups/` + team + `"}`},
		{"users:delete", `{"method":"DELETE","path":"/Users/` + id + `"}`},
	}
	all := make([]string, len(operations))
	for i, o := range operations {
		all[i] = o.operation
		b.denied[scopeOf(o.scope)] = true
	}
	for i, o := range b.bulk(t, all...) {
		if o.Status != "403" || !strings.Contains(o.Response.Detail, operations[i].scope) {
			t.Errorf("without %s: %+v", operations[i].scope, o)
		}
	}
	b.denied[scopeOf("users:deactivate")] = true
	for _, o := range b.bulk(t, `{"method":"PUT","path":"/Users/nobody","data":{"userName":"x"}}`,
		`{"method":"PATCH","path":"/Users/nobody","data":`+patchTitle+`}`, `{"method":"DELETE","path":"/Users/nobody"}`) {
		if o.Status != "403" {
			t.Errorf("who may not write learns who exists: %+v", o)
		}
	}
	clear(b.denied)
	b.denied[scopeOf("groups:delete")] = true
	for i, o := range b.bulk(t, all...) {
		if refused := operations[i].scope == "groups:delete"; refused != (o.Status == "403") || !refused && o.Status >= "300" {
			t.Errorf("with all but groups:delete: %+v", o)
		}
	}
}

// TestBulkIsolation: ids, versions and references of another directory are like
// ones that do not exist.
func TestBulkIsolation(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	mine := b.admission.Directory
	for name, other := range map[string]scim.Directory{
		"connection": {TenantID: mine.TenantID, ConnectionID: uuid.NewString()},
		"tenant":     {TenantID: uuid.NewString(), ConnectionID: uuid.NewString()},
	} {
		b.admission.Directory = other
		theirs := b.bulk(t, `{"method":"POST","path":"/Users","bulkId":"x","data":{"userName":"theirs"}}`,
			`{"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"Theirs"}}`)
		before := b.do("GET", "/Users", "").Body.String() + b.do("GET", "/Groups", "").Body.String()
		b.admission.Directory = mine
		probe := func(user, group string) string {
			team := b.want(t, 201, "POST", "/Groups", `{"displayName":"Team"}`)["id"].(string)
			got := b.bulk(t,
				`{"method":"PUT","path":"/Users/`+user+`","data":{"userName":"taken over"}}`,
				`{"method":"PATCH","path":"/Users/`+user+`","version":"W/\"1\"","data":`+patchTitle+`}`,
				`{"method":"DELETE","path":"/Groups/`+group+`","version":"*"}`,
				`{"method":"POST","path":"/Groups","bulkId":"g1","data":{"displayName":"G","members":[{"value":"`+user+`"}]}}`,
				`{"method":"PATCH","path":"/Groups/`+team+`","data":{"Operations":[{"op":"add","path":"members","value":["`+group+`"]}]}}`,
				`{"method":"PATCH","path":"/Groups/`+team+`","data":{"Operations":[{"op":"remove","path":"members[value eq \"`+user+`\"]"}]}}`,
				`{"method":"DELETE","path":"/Users/bulkId:x"}`)
			text := strings.NewReplacer(user, "USER", group, "GROUP", team, "TEAM").Replace(fmt.Sprint(got))
			b.want(t, 204, "DELETE", "/Groups/"+team, "")
			return text
		}
		if foreign, made := probe(theirs[0].id(), theirs[1].id()), probe(uuid.NewString(), uuid.NewString()); foreign != made {
			t.Errorf("another %s's ids are answered\n%s\nids of nobody\n%s", name, foreign, made)
		}
		b.admission.Directory = other
		if after := b.do("GET", "/Users", "").Body.String() + b.do("GET", "/Groups", "").Body.String(); after != before {
			t.Errorf("another %s's directory changed:\n%s\n%s", name, before, after)
		}
		b.admission.Directory = mine
	}
}

func TestBulkCharge(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for n, want := range map[int]int64{1: 0, 4: 0, 5: 1, 8: 1, 9: 2, 200: 49} {
		b.charged.Store(0)
		b.bulk(t, strings.Split(strings.Repeat(`{"method":"DELETE","path":"/Users/x"};`, n-1)+`{"method":"DELETE","path":"/Users/x"}`, ";")...)
		if got := b.charged.Load(); got != want {
			t.Errorf("%d operations cost %d requests besides, want %d", n, got, want)
		}
	}
}

// faulty is a store that fails at a chosen moment.
type faulty struct {
	scim.Store
	together *atomic.Int64 // transactions so far, those within others not counted
	commit   int64         // the transaction that cannot be committed
	creates  *atomic.Int64
	stop     int64 // the creation that waits until the request's time is over
}

var errDisk = errors.New("disk full")

func (f faulty) Together(ctx context.Context, dir scim.Directory, fn func(scim.Store) error) error {
	n := f.together.Add(1)
	return f.Store.Together(ctx, dir, func(s scim.Store) error {
		if err := fn(part{s, f}); err != nil || n != f.commit {
			return err
		}
		return errDisk
	})
}

// part is the store inside a transaction of a faulty one.
type part struct {
	scim.Store
	faulty faulty
}

func (p part) Together(ctx context.Context, dir scim.Directory, fn func(scim.Store) error) error {
	return p.Store.Together(ctx, dir, func(s scim.Store) error { return fn(part{s, p.faulty}) })
}

func (p part) Create(ctx context.Context, dir scim.Directory, t *schema.ResourceType, d scim.Draft, o scim.Origin) (*scim.Record, error) {
	if p.faulty.creates.Add(1) == p.faulty.stop {
		<-ctx.Done()
	}
	return p.Store.Create(ctx, dir, t, d, o)
}

func (b *bench) breakStore(commit, stop int64, timeout time.Duration) {
	b.configure(func(c *scimhttp.Config) {
		c.MaxBody, c.Timeout = 1<<20, timeout
		c.Engine = scim.New(faulty{b.store, &atomic.Int64{}, commit, &atomic.Int64{}, stop})
	})
}

// TestBulkCommitFails: what was not committed is not reported as done, and what
// refers to it in a later transaction fails with it.
func TestBulkCommitFails(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.breakStore(2, 0, time.Minute)
	var log bytes.Buffer
	b.configure(func(c *scimhttp.Config) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	got := b.bulk(t, numberedUsers(300)...)
	if len(got) != 300 {
		t.Fatalf("%d results", len(got))
	}
	statuses := b.honest(t, got)
	if statuses["500"] == 0 || statuses["503"] == 0 || statuses["201"]+statuses["500"]+statuses["503"] != 300 {
		t.Errorf("results by status: %v", statuses)
	}
	for _, o := range got {
		if strings.Contains(o.Response.Detail, "disk") {
			t.Fatalf("the cause is shown: %+v", o)
		}
	}
	if lines := strings.Count(log.String(), "\n"); lines != 1 || !strings.Contains(log.String(), "disk full") ||
		!strings.Contains(log.String(), fmt.Sprint("failed=", statuses["500"]+statuses["503"], " of=300")) {
		t.Errorf("the log says %s", log.String())
	}
}

// TestBulkRunsOutOfTime: what there was no time for is reported, and what was
// done before is kept.
func TestBulkRunsOutOfTime(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.breakStore(0, 131, 2*time.Second)
	got := b.bulk(t, numberedUsers(300)...)
	statuses := b.honest(t, got)
	if len(got) != 300 || statuses["201"] == 0 || statuses["503"] < 170 {
		t.Errorf("%d results by status: %v", len(got), statuses)
	}
	if !strings.Contains(got[299].Response.Detail, "no time left") {
		t.Errorf("the last: %+v", got[299])
	}
}

// honest checks that exactly what is reported as created is there, with an event
// for each, and counts the results by status.
func (b *bench) honest(t *testing.T, got []outcome) map[string]int {
	t.Helper()
	statuses := map[string]int{}
	for _, o := range got {
		statuses[o.Status]++
		if o.Status == "201" {
			b.want(t, 200, "GET", "/Users/"+o.id(), "")
		}
	}
	if n := b.want(t, 200, "GET", "/Users?count=0", "")["totalResults"]; n != float64(statuses["201"]) {
		t.Errorf("%v users are there, %d are reported", n, statuses["201"])
	}
	if told := b.events(t); len(told) != statuses["201"] {
		t.Errorf("%d events for %d users", len(told), statuses["201"])
	}
	return statuses
}
