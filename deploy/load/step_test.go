package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/roster-scim/roster/scim/scimtest/bench"
)

// TestStepEnds what takes too long, and tells meanwhile how far it is.
func TestStepEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var said said
		r := &runner{stderr: &said, every: sayEvery}
		ctx, s := r.step(t.Context(), "the filling", 150*time.Second)
		<-ctx.Done()
		s.end()
		if err := s.late(); !errors.Is(err, errLate) || !strings.Contains(err.Error(), "the filling") {
			t.Errorf("late = %v", err)
		}
		if n := strings.Count(said.String(), "still at the filling"); n != 2 {
			t.Errorf("told %d times:\n%s", n, said.String())
		}
	})
}

// TestStepThatEndsIsNotLate, and neither is one that the user breaks off.
func TestStepThatEndsIsNotLate(t *testing.T) {
	t.Parallel()
	r := &runner{stderr: &said{}, every: sayEvery}
	ctx, cancel := context.WithCancel(t.Context())
	for _, end := range []func(*step){(*step).end, func(s *step) { cancel(); s.end() }} {
		_, s := r.step(ctx, "it", time.Minute)
		end(s)
		if err := s.late(); err != nil {
			t.Errorf("late = %v", err)
		}
	}
}

// TestJobsMayTakeLong: a million people are made in an hour and a half, not in minutes.
func TestJobsMayTakeLong(t *testing.T) {
	t.Parallel()
	r := &runner{options: options{duration: time.Second}}
	small := r.atMost(job{ops: []bench.Op{bench.OpGet}, users: 1000})
	if large := r.atMost(job{ops: []bench.Op{bench.OpGet}, users: 1_000_000}); small > 10*time.Minute || large < time.Hour || large > 2*time.Hour {
		t.Errorf("%v for a thousand, %v for a million", small, large)
	}
}

// said is written to by several goroutines.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
