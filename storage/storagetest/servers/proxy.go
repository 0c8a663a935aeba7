package servers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"
)

// maxProxied bounds a proxy's connections; those beyond are closed.
const maxProxied = 1024

var errClosed = errors.New("connection closed")

// Proxy is a network between a client and one server that can fail: TCP on a
// port that stays the same.
type Proxy struct {
	t      testing.TB
	target string
	port   *port
	gate   *gate
	tasks  sync.WaitGroup
	change sync.Mutex // one of Cut, Stall and Heal at a time

	mu       sync.Mutex
	listener net.Listener // nil while cut
	links    map[*link]bool
}

// NewProxy forwards to target ("host:port") until the test ends.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	at, err := reservePort(t.Context())
	if err != nil {
		t.Fatalf("servers: proxy: %v", err)
	}
	p := &Proxy{t: t, target: target, port: at, gate: newGate(), links: map[*link]bool{}}
	t.Cleanup(func() {
		p.Cut()
		p.tasks.Wait()
		at.release()
	})
	p.Heal()
	return p
}

// Addr is the proxy's own host:port.
func (p *Proxy) Addr() string { return loopback(p.port.number) }

// Connections is the number of clients that are connected now.
func (p *Proxy) Connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.links)
}

// Cut closes all connections and refuses new ones.
func (p *Proxy) Cut() {
	p.change.Lock()
	defer p.change.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		_ = p.listener.Close()
		p.listener = nil
	}
	for l := range p.links {
		l.close()
	}
}

// Stall keeps connections, accepts new ones, and passes no byte any more.
// What is sent meanwhile arrives after Heal.
func (p *Proxy) Stall() {
	p.change.Lock()
	defer p.change.Unlock()
	p.listen()
	p.gate.shut(func() { p.deadline(time.Unix(1, 0)) })
}

// Heal lets everything pass again.
func (p *Proxy) Heal() {
	p.change.Lock()
	defer p.change.Unlock()
	p.listen()
	p.deadline(time.Time{})
	p.gate.reopen()
}

// deadline for writes, of both ends of all connections.
func (p *Proxy) deadline(at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		l.deadline(at)
	}
}

func (p *Proxy) listen() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		return
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", p.Addr())
	if err != nil {
		p.t.Errorf("servers: proxy: %v", err)
		return
	}
	p.listener = listener
	p.tasks.Go(func() { p.accept(listener) })
}

func (p *Proxy) accept(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return // closed by Cut
		}
		l := &link{client: client, done: make(chan struct{})}
		if !p.add(listener, l) {
			_ = client.Close()
			continue
		}
		p.tasks.Go(func() { p.serve(l) })
	}
}

// add refuses what was accepted while Cut was called, and too many.
func (p *Proxy) add(listener net.Listener, l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != listener || len(p.links) >= maxProxied {
		return false
	}
	p.links[l] = true
	return true
}

func (p *Proxy) serve(l *link) {
	defer func() {
		l.close()
		p.mu.Lock()
		delete(p.links, l)
		p.mu.Unlock()
	}()
	if err := l.dial(p.target); err != nil {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { l.copy(p.gate, l.server, l.client) })
	both.Go(func() { l.copy(p.gate, l.client, l.server) })
	both.Wait()
}

// String names the proxy in failures.
func (p *Proxy) String() string { return fmt.Sprintf("proxy %s → %s", p.Addr(), p.target) }
