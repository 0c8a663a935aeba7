package storage

import (
	"net"
	"time"
)

// deliveryTimeout is how long what was sent may be on its way. With it, a batch
// has reached the server whole soon after its beginning has, or never does: no
// commit arrives long after what was looked at before it (see storage/cache).
const deliveryTimeout = 5 * time.Second

// dialer makes connections to the server.
func dialer() *net.Dialer {
	return &net.Dialer{KeepAlive: time.Minute, Control: boundDelivery}
}
