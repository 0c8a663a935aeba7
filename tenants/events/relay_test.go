package events

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeFeed counts what relays do.
type fakeFeed struct {
	mu      sync.Mutex
	fresh   chan struct{}
	hints   []string
	behind  []string
	relayed [][]string
	at      []time.Time
	fail    int           // so many times
	sweeps  int           //
	slow    time.Duration // is a sweep
}

func newFakeFeed() *fakeFeed { return &fakeFeed{fresh: make(chan struct{}, 1)} }

func (f *fakeFeed) Fresh() <-chan struct{} { return f.fresh }

func (f *fakeFeed) Take(limit int) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := min(limit, len(f.hints))
	taken := slices.Clone(f.hints[:n])
	if f.hints = f.hints[n:]; len(f.hints) > 0 {
		f.signal()
	}
	return taken
}

func (f *fakeFeed) signal() {
	select {
	case f.fresh <- struct{}{}:
	default:
	}
}

func (f *fakeFeed) PutBack(ids []string) {
	if len(ids) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hints = append(f.hints, ids...)
	f.signal()
}

func (f *fakeFeed) Behind(context.Context, int) ([]string, error) {
	f.mu.Lock()
	f.sweeps++
	ids := f.behind
	f.behind = nil
	slow := f.slow
	f.mu.Unlock()
	pass(slow)
	return ids, nil
}

func (f *fakeFeed) Relay(_ context.Context, ids []string) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = append(f.at, time.Now())
	if f.fail > 0 {
		f.fail--
		return nil, errors.New("away")
	}
	f.relayed = append(f.relayed, ids)
	return ids, nil
}

func (f *fakeFeed) done() (all []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, ids := range f.relayed {
		all = append(all, ids...)
	}
	return all
}

// times are when transactions began.
func (f *fakeFeed) times() []time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.at)
}

func (f *fakeFeed) swept() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sweeps
}

// relaying runs a relay of a feed in a bubble of its own, in which time is none.
func relaying(t *testing.T, f *fakeFeed, test func()) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f.fresh = make(chan struct{}, 1)
		if len(f.hints) > 0 {
			f.signal()
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			NewRelay(f, quiet).Run(ctx)
		}()
		test()
		cancel()
		<-done
	})
}

func TestRelayAfterAQuietTimeIsAtOnce(t *testing.T) {
	t.Parallel()
	f := newFakeFeed()
	relaying(t, f, func() {
		pass(time.Minute)
		began := time.Now()
		f.PutBack([]string{"a"})
		synctest.Wait()
		if at := f.times(); len(at) != 1 || at[0] != began {
			t.Errorf("relayed at %v, want %v", at, began)
		}
	})
}

func TestRelayUnderLoad(t *testing.T) {
	t.Parallel()
	f := newFakeFeed()
	const seconds = 3
	relaying(t, f, func() {
		for i := range seconds * 1000 {
			f.PutBack([]string{fmt.Sprint(i)})
			pass(time.Millisecond)
		}
		synctest.Wait()
		if n := len(f.times()); n < 10*seconds-2 || n > 10*seconds+1 {
			t.Errorf("%d transactions in %d s, want 10 a second", n, seconds)
		}
		pass(relayEvery)
		if n := len(f.done()); n != seconds*1000 {
			t.Errorf("%d tenants were relayed", n)
		}
	})
}

func TestRelayIsBounded(t *testing.T) {
	t.Parallel()
	f := newFakeFeed()
	f.hints = make([]string, 2*relayTenants+1)
	relaying(t, f, func() {
		pass(time.Second)
		synctest.Wait()
		if len(f.relayed) != 3 || len(f.relayed[0]) != relayTenants || len(f.relayed[2]) != 1 {
			t.Errorf("%d transactions", len(f.relayed))
		}
	})
}

func TestRelayTriesAgain(t *testing.T) {
	t.Parallel()
	f := newFakeFeed()
	f.fail, f.hints = 5, []string{"a", "b"}
	relaying(t, f, func() {
		pass(time.Minute)
		if got := f.done(); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("relayed %v", got)
		}
		synctest.Wait()
		at := f.times()
		for i := 1; i < len(at); i++ {
			if at[i].Sub(at[i-1]) < failedPause {
				t.Errorf("tried at %v", at)
			}
		}
	})
}

func TestRelaySweeps(t *testing.T) {
	t.Parallel()
	f := newFakeFeed()
	f.behind = []string{"left"}
	relaying(t, f, func() {
		synctest.Wait()
		if got := f.done(); !slices.Equal(got, []string{"left"}) {
			t.Errorf("at the beginning: %v", got)
		}
		pass(time.Minute)
		synctest.Wait()
		if n := f.swept(); n < 20 || n > 41 {
			t.Errorf("%d sweeps in a minute, want one in about 2 s", n)
		}
		f.mu.Lock()
		f.slow = time.Second
		f.mu.Unlock()
		pass(time.Minute) // until the slow one has been
		synctest.Wait()
		before := f.swept()
		pass(10 * time.Minute)
		synctest.Wait()
		if n := f.swept() - before; n < 20 || n > 41 {
			t.Errorf("%d sweeps in ten minutes that take a second each, want one in about 20 s", n)
		}
	})
}
