package storage

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// run sends the queue, the statements and the one that ends the transaction, if
// there is one, and then reads the answers.
func (s *postgresSession) run(ctx context.Context, statements []*statement, last *statement) error {
	if last != nil {
		statements = append(statements[:len(statements):len(statements)], last)
	}
	kept, err := s.prepare(ctx, statements)
	if err != nil {
		return err
	}
	control := s.queue
	keptControl, err := s.prepare(ctx, control)
	if err != nil {
		return err
	}
	s.queue, s.begun = nil, true
	traced := s.trace(ctx, control, statements)
	s.engine.trips.Add(1)
	p := s.conn.Conn().PgConn().StartPipeline(ctx)
	err = errors.Join(s.put(p, control, keptControl), s.put(p, statements, kept))
	complete := err == nil
	if flushed := p.Sync(); err == nil {
		err = flushed
	}
	read := 0
	if err == nil {
		read, err = s.read(p, len(control), statements, last != nil)
	}
	if closing := p.Close(); err == nil && last == nil { // what has ended stands, even if the server left right behind it
		err = closing
	}
	traced(err)
	switch {
	case err == nil:
		s.begun = last == nil
		return nil
	case last == nil || s.mode == readOnly || !complete || pgconn.SafeToRetry(err): // no commit was sent
	case read == len(statements)-1 || sqlState(err) == "":
		return &commitError{err} // the server has not said that it got no further than a statement before
	}
	if read < len(statements) {
		err = s.meaning(err, statements[read])
	}
	return err
}

// put puts statements into a pipeline.
func (s *postgresSession) put(p *pgconn.Pipeline, statements []*statement, kept []*postgresStatement) error {
	for i, st := range statements {
		if kept[i] == nil {
			p.SendQueryParams(st.query, nil, nil, nil, nil)
			continue
		}
		if err := kept[i].send(p, s.conn.Conn().TypeMap(), st.args); err != nil {
			return err
		}
	}
	return nil
}

// read reads the answers in the order of what was sent. done is how many of the
// statements have one.
func (s *postgresSession) read(p *pgconn.Pipeline, control int, statements []*statement, ends bool) (done int, err error) {
	for range control {
		if _, err := result(p); err != nil {
			return 0, err
		}
	}
	for i, st := range statements {
		r, err := result(p)
		switch {
		case err != nil:
		case ends && i == len(statements)-1:
			var tag pgconn.CommandTag
			if tag, err = r.Close(); err == nil {
				err = committed(tag)
			}
		default:
			err = s.take(r, st)
		}
		if err != nil {
			return i, err
		}
	}
	return len(statements), nil
}

// meaning is what the failure of a statement stands for.
func (s *postgresSession) meaning(err error, st *statement) error {
	switch {
	case st.conflict != nil && s.engine.isUnique(err):
		return st.conflict
	case st.refusal != nil && sqlState(err) == stateDivision:
		return st.refusal
	}
	return err
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
