package bench

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// hurried carries out a run that notes how long it would have waited, and does not.
func hurried(t *testing.T, c Config) (*Report, []time.Duration) {
	t.Helper()
	b, err := newBench(c)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var waits []time.Duration
	b.wait = func(_ context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		waits = append(waits, d)
		return nil
	}
	r, err := b.carryOut(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r, waits
}

// TestSettling leaves the server alone once, after each filling.
func TestSettling(t *testing.T) {
	t.Parallel()
	c := serveDouble(t, nil).config(OpGet, OpGroup)
	r, waits := hurried(t, c)
	if len(waits) != 0 || r.Stopped != "" {
		t.Errorf("waited %v unasked; %q", waits, r.Stopped)
	}
	c.Settle = time.Minute
	r, waits = hurried(t, c)
	if want := len(c.Users) + len(c.GroupSizes); len(waits) != want || slices.ContainsFunc(waits, func(d time.Duration) bool { return d != time.Minute }) || r.Stopped != "" {
		t.Errorf("waited %v, want a minute %d times; %q", waits, want, r.Stopped)
	}
}

// TestFillingSendsAgain what the server has no time for, less at a time. Everybody
// is made once, and known by the right id.
func TestFillingSendsAgain(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	// first refuses so many times what is asked for
	first := func(n, status int, request string) func(*double) func(string, string) int {
		return func(*double) func(string, string) int {
			return func(method, path string) int {
				if method+" "+path != request {
					return 0
				}
				if n--; n < 0 {
					return 0
				}
				return status
			}
		}
	}
	// timeFor does so many operations of each Bulk request
	timeFor := func(n, status int) func(*double) func(string, string) int {
		return func(d *double) func(string, string) int {
			request, done := 0, 0
			return func(_, path string) int {
				if path != "/Bulk/Users" {
					return 0
				}
				if len(d.sizes) > request {
					request, done = len(d.sizes), 0
				}
				if done++; done > n {
					return status
				}
				return 0
			}
		}
	}
	everyOther := func(*double) func(string, string) int {
		n := 0
		return func(_, path string) int {
			if path == "/Bulk" {
				n++
			}
			if path != "/Bulk" || n%2 == 0 {
				return 0
			}
			return 503
		}
	}
	for name, test := range map[string]struct {
		bulk  int
		after string
		busy  func(*double) func(method, path string) int
		sizes []int // of the Bulk requests; nil: not looked at
		waits []time.Duration
	}{
		"operations":       {50, "", timeFor(20, 503), []int{50, 25, 10}, nil},
		"operations, rate": {50, "", timeFor(20, 429), []int{50, 25, 10}, nil},
		"one each time":    {50, "", timeFor(1, 503), nil, nil},
		"as asked":         {50, "3", first(2, 503, "POST /Bulk"), []int{50, 25, 12, 15, 18, 5}, []time.Duration{3000 * ms, 3000 * ms}},
		"never below ten":  {50, "", first(4, 429, "POST /Bulk"), []int{50, 25, 12, 10, 10, 12, 15, 13}, []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms}},
		"in between":       {50, "", everyOther, []int{50, 25, 25, 12, 13, 10, 3, 3}, slices.Repeat([]time.Duration{100 * ms}, 4)},
		"small at most":    {4, "", first(1, 503, "POST /Bulk"), nil, []time.Duration{100 * ms}},
		"seven times":      {50, "", first(7, 503, "POST /Bulk"), nil, []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, 1600 * ms, 3200 * ms, 6400 * ms}},
		"one by one":       {0, "60", first(5, 429, "POST /Users"), []int{}, slices.Repeat([]time.Duration{longestWait}, 5)},
		"a group":          {50, "Fri, 01 Jan 2100 00:00:00 GMT", first(1, 503, "POST /Groups"), nil, []time.Duration{100 * ms}},
		"its members":      {50, "1", first(3, 503, "PATCH /Groups/id-51"), nil, slices.Repeat([]time.Duration{time.Second}, 3)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := serveDouble(t, func(d *double) { d.bulk, d.retryAfter = test.bulk, test.after })
			d.busy = test.busy(d)
			c := d.config(OpFilter, OpGroup)
			c.GroupSizes = []int{30}
			c.Cleanup = true
			r, waits := hurried(t, c)
			if !r.OK() || r.Fills[0].Made != 50 || r.LeftBehind != (Leftovers{}) || d.counts("t") != "0 users, 0 groups" {
				t.Errorf("made %d, stopped %q, problems %v; the server holds %s", r.Fills[0].Made, r.Stopped, r.Problems, d.counts("t"))
			}
			if !slices.Equal(waits, test.waits) || test.sizes != nil && !slices.Equal(d.sizes, test.sizes) {
				t.Errorf("Bulk requests of %v with waits of %v, want %v and %v", d.sizes, waits, test.sizes, test.waits)
			}
			if last := r.Fills[len(r.Fills)-1]; last.What != "members" || last.Made != 30 {
				t.Errorf("filled %+v, want 30 members", r.Fills)
			}
			// 30, 15 and 10 are refused; 10, 12 and 8 are taken
			if n := d.requests["PATCH /Groups"]; name == "its members" && n != 6 {
				t.Errorf("%d requests for the members, want 6", n)
			}
		})
	}
}

// TestFillingGivesUp on a server that never has time.
func TestFillingGivesUp(t *testing.T) {
	t.Parallel()
	for refused, bulk := range map[string]int{
		"POST /Bulk": 50, "POST /Bulk/Users": 50, "POST /Users": 0, "POST /Groups": 50, "PATCH /Groups": 50, "GET /Groups": 50,
	} {
		t.Run(refused, func(t *testing.T) {
			t.Parallel()
			d := serveDouble(t, func(d *double) { d.bulk = bulk })
			d.busy = func(method, path string) int {
				if request := method + " " + path; request == refused || strings.HasPrefix(request, refused+"/id-") {
					return 503
				}
				return 0
			}
			c := d.config(OpGroup)
			c.Users = []int{20}
			r, waits := hurried(t, c)
			asked := d.requests[strings.TrimSuffix(refused, "/Users")]
			if refused == "POST /Users" {
				asked = d.requests[refused]
			}
			if !strings.HasPrefix(r.Stopped, "filling failed: ") || !strings.HasSuffix(r.Stopped, "the server has no time (status 503), and had none in 8 tries") {
				t.Errorf("stopped %q", r.Stopped)
			}
			if asked != mostTries || len(waits) != mostTries-1 || r.ProblemCount != 1 || len(r.Results) != 0 {
				t.Errorf("%d requests, %d waits, problems %v", asked, len(waits), r.Problems)
			}
		})
	}
}

// TestFillingKeepsWhoWasMade although another operation of the same answer fails.
func TestFillingKeepsWhoWasMade(t *testing.T) {
	t.Parallel()
	d := serveDouble(t, nil)
	n := 0
	d.busy = func(_, path string) int {
		if path != "/Bulk/Users" {
			return 0
		}
		n++
		return map[int]int{10: 503, 20: 400}[n]
	}
	r, waits := hurried(t, d.config(OpGet))
	if !strings.Contains(r.Stopped, `operation "20" answers status 400`) || r.LeftBehind.Users != 48 || r.Fills[0].Made != 48 || len(waits) != 0 {
		t.Errorf("stopped %q, made %d, left behind %v, %d waits", r.Stopped, r.Fills[0].Made, r.LeftBehind, len(waits))
	}
}

// TestFillingIsInterrupted while it waits for a server that has no time.
func TestFillingIsInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	d := serveDouble(t, func(d *double) { d.retryAfter = "10" })
	d.busy = func(_, path string) int {
		if path != "/Bulk" {
			return 0
		}
		cancel()
		return 503
	}
	r, err := Run(ctx, d.config(OpGet))
	if err != nil || r.Stopped != "it was interrupted" || r.ProblemCount != 0 || d.requests["POST /Bulk"] != 1 {
		t.Errorf("%v, stopped %q, problems %v, %d requests", err, r.Stopped, r.Problems, d.requests["POST /Bulk"])
	}
}
