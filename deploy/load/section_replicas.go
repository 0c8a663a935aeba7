package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/roster-scim/roster/scim/scimtest/bench"
)

// replicas compares two replicas on one machine with one of them, which the same
// machine has to do the work of.
func replicas(ctx context.Context, r *runner) (err error) {
	s, err := r.newSite(ctx, replicasKind)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	var all [4]series
	ops := []bench.Op{bench.OpGet, bench.OpFilter, bench.OpPatch, bench.OpCreate}
	for i := range r.rounds {
		one, err := s.compare(ctx, fmt.Sprintf("Round %d, one", i), 1, ops)
		if err != nil {
			return err
		}
		two, err := s.compare(ctx, fmt.Sprintf("Round %d, two", i), 2, ops)
		if err != nil {
			return err
		}
		for n, op := range ops {
			all[n].add(two.of(op), one.of(op).RPS)
		}
	}
	for n, op := range []string{"get by id", "`userName eq`", "PATCH active, many tenants", "create, many tenants"} {
		line := all[n].row("replicas", op, r.connections)
		r.add(all[n].against(line, string(limitReplica), atLeast(1)))
	}
	return nil
}

// compare puts some of the replicas under load.
func (s *site) compare(ctx context.Context, name string, replicas int, ops []bench.Op) (*benchReport, error) {
	many, err := s.tenants(ctx, name, s.r.tenants)
	if err != nil {
		return nil, err
	}
	for i := range many {
		many[i].urls = many[i].urls[:replicas]
	}
	return s.r.bench(ctx, job{targets: many, ops: ops, users: s.r.users, connections: s.r.connections}, s.trees())
}
