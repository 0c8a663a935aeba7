package storage

import (
	"context"
	"errors"
	"fmt"

	"github.com/roster-scim/roster/scim"
)

// Together implements scim.Store.
func (s *Resources) Together(ctx context.Context, dir scim.Directory, fn func(scim.Store) error) error {
	err := s.db.together(ctx, dir.TenantID, func(st *steps) error {
		if err := fn(&Resources{db: st}); err != nil {
			return &refusal{err}
		}
		return nil
	})
	if err != nil {
		return wrap("write together", err)
	}
	return nil
}

// together runs fn in a write transaction whose parts can be undone one by one.
// Only its beginning is repeated: fn runs once.
func (db *DB) together(ctx context.Context, tenantID string, fn func(*steps) error) error {
	ran := false
	return db.persist(ctx, func() error {
		err := db.attempt(ctx, tenantID, apart, func(tx *tx) error {
			if err := tx.lockTenant(ctx, tenantID); err != nil {
				return err
			}
			ran = true
			st := &steps{db: db, session: tx.session, tenantID: tenantID, touched: tx.touched}
			if err := fn(st); err != nil {
				return err
			}
			return st.lost
		})
		if ran && err != nil {
			return &finalError{err}
		}
		return err
	})
}

// lockTenant makes the tenant's other writers wait, from before the first lock of
// many on: whoever held some and then waited for this one would have others wait
// for both. It waits for as long as it takes.
func (t *tx) lockTenant(ctx context.Context, tenantID string) error {
	if !t.writersOverlap() {
		return nil
	}
	if err := t.mark(ctx, `set local lock_timeout = 0`); err != nil {
		return err
	}
	return t.takeNumbers(ctx, tenantID)
}

// takeNumbers takes the tenant's row of numbers, without another number.
func (t *tx) takeNumbers(ctx context.Context, tenantID string) error {
	b := &batch{}
	b.exec(`insert into tenant_sequences (tenant_id, sequence) values ($1, 0) on conflict (tenant_id) do nothing`, tenantID)
	b.exec(`update tenant_sequences set sequence = sequence where tenant_id = $1`, tenantID) // as in insertInStep
	return t.send(ctx, b)
}

// steps are the parts of one write transaction, each behind a savepoint: a step
// that fails leaves the transaction as it was before. Every step reads the clock
// anew.
type steps struct {
	db       *DB
	session  session
	tenantID string
	touched  *Touched // by all steps, also those that were undone

	// lost is why the transaction is no more. Some failures make the database
	// undo all of it, and whatever came next would be a transaction of its own.
	lost error
}

var _ transactor = (*steps)(nil)

func (st *steps) view(ctx context.Context, tenantID string, fn func(tx *tx) error) error {
	return st.step(ctx, tenantID, func() error {
		tx := st.db.txOf(st.session, st.touched)
		tx.stepped = tx.writersOverlap()
		return fn(tx)
	})
}

// update repeats a step that lost against another transaction. It holds the
// tenant's lock, so that cannot go on for long.
func (st *steps) update(ctx context.Context, tenantID string, fn func(tx *tx) error) error {
	for tries := 1; ; tries++ {
		err := st.view(ctx, tenantID, fn)
		if errors.Is(err, errRollback) {
			return nil
		}
		if v := st.db.judge(err); v != lostRace || tries == stepTries || st.lost != nil {
			return err
		}
	}
}

func (st *steps) change(ctx context.Context, tenantID string, fn func(tx *tx) error) error {
	return st.update(ctx, tenantID, fn)
}

// stepTries is how often a step is tried.
const stepTries = 5

func (st *steps) together(ctx context.Context, tenantID string, fn func(*steps) error) error {
	return st.step(ctx, tenantID, func() error { return fn(st) })
}

// step runs fn behind a savepoint. Steps within steps have the same name: it
// means the innermost, for SQLite as for PostgreSQL.
func (st *steps) step(ctx context.Context, tenantID string, fn func() error) error {
	if st.lost != nil {
		return st.lost
	}
	if tenantID != st.tenantID {
		return errors.New("step: the transaction belongs to another tenant")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if st.mark(ctx, `savepoint step`, nil); st.lost != nil {
		return st.lost
	}
	if err := fn(); err != nil {
		st.mark(ctx, `rollback to savepoint step`, err)
		st.mark(ctx, `release savepoint step`, err)
		return err
	}
	st.mark(ctx, `release savepoint step`, nil)
	return st.lost
}

// mark carries out a statement on savepoints, whether or not the request still
// has time: interrupted, it would leave open which savepoint is the innermost.
// If it fails the transaction is gone, most likely because of cause.
func (st *steps) mark(ctx context.Context, statement string, cause error) {
	if st.lost != nil {
		return
	}
	if err := st.session.mark(context.WithoutCancel(ctx), statement); err != nil {
		st.lost = fmt.Errorf("the transaction was undone: %w", errors.Join(cause, err))
	}
}
