package storage

import (
	"sync"
	"sync/atomic"

	"github.com/roster-scim/roster/tenants/events"
)

// fresh are new events of a tenant, by their numbers in its sequence.
type fresh struct {
	tenant   string
	from, to int64 // the first and the last
}

// commits are the tenants in which this process has committed events that it has
// not put into the feed.
type commits struct {
	mu      sync.Mutex
	tenants map[string]struct{}
	news    chan struct{} // has a value when there are some

	listener atomic.Pointer[events.Listener] // nil: nobody wants to be told
}

func newCommits() *commits {
	return &commits{tenants: map[string]struct{}{}, news: make(chan struct{}, 1)}
}

// committed adds tenants after a commit, which waits for this: it must not cost
// anything to speak of.
func (c *commits) committed(tenants []string) {
	c.add(tenants)
	if listener := c.listener.Load(); listener != nil {
		for _, tenant := range tenants {
			(*listener).Committed(tenant)
		}
	}
}

// add adds tenants and says that there are some.
func (c *commits) add(tenants []string) {
	if len(tenants) == 0 {
		return
	}
	c.mu.Lock()
	for _, tenant := range tenants {
		c.tenants[tenant] = struct{}{}
	}
	c.mu.Unlock()
	c.signal()
}

// take takes at most limit tenants out, and says it if some are left.
func (c *commits) take(limit int) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := make([]string, 0, min(limit, len(c.tenants)))
	for tenant := range c.tenants {
		if len(taken) == limit {
			c.signal()
			break
		}
		taken = append(taken, tenant)
		delete(c.tenants, tenant)
	}
	return taken
}

func (c *commits) signal() {
	select {
	case c.news <- struct{}{}:
	default: // it has been said
	}
}
