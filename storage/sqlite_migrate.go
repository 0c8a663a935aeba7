package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

func (e *sqliteEngine) migrations() fs.FS { return migrationFiles("sqlite") }
func logMigrations() fs.FS                { return migrationFiles("sqlite-log") }

// schemaVersion is the database's own, unless its request log is behind, or of a
// newer program. Numbers of migrations are given out to both files together.
func (e *sqliteEngine) schemaVersion(ctx context.Context, tx *tx) (int64, error) {
	version, err := tx.gooseVersion(ctx, "main")
	if err != nil {
		return 0, err
	}
	log, err := tx.gooseVersion(ctx, "log")
	if err != nil {
		return 0, err
	}
	missing, err := migrationAfter(logMigrations(), log)
	if err != nil {
		return 0, err
	}
	last, err := lastMigration(e.migrations())
	switch {
	case err != nil:
		return 0, err
	case missing > 0:
		return min(version, missing-1), nil
	case log > last:
		return log, nil
	}
	return version, nil
}

// gooseVersion is the last migration that was applied to a file.
func (t *tx) gooseVersion(ctx context.Context, file string) (int64, error) {
	var tables, version int64
	into := func(dest *int64) func(scanner) error {
		return func(row scanner) error { return row.Scan(dest) }
	}
	err := t.get(ctx, into(&tables),
		`select count(*) from `+file+`.sqlite_master where type = 'table' and name = 'goose_db_version'`)
	if err != nil || tables == 0 {
		return 0, err
	}
	err = t.get(ctx, into(&version), `select coalesce(max(version_id), 0) from `+file+`.goose_db_version where is_applied`)
	return version, err
}

// migrate migrates the database and then its request log. If it is interrupted in
// between, the schema's version says so.
func (e *sqliteEngine) migrate(ctx context.Context) error {
	if err := migrateFile(ctx, e.path, e.migrations()); err != nil {
		return err
	}
	if err := migrateFile(ctx, SQLiteLog(e.path), logMigrations()); err != nil {
		return fmt.Errorf("of the request log: %w", err)
	}
	return nil
}

// migrateFile runs goose inside one transaction that is SQLite's write lock as
// well: whoever comes second sees every migration applied. goose is kept from
// beginning transactions of its own, and has one connection, which is in ours.
func migrateFile(ctx context.Context, file string, migrations fs.FS) (err error) {
	connector, err := sqlite.NewConnector(writerDSN(file))
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()

	provider, err := goose.NewProvider(goose.DialectSQLite3, db, migrations,
		goose.WithIsolateDDL(true), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	err = retryBusy(ctx, func() error { _, err := db.ExecContext(ctx, `begin immediate`); return err })
	if err != nil {
		return fmt.Errorf("lock database: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		_, undo := db.ExecContext(context.WithoutCancel(ctx), `rollback`)
		return errors.Join(err, undo)
	}
	_, err = db.ExecContext(context.WithoutCancel(ctx), `commit`)
	return err
}
