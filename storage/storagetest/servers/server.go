package servers

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// server is what a private server's tests can do to it. A failure fails the
// test and the test goes on, since these are also called beside the test's
// own goroutine.
type server struct {
	t     testing.TB
	kind  string
	p     process
	ready func(ctx context.Context, address string) error
}

// restartPatience is how long a server may fail to come back after a kill.
const restartPatience = 10 * time.Second

// begin starts a server for the length of a test.
func begin(t testing.TB, kind string, args []string, ready func(context.Context, string) error) server {
	t.Helper()
	p, err := newProcess(t.Context(), kind, args)
	if err != nil {
		t.Fatalf("servers: %s: %v", kind, err)
	}
	s := server{t: t, kind: kind, p: p, ready: ready}
	t.Cleanup(func() { s.within(removeTime, "remove", p.remove) })
	if err := answering(t.Context(), p, 0, ready); err != nil {
		t.Fatalf("servers: start %s: %v", kind, err)
	}
	return s
}

// Addr is the server's host:port, the same for its whole life.
func (s *server) Addr() string { return s.p.address() }

// Kill ends the server and all its processes with SIGKILL.
func (s *server) Kill() { s.t.Helper(); s.do("kill", s.p.kill) }

// Stop ends the server in good order.
func (s *server) Stop() { s.t.Helper(); s.do("stop", s.p.quit) }

// Pause freezes the server: connections stay and nothing is answered.
func (s *server) Pause() { s.t.Helper(); s.do("pause", s.p.pause) }

// Resume ends a Pause.
func (s *server) Resume() { s.t.Helper(); s.do("resume", s.p.resume) }

// Start starts a killed or stopped server with the data that it has on disk,
// and waits until it answers.
func (s *server) Start() {
	s.t.Helper()
	if err := answering(context.Background(), s.p, restartPatience, s.ready); err != nil {
		s.t.Errorf("servers: start %s: %v", s.kind, err)
	}
}

func (s *server) do(what string, operation func(context.Context) error) {
	s.t.Helper()
	s.within(opTime, what, operation)
}

// within runs one operation. The test's context has ended when cleanups run.
func (s *server) within(limit time.Duration, what string, operation func(context.Context) error) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := operation(ctx); err != nil {
		s.t.Errorf("servers: %s %s: %v", what, s.kind, err)
	}
}

// sharedServer starts a server that lives as long as this process.
func sharedServer(ctx context.Context, kind string, args []string, ready func(context.Context, string) error) (process, error) {
	p, err := newProcess(ctx, kind, args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	if err := answering(ctx, p, 0, ready); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", kind, err), p.remove(context.WithoutCancel(ctx)))
	}
	return p, nil
}
