package events

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var quiet = slog.New(slog.DiscardHandler)

// others is a feed into which other replicas put events.
type others struct {
	mu      sync.Mutex
	tenants []string // by position, from 1
	looks   int
	away    bool
}

func (o *others) Listen(Listener) {}

func (o *others) Head(context.Context) (int64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.looks++
	if o.away {
		return 0, errors.New("away")
	}
	return int64(len(o.tenants)), nil
}

func (o *others) News(_ context.Context, behind int64, limit int) ([]string, int64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	news := slices.Clone(o.tenants[behind:])
	if len(news) > limit {
		news = nil
	}
	return news, int64(len(o.tenants)), nil
}

func (o *others) add(tenants ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tenants = append(o.tenants, tenants...)
}

func (o *others) looked() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.looks
}

// woken reports whether a subscription is woken within a time.
func woken(s *Subscription, within time.Duration) bool {
	if within == 0 {
		select {
		case <-s.C():
			return true
		default:
			return false
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	return s.Wait(ctx)
}

// running is a hub that runs until the test ends.
func running(t *testing.T, watch Watch) *Hub {
	t.Helper()
	h := NewHub(watch, quiet)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return h
}

func TestHubWakesWhoWaitsForATenant(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(&others{}, quiet)
		a, b, all := h.Subscribe("a"), h.Subscribe("b"), h.Subscribe("")
		h.Committed("a")
		h.Committed("a")
		if !woken(a, 0) || woken(a, 0) {
			t.Error("a was not woken, once")
		}
		if woken(b, 0) || woken(all, 0) {
			t.Error("a commit of a has woken others")
		}
		h.Relayed([]string{"a", "b"})
		if !woken(a, 0) || !woken(b, 0) || !woken(all, 0) {
			t.Error("not all were woken by the feed")
		}
		a.Close()
		a.Close()
		b.Close()
		all.Close()
		if !h.idle() || len(h.subs) > 0 {
			t.Errorf("%d still wait: %v", h.count, h.subs)
		}
	})
}

func TestHubSeesWhatOtherReplicasCommit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := &others{}
		o.add("a")
		h := running(t, o)
		pass(time.Hour)
		if o.looked() > 0 {
			t.Error("it looks though nobody waits")
		}
		a, b, all := h.Subscribe("a"), h.Subscribe("b"), h.Subscribe("")
		for _, s := range []*Subscription{a, b, all} { // what came before the first look may have been missed
			if !woken(s, lookEvery) {
				t.Error("not woken at the beginning")
			}
		}
		o.add("b")
		if !woken(b, 2*lookEvery) || !woken(all, 0) || woken(a, 2*lookEvery) {
			t.Error("not the right ones were woken")
		}
		o.add(make([]string, maxNews+1)...)
		if !woken(a, 2*lookEvery) || !woken(b, 0) || !woken(all, 0) {
			t.Error("with very many, not all were woken")
		}
		o.mu.Lock()
		o.away = true
		o.mu.Unlock()
		pass(2 * lookEvery)
		o.mu.Lock()
		o.away, o.tenants = false, append(o.tenants, "a")
		o.mu.Unlock()
		if !woken(a, 2*lookEvery) {
			t.Error("not woken after the database was away")
		}
		a.Close()
		b.Close()
		all.Close()
		pass(2 * lookEvery)
		looks := o.looked()
		pass(time.Hour)
		if o.looked() > looks {
			t.Error("it looks though nobody waits any more")
		}
	})
}

func TestHubEndsAllWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(&others{}, quiet)
		s := h.Subscribe("a")
		answers := make(chan bool)
		go func() { answers <- s.Wait(context.Background()) }()
		synctest.Wait()
		h.Close()
		h.Close()
		if <-answers {
			t.Error("woken by the end")
		}
		if h.Subscribe("a").Wait(context.Background()) {
			t.Error("woken behind the end")
		}
	})
}

func TestHubBoundsWhoWaits(t *testing.T) {
	t.Parallel()
	h := NewHub(&others{}, quiet)
	h.count = maxSubscriptions
	s := h.Subscribe("a")
	if s.Wait(context.Background()) || h.count != maxSubscriptions {
		t.Error("one more may wait")
	}
	s.Close()
	if h.count != maxSubscriptions {
		t.Error("who did not wait has given a place back")
	}
}

// pass lets time pass, of which a test's bubble has as much as it likes.
func pass(d time.Duration) { pause(context.Background(), d) }
