package idp

import (
	"math"
	"time"
)

// latencies counts durations in buckets that grow by 4 %, from 10 µs to about
// 13 minutes: a fixed size, however many requests there are.
type latencies struct {
	buckets [latencyBuckets]int
	total   int
}

const (
	latencyBuckets = 464
	latencyFloor   = 10 * time.Microsecond
	latencyGrowth  = 1.04
)

func (l *latencies) add(d time.Duration) {
	i := 0
	if d > latencyFloor {
		i = int(math.Log(float64(d)/float64(latencyFloor)) / math.Log(latencyGrowth))
	}
	l.buckets[min(i, latencyBuckets-1)]++
	l.total++
}

// quantile is a duration that the share q of all durations does not exceed, to
// within a bucket.
func (l *latencies) quantile(q float64) time.Duration {
	if l.total == 0 {
		return 0
	}
	rank := max(1, int(math.Ceil(q*float64(l.total))))
	for i, n := range l.buckets {
		if rank -= n; rank <= 0 {
			return time.Duration(float64(latencyFloor) * math.Pow(latencyGrowth, float64(i+1)))
		}
	}
	return 0
}
