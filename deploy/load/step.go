package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// sayEvery is how often whoever waits is told that something still goes on.
const sayEvery = time.Minute

// errLate is why a step was broken off that took too long.
var errLate = errors.New("it took too long")

// step is something that may take minutes, and has an end in any case.
type step struct {
	what   string
	most   time.Duration
	late   func() error // not nil if it was broken off because its time was over
	cancel context.CancelFunc
	ended  chan struct{}
}

// step begins one that may take so long. What it does has the context that is
// returned.
func (r *runner) step(ctx context.Context, what string, most time.Duration) (context.Context, *step) {
	ctx, cancel := context.WithTimeoutCause(ctx, most, errLate)
	s := &step{what: what, most: most, cancel: cancel, ended: make(chan struct{})}
	s.late = func() error {
		if errors.Is(context.Cause(ctx), errLate) {
			return fmt.Errorf("%s: %w: more than %v", s.what, errLate, s.most)
		}
		return nil
	}
	began := time.Now()
	go func() {
		defer close(s.ended)
		tick := time.NewTicker(r.every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				r.say("    still at %s, for %v of at most %v", what, time.Since(began).Round(time.Second), most.Round(time.Minute))
			}
		}
	}()
	return ctx, s
}

// end must be called when the step has ended.
func (s *step) end() {
	s.cancel()
	<-s.ended
}
