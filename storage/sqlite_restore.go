package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	sqlite3 "modernc.org/sqlite/lib"
)

// LockedSQLite is a SQLite database that nobody else has open and nobody else can
// use until Close.
type LockedSQLite struct {
	*copyConn
	empty bool
}

// LockSQLite takes the database in a file for the caller alone, or fails with
// ErrInUse or ErrDamaged. A file that is not there is made, readable by its owner
// alone.
func LockSQLite(ctx context.Context, path string) (*LockedSQLite, error) {
	if err := errors.Join(registerFunctions(), noStrayLog(path)); err != nil {
		return nil, err
	}
	path, err := createFile(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	// EXTRA also syncs the directory once a transaction's journal is gone.
	c, err := openConn(ctx, sqliteDSN(path, "exclusive", "synchronous(EXTRA)"))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, damaged(err))
	}
	if err := c.lockAlone(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), c.close())
	}
	return &LockedSQLite{c, info.Size() == 0}, nil
}

// noStrayLog refuses a log whose database is not there: SQLite would throw it away
// with the commits that are in it and nowhere else.
func noStrayLog(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, suffix := range []string{"-wal", "-journal"} {
		if _, err := os.Stat(path + suffix); err == nil {
			return fmt.Errorf("%s%s is there and %s is not; they belong together: move it to where the database went", path, suffix, path)
		}
	}
	return nil
}

// lockAlone takes the database until the connection is closed. Every connection in
// WAL mode holds a lock for as long as it is open, so that leaving this mode fails
// while a server runs, also one that does nothing.
func (c *copyConn) lockAlone(ctx context.Context) error {
	err := c.leaveWAL(ctx)
	if err == nil {
		err = c.run(ctx, `pragma locking_mode = exclusive`, `begin exclusive`, `commit`)
	}
	if isSQLiteCode(err, sqlite3.SQLITE_BUSY) {
		return ErrInUse
	}
	return damaged(err)
}

// Empty says that the database held nothing when it was locked.
func (l *LockedSQLite) Empty() bool { return l.empty }

// Copy copies the database to an empty file and makes that durable. It checks
// nothing: a damaged database is one reason to restore another.
func (l *LockedSQLite) Copy(ctx context.Context, to string) error {
	return errors.Join(l.copyTo(ctx, to), syncFile(to))
}

// Replace replaces what the database holds with the content of a file that
// CheckSQLite has passed.
//
// It is one transaction inside the same file: a process that opens the database
// meanwhile waits and then sees all of it or nothing; after a crash the next one to
// open it rolls back to what was there. To rename another file into its place
// would do neither: a server that had just opened the old one would go on with
// that, and its write-ahead log, which is found by name, would be taken for the
// new one's.
func (l *LockedSQLite) Replace(ctx context.Context, from string) error {
	return l.copyFrom(ctx, from)
}

// Close lets others have the database.
func (l *LockedSQLite) Close() error { return l.close() }
