package bench

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// readBuffer is also the longest header line that is understood.
const readBuffer = 64 << 10

// conn is a keep-alive connection to a server: the part of HTTP/1.1 that a load
// test needs, at a fraction of what net/http's client costs. It belongs to one
// goroutine, apart from abort.
type conn struct {
	to      address
	timeout time.Duration
	trust   *x509.CertPool // nil: the system's

	mu     sync.Mutex // held to change net, and to abort
	net    net.Conn   // nil: not connected
	r      *bufio.Reader
	proven bool // it has answered before
	body   sink

	retryAfter time.Duration // that the last answer asks for; 0: none
}

// dialError says that no connection came about.
type dialError struct{ cause error }

func (e *dialError) Error() string { return "connect: " + e.cause.Error() }
func (e *dialError) Unwrap() error { return e.cause }

// do sends a request and reads its answer. A connection that the server closed
// while nothing was asked is replaced, and the request sent again.
func (c *conn) do(ctx context.Context, request, needle []byte) (status int, err error) {
	again := c.net != nil && c.proven
	status, err = c.try(ctx, request, needle)
	if err != nil && again && c.untouched(err) && ctx.Err() == nil {
		status, err = c.try(ctx, request, needle)
	}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	return status, err
}

// silentError is a connection that ended before the first byte of an answer.
type silentError struct{ cause error }

func (e *silentError) Error() string { return "no answer: " + e.cause.Error() }
func (e *silentError) Unwrap() error { return e.cause }

// untouched reports whether an exchange failed as it does on a connection that
// was closed before: without a byte, and not by running out of time.
func (*conn) untouched(err error) bool {
	_, silent := errors.AsType[*silentError](err)
	timeout, ok := errors.AsType[net.Error](err)
	return silent && (!ok || !timeout.Timeout())
}

func (c *conn) try(ctx context.Context, request, needle []byte) (int, error) {
	if c.net == nil {
		if err := c.dial(ctx); err != nil {
			return 0, err
		}
	}
	c.body.reset(needle)
	status, reusable, err := c.exchange(ctx, request)
	if err != nil || !reusable {
		c.close()
	}
	return status, err
}

func (c *conn) exchange(ctx context.Context, request []byte) (status int, reusable bool, err error) {
	if err := c.net.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, false, &silentError{err}
	}
	if err := ctx.Err(); err != nil { // abort came before the deadline was set
		return 0, false, err
	}
	if _, err := c.net.Write(request); err != nil {
		return 0, false, &silentError{err}
	}
	if _, err := c.r.Peek(1); err != nil {
		return 0, false, &silentError{err}
	}
	status, f, err := readAnswer(c.r, &c.body)
	if err != nil {
		return 0, false, fmt.Errorf("the answer breaks off: %w", err)
	}
	c.proven, c.retryAfter = true, f.retryAfter
	return status, !f.close, nil
}

func (c *conn) dial(ctx context.Context) error {
	d := net.Dialer{Timeout: c.timeout}
	n, err := d.DialContext(ctx, "tcp", c.to.dial)
	if err != nil {
		return &dialError{err}
	}
	if c.to.tls != "" {
		secure := tls.Client(n, &tls.Config{ServerName: c.to.tls, RootCAs: c.trust, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
		handshake, cancel := context.WithTimeout(ctx, c.timeout)
		defer cancel()
		if err := secure.HandshakeContext(handshake); err != nil {
			return errors.Join(&dialError{err}, n.Close())
		}
		n = secure
	}
	c.set(n)
	if c.r == nil {
		c.r = bufio.NewReaderSize(n, readBuffer)
	}
	c.r.Reset(n)
	return nil
}

func (c *conn) set(n net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.net, c.proven = n, false
}

func (c *conn) close() {
	if c.net != nil {
		_ = c.net.Close() // what was read was read, and the rest is unwanted
		c.set(nil)
	}
}

// abort ends what is under way, from another goroutine: its time is over.
func (c *conn) abort() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.net != nil {
		_ = c.net.SetDeadline(time.Unix(1, 0)) // a connection that has no deadlines any more is closed
	}
}
