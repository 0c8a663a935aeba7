package limit

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// clocked returns a limiter and its clock, which stands still unless it is moved.
func clocked(perSecond float64, burst int) (*Limiter, *time.Time) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	l := New(perSecond, burst)
	l.now = func() time.Time { return now }
	return l, &now
}

func TestBurstThenRate(t *testing.T) {
	t.Parallel()
	l, now := clocked(50, 100)
	for i := range 100 {
		if _, ok := l.Allow("a"); !ok {
			t.Fatalf("request %d of the burst was refused", i+1)
		}
	}
	wait, ok := l.Allow("a")
	if ok || wait != 20*time.Millisecond {
		t.Fatalf("after the burst: allowed %v, wait %v; want refused, 20ms", ok, wait)
	}
	*now = now.Add(wait)
	if _, ok := l.Allow("a"); !ok {
		t.Error("refused after the wait that it asked for")
	}
	allowed := 0
	for range 100 {
		*now = now.Add(10 * time.Millisecond)
		if _, ok := l.Allow("a"); ok {
			allowed++
		}
	}
	if allowed != 50 {
		t.Errorf("%d requests in a second at twice the rate, want 50: refused ones must not count", allowed)
	}
}

func TestKeysAreIndependent(t *testing.T) {
	t.Parallel()
	l, _ := clocked(1, 1)
	l.Allow("a")
	if _, ok := l.Allow("a"); ok {
		t.Error("a went over its limit")
	}
	if _, ok := l.Allow("b"); !ok {
		t.Error("a used b's limit up")
	}
}

func TestIdleKeysAreForgotten(t *testing.T) {
	t.Parallel()
	l, now := clocked(50, 100)
	for i := range 1000 {
		l.Allow(strconv.Itoa(i))
	}
	*now = now.Add(2*time.Second + time.Nanosecond)
	for range 1000 {
		l.Allow("busy")
	}
	if n := len(l.byKey); n != 1 || l.recent.Len() != n {
		t.Errorf("%d keys (%d in the list) are kept, want the busy one", n, l.recent.Len())
	}
}

func TestKeysAreBounded(t *testing.T) {
	t.Parallel()
	l, _ := clocked(50, 100)
	for i := range maxKeys + 100 {
		l.Allow(strconv.Itoa(i))
	}
	if n := len(l.byKey); n != maxKeys || l.recent.Len() != n {
		t.Errorf("%d keys (%d in the list) are kept, want %d", n, l.recent.Len(), maxKeys)
	}
	if _, kept := l.byKey["0"]; kept {
		t.Error("the key that was quiet for the longest is still there")
	}
}

func TestConcurrentRequestsShareOneLimit(t *testing.T) {
	t.Parallel()
	l, _ := clocked(1, 100)
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 50 {
				if _, ok := l.Allow("a"); ok {
					allowed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := allowed.Load(); n != 100 {
		t.Errorf("%d of 1000 concurrent requests were allowed, want 100", n)
	}
}

// TestCharge: what was let in and is worth several requests is paid for
// afterwards, also from a smaller burst, and not forgotten before that.
func TestCharge(t *testing.T) {
	t.Parallel()
	l, now := clocked(50, 100)
	l.Allow("a")
	l.Charge("a", 249) // 250 in all: the burst and 3 s worth of the rate
	if wait, ok := l.Allow("a"); ok || wait != 3*time.Second+20*time.Millisecond {
		t.Fatalf("allowed %v, wait %v; want refused, 3.02s", ok, wait)
	}
	*now = now.Add(2500 * time.Millisecond) // an idle bucket would be forgotten by now
	l.Allow("b")
	if wait, ok := l.Allow("a"); ok || wait != 520*time.Millisecond {
		t.Errorf("later: allowed %v, wait %v; want refused, 520ms", ok, wait)
	}
	*now = now.Add(520 * time.Millisecond)
	if _, ok := l.Allow("a"); !ok {
		t.Error("refused after the debt was paid")
	}
	*now = now.Add(2*time.Second + time.Nanosecond)
	l.Allow("c")
	if _, kept := l.byKey["a"]; kept {
		t.Error("kept for longer than any other")
	}
}
