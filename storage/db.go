// Package storage keeps everything Roster stores in one SQL database. The
// interfaces that it implements are declared by the packages that need them;
// the SQL text is the same for every database, and a small dialect covers what
// is not.
package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync/atomic"
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
	guard  Guard         // nil: nobody remembers what is stored
	direct *direct       // nil: a commit is always a step of its own
	work   chan struct{} // has a value when a job was left
	fresh  *commits      // of events, that are not in the feed yet
	mail   chan struct{} // has a value when a webhook has something to send
	sent   atomic.Int64  // statements
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
	// repeatable says whether a transaction that failed with this error may
	// succeed when it is done again, and whether it failed because the database
	// was away. Unless that was during its commit, it left nothing behind.
	repeatable(err error) (again, away bool)
	// aside is the same database by connections that requests do not use.
	aside() engine
	// requestLog is the same database by connections that write to the request log,
	// and to nothing else where that is a file of its own.
	requestLog() engine
	// lasting is the same database by connections for reading for minutes.
	lasting() engine
	// close waits for running transactions.
	close() error
}

// mode says what a transaction may do.
type mode int

const (
	readOnly mode = iota
	readWrite
	// relaxed writes without waiting for the disk. What was committed is there at
	// once and for ever, unless the machine or the database server dies within a
	// moment; then the last such transactions may be gone, each as a whole. A later
	// commit of a readWrite transaction makes those before it durable.
	relaxed
	// apart is readWrite for what may take long: where others that write at the same
	// time share a commit, nobody waits for the end of this one.
	apart
)

// session is a transaction that has begun. One goroutine uses it at a time.
type session interface {
	// send carries out the statements of a batch in order, up to the first that
	// fails. Whether those behind it were carried out is open.
	send(ctx context.Context, b *batch) error
	// mark carries out a statement on savepoints: at the latest before the next
	// batch, whose error is then this one's too.
	mark(ctx context.Context, statement string) error
	// commit makes the transaction durable. It does not heed cancellation:
	// once it is called, its outcome is the write's outcome.
	commit() error
	// rollback undoes the transaction; after commit it does nothing. An error says
	// that something which the transaction may have read was undone as well.
	rollback() error
}

// Open opens the database at an address of the form "sqlite:path" or
// "postgres://user:password@host/database". A SQLite file is made, readable by
// its owner alone, if there is none; a PostgreSQL server need not answer yet. It
// does not migrate.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	e, err := openEngine(ctx, url, o)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db := &DB{engine: e, now: o.Now, work: make(chan struct{}, 1), fresh: newCommits(), mail: make(chan struct{}, 1)}
	if e.writersOverlap() { // whoever else is on the database may have a cache
		db.guard = NewCloser(NewCacheStates(db), QuietTime)
		if pg, ok := e.(*postgresEngine); ok && !pg.proxied {
			db.direct = &direct{} // what a proxy says of a broken connection does not tell how far the server got
		}
	}
	return db, nil
}

func openEngine(ctx context.Context, url string, o Options) (engine, error) {
	scheme, rest, ok := strings.Cut(url, ":")
	switch {
	case ok && scheme == "sqlite":
		return openSQLite(ctx, rest, o.Readers)
	case ok && (scheme == "postgres" || scheme == "postgresql"):
		return openPostgres(ctx, url)
	case ok:
		return nil, fmt.Errorf("scheme %q is not supported: want sqlite:path or postgres://…", scheme)
	}
	return nil, errors.New("that is no database address: want sqlite:path or postgres://…")
}

// SetGuard puts another guard before every commit than the one that closes the
// shared cache. announces says that it tells somebody of changes, so that no commit
// may pass it by: one with the last batch only if it is an EarlyGuard. Else it does
// no more than close what others use. It is called before the database is used.
func (db *DB) SetGuard(g Guard, announces bool) {
	db.guard = g
	if early, ok := g.(EarlyGuard); ok && announces && db.direct != nil {
		db.direct.early = early
	} else if announces {
		db.direct = nil
	}
}

// aside is the same database for what must not wait behind requests. It has no
// guard, and ends with db.
func (db *DB) aside() *DB {
	return &DB{engine: db.engine.aside(), now: db.now, fresh: db.fresh, mail: db.mail}
}

// requestLog is the same database for writing to the request log alone. It has no
// guard, and ends with db.
func (db *DB) requestLog() *DB {
	return &DB{engine: db.engine.requestLog(), now: db.now, fresh: db.fresh, mail: db.mail}
}

// lasting is the same database for reading for minutes. It ends with db.
func (db *DB) lasting() *DB {
	return &DB{engine: db.engine.lasting(), now: db.now, fresh: db.fresh, mail: db.mail}
}

// RoundTrips is how often the database was asked something and had to answer
// before the next question, since it was opened; 0 if it is in this process.
func (db *DB) RoundTrips() int64 {
	if e, ok := db.engine.(*postgresEngine); ok {
		return e.trips.Load()
	}
	return 0
}

// Statements is how many statements were sent since it was opened, besides those
// that begin and end transactions.
func (db *DB) Statements() int64 { return db.sent.Load() }

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

// view runs fn in a read transaction: everything fn reads is of one moment. As
// with update, fn may run several times and begins anew each time.
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

// change is update for one write of a resource, with which the transaction ends.
// Its first attempt commits with the last batch, if that may be.
func (db *DB) change(ctx context.Context, tenantID string, fn func(tx *tx) error) error {
	first := db.direct.now()
	return db.update(ctx, tenantID, func(tx *tx) error {
		if tx.direct, first = first, false; tx.direct {
			tx.early = db.direct.early
		}
		return db.settleEarly(ctx, tx, fn(tx))
	})
}

// updateRelaxed is update for what may be lost with the machine: what is told of
// requests, and how far webhooks are.
func (db *DB) updateRelaxed(ctx context.Context, tenantID string, fn func(tx *tx) error) error {
	err := db.transact(ctx, tenantID, relaxed, fn)
	if errors.Is(err, errRollback) {
		return nil
	}
	return err
}

// transact runs fn in a transaction, and again if the transaction failed for
// reasons that pass.
func (db *DB) transact(ctx context.Context, tenantID string, m mode, fn func(tx *tx) error) error {
	return db.persist(ctx, func() error { return db.attempt(ctx, tenantID, m, fn) })
}

func (db *DB) attempt(ctx context.Context, tenantID string, m mode, fn func(tx *tx) error) error {
	s, err := db.engine.begin(ctx, tenantID, m)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer func() { _ = s.rollback() }() // after a panic, or a commit that failed
	tx := db.tx(s)
	err = fn(tx)
	if tx.ended { // with its last batch
		db.tell(tx.touched)
		return err
	}
	if err == nil {
		err = tx.countCredentials(ctx)
	}
	if err != nil {
		if undone := s.rollback(); undone != nil {
			return undone // instead of what was concluded from it
		}
		return err
	}
	defer db.tell(tx.touched) // perhaps of nothing: whoever is told looks
	if db.guard == nil || tx.touched.Empty() {
		return commit(s)
	}
	return db.commitGuarded(ctx, tx)
}

// tell wakes whoever waits for what a transaction has left.
func (db *DB) tell(touched *Touched) {
	if touched.jobs {
		wake(db.work)
	}
	if touched.mail {
		wake(db.mail)
	}
	if len(touched.news) > 0 {
		db.fresh.committed(touched.news)
	}
}

// wake tells a worker that there is work, once it has been committed.
func wake(worker chan<- struct{}) {
	select {
	case worker <- struct{}{}:
	default: // it will look anyway
	}
}

func commit(s session) error {
	if err := s.commit(); err != nil {
		return fmt.Errorf("commit transaction: %w", err)
	}
	return nil
}

// tx reads the clock when the transaction holds its lock, so that times follow
// the order of commits, and cuts it to what the tables keep.
func (db *DB) tx(s session) *tx {
	tx := db.txOf(s, &Touched{})
	tx.guarded = db.guard != nil
	return tx
}

func (db *DB) txOf(s session, touched *Touched) *tx {
	tx := &tx{session: s, dialect: db.engine, clock: db.now, touched: touched, sent: &db.sent}
	tx.readClock()
	return tx
}
