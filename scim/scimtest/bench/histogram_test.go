package bench

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestHistogramAgainstSorting compares quantiles with those of all durations,
// sorted: they are within one percent.
func TestHistogramAgainstSorting(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		spread := 1 + 25*rnd.Float64() // from all alike to nanoseconds beside minutes
		all := make([]time.Duration, 1+rnd.IntN(2000))
		var parts [3]histogram
		for i := range all {
			all[i] = time.Duration(math.Exp(10 + spread*(rnd.Float64()-0.4)))
			parts[rnd.IntN(len(parts))].add(all[i])
		}
		var h histogram
		for i := range parts {
			h.merge(&parts[i])
		}
		slices.Sort(all)
		for _, q := range []float64{0, 0.01, 0.5, 0.95, 0.99, 0.999, 1} {
			want := all[min(int(q*float64(len(all))), len(all)-1)]
			if got := h.quantile(q); math.Abs(float64(got-want)) > 0.01*float64(want)+1 {
				t.Fatalf("%d durations: quantile %g is %v, want %v", len(all), q, got, want)
			}
		}
		if h.max != all[len(all)-1] || h.count != uint64(len(all)) {
			t.Fatalf("max %v of %d, want %v of %d", h.max, h.count, all[len(all)-1], len(all))
		}
	}
}

func TestHistogramAtItsEnds(t *testing.T) {
	t.Parallel()
	var h histogram
	if h.quantile(0.5) != 0 || h.mean() != 0 {
		t.Error("an empty histogram has figures")
	}
	h.add(-time.Second) // a clock may be set back
	h.add(100 * time.Hour)
	if h.quantile(0) != 0 || h.max != 100*time.Hour || h.mean() != 50*time.Hour {
		t.Errorf("quantile %v, max %v, mean %v", h.quantile(0), h.max, h.mean())
	}
	for _, ns := range []uint64{0, 1, 127, 128, 255, 256, 257, 1 << 20, longest} {
		if middle := middleOf(bucketOf(ns)); math.Abs(float64(middle)-float64(ns)) > 0.005*float64(ns) {
			t.Errorf("%d is in a bucket whose middle is %d", ns, middle)
		}
	}
}

// TestCountingAllocatesNothing is not parallel, since AllocsPerRun counts what
// others allocate too.
func TestCountingAllocatesNothing(t *testing.T) {
	h, s, part := &histogram{}, &sink{}, make([]byte, 1<<16)
	s.reset(valueKey)
	s.write(part)
	for what, f := range map[string]func(){
		"a duration": func() { h.add(time.Millisecond) }, "a part of an answer": func() { s.write(part) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s takes %v allocations", what, n)
		}
	}
}
