package tenants

import (
	"fmt"
	"time"
)

// Grace is how long a deleted tenant or connection can be brought back.
const Grace = 30 * day

// graceOver reports whether what was deleted then is beyond being brought back.
func graceOver(deleted, at time.Time) bool { return !at.Before(deleted.Add(Grace)) }

// restorableUntil is the end of the grace, zero for what is not deleted.
func restorableUntil(deleted time.Time) time.Time {
	if deleted.IsZero() {
		return time.Time{}
	}
	return deleted.Add(Grace)
}

// restore says whether what was deleted then may come back.
func restore(what string, deleted, at time.Time) error {
	switch {
	case deleted.IsZero():
		return &RefusedError{CodeNotDeleted, fmt.Sprintf("This %s is not deleted, so there is nothing to restore.", what)}
	case graceOver(deleted, at):
		return &RefusedError{CodeGraceOver, fmt.Sprintf(
			"This %s could be restored until %s; what it had is being removed.", what, date(deleted.Add(Grace)))}
	}
	return nil
}

// checkTyped refuses what is dangerous unless its name was typed.
func checkTyped(typed, name, what string) error {
	if typed == name {
		return nil
	}
	return &InvalidError{"confirm", "give the name of the " + what + ", exactly as it is written, to say that this one is meant"}
}
