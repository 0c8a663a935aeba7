package servers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// errNotRunning is the answer to signals for a server that has ended.
var errNotRunning = errors.New("it does not run")

// running also collects the child if it has ended. Until then its number
// cannot be given to another process, so a signal never hits a stranger.
// The caller holds mu.
func (l *local) running() bool {
	if l.pid == 0 {
		return false
	}
	var status syscall.WaitStatus
	for {
		pid, err := syscall.Wait4(l.pid, &status, syscall.WNOHANG, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err == nil && pid == 0 {
			return true
		}
		l.pid = 0
		_ = theReaper.owe(l, debt{dir: l.dir}) // its script is only less tidy
		return false
	}
}

func (l *local) ended(context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running() {
		return nil
	}
	return fmt.Errorf("%s has ended: %s", l.recipe.program, tail(filepath.Join(l.dir, "log")))
}

// tail is the end of a log.
func tail(path string) string {
	text, err := os.ReadFile(path) //nolint:gosec // our directory
	if err != nil {
		return err.Error()
	}
	return lastPart(text)
}

func lastPart(text []byte) string {
	const most = 2000
	return string(bytes.TrimSpace(text[max(0, len(text)-most):]))
}

// kill ends the children too: PostgreSQL's would otherwise finish what they do.
func (l *local) kill(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.running() {
		return nil
	}
	all := l.signalAll(syscall.SIGSTOP) // it cannot make more of them
	for _, pid := range all {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	return l.gone(ctx, all)
}

func (l *local) gone(ctx context.Context, all []int) error {
	ctx, cancel := context.WithTimeout(ctx, opTime)
	defer cancel()
	return poll(ctx, func() (bool, error) {
		return !l.running() && !slices.ContainsFunc(all, lives), nil
	}, func() error { return fmt.Errorf("processes %v go on", all) })
}

func (l *local) quit(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.running() {
		return nil
	}
	if err := syscall.Kill(l.pid, l.recipe.leave); err != nil {
		return err
	}
	l.signalAll(syscall.SIGCONT) // it may have been frozen
	return l.gone(ctx, nil)
}

func (l *local) pause(context.Context) error { return l.freeze(syscall.SIGSTOP) }

func (l *local) resume(context.Context) error { return l.freeze(syscall.SIGCONT) }

func (l *local) freeze(s syscall.Signal) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.running() {
		return errNotRunning
	}
	l.signalAll(s)
	return nil
}

// signalAll signals the server first, then its children, and returns them all.
func (l *local) signalAll(s syscall.Signal) []int {
	_ = syscall.Kill(l.pid, s)
	all := append([]int{l.pid}, children(l.pid)...)
	for _, pid := range all[1:] {
		_ = syscall.Kill(pid, s)
	}
	return all
}

// children reads the process table. Where there is no /proc it finds none, and
// children end a moment after their parent instead.
func children(parent int) []int {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	var found []int
	for _, path := range stats {
		if _, ppid := stat(path); ppid == parent {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
				found = append(found, pid)
			}
		}
	}
	return found
}

// lives is false for a process that is only waiting to be collected.
func lives(pid int) bool {
	state, _ := stat(fmt.Sprintf("/proc/%d/stat", pid))
	return state != 0 && state != 'Z' && state != 'X'
}

// stat reads state and parent: "pid (any name) state ppid …".
func stat(path string) (state byte, parent int) {
	text, err := os.ReadFile(path) //nolint:gosec // the process table
	if err != nil {
		return 0, 0
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 2 {
		return 0, 0
	}
	parent, err = strconv.Atoi(string(fields[1]))
	if err != nil {
		return 0, 0
	}
	return fields[0][0], parent
}
