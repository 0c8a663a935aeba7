package cache

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/redisdb"
	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// connect opens a Redis for one test.
func connect(t *testing.T, url string) *redisdb.DB {
	t.Helper()
	db, err := redisdb.Open(t.Context(), url, redisdb.Options{Timeouts: redisdb.Timeouts{IO: time.Second, Call: 2 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close redis: %v", err)
		}
	})
	return db
}

// anEpoch is one that nobody else has.
func anEpoch() *epoch {
	return epochOf(storage.CacheState{Installation: uuid.NewString(), Generation: 1, Phase: storage.CacheOpen, Incarnation: "1.1"})
}

// TestModelDoesWhatTheScriptDoes: what the simulations prove of the model holds
// for Redis as well.
func TestModelDoesWhatTheScriptDoes(t *testing.T) {
	t.Parallel()
	url := servers.Redis(t)
	db := connect(t, url)
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	raw := redis.NewClient(options)
	defer raw.Close()
	rapid.Check(t, func(rt *rapid.T) {
		e, model := anEpoch(), newServer()
		if err := db.Load(t.Context(), e.script); err != nil {
			rt.Fatal(err)
		}
		model.load(e.script)
		all := []string{}
		for _, name := range []string{"a", "b", "s1", "s2"} {
			all = append(all, key{"tag", name}.in(e))
		}
		entry := rapid.SampledFrom(all[:2])
		stamps := rapid.IntRange(0, 2)
		nonce := rapid.SampledFrom([]string{"nonce-0000000001", "nonce-0000000002", "nonce-0000000003"})
		seen := rapid.SampledFrom([]string{"M", "Mnonce-0000000001", "Mnonce-0000000002nonce-0000000002"})
		run := func(keys []string, args ...any) {
			want, _ := model.eval(e.script, keys, args)
			got, err := db.Run(t.Context(), e.script, keys, args...)
			if err != nil {
				rt.Fatal(err)
			}
			if got != want {
				rt.Fatalf("%v %v: the script answers %q, the model %q", args, keys, got, want)
			}
			if s, ok := got.(string); ok && s[0] == answerMiss {
				seen = rapid.Just(s)
			}
		}
		hour := time.Hour.Milliseconds()
		rt.Repeat(map[string]func(*rapid.T){
			"read": func(rt *rapid.T) {
				n := stamps.Draw(rt, "stamps")
				keys := append([]string{entry.Draw(rt, "entry")}, all[2:2+n]...)
				if rapid.Bool().Draw(rt, "witness") {
					keys = append(keys, all[1])
				}
				witness := rapid.SampledFrom([]string{"E", "Edata", "Enonce-0000000001data"}).Draw(rt, "value")
				run(keys, opRead, nonce.Draw(rt, "nonce"), hour, hour, n, witness)
			},
			"fill": func(rt *rapid.T) {
				keys := append([]string{entry.Draw(rt, "entry")}, all[2:2+stamps.Draw(rt, "stamps")]...)
				run(keys, opFill, nonce.Draw(rt, "nonce"), seen.Draw(rt, "seen")[1:], []byte("data"), hour)
			},
			"announce": func(rt *rapid.T) {
				run(rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, 3, rapid.ID).Draw(rt, "keys"), opAnnounce, nonce.Draw(rt, "nonce"), hour)
			},
			"settle": func(rt *rapid.T) {
				run(rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, 3, rapid.ID).Draw(rt, "keys"), opSettle, nonce.Draw(rt, "nonce"),
					rapid.SampledFrom([]string{"0", "1"}).Draw(rt, "committed"))
			},
			"": func(rt *rapid.T) {
				want, got := map[string]string{}, map[string]string{}
				for _, k := range all {
					if v, ok := model.get(k); ok {
						want[k] = v
					}
					v, err := raw.Get(t.Context(), k).Result()
					if err == nil {
						got[k] = v
					}
					if ttl := raw.PTTL(t.Context(), k).Val(); err == nil && (ttl < 50*time.Minute || ttl > time.Hour) {
						rt.Fatalf("%s ends in %v", k, ttl)
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					rt.Fatalf("(-model +redis):\n%s", diff)
				}
			},
		})
	})
}

func TestScriptRefuses(t *testing.T) {
	t.Parallel()
	db, e := connect(t, servers.Redis(t)), anEpoch()
	if err := db.Load(t.Context(), e.script); err != nil {
		t.Fatal(err)
	}
	k := []string{key{"tag", "a"}.in(e)}
	for i := range 101 {
		_, err := db.Run(t.Context(), e.script, k, opAnnounce, newNonce(), 10_000)
		if (err != nil) != (i == 100) {
			t.Fatalf("writer %d: %v", i+1, err)
		}
	}
	if _, err := db.Run(t.Context(), e.script, k, "dance"); err == nil {
		t.Error("an operation that there is not")
	}
	s := NewShared(nil, db, Options{})
	if _, err := s.probe(t.Context(), e, fullOpening); err != nil {
		t.Errorf("the probe of a Redis that is fit: %v", err)
	}
}
