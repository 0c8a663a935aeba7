package servers

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func redisClient(t *testing.T, url string) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	o.MaxRetries, o.DialTimeout, o.ReadTimeout = -1, time.Second, 20*time.Second
	c := redis.NewClient(o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestSharedRedisAnswers(t *testing.T) {
	t.Parallel()
	if err := redisClient(t, Redis(t)).Ping(t.Context()).Err(); err != nil {
		t.Error(err)
	}
	if first, again := Redis(t), Redis(t); first != again {
		t.Error("each call started another one")
	}
}

func TestRestartedRedisHasForgottenEverything(t *testing.T) {
	t.Parallel()
	r := NewRedis(t)
	c := redisClient(t, r.URL())
	if err := c.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	for _, end := range []func(){r.Kill, r.Stop} {
		end()
		if err := c.Ping(t.Context()).Err(); err == nil {
			t.Fatal("it still answers")
		}
		r.Start()
		if n, err := c.Exists(t.Context(), "k").Result(); err != nil || n != 0 {
			t.Errorf("exists: %d, %v", n, err)
		}
	}
}

func TestRedisWithSnapshotsComesBackWithAnOldState(t *testing.T) {
	t.Parallel()
	r := NewRedis(t, WithSnapshots())
	c := redisClient(t, r.URL())
	for k, v := range map[string]string{"old": "1", "other": "2"} {
		if err := c.Set(t.Context(), k, v, 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Save(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if err := c.Set(t.Context(), "old", "newer", 0).Err(); err != nil {
		t.Fatal(err)
	}
	r.Kill()
	r.Start()
	if v, err := c.Get(t.Context(), "other").Result(); err != nil || v != "2" {
		t.Errorf("got %q, %v", v, err)
	}
}

func TestPausedRedisAnswersNobodyUntilResumed(t *testing.T) {
	t.Parallel()
	r := NewRedis(t)
	c := redisClient(t, r.URL())
	if err := c.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	r.Pause()
	answer := make(chan error, 1)
	go func() { answer <- c.Ping(context.Background()).Err() }()
	select {
	case err := <-answer:
		t.Fatalf("a paused server answered: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	r.Resume()
	if err := <-answer; err != nil {
		t.Errorf("after Resume: %v", err)
	}
}

func TestClusterReplacesLostMaster(t *testing.T) {
	t.Parallel()
	cl := NewRedisCluster(t)
	if n := len(cl.Masters()); n != clusterMasters {
		t.Fatalf("%d masters", n)
	}
	o, err := redis.ParseClusterURL(cl.URL())
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Addrs) != clusterNodes {
		t.Errorf("addresses in %s: %d", cl.URL(), len(o.Addrs))
	}
	o.ClusterStateReloadInterval = time.Second
	c := redis.NewClusterClient(o)
	t.Cleanup(func() { _ = c.Close() })
	for i := range 100 {
		if err := c.Set(t.Context(), "key "+strconv.Itoa(i), i, 0).Err(); err != nil {
			t.Fatalf("before the kill: %v", err)
		}
	}
	old := cl.MasterOf("key 1")
	cl.Kill(old)
	cl.WaitWell()
	replacement := cl.MasterOf("key 1")
	if replacement == nil || replacement == old {
		t.Fatalf("%v serves after %v was killed", replacement, old)
	}
	if err := withRedis(replacement.Addr(), func(r *redis.Client) error {
		return r.Set(t.Context(), "key 1", "after", 0).Err()
	}); err != nil {
		t.Errorf("write to the new master: %v", err)
	}
	cl.Start(old)
	if masters := cl.Masters(); len(masters) != clusterMasters {
		t.Errorf("%d masters after the old one came back", len(masters))
	}
	if cl.MasterOf("key 1") != replacement {
		t.Error("the old master took its slots back")
	}

	cl.Pause(replacement)
	cl.WaitWell()
	if now := cl.MasterOf("key 1"); now == nil || now == replacement {
		t.Errorf("%v serves after %v was frozen", now, replacement)
	}
	cl.Resume(replacement)
	cl.WaitWell()
}

func TestSharedClusterAnswers(t *testing.T) {
	t.Parallel()
	o, err := redis.ParseClusterURL(RedisCluster(t))
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClusterClient(o)
	t.Cleanup(func() { _ = c.Close() })
	key := "servers:" + hexID()
	if err := c.Set(t.Context(), key, "v", time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	if v, err := c.Get(t.Context(), key).Result(); err != nil || v != "v" {
		t.Errorf("got %q, %v", v, err)
	}
}
