package redisdb

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// follower is a subscription that notes what it is told.
type follower struct {
	messages   *record[string]
	subscribed atomic.Int64
	stop       func()
}

func followed(t *testing.T, db bundle, channel string) *follower {
	f := &follower{messages: &record[string]{}}
	f.stop = db.Subscribe(t.Context(), channel, f.messages.add, func() { f.subscribed.Add(1) })
	return f
}

func (f *follower) has(message string) bool { return slices.Contains(f.messages.list(), message) }

func TestSubscribe(t *testing.T) {
	t.Parallel()
	a, b := open(t, servers.Redis(t), patient), open(t, servers.Redis(t), patient)
	channel := ownKey(t, "c")
	f := followed(t, b, channel)
	eventually(t, "subscribed", func() bool { return f.subscribed.Load() == 1 })
	for i := range 100 {
		if err := a.Publish(t.Context(), channel, fmt.Sprint(i)); err != nil {
			t.Fatalf("publish: %v", err)
		}
	}
	if err := a.Publish(t.Context(), channel+"2", "other"); err != nil {
		t.Fatalf("publish: %v", err)
	}
	eventually(t, "the last message", func() bool { return f.has("99") })
	f.stop()
	if got := f.messages.list(); len(got) != 100 || got[0] != "0" || got[42] != "42" {
		t.Errorf("messages %v", got)
	}
	if err := a.Publish(t.Context(), channel, "late"); err != nil || f.has("late") {
		t.Errorf("after stop: %v, %v", err, f.messages.list())
	}
	if n := f.subscribed.Load(); n != 1 {
		t.Errorf("subscribed %d times to a server that was always there", n)
	}
}

// TestSubscriptionSurvives: restarts, a cut network, and one that passes nothing.
func TestSubscriptionSurvives(t *testing.T) {
	t.Parallel()
	server := servers.NewRedis(t)
	proxy := servers.NewProxy(t, server.Addr())
	sender := open(t, server.URL(), patient)
	f := followed(t, open(t, "redis://"+proxy.Addr(), brisk), "c")
	for i, fault := range []struct {
		name       string
		break_, on func()
	}{
		{"start", func() {}, func() {}},
		{"kill", server.Kill, server.Start},
		{"cut", proxy.Cut, proxy.Heal},
		{"stall", func() {
			proxy.Stall()
			before := proxy.Connections()
			eventually(t, "given up", func() bool { return proxy.Connections() != before })
		}, proxy.Heal},
	} {
		fault.break_()
		fault.on()
		eventually(t, "subscribed after "+fault.name, func() bool { return f.subscribed.Load() >= int64(i+1) })
		eventually(t, "a message after "+fault.name, func() bool {
			_ = sender.Publish(t.Context(), "c", fault.name) // may itself meet the restart
			return f.has(fault.name)
		})
	}
}

// TestSubscriptionEnds: with the context too, and Close waits for the handler.
func TestSubscriptionEnds(t *testing.T) {
	t.Parallel()
	db := open(t, servers.Redis(t), patient)
	channel := ownKey(t, "c")
	entered, leave := make(chan struct{}), make(chan struct{})
	var left atomic.Bool
	ready := make(chan struct{})
	db.Subscribe(t.Context(), channel, func(string) {
		close(entered)
		<-leave
		left.Store(true)
	}, func() { close(ready) })
	<-ready
	if err := db.Publish(t.Context(), channel, strings.Repeat("x", 1<<20)); err != nil {
		t.Fatalf("publish: %v", err)
	}
	<-entered
	closed := make(chan error)
	go func() { closed <- db.Close() }()
	select {
	case <-closed:
		t.Fatal("Close has not waited for the handler")
	case <-db.life.Done():
	}
	close(leave)
	if err := <-closed; err != nil || !left.Load() {
		t.Errorf("close: %v; handler over: %v", err, left.Load())
	}
}
