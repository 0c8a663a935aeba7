package servers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
)

// Ports are taken from below the range that systems use for outgoing
// connections (32768 on Linux): a server that is down for a moment must find
// its port free when it comes back, and a client that dials a closed port in
// that range can even be connected to itself.
const (
	firstPort = 20000
	lastPort  = 29999
)

var portsTried atomic.Uint32

// port is a port that no other process using this package takes.
type port struct {
	number int
	lock   *os.File
}

func (p *port) release() {
	if p != nil && p.lock != nil {
		_ = p.lock.Close() // and with it the lock
		p.lock = nil
	}
}

func reservePort(ctx context.Context) (*port, error) {
	dir := filepath.Join(os.TempDir(), "roster-test-ports-"+strconv.Itoa(os.Getuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("reserve a port: %w", err)
	}
	const all = lastPort - firstPort + 1
	start := os.Getpid() * 41 // processes of one run begin apart
	for range all {
		number := firstPort + (start+int(portsTried.Add(1)))%all
		lock, err := lockFile(filepath.Join(dir, strconv.Itoa(number)))
		if err != nil {
			return nil, fmt.Errorf("reserve a port: %w", err)
		}
		if lock == nil {
			continue
		}
		if free(ctx, number) {
			return &port{number: number, lock: lock}, nil
		}
		_ = lock.Close()
	}
	return nil, errors.New("reserve a port: all are in use")
}

// lockFile returns nil if another process holds the lock.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // a number in our own directory
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	_ = f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, err
}

func free(ctx context.Context, number int) bool {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", loopback(number))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

func loopback(number int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(number)) }
