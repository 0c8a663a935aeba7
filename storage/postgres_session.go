package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgresSession is a transaction on one connection. Each batch is one round
// trip: all of it is sent before the first answer is read. Whatever needs no
// answer of its own, such as the beginning, waits in the queue for the next batch.
type postgresSession struct {
	engine   *postgresEngine
	conn     *pgxpool.Conn
	mode     mode
	deadline time.Time
	queue    []string // control statements that go out before the next batch
	begun    bool     // the server knows of the transaction
	done     bool     // it has ended and the connection was given back
}

func (s *postgresSession) mark(_ context.Context, statement string) error {
	if s.done {
		return errClosed
	}
	s.queue = append(s.queue, statement)
	return nil
}

func (s *postgresSession) send(ctx context.Context, b *batch) error {
	if s.done {
		return errClosed
	}
	ctx, cancel := context.WithDeadline(ctx, s.deadline)
	defer cancel()
	if !b.final || s.mode != readOnly {
		return s.run(ctx, b.statements, "")
	}
	if !s.begun && len(s.queue) == 1 && len(b.statements) == 1 {
		s.queue = nil // one statement that only reads, outside row-level security, needs no transaction
		err := s.run(ctx, b.statements, "")
		s.begun = false
		return err
	}
	return s.run(ctx, b.statements, `commit`)
}

// run sends the queue, the statements and the last control statement, if there
// is one, and then reads the answers.
func (s *postgresSession) run(ctx context.Context, statements []*statement, last string) error {
	kept, err := s.prepare(ctx, statements)
	if err != nil {
		return err
	}
	control := s.queue
	s.queue, s.begun = nil, true
	traced := s.trace(ctx, control, statements)
	s.engine.trips.Add(1)
	p := s.conn.Conn().PgConn().StartPipeline(ctx)
	for _, text := range control {
		p.SendQueryParams(text, nil, nil, nil, nil)
	}
	for i, st := range statements {
		if err = kept[i].send(p, s.conn.Conn().TypeMap(), st.args); err != nil {
			break
		}
	}
	if err == nil && last != "" {
		p.SendQueryParams(last, nil, nil, nil, nil)
	}
	err = errors.Join(err, p.Sync())
	if err == nil {
		err = s.read(p, len(control), statements, last)
	}
	if closing := p.Close(); err == nil {
		err = closing
	}
	if err == nil && last != "" {
		s.begun = false
	}
	traced(err)
	return err
}

// read reads the answers in the order of what was sent.
func (s *postgresSession) read(p *pgconn.Pipeline, control int, statements []*statement, last string) error {
	for range control {
		if _, err := result(p); err != nil {
			return err
		}
	}
	for _, st := range statements {
		r, err := result(p)
		if err == nil {
			err = s.take(r, st)
		}
		if err != nil {
			if st.conflict != nil && s.engine.isUnique(err) {
				return st.conflict
			}
			return err
		}
	}
	if last == "" {
		return nil
	}
	r, err := result(p)
	if err != nil {
		return err
	}
	tag, err := r.Close()
	return errors.Join(err, committed(tag))
}

// take passes the rows of one answer on.
func (s *postgresSession) take(r *pgconn.ResultReader, st *statement) error {
	if st.scan == nil {
		tag, err := r.Close()
		st.affected = tag.RowsAffected()
		return err
	}
	rows := pgx.RowsFromResultReader(s.conn.Conn().TypeMap(), r)
	defer rows.Close()
	for rows.Next() {
		if err := st.scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// result is the next answer. The pipeline owns it.
func result(p *pgconn.Pipeline) (*pgconn.ResultReader, error) {
	next, err := p.GetResults()
	if err != nil {
		return nil, err
	}
	r, ok := next.(*pgconn.ResultReader)
	if !ok {
		return nil, fmt.Errorf("read the answers of a pipeline: unexpected %T", next)
	}
	return r, nil
}

// committed: the server answers ROLLBACK to the commit of a transaction in which
// something has failed.
func committed(tag pgconn.CommandTag) error {
	if tag.String() != "COMMIT" {
		return fmt.Errorf("the transaction was undone: %s", tag)
	}
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
	if err := s.run(ctx, nil, `commit`); err != nil {
		return &commitError{err}
	}
	s.release()
	return nil
}

func (s *postgresSession) rollback() {
	if s.done {
		return
	}
	if s.begun && !s.conn.Conn().IsClosed() {
		s.queue = nil
		ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
		defer cancel()
		if err := s.run(ctx, []*statement{{query: `rollback`}}, ""); err != nil {
			_ = s.conn.Conn().Close(ctx) // its state is unknown; the pool throws closed ones away
		}
	}
	s.release()
}

func (s *postgresSession) release() {
	s.done = true
	s.conn.Release()
}
