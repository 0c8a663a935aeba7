package storage

import (
	"context"
	"errors"
	"fmt"
)

// commitGuarded commits what somebody may remember otherwise. The state of the
// cache was read with the last batch, or is read now.
func (db *DB) commitGuarded(ctx context.Context, tx *tx) error {
	// As the commit itself, this goes on when the request's time is over: what
	// was done stands.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	if tx.state == nil {
		state, err := tx.readCacheState(ctx)
		if err != nil {
			return err
		}
		tx.state = &state
	}
	db.direct.observe(*tx.state)
	announcement, err := db.guard.Announce(ctx, tx.touched, *tx.state)
	if err != nil {
		return fmt.Errorf("announce a change: %w", err)
	}
	failure := commit(tx.session)
	return settle(ctx, announcement, db.outcome(failure), failure)
}

// settle ends an announcement, and returns how the write has failed, if it has. What
// is stored is stored, however long that took.
func settle(ctx context.Context, announcement Announcement, outcome Outcome, failure error) error {
	if err := announcement.Settle(context.WithoutCancel(ctx), outcome); err != nil && failure == nil {
		return &finalError{errors.Join(errUncertain, fmt.Errorf("settle a change: %w", err))}
	}
	return failure
}

// outcome is what an answer to a commit, or the lack of one, says.
func (db *DB) outcome(err error) Outcome {
	switch {
	case err == nil:
		return Committed
	case db.judge(err) == uncertain:
		return Unknown
	}
	return Aborted
}
