package limit

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/storage/redisdb"
	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// TestAdvanceIsCharged: what the script gives in advance is charged like
// requests, comes from the upper half of the burst, and is no more than was
// asked for.
func TestAdvanceIsCharged(t *testing.T) {
	t.Parallel()
	db := connect(t, servers.Redis(t), patient)
	epoch := time.Now()
	rapid.Check(t, func(rt *rapid.T) {
		p := pace{interval: rapid.Int64Range(100e6, 200e6).Draw(rt, "interval"), burst: rapid.Int64Range(1, 40).Draw(rt, "burst")}
		key, now := uuid.NewString(), epoch.UnixMicro()
		m := newModel(p, now)
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			now += rapid.Int64Range(0, 3*p.interval).Draw(rt, "passes")
			want := rapid.Int64Range(0, 10).Draw(rt, "want")
			reply, err := db.Eval(t.Context(), clockedScript, []string{redisKey(key)}, p.interval, p.burst, p.horizon(), -want, now)
			wait, _, given, errReply := numbers(reply)
			if err := errors.Join(err, errReply); err != nil {
				rt.Fatal(err)
			}
			if expected := m.allow(now); wait != expected {
				rt.Fatalf("wait %d µs, want %d", wait, expected)
			}
			m.charge(now, int(given))
			if given < 0 || given > want || given > 0 && m.credit < p.burst*p.interval/2 {
				rt.Fatalf("%d of %d in advance leave %d µs of %d", given, want, m.credit, p.burst*p.interval)
			}
		}
	})
}

// TestAdvances: a busy key asks for more and more, up to its most, and what it
// has not used in time is gone.
func TestAdvances(t *testing.T) {
	t.Parallel()
	now := time.Now()
	a := newAdvances(newPace(100, 80)) // 10 in 100 ms
	a.now = func() time.Time { return now }
	for _, want := range []int64{0, 1, 2, 4, 8, 10, 10} {
		paid, ask := a.take("k")
		if paid || ask != want {
			t.Fatalf("take: %v, %d; want to ask for %d", paid, ask, want)
		}
		a.put("k", ask, ask)
		for i := range ask {
			if paid, _ := a.take("k"); !paid {
				t.Fatalf("request %d of %d in advance is not paid for", i+1, ask)
			}
		}
	}
	_, ask := a.take("k")
	a.put("k", ask, 5)
	if paid, _ := a.take("other"); paid {
		t.Error("another key was paid for")
	}
	now = now.Add(advanceLife)
	if paid, ask := a.take("k"); paid || ask != 0 {
		t.Errorf("after %v: %v, %d; want to begin anew", advanceLife, paid, ask)
	}
	a.put("k", 0, 0)
	if paid, _ := a.take("k"); paid {
		t.Error("what was lost came back")
	}
}

// TestOneAsksForAnAdvance: requests at the same time do not each take one, which
// together would be more than the key can use in time.
func TestOneAsksForAnAdvance(t *testing.T) {
	t.Parallel()
	a := newAdvances(newPace(50, 1000))
	a.put("k", 0, 0)
	if _, ask := a.take("k"); ask != 1 {
		t.Fatalf("the first asks for %d", ask)
	}
	for range 20 {
		if paid, ask := a.take("k"); paid || ask != 0 {
			t.Fatalf("beside it: %v, %d; want to ask for itself alone", paid, ask)
		}
		a.put("k", 0, 0)
	}
	a.put("k", 1, 0) // it got nothing, or no answer
	if _, ask := a.take("k"); ask != 1 {
		t.Errorf("afterwards one asks for %d", ask)
	}
}

// TestAdvancesAreBounded: so is how many keys have some.
func TestAdvancesAreBounded(t *testing.T) {
	t.Parallel()
	a := newAdvances(newPace(1e6, 1e6))
	for range maxKeys + 1 {
		a.put(uuid.NewString(), 0, 0)
	}
	if n := len(a.byKey); n > maxKeys {
		t.Errorf("%d keys", n)
	}
	if a.most != mostAdvance {
		t.Errorf("at most %d, want %d", a.most, mostAdvance)
	}
}

// TestReplicasShareAdvances is TestReplicasShareALimit for requests that were let
// in in advance.
func TestReplicasShareAdvances(t *testing.T) {
	t.Parallel()
	url, key := servers.Redis(t), uuid.NewString()
	const rate, burst = 200, 160
	replicas := []*Shared{shared(t, url, rate, burst), shared(t, url, rate, burst)}
	start := time.Now()
	var admitted atomic.Int64
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 200 {
				if _, ok := replicas[i%2].Allow(key); ok {
					admitted.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n, most := admitted.Load(), burst+int64(time.Since(start).Seconds()*rate)+1; n > most || n < burst/2 {
		t.Errorf("%d of 1600 admitted in %v, want from %d to %d", n, time.Since(start), burst/2, most)
	}
	charged, err := replicas[0].db.Eval(t.Context(), redisdb.NewScript("return redis.call('PTTL', KEYS[1])"), []string{redisKey(key)})
	if ttl, ok := charged.(int64); err != nil || !ok || ttl <= 0 {
		t.Errorf("time to live %v, %v: nothing was charged", charged, err)
	}
}
