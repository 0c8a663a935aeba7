package limit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/storage/redisdb"
	"github.com/roster-scim/roster/storage/storagetest/servers"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patient are timeouts that a busy machine does not reach.
var patient = redisdb.Timeouts{Dial: 10 * time.Second, IO: 10 * time.Second, Pool: 10 * time.Second, Call: 20 * time.Second}

func connect(t testing.TB, url string, timeouts redisdb.Timeouts) *redisdb.DB {
	t.Helper()
	db, err := redisdb.Open(t.Context(), url, redisdb.Options{Name: "limit", Timeouts: timeouts})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

func shared(t testing.TB, url string, perSecond float64, burst int) *Shared {
	t.Helper()
	return NewShared(connect(t, url, patient), perSecond, burst, slog.New(slog.NewTextHandler(t.Output(), nil)))
}

// model is a bucket of credit, in microseconds: what both limiters must agree
// with, put differently.
type model struct {
	pace   pace
	credit int64
	at     int64
}

func newModel(p pace, now int64) *model {
	return &model{pace: p, credit: p.burst * p.interval, at: now}
}

func (m *model) pass(now int64) {
	m.credit = max(min(m.credit+now-m.at, m.pace.burst*m.pace.interval), -maxDebt.Microseconds())
	m.at = now
}

func (m *model) allow(now int64) (wait int64) {
	if m.pass(now); m.credit < m.pace.interval {
		return m.pace.interval - m.credit
	}
	m.credit -= m.pace.interval
	return 0
}

func (m *model) charge(now int64, requests int) {
	m.pass(now)
	m.credit = max(m.credit-int64(requests)*m.pace.interval, -maxDebt.Microseconds())
}

// clockedScript has the time as an argument instead of serverClock.
var clockedScript = redisdb.NewScript("local now = tonumber(ARGV[5])\n" + gcra)

// TestLimitersAgree: the process, the script in Redis and the model, on any
// sequence of times, requests and charges, to the microsecond.
func TestLimitersAgree(t *testing.T) {
	t.Parallel()
	db := connect(t, servers.Redis(t), patient)
	epoch := time.Now()
	rapid.Check(t, func(rt *rapid.T) {
		// Slow enough that Redis' own clock lets no key expire meanwhile.
		p := pace{interval: rapid.Int64Range(100e6, 200e6).Draw(rt, "interval"), burst: rapid.Int64Range(1, 20).Draw(rt, "burst")}
		key, now := uuid.NewString(), epoch.UnixMicro()
		inProcess := New(1, 1)
		inProcess.pace, inProcess.epoch = p, time.UnixMicro(0)
		inProcess.now = func() time.Time { return time.UnixMicro(now) }
		inRedis := func(units int64) int64 {
			reply, err := db.Eval(t.Context(), clockedScript, []string{redisKey(key)}, p.interval, p.burst, p.horizon(), units, now)
			wait, at, advance, errReply := numbers(reply)
			if err := errors.Join(err, errReply); err != nil || at != now || advance != 0 {
				rt.Fatalf("script: %v, at %d for %d, %d in advance", err, at, now, advance)
			}
			return wait
		}
		m := newModel(p, now)
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			now += rapid.OneOf(
				rapid.Just(int64(0)), rapid.Int64Range(0, 3*p.interval), rapid.Int64Range(0, 2*p.horizon()),
			).Draw(rt, "passes")
			if n := rapid.IntRange(0, 60).Draw(rt, "charge"); n > 0 && n > 40 {
				inProcess.Charge("k", n-40)
				inRedis(p.units(n - 40))
				m.charge(now, n-40)
				continue
			}
			want := m.allow(now)
			wait, ok := inProcess.Allow("k")
			if wait.Microseconds() != want || ok != (want == 0) {
				rt.Fatalf("in process: %v, %v; want to wait %d µs", wait, ok, want)
			}
			if got := inRedis(0); got != want {
				rt.Fatalf("in Redis: %d µs, want %d", got, want)
			}
		}
	})
}

// TestClockSetBack: a server whose clock is behind, as after a failover, refuses
// for no longer than the largest debt.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	db := connect(t, servers.Redis(t), patient)
	p, key := newPace(1, 5), uuid.NewString()
	ask := func(now time.Time) time.Duration {
		reply, err := db.Eval(t.Context(), clockedScript, []string{redisKey(key)}, p.interval, p.burst, p.horizon(), 0, now.UnixMicro())
		wait, _, _, errReply := numbers(reply)
		if err := errors.Join(err, errReply); err != nil {
			t.Fatalf("script: %v", err)
		}
		return time.Duration(wait) * time.Microsecond
	}
	now := time.Now()
	if wait := ask(now); wait != 0 {
		t.Fatalf("the first request has to wait %v", wait)
	}
	before := now.Add(-24 * time.Hour)
	wait := ask(before)
	if want := maxDebt + time.Second; wait != want {
		t.Errorf("a day before: %v, want %v", wait, want)
	}
	if wait := ask(before.Add(wait)); wait != 0 {
		t.Errorf("after the wait that it asked for: %v more", wait)
	}
}

// TestServerClock: the script as it is, at the times that it reports, agrees
// with the model; keys expire meanwhile.
func TestServerClock(t *testing.T) {
	t.Parallel()
	s := shared(t, servers.Redis(t), 1500, 3)
	key := uuid.NewString()
	var m *model
	refused := 0
	for i := range 3000 {
		if i > 0 && i%100 == 0 {
			_, now, err := s.ask(key, 2)
			if err != nil {
				t.Fatalf("charge: %v", err)
			}
			m.charge(now, 2)
			continue
		}
		wait, now, err := s.ask(key, 0)
		if err != nil {
			t.Fatalf("allow: %v", err)
		}
		if m == nil {
			m = newModel(s.pace, now)
		}
		if want := m.allow(now); wait != want {
			t.Fatalf("request %d: wait %d µs, want %d", i, wait, want)
		}
		if wait > 0 {
			refused++
		}
	}
	if refused == 0 {
		t.Error("nothing was refused: the test shows nothing")
	}
}

// TestReplicasShareALimit: however two replicas ask, together they are never let
// more through than the burst and what the time has paid for.
func TestReplicasShareALimit(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"single": servers.Redis(t), "cluster": servers.RedisCluster(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := uuid.NewString()
			replicas := []*Shared{shared(t, url, 100, 20), shared(t, url, 100, 20)}
			var mu sync.Mutex
			var admitted, first, last int64
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					for range 100 {
						wait, now, err := replicas[i%2].ask(key, 0)
						if err != nil {
							t.Errorf("allow: %v", err)
							return
						}
						mu.Lock()
						if wait == 0 {
							admitted++
						}
						if first == 0 {
							first = now
						}
						first, last = min(first, now), max(last, now)
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			p := replicas[0].pace
			if most := p.burst + (last-first)/p.interval; admitted > most || admitted < p.burst {
				t.Errorf("%d of 800 admitted in %d µs, want from %d to %d", admitted, last-first, p.burst, most)
			}
		})
	}
}

// TestSharedCharge is TestCharge on two replicas.
func TestSharedCharge(t *testing.T) {
	t.Parallel()
	a, b := shared(t, servers.Redis(t), 1, 5), shared(t, servers.Redis(t), 1, 5)
	key := uuid.NewString()
	if _, ok := a.Allow(key); !ok {
		t.Fatal("the first request was refused")
	}
	a.Charge(key, 10_000_000) // far beyond the bound on debts
	b.Charge(key, 0)
	b.Charge(key, -5)
	wait, ok := b.Allow(key)
	if most := maxDebt + time.Second; ok || wait > most || wait < most-time.Minute {
		t.Errorf("allowed %v, wait %v; want refused, a little less than %v", ok, wait, most)
	}
	if wait, ok := b.Allow(uuid.NewString()); !ok || wait != 0 {
		t.Errorf("another key: allowed %v, wait %v", ok, wait)
	}
}

// TestIdleKeysExpire: Redis forgets a key when its allowance is full again.
func TestIdleKeysExpire(t *testing.T) {
	t.Parallel()
	s := shared(t, servers.Redis(t), 100, 2)
	key := uuid.NewString()
	left := redisdb.NewScript("return redis.call('PTTL', KEYS[1])")
	s.Charge(key, 1_000) // 10 s
	ttl, err := s.db.Eval(t.Context(), left, []string{redisKey(key)})
	if n, ok := ttl.(int64); err != nil || !ok || n <= 0 || n > 10_001 {
		t.Errorf("time to live %v ms, %v; want at most 10001", ttl, err)
	}
	key = uuid.NewString()
	s.Allow(key)
	eventually(t, "the key is gone", func() bool {
		ttl, err := s.db.Eval(t.Context(), left, []string{redisKey(key)})
		return err == nil && ttl == int64(-2)
	})
}

// TestRedisAway: each replica limits for itself, and shares again when Redis is
// back.
func TestRedisAway(t *testing.T) {
	t.Parallel()
	server := servers.NewRedis(t)
	s := shared(t, server.URL(), 1e-3+1, 3)
	key := uuid.NewString()
	if _, ok := s.Allow(key); !ok {
		t.Fatal("refused with Redis")
	}
	server.Kill()
	start, admitted := time.Now(), 0
	for range 1000 {
		if _, ok := s.Allow(key); ok {
			admitted++
		}
	}
	if most := 3 + int(time.Since(start)/time.Second) + 1; admitted < 3 || admitted > most {
		t.Errorf("%d of 1000 admitted without Redis, want from 3 to %d", admitted, most)
	}
	s.Charge(key, 100)
	if wait, ok := s.Allow(key); ok || wait < 90*time.Second {
		t.Errorf("a charge without Redis: allowed %v, wait %v", ok, wait)
	}
	server.Start()
	eventually(t, "allowed by the new Redis, which knows of no debt", func() bool {
		_, ok := s.Allow(key)
		return ok
	})
}

func TestUnexpectedAnswers(t *testing.T) {
	t.Parallel()
	for _, reply := range []any{nil, "x", int64(1), []any{int64(1)}, []any{int64(1), "2"}, []any{nil, int64(2), int64(0)}, []any{int64(0), int64(2)}} {
		if _, _, _, err := numbers(reply); err == nil {
			t.Errorf("%v was accepted", reply)
		}
	}
}

func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-ctx.Done():
			t.Fatalf("did not happen: %s", what)
		case <-tick.C:
		}
	}
}

func BenchmarkAllow(b *testing.B) {
	run := func(b *testing.B, allow func(string) (time.Duration, bool)) {
		keys := make([]string, 100)
		for i := range keys {
			keys[i] = fmt.Sprint(uuid.New())
		}
		b.ReportAllocs()
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for i := 0; pb.Next(); i++ {
				allow(keys[i%len(keys)])
			}
		})
	}
	b.Run("process", func(b *testing.B) { run(b, New(1e6, 1e6).Allow) })
	b.Run("redis", func(b *testing.B) { run(b, shared(b, servers.Redis(b), 1e6, 1e6).Allow) })
}
