package redisdb

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

func TestCluster(t *testing.T) {
	t.Parallel()
	url := servers.RedisCluster(t)
	db, other := open(t, url, patient), open(t, strings.SplitN(url, "?", 2)[0]+"?cluster=true", patient)
	if err := errors.Join(db.Check(t.Context()), other.Check(t.Context())); err != nil {
		t.Fatalf("check: %v", err)
	}
	s := NewScript(fmt.Sprintf("-- %s\nreturn redis.call('INCR', KEYS[1])", ownKey(t, "")))
	evals := NewScript(fmt.Sprintf("-- %s\nreturn redis.call('INCR', KEYS[1])", ownKey(t, "eval")))
	if _, err := db.Run(t.Context(), s, []string{"x"}); !errors.Is(err, ErrNoScript) {
		t.Fatalf("run: %v", err)
	}
	if err := db.Load(t.Context(), s); err != nil {
		t.Fatalf("load: %v", err)
	}
	for i := range 50 { // on all masters, by chance of 1 in 3 each
		key := ownKey(t, fmt.Sprint(i))
		if got, err := other.Run(t.Context(), s, []string{key}); err != nil || got != int64(1) {
			t.Fatalf("run %s: %v, %v", key, got, err)
		}
		if got, err := db.Eval(t.Context(), evals, []string{key}); err != nil || got != int64(2) {
			t.Fatalf("eval %s: %v, %v", key, got, err)
		}
		slot, err := db.cluster.ClusterKeySlot(t.Context(), key).Result()
		if err != nil || int(slot) != Slot(key) {
			t.Errorf("slot of %s is %d (%v), not %d", key, slot, err, Slot(key))
		}
	}
	if _, err := db.Run(t.Context(), s, []string{"a", "b"}); !errors.Is(err, ErrKeys) {
		t.Errorf("two slots: %v", err)
	}
	channel := ownKey(t, "c")
	f := followed(t, other, channel)
	eventually(t, "subscribed", func() bool { return f.subscribed.Load() == 1 })
	if err := db.Publish(t.Context(), channel, "hello"); err != nil {
		t.Fatalf("publish: %v", err)
	}
	eventually(t, "the message", func() bool { return f.has("hello") })
}

func TestRunEverywhere(t *testing.T) {
	t.Parallel()
	for url, masters := range map[string]int{servers.Redis(t): 1, servers.RedisCluster(t): 3} {
		db := open(t, url, patient)
		s := NewScript(fmt.Sprintf("-- %s\nreturn 7", ownKey(t, "")))
		if got, err := db.RunEverywhere(t.Context(), s); !errors.Is(err, ErrNoScript) || got != nil {
			t.Errorf("not loaded: %v, %v", got, err)
		}
		if err := db.Load(t.Context(), s); err != nil {
			t.Fatalf("load: %v", err)
		}
		if got, err := db.RunEverywhere(t.Context(), s); err != nil || len(got) != masters || got[0] != int64(7) {
			t.Errorf("%d masters answered %v, %v", masters, got, err)
		}
	}
}

func TestNodeOfACluster(t *testing.T) {
	t.Parallel()
	one, _, _ := strings.Cut(servers.RedisCluster(t), "?")
	if err := open(t, one, patient).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "?cluster=true") {
		t.Errorf("a node of a cluster as a single Redis: %v", err)
	}
}

// TestClusterMasterKilled: the slots of the others work on, and those of the
// killed master as soon as its replica has taken over; which does not know the
// scripts.
func TestClusterMasterKilled(t *testing.T) {
	t.Parallel()
	cluster := servers.NewRedisCluster(t)
	db := open(t, cluster.URL(), Timeouts{Dial: patient.Dial, IO: brisk.IO, Call: brisk.Call})
	s := NewScript("return redis.call('INCR', KEYS[1])")
	eventually(t, "loaded", func() bool { return db.Load(t.Context(), s) == nil })
	run := func(key string) error {
		_, err := db.Run(t.Context(), s, []string{key})
		return err
	}
	lost := cluster.MasterOf("lost")
	kept := "kept0"
	for i := 0; cluster.MasterOf(kept) == lost; i++ {
		kept = fmt.Sprintf("kept%d", i)
	}
	f := followed(t, db, "lost")
	eventually(t, "all answer", func() bool { return run("lost") == nil && run(kept) == nil && f.subscribed.Load() > 0 })
	cluster.Kill(lost)
	served, down := 0, false
	eventually(t, "the killed one is away", func() bool {
		err := run(kept)
		// When the nodes have agreed that one is dead, and until its replica has
		// taken over, they all refuse to serve (cluster-require-full-coverage).
		down = down || redis.IsClusterDownError(err)
		if err == nil {
			served++
		} else if !down {
			t.Fatalf("the slots of the others: %v", err)
		}
		return errors.Is(run("lost"), ErrAway)
	})
	if served == 0 {
		t.Error("the slots of the others were not served")
	}
	eventually(t, "all answer again", func() bool { return errors.Is(run("lost"), ErrNoScript) && run(kept) == nil })
	eventually(t, "loaded again", func() bool { return db.Load(t.Context(), s) == nil && run("lost") == nil })
	eventually(t, "subscribed again", func() bool { return f.subscribed.Load() > 1 })
	eventually(t, "nobody waits for the killed one", func() bool {
		return db.Healthy(t.Context()) == nil && db.State().State == Up
	})
}
