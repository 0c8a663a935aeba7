package storage

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Server is what a look at a PostgreSQL server shows.
type Server struct {
	Version        string
	MaxConnections int
	Encrypted      bool          // the connection has TLS
	Local          bool          // the connection does not leave this machine
	Proxied        bool          // the address says that PgBouncer is in between
	Pool           int           // connections that this process may have, besides a few
	RoundTrip      time.Duration // the shortest of a few
	Ahead          time.Duration // of the server's clock before this machine's
}

// errNoServer: SQLite is a file.
var errNoServer = errors.New("the database is no server")

// Examine looks at a PostgreSQL server over one connection of the pool.
func (db *DB) Examine(ctx context.Context) (*Server, error) {
	e, ok := db.engine.(*postgresEngine)
	if !ok {
		return nil, errNoServer
	}
	s := &Server{Proxied: e.proxied, Pool: int(e.pool.Config().MaxConns)}
	err := db.persist(ctx, func() error {
		conn, err := e.pool.Acquire(ctx)
		if err != nil {
			return err
		}
		defer conn.Release()
		return s.examine(ctx, conn.Conn().PgConn())
	})
	if err != nil {
		return nil, fmt.Errorf("examine the database server: %w", err)
	}
	return s, nil
}

func (s *Server) examine(ctx context.Context, conn *pgconn.PgConn) error {
	_, s.Encrypted = conn.Conn().(*tls.Conn)
	switch remote := conn.Conn().RemoteAddr().(type) {
	case *net.UnixAddr:
		s.Local = true
	case *net.TCPAddr:
		s.Local = remote.IP.IsLoopback()
	}
	s.Version = conn.ParameterStatus("server_version")
	for range 3 {
		if err := s.ask(ctx, conn); err != nil {
			return err
		}
	}
	return nil
}

// ask compares the clocks: the server read its own half a round trip after it
// was asked, as far as one can know.
func (s *Server) ask(ctx context.Context, conn *pgconn.PgConn) error {
	before := time.Now()
	results, err := conn.Exec(ctx, `select cast(extract(epoch from clock_timestamp()) * 1000000 as bigint),
		current_setting('max_connections')`).ReadAll()
	took := time.Since(before)
	if err != nil {
		return err
	}
	if len(results) != 1 || len(results[0].Rows) != 1 {
		return errors.New("the server answered something else")
	}
	row := results[0].Rows[0]
	micros, errClock := strconv.ParseInt(string(row[0]), 10, 64)
	most, errMost := strconv.Atoi(string(row[1]))
	if s.RoundTrip == 0 || took < s.RoundTrip {
		s.RoundTrip, s.Ahead = took, time.UnixMicro(micros).Sub(before.Add(took/2))
	}
	s.MaxConnections = most
	return errors.Join(errClock, errMost)
}

// PoolStats is how the connections to a PostgreSQL server are used.
type PoolStats struct {
	Max, InUse, Idle int
	Waits            int64         // how often somebody waited for a connection
	Waited           time.Duration // for how long together
}

// Pool shows how the connections are used; nothing of a database in this process.
func (db *DB) Pool() PoolStats {
	e, ok := db.engine.(*postgresEngine)
	if !ok {
		return PoolStats{}
	}
	s := e.pool.Stat()
	return PoolStats{
		Max: int(s.MaxConns()), InUse: int(s.AcquiredConns()), Idle: int(s.IdleConns()),
		Waits: s.EmptyAcquireCount(), Waited: s.EmptyAcquireWaitTime(),
	}
}
