package storage

import (
	"context"
	"database/sql"
	"sync/atomic"
	"time"

	"github.com/roster-scim/roster/scim"
)

// tx is a transaction with the clock reading that all its rows share.
type tx struct {
	session
	dialect
	clock   func() time.Time
	now     time.Time // UTC, whole microseconds
	touched *Touched
	guarded bool         // the commit will need state
	did     *scim.Effect // what the write of a resource comes to, if somebody asked
	state   *CacheState  // of the cache, as read behind the writes; nil: not read yet

	stepped bool // it is a step of a transaction that holds the tenant's row of numbers

	direct bool // the commit may be sent with the last batch of the one write
	ended  bool // … and has been

	early     EarlyGuard   // who announces it before then; nil: nobody
	announced Announcement // what was announced early and is to be settled
	premise   Premise      // of that

	sent *atomic.Int64 // counts statements
}

// send carries out a batch: see session.
func (t *tx) send(ctx context.Context, b *batch) error {
	t.sent.Add(int64(len(b.statements)))
	return t.session.send(ctx, b)
}

// readClock makes the time later, after a wait for others.
func (t *tx) readClock() { t.now = t.clock().UTC().Truncate(time.Microsecond) }

// micros is the transaction's time as the tables keep it.
func (t *tx) micros() int64 { return t.now.UnixMicro() }

// scanner is one row of a result.
type scanner interface {
	Scan(dest ...any) error
}

// get reads the one row of a query, or returns sql.ErrNoRows.
func (t *tx) get(ctx context.Context, scan func(scanner) error, query string, args ...any) error {
	found := false
	err := t.each(ctx, func(row scanner) error {
		found = true
		return scan(row)
	}, query, args...)
	if err == nil && !found {
		return sql.ErrNoRows
	}
	return err
}

// each calls scan with every row of a query.
func (t *tx) each(ctx context.Context, scan func(scanner) error, query string, args ...any) error {
	b := &batch{}
	b.query(scan, query, args...)
	return t.send(ctx, b)
}

// exec carries out a statement and returns how many rows it changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	b := &batch{}
	st := b.exec(query, args...)
	err := t.send(ctx, b)
	return st.affected, err
}

// last sends the last batch of a transaction that only reads.
func (t *tx) last(ctx context.Context, b *batch) error {
	b.final = true
	return t.send(ctx, b)
}
