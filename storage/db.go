// Package storage keeps everything Roster stores in one SQL database. The
// interfaces that it implements are declared by the packages that need them;
// the SQL text is the same for every database, and a small dialect covers what
// is not.
package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// Options are what Open may be told besides the address.
type Options struct {
	// Now is the clock; nil is time.Now. Every transaction reads it once.
	Now func() time.Time
	// Readers is how many reads run at the same time; 0 picks a number that
	// suits the machine.
	Readers int
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine engine
	now    func() time.Time
}

// engine is one kind of database.
type engine interface {
	dialect
	// begin starts a transaction. tenantID confines it to one tenant's rows
	// where the database can enforce that; "" is for installation-wide tables.
	begin(ctx context.Context, tenantID string, m mode) (session, error)
	// migrations are the migration files for this database, migrate applies
	// those that are missing, and schemaVersion is the last one applied.
	migrations() fs.FS
	migrate(ctx context.Context) error
	schemaVersion(ctx context.Context, tx *tx) (int64, error)
	// close waits for running transactions.
	close() error
}

// mode says what a transaction may do.
type mode bool

const (
	readOnly  mode = false
	readWrite mode = true
)

// session is a transaction that has begun. One goroutine uses it at a time.
type session interface {
	exec(ctx context.Context, query string, args ...any) (sql.Result, error)
	query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	// send carries out the statements of a batch in order.
	send(ctx context.Context, b *batch) error
	// commit makes the transaction durable. It does not heed cancellation:
	// once it is called, its outcome is the write's outcome.
	commit() error
	// rollback undoes the transaction; after commit it does nothing.
	rollback()
}

// Open opens the database at an address of the form "sqlite:path" and creates
// the file, readable by its owner alone, if there is none. It does not migrate.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	scheme, rest, ok := strings.Cut(url, ":")
	if !ok {
		return nil, fmt.Errorf("open database: %q is no database address: want sqlite:path", url)
	}
	switch scheme {
	case "sqlite":
		e, err := openSQLite(ctx, rest, o.Readers)
		if err != nil {
			return nil, fmt.Errorf("open database: %w", err)
		}
		return &DB{engine: e, now: o.Now}, nil
	default:
		return nil, fmt.Errorf("open database: scheme %q is not supported: want sqlite:path", scheme)
	}
}

// Close waits for running transactions and closes the database.
func (db *DB) Close() error { return db.engine.close() }

// Ping answers whether the database can be read.
func (db *DB) Ping(ctx context.Context) error {
	return db.view(ctx, "", func(tx *tx) error {
		_, err := tx.exec(ctx, `select 1`)
		return err
	})
}

// errRollback, returned by a function given to update, ends the transaction
// without a trace and without an error.
var errRollback = errors.New("nothing to write")

// view runs fn in a read transaction: everything fn reads is of one moment.
func (db *DB) view(ctx context.Context, tenantID string, fn func(tx *tx) error) error {
	return db.transact(ctx, tenantID, readOnly, fn)
}

// update runs fn in a write transaction, which is durable when update returns
// nil. An error of fn, or a panic, undoes everything.
func (db *DB) update(ctx context.Context, tenantID string, fn func(tx *tx) error) error {
	err := db.transact(ctx, tenantID, readWrite, fn)
	if errors.Is(err, errRollback) {
		return nil
	}
	return err
}

func (db *DB) transact(ctx context.Context, tenantID string, m mode, fn func(tx *tx) error) error {
	s, err := db.engine.begin(ctx, tenantID, m)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer s.rollback()
	if err := fn(db.tx(s)); err != nil {
		return err
	}
	if err := s.commit(); err != nil {
		return fmt.Errorf("commit transaction: %w", err)
	}
	return nil
}

// tx reads the clock when the transaction holds its lock, so that times follow
// the order of commits, and cuts it to what the tables keep.
func (db *DB) tx(s session) *tx {
	return &tx{session: s, dialect: db.engine, now: db.now().UTC().Truncate(time.Microsecond)}
}
