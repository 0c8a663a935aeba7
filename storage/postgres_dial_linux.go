package storage

import (
	"strings"
	"syscall"
)

// tcpUserTimeout is TCP_USER_TIMEOUT of tcp(7), in milliseconds.
const tcpUserTimeout = 0x12

// boundDelivery has the kernel give a connection up when data stays without an
// acknowledgement, also one that was closed.
func boundDelivery(network, _ string, c syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return nil
	}
	var failure error
	err := c.Control(func(fd uintptr) {
		failure = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(deliveryTimeout.Milliseconds()))
	})
	if err != nil {
		return err
	}
	return failure
}
