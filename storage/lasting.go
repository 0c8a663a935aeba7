package storage

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Bounds of reading for minutes: of a whole tenant, as fast as somebody takes it.
const (
	lastingTimeout = 10 * time.Minute
	lastingConns   = 4
)

// lasting makes its pool on the first call. Its transactions may be idle for as
// long as they last, while what they have read goes out.
func (e *postgresEngine) lasting() engine {
	e.lock.Lock()
	defer e.lock.Unlock()
	if e.patient == nil {
		config := e.pool.Config()
		config.MaxConns, config.MinConns, config.MinIdleConns = lastingConns, 0, 0
		config.MaxConnIdleTime = time.Minute
		if !e.proxied {
			config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = milliseconds(lastingTimeout)
		}
		pool, err := pgxpool.NewWithConfig(context.Background(), config)
		if err != nil { // the same configuration has made a pool before
			return e
		}
		e.patient = &postgresEngine{pool: pool, proxied: e.proxied, tracer: e.tracer, sharded: e.sharded, longest: lastingTimeout, kept: e.kept}
	}
	return e.patient
}
