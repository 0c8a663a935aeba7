package cache

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/storage/redisdb"
	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// hasty is the protocol in small, for tests in real time. Redis' timeouts stay.
var hasty = timing{
	heartbeat: 25 * time.Millisecond, lease: 150 * time.Millisecond, quiet: 400 * time.Millisecond,
	tend: 50 * time.Millisecond, opening: 600 * time.Millisecond, live: 2 * time.Second,
	tombstone: 4 * time.Second, early: 500 * time.Millisecond, fill: 500 * time.Millisecond, entry: time.Minute, stamp: 2 * time.Minute,
	stateCall: 400 * time.Millisecond, announceCalls: 400 * time.Millisecond,
	stuck: 2 * time.Second, steady: 0,
}

// TestCoherenceOnRedis is TestCoherence on a real Redis, which is frozen, killed
// and brought back with an old state, while connections to it break and stall.
func TestCoherenceOnRedis(t *testing.T) {
	t.Parallel()
	redis := servers.NewRedis(t, servers.WithSnapshots())
	s := &simulation{ledger: newLedger(), random: newRandom(uint64(time.Now().UnixNano())), database: newAuthority(), redis: newServer(), timing: hasty}
	s.database.bound, s.database.state.Installation = hasty.opening, uuid.NewString()
	var proxies []*servers.Proxy
	for i := range replicas {
		proxy := servers.NewProxy(t, redis.Addr())
		proxies = append(proxies, proxy)
		db, err := redisdb.Open(t.Context(), "redis://"+proxy.Addr(), redisdb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		s.replicas = append(s.replicas, s.replica(i))
		s.replicas[i].desk.second, s.replicas[i].shared.redis = 50*time.Millisecond, db
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var all sync.WaitGroup
	for _, r := range s.replicas {
		r.shared.Start(ctx)
		for range 4 {
			all.Go(func() { s.repeat(ctx, 4*time.Millisecond, r.read) })
		}
		all.Go(func() { s.repeat(ctx, 150*time.Millisecond, r.write) })
	}
	all.Go(func() {
		for step := 0; ctx.Err() == nil; step++ {
			proxy := proxies[s.random.below(replicas)]
			lasting := s.random.up(400 * time.Millisecond)
			var mend func()
			switch step % 4 {
			case 0:
				redis.Pause()
				mend = redis.Resume
			case 1:
				proxy.Cut()
				mend = proxy.Heal
			case 2:
				redis.Kill()
				mend = redis.Start
			case 3:
				proxy.Stall()
				mend = proxy.Heal
			}
			<-time.After(lasting)
			mend()
			<-time.After(1500*time.Millisecond + s.random.up(time.Second))
		}
	})
	all.Wait()
	for _, r := range s.replicas {
		if err := r.shared.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
	s.redis.strays.Wait()
	for _, v := range s.violations {
		t.Error(v)
	}
	t.Logf("%d reads, %d hits, the cache was seen open %d times", s.reads, s.hits.Load(), s.opened.Load())
	if s.hits.Load() < 300 || s.opened.Load() < 2*replicas {
		t.Error("the cache was hardly used, so this shows nothing")
	}
}
