package storage

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var errClosed = errors.New("database is closed")

// sqlitePool hands out connections that keep their prepared statements.
type sqlitePool struct {
	connector sqldriver.Connector
	beside    attached         // without a name: nothing
	slots     chan *sqliteConn // nil: a connection that was not opened yet
	closed    chan struct{}
	once      sync.Once
}

func newSQLitePool(dsn string, size int, beside attached) (*sqlitePool, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	p := &sqlitePool{
		connector: connector,
		beside:    beside,
		slots:     make(chan *sqliteConn, size),
		closed:    make(chan struct{}),
	}
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
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case c := <-p.slots: // mostly there is one, and nothing to wait for
		return p.opened(ctx, c)
	default:
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.closed:
		return nil, errClosed
	case c := <-p.slots:
		return p.opened(ctx, c)
	}
}

// opened is the connection of a slot, which is opened now if it was not yet.
func (p *sqlitePool) opened(ctx context.Context, c *sqliteConn) (*sqliteConn, error) {
	if c != nil {
		return c, nil
	}
	c, err := p.open(ctx)
	if err != nil {
		p.slots <- nil
	}
	return c, err
}

func (p *sqlitePool) open(ctx context.Context) (c *sqliteConn, err error) {
	err = retryBusy(ctx, func() error {
		c, err = p.connect(ctx)
		return err
	})
	return c, err
}

func (p *sqlitePool) connect(ctx context.Context) (*sqliteConn, error) {
	raw, err := p.connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	c, err := newSQLiteConn(raw)
	if err != nil || p.beside.name == "" {
		return c, err
	}
	uri := []sqldriver.NamedValue{{Ordinal: 1, Value: p.beside.uri}}
	if _, err := c.raw.ExecContext(ctx, `attach database $1 as `+p.beside.name, uri); err != nil {
		return nil, errors.Join(fmt.Errorf("attach %s: %w", p.beside.name, err), c.close())
	}
	return c, nil
}

func (p *sqlitePool) give(c *sqliteConn) { p.slots <- c }

func (p *sqlitePool) discard(c *sqliteConn) {
	_ = c.close() // it is being thrown away because it does not work
	p.slots <- nil
}

// end rolls back and takes the connection back.
func (p *sqlitePool) end(c *sqliteConn) {
	if err := c.control("rollback"); err != nil && !isSQLiteCode(err, sqlite3.SQLITE_ERROR) {
		// SQLITE_ERROR: the failure that brought us here has rolled back
		// already. With anything else the connection's state is unknown.
		p.discard(c)
		return
	}
	p.give(c)
}

// close waits until every connection has come back. A pool that was not opened is
// nil.
func (p *sqlitePool) close() error {
	if p == nil {
		return nil
	}
	var errs []error
	p.once.Do(func() {
		close(p.closed)
		for range cap(p.slots) {
			if c := <-p.slots; c != nil {
				errs = append(errs, c.close())
			}
		}
	})
	return errors.Join(errs...)
}
