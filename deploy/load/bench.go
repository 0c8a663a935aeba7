package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/roster-scim/roster/scim/scimtest/bench"
)

// job is one run of "roster bench".
type job struct {
	targets     []target
	ops         []bench.Op
	users       int
	groupSize   int // 0: no groups
	connections int
	duration    time.Duration // 0: as the command line says
}

// benchReport is what "roster bench --json" prints of it, and what that cost.
type benchReport struct {
	Results []benchResult
	Fills   []bench.Fill
}

// benchResult is how one operation went, and the processor time that the watched
// processes took meanwhile, in microseconds per request.
type benchResult struct {
	bench.Result
	cpu map[part]float64
}

// window is when the measuring was.
func (b *benchResult) window() (from, to time.Time) {
	from = time.Unix(0, int64(b.StartedAt*float64(time.Second)))
	return from, from.Add(time.Duration(b.Seconds * float64(time.Second)))
}

// step is the latency, in microseconds, of one kind of request of an operation that has several.
func (b *benchResult) step(name string) (p50, p99 float64) {
	for _, s := range b.Steps {
		if s.Step == name {
			return s.P50, s.P99
		}
	}
	return 0, 0
}

// of is the result of an operation; skipped ones have no figures.
func (b *benchReport) of(op bench.Op) *benchResult {
	for i := range b.Results {
		if b.Results[i].Op == op {
			return &b.Results[i]
		}
	}
	return &benchResult{Result: bench.Result{Op: op, Skipped: "not measured"}}
}

// settle is how long a server is left alone after it was filled: the log of what
// filled it, and the database's own work behind that, are not what is measured.
const settle = 2 * time.Second

// bench puts a server under load and tells, for each operation, what processor
// time the watched processes took meanwhile.
func (r *runner) bench(ctx context.Context, j job, trees map[part][]int) (*benchReport, error) {
	args := []string{"bench", "--json", "--targets", "-", "--ops", joined(j.ops),
		"--connections", strconv.Itoa(j.connections), "--users", strconv.Itoa(j.users), "--warmup", r.warmup.String(), "--settle", settle.String(),
		"--duration", orElse(j.duration, r.duration).String()}
	if j.groupSize > 0 {
		args = append(args, "--group-sizes", strconv.Itoa(j.groupSize))
	}
	ctx, step := r.step(ctx, "roster bench with "+strconv.Itoa(max(j.users, j.groupSize))+" users", r.atMost(j))
	defer step.end()
	cmd := exec.CommandContext(ctx, r.roster, args...) //nolint:gosec // what measures
	cmd.WaitDelay = stopTime
	cmd.Stdin = strings.NewReader(targetFile(j.targets))
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	w := startWatch(r.proc, trees)
	err := cmd.Run()
	w.end()
	if late := step.late(); late != nil {
		return nil, late
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 1) {
		return nil, fmt.Errorf("roster bench: %w: %s%s", err, out.Bytes(), problems.Bytes())
	}
	var found bench.Report
	if err := json.Unmarshal(out.Bytes(), &found); err != nil {
		return nil, fmt.Errorf("roster bench: %w: %s%s", err, out.Bytes(), problems.Bytes())
	}
	if found.Stopped != "" {
		return nil, fmt.Errorf("roster bench stopped: %s; %s", found.Stopped, complaint(&found))
	}
	if found.ProblemCount > 0 {
		r.say("  %d wrong answers: %s", found.ProblemCount, complaint(&found))
	}
	return attributed(&found, w), nil
}

// atMost is how long a job may take: many times what it takes on a machine that
// has nothing else to do.
func (r *runner) atMost(j job) time.Duration {
	const slow = 200 // are made in a second
	filling := (j.users + 2*j.groupSize) / slow
	measuring := len(j.ops) * int((r.warmup+settle+orElse(j.duration, r.duration))/time.Second)
	return 5*time.Minute + time.Duration(filling+3*measuring)*time.Second
}

func joined(ops []bench.Op) string {
	names := make([]string, len(ops))
	for i, op := range ops {
		names[i] = string(op)
	}
	return strings.Join(names, ",")
}

// attributed tells what processor time each operation took.
func attributed(found *bench.Report, w *watch) *benchReport {
	report := &benchReport{Fills: found.Fills}
	for _, each := range found.Results {
		result := benchResult{Result: each}
		result.attribute(w)
		report.Results = append(report.Results, result)
	}
	return report
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// targetFile is how the command is told of directories.
func targetFile(targets []target) string {
	var b strings.Builder
	for _, t := range targets {
		fmt.Fprintf(&b, "%s %s\n", strings.Join(t.urls, ","), t.token)
	}
	return b.String()
}

// complaint is the first thing that was wrong.
func complaint(found *bench.Report) string {
	if len(found.Problems) == 0 {
		return "nothing was refused"
	}
	return found.Problems[0].String()
}

// attribute finds out what the measured time cost.
func (b *benchResult) attribute(w *watch) {
	b.cpu = map[part]float64{}
	if b.Requests == 0 || b.StartedAt == 0 {
		return
	}
	for p, took := range w.between(b.window()) {
		b.cpu[p] = float64(took.Microseconds()) / float64(b.Requests)
	}
}
