package bench

import (
	"math/bits"
	"time"
)

// Durations are counted in buckets that double in width with every power of two:
// 128 of them for each, so a bucket's middle is within 0.4 % of what is in it.
const (
	bucketBits = 7
	buckets    = 1 << bucketBits
	// longest is what everything longer is counted as: 2^40 ns, some 18 minutes.
	longest = 1<<40 - 1
	groups  = 40 - bucketBits + 1
)

// histogram counts durations. It is of fixed size and allocates nothing.
type histogram struct {
	counts [groups * buckets]uint64
	count  uint64
	sum    time.Duration
	max    time.Duration
}

func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	h.counts[bucketOf(uint64(min(d, longest)))]++
	h.count++
	h.sum += d
	h.max = max(h.max, d)
}

func (h *histogram) merge(other *histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.count += other.count
	h.sum += other.sum
	h.max = max(h.max, other.max)
}

// quantile is the duration that the share q of all do not exceed; 0 if there are none.
func (h *histogram) quantile(q float64) time.Duration {
	if h.count == 0 {
		return 0
	}
	rank := min(uint64(q*float64(h.count)), h.count-1)
	for i, n := range h.counts {
		if rank < n {
			return min(time.Duration(middleOf(i)), h.max)
		}
		rank -= n
	}
	return h.max
}

func (h *histogram) mean() time.Duration {
	if h.count == 0 {
		return 0
	}
	return h.sum / time.Duration(h.count)
}

// bucketOf is exact below 256 ns; above, the seven bits after the leading one count.
func bucketOf(ns uint64) int {
	shift := max(bits.Len64(ns)-bucketBits-1, 0)
	return shift<<bucketBits + int(ns>>shift)
}

func middleOf(bucket int) uint64 {
	shift := max(bucket>>bucketBits-1, 0)
	low := uint64(bucket-shift<<bucketBits) << shift
	return low + (1<<shift)>>1
}
