package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Errors of BackupSQLite, CheckSQLite and LockSQLite.
var (
	// ErrInUse: another process has the database open.
	ErrInUse = errors.New("a server or a command has the database open")
	// ErrDamaged: the file is no sound database of Roster.
	ErrDamaged = errors.New("not a sound database of Roster")
)

// stepPages is how many pages of 4 KiB are copied between two looks at the
// context.
const stepPages = 256

// BackupSQLite copies a database, as it stands at one commit, into the empty file
// to, checks the copy, and returns its schema's version. Whoever uses the database
// meanwhile goes on: the copy is a read transaction in WAL mode. It is a file on
// its own, with nothing beside it, and is on disk when BackupSQLite returns.
func BackupSQLite(ctx context.Context, from, to string) (schema int64, err error) {
	if err := registerFunctions(); err != nil {
		return 0, err
	}
	source, err := openConn(ctx, readerDSN(from))
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", from, err)
	}
	defer func() { err = errors.Join(err, source.close()) }()
	// The transaction begins with its first read and holds all steps to one moment;
	// without it, every commit of another process would start the copy over.
	if err := source.run(ctx, `begin`, `select count(*) from sqlite_master`); err != nil {
		return 0, fmt.Errorf("read %s: %w", from, err)
	}
	if err := source.copyTo(ctx, to); err != nil {
		return 0, fmt.Errorf("copy %s: %w", from, err)
	}
	return CheckSQLite(ctx, to)
}

// CheckSQLite makes a copy of a database one file on its own (a write-ahead log
// beside it is folded in), reads all of it, syncs it to disk, and returns its
// schema's version. Nobody else may use the file.
func CheckSQLite(ctx context.Context, file string) (schema int64, err error) {
	if err := registerFunctions(); err != nil { // indexes call them
		return 0, err
	}
	c, err := openConn(ctx, sqliteDSN(file, "deferred", "synchronous(FULL)"))
	if err != nil {
		return 0, damaged(err)
	}
	defer func() { err = errors.Join(err, c.close(), syncFile(file)) }()
	if err := c.leaveWAL(ctx); err != nil {
		return 0, damaged(err)
	}
	if schema, err = c.schemaVersion(ctx); err != nil {
		return 0, damaged(err)
	}
	return schema, c.checkPages(ctx)
}

// SQLiteSchema is the version of the schema that this program needs of a SQLite
// file.
func SQLiteSchema() (int64, error) { return lastMigration(migrationFiles("sqlite")) }

// copyConn is a connection that copies to or from another file.
type copyConn struct {
	db   *sql.DB
	conn *sql.Conn
}

func openConn(ctx context.Context, dsn string) (*copyConn, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &copyConn{db, conn}, nil
}

func (c *copyConn) close() error { return errors.Join(c.conn.Close(), c.db.Close()) }

func (c *copyConn) run(ctx context.Context, statements ...string) error {
	for _, s := range statements {
		if _, err := c.conn.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// leaveWAL folds the write-ahead log into the file and removes it, which needs the
// database to oneself.
func (c *copyConn) leaveWAL(ctx context.Context) error {
	var mode string
	if err := c.conn.QueryRowContext(ctx, `pragma journal_mode = delete`).Scan(&mode); err != nil {
		return err
	}
	if mode != "delete" {
		return fmt.Errorf("the journal mode stays %s", mode)
	}
	return nil
}

// schemaVersion is sqliteEngine.schemaVersion for a file that is not migrated; 0,
// which no database of Roster has, is an error here.
func (c *copyConn) schemaVersion(ctx context.Context) (int64, error) {
	var tables, version int64
	err := c.conn.QueryRowContext(ctx,
		`select count(*) from sqlite_master where type = 'table' and name = 'goose_db_version'`).Scan(&tables)
	if err == nil && tables > 0 {
		err = c.conn.QueryRowContext(ctx,
			`select coalesce(max(version_id), 0) from goose_db_version where is_applied`).Scan(&version)
	}
	if err == nil && version == 0 {
		err = fmt.Errorf("%w: it has no schema of Roster's", ErrDamaged)
	}
	return version, err
}

// checkPages reads every page and compares tables with their indexes and foreign
// keys.
func (c *copyConn) checkPages(ctx context.Context) error {
	var verdict string
	if err := c.conn.QueryRowContext(ctx, `pragma integrity_check(1)`).Scan(&verdict); err != nil {
		return damaged(err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, verdict)
	}
	var table string
	switch err := c.conn.QueryRowContext(ctx, `select "table" from pragma_foreign_key_check limit 1`).Scan(&table); {
	case err == nil:
		return fmt.Errorf("%w: rows of %s refer to rows that are not there", ErrDamaged, table)
	case !errors.Is(err, sql.ErrNoRows):
		return damaged(err)
	}
	return nil
}

// damaged marks what SQLite says of a file's content.
func damaged(err error) error {
	if isSQLiteCode(err, sqlite3.SQLITE_NOTADB) || isSQLiteCode(err, sqlite3.SQLITE_CORRUPT) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// copyTo copies what the connection sees into the file.
func (c *copyConn) copyTo(ctx context.Context, file string) error {
	// The file is of use only when it is whole, so it needs no journal.
	dsn := sqliteDSN(file, "deferred", "journal_mode(OFF)", "synchronous(OFF)")
	return c.steps(ctx, func(driver backuper) (*sqlite.Backup, error) { return driver.NewBackup(dsn) })
}

// copyFrom replaces what the connection's database holds with the file's content,
// in one transaction.
func (c *copyConn) copyFrom(ctx context.Context, file string) error {
	uri := fileURI(file, "mode=ro&immutable=1")
	return c.steps(ctx, func(driver backuper) (*sqlite.Backup, error) { return driver.NewRestore(uri) })
}

// backuper is what SQLite's driver has besides database/sql.
type backuper interface {
	NewBackup(to string) (*sqlite.Backup, error)
	NewRestore(from string) (*sqlite.Backup, error)
}

func (c *copyConn) steps(ctx context.Context, begin func(backuper) (*sqlite.Backup, error)) error {
	return c.conn.Raw(func(driver any) error {
		b, ok := driver.(backuper)
		if !ok {
			return fmt.Errorf("the driver %T cannot copy databases", driver)
		}
		run, err := begin(b)
		if err != nil {
			return err
		}
		for more := true; more && err == nil; {
			if more, err = run.Step(stepPages); more && err == nil {
				err = ctx.Err()
			}
		}
		// Finish undoes a copy that is not whole.
		return errors.Join(err, run.Finish())
	})
}

// syncFile makes a file's content durable.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // a file that this package has written
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
