package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/roster-scim/roster/scim/scimtest/bench"
)

// Sizes of what grows; the first is what the others are held against.
const (
	smallDirectory = 1000
	smallGroup     = 100
)

// sizes are what grows to, by how much time there is.
func (r *runner) sizes() (directories, groups []int, tenants int) {
	if r.full {
		return []int{10_000, 100_000, 1_000_000}, []int{1000, 10_000, 100_000}, 10_000
	}
	return []int{10_000}, []int{5000}, 500
}

// growth measures what must not depend on how much there is. What is small is
// measured again right after what is large, in the same database, so that both
// meet the machine in one state.
func growth(section string, k kind) func(context.Context, *runner) error {
	return func(ctx context.Context, r *runner) (err error) {
		s, err := r.newSite(ctx, k)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.close(ctx)) }()
		g := &grown{site: s, section: section}
		if err := g.idle(ctx); err != nil {
			return err
		}
		directories, groups, tenants := r.sizes()
		if err := g.groups(ctx, groups); err != nil {
			return err
		}
		for _, size := range directories {
			if err := g.directory(ctx, size); err != nil {
				return err
			}
		}
		if err := g.tenants(ctx, tenants); err != nil {
			return err
		}
		if err := g.memory(directories[len(directories)-1], tenants); err != nil {
			return err
		}
		return g.begin(ctx, directories[len(directories)-1])
	}
}

// grown is a site whose database gets larger and larger.
type grown struct {
	*site
	section string
	large   target // the largest directory
}

// fresh makes a directory.
func (g *grown) fresh(ctx context.Context, name string) ([]target, error) {
	return g.site.tenants(ctx, name, 1)
}

// pageOps are the ways to read pages, and what is asked of users besides.
var pageOps = []bench.Op{bench.OpGet, bench.OpFilter, bench.OpPage, bench.OpPageDeep, bench.OpCursor, bench.OpCursorDeep}

// directory compares a directory of a size with a small one.
func (g *grown) directory(ctx context.Context, size int) error {
	g.r.say("  a directory of %d", size)
	large, err := g.fresh(ctx, fmt.Sprintf("Directory of %d", size))
	if err != nil {
		return err
	}
	g.large = large[0]
	big, err := g.r.bench(ctx, job{targets: large, ops: pageOps, users: size, connections: g.r.connections}, g.trees())
	if err != nil {
		return err
	}
	little, err := g.fresh(ctx, fmt.Sprintf("Small beside %d", size))
	if err != nil {
		return err
	}
	small, err := g.r.bench(ctx, job{targets: little, ops: pageOps, users: smallDirectory, connections: g.r.connections}, g.trees())
	if err != nil {
		return err
	}
	g.r.add(g.filled(big, size)...)
	g.r.add(g.grew(big, small, size)...)
	return nil
}

// filled tells how fast a directory was filled.
func (g *grown) filled(b *benchReport, size int) []row {
	for _, f := range b.Fills {
		if f.What == "users" && f.Made == size {
			return []row{{Section: g.section, Work: "filled with " + number(float64(size)) + " users", Connections: g.r.connections, Figure: f.PerSecond, Unit: perSecond}}
		}
	}
	return nil
}

// grew compares large with small, and deep with shallow.
func (g *grown) grew(big, small *benchReport, size int) []row {
	at := " of " + number(float64(size))
	beside := "at " + number(smallDirectory)
	lines := []struct {
		work    string
		op      bench.Op
		other   *benchResult
		against string
		goal    *goal
	}{
		{"get by id", bench.OpGet, small.of(bench.OpGet), beside, nil},
		{"`userName eq`", bench.OpFilter, small.of(bench.OpFilter), beside, atLeast(0.85)},
		{"first page of 100 by index", bench.OpPage, small.of(bench.OpPage), beside, atLeast(0.85)},
		{"first page of 100 by cursor", bench.OpCursor, small.of(bench.OpCursor), beside, atLeast(0.85)},
		{"page at 95 % depth by cursor", bench.OpCursorDeep, big.of(bench.OpCursor), "the first, by cursor", atLeast(0.85)},
		{"page at 95 % depth by index", bench.OpPageDeep, big.of(bench.OpPage), "the first, by index", nil},
	}
	rows := make([]row, 0, len(lines))
	for _, l := range lines {
		var s series
		s.add(big.of(l.op), l.other.RPS)
		rows = append(rows, s.against(s.row(g.section, l.work+at, g.r.connections), l.against, l.goal))
	}
	return rows
}
