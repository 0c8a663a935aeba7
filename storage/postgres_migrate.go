package storage

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

const (
	// migrateTimeout bounds a migration with all the waiting for others.
	migrateTimeout = time.Hour
	// migrateLockTimeout bounds how long a migration waits for a table that is in
	// use: all requests for the table queue behind it.
	migrateLockTimeout = 10 * time.Second
	// migrateLock is the advisory lock that whoever changes the schema holds.
	migrateLock = 0x726f73746572 // "roster"

	oldestPostgres = 14
)

func (e *postgresEngine) migrations() fs.FS { return migrationFiles("postgres") }

func (e *postgresEngine) schemaVersion(ctx context.Context, tx *tx) (int64, error) {
	var there bool
	var version int64
	err := tx.get(ctx, func(row scanner) error { return row.Scan(&there) },
		`select to_regclass(quote_ident(current_schema()) || '.goose_db_version') is not null`)
	if err != nil || !there {
		return 0, err
	}
	err = tx.get(ctx, func(row scanner) error { return row.Scan(&version) },
		`select coalesce(max(version_id), 0) from goose_db_version where is_applied`)
	return version, err
}

// migrate runs goose inside one transaction: it is kept from beginning
// transactions of its own.
func (e *postgresEngine) migrate(ctx context.Context) error {
	return e.alone(ctx, func(ctx context.Context, db *sql.DB) error {
		if err := checkServer(ctx, db); err != nil {
			return err
		}
		provider, err := goose.NewProvider(goose.DialectPostgres, db, e.migrations(),
			goose.WithIsolateDDL(true), goose.WithDisableGlobalRegistry(true))
		if err != nil {
			return err
		}
		_, err = provider.Up(ctx)
		return err
	})
}

// checkServer refuses a database that the schema cannot be made in.
func checkServer(ctx context.Context, db *sql.DB) error {
	var version int
	var encoding string
	var schema sql.NullString
	err := db.QueryRowContext(ctx, `
		select cast(current_setting('server_version_num') as int) / 10000, current_setting('server_encoding'), current_schema()`).
		Scan(&version, &encoding, &schema)
	switch {
	case err != nil:
		return err
	case version < oldestPostgres:
		return fmt.Errorf("the server is PostgreSQL %d; Roster needs %d or newer", version, oldestPostgres)
	case encoding != "UTF8":
		return fmt.Errorf("the database has the encoding %s; make one with the encoding UTF8", encoding)
	case !schema.Valid:
		return errors.New("the search_path of the database role names no schema that exists")
	}
	return nil
}

// alone runs fn in one transaction that nobody else who changes the schema is in
// at the same time: whoever comes second waits, and then sees what the first has
// done. The database given to fn is one connection, which is in the transaction.
func (e *postgresEngine) alone(ctx context.Context, fn func(ctx context.Context, db *sql.DB) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, migrateTimeout)
	defer cancel()
	config := e.pool.Config().ConnConfig
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // tables change under the statements
	db := sql.OpenDB(&steadyConnector{Connector: stdlib.GetConnector(*config)})
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()

	for _, statement := range []string{
		`begin isolation level read committed read write`,
		`set local statement_timeout = 0`,
		`set local lock_timeout = 0`,
		`set local idle_in_transaction_session_timeout = 0`,
		fmt.Sprintf(`select pg_advisory_xact_lock(%d)`, migrateLock),
		`set local lock_timeout = ` + milliseconds(migrateLockTimeout),
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("lock database: %w", err)
		}
	}
	if err := fn(ctx, db); err != nil {
		_, undo := db.ExecContext(context.WithoutCancel(ctx), `rollback`)
		return errors.Join(err, undo)
	}
	_, err = db.ExecContext(context.WithoutCancel(ctx), `commit`)
	return err
}

// steadyConnector makes one connection, which may have a transaction open
// between two uses. There is no second one, which would not be in it.
type steadyConnector struct {
	sqldriver.Connector
	used atomic.Bool
}

func (c *steadyConnector) Connect(ctx context.Context) (sqldriver.Conn, error) {
	if c.used.Swap(true) {
		return nil, errors.New("the connection was lost, and with it what was done on it")
	}
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner, ok := conn.(*stdlib.Conn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("connect: unexpected %T", conn), conn.Close())
	}
	return steadyConn{inner}, nil
}

type steadyConn struct{ *stdlib.Conn }

// ResetSession leaves the connection as it is.
func (c steadyConn) ResetSession(context.Context) error { return nil }
