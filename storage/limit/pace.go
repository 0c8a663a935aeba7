package limit

import (
	"math"
	"time"
)

// maxDebt bounds how long a key can be refused. No sensible charge comes near
// it; it undoes what a clock that was set back would do.
const maxDebt = time.Hour

// pace is the generic cell rate algorithm in whole microseconds, so that the
// process and the script in Redis calculate alike and nothing drifts. A key has
// one number, the time at which its allowance is full again: each request moves
// it by interval, from now on if it lies in the past. A request is refused if
// that would put it further ahead than burst requests.
type pace struct {
	interval int64 // of one request; rounded up, so that the rate is never exceeded
	burst    int64
}

func newPace(perSecond float64, burst int) pace {
	return pace{interval: max(1, int64(math.Ceil(1e6/perSecond))), burst: int64(burst)}
}

// horizon is how far ahead of now the time may lie.
func (p pace) horizon() int64 { return p.burst*p.interval + maxDebt.Microseconds() }

// units bounds a charge, so that no product overflows.
func (p pace) units(requests int) int64 { return min(int64(requests), p.horizon()/p.interval+1) }

func (p pace) base(full, now int64) int64 { return min(max(full, now), now+p.horizon()) }

// allow returns the key's new time and, if the request is refused, how many
// microseconds to wait. A refused request does not count.
func (p pace) allow(full, now int64) (next, wait int64) {
	full = p.base(full, now)
	if wait = full + p.interval - p.burst*p.interval - now; wait > 0 {
		return full, wait
	}
	return full + p.interval, 0
}

func (p pace) charge(full, now, units int64) (next int64) {
	return min(p.base(full, now)+units*p.interval, now+p.horizon())
}
