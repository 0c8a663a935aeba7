package storage

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
)

// States of PostgreSQL (appendix A of its manual) that this package tells apart.
const (
	stateForeignKey     = "23503" // foreign_key_violation
	stateDivision       = "22012" // division_by_zero: see refusing
	stateUnique         = "23505" // unique_violation
	stateSerialization  = "40001" // serialization_failure
	stateDeadlock       = "40P01" // deadlock_detected
	stateLockTimeout    = "55P03" // lock_not_available
	stateIdleTimeout    = "25P03" // idle_in_transaction_session_timeout
	stateNoStatement    = "26000" // invalid_sql_statement_name
	stateHasStatement   = "42P05" // duplicate_prepared_statement
	stateCannotConnect  = "57P03" // cannot_connect_now
	stateTooMany        = "53300" // too_many_connections
	stateReadOnly       = "25006" // read_only_sql_transaction: a standby that was the primary
	classConnection     = "08"    // connection exceptions
	classShutdown       = "57P"   // the server stops or starts
	stateQueryCancelled = "57014"
)

// isUnique goes by the state alone: the name of the index may be another on a
// sharded server, or missing.
func (e *postgresEngine) isUnique(err error) bool { return sqlState(err) == stateUnique }

func sqlState(err error) string {
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// repeatable: a reference to a row that was deleted meanwhile is found missing
// by the next attempt. What broke a connection before the commit was sent has
// undone the transaction; a commit is left to the caller.
func (e *postgresEngine) repeatable(err error) (again, away bool) {
	state := sqlState(err)
	switch state {
	case stateSerialization, stateDeadlock, stateLockTimeout, stateForeignKey:
		return true, false
	case stateCannotConnect, stateTooMany, stateReadOnly, stateIdleTimeout, stateNoStatement, stateHasStatement:
		return true, true
	case stateQueryCancelled:
		return false, false
	}
	if len(state) == len(stateUnique) && (state[:2] == classConnection || state[:3] == classShutdown) {
		return true, true
	}
	if state == "" && broken(err) {
		return true, true
	}
	return false, false
}

// broken says whether an error is that of a connection.
func broken(err error) bool {
	var connecting *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.As(err, &connecting): // also one that took too long
		return true
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return false
	case errors.As(err, &network):
		return true
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err)
}
