package storage

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The request log is in a file of its own, beside the database. A file has one
// writer: so requests do not wait until it is told of others, which costs them a
// tenth of their time. The log's writer sees the database, and readers see both
// files, so that SQL is the same as where all is one database. No transaction
// writes to both.

// SQLiteLog is the file that has the request log of the database in another:
// roster-log.db beside roster.db.
func SQLiteLog(database string) string {
	ending := filepath.Ext(database)
	return strings.TrimSuffix(database, ending) + "-log" + ending
}

// attached is a database file that a connection sees besides its own. Tables of
// both have names of their own, so statements need not say where they are.
type attached struct{ name, uri string }

// attachLog lets readers see the request log.
func attachLog(database string) attached {
	return attached{"log", fileURI(SQLiteLog(database), "mode=rw")}
}

// attachDatabase lets the log's writer see the database. As that is read-only,
// "begin immediate" takes the lock of the log alone, and what it sees is of a
// moment after that.
func attachDatabase(path string) attached { return attached{"roster", fileURI(path, "mode=ro")} }

func fileURI(path, query string) string {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), OmitHost: true, RawQuery: query}
	return u.String()
}

// logSyncEvery is sqliteWriter.syncEvery of the log: a sync of one file holds up those of the
// other.
const logSyncEvery = 10 * time.Second

// requestLog is the same engine with the log's writer for its own.
func (e *sqliteEngine) requestLog() engine {
	log := *e
	log.writer = e.log
	return &log
}

// openLog opens the log before anybody reads it. One that is not there, since the
// database was restored to another place, begins anew.
func (e *sqliteEngine) openLog(ctx context.Context) error {
	file, err := createFile(SQLiteLog(e.path))
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if info.Size() == 0 {
		if err := migrateFile(ctx, file, logMigrations()); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	if e.log, err = newSQLiteWriter(file, attachDatabase(e.path), logSyncEvery); err != nil {
		return err
	}
	return e.requestLog().(*sqliteEngine).tryWriter(ctx, file)
}
