package bench

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// config is a small run.
func (d *double) config(ops ...Op) Config {
	return Config{
		Targets: []Target{{[]string{d.url}, "t"}}, Ops: ops, Connections: 4, Requests: 100, Timeout: time.Minute,
		Users: []int{50}, GroupSizes: []int{10}, Groups: 1, PageSize: 10, Batch: 5, Depth: 50,
	}
}

func measured(t *testing.T, c Config) *Report {
	t.Helper()
	r, err := Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK() {
		t.Fatalf("stopped %q, %d problems: %v", r.Stopped, r.ProblemCount, r.Problems)
	}
	return r
}

// TestRunMeasuresEverything: each operation sends the requests that it should,
// the answers of all are counted, and the figures fit each other.
func TestRunMeasuresEverything(t *testing.T) {
	t.Parallel()
	d := serveDouble(t, nil)
	r := measured(t, d.config())
	var ops []Op
	for _, each := range r.Results {
		ops = append(ops, each.Op)
		mix := each.Op == OpEntraDay || each.Op == OpOktaDay
		if each.Requests < 100 || each.Requests > 100 && !mix && each.Op != OpMember && each.Op != OpBatch || each.Requests > 140 {
			t.Errorf("%s: %d requests, want 100", each.Op, each.Requests)
		}
		if each.RPS <= 0 || each.P50 <= 0 || each.P50 > each.P95 || each.P95 > each.P99 || each.P99 > each.Max || each.SentBytes == 0 {
			t.Errorf("%s: %+v", each.Op, each)
		}
		sum, answered := uint64(0), 0
		for _, s := range each.Steps {
			sum += s.Requests
		}
		for _, n := range each.Statuses {
			answered += n
		}
		if sum != each.Requests || uint64(answered) != each.Requests || mix != (len(each.Steps) > 2) {
			t.Errorf("%s: %d requests, %d in %d steps, %d with a status", each.Op, each.Requests, sum, len(each.Steps), answered)
		}
	}
	if !slices.Equal(ops, Ops()) {
		t.Errorf("measured %v", ops)
	}
	if want := (Leftovers{r.Fills[0].Made + created(r), 1}); r.LeftBehind != want || d.counts("t") != fmt.Sprintf("%d users, 1 groups", want.Users) {
		t.Errorf("left behind %v, want %v; the server holds %s", r.LeftBehind, want, d.counts("t"))
	}
	if !r.Bulk || r.Fills[0].Made != 50 || d.requests["POST /Bulk"] != 1 {
		t.Errorf("filled %+v with %d bulk requests", r.Fills, d.requests["POST /Bulk"])
	}
}

// created is how many people a run made while it measured.
func created(r *Report) (n int) {
	for _, each := range r.Results {
		for _, s := range each.Steps {
			if s.Step == "create" {
				n += int(s.Requests)
			}
		}
	}
	return n
}

// TestRunSendsWhatProvidersSend: the mixes hold every kind of conversation.
func TestRunSendsWhatProvidersSend(t *testing.T) {
	t.Parallel()
	c := serveDouble(t, nil).config(OpEntraDay, OpOktaDay)
	c.Requests = 400
	r := measured(t, c)
	for i, want := range []string{
		"create member-add member-remove find find-nobody update activate group-read",
		"create find find-nobody read replace activate group-rename member-change list",
	} {
		var got []string
		for _, s := range r.Results[i].Steps {
			got = append(got, s.Step)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s sends %v", r.Results[i].Op, got)
		}
	}
}

// TestRunGrows repeats people's operations at each directory size and groups' at
// each group size.
func TestRunGrows(t *testing.T) {
	t.Parallel()
	d := serveDouble(t, nil)
	c := d.config(OpPageDeep, OpCreate, OpGroup, OpMember)
	c.Users, c.GroupSizes, c.Groups, c.Requests = []int{20, 200, 210}, []int{10, 300}, 2, 30
	var got []string
	for _, each := range measured(t, c).Results {
		got = append(got, fmt.Sprintf("%s %d/%d", each.Op, each.Users, each.GroupSize))
	}
	// create makes 30 more; 230 are enough for groups of 10, but not for 300 and 20 to spare
	want := []string{"page-deep 20/0", "create 20/0", "page-deep 200/0", "create 200/0", "page-deep 230/0", "create 230/0",
		"member 260/10", "group 260/10", "member 320/300", "group 320/300"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("measured\n%q, want\n%q", got, want)
	}
	if d.counts("t") != "320 users, 4 groups" {
		t.Errorf("the server holds %s", d.counts("t"))
	}
}

// TestRunSpreadsOverTargets: people are spread evenly, also where they are made one
// by one, and replicas share one directory.
func TestRunSpreadsOverTargets(t *testing.T) {
	t.Parallel()
	d := serveDouble(t, func(d *double) { d.bulk = 0 })
	c := d.config(OpGet, OpPage, OpCursorDeep, OpPatch)
	c.Targets = []Target{{[]string{d.url, d.url + "/"}, "a"}, {[]string{d.url}, "b"}, {[]string{d.url}, "c"}}
	r := measured(t, c)
	if got := []string{d.counts("a"), d.counts("b"), d.counts("c")}; !slices.Equal(got, []string{"17 users, 0 groups", "17 users, 0 groups", "16 users, 0 groups"}) {
		t.Errorf("the directories hold %v", got)
	}
	if r.Bulk || d.requests["POST /Users"] != 50 || len(r.Results) != 4 {
		t.Errorf("%d creates for %+v", d.requests["POST /Users"], r)
	}
}

func TestRunSkipsWhatIsNotOffered(t *testing.T) {
	t.Parallel()
	r := measured(t, serveDouble(t, func(d *double) { d.deaf = true }).config(OpCursor, OpGet))
	if len(r.Results) != 2 || r.Results[1].Skipped != noCursor || r.Results[0].Skipped != "" {
		t.Errorf("%+v", r.Results)
	}
}

// TestRunTakesAway: what was made is gone afterwards, also if the run was
// interrupted, and nothing else is.
func TestRunTakesAway(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	d := serveDouble(t, nil)
	first := measured(t, d.config(OpGet))
	if d.counts("t") != "50 users, 0 groups" || first.LeftBehind.Users != 50 {
		t.Fatalf("the server holds %s", d.counts("t"))
	}
	c := d.config(OpCreate, OpGroup, OpMember)
	c.Cleanup = true
	if r := measured(t, c); r.LeftBehind != (Leftovers{}) || d.counts("t") != "50 users, 0 groups" {
		t.Errorf("left behind %v; the server holds %s", r.LeftBehind, d.counts("t"))
	}
	c.Requests, c.Duration = 0, time.Hour
	c.Progress = &interrupter{when: "Measuring: create", stop: cancel}
	r, err := Run(ctx, c)
	if err != nil || r.Stopped != "it was interrupted" || r.LeftBehind != (Leftovers{}) || d.counts("t") != "50 users, 0 groups" {
		t.Errorf("%v: stopped %q, left behind %v; the server holds %s", err, r.Stopped, r.LeftBehind, d.counts("t"))
	}
}

// interrupter ends a run when a stage begins, and holds Progress to its word.
type interrupter struct {
	silent
	when string
	stop func()
	once sync.Once
}

func (i *interrupter) Begin(stage string, _ int) {
	if strings.HasPrefix(stage, i.when) {
		i.once.Do(i.stop)
	}
}

// TestRunCountsWarmUpApart: warming up is no measurement, but its answers are
// checked too.
func TestRunCountsWarmUpApart(t *testing.T) {
	t.Parallel()
	d := serveDouble(t, nil)
	c := d.config(OpGet)
	c.Warmup = 30 * time.Millisecond
	r := measured(t, c)
	d.mu.Lock()
	defer d.mu.Unlock()
	if asked := d.requests["GET /Users"]; r.Results[0].Requests != 100 || asked <= 101 {
		t.Errorf("%d requests were measured of %d", r.Results[0].Requests, asked)
	}
}
