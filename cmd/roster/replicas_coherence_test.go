package main

import (
	"strings"
	"testing"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// outage is something that happens to Redis while two replicas are at work, and
// how it ends.
type outage struct {
	name    string
	happens func(redis *servers.RedisServer, second *servers.Proxy)
	ends    func(redis *servers.RedisServer, second *servers.Proxy)
}

var outages = []outage{
	{"undisturbed", func(*servers.RedisServer, *servers.Proxy) {}, func(*servers.RedisServer, *servers.Proxy) {}},
	{"restarted with an old dump",
		func(redis *servers.RedisServer, _ *servers.Proxy) { redis.Kill() },
		func(redis *servers.RedisServer, _ *servers.Proxy) { redis.Start() }},
	{"paused",
		func(redis *servers.RedisServer, _ *servers.Proxy) { redis.Pause() },
		func(redis *servers.RedisServer, _ *servers.Proxy) { redis.Resume() }},
	{"cut from one replica",
		func(_ *servers.RedisServer, second *servers.Proxy) { second.Cut() },
		func(_ *servers.RedisServer, second *servers.Proxy) { second.Heal() }},
	{"stalled for one replica",
		func(_ *servers.RedisServer, second *servers.Proxy) { second.Stall() },
		func(_ *servers.RedisServer, second *servers.Proxy) { second.Heal() }},
}

// TestReplicasCoherence: what one replica has acknowledged is what every reading
// shows that begins afterwards, by way of any replica, whatever Redis does; and
// nobody is refused meanwhile.
func TestReplicasCoherence(t *testing.T) {
	t.Parallel()
	wanted := int64(5_000)
	if soak() > 0 {
		wanted = 100_000
	}
	for _, o := range outages {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			redis := servers.NewRedis(t, servers.WithSnapshots())
			second := servers.NewProxy(t, redis.Addr())
			at := onPostgres.site(t)
			mine, other := *at, *at
			mine.redis, other.redis = redis.URL(), strings.Replace(redis.URL(), redis.Addr(), second.Addr(), 1)
			r := onRedis.replicas(t, &mine, &other)
			k := newChecker(t, r.connection(t, "generic"))
			r.awaitCache(t)
			stop := begin(t, k.workers()...)

			k.until(t, r, wanted/2)
			before := k.checked.Load()
			o.happens(redis, second)
			eventually(t, "readings go on", func() bool { return k.checked.Load() > before+500 })
			o.ends(redis, second)
			r.awaitCache(t)
			k.until(t, r, wanted)
			stop()

			r.logHits(t)
			k.report(t, o.name)
			for _, failure := range k.failures {
				t.Errorf("refused: %s", failure)
			}
		})
	}
}

// until waits for that many checked readings, during which the cache is hit. It
// takes as long as it takes, if only it goes on.
func (k *checker) until(t *testing.T, r *replicas, checked int64) {
	t.Helper()
	const step = 500
	hits := r.hits(t)
	for next := k.checked.Load(); next < checked; {
		next = min(next+step, checked)
		eventually(t, "more is read", func() bool { return k.checked.Load() >= next })
	}
	eventually(t, "the cache is hit", func() bool { return r.hits(t) > hits+100 })
}
