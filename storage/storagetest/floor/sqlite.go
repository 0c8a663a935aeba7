package floor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	_ "modernc.org/sqlite" // the driver that Roster uses
)

// SQLite is one connection to a file that has Roster's schema, set up as Roster's
// writer is: every commit is on the disk before it is answered.
type SQLite struct {
	db       *sql.DB
	insert   *sql.Stmt
	row      Row
	position atomic.Int64
}

// OpenSQLite makes the file, which must not be there.
func OpenSQLite(ctx context.Context, path string, row Row) (*SQLite, error) {
	if err := migrate(ctx, "sqlite:"+path); err != nil {
		return nil, err
	}
	settings := url.Values{"_pragma": {
		"busy_timeout(2000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)",
		"cache_size(-16384)", "wal_autocheckpoint(8000)", "journal_size_limit(67108864)", "temp_store(MEMORY)",
	}}
	db, err := sql.Open("sqlite", fileURI(path, settings))
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	db.SetMaxOpenConns(1)
	insert, err := db.PrepareContext(ctx, insertResource)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare: %w", err), db.Close())
	}
	return &SQLite{db: db, insert: insert, row: row}, nil
}

func fileURI(path string, settings url.Values) string {
	u := url.URL{Scheme: "file", Path: path, OmitHost: true, RawQuery: settings.Encode()}
	return u.String()
}

// Commits puts rows in, each in a transaction of its own.
func (s *SQLite) Commits(ctx context.Context, d time.Duration) (Result, error) {
	tenant := typical(0).String()
	return repeat(ctx, 1, d, func(ctx context.Context, _ int) error {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		_, err = s.insert.ExecContext(ctx, tenant, id.String(), tenant, s.position.Add(1), time.Now().UnixMicro(), s.row.Display, s.row.Document)
		return err
	})
}

// Close closes the file.
func (s *SQLite) Close() error { return errors.Join(s.insert.Close(), s.db.Close()) }

// SQLiteRow is what Roster has stored of some person in a file.
func SQLiteRow(ctx context.Context, path string) (row Row, err error) {
	db, err := sql.Open("sqlite", fileURI(path, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(2000)"}}))
	if err != nil {
		return row, fmt.Errorf("open: %w", err)
	}
	err = db.QueryRowContext(ctx, `select display, document from resources where resource_type = 'User' limit 1`).Scan(&row.Display, &row.Document)
	return row, errors.Join(err, db.Close())
}

// SQLiteVersion is the one that is built in.
func SQLiteVersion(ctx context.Context) (version string, err error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return "", fmt.Errorf("open: %w", err)
	}
	err = db.QueryRowContext(ctx, `select sqlite_version()`).Scan(&version)
	return version, errors.Join(err, db.Close())
}
