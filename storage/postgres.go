package storage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Bounds of work on PostgreSQL.
const (
	// connectTimeout bounds the making of one connection.
	connectTimeout = 5 * time.Second
	// transactionTimeout bounds a transaction from its first statement to its
	// last, whatever time the request has.
	transactionTimeout = 30 * time.Second
	// endTimeout bounds a commit or a rollback, which do not heed the request's
	// cancellation. Whoever waits for a transaction to have ended waits longer.
	endTimeout = 8 * time.Second
	// lockTimeout is well below PostgreSQL's deadlock_timeout of one second: of a
	// single write and a bulk that wait for each other, the single write gives
	// way, since it can be repeated.
	lockTimeout = 300 * time.Millisecond
	// idleTimeout ends a transaction whose process has stopped in its middle.
	idleTimeout = 5 * time.Second
)

// postgresEngine is a PostgreSQL database behind a pool of connections.
type postgresEngine struct {
	pool *pgxpool.Pool
	// proxied: a proxy may give each transaction another server connection, so
	// that nothing can be left on it, neither statements nor settings.
	proxied bool
	tracer  pgx.QueryTracer // told of every statement; nil: nobody
	trips   atomic.Int64    // round trips so far
	// sharded: the database, also when asked by another engine on it, is one that
	// spreads tables over nodes, which it tells of settings made with "set" alone.
	sharded *atomic.Bool

	longest time.Duration // of a transaction
	turns   *turns        // of who writes to a tenant; nil: they are not bounded
	kept    *texts        // of this and all others on the database

	lock    sync.Mutex
	beside  *postgresEngine // nil: not needed yet
	patient *postgresEngine // nil: not needed yet
}

var _ engine = (*postgresEngine)(nil)

// openPostgres makes the pool; it does not need the server yet. A port in the
// address that is not given is 5432, and pool_max_conns and the like may be set
// in it. With default_query_exec_mode=cache_describe it works behind PgBouncer
// in transaction mode.
func openPostgres(ctx context.Context, url string) (*postgresEngine, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, redactedError(err)
	}
	e := &postgresEngine{tracer: config.ConnConfig.Tracer, sharded: &atomic.Bool{}, longest: transactionTimeout, kept: &texts{}}
	switch config.ConnConfig.DefaultQueryExecMode {
	case pgx.QueryExecModeCacheStatement:
	case pgx.QueryExecModeCacheDescribe:
		e.proxied = true
	default:
		return nil, errors.New("default_query_exec_mode must be cache_statement, or cache_describe behind PgBouncer")
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = int32(max(8, 4*runtime.GOMAXPROCS(0)))
	}
	config.ConnConfig.ConnectTimeout = connectTimeout
	config.ConnConfig.DialFunc = dialer().DialContext
	// A request that is cancelled costs its statement, not its connection.
	config.ConnConfig.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: time.Second}
	}
	if !e.proxied {
		settings := config.ConnConfig.RuntimeParams
		settings["application_name"] = "roster"
		settings["lock_timeout"] = milliseconds(lockTimeout)
		settings["idle_in_transaction_session_timeout"] = milliseconds(idleTimeout)
		maps.Copy(settings, planSettings)
	}
	config.AfterConnect = e.settle
	if e.pool, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), config); err != nil {
		return nil, redactedError(err)
	}
	e.turns = newTurns(config.MaxConns)
	return e, nil
}

// milliseconds is a duration as a setting of PostgreSQL.
func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// redactedError is an error about an address without the address, which has the
// password in it.
func redactedError(err error) error {
	if parse := (*pgconn.ParseConfigError)(nil); errors.As(err, &parse) {
		return fmt.Errorf("the address is malformed; want postgres://USER:PASSWORD@HOST/DATABASE: %w", errors.Unwrap(parse))
	}
	return err
}

func (e *postgresEngine) begin(ctx context.Context, tenantID string, m mode) (session, error) {
	if tenantID != "" && !isID(tenantID) {
		return nil, fmt.Errorf("%q is no tenant", tenantID)
	}
	ctx, cancel := until(ctx, time.Now().Add(transactionTimeout))
	defer cancel()
	if err := e.turns.take(ctx, tenantID, m); err != nil {
		return nil, err
	}
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		e.turns.give(tenantID, m)
		return nil, err
	}
	return &postgresSession{engine: e, conn: conn, tenant: tenantID, mode: m, deadline: time.Now().Add(e.longest)}, nil
}

func (e *postgresEngine) writersOverlap() bool { return true }

// asideConns is how many connections there are besides those for requests.
const asideConns = 4

// aside makes its pool on the first call: a command that changes nothing needs none.
// What uses it is little, and a writer may wait for it: it has no turns.
func (e *postgresEngine) aside() engine {
	e.lock.Lock()
	defer e.lock.Unlock()
	if e.beside == nil {
		config := e.pool.Config()
		config.MaxConns, config.MinConns, config.MinIdleConns = asideConns, 0, 0
		pool, err := pgxpool.NewWithConfig(context.Background(), config)
		if err != nil { // the same configuration has made a pool before
			return e
		}
		e.beside = &postgresEngine{pool: pool, proxied: e.proxied, tracer: e.tracer, sharded: e.sharded, longest: e.longest, kept: e.kept}
	}
	return e.beside
}

// requestLog: no request waits for these connections.
func (e *postgresEngine) requestLog() engine { return e.aside() }

func (e *postgresEngine) close() error {
	e.lock.Lock()
	defer e.lock.Unlock()
	for _, other := range []*postgresEngine{e.beside, e.patient} {
		if other != nil {
			other.pool.Close()
		}
	}
	e.pool.Close()
	return nil
}

// CheckRole refuses to work with a role that row-level security does not bind.
func (db *DB) CheckRole(ctx context.Context) error {
	if _, ok := db.engine.(*postgresEngine); !ok {
		return nil
	}
	var name string
	var exempt bool
	err := db.view(ctx, "", func(tx *tx) error {
		b := &batch{}
		b.query(func(row scanner) error { return row.Scan(&name, &exempt) },
			`select rolname, rolsuper or rolbypassrls from pg_roles where rolname = current_user`)
		return tx.last(ctx, b)
	})
	if err != nil {
		return fmt.Errorf("check the database role: %w", err)
	}
	if exempt {
		return fmt.Errorf("the database role %q is a superuser or has BYPASSRLS, so row-level security would not keep "+
			"tenants apart; create a role without either for Roster and use it in the address", name)
	}
	return nil
}
