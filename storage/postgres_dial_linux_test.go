package storage

import (
	"net"
	"syscall"
	"testing"
)

// TestDeliveryIsBounded: the kernel gives up what does not arrive.
func TestDeliveryIsBounded(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	conn, err := dialer().DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	if control := raw.Control(func(fd uintptr) {
		got, err = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout)
	}); control != nil || err != nil {
		t.Fatal(control, err)
	}
	if got != 5000 {
		t.Errorf("%d ms, want 5000: see the assumptions of storage/cache", got)
	}
}
