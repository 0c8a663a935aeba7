package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// local is a server run from an installed program.
type local struct {
	recipe recipe
	args   []string
	dir    string
	as     *syscall.Credential
	port   *port

	mu  sync.Mutex
	pid int // 0: not running
}

// localProgram finds a program in PATH or where Debian keeps PostgreSQL's, the
// newest first. Empty: not installed.
func localProgram(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	found, err := filepath.Glob("/usr/lib/postgresql/[1-9][0-9]/bin/" + name)
	if err != nil || len(found) == 0 {
		return ""
	}
	return slices.Max(found)
}

func probeLocal() error {
	var missing []string
	for _, name := range []string{"postgres", "initdb", "redis-server"} {
		if localProgram(name) == "" {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return fmt.Errorf("not installed: %s", strings.Join(missing, ", "))
	}
	return nil
}

func newLocal(ctx context.Context, r recipe, args []string) (*local, error) {
	as, err := account()
	if err != nil {
		return nil, err
	}
	at, err := reservePort(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := workDir(r.program, as)
	if err != nil {
		at.release()
		return nil, err
	}
	l := &local{recipe: r, args: args, dir: dir, as: as, port: at}
	if err := theReaper.owe(l, debt{dir: dir}); err != nil {
		return nil, errors.Join(err, l.remove(ctx))
	}
	if err := l.initialise(ctx); err != nil {
		return nil, errors.Join(err, l.remove(context.WithoutCancel(ctx)))
	}
	return l, nil
}

func (l *local) initialise(ctx context.Context) error {
	if l.recipe.initialise == nil {
		return nil
	}
	command := l.recipe.initialise(l.dir)
	cmd := exec.CommandContext(ctx, localProgram(command[0]), command[1:]...) //nolint:gosec // a recipe's own
	cmd.Dir, cmd.SysProcAttr, cmd.Env = l.dir, l.attributes(), os.Environ()
	for name, value := range l.recipe.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", command[0], err, out)
	}
	return nil
}

// attributes: a group of its own keeps the interrupt key from the servers.
func (l *local) attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: l.as}
}

func (l *local) address() string { return loopback(l.port.number) }

func (l *local) launch(context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running() {
		return errors.New("it runs already")
	}
	log, err := os.OpenFile(filepath.Join(l.dir, "log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	//nolint:gosec,noctx // a recipe's own; a server outlives the context of its start
	cmd := exec.Command(localProgram(l.recipe.program), append(l.recipe.local(l.dir, l.port.number), l.args...)...)
	cmd.Dir, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = l.dir, l.attributes(), log, log
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	if err := cmd.Start(); err != nil {
		return err
	}
	l.pid = cmd.Process.Pid
	// Never waited for by Wait, which would need a goroutine: see reaped.
	_ = cmd.Process.Release()
	return theReaper.owe(l, debt{pid: l.pid, signal: l.recipe.reap, dir: l.dir})
}

func (l *local) remove(ctx context.Context) error {
	err := l.kill(ctx)
	if e := os.RemoveAll(l.dir); e != nil {
		err = errors.Join(err, e)
	}
	l.port.release()
	theReaper.paid(l)
	return err
}
