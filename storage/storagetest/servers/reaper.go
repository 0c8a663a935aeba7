package servers

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// reaper ends what this process has started, however this process ends: a
// shell in a session of its own waits for the end of a pipe that only this
// process can write to, then runs a script that is kept up to date with what
// there is to clean up.
type reaper struct {
	mu     sync.Mutex
	script string
	pipe   *os.File // held open for the life of the process
	debts  map[any]debt
}

// debt is what has to be cleaned up for one server.
type debt struct {
	pid       int // 0: not running
	signal    syscall.Signal
	dir       string
	container string
}

var theReaper reaper

// owe replaces the debt of a server.
func (r *reaper) owe(who any, d debt) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.hire(); err != nil {
		return fmt.Errorf("start the reaper: %w", err)
	}
	r.debts[who] = d
	return r.write()
}

// paid forgets a server that has been cleaned up.
func (r *reaper) paid(who any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.debts[who]; known {
		delete(r.debts, who)
		_ = r.write() // too much in the script does no harm
	}
}

// hire starts the shell on first use. Nothing waits for it: it outlives us.
func (r *reaper) hire() error {
	if r.pipe != nil {
		return nil
	}
	dir, err := os.MkdirTemp("", "roster-test-reaper-")
	if err != nil {
		return err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer func() { _ = read.Close() }()
	//nolint:gosec,noctx // a constant script and our own path; it must outlive every context
	cmd := exec.Command("/bin/sh", "-c", `cat >/dev/null; sh "$1/script"; rm -rf "$1"`, "reaper", dir)
	cmd.Stdin = read
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		_ = write.Close()
		return err
	}
	r.script, r.pipe, r.debts = filepath.Join(dir, "script"), write, map[any]debt{}
	return nil
}

// write renames the new script into place, so that none is ever half written.
func (r *reaper) write() error {
	next := r.script + ".next"
	if err := os.WriteFile(next, []byte(reapScript(slices.Collect(maps.Values(r.debts)))), 0o600); err != nil {
		return fmt.Errorf("write the reaper's script: %w", err)
	}
	if err := os.Rename(next, r.script); err != nil {
		return fmt.Errorf("write the reaper's script: %w", err)
	}
	return nil
}

// reapScript asks all servers to end, forces those that have not in five
// seconds, and removes what they kept.
func reapScript(debts []debt) string {
	var pids, containers []string
	var ask, tidy strings.Builder
	for _, d := range debts {
		if d.pid != 0 {
			pids = append(pids, strconv.Itoa(d.pid))
			// A frozen process sees the signal when it goes on.
			fmt.Fprintf(&ask, "kill -%d %[2]d; kill -CONT %[2]d\n", d.signal, d.pid)
		}
		if d.dir != "" {
			fmt.Fprintf(&tidy, "rm -rf -- '%s'\n", strings.ReplaceAll(d.dir, "'", `'\''`))
		}
		if d.container != "" {
			containers = append(containers, d.container)
		}
	}
	if containers != nil {
		fmt.Fprintf(&tidy, "docker rm --force --volumes %s\n", strings.Join(containers, " "))
	}
	if pids != nil {
		all := strings.Join(pids, " ")
		fmt.Fprintf(&ask, "live() { for p in %[1]s; do kill -0 $p && return; done; return 1; }\n"+
			"n=0; while live && [ $n -lt 50 ]; do sleep 0.1; n=$((n+1)); done\nkill -KILL %[1]s\n", all)
	}
	return "exec >/dev/null 2>&1\n" + ask.String() + tidy.String()
}
