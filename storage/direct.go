package storage

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// A write commits with its last batch, which saves a round trip while others of
// the tenant wait, if all that may still stop it is refused by the database: see
// tx.refuse. What somebody remembers elsewhere has to be announced first; that
// nobody does, or that the announcement still counts, is one of the things that the
// batch makes sure of. A write that was refused is repeated with a commit of its own.

// refuse adds a query to a batch that must find nothing: why is the error if it
// finds a row. Nothing behind it is carried out then, not even a commit.
func (t *tx) refuse(b *batch, why error, query string, args ...any) {
	st := b.exec(t.refusing(query), args...)
	st.refusal, st.scan = why, func(scanner) error { return why }
}

// selectRemembered has a row unless the cache is closed, and has been for longer
// than anybody reads it.
var selectRemembered = `
	select 1 where not exists (select 1 from cache_state
		where phase = 'closed' and (generation <= 2 or changed_at <= clock_timestamp() - ` +
	fmt.Sprintf(`interval '%d milliseconds'))`, QuietAge.Milliseconds())

// selectUnannounced has a row unless the premise of an early announcement holds. Its
// parameters are numbered from n on.
func selectUnannounced(n int) string {
	return fmt.Sprintf(`
	select 1 where not exists (select 1 from cache_state
		where generation = $%d and phase <> 'closed'
			and pg_postmaster_start_time() = $%d and clock_timestamp() <= $%d)`, n, n+1, n+2)
}

// direct says when writes may commit with their last batch: while no cache is in
// use, and while a guard can announce early.
type direct struct {
	early EarlyGuard   // nil: changes are announced by nothing but the closing of a cache
	again atomic.Int64 // microseconds since 1970: not before, since a cache was in use
}

// observe is told of the state of the cache.
func (d *direct) observe(s CacheState) {
	quiet := s.Phase == CacheClosed && (s.neverOpened() || s.Now-s.Changed >= QuietAge.Microseconds())
	if d != nil && !quiet {
		d.again.Store(time.Now().Add(QuietAge).UnixMicro())
	}
}

func (d *direct) now() bool {
	if d == nil {
		return false
	}
	return d.early != nil && d.early.Early() || time.Now().UnixMicro() >= d.again.Load()
}

// announceEarly tells of a write that commits with its last batch before that batch
// is sent, if somebody has to be told: what others of the tenant wait for is locked
// for no longer than without.
func (t *tx) announceEarly(ctx context.Context) error {
	if t.early == nil {
		return nil
	}
	// As commitGuarded, this goes on when the request's time is over.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	announced, premise, err := t.early.AnnounceEarly(ctx, t.touched)
	if err != nil {
		return fmt.Errorf("announce a change: %w", err)
	}
	t.announced, t.premise = announced, premise
	return nil
}

// unguarded is a query that has a row if the write must not be committed with its
// last batch, and the parameters that it has besides those given.
func (t *tx) unguarded(args ...any) (query string, all []any) {
	if t.announced == nil {
		return selectRemembered, args
	}
	return selectUnannounced(len(args) + 1), append(args, t.premise.Generation, time.UnixMicro(t.premise.Started), time.UnixMicro(t.premise.Until))
}

// settleEarly ends what was announced early, as commitGuarded does, of a write that
// has failed with an error or has not.
func (db *DB) settleEarly(ctx context.Context, tx *tx, failure error) error {
	if tx.announced == nil {
		return failure
	}
	outcome := Aborted
	if tx.ended {
		outcome = db.outcome(failure)
	}
	return settle(ctx, tx.announced, outcome, failure)
}

// commitWith sends the last batch of a transaction, and commits with it.
func (t *tx) commitWith(ctx context.Context, b *batch) error {
	b.commits = true
	err := t.send(ctx, b)
	commit := (*commitError)(nil)
	t.ended = err == nil || errors.As(err, &commit)
	return err
}
