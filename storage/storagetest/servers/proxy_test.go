package servers

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// echo answers each line with itself.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer func() { _ = c.Close() }(); _, _ = io.Copy(c, c) }()
		}
	}()
	return l.Addr().String()
}

type peer struct {
	net.Conn
	lines *bufio.Reader
}

func dial(t *testing.T, address string) *peer {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &peer{c, bufio.NewReader(c)}
}

func (p *peer) say(t *testing.T, line string) {
	t.Helper()
	if _, err := io.WriteString(p, line+"\n"); err != nil {
		t.Fatal(err)
	}
}

func (p *peer) hear(t *testing.T, want string) {
	t.Helper()
	_ = p.SetReadDeadline(time.Now().Add(opTime))
	if got, err := p.lines.ReadString('\n'); got != want+"\n" {
		t.Fatalf("heard %q, %v; want %q", got, err, want)
	}
}

func (p *peer) silent(t *testing.T) {
	t.Helper()
	_ = p.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if got, err := p.lines.ReadString('\n'); got != "" || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("heard %q, %v through a stalled proxy", got, err)
	}
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), opTime)
	defer cancel()
	if err := poll(ctx, func() (bool, error) { return holds(), nil }, func() error { return nil }); err != nil {
		t.Fatalf("never: %s", what)
	}
}

func TestProxyPassesBothWays(t *testing.T) {
	t.Parallel()
	p := NewProxy(t, echo(t))
	a, b := dial(t, p.Addr()), dial(t, p.Addr())
	long := strings.Repeat("x", 200<<10)
	go func() { _, _ = io.WriteString(a, long+"\n") }()
	a.hear(t, long)
	b.say(t, "two")
	b.hear(t, "two")
	if n := p.Connections(); n != 2 {
		t.Errorf("%d connections", n)
	}
	_ = a.Close()
	eventually(t, "one connection", func() bool { return p.Connections() == 1 })
}

func TestProxyHandsEndOfStreamOn(t *testing.T) {
	t.Parallel()
	p := NewProxy(t, echo(t))
	c := dial(t, p.Addr())
	c.say(t, "last words")
	if err := c.Conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if all, err := io.ReadAll(c); string(all) != "last words\n" || err != nil {
		t.Errorf("got %q, %v", all, err)
	}
}

func TestProxyCutClosesAndRefuses(t *testing.T) {
	t.Parallel()
	p := NewProxy(t, echo(t))
	c := dial(t, p.Addr())
	c.say(t, "hello")
	c.hear(t, "hello")
	p.Cut()
	_ = c.SetReadDeadline(time.Now().Add(opTime))
	if _, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the connection outlived the cut: %v", err)
	}
	if c, err := net.Dial("tcp", p.Addr()); err == nil {
		_ = c.Close()
		t.Error("a connection through a cut")
	}
	eventually(t, "no connections", func() bool { return p.Connections() == 0 })
	p.Heal()
	again := dial(t, p.Addr())
	again.say(t, "healed")
	again.hear(t, "healed")
}

func TestProxyStallKeepsAndDelays(t *testing.T) {
	t.Parallel()
	p := NewProxy(t, echo(t))
	before := dial(t, p.Addr())
	before.say(t, "hello")
	before.hear(t, "hello")
	p.Stall()
	before.say(t, "later")
	during := dial(t, p.Addr())
	during.say(t, "new")
	before.silent(t)
	during.silent(t)
	p.Heal()
	before.hear(t, "later")
	during.hear(t, "new")
}

func TestProxyStallEndsWritesThatHang(t *testing.T) {
	t.Parallel()
	p := NewProxy(t, echo(t))
	c := dial(t, p.Addr())
	const size = 16 << 20 // more than all buffers on the way hold
	go func() { _, _ = io.CopyN(c, zeros{}, size) }()
	eventually(t, "a connection", func() bool { return p.Connections() == 1 })
	for range 3 { // nobody reads: the proxy's writes hang
		p.Stall()
		p.Heal()
	}
	_ = c.SetReadDeadline(time.Now().Add(opTime))
	if n, err := io.CopyN(io.Discard, c, size); err != nil {
		t.Errorf("%d of %d bytes, then %v", n, size, err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func TestStalledProxyEndsWithItsTest(t *testing.T) {
	t.Parallel()
	var p *Proxy
	t.Run("owner", func(t *testing.T) {
		p = NewProxy(t, echo(t))
		p.Stall()
		dial(t, p.Addr()).say(t, "never heard")
		eventually(t, "a connection", func() bool { return p.Connections() == 1 })
	}) // its cleanup waits for all goroutines
	if n := p.Connections(); n != 0 {
		t.Errorf("%d connections are left", n)
	}
}
