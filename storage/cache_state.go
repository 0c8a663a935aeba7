package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// CommitBound is how long after a transaction has read the state of the cache
// its commit may still take effect. The database ends a transaction that is idle
// for half of that, and nobody waits for a commit for longer.
const CommitBound = 10 * time.Second

// CachePhase says what a generation of the shared cache may be used for.
type CachePhase string

// The phases of a generation, in their order.
const (
	CacheClosed  CachePhase = "closed"  // nobody reads, writers need not announce
	CacheOpening CachePhase = "opening" // nobody reads, writers announce
	CacheOpen    CachePhase = "open"    // whoever has a lease reads, writers announce
)

// CacheState is what all processes on a database have agreed on about their
// shared cache. Package storage/cache says how it is used.
type CacheState struct {
	Installation string // a UUID
	Generation   int64  // raised with every closing and every attempt to open
	Phase        CachePhase
	// Changed is when the generation before was closed, or this one began to
	// open: microseconds since 1970 by the database's clock.
	Changed int64
	Now     int64 // the database's clock, as Changed
	// Incarnation names the run of the server that answered: another one may
	// have lost commits that this one has acknowledged. Empty as a transaction
	// reads the state.
	Incarnation string
	Started     int64 // when that run began, as Changed; 0 without it
}

// neverOpened: a new database has generation 1, and the first attempt to open
// raises it to 2.
func (s CacheState) neverOpened() bool { return s.Phase == CacheClosed && s.Generation <= 2 }

// selectCacheState reads the state as of its own beginning.
const selectCacheState = `
	select cast(installation as text), generation, phase,
		cast(extract(epoch from changed_at) * 1000000 as bigint),
		cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)
	from cache_state`

func (s *CacheState) scan(row scanner) error {
	return row.Scan(&s.Installation, &s.Generation, &s.Phase, &s.Changed, &s.Now)
}

// CacheStates keeps the state of the shared cache in a database, and who takes
// part. Its statements are few and small, and do not queue for connections
// behind requests: a writer that must close the cache has one already.
type CacheStates struct{ db *DB }

// NewCacheStates returns the state of a database.
func NewCacheStates(db *DB) *CacheStates { return &CacheStates{db: db.aside()} }

// State reads the state. A server that only follows another has none.
func (c *CacheStates) State(ctx context.Context) (CacheState, error) {
	var s CacheState
	var database int64
	var follows bool
	err := c.db.view(ctx, "", func(tx *tx) error {
		b := &batch{}
		b.query(s.scan, selectCacheState)
		b.query(func(row scanner) error { return row.Scan(&s.Started, &database, &follows) }, `
			select cast(extract(epoch from pg_postmaster_start_time()) * 1000000 as bigint), cast(d.oid as bigint),
				pg_is_in_recovery()
			from pg_database d where d.datname = current_database()`)
		return tx.last(ctx, b)
	})
	switch {
	case err != nil:
		return CacheState{}, fmt.Errorf("read the state of the cache: %w", err)
	case s.Phase == "":
		return CacheState{}, errors.New("read the state of the cache: the database has none; migrate it")
	case follows:
		return CacheState{}, errors.New("read the state of the cache: the database server is a standby")
	}
	s.Incarnation = strconv.FormatInt(s.Started, 36) + "." + strconv.FormatInt(database, 36)
	return s, nil
}

// Close closes a generation that is open or opening, and returns the state
// after that: of a later generation, if somebody else has closed this one.
//
// A generation that was opening was never read, so the time stays that from
// which on nobody reads.
func (c *CacheStates) Close(ctx context.Context, generation int64) (CacheState, error) {
	_, err := c.change(ctx, `
		update cache_state set generation = generation + 1, phase = 'closed',
			changed_at = case when phase = 'open' then now() else changed_at end
		where generation = $1 and phase <> 'closed'`, generation)
	if err != nil {
		return CacheState{}, fmt.Errorf("close generation %d of the cache: %w", generation, err)
	}
	return c.State(ctx)
}

// Claim raises a closed generation by one, for the caller to open: false if
// somebody else was faster.
func (c *CacheStates) Claim(ctx context.Context, generation int64) (bool, error) {
	return c.change(ctx, `
		update cache_state set generation = generation + 1
		where generation = $1 and phase = 'closed'`, generation)
}

// BeginOpening lets writers announce in a claimed generation.
func (c *CacheStates) BeginOpening(ctx context.Context, generation int64) (bool, error) {
	return c.change(ctx, `
		update cache_state set phase = 'opening', changed_at = now()
		where generation = $1 and phase = 'closed'`, generation)
}

// FinishOpening lets everybody read a generation that has been opening for a
// time, which the database measures: if it stood still, so did its transactions.
func (c *CacheStates) FinishOpening(ctx context.Context, generation int64, after time.Duration) (bool, error) {
	return c.change(ctx, `
		update cache_state set phase = 'open'
		where generation = $1 and phase = 'opening'
			and changed_at <= now() - $2 * interval '1 microsecond'`, generation, after.Microseconds())
}

// Replica is a process that serves requests.
type Replica struct {
	ID      string // a UUID
	RedisOK bool   // it reaches its Redis
}

// replicasKept is after what time a silent replica is forgotten.
const replicasKept = `interval '1 hour'`

// Report says that a replica is there, and forgets those long gone.
func (c *CacheStates) Report(ctx context.Context, r Replica) error {
	_, err := c.change(ctx, `
		insert into cache_replicas (id, seen_at, redis_ok) values ($1, now(), $2)
		on conflict (id) do update set seen_at = excluded.seen_at, redis_ok = excluded.redis_ok`, r.ID, r.RedisOK)
	if err != nil {
		return fmt.Errorf("report a replica: %w", err)
	}
	_, err = c.change(ctx, `delete from cache_replicas where seen_at < now() - `+replicasKept)
	if err != nil {
		return fmt.Errorf("forget replicas: %w", err)
	}
	return nil
}

// Leave takes a replica out.
func (c *CacheStates) Leave(ctx context.Context, id string) error {
	_, err := c.change(ctx, `delete from cache_replicas where id = $1`, id)
	return err
}

// Replicas are those that have reported within the given time, by id.
func (c *CacheStates) Replicas(ctx context.Context, within time.Duration) ([]Replica, error) {
	var all []Replica
	err := c.db.view(ctx, "", func(tx *tx) error {
		all = nil
		b := &batch{}
		b.query(func(row scanner) error {
			var r Replica
			err := row.Scan(&r.ID, &r.RedisOK)
			all = append(all, r)
			return err
		}, `
			select cast(id as text), redis_ok from cache_replicas
			where seen_at > now() - $1 * interval '1 microsecond'
			order by id`, within.Microseconds())
		return tx.last(ctx, b)
	})
	if err != nil {
		return nil, fmt.Errorf("find replicas: %w", err)
	}
	return all, nil
}

// change carries out one statement and reports whether it changed anything.
func (c *CacheStates) change(ctx context.Context, query string, args ...any) (bool, error) {
	n := int64(0)
	err := c.db.update(ctx, "", func(tx *tx) (err error) {
		n, err = tx.exec(ctx, query, args...)
		return err
	})
	return n > 0, err
}

// readCacheState reads the state behind everything that a transaction has
// written, for its Guard.
func (t *tx) readCacheState(ctx context.Context) (CacheState, error) {
	var s CacheState
	err := t.get(ctx, s.scan, selectCacheState)
	if errors.Is(err, sql.ErrNoRows) {
		err = errors.New("the database has none; migrate it")
	}
	if err != nil {
		return CacheState{}, fmt.Errorf("read the state of the cache: %w", err)
	}
	return s, nil
}
