package events

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// lookEvery is how often a Hub looks for what other replicas have committed,
// while somebody waits.
const (
	lookEvery = 250 * time.Millisecond
	lookTime  = 5 * time.Second
	// maxNews is how many tenants a look tells apart; with more of them everybody
	// who waits is woken.
	maxNews = 1000
	// maxSubscriptions bounds who waits in one process. Whoever comes then does
	// not wait.
	maxSubscriptions = 10_000
)

// Watch is how a Hub learns what others have committed.
type Watch interface {
	// News returns the tenants that have come into the feed behind a position,
	// and its last position: nil if they are more than limit.
	News(ctx context.Context, behind int64, limit int) (tenantIDs []string, head int64, err error)
	// Head returns the last position.
	Head(ctx context.Context) (int64, error)
	// Listen has somebody told of what this process commits.
	Listen(l Listener)
}

// Listener wants to be told of events, by the tenants' UUIDs. It is called in the
// middle of things and must return at once.
type Listener interface {
	// Committed says that a transaction of this process may have committed events
	// of a tenant.
	Committed(tenantID string)
	// Relayed says that events of tenants have come into the feed.
	Relayed(tenantIDs []string)
}

// Hub is where those wait who want to know when there are events. There is one in
// every replica.
type Hub struct {
	watch  Watch
	logger *slog.Logger
	every  time.Duration

	mu     sync.Mutex
	subs   map[string]map[*Subscription]struct{} // by tenant; "" are those who want all
	count  int
	needed chan struct{} // has a value when somebody began to wait
	done   chan struct{} // closed when nobody may wait any more
	closed bool
}

// NewHub returns a Hub. Without Run it knows only of what this process commits.
func NewHub(watch Watch, logger *slog.Logger) *Hub {
	h := &Hub{
		watch: watch, logger: logger, every: lookEvery,
		subs: map[string]map[*Subscription]struct{}{}, needed: make(chan struct{}, 1), done: make(chan struct{}),
	}
	watch.Listen(h)
	return h
}

// Subscription is somebody who waits for events of a tenant or of all.
type Subscription struct {
	hub    *Hub
	tenant string
	news   chan struct{} // has a value when there may be something
}

// Subscribe begins to wait for events of a tenant, by its UUID, or for all that
// come into the feed (""). What comes from now on is not missed: subscribe, read,
// then Wait and read again. The caller closes it.
func (h *Hub) Subscribe(tenantID string) *Subscription {
	s := &Subscription{hub: h, tenant: tenantID, news: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.count == maxSubscriptions {
		s.hub = nil
		return s
	}
	if h.subs[tenantID] == nil {
		h.subs[tenantID] = map[*Subscription]struct{}{}
	}
	h.subs[tenantID][s] = struct{}{}
	h.count++
	select {
	case h.needed <- struct{}{}:
	default:
	}
	return s
}

// Wait returns true when there may be something new since the last Wait or since
// the subscription began, and false when the context or the Hub has ended.
func (s *Subscription) Wait(ctx context.Context) bool {
	if s.hub == nil {
		return false
	}
	select {
	case <-ctx.Done():
	case <-s.hub.done:
	case <-s.news:
		return true
	}
	return false
}

// C has a value when Wait would return true; whoever takes it need not Wait.
func (s *Subscription) C() <-chan struct{} { return s.news }

// Close ends the subscription.
func (s *Subscription) Close() {
	if s.hub == nil {
		return
	}
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	if _, ok := s.hub.subs[s.tenant][s]; !ok {
		return
	}
	delete(s.hub.subs[s.tenant], s)
	if len(s.hub.subs[s.tenant]) == 0 {
		delete(s.hub.subs, s.tenant)
	}
	s.hub.count--
}

// Committed implements Listener: the tenant's own sequence has it already.
func (h *Hub) Committed(tenantID string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wake(tenantID)
}

// Relayed implements Listener.
func (h *Hub) Relayed(tenantIDs []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range tenantIDs {
		h.wake(id)
	}
	h.wake("")
}

// wake needs the lock.
func (h *Hub) wake(tenantID string) {
	for s := range h.subs[tenantID] {
		select {
		case s.news <- struct{}{}:
		default: // it has been told
		}
	}
}

func (h *Hub) wakeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for tenantID := range h.subs {
		h.wake(tenantID)
	}
}

// Close ends all waiting, also of those who come later.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		close(h.done)
	}
}

// Done is closed when the Hub is.
func (h *Hub) Done() <-chan struct{} { return h.done }

func (h *Hub) idle() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.count == 0
}

// Run looks for what other replicas commit, while somebody waits, until the
// context ends. Then nobody waits any more.
func (h *Hub) Run(ctx context.Context) {
	defer h.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.needed:
			h.follow(ctx)
		}
	}
}

// follow looks until nobody waits. Those who began to wait before the first look
// may have missed what came until then.
func (h *Hub) follow(ctx context.Context) {
	known := int64(-1)
	for !h.idle() {
		head, err := h.look(ctx, known)
		switch {
		case err == nil:
			known = head
		case ctx.Err() == nil:
			h.logger.WarnContext(ctx, "cannot look for events of other replicas", "error", err)
		}
		if !pause(ctx, h.every) {
			return
		}
	}
}

// look wakes who waits for what came behind a position; -1 is not known.
func (h *Hub) look(ctx context.Context, known int64) (head int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	if head, err = h.watch.Head(ctx); err != nil || head == known {
		return head, err
	}
	if known < 0 {
		h.wakeAll()
		return head, nil
	}
	ids, head, err := h.watch.News(ctx, known, maxNews)
	switch {
	case err != nil:
		return known, err
	case ids == nil:
		h.wakeAll()
	default:
		h.Relayed(ids)
	}
	return head, nil
}
