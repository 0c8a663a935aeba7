package servers

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"
)

func TestServersEndWithAKilledProcess(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), startTime)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0])
	child.Env = append(os.Environ(), childVariable+"=1", varRedis+"=")
	child.Stderr = os.Stderr
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stdin.Close() }()
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	url, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the child started no server: %v", err)
	}
	address := strings.TrimPrefix(strings.TrimSpace(url), "redis://")
	ping := func() error {
		return withRedis(address, func(c *redis.Client) error { return c.Ping(t.Context()).Err() })
	}
	if err := ping(); err != nil {
		t.Fatal(err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	eventually(t, "the server of a killed process ends", func() bool { return ping() != nil })
}

func TestReapScriptHandlesEveryDebt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/it's here"
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	deaf := exec.CommandContext(t.Context(), "/bin/sh", "-c", `trap "" TERM; echo ready; while :; do sleep 1; done`)
	frozen := exec.CommandContext(t.Context(), "sleep", "1000")
	stdout, err := deaf.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range []*exec.Cmd{deaf, frozen} {
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := frozen.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	script := reapScript([]debt{
		{pid: deaf.Process.Pid, signal: syscall.SIGTERM},
		{pid: frozen.Process.Pid, signal: syscall.SIGTERM, dir: dir},
	})
	if err := exec.CommandContext(t.Context(), "/bin/sh", "-c", script).Run(); err != nil {
		t.Fatalf("%v\n%s", err, script)
	}
	for cmd, want := range map[*exec.Cmd]syscall.Signal{deaf: syscall.SIGKILL, frozen: syscall.SIGTERM} {
		_ = cmd.Wait()
		if got := cmd.ProcessState.Sys().(syscall.WaitStatus).Signal(); got != want {
			t.Errorf("%v: ended by %v, want %v", cmd.Args, got, want)
		}
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the directory is still there: %v", err)
	}
}

func TestOrphaned(t *testing.T) {
	t.Parallel()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	ended := exec.CommandContext(t.Context(), "true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	gone := ended.Process.Pid
	for label, want := range map[string]bool{
		owner():                            false,
		fmt.Sprintf("%s/%d/1", host, gone): true,
		fmt.Sprintf("%s/%d/1", host, os.Getpid()): true, // the number was given to another process
		fmt.Sprintf("%sx/%d/1", host, gone):       false,
		"":                                        false,
		host + "/x/1":                             false,
		host + "/-1/1":                            false,
	} {
		if got := orphaned(label); got != want {
			t.Errorf("%q: %v", label, got)
		}
	}
}

func TestReservedPortsAreDifferent(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for range 20 {
		p, err := reservePort(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.release)
		if seen[p.number] || p.number < firstPort || p.number > lastPort {
			t.Errorf("port %d", p.number)
		}
		seen[p.number] = true
	}
}
