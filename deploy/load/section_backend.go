package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/roster-scim/roster/scim/scimtest/bench"
)

// work is one line of a backend's table.
type work struct {
	name  string
	op    bench.Op
	many  bool // in many tenants, else in one directory
	wide  bool // with twice the connections
	limit limit
	goals map[string]*goal // by section
}

// works are what is measured on each backend, in the order of the table.
var works = []work{
	{name: "get by id", op: bench.OpGet, limit: limitGet,
		goals: map[string]*goal{onSQLite: atLeast(0.35), onPostgres: atLeast(0.28), onRedis: atLeast(0.35)}},
	{name: "get by id", op: bench.OpGet, limit: limitSelects},
	{name: "get by id", op: bench.OpGet, limit: limitRedis},
	{name: "`userName eq`", op: bench.OpFilter, limit: limitFilter,
		goals: map[string]*goal{onSQLite: atLeast(0.30), onPostgres: atLeast(0.25), onRedis: atLeast(0.25)}},
	{name: "page of 100, the first", op: bench.OpPage, limit: limitPage},
	{name: "create, many tenants", op: bench.OpCreate, many: true, limit: limitInserts,
		goals: map[string]*goal{onPostgres: atLeast(0.30), onRedis: atLeast(0.30)}},
	{name: "create, many tenants", op: bench.OpCreate, many: true, limit: limitCommits},
	{name: "create, many tenants", op: bench.OpCreate, many: true, wide: true, limit: limitCommits, goals: map[string]*goal{onSQLite: atLeast(1.2)}},
	{name: "create, one directory", op: bench.OpCreate, limit: limitInserts},
	{name: "create, one directory", op: bench.OpCreate, limit: limitCommits},
	{name: "PATCH active, many tenants", op: bench.OpPatch, many: true, limit: limitCreate,
		goals: map[string]*goal{onPostgres: atLeast(0.8), onRedis: atLeast(0.8), onSQLite: atLeast(0.8)}},
	{name: "PATCH active, one directory", op: bench.OpPatch},
	{name: "a day of Entra ID", op: bench.OpEntraDay},
	{name: "a day of Okta", op: bench.OpOktaDay},
}

// backend measures each operation on one kind of site. Limits are taken before
// and after each round, and a round is held against the mean of both.
func backend(section string, k kind) func(context.Context, *runner) error {
	return func(ctx context.Context, r *runner) (err error) {
		s, err := r.newSite(ctx, k)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.close(ctx)) }()
		l, err := s.newLimits(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, l.close(ctx)) }()
		rounds, taken, err := s.rounds(ctx, l)
		if err != nil {
			return err
		}
		r.add(table(section, r.connections, rounds, taken)...)
		r.add(limitRows(section, r.connections, taken)...)
		return nil
	}
}

// round is what the operations reached once.
type round struct{ one, many, wide *benchReport }

// rounds lets limits and operations take turns.
func (s *site) rounds(ctx context.Context, l *limits) (rounds []round, taken []map[limit]float64, err error) {
	for i := range s.r.rounds {
		before, err := l.measure(ctx)
		if err != nil {
			return nil, nil, err
		}
		one, err := s.round(ctx, i)
		if err != nil {
			return nil, nil, err
		}
		rounds, taken = append(rounds, one), append(taken, before)
		s.r.say("  round %d of %d", i+1, s.r.rounds)
	}
	last, err := l.measure(ctx)
	return rounds, append(taken, last), err
}

func (s *site) round(ctx context.Context, number int) (d round, err error) {
	one, err := s.tenants(ctx, fmt.Sprintf("Round %d", number), 1)
	if err != nil {
		return d, err
	}
	many, err := s.tenants(ctx, fmt.Sprintf("Round %d, one of many", number), s.r.tenants)
	if err != nil {
		return d, err
	}
	j := job{targets: one, ops: []bench.Op{bench.OpGet, bench.OpFilter, bench.OpPage, bench.OpPatch, bench.OpCreate, bench.OpEntraDay, bench.OpOktaDay},
		users: s.r.users, connections: s.r.connections, groupSize: smallGroup}
	if d.one, err = s.r.bench(ctx, j, s.trees()); err != nil {
		return d, err
	}
	j = job{targets: many, ops: []bench.Op{bench.OpPatch, bench.OpCreate}, users: s.r.users, connections: s.r.connections}
	if d.many, err = s.r.bench(ctx, j, s.trees()); err != nil || s.kind.postgres {
		return d, err
	}
	j.ops, j.connections, j.users = []bench.Op{bench.OpCreate}, 2*s.r.connections, len(many)
	d.wide, err = s.r.bench(ctx, j, s.trees())
	return d, err
}

// table makes the lines of a backend.
func table(section string, connections int, rounds []round, taken []map[limit]float64) []row {
	var rows []row
	for _, w := range works {
		var all series
		for i, d := range rounds {
			report := d.of(w)
			if report == nil {
				continue
			}
			held := (taken[i][w.limit] + taken[i+1][w.limit]) / 2
			if w.limit == limitCreate {
				held = report.of(bench.OpCreate).RPS
			}
			all.add(report.of(w.op), held)
		}
		n := connections
		if w.wide {
			n = 2 * connections
		}
		rows = append(rows, all.line(section, w, n)...)
	}
	return rows
}

// of is the run that a line is from, nil if there was none on this backend.
func (d round) of(w work) *benchReport {
	switch {
	case w.wide:
		return d.wide
	case w.many:
		return d.many
	default:
		return d.one
	}
}

// line is none where the limit is of another backend.
func (s *series) line(section string, w work, connections int) []row {
	r := s.row(section, w.name, connections)
	if w.limit != noLimit {
		if r = s.against(r, string(w.limit), w.goals[section]); r.Limit == 0 {
			return nil
		}
	}
	return []row{r}
}

// limitRows tell how steady the machine was.
func limitRows(section string, connections int, taken []map[limit]float64) []row {
	var rows []row
	for _, name := range []limit{limitInserts, limitSelects, limitCommits, limitRedis, limitGet, limitFilter, limitPage} {
		var s series
		for _, each := range taken {
			s.put(&benchResult{}, each[name], 0, 0, 0)
		}
		n := connections
		if name == limitCommits {
			n = 1
		}
		if r := s.row(section, "*the machine: "+string(name)+"*", n); r.Figure > 0 {
			r.Note = span(s.figures)
			rows = append(rows, r)
		}
	}
	return rows
}
