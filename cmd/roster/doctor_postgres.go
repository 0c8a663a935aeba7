package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/roster-scim/roster/storage"
)

// Bounds of what is fine between Roster and its database.
const (
	doctorTimeout = 5 * time.Second
	clockBound    = time.Second // that two clocks may differ
	clockFatal    = time.Minute // beyond it, tokens expire noticeably early or late
	slowDatabase  = 10 * time.Millisecond
)

// checkPostgres looks at the database server and at what Roster needs of it.
func checkPostgres(ctx context.Context, c *Config) []finding {
	ctx, cancel := context.WithTimeout(ctx, doctorTimeout)
	defer cancel()
	f := finding{Check: "database"}
	db, err := openDatabase(ctx, c)
	if err != nil {
		f.Verdict, f.Detail, f.Remedy = bad, "cannot be opened", err.Error()
		return []finding{f}
	}
	defer func() { _ = db.Close() }() // nothing was changed
	server, err := db.Examine(ctx)
	if err != nil {
		f.Verdict, f.Detail = bad, "does not answer"
		f.Remedy = fmt.Sprintf("See that the server runs and that ROSTER_DATABASE_URL names it, with the right password: %s", firstLine(err.Error()))
		return []finding{f}
	}
	return []finding{
		checkDatabaseServer(f, server), checkRole(ctx, db), checkDatabaseTLS(server),
		checkSchemaOf(ctx, db), checkDatabaseClock(server),
	}
}

func checkDatabaseServer(f finding, s *storage.Server) finding {
	f.Verdict = good
	f.Detail = fmt.Sprintf("PostgreSQL %s answers in %v; %d connections for each replica, %d in all",
		s.Version, s.RoundTrip.Round(10*time.Microsecond), s.Pool, s.MaxConnections)
	if s.Proxied {
		f.Detail += "; by way of PgBouncer"
	}
	if s.RoundTrip > slowDatabase {
		f.Verdict, f.Remedy = warning, "A request asks the database up to five times; put Roster nearer to it."
	}
	return f
}

func checkRole(ctx context.Context, db *storage.DB) finding {
	if err := db.CheckRole(ctx); err != nil {
		return finding{Check: "role", Verdict: bad, Detail: "not one to serve with", Remedy: err.Error()}
	}
	return finding{Check: "role", Verdict: good, Detail: "row-level security holds for it"}
}

func checkDatabaseTLS(s *storage.Server) finding {
	switch {
	case s.Encrypted:
		return finding{Check: "database TLS", Verdict: good, Detail: "the connection is encrypted"}
	case s.Local:
		return finding{Check: "database TLS", Verdict: good, Detail: "none, on this machine"}
	}
	return finding{Check: "database TLS", Verdict: warning, Detail: "the connection is not encrypted and leaves this machine",
		Remedy: "Add sslmode=verify-full to ROSTER_DATABASE_URL, unless the network in between is yours alone."}
}

func checkSchemaOf(ctx context.Context, db *storage.DB) finding {
	f := finding{Check: "schema"}
	status, err := db.SchemaStatus(ctx)
	if err != nil {
		f.Verdict, f.Detail, f.Remedy = bad, "cannot be read", err.Error()
		return f
	}
	f.Detail = fmt.Sprintf("version %d, this build needs %d", status.Current, status.Wanted)
	switch err := status.Err(); {
	case err == nil:
		f.Verdict = good
	case errors.Is(err, storage.ErrSchemaNew):
		f.Verdict, f.Remedy = bad, "A newer Roster has migrated this database; run that one."
	default:
		f.Verdict, f.Remedy = bad, "Run roster migrate up. Servers wait for it and then serve."
	}
	return f
}

// checkDatabaseClock: tokens expire by the clock of whoever is asked.
func checkDatabaseClock(s *storage.Server) finding {
	f := finding{Check: "database clock", Verdict: good}
	off := s.Ahead.Abs()
	f.Detail = fmt.Sprintf("differs from this machine's by %v", off.Round(time.Millisecond))
	switch {
	case off > clockFatal:
		f.Verdict = bad
	case off > clockBound:
		f.Verdict = warning
	default:
		return f
	}
	f.Remedy = "Set both clocks (for instance with NTP): tokens expire by one and events carry the other's time."
	return f
}
