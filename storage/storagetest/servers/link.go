package servers

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// link is one proxied connection.
type link struct {
	client net.Conn
	done   chan struct{}

	mu     sync.Mutex
	server net.Conn // nil until dialled
	closed bool
}

func (l *link) dial(target string) error {
	dialer := net.Dialer{Timeout: opTime}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stop := make(chan struct{})
	defer close(stop)
	go func() { // ends with dial
		select {
		case <-l.done:
			cancel()
		case <-stop:
		}
	}()
	server, err := dialer.DialContext(ctx, "tcp", target)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		_ = server.Close()
		return errClosed
	}
	l.server = server
	return nil
}

func (l *link) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.closed = true
	close(l.done)
	_ = l.client.Close()
	if l.server != nil {
		_ = l.server.Close()
	}
}

// deadline interrupts writes that the other end does not take.
func (l *link) deadline(at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.client.SetWriteDeadline(at)
	if l.server != nil {
		_ = l.server.SetWriteDeadline(at)
	}
}

// copy ends with the connection, one half of which ends alone if its sender
// has said that it is done.
func (l *link) copy(g *gate, to, from net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && l.forward(g, to, buffer[:n]) != nil {
			l.close()
			return
		}
		if errors.Is(err, io.EOF) {
			l.endWriting(g, to)
			return
		}
		if err != nil {
			l.close()
			return
		}
	}
}

// forward writes all of chunk, through as many closings of the gate as come.
func (l *link) forward(g *gate, to net.Conn, chunk []byte) error {
	for len(chunk) > 0 {
		err := g.pass(l.done, func() error {
			n, err := to.Write(chunk)
			chunk = chunk[n:]
			return err
		})
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
	}
	return nil
}

// endWriting hands an end of stream on, which is news and passes the gate too.
func (l *link) endWriting(g *gate, to net.Conn) {
	err := g.pass(l.done, func() error {
		half, ok := to.(interface{ CloseWrite() error })
		if !ok {
			return errClosed
		}
		return half.CloseWrite()
	})
	if err != nil {
		l.close()
	}
}
