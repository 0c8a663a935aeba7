package storage

import (
	"context"
	"database/sql"
)

// sqliteReader is a transaction that only reads. It begins with its first batch,
// unless that is one statement and the last: then it is of one moment anyway.
type sqliteReader struct {
	*sqliteConn
	pool  *sqlitePool
	begun bool
	done  bool
}

var _ session = (*sqliteReader)(nil)

func (s *sqliteReader) send(ctx context.Context, b *batch) error {
	if b.brief { // what can be interrupted costs the driver a goroutine
		if err := ctx.Err(); err != nil {
			return err
		}
		ctx = context.WithoutCancel(ctx)
	}
	if b.final && len(b.statements) == 1 && !s.begun {
		return s.sendAll(ctx, b)
	}
	if err := s.begin(); err != nil {
		return err
	}
	return s.sendAll(ctx, b)
}

func (s *sqliteReader) begin() error {
	if s.begun {
		return nil
	}
	s.begun = true
	return s.control("begin")
}

func (s *sqliteReader) mark(_ context.Context, statement string) error {
	if err := s.begin(); err != nil {
		return err
	}
	return s.control(statement)
}

func (s *sqliteReader) commit() error {
	if s.done {
		return sql.ErrTxDone
	}
	if s.begun {
		if err := s.control("commit"); err != nil {
			return err // rollback follows
		}
	}
	s.done = true
	s.pool.give(s.sqliteConn)
	return nil
}

func (s *sqliteReader) rollback() error {
	switch {
	case s.done:
	case s.begun:
		s.pool.end(s.sqliteConn)
	default:
		s.pool.give(s.sqliteConn)
	}
	s.done = true
	return nil
}
