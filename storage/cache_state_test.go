package storage

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func states(t *testing.T) *CacheStates {
	t.Helper()
	return NewCacheStates(openPostgresAt(t, postgresCopy(t), Options{}))
}

// TestCacheStateMovesOnlyFromWhereItIs goes through a generation's life; whoever
// names another generation or phase changes nothing.
func TestCacheStateMovesOnlyFromWhereItIs(t *testing.T) {
	t.Parallel()
	c, ctx := states(t), t.Context()
	want := func(generation int64, phase CachePhase) CacheState {
		t.Helper()
		s, err := c.State(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if s.Generation != generation || s.Phase != phase || !isID(s.Installation) || s.Incarnation == "" || s.Now < s.Changed {
			t.Errorf("state %+v, want generation %d %s", s, generation, phase)
		}
		return s
	}
	moved := func(want bool) func(bool, error) {
		return func(got bool, err error) {
			t.Helper()
			if got != want || err != nil {
				t.Errorf("moved: %t %v, want %t", got, err, want)
			}
		}
	}
	first := want(1, CacheClosed)
	moved(false)(c.Claim(ctx, 7))
	moved(false)(c.FinishOpening(ctx, 1, 0))
	moved(true)(c.Claim(ctx, 1))
	moved(false)(c.Claim(ctx, 1))
	if s := want(2, CacheClosed); s.Changed != first.Changed {
		t.Error("a claim looks like a closing")
	}
	moved(false)(c.BeginOpening(ctx, 1))
	moved(true)(c.BeginOpening(ctx, 2))
	moved(false)(c.BeginOpening(ctx, 2))
	opening := want(2, CacheOpening)
	moved(false)(c.FinishOpening(ctx, 2, time.Hour))
	moved(true)(c.FinishOpening(ctx, 2, 0))
	moved(false)(c.Claim(ctx, 2))
	want(2, CacheOpen)

	for range 2 { // the second one finds it closed
		s, err := c.Close(ctx, 2)
		if err != nil || s.Generation != 3 || s.Phase != CacheClosed || s.Changed <= opening.Changed {
			t.Errorf("closed: %+v %v", s, err)
		}
	}
	closed := want(3, CacheClosed)
	moved(true)(c.BeginOpening(ctx, 3))
	opening = want(3, CacheOpening)
	if s, err := c.Close(ctx, 3); err != nil || s.Changed != opening.Changed || s.Generation != 4 || s.Changed < closed.Changed {
		t.Errorf("closing what was never read: %+v %v", s, err)
	}
}

func TestReplicas(t *testing.T) {
	t.Parallel()
	c, ctx := states(t), t.Context()
	a, b := mustID(), mustID()
	for _, r := range []Replica{{b, true}, {a, false}, {b, false}} {
		if err := c.Report(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	list := func(want ...Replica) {
		t.Helper()
		got, err := c.Replicas(ctx, time.Minute)
		if err != nil || len(got) != len(want) {
			t.Fatalf("replicas %v %v, want %v", got, err, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("replica %+v, want %+v", got[i], want[i])
			}
		}
	}
	list(Replica{a, false}, Replica{b, false})
	if err := c.Leave(ctx, a); err != nil {
		t.Fatal(err)
	}
	list(Replica{b, false})
	if got, err := c.Replicas(ctx, 0); err != nil || len(got) != 0 {
		t.Errorf("seen within no time: %v %v", got, err)
	}
}

// A process without a cache closes one that others use, before its write is
// stored.
func TestWriteWithoutCacheClosesTheCache(t *testing.T) {
	t.Parallel()
	f := postgresFixture(t, Options{})
	c := NewCacheStates(f.db)
	id := f.user("ada") // nothing was ever open
	for _, step := range []func(context.Context, int64) (bool, error){
		func(ctx context.Context, _ int64) (bool, error) { return c.Claim(ctx, 1) },
		c.BeginOpening,
		func(ctx context.Context, g int64) (bool, error) { return c.FinishOpening(ctx, g, 0) },
	} {
		if ok, err := step(f.ctx, 2); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	before := time.Now()
	if _, err := f.put(userType, id, userDraft("eve")); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(before); took < QuietTime {
		t.Errorf("stored after %v, while leases of %v may have been in use", took, LeaseTime)
	}
	if s, err := c.State(f.ctx); err != nil || s.Generation != 3 || s.Phase != CacheClosed {
		t.Errorf("the cache is %+v %v", s, err)
	}
}

// fakeCloser answers a state.
type fakeCloser struct {
	state CacheState
	err   error
}

func (f *fakeCloser) Close(context.Context, int64) (CacheState, error) { return f.state, f.err }

func TestCloserWaitsUntilNobodyReads(t *testing.T) {
	t.Parallel()
	const micros = int64(time.Second / time.Microsecond)
	now := 1000 * micros
	for name, tc := range map[string]struct {
		state   CacheState
		waits   time.Duration
		refuses error
	}{
		"never opened":     {CacheState{Generation: 2, Phase: CacheClosed, Changed: now, Now: now}, 0, nil},
		"closed just now":  {CacheState{Generation: 3, Phase: CacheClosed, Changed: now, Now: now}, QuietTime, nil},
		"closed long ago":  {CacheState{Generation: 3, Phase: CacheClosed, Changed: now - 15*micros, Now: now}, 0, nil},
		"clock went back":  {CacheState{Generation: 3, Phase: CacheClosed, Changed: now + 100*micros, Now: now}, QuietTime, nil},
		"opened meanwhile": {CacheState{Generation: 4, Phase: CacheOpening, Changed: now, Now: now}, 0, ErrReopened},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := NewCloser(&fakeCloser{state: tc.state}, QuietTime)
				before := time.Now()
				_, err := c.Announce(t.Context(), &Touched{}, CacheState{Generation: 1, Phase: CacheOpen})
				if took := time.Since(before); took != tc.waits || !errors.Is(err, tc.refuses) {
					t.Errorf("waited %v: %v, want %v: %v", took, err, tc.waits, tc.refuses)
				}
				<-time.After(500 * time.Millisecond)
				before = time.Now() // the next write knows
				if tc.state.Phase != CacheClosed {
					return
				}
				if _, err := c.Announce(t.Context(), &Touched{}, tc.state); err != nil || time.Since(before) != 0 {
					t.Errorf("waited another %v: %v", time.Since(before), err)
				}
			})
		})
	}
}

// What cannot be closed is not written past.
func TestCloserThatCannotClose(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	for name, closer := range map[string]*fakeCloser{
		"database away": {err: down},
		"still open":    {state: CacheState{Generation: 1, Phase: CacheOpen}},
	} {
		c := NewCloser(closer, QuietTime)
		if _, err := c.Announce(t.Context(), &Touched{}, CacheState{Generation: 1, Phase: CacheOpen}); err == nil {
			t.Errorf("%s: announced", name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := NewCloser(&fakeCloser{state: CacheState{Generation: 3, Phase: CacheClosed}}, QuietTime)
	if _, err := c.Announce(ctx, &Touched{}, CacheState{Generation: 1, Phase: CacheOpen}); !errors.Is(err, context.Canceled) {
		t.Errorf("gave up with %v", err)
	}
}
