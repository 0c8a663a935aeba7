package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// startTime bounds the start of a server, stopTime its end.
const (
	startTime = time.Minute
	stopTime  = 30 * time.Second
)

// server is a running "roster serve".
type server struct {
	cmd   *exec.Cmd
	url   string
	ended chan error
	log   string
}

// startServer starts the built binary and waits until it listens. It chooses its
// ports by itself, unless env says otherwise.
func startServer(ctx context.Context, binary, dir string, env []string) (*server, error) {
	log, err := os.CreateTemp(dir, "server-*.log")
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the server has its own
	cmd := exec.CommandContext(ctx, binary, "serve", "--json")
	cmd.Dir, cmd.Stderr = dir, log
	cmd.Env = append([]string{"ROSTER_LISTEN=127.0.0.1:0", "ROSTER_ADMIN_LISTEN=127.0.0.1:0", "PATH=" + os.Getenv("PATH")}, env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopTime
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", binary, err)
	}
	s := &server{cmd: cmd, ended: make(chan error, 1), log: log.Name()}
	if err := s.listening(out); err != nil {
		return nil, errors.Join(fmt.Errorf("start the server: %w; its log:\n%s", err, s.tail()), s.kill())
	}
	go func() {
		_, _ = io.Copy(io.Discard, out) // until it ends
		s.ended <- cmd.Wait()
	}()
	return s, nil
}

// listening reads the line in which the server says where it listens.
func (s *server) listening(out io.ReadCloser) error {
	late := time.AfterFunc(startTime, func() { _ = out.Close() })
	defer late.Stop()
	var started struct {
		URL string `json:"url"`
	}
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&started); err != nil {
		return fmt.Errorf("it did not say where it listens: %w", err)
	}
	s.url = started.URL
	return nil
}

func (s *server) pid() int { return s.cmd.Process.Pid }

// close ends the server in good order.
func (s *server) close() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	select {
	case err := <-s.ended:
		if err != nil {
			return fmt.Errorf("the server ended badly: %w; its log:\n%s", err, s.tail())
		}
		return nil
	case <-time.After(stopTime):
		return errors.Join(errors.New("the server did not stop"), s.kill())
	}
}

func (s *server) kill() error {
	err := s.cmd.Process.Kill()
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

func (s *server) tail() string {
	text, err := os.ReadFile(s.log) //nolint:gosec // a file of ours
	if err != nil {
		return err.Error()
	}
	const most = 2000
	return string(text[max(0, len(text)-most):])
}

// command runs one of roster's other commands and decodes what it prints.
func command(ctx context.Context, binary string, env []string, into any, args ...string) error {
	cmd := exec.CommandContext(ctx, binary, append(args, "--json")...) //nolint:gosec // what is measured
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("roster %v: %w: %s%s", args, err, out, exit.Stderr)
	}
	if err != nil {
		return fmt.Errorf("roster %v: %w", args, err)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("roster %v: %w", args, err)
	}
	return nil
}

// answers asks until the address answers 200, and returns how that went wrong if
// ctx ends before.
func answers(ctx context.Context, client *http.Client, url, token string) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		err := ask(ctx, client, url, token)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; last: %w", ctx.Err(), err)
		case <-tick.C:
		}
	}
}

func ask(ctx context.Context, client *http.Client, url, token string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	_, err = io.Copy(io.Discard, response.Body)
	return err
}
