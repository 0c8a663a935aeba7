package schema

import (
	"fmt"
	"time"
)

// maxTimeLength is generous: RFC 3339 needs 35 characters with nanoseconds.
const maxTimeLength = 64

// ParseTime reads a dateTime (RFC 7643 section 2.3.5) as an instant in UTC. It is
// more tolerant than RFC 3339: any number of fraction digits (what is finer than
// a nanosecond is cut off), years from 0000, and UTC where no zone is given.
func ParseTime(s string) (time.Time, error) {
	if len(s) > maxTimeLength {
		return time.Time{}, fmt.Errorf("parse dateTime: longer than %d characters", maxTimeLength)
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		if local, e := time.Parse("2006-01-02T15:04:05", s); e == nil {
			return local, nil
		}
		return time.Time{}, fmt.Errorf("parse dateTime: %w", err)
	}
	return at.UTC(), nil
}
