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

func (e *sqliteEngine) schemaVersion(ctx context.Context, tx *tx) (int64, error) {
	var tables, version int64
	into := func(dest *int64) func(scanner) error {
		return func(row scanner) error { return row.Scan(dest) }
	}
	err := tx.get(ctx, into(&tables),
		`select count(*) from sqlite_master where type = 'table' and name = 'goose_db_version'`)
	if err != nil || tables == 0 {
		return 0, err
	}
	err = tx.get(ctx, into(&version), `select coalesce(max(version_id), 0) from goose_db_version where is_applied`)
	return version, err
}

// migrate runs goose inside one transaction that is SQLite's write lock as well:
// whoever comes second sees every migration applied. goose is kept from
// beginning transactions of its own, and has one connection, which is in ours.
func (e *sqliteEngine) migrate(ctx context.Context) (err error) {
	connector, err := sqlite.NewConnector(writerDSN(e.path))
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()

	provider, err := goose.NewProvider(goose.DialectSQLite3, db, e.migrations(),
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
