package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/roster-scim/roster/scim/scimtest/bench"
	"github.com/roster-scim/roster/storage/storagetest/floor"
)

// limit is a thing that the machine does without Roster.
type limit string

// The limits.
const (
	noLimit       limit = ""
	limitGet      limit = "bare gin, the same user"
	limitFilter   limit = "bare gin, the same list of one"
	limitPage     limit = "bare gin, the same page"
	limitInserts  limit = "raw inserts"
	limitSelects  limit = "raw selects by primary key"
	limitCommits  limit = "SQLite commits, one connection"
	limitRedis    limit = "Redis GETs"
	limitReplica  limit = "one replica"
	limitCreate   limit = "create"
	limitSmall    limit = "the smallest"
	limitOneByOne limit = "one tenant"
)

// limits measures what the machine does without Roster.
type limits struct {
	r        *runner
	replay   *replay
	postgres *floor.Postgres // nil: the site is on SQLite
	db       database
	sqlite   *floor.SQLite
	redis    *floor.Redis
}

// sampleUsers is how many people there are to record answers about.
const sampleUsers = 200

// newLimits makes a small directory on a site, takes what it stores and answers
// for what the machine is measured with, and prepares that.
func (s *site) newLimits(ctx context.Context) (*limits, error) {
	sample, err := s.tenants(ctx, "Sample", 1)
	if err != nil {
		return nil, err
	}
	one := job{targets: sample, ops: []bench.Op{bench.OpGet}, users: sampleUsers, connections: 1, duration: everySo}
	if _, err := s.r.bench(ctx, one, nil); err != nil {
		return nil, err
	}
	l := &limits{r: s.r}
	if err := l.open(ctx, s, sample[0]); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare the machine's limits: %w", err), l.close(ctx))
	}
	return l, nil
}

func (l *limits) open(ctx context.Context, s *site, sample target) (err error) {
	if l.replay, err = startReplay(ctx, sample); err != nil {
		return err
	}
	stored, err := s.stored(ctx)
	if err != nil {
		return err
	}
	if !s.kind.postgres {
		l.sqlite, err = floor.OpenSQLite(ctx, filepath.Join(s.dir, "floor.db"), stored)
		return err
	}
	if l.db, err = l.r.database(ctx); err != nil {
		return err
	}
	if l.postgres, err = floor.OpenPostgres(ctx, l.db.owned, l.db.super, l.r.connections, l.r.tenants, stored); err != nil || !s.kind.redis {
		return err
	}
	url, err := l.r.startRedis(ctx)
	if err == nil {
		l.redis, err = floor.OpenRedis(ctx, url, l.r.connections, len(l.replay.one.body))
	}
	return err
}

// measure takes all limits, one after the other.
func (l *limits) measure(ctx context.Context) (map[limit]float64, error) {
	took := map[limit]float64{}
	one := func(name limit, do func(context.Context, time.Duration) (floor.Result, error)) error {
		result, err := do(ctx, l.r.duration)
		if took[name] = result.PerSecond(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	var errs []error
	if l.sqlite != nil {
		errs = append(errs, one(limitCommits, l.sqlite.Commits))
	}
	if l.postgres != nil {
		errs = append(errs, one(limitInserts, l.postgres.Inserts), one(limitSelects, l.postgres.Selects))
	}
	if l.redis != nil {
		errs = append(errs, one(limitRedis, l.redis.Gets))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return took, l.gin(ctx, took)
}

// gin measures gin alone with the same load.
func (l *limits) gin(ctx context.Context, took map[limit]float64) error {
	bare, err := l.r.bench(ctx, job{
		targets: []target{{urls: []string{l.replay.url}, token: "none"}}, ops: []bench.Op{bench.OpGet, bench.OpFilter, bench.OpPage},
		users: sampleUsers, connections: l.r.connections,
	}, nil)
	if err != nil {
		return fmt.Errorf("bare gin: %w", err)
	}
	for name, op := range map[limit]bench.Op{limitGet: bench.OpGet, limitFilter: bench.OpFilter, limitPage: bench.OpPage} {
		took[name] = bare.of(op).RPS
	}
	return nil
}

func (l *limits) close(ctx context.Context) error {
	var errs []error
	if l.replay != nil {
		errs = append(errs, l.replay.close())
	}
	if l.sqlite != nil {
		errs = append(errs, l.sqlite.Close())
	}
	if l.redis != nil {
		errs = append(errs, l.redis.Close())
	}
	if l.postgres != nil {
		errs = append(errs, l.postgres.Close(ctx))
	}
	if l.db.name != "" {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
		defer cancel()
		errs = append(errs, l.r.servers.postgres.DropDatabase(ctx, l.db.name))
	}
	return errors.Join(errs...)
}
