package storage

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// singleSettings make a transaction that only reads one of a single round trip,
// without a statement that begins or ends it: what is sent at once is one
// transaction, which reads what is there at one moment. Whoever writes says so.
// They come after the connection: with it, a primary would look like a standby to
// target_session_attrs.
const singleSettings = `
	set default_transaction_isolation = 'repeatable read';
	set default_transaction_read_only = on;
	set roster.tenant_id = '';`

var (
	beginReading = &statement{query: `begin isolation level repeatable read read only`}
	// A writer sees what others commit while it waits for their locks.
	beginWriting = &statement{query: `begin isolation level read committed read write`}
	commitAll    = &statement{query: `commit`}

	notDurable = plain(`set local synchronous_commit = off`)
	setPlans   = plain(setPlan)
	setBounds  = []*statement{
		plain(`set local lock_timeout = ` + milliseconds(lockTimeout)),
		plain(`set local idle_in_transaction_session_timeout = ` + milliseconds(idleTimeout)),
	}
)

// setTenant confines a transaction, as set local does; keepTenant confines all that
// come after it on the connection as well, unless they say otherwise.
const (
	setTenant  = `select set_config('roster.tenant_id', $1, true)`
	keepTenant = `select set_config('roster.tenant_id', $1, false)`
)

// plain is a statement without parameters and rows that is not prepared.
func plain(query string) *statement { return &statement{query: query, plain: true} }

// single says whether a batch can be a transaction by itself. Settings of the
// connection, which a proxy does not keep, make it one of one moment.
func (s *postgresSession) single(b *batch) bool {
	if !b.final || s.mode != readOnly || s.opened {
		return false
	}
	if s.tenant == "" {
		return len(b.statements) == 1 || !s.engine.proxied
	}
	return !s.engine.proxied && !s.engine.sharded.Load()
}

// confine puts into the queue whose rows the transaction may see, unless the
// connection is confined to them.
func (s *postgresSession) confine() {
	switch {
	case s.tenant == statementsOf(s.conn.Conn()).tenant:
	case s.engine.proxied || s.engine.sharded.Load():
		s.queue = append(s.queue, plain(`set local roster.tenant_id = '`+s.tenant+`'`))
	default:
		s.queue = append(s.queue, &statement{query: setTenant, args: []any{s.tenant}})
	}
}

// sendSingle sends a batch that is a transaction by itself, and leaves the
// connection confined to its tenant: the next one there is mostly of the same, and
// need not say so. Whoever has no tenant is confined to none for its own part.
func (s *postgresSession) sendSingle(ctx context.Context, b *batch) error {
	about := statementsOf(s.conn.Conn())
	keeps := about.own && s.tenant != "" && s.tenant != about.tenant
	if keeps {
		about.tenant = unknownTenant
		s.queue = append(s.queue, &statement{query: keepTenant, args: []any{s.tenant}})
	} else {
		s.confine()
	}
	err := s.bounded(ctx, b.statements, nil)
	s.begun = false // it ended with the round trip
	if keeps && err == nil {
		about.tenant = s.tenant
	}
	return err
}

// open puts the beginning of the transaction into the queue, once.
func (s *postgresSession) open() {
	if s.opened {
		return
	}
	s.opened = true
	if s.mode == readOnly {
		s.queue = append(s.queue, beginReading)
	} else {
		s.queue = append(s.queue, beginWriting)
	}
	s.confine()
	if s.tenant != "" && s.engine.proxied {
		s.queue = append(s.queue, setPlans)
	}
	if s.mode == relaxed {
		s.queue = append(s.queue, notDurable)
	}
	if s.engine.proxied && s.mode != readOnly {
		s.queue = append(s.queue, setBounds...)
	}
}

// settle prepares a new connection, and asks what kind of database it leads to.
func (e *postgresEngine) settle(ctx context.Context, c *pgx.Conn) error {
	query := `select current_setting('citus.propagate_set_commands', true), pg_backend_pid()`
	if !e.proxied {
		query = singleSettings + query
	}
	results, err := c.PgConn().Exec(ctx, query).ReadAll()
	if err != nil {
		return fmt.Errorf("prepare a connection: %w", err)
	}
	rows := results[len(results)-1].Rows
	e.sharded.Store(len(rows) == 1 && rows[0][0] != nil)
	statementsOf(c).own = len(rows) == 1 && string(rows[0][1]) == strconv.FormatUint(uint64(c.PgConn().PID()), 10)
	return nil
}
