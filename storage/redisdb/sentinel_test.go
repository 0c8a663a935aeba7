package redisdb

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// local runs redis-server, which Debian's package redis-server brings along, so
// that the servers and a Sentinel know each other by the addresses of the test.
// It ends with the test process, however that one ends.
func local(t *testing.T, args ...string) (addr string, pid int) {
	t.Helper()
	port := freePort(t)
	args = append(args, "--port", port, "--bind", "127.0.0.1", "--dir", t.TempDir(), "--logfile", "log", "--save", "")
	const script = `"$@" & echo $!; cat >/dev/null; kill -9 $!; wait`
	cmd := exec.Command("/bin/sh", append([]string{"-c", script, "sh", "redis-server"}, args...)...)
	hold, err := cmd.StdinPipe()
	if err != nil {
		t.Fatalf("pipe: %v", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatalf("pipe: %v", err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(func() {
		hold.Close()
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	if pid, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
		t.Fatalf("start: %v", err)
	}
	addr = net.JoinHostPort("127.0.0.1", port)
	ask(t, addr, "an answer of redis-server (is it installed?)", func(ctx context.Context, c *redis.Client) bool {
		err := c.Ping(ctx).Err()
		return err == nil || redis.IsAuthError(err)
	})
	return addr, pid
}

// freePort is below those that the system gives to clients, so that it stays
// free while a server is down.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(12000 + rand.IntN(8000))
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return ""
}

// ask waits until a server answers as wished.
func ask(t *testing.T, addr, what string, so func(context.Context, *redis.Client) bool) {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1, DisableIdentity: true})
	defer c.Close()
	eventually(t, what, func() bool { return so(t.Context(), c) })
}

// TestSentinel: when the master dies, its replica is used as soon as Sentinel
// has made it the master.
func TestSentinel(t *testing.T) {
	t.Parallel()
	master, pid := local(t, "--requirepass", "secret")
	host, port, _ := net.SplitHostPort(master)
	replica, _ := local(t, "--replicaof", host+" "+port, "--masterauth", "secret", "--requirepass", "secret", "--repl-diskless-sync-delay", "0")
	config := filepath.Join(t.TempDir(), "sentinel.conf")
	err := os.WriteFile(config, fmt.Appendf(nil, `sentinel monitor main %s %s 1
sentinel auth-pass main secret
sentinel down-after-milliseconds main 1000
sentinel failover-timeout main 5000
`, host, port), 0o600)
	if err != nil {
		t.Fatalf("write: %v", err)
	}
	sentinel, _ := local(t, config, "--sentinel")
	ask(t, sentinel, "the replica is known", func(ctx context.Context, c *redis.Client) bool {
		known, err := c.Do(ctx, "sentinel", "replicas", "main").Slice()
		return err == nil && len(known) == 1 && strings.Contains(fmt.Sprint(known), replica) && strings.Contains(fmt.Sprint(known), "master-link-status:ok")
	})

	db := open(t, "redis+sentinel://:secret@"+sentinel+"/main/2", Timeouts{Dial: patient.Dial, IO: patient.IO, Call: patient.Call})
	if err := db.Check(t.Context()); err != nil {
		t.Fatalf("check: %v", err)
	}
	where := NewScript("return {redis.call('INCR', KEYS[1]), redis.call('INFO', 'server')}")
	used := func() string {
		got, err := db.Eval(t.Context(), where, []string{"k"})
		if err != nil {
			return ""
		}
		return fmt.Sprint(got)
	}
	if got := used(); !strings.Contains(got, "tcp_port:"+port) {
		t.Fatalf("%q does not come from the master at %s", got, port)
	}
	if err := db.Load(t.Context(), where); err != nil {
		t.Fatalf("load: %v", err)
	}
	f := followed(t, db, "c")
	eventually(t, "subscribed", func() bool { return f.subscribed.Load() == 1 })

	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatalf("kill: %v", err)
	}
	_, replicaPort, _ := net.SplitHostPort(replica)
	eventually(t, "a script on the replica, which does not know it", func() bool {
		_, err := db.Run(t.Context(), where, []string{"k"})
		return errors.Is(err, ErrNoScript)
	})
	eventually(t, "a write on the replica", func() bool { return strings.Contains(used(), "tcp_port:"+replicaPort) })
	eventually(t, "a message by way of the replica", func() bool {
		_ = db.Publish(t.Context(), "c", "hello")
		return f.has("hello")
	})
	if f.subscribed.Load() < 2 {
		t.Error("the subscriber was not told that it may have missed something")
	}
	if status := db.State(); status.State != Up {
		t.Errorf("status %+v", status)
	}
}

func TestSentinelTakenForRedis(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "sentinel.conf")
	if err := os.WriteFile(config, []byte("sentinel monitor main 127.0.0.1 1 1\n"), 0o600); err != nil {
		t.Fatalf("write: %v", err)
	}
	sentinel, _ := local(t, config, "--sentinel")
	if err := open(t, "redis://"+sentinel, patient).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "redis+sentinel://") {
		t.Errorf("a Sentinel as Redis: %v", err)
	}
	start := time.Now()
	db := open(t, "redis+sentinel://"+sentinel+"/other", brisk)
	if err := db.Check(t.Context()); err == nil {
		t.Errorf("an unknown master was found after %v", time.Since(start))
	}
}

func TestUnixSocket(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "redis") //nolint:usetesting // that of a test can be too long for a socket
	if err != nil {
		t.Fatalf("directory: %v", err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	local(t, "--unixsocket", socket, "--requirepass", "secret")
	for url, ok := range map[string]bool{"unix://:secret@" + socket + "?db=3": true, "unix://" + socket: false} {
		if err := open(t, url, patient).Check(t.Context()); (err == nil) != ok {
			t.Errorf("%s: %v", url, err)
		}
	}
}
