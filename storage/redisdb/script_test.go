package redisdb

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

func TestRun(t *testing.T) {
	t.Parallel()
	db := open(t, servers.Redis(t), patient)
	key := ownKey(t, "")
	s := NewScript(fmt.Sprintf("-- %s\nreturn {KEYS[1], ARGV[1], #ARGV}", key)) // a text that no server has seen
	if _, err := db.Run(t.Context(), s, []string{key}, "x"); !errors.Is(err, ErrNoScript) {
		t.Fatalf("a script that nobody loaded: %v, want ErrNoScript", err)
	}
	if _, err := db.Run(t.Context(), s, []string{key}, "x"); !errors.Is(err, ErrNoScript) {
		t.Fatalf("again: %v: Run has loaded it", err)
	}
	if err := db.Load(t.Context(), NewScript("return 1"), s); err != nil {
		t.Fatalf("load: %v", err)
	}
	got, err := db.Run(t.Context(), s, []string{key}, "x", 2)
	if err != nil || fmt.Sprint(got) != fmt.Sprintf("[%s x 2]", key) {
		t.Errorf("run: %v, %v", got, err)
	}
	if status := db.State(); status.State != Up || len(db.changes.list()) != 0 {
		t.Errorf("after replies only: %+v, %+v", status, db.changes.list())
	}
}

func TestEvalLoads(t *testing.T) {
	t.Parallel()
	db := open(t, servers.Redis(t), patient)
	key := ownKey(t, "")
	s := NewScript(fmt.Sprintf("-- %s\nreturn redis.call('GET', KEYS[1])", key))
	if got, err := db.Eval(t.Context(), s, []string{key}); err != nil || got != nil {
		t.Fatalf("eval: %v, %v; want the nil reply as nil", got, err)
	}
	if _, err := db.Run(t.Context(), s, []string{key}); err != nil {
		t.Errorf("run after eval: %v", err)
	}
}

func TestKeysOfOneSlot(t *testing.T) {
	t.Parallel()
	db := open(t, servers.Redis(t), patient)
	s := NewScript("return 1")
	for _, keys := range [][]string{nil, {"a", "b"}} {
		if _, err := db.Run(t.Context(), s, keys); !errors.Is(err, ErrKeys) {
			t.Errorf("run %q: %v", keys, err)
		}
		if _, err := db.Eval(t.Context(), s, keys); !errors.Is(err, ErrKeys) {
			t.Errorf("eval %q: %v", keys, err)
		}
	}
}

// TestScriptErrors: what a script answers is no failure of Redis, however often.
func TestScriptErrors(t *testing.T) {
	t.Parallel()
	db := open(t, servers.Redis(t), patient)
	s := NewScript("return redis.error_reply('MINE not today')")
	for range 3 * tripAfter {
		if _, err := db.Eval(t.Context(), s, []string{"k"}); err == nil || errors.Is(err, ErrAway) {
			t.Fatalf("%v, want the script's error", err)
		}
	}
}

// TestRestart: a Redis that starts anew is used again, without the scripts.
func TestRestart(t *testing.T) {
	t.Parallel()
	server := servers.NewRedis(t)
	db := open(t, server.URL(), patient)
	s := NewScript("return 7")
	if err := db.Load(t.Context(), s); err != nil {
		t.Fatalf("load: %v", err)
	}
	server.Kill()
	eventually(t, "away", func() bool {
		_, err := db.Run(t.Context(), s, []string{"k"})
		if err == nil {
			t.Fatal("a killed server answered")
		}
		return errors.Is(err, ErrAway)
	})
	if status := db.State(); status.State != Away || len(status.Away) != 1 || time.Since(status.Since) > time.Minute {
		t.Errorf("status %+v", status)
	}
	server.Start()
	eventually(t, "an answer", func() bool {
		_, err := db.Run(t.Context(), s, []string{"k"})
		return errors.Is(err, ErrNoScript)
	})
	if status := db.State(); status.State != Up || status.Away != nil {
		t.Errorf("status %+v", status)
	}
	if got := transitions(db.changes.list()); len(got) != 2 || got[0] != Away || got[1] != Up {
		t.Errorf("changes %v, want away and up, once each", got)
	}
	if change := db.changes.list()[0]; change.Err == nil || change.Node != server.Addr() {
		t.Errorf("it went away as %+v, without node or reason", change)
	}
}
