package redisdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

type reply string

func (r reply) Error() string { return string(r) }
func (reply) RedisError()     {}

// TestOutcome: what counts as a failure of the node.
func TestOutcome(t *testing.T) {
	t.Parallel()
	const success, failed, ignored = "success", "failure", "ignored"
	timeout := &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}
	hasty := context.WithValue(t.Context(), hurried{}, true)
	for _, c := range []struct {
		ctx  context.Context
		err  error
		want string
	}{
		{t.Context(), nil, success},
		{t.Context(), redis.Nil, success},
		{t.Context(), reply("NOSCRIPT No matching script"), success},
		{t.Context(), reply("MOVED 1 127.0.0.1:7000"), success},
		{t.Context(), reply("ASK 1 127.0.0.1:7000"), success},
		{t.Context(), reply("TRYAGAIN Multiple keys request during rehashing of slot"), success},
		{t.Context(), reply("CROSSSLOT Keys in request don't hash to the same slot"), success},
		{t.Context(), reply("NOPERM this user has no permissions"), success},
		{t.Context(), reply("WRONGTYPE Operation against a key"), success},
		{t.Context(), reply("BUSYGROUP Consumer Group name already exists"), success},
		{t.Context(), reply("ERR user_script:1: my own"), success},
		{t.Context(), reply("LOADING Redis is loading the dataset in memory"), failed},
		{t.Context(), reply("CLUSTERDOWN Hash slot not served"), failed},
		{t.Context(), reply("MASTERDOWN Link with MASTER is down"), failed},
		{t.Context(), reply("READONLY You can't write against a read only replica."), failed},
		{t.Context(), reply("MISCONF Redis is configured to save RDB snapshots"), failed},
		{t.Context(), reply("NOREPLICAS Not enough good replicas to write."), failed},
		{t.Context(), reply("OOM command not allowed when used memory > 'maxmemory'."), failed},
		{t.Context(), reply("BUSY Redis is busy running a script."), failed},
		{t.Context(), reply("NOAUTH Authentication required."), failed},
		{t.Context(), reply("WRONGPASS invalid username-password pair"), failed},
		{t.Context(), reply("ERR max number of clients reached"), failed},
		{t.Context(), io.EOF, failed},
		{t.Context(), timeout, failed},
		{t.Context(), context.DeadlineExceeded, failed},
		{t.Context(), &net.OpError{Op: "dial", Err: errors.New("connection refused")}, failed},
		{hasty, timeout, ignored},
		{hasty, context.DeadlineExceeded, ignored},
		{hasty, io.EOF, failed},
		{t.Context(), context.Canceled, ignored},
		{t.Context(), redis.ErrClosed, ignored},
		{t.Context(), redis.ErrPoolTimeout, ignored},
	} {
		n := &node{}
		got := success
		switch err := n.outcome(c.ctx, c.err); {
		case errors.Is(err, errIgnored):
			got = ignored
		case err != nil:
			got = failed
		}
		if got != c.want {
			t.Errorf("%v (%v): %s, want %s", c.err, c.ctx.Value(hurried{}), got, c.want)
		}
		if noted := n.last.Load() != nil; noted != (c.want == failed) {
			t.Errorf("%v: noted as the cause: %v", c.err, noted)
		}
	}
}

// TestFrozen: a server that hangs costs its timeout a few times, and then
// nothing; one call a second asks whether it is back.
func TestFrozen(t *testing.T) {
	t.Parallel()
	server := servers.NewRedis(t)
	db := open(t, server.URL(), brisk)
	s := NewScript("return 7")
	run := func() error {
		_, err := db.Run(t.Context(), s, []string{"k"})
		return err
	}
	eventually(t, "loaded", func() bool { return db.Load(t.Context(), s) == nil })
	eventually(t, "an answer", func() bool { return run() == nil })
	server.Pause()
	reached := 0
	for {
		err := run()
		if errors.Is(err, ErrAway) {
			break
		}
		if err == nil || !isTimeout(err) {
			t.Fatalf("a frozen server: %v, want a timeout", err)
		}
		reached++
	}
	if reached != tripAfter {
		t.Errorf("%d calls reached the timeout, want %d", reached, tripAfter)
	}
	start, reached := time.Now(), 0
	for range 10_000 {
		if err := run(); !errors.Is(err, ErrAway) {
			reached++
		}
	}
	if most := 1 + int(time.Since(start)/openFor); reached > most {
		t.Errorf("of 10000 calls %d were let through in %v, want at most one a second", reached, time.Since(start))
	}
	server.Resume()
	eventually(t, "back", func() bool { return run() == nil })
	if got := transitions(db.changes.list()); len(got) != 2 || got[0] != Away || got[1] != Up {
		t.Errorf("changes %v, want away and up", got)
	}
}

// TestManyAtOnce: those who call at the moment when Redis freezes wait together,
// not one after the other, and afterwards exactly one at a time is let through.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	server := servers.NewRedis(t)
	db := open(t, server.URL(), brisk)
	server.Pause()
	reached := &record[error]{}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 20 {
				if err := db.Healthy(t.Context()); !errors.Is(err, ErrAway) {
					reached.add(err)
				}
			}
		})
	}
	wg.Wait()
	// At most all 20 began before the first five had failed; and a little for
	// the seconds that a busy machine may have needed.
	if n := len(reached.list()); n < tripAfter || n > 20+10 {
		t.Errorf("%d of 400 calls reached the server", n)
	}
	server.Resume()
	eventually(t, "back", func() bool { return db.Healthy(t.Context()) == nil })
}

// TestHastyCallers: whoever leaves Redis no time, or goes away, does not shut
// out the others.
func TestHastyCallers(t *testing.T) {
	t.Parallel()
	server := servers.NewRedis(t)
	db := open(t, server.URL(), Timeouts{IO: time.Second, Call: 2 * time.Second})
	eventually(t, "an answer", func() bool { return db.Healthy(t.Context()) == nil })
	server.Pause()
	for i := range 4 * tripAfter {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Millisecond)
		if i%2 == 0 {
			cancel()
		}
		if err := db.Healthy(ctx); err == nil || errors.Is(err, ErrAway) {
			t.Errorf("hasty call %d: %v", i, err)
		}
		cancel()
	}
	if status := db.State(); status.State != Up {
		t.Errorf("status %+v", status)
	}
	server.Resume()
	eventually(t, "an answer", func() bool { return db.Healthy(t.Context()) == nil })
	if changes := db.changes.list(); len(changes) != 0 {
		t.Errorf("changes %+v, want none", changes)
	}
}

// TestReplacedNodes: a node of a cluster that nobody asks any more does not keep
// the whole away, if others answer.
func TestReplacedNodes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                          string
		replaceable, asked, answering bool
		want                          State
	}{
		{"replaced", true, false, true, Up},
		{"in use", true, true, true, Away},
		{"nobody answers", true, false, false, Away},
		{"single", false, false, true, Away},
	} {
		var told []Change
		s := newStates(c.replaceable, func(c Change) { told = append(told, c) })
		db := &DB{states: s}
		old, fresh := newNode(db, "old"), newNode(db, "fresh")
		s.away(old, io.EOF)
		s.away(fresh, io.EOF)
		s.up(fresh)
		s.tell()
		if c.asked {
			old.used.Store(time.Now().UnixNano())
		}
		if c.answering {
			s.answered.Store(time.Now().Add(time.Second).UnixNano())
		}
		if got := s.status(); got.State != c.want || (len(got.Away) == 1) != (c.want == Away) || len(told) != 3 {
			t.Errorf("%s: %+v, told %v; want %s", c.name, got, told, c.want)
		}
	}
}

// TestAwayFromTheStart: Open does not wait for Redis, and uses it once it is
// there.
func TestAwayFromTheStart(t *testing.T) {
	t.Parallel()
	server := servers.NewRedis(t)
	server.Stop()
	db := open(t, server.URL(), patient)
	if err := db.Check(t.Context()); err == nil {
		t.Error("check: no error without a server")
	}
	server.Start()
	eventually(t, "an answer", func() bool { return db.Check(t.Context()) == nil })
}

func TestClosed(t *testing.T) {
	t.Parallel()
	db := open(t, servers.Redis(t), patient)
	if err := errors.Join(db.Close(), db.Close()); err != nil {
		t.Fatalf("close: %v", err)
	}
	if _, err := db.Run(t.Context(), NewScript("return 1"), []string{"k"}); !errors.Is(err, redis.ErrClosed) {
		t.Errorf("run: %v", err)
	}
	db.Subscribe(t.Context(), "c", func(string) { t.Error("a message") }, func() { t.Error("subscribed") })()
}

// TestVisible: go-redis sees an opaque failure, callers its cause.
func TestVisible(t *testing.T) {
	t.Parallel()
	n := newNode(&DB{}, "h:1")
	hidden := n.opaque(io.EOF)
	if errors.Is(hidden, io.EOF) {
		t.Error("go-redis would repeat the call")
	}
	if err := visible(fmt.Errorf("x: %w", hidden)); !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
	if err := n.opaque(redis.Nil); !errors.Is(err, redis.Nil) {
		t.Errorf("a reply became %v", err)
	}
}
