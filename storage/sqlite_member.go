package storage

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteMember is a transaction that writes: one of a group, or its first, which
// needs no savepoint as there is nothing before it that could have to stay.
type sqliteMember struct {
	*sqliteGroup
	writer *sqliteWriter
	nested bool
	done   bool
	// spoiled is a failure that may have made SQLite undo the whole group.
	spoiled error
}

var _ session = (*sqliteMember)(nil)

// send carries nothing out behind what may have undone the transaction: it would
// be one of its own. It looks at the context between statements. Within, it does only for who is
// apart: an interrupted write would undo the whole group.
func (s *sqliteMember) send(ctx context.Context, b *batch) error {
	lasting := ctx
	if s.mode != apart {
		lasting = context.WithoutCancel(ctx)
	}
	for i := range b.statements {
		if err := cmp.Or(s.spoiled, ctx.Err()); err != nil {
			return err
		}
		one := batch{statements: b.statements[i : i+1]}
		if err := s.sendAll(lasting, &one); err != nil {
			return s.note(err)
		}
	}
	return nil
}

func (s *sqliteMember) mark(_ context.Context, statement string) error {
	if s.spoiled != nil {
		return s.spoiled
	}
	return s.note(s.control(statement))
}

// note remembers an error that ends the transaction, whatever its function makes
// of it.
func (s *sqliteMember) note(err error) error {
	if err != nil && undoes(err) {
		s.spoiled = fmt.Errorf("the transaction may have been undone: %w", err)
	}
	return err
}

func (s *sqliteMember) commit() error {
	if s.done {
		return sql.ErrTxDone
	}
	if s.spoiled != nil {
		return s.spoiled // rollback follows
	}
	if s.nested {
		if err := s.control("release member"); err != nil {
			return err
		}
	}
	s.done = true
	s.members++
	s.writer.pass(s.sqliteGroup)
	return s.outcome()
}

// rollback waits for those whose writes the member may have read: its answer is
// about them.
func (s *sqliteMember) rollback() error {
	if s.done {
		return nil
	}
	s.done = true
	if s.nested && s.spoiled == nil && s.control("rollback to member") == nil && s.control("release member") == nil {
		s.writer.pass(s.sqliteGroup)
		return s.outcome()
	}
	s.writer.undo(s.sqliteGroup)
	s.writer.pass(nil)
	if s.nested && s.spoiled == nil {
		return errUndone
	}
	return s.spoiled
}

// undoes says that SQLite may have rolled back more than the statement that failed:
// it does for want of memory or disk and the like.
func undoes(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH:
		return false
	}
	return true
}
