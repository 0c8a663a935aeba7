package access_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/roster-scim/roster/tenants/access"
)

// queue is one job of some steps.
type queue struct {
	steps    atomic.Int64
	claimed  int
	fails    []error // of the next steps
	takes    time.Duration
	released int
	failed   []time.Duration
	wake     chan struct{}
	done     chan struct{}
	pruned   time.Time
}

func newQueue(steps int) *queue {
	q := &queue{wake: make(chan struct{}, 1), done: make(chan struct{})}
	q.steps.Store(int64(steps))
	return q
}

func (q *queue) Claim(context.Context, string, time.Duration) (*access.Claim, error) {
	if q.steps.Load() == 0 {
		return nil, nil //nolint:nilnil // there is no job
	}
	q.claimed++
	return &access.Claim{Failed: len(q.failed)}, nil
}

func (q *queue) Step(ctx context.Context, _ *access.Claim, _ time.Duration) (bool, error) {
	if len(q.fails) > 0 {
		err := q.fails[0]
		q.fails = q.fails[1:]
		return false, err
	}
	timer := time.NewTimer(q.takes)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-timer.C:
	}
	left := q.steps.Add(-1)
	if left == 0 {
		close(q.done)
	}
	return left > 0, nil
}

func (q *queue) Release(context.Context, *access.Claim) error {
	q.released++
	return nil
}

func (q *queue) Fail(_ context.Context, _ *access.Claim, _ string, wait time.Duration) error {
	q.failed = append(q.failed, wait)
	return nil
}

func (q *queue) Prune(_ context.Context, before time.Time) error {
	q.pruned = before
	return nil
}

func (q *queue) Wake() <-chan struct{} { return q.wake }

func run(t *testing.T, q *queue) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		access.NewRunner(q, slog.New(slog.DiscardHandler)).Run(ctx)
	}()
	return func() {
		cancel()
		<-ended
	}
}

// TestRunnerTakesTurns: a long job lets others come in between.
func TestRunnerTakesTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(11)
		q.takes = 500 * time.Millisecond
		stop := run(t, q)
		<-q.done
		stop()
		if q.claimed != 3 || q.released != 2 {
			t.Errorf("claimed %d times and released %d times, want 3 and 2", q.claimed, q.released)
		}
		if q.pruned.IsZero() {
			t.Error("finished jobs are never forgotten")
		}
	})
}

// TestRunnerBacksOff: a job that fails is tried again after longer and longer.
func TestRunnerBacksOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1)
		for range 10 {
			q.fails = append(q.fails, errors.New("it rains"))
		}
		stop := run(t, q)
		<-q.done
		stop()
		for i, wait := range q.failed {
			if want := min(2*time.Second<<i, 5*time.Minute); wait != want {
				t.Errorf("after %d failures it waits %s, want %s", i+1, wait, want)
			}
		}
		if len(q.failed) != 10 {
			t.Errorf("failed %d times", len(q.failed))
		}
	})
}

// TestRunnerWakes: work that is left here is begun at once, and that of others
// within seconds.
func TestRunnerWakes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wake bool
		most time.Duration
	}{"here": {true, 0}, "elsewhere": {false, 3 * time.Second}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q := newQueue(0)
				stop := run(t, q)
				synctest.Wait()
				begun := time.Now()
				q.steps.Store(1)
				if c.wake {
					q.wake <- struct{}{}
				}
				<-q.done
				if took := time.Since(begun); took > c.most {
					t.Errorf("it was done after %s, want %s at most", took, c.most)
				}
				stop()
			})
		})
	}
}

// TestRunnerStops: the end of the process gives the job back, behind the step
// that has begun.
func TestRunnerStops(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(2)
		q.takes = time.Second
		stop := run(t, q)
		synctest.Wait() // in the first step
		stop()
		if q.released != 1 || len(q.failed) != 0 || q.steps.Load() != 1 {
			t.Errorf("released %d times, failed %v, %d steps left", q.released, q.failed, q.steps.Load())
		}
	})
}
