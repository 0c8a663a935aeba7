package storage

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// postgresSession is a transaction on one connection. Each batch is one round
// trip: all of it is sent before the first answer is read. Whatever needs no
// answer of its own, such as the beginning, waits in the queue for the next batch.
type postgresSession struct {
	engine   *postgresEngine
	conn     *pgxpool.Conn
	tenant   string // "": of no tenant
	mode     mode
	deadline time.Time
	queue    []*statement // control statements that go out before the next batch
	opened   bool         // the beginning has been put into the queue
	begun    bool         // the server knows of the transaction
	done     bool         // it has ended and the connection was given back
}

func (s *postgresSession) mark(_ context.Context, statement string) error {
	if s.done {
		return errClosed
	}
	s.open()
	s.queue = append(s.queue, plain(statement))
	return nil
}

func (s *postgresSession) send(ctx context.Context, b *batch) error {
	if s.done {
		return errClosed
	}
	switch {
	case s.single(b):
		return s.sendSingle(ctx, b)
	case b.commits:
		s.open()
		return s.sendLast(ctx, b)
	}
	s.open()
	if b.final && s.mode == readOnly {
		return s.bounded(ctx, b.statements, commitAll)
	}
	return s.bounded(ctx, b.statements, nil)
}

// bounded is run within the time that a transaction has.
func (s *postgresSession) bounded(ctx context.Context, statements []*statement, last *statement) error {
	ctx, cancel := until(ctx, s.deadline)
	defer cancel()
	return s.run(ctx, statements, last)
}

// until is a context that ends at the deadline at the latest, as that of a request
// does by itself.
func until(ctx context.Context, deadline time.Time) (context.Context, context.CancelFunc) {
	if own, ok := ctx.Deadline(); ok && !own.After(deadline) {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, deadline)
}

// sendLast sends a batch and the commit. From there on the request's
// cancellation is not heeded, as by commit.
func (s *postgresSession) sendLast(ctx context.Context, b *batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(endTimeout, time.Until(s.deadline)))
	defer cancel()
	if err := s.run(ctx, b.statements, commitAll); err != nil {
		return err
	}
	s.release()
	return nil
}

func (s *postgresSession) commit() error {
	if s.done {
		return errClosed
	}
	if !s.begun {
		s.release()
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
	defer cancel()
	if err := s.run(ctx, nil, commitAll); err != nil {
		commit := (*commitError)(nil)
		if errors.As(err, &commit) {
			return err
		}
		return &commitError{err}
	}
	s.release()
	return nil
}

func (s *postgresSession) rollback() error {
	if s.done {
		return nil
	}
	if s.begun && !s.conn.Conn().IsClosed() {
		s.queue = nil
		ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
		defer cancel()
		if err := s.run(ctx, []*statement{plain(`rollback`)}, nil); err != nil {
			_ = s.conn.Conn().Close(ctx) // its state is unknown; the pool throws closed ones away
		}
	}
	s.release()
	return nil
}

func (s *postgresSession) release() {
	s.done = true
	s.conn.Release()
	s.engine.turns.give(s.tenant, s.mode)
}
