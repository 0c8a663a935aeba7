package storage

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/roster-scim/roster/scim"
)

// How long a transaction is repeated.
const (
	firstPause = 2 * time.Millisecond
	longPause  = 250 * time.Millisecond
	// raceTimeout is how long a transaction may go on losing against others: a
	// bulk request may hold a tenant for almost as long as it may take.
	raceTimeout = 25 * time.Second
	// awayTimeout is how long requests wait for a database that is away: about
	// what a server takes that was killed and starts again.
	awayTimeout = 5 * time.Second
)

// errConflict ends an attempt that has seen what another transaction committed
// meanwhile. The next attempt begins with it.
var errConflict = errors.New("another transaction came first")

// errAway refuses a request while the database does not answer.
var errAway = &scim.Error{Status: http.StatusServiceUnavailable,
	Detail: "The database does not answer at the moment. Nothing was stored; send the request again in a few seconds."}

// errBusy refuses a write that lost against others again and again.
var errBusy = &scim.Error{Status: http.StatusServiceUnavailable,
	Detail: "Other changes to the same resources kept coming first. Nothing was stored; send the request again."}

// errUncertain is the answer when the connection broke during a commit: nobody
// knows whether it took effect.
var errUncertain = &scim.Error{Status: http.StatusServiceUnavailable,
	Detail: "The connection to the database broke while the change was being stored. " +
		"It may or may not be stored; read the resource, or send the request again."}

// commitError is a failure of the commit itself.
type commitError struct{ err error }

func (e *commitError) Error() string { return e.err.Error() }
func (e *commitError) Unwrap() error { return e.err }

// finalError is a failure of what must not be done twice.
type finalError struct{ err error }

func (e *finalError) Error() string { return e.err.Error() }
func (e *finalError) Unwrap() error { return e.err }

// verdict is what a failed attempt means.
type verdict int

const (
	failed    verdict = iota // for good
	lostRace                 // against another transaction
	dbAway                   // nothing was stored
	uncertain                // something may have been stored
)

// judge decides what an error means.
func (db *DB) judge(err error) verdict {
	commit := (*commitError)(nil)
	committing := errors.As(err, &commit)
	switch again, away := db.engine.repeatable(err); {
	case errors.Is(err, errUncertain): // whatever came after that
		return uncertain
	case errors.Is(err, errConflict), again && !away:
		return lostRace
	case committing && errors.Is(err, context.DeadlineExceeded): // it may still take effect
		return uncertain
	case !away:
		return failed
	case committing:
		return uncertain
	}
	return dbAway
}

// persist does something until it succeeds, fails for good, or has failed too
// often. Nothing that was acknowledged is repeated, nor a commit whose outcome
// is open.
func (db *DB) persist(ctx context.Context, attempt func() error) error {
	started, pause := time.Now(), firstPause
	for {
		err := attempt()
		if err == nil {
			return nil
		}
		verdict := db.judge(err)
		final := (*finalError)(nil)
		over := errors.As(err, &final) || ctx.Err() != nil
		switch {
		case verdict == failed:
			return err
		case verdict == uncertain:
			return errors.Join(errUncertain, err)
		case verdict == dbAway && (over || time.Since(started) > awayTimeout):
			return errors.Join(errAway, err)
		case verdict == lostRace && (over || time.Since(started) > raceTimeout):
			return errors.Join(errBusy, err)
		}
		if !sleep(ctx, rand.N(pause)+pause/2) { //nolint:gosec // G404: spreads attempts, hides nothing
			return err
		}
		pause = min(2*pause, longPause)
	}
}

// sleep waits, and reports whether the context lasted.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
