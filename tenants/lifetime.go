package tenants

import (
	"fmt"
	"strconv"
	"time"
)

// Forever is the lifetime of a token that does not expire.
const Forever time.Duration = 0

const (
	day         = 24 * time.Hour
	minLifetime = time.Minute
	maxLifetime = 10 * 365 * day
)

// ParseLifetime reads how long a token lives: "never", or a whole number with a
// unit m, h, d, w or y (365 days).
func ParseLifetime(text string) (time.Duration, error) {
	if text == "never" {
		return Forever, nil
	}
	invalid := &InvalidError{"expires", fmt.Sprintf(
		"%q is not a lifetime; give a whole number and a unit, such as 12h, 90d or 1y (at most 10y), or never", text)}
	if len(text) < 2 {
		return 0, invalid
	}
	number, unit := text[:len(text)-1], lifetimeUnit(text[len(text)-1])
	n, err := strconv.ParseUint(number, 10, 31)
	if err != nil || unit == 0 || n > uint64(maxLifetime/unit) {
		return 0, invalid
	}
	lifetime := time.Duration(n) * unit
	if lifetime < minLifetime {
		return 0, invalid
	}
	return lifetime, nil
}

func lifetimeUnit(letter byte) time.Duration {
	switch letter {
	case 'm':
		return time.Minute
	case 'h':
		return time.Hour
	case 'd':
		return day
	case 'w':
		return 7 * day
	case 'y':
		return 365 * day
	default:
		return 0
	}
}
