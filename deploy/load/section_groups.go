package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/roster-scim/roster/scim/scimtest/bench"
)

// groups compares groups of some sizes with a small one, and then reads the
// largest whole.
func (g *grown) groups(ctx context.Context, sizes []int) error {
	var largest target
	for _, size := range sizes {
		g.r.say("  a group of %d", size)
		large, err := g.fresh(ctx, fmt.Sprintf("Group of %d", size))
		if err != nil {
			return err
		}
		largest = large[0]
		big, err := g.r.bench(ctx, groupJob(large, size), g.trees())
		if err != nil {
			return err
		}
		little, err := g.fresh(ctx, fmt.Sprintf("Small group beside %d", size))
		if err != nil {
			return err
		}
		small, err := g.r.bench(ctx, groupJob(little, smallGroup), g.trees())
		if err != nil {
			return err
		}
		g.r.add(g.grewGroup(big, small, size)...)
	}
	return g.wholeGroup(ctx, largest, sizes[len(sizes)-1])
}

// groupJob has one connection: what is compared is how long an answer takes, not
// how long one waits for others who change the same group.
func groupJob(at []target, size int) job {
	return job{targets: at, ops: []bench.Op{bench.OpMember, bench.OpBatch, bench.OpGroup}, users: smallDirectory, groupSize: size, connections: 1}
}

func (g *grown) grewGroup(big, small *benchReport, size int) []row {
	beside := "a group of " + strconv.Itoa(smallGroup)
	lines := []struct {
		work string
		op   bench.Op
		step string
		goal *goal
	}{
		{"one member into", bench.OpMember, "member-add", atMost(1.3)},
		{"one member out of", bench.OpMember, "member-remove", atMost(1.3)},
		{"100 members into", bench.OpBatch, "batch-add", atMost(1.3)},
		{"100 members out of", bench.OpBatch, "batch-remove", atMost(1.3)},
	}
	rows := make([]row, 0, len(lines)+1)
	for _, l := range lines {
		var s series
		b := big.of(l.op)
		p50, p99 := b.step(l.step)
		other, _ := small.of(l.op).step(l.step)
		s.put(b, p50, p50, p99, other)
		line := s.row(g.section, l.work+" a group of "+number(float64(size)), 1)
		line.Unit, line.CPU, line.Client = micros, nil, 0 // those are of both ways together
		rows = append(rows, s.against(line, beside, l.goal))
	}
	whole := big.of(bench.OpGroup)
	var s series
	s.put(whole, whole.P50, whole.P50, whole.P99, 0)
	line := s.row(g.section, "a group of "+number(float64(size))+" read whole", 1)
	line.Unit = micros
	return append(rows, line)
}

// wholeGroup reads the largest group with a server that has just started, and
// looks how much more memory it took at most.
func (g *grown) wholeGroup(ctx context.Context, t target, size int) error {
	if err := errors.Join(g.stop(), g.start(ctx)); err != nil {
		return err
	}
	t = g.everywhere(t)
	list, err := record(ctx, t, "/Groups?count=1&excludedAttributes=members")
	if err != nil {
		return err
	}
	var groups struct {
		Resources []struct {
			ID string `json:"id"`
		} `json:"Resources"`
	}
	if err := json.Unmarshal(list.body, &groups); err != nil || len(groups.Resources) == 0 {
		return fmt.Errorf("find the group: %w: %s", err, list.body)
	}
	before, err := g.forgetPeak()
	if err != nil {
		return err
	}
	const times = 3
	length := 0
	for range times {
		answer, err := record(ctx, t, "/Groups/"+groups.Resources[0].ID)
		if err != nil {
			return err
		}
		length = len(answer.body)
	}
	_, most, err := g.r.proc.resident(g.servers[0].pid())
	if err != nil {
		return err
	}
	line := row{
		Section: g.section, Work: "memory that a server takes to answer with a group of " + number(float64(size)), Connections: 1,
		Figure: mega(most - before), Unit: megabytes, Goal: below(32), Note: "the answer is " + number(mega(int64(length))) + " MB",
	}
	line.judge()
	g.r.add(line)
	return nil
}

// forgetPeak makes the kernel take a server's memory as it is now for its highest.
func (g *grown) forgetPeak() (now int64, err error) {
	pid := g.servers[0].pid()
	name := filepath.Join(string(g.r.proc), strconv.Itoa(pid), "clear_refs")
	if err := os.WriteFile(name, []byte("5"), 0); err != nil {
		return 0, fmt.Errorf("forget the highest memory: %w", err)
	}
	now, _, err = g.r.proc.resident(pid)
	return now, err
}

func mega(bytes int64) float64 { return float64(bytes) / 1e6 }
