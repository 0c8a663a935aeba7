package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// busyTimeout is how long SQLite itself waits for another process's lock, deaf to
// cancellation; busyAttempts is how often that is tried.
const (
	busyTimeout  = 2 * time.Second
	busyAttempts = 10
)

// sqliteEngine is a SQLite file and its request log: one connection that writes
// to each, since SQLite has one writer per file anyway, and a pool of connections
// that read both.
type sqliteEngine struct {
	path   string
	writer *sqlitePool
	log    *sqlitePool // writes to the request log
	reader *sqlitePool
	// patient reads for minutes: what requests read must not wait for it.
	patient *sqlitePool
	// syncEvery is how long relaxed transactions may follow each other without one
	// that waits for the disk, which makes those before it durable too.
	syncEvery time.Duration
}

var _ engine = (*sqliteEngine)(nil)

func openSQLite(ctx context.Context, path string, readers int) (*sqliteEngine, error) {
	path, err := createFile(path)
	if err != nil {
		return nil, err
	}
	if err := registerFunctions(); err != nil {
		return nil, err
	}
	if readers <= 0 {
		readers = max(4, 2*runtime.GOMAXPROCS(0))
	}
	e := &sqliteEngine{path: path, syncEvery: time.Second}
	if err := e.openPools(ctx, readers); err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

func (e *sqliteEngine) openPools(ctx context.Context, readers int) (err error) {
	if e.writer, err = newSQLitePool(writerDSN(e.path), 1, attached{}); err != nil {
		return err
	}
	if err := e.tryWriter(ctx, e.path); err != nil {
		return err
	}
	if err := e.openLog(ctx); err != nil {
		return err
	}
	if e.reader, err = newSQLitePool(readerDSN(e.path), readers, attachLog(e.path)); err != nil {
		return err
	}
	e.patient, err = newSQLitePool(readerDSN(e.path), lastingConns, attachLog(e.path))
	return err
}

// tryWriter begins a transaction: the writer's first connection puts its file into
// WAL mode.
func (e *sqliteEngine) tryWriter(ctx context.Context, file string) error {
	s, err := e.begin(ctx, "", readWrite)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	s.rollback()
	return nil
}

// createFile makes the file and its directory if they are not there, so that
// nobody but the owner can read them; SQLite gives the files beside it the same
// mode.
func createFile(path string) (string, error) {
	if path == "" || strings.HasPrefix(path, ":memory:") || strings.HasPrefix(path, "?") {
		return "", fmt.Errorf("sqlite:%s is not a file: a database in memory would lose what it acknowledged", path)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil { //nolint:gosec // where the operator wants the database
		return "", err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // as above
	if err != nil {
		return "", err
	}
	return path, f.Close()
}

func writerDSN(path string) string {
	return sqliteDSN(path, "immediate",
		"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)",
		"cache_size(-65536)", "wal_autocheckpoint(8000)", "journal_size_limit(67108864)", "temp_store(MEMORY)")
}

func readerDSN(path string) string {
	return sqliteDSN(path, "deferred", "cache_size(-16384)", "temp_store(MEMORY)", "query_only(ON)")
}

// sqliteDSN puts busy_timeout first: the pragmas behind it may meet a lock.
func sqliteDSN(path, txlock string, pragmas ...string) string {
	q := []string{
		"_txlock=" + txlock, "_dqs=0",
		fmt.Sprintf("_pragma=busy_timeout(%d)", busyTimeout.Milliseconds()),
	}
	for _, p := range pragmas {
		q = append(q, "_pragma="+p)
	}
	return fileURI(path, strings.Join(q, "&"))
}

func (e *sqliteEngine) begin(ctx context.Context, _ string, m mode) (session, error) {
	pool, start := e.reader, "begin"
	if m != readOnly {
		pool, start = e.writer, "begin immediate"
	}
	c, err := pool.take(ctx)
	if err != nil {
		return nil, err
	}
	if m != readOnly {
		if err := c.relax(ctx, m == relaxed && time.Since(c.synced) < e.syncEvery); err != nil {
			pool.discard(c)
			return nil, fmt.Errorf("set how durable a transaction is: %w", err)
		}
	}
	s := &sqliteSession{sqliteConn: c, pool: pool, dialect: e}
	if err := retryBusy(ctx, func() error { _, err := c.exec(ctx, start); return err }); err != nil {
		// A "begin" whose context ended may have taken effect all the same, and
		// the next one on this connection would find a transaction open.
		s.rollback() //nolint:contextcheck // it must run although ctx has ended
		return nil, err
	}
	return s, nil
}

// aside: a second writer would only wait for the first.
func (e *sqliteEngine) aside() engine { return e }

func (e *sqliteEngine) lasting() engine {
	patient := *e
	patient.reader = e.patient
	return &patient
}

// repeatable: retryBusy has waited already.
func (e *sqliteEngine) repeatable(error) (again, away bool) { return false, false }

func (e *sqliteEngine) close() error {
	var errs []error
	for _, pool := range []*sqlitePool{e.patient, e.reader, e.log, e.writer} {
		if pool != nil { // it was opened
			errs = append(errs, pool.close())
		}
	}
	return errors.Join(errs...)
}

// retryBusy tries again when another process kept the lock for all of
// busyTimeout. SQLite's waiting is not fair: a process that writes all the time
// can make others wait for longer than their turn.
func retryBusy(ctx context.Context, fn func() error) error {
	var err error
	for range busyAttempts {
		if err = fn(); !isSQLiteCode(err, sqlite3.SQLITE_BUSY) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// isSQLiteCode compares the primary result code, the low byte of the extended one.
func isSQLiteCode(err error, code int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == code
}

func (e *sqliteEngine) isUnique(err error) bool {
	var se *sqlite.Error
	return errors.As(err, &se) &&
		(se.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || se.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

func (e *sqliteEngine) jsonRows(param, alias string, columns ...string) string {
	var b strings.Builder
	b.WriteString("(select ")
	for i, c := range columns {
		name, _, _ := strings.Cut(c, " ")
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "value->>'%[1]s' as %[1]s", name)
	}
	fmt.Fprintf(&b, " from json_each(%s)) as %s", param, alias)
	return b.String()
}

func (e *sqliteEngine) jsonRecords(param, alias string, columns ...string) string {
	return e.jsonRows(param, alias, columns...)
}

func (e *sqliteEngine) chain(before, param string) string {
	if before == "" {
		before = "x''"
	}
	return "roster_chain(" + before + ", " + param + ")"
}
func (e *sqliteEngine) fold(expr string) string       { return "roster_fold(" + expr + ")" }
func (e *sqliteEngine) timeMicros(expr string) string { return "roster_micros(" + expr + ")" }
func (e *sqliteEngine) forChange() string             { return "" } // the writer is alone
func (e *sqliteEngine) forDelete() string             { return "" }
func (e *sqliteEngine) writersOverlap() bool          { return false }

// sqliteSession is a transaction on one connection.
type sqliteSession struct {
	*sqliteConn
	pool    *sqlitePool
	dialect dialect
	done    bool
}

func (s *sqliteSession) send(ctx context.Context, b *batch) error {
	for _, st := range b.statements {
		if err := s.carryOut(ctx, st); err != nil {
			if st.conflict != nil && s.dialect.isUnique(err) {
				return st.conflict
			}
			return err
		}
	}
	return nil
}

func (s *sqliteSession) carryOut(ctx context.Context, st *statement) error {
	if st.scan == nil {
		result, err := s.exec(ctx, st.query, st.args...)
		if err == nil {
			st.affected, err = result.RowsAffected()
		}
		return err
	}
	rows, err := s.query(ctx, st.query, st.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := st.scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s *sqliteSession) mark(ctx context.Context, statement string) error {
	_, err := s.exec(ctx, statement)
	return err
}

func (s *sqliteSession) commit() error {
	if s.done {
		return sql.ErrTxDone
	}
	if _, err := s.exec(context.Background(), "commit"); err != nil {
		return err // rollback follows
	}
	if !s.relaxed {
		s.synced = time.Now()
	}
	s.done = true
	s.pool.give(s.sqliteConn)
	return nil
}

func (s *sqliteSession) rollback() {
	if s.done {
		return
	}
	s.done = true
	if _, err := s.exec(context.Background(), "rollback"); err != nil && !isSQLiteCode(err, sqlite3.SQLITE_ERROR) {
		// SQLITE_ERROR: the failure that brought us here has rolled back
		// already. With anything else the connection's state is unknown.
		s.pool.discard(s.sqliteConn)
		return
	}
	s.pool.give(s.sqliteConn)
}
