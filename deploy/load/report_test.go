package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/scim/scimtest/bench"
)

// reached is an operation that a round measured.
func reached(op bench.Op, rps float64) *benchResult {
	result := bench.Result{Op: op, ClientCPU: 10, Figures: bench.Figures{RPS: rps, P50: 100, P99: 2000}}
	return &benchResult{Result: result, cpu: map[part]float64{partServer: rps / 10}}
}

func TestRatioIsTheMedianOfTheRounds(t *testing.T) {
	t.Parallel()
	var s series
	for _, round := range [][2]float64{{300, 1000}, {100, 1000}, {800, 2000}} {
		s.add(reached(bench.OpGet, round[0]), round[1])
	}
	r := s.against(s.row("sqlite", "get by id", 8), "bare gin", atLeast(0.3))
	if r.Figure != 300 || r.Limit != 1000 || r.Ratio != 0.3 || r.Low != 0.1 || r.High != 0.4 || r.CPU[partServer] != 30 {
		t.Errorf("%+v", r)
	}
	if r.Met == nil || !*r.Met {
		t.Error("0.30 does not meet a target of 0.30")
	}
	want := "| get by id | 8 | 300 /s | 100 µs / 2 ms | bare gin 1,000 /s | 0.30 (0.10–0.40) | ≥ 0.30 ✓ | server 30, load 10 |"
	if got := r.markdown(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestGoals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		row  row
		want bool
	}{
		"least":                {row{Ratio: 0.29, Goal: atLeast(0.3)}, false},
		"most":                 {row{Ratio: 1.3, Goal: atMost(1.3)}, true},
		"above the most":       {row{Ratio: 1.31, Goal: atMost(1.3)}, false},
		"figure":               {row{Figure: 59, Goal: below(60)}, true},
		"figure above":         {row{Figure: 61, Ratio: 1, Goal: below(60)}, false},
		"wrong answers":        {row{Ratio: 0.5, Goal: atLeast(0.3), Errors: 1}, false},
		"nothing was measured": {row{Goal: atMost(1.3)}, false},
	} {
		if c.row.judge(); c.row.Met == nil || *c.row.Met != c.want {
			t.Errorf("%s: %v", name, c.row.Met)
		}
		if missed := strings.Contains(c.row.markdown(), "missed"); missed == c.want {
			t.Errorf("%s: %s", name, c.row.markdown())
		}
	}
	r := row{Figure: 1}
	if r.judge(); r.Met != nil {
		t.Error("a row without a target has met one")
	}
}

func TestBackendTable(t *testing.T) {
	t.Parallel()
	run := func(rps map[bench.Op]float64) *benchReport {
		b := &benchReport{}
		for _, op := range bench.Ops() {
			b.Results = append(b.Results, *reached(op, rps[op]))
		}
		return b
	}
	taken := []map[limit]float64{{limitGet: 900, limitCommits: 100}, {limitGet: 1100, limitCommits: 300}}
	rows := table(onSQLite, 8, []round{{
		one: run(map[bench.Op]float64{bench.OpGet: 500}), many: run(map[bench.Op]float64{bench.OpPatch: 45, bench.OpCreate: 50}),
		wide: run(map[bench.Op]float64{bench.OpCreate: 240}),
	}}, taken)
	found := map[string]row{}
	for _, r := range rows {
		found[r.Work+", "+r.Against] = r
		if r.Against == string(limitInserts) {
			t.Errorf("SQLite is held against PostgreSQL: %s", r.markdown())
		}
	}
	if r := found["get by id, "+string(limitGet)]; r.Ratio != 0.5 || r.Limit != 1000 || r.Goal == nil {
		t.Errorf("get is held against the mean of the limits before and after: %+v", r)
	}
	if r := found["PATCH active, many tenants, create"]; r.Ratio != 0.9 || r.Limit != 50 {
		t.Errorf("PATCH is held against create of the same round: %+v", r)
	}
	wide := 0
	for _, r := range rows {
		if r.Connections == 16 {
			wide++
			if r.Figure != 240 || r.Ratio != 1.2 || r.Met == nil || !*r.Met {
				t.Errorf("%+v", r)
			}
		}
	}
	if wide != 1 {
		t.Errorf("%d lines with twice the connections", wide)
	}
	limits := limitRows(onSQLite, 8, taken)
	if len(limits) != 2 || limits[0].Note != "100–300" || limits[0].Connections != 1 {
		t.Errorf("%+v", limits)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	r := report{
		Machine: machine{CPU: "Abacus", Cores: 2, Memory: 8e9, Kernel: "6.1", Go: "go1.26", Servers: "SQLite 3"},
		Command: "load", Began: time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC), Seconds: 61, Notes: []string{"A note."},
		Rows: []row{{Section: "sqlite", Work: "a", Figure: 1234567, Unit: perSecond}, {Section: "sqlite", Work: "b", Unit: megabytes, Errors: 2},
			{Section: "scimmy", Work: "c", Figure: 1500, Unit: micros, Note: "skipped"}},
	}
	var b strings.Builder
	r.markdown(&b)
	for _, want := range []string{
		"`load` on 2 cores (Abacus), 8 GB of memory, Linux 6.1, go1.26, SQLite 3, 2026-11-22 21:00 UTC in 1m1s.\n", "\nA note.\n",
		"\n### SQLite\n\n| work |", "| a |  | 1,230,000 /s |", "| b **2 wrong answers** |", "\n### scimmy-routers from npm\n", "| c (skipped) |  | 1.5 ms |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	if n := strings.Count(b.String(), "### "); n != 2 {
		t.Errorf("%d headings", n)
	}
	path := filepath.Join(t.TempDir(), "load.json")
	if err := r.save(path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var again report
	if err := json.Unmarshal(text, &again); err != nil || len(again.Rows) != 3 || again.Machine != r.Machine {
		t.Errorf("%+v, %v", again, err)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{0: "0", 1234567: "1,230,000", 999.6: "1,000", 12345: "12,300", 0.12345: "0.123", 99.95: "100", 5: "5", 1000: "1,000"} {
		if got := number(v); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
	if m := median([]float64{4, 1, 3, 2}); m != 2.5 {
		t.Errorf("median %v", m)
	}
	if m := median(nil); m != 0 {
		t.Errorf("median of nothing %v", m)
	}
}
