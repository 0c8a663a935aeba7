package storage

import (
	lru "container/list"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"modernc.org/sqlite"
)

// maxStatements is how many prepared statements a connection keeps.
const maxStatements = 256

var errClosed = errors.New("database is closed")

// sqlitePool hands out connections that keep their prepared statements.
// database/sql's own pool cannot: preparing inside its transactions needs
// either a second connection or a new statement each time.
type sqlitePool struct {
	db     *sql.DB
	beside attached         // without a name: nothing
	slots  chan *sqliteConn // nil: a connection that was not opened yet
	closed chan struct{}
	once   sync.Once
}

func newSQLitePool(dsn string, size int, beside attached) (*sqlitePool, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	p := &sqlitePool{
		db:     sql.OpenDB(connector),
		beside: beside,
		slots:  make(chan *sqliteConn, size),
		closed: make(chan struct{}),
	}
	p.db.SetMaxOpenConns(size)
	p.db.SetMaxIdleConns(size)
	for range size {
		p.slots <- nil
	}
	return p, nil
}

// take waits for a connection; the caller gives it back or discards it.
func (p *sqlitePool) take(ctx context.Context) (*sqliteConn, error) {
	select {
	case <-p.closed:
		return nil, errClosed
	default:
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.closed:
		return nil, errClosed
	case c := <-p.slots:
		if c != nil {
			return c, nil
		}
		c, err := p.open(ctx)
		if err != nil {
			p.slots <- nil
		}
		return c, err
	}
}

func (p *sqlitePool) open(ctx context.Context) (*sqliteConn, error) {
	var raw *sql.Conn
	err := retryBusy(ctx, func() (err error) {
		if raw, err = p.db.Conn(ctx); err != nil || p.beside.name == "" {
			return err
		}
		if _, err = raw.ExecContext(ctx, `attach database $1 as `+p.beside.name, p.beside.uri); err != nil {
			err = errors.Join(err, raw.Close())
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &sqliteConn{raw: raw, stmts: map[string]*lru.Element{}, recent: lru.New()}, nil
}

func (p *sqlitePool) give(c *sqliteConn) { p.slots <- c }

func (p *sqlitePool) discard(c *sqliteConn) {
	_ = c.close() // it is being thrown away because it does not work
	p.slots <- nil
}

// close waits until every connection has come back.
func (p *sqlitePool) close() error {
	var errs []error
	p.once.Do(func() {
		close(p.closed)
		for range cap(p.slots) {
			if c := <-p.slots; c != nil {
				errs = append(errs, c.close())
			}
		}
		errs = append(errs, p.db.Close())
	})
	return errors.Join(errs...)
}

// sqliteConn is one connection with the statements prepared on it, the least
// recently used of which go first. One goroutine uses it at a time.
type sqliteConn struct {
	raw    *sql.Conn
	stmts  map[string]*lru.Element // of *prepared
	recent *lru.List               // front: used last

	relaxed bool      // commits do not wait for the disk
	synced  time.Time // when one did
}

type prepared struct {
	query string
	stmt  *sql.Stmt
}

func (c *sqliteConn) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if e, ok := c.stmts[query]; ok {
		c.recent.MoveToFront(e)
		return e.Value.(*prepared).stmt, nil
	}
	stmt, err := c.raw.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare statement: %w", err)
	}
	c.stmts[query] = c.recent.PushFront(&prepared{query, stmt})
	if c.recent.Len() > maxStatements {
		oldest := c.recent.Remove(c.recent.Back()).(*prepared)
		delete(c.stmts, oldest.query)
		_ = oldest.stmt.Close() // finalising repeats the statement's last error, which was reported
	}
	return stmt, nil
}

// relax says whether commits on the connection, which writes, wait for the disk.
// In WAL mode the file stays whole either way. A statement of this kind takes
// effect when it is prepared, so it is not kept.
func (c *sqliteConn) relax(ctx context.Context, relaxed bool) error {
	if c.relaxed == relaxed {
		return nil
	}
	statement := "pragma synchronous = full"
	if relaxed {
		statement = "pragma synchronous = normal"
	}
	_, err := c.raw.ExecContext(ctx, statement)
	if err == nil {
		c.relaxed = relaxed
	}
	return err
}

func (c *sqliteConn) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := c.prepare(ctx, query) //nolint:sqlclosecheck // the connection keeps its statements
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

func (c *sqliteConn) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := c.prepare(ctx, query) //nolint:sqlclosecheck // the connection keeps its statements
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (c *sqliteConn) close() error {
	for e := c.recent.Front(); e != nil; e = e.Next() {
		_ = e.Value.(*prepared).stmt.Close() // as in prepare
	}
	return c.raw.Close()
}
