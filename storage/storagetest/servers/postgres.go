package servers

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strconv"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/modules/postgres"
)

// superPassword is of the servers that this process starts. A superuser can
// run programs, so it is not one that another account could know.
var superPassword = rand.Text()

// initArguments make ICU's English the default order, on purpose: an order by
// without COLLATE "C" then gives other pages than SQLite, and a test shows it.
const initArguments = "--encoding=UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US --auth-host=scram-sha-256"

var postgresRecipe = recipe{
	program: "postgres",
	image:   "postgres:15",
	port:    "5432",
	initialise: func(dir string) []string {
		return []string{"/bin/sh", "-c", `umask 077 && printf %s "$POSTGRES_PASSWORD" > password && exec "$0" ` + initArguments +
			` --no-sync --username=postgres --pwfile=password -D "$1"/data`, localProgram("initdb"), dir}
	},
	local: func(dir string, port int) []string {
		return []string{"-D", dir + "/data", "-k", "", "-h", "127.0.0.1", "-p", strconv.Itoa(port)}
	},
	run: func(ctx context.Context, image string, opts ...testcontainers.ContainerCustomizer) (testcontainers.Container, error) {
		c, err := postgres.Run(ctx, image, opts...)
		if c == nil {
			return nil, err
		}
		return c.Container, err
	},
	env:   map[string]string{"POSTGRES_PASSWORD": superPassword, "POSTGRES_INITDB_ARGS": initArguments + " --no-sync"},
	reap:  syscall.SIGQUIT, // immediate, and gives its shared memory back
	leave: syscall.SIGINT,
}

// settings of every server of ours.
var settings = []string{
	"-c", "max_connections=400",
	"-c", "max_locks_per_transaction=256", // a migration in many databases at once
	"-c", "jit=off", // installed in some places only
	"-c", "timezone=UTC",
}

// careless settings are for the shared server: nobody pulls its plug.
var careless = append([]string{"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_wal_size=2GB"}, settings...)

// Postgres is a private PostgreSQL server that keeps its promises through a
// kill: fsync is on.
type Postgres struct{ server }

// NewPostgres starts a PostgreSQL server for one test.
func NewPostgres(t testing.TB) *Postgres {
	t.Helper()
	p := &Postgres{begin(t, kindPostgres, settings, postgresReady)}
	if err := withConn(t.Context(), p.SuperURL(), func(conn *pgx.Conn) error {
		if err := ensureRole(t.Context(), conn, superPassword); err != nil {
			return err
		}
		_, err := conn.Exec(t.Context(), "create database roster owner roster")
		return err
	}); err != nil {
		t.Fatalf("servers: set %s up: %v", kindPostgres, err)
	}
	return p
}

// URL is of the database "roster", whose owner "roster" is nobody special.
func (p *Postgres) URL() string { return postgresURL(role, superPassword, p.Addr(), role) }

// SuperURL is of the same server's superuser, in the database "postgres".
func (p *Postgres) SuperURL() string {
	return postgresURL("postgres", superPassword, p.Addr(), "postgres")
}

func postgresURL(user, password, address, database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: address, Path: "/" + database, RawQuery: "sslmode=disable"}
	return u.String()
}

// postgresReady also fails while the server is still recovering.
func postgresReady(ctx context.Context, address string) error {
	return withConn(ctx, postgresURL("postgres", superPassword, address, "postgres"), func(conn *pgx.Conn) error {
		return conn.Ping(ctx)
	})
}

// withConn runs use with a connection of its own. Maintenance is rare, and a
// pool would leave goroutines behind.
func withConn(ctx context.Context, url string, use func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return use(conn)
}
