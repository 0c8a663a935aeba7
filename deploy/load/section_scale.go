package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/roster-scim/roster/scim/scimtest/bench"
)

// tenants compares one tenant with very many, one connection each, who are asked
// for by chance.
func (g *grown) tenants(ctx context.Context, n int) error {
	g.r.say("  %d tenants", n)
	began := time.Now()
	many, err := g.site.tenants(ctx, "One of very many", n)
	if err != nil {
		return err
	}
	g.r.add(row{Section: g.section, Work: number(float64(n)) + " tenants with connection and token made over the API", Connections: makers,
		Figure: float64(n) / time.Since(began).Seconds(), Unit: perSecond})
	ops := []bench.Op{bench.OpGet, bench.OpFilter, bench.OpPatch, bench.OpCreate}
	all := make([]series, len(ops))
	for i := range 2 {
		one, err := g.fresh(ctx, fmt.Sprintf("One instead of many %d", i))
		if err != nil {
			return err
		}
		single, err := g.r.bench(ctx, job{targets: one, ops: ops, users: n, connections: g.r.connections}, g.trees())
		if err != nil {
			return err
		}
		spread, err := g.r.bench(ctx, job{targets: many, ops: ops, users: n, connections: g.r.connections}, g.trees())
		if err != nil {
			return err
		}
		for k, op := range ops {
			all[k].add(spread.of(op), single.of(op).RPS)
		}
	}
	for k, work := range []string{"get by id", "`userName eq`", "PATCH active", "create"} {
		line := all[k].row(g.section, work+", "+number(float64(n))+" tenants by chance", g.r.connections)
		g.r.add(all[k].against(line, string(limitOneByOne), atLeast(0.8)))
	}
	return nil
}

// settleTime is how long a server is left alone before its memory is told.
const settleTime = 5 * time.Second

// idle tells the memory of a server that has done next to nothing.
func (g *grown) idle(ctx context.Context) error {
	some, err := g.fresh(ctx, "Idle")
	if err != nil {
		return err
	}
	if err := errors.Join(g.stop(), g.start(ctx)); err != nil {
		return err
	}
	if _, err := record(ctx, g.everywhere(some[0]), "/Users?count=1"); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(settleTime):
	}
	return g.resident("server memory, idle", below(60))
}

// memory tells it after all that was done.
func (g *grown) memory(users, tenants int) error {
	return g.resident(fmt.Sprintf("server memory, after %s users and %s tenants", number(float64(users)), number(float64(tenants))), below(300))
}

func (g *grown) resident(work string, goal *goal) error {
	now, most, err := g.r.proc.resident(g.servers[0].pid())
	if err != nil {
		return err
	}
	line := row{Section: g.section, Work: work, Figure: mega(now), Unit: megabytes, Goal: goal, Note: "at most " + number(mega(most)) + " MB"}
	line.judge()
	g.r.add(line)
	return nil
}

// starts is how often each server is started.
const starts = 5

// begin compares how long a server takes to its first answer with what it takes
// on an empty directory.
func (g *grown) begin(ctx context.Context, users int) (err error) {
	empty, err := g.r.newSite(ctx, g.kind)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, empty.close(ctx)) }()
	other, err := empty.tenants(ctx, "Empty", 1)
	if err != nil {
		return err
	}
	if err := errors.Join(g.stop(), empty.stop()); err != nil {
		return err
	}
	var s series
	for range starts {
		with, err := g.firstAnswer(ctx, g.large)
		if err != nil {
			return err
		}
		without, err := empty.firstAnswer(ctx, other[0])
		if err != nil {
			return err
		}
		s.put(&benchResult{}, with, 0, 0, without)
	}
	line := s.row(g.section, "start to first answer at "+number(float64(users))+" users", 1)
	line.Unit = micros
	g.r.add(s.against(line, "an empty directory", atMost(1.5)))
	return nil
}

// firstAnswer starts a server, asks until it answers, and stops it. The time is in
// microseconds.
func (s *site) firstAnswer(ctx context.Context, t target) (float64, error) {
	began := time.Now()
	if err := s.start(ctx); err != nil {
		return 0, err
	}
	waiting, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	client := &http.Client{Timeout: startTime}
	err := answers(waiting, client, s.everywhere(t).urls[0]+"/Users?count=1", t.token)
	took := time.Since(began)
	client.CloseIdleConnections()
	return float64(took.Microseconds()), errors.Join(err, s.stop())
}
