package floor

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/roster-scim/roster/storage"
)

// selected is how many rows look-ups choose from.
const selected = 10_000

// insertResource is the one statement of a floor: a row with all of the table's
// indexes, in a transaction of its own.
const insertResource = `
	insert into resources (tenant_id, id, connection_id, resource_type, position,
		version, created_at, modified_at, display, document)
	values ($1, $2, $3, 'User', $4, 1, $5, $5, $6, $7)`

// Postgres are connections to a database that has Roster's schema and that nothing
// else uses.
type Postgres struct {
	conns    []*pgx.Conn
	tenants  int
	row      Row
	position atomic.Int64
	known    []uuid.UUID // of tenant 0
}

// OpenPostgres puts the schema into an empty database and connects to it. super is
// a superuser's address of it, whom row-level security does not slow down.
func OpenPostgres(ctx context.Context, owned, super string, connections, tenants int, row Row) (*Postgres, error) {
	if err := migrate(ctx, owned); err != nil {
		return nil, err
	}
	p := &Postgres{tenants: tenants, row: row}
	for range connections {
		c, err := pgx.Connect(ctx, super)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("connect: %w", err), p.Close(ctx))
		}
		p.conns = append(p.conns, c)
	}
	if err := p.fill(ctx); err != nil {
		return nil, errors.Join(err, p.Close(ctx))
	}
	return p, nil
}

func migrate(ctx context.Context, url string) error {
	db, err := storage.Open(ctx, url, storage.Options{})
	if err != nil {
		return err
	}
	return errors.Join(db.Migrate(ctx), db.Close())
}

// fill makes the rows that are looked up.
func (p *Postgres) fill(ctx context.Context) error {
	tenant, now := typical(0), time.Now().UnixMicro()
	columns := []string{"tenant_id", "id", "connection_id", "resource_type", "position", "version", "created_at", "modified_at", "display", "document"}
	p.known = make([]uuid.UUID, selected)
	_, err := p.conns[0].CopyFrom(ctx, pgx.Identifier{"resources"}, columns, pgx.CopyFromSlice(selected, func(i int) ([]any, error) {
		var err error
		p.known[i], err = uuid.NewV7()
		return []any{tenant, p.known[i], tenant, "User", p.position.Add(1), 1, now, now, p.row.Display, p.row.Document}, err
	}))
	if err == nil {
		_, err = p.conns[0].Exec(ctx, `vacuum analyze resources`)
	}
	if err != nil {
		return fmt.Errorf("fill the table: %w", err)
	}
	return nil
}

// Inserts commits rows one by one on every connection, each for one of the tenants.
func (p *Postgres) Inserts(ctx context.Context, d time.Duration) (Result, error) {
	return repeat(ctx, len(p.conns), d, func(ctx context.Context, worker int) error {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		tenant := typical(rand.IntN(p.tenants)) //nolint:gosec // any will do
		_, err = p.conns[worker].Exec(ctx, insertResource, tenant, id, tenant, p.position.Add(1), time.Now().UnixMicro(), p.row.Display, p.row.Document)
		return err
	})
}

// Selects reads rows by their primary key on every connection.
func (p *Postgres) Selects(ctx context.Context, d time.Duration) (Result, error) {
	tenant := typical(0)
	return repeat(ctx, len(p.conns), d, func(ctx context.Context, worker int) error {
		var version, created, modified int64
		var document string
		return p.conns[worker].QueryRow(ctx, `
			select version, created_at, modified_at, document from resources where tenant_id = $1 and id = $2`,
			tenant, p.known[rand.IntN(len(p.known))]). //nolint:gosec // any will do
			Scan(&version, &created, &modified, &document)
	})
}

// Close hangs up.
func (p *Postgres) Close(ctx context.Context) error {
	var errs []error
	for _, c := range p.conns {
		errs = append(errs, c.Close(ctx))
	}
	return errors.Join(errs...)
}

// PostgresRow is what Roster has stored of some person in a database.
func PostgresRow(ctx context.Context, super string) (row Row, err error) {
	c, err := pgx.Connect(ctx, super)
	if err != nil {
		return row, fmt.Errorf("connect: %w", err)
	}
	err = c.QueryRow(ctx, `select display, document from resources where resource_type = 'User' limit 1`).Scan(&row.Display, &row.Document)
	return row, errors.Join(err, c.Close(ctx))
}

// PostgresVersion is the server's.
func PostgresVersion(ctx context.Context, super string) (version string, err error) {
	c, err := pgx.Connect(ctx, super)
	if err != nil {
		return "", fmt.Errorf("connect: %w", err)
	}
	err = c.QueryRow(ctx, `show server_version`).Scan(&version)
	return version, errors.Join(err, c.Close(ctx))
}
