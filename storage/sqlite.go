package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
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

// syncEvery is sqliteWriter.syncEvery of the database.
const syncEvery = time.Second

// sqliteEngine is a SQLite file and its request log: one connection that writes
// to each, since SQLite has one writer per file anyway, and a pool of connections
// that read both.
type sqliteEngine struct {
	path   string
	writer *sqliteWriter
	log    *sqliteWriter // writes to the request log
	reader *sqlitePool
	// patient reads for minutes: what requests read must not wait for it.
	patient *sqlitePool
	kept    *texts // of this and all others on the database
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
	e := &sqliteEngine{path: path, kept: &texts{}}
	if err := e.openPools(ctx, readers); err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

func (e *sqliteEngine) openPools(ctx context.Context, readers int) (err error) {
	if e.writer, err = newSQLiteWriter(e.path, attached{}, syncEvery); err != nil {
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
	return s.rollback()
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
		"cache_size(-16384)", "wal_autocheckpoint("+backstopFrames+")", "journal_size_limit(67108864)", "temp_store(MEMORY)")
}

func readerDSN(path string) string {
	return sqliteDSN(path, "deferred", "cache_size(-8192)", "temp_store(MEMORY)", "query_only(ON)")
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
	if m != readOnly {
		return e.writer.begin(ctx, m)
	}
	c, err := e.reader.take(ctx)
	if err != nil {
		return nil, err
	}
	return &sqliteReader{sqliteConn: c, pool: e.reader}, nil
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
	return errors.Join(e.patient.close(), e.reader.close(), e.log.close(), e.writer.close())
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

func (e *sqliteEngine) isUnique(err error) bool { return isSQLiteUnique(err) }

func isSQLiteUnique(err error) bool {
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

// serverRun: a file has no server.
func (e *sqliteEngine) serverRun() string { return "0" }

func (e *sqliteEngine) deleteEach(values, value, table, condition, column string) string {
	return deleteIn(values, value, table, condition, column)
}

func (e *sqliteEngine) chain(before, param string) string {
	if before == "" {
		before = "x''"
	}
	return "roster_chain(" + before + ", " + param + ")"
}

func (e *sqliteEngine) text(s shape) *atomic.Pointer[string] { return &e.kept[s] }

func (e *sqliteEngine) fold(expr string) string       { return "roster_fold(" + expr + ")" }
func (e *sqliteEngine) timeMicros(expr string) string { return "roster_micros(" + expr + ")" }
func (e *sqliteEngine) forChange() string             { return "" } // the writer is alone
func (e *sqliteEngine) modifiesTogether() bool        { return false }
func (e *sqliteEngine) takesArrays() bool             { return false }
func (e *sqliteEngine) refusing(query string) string  { return query }
func (e *sqliteEngine) forDelete() string             { return "" }
func (e *sqliteEngine) writersOverlap() bool          { return false }
