package login

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/roster-scim/roster/tenants"
)

const (
	flushInterval = 5 * time.Second
	storeTimeout  = 10 * time.Second
	maxUses       = 100_000 // in one batch; the rest waits for its next use
)

// Use says when an API key or a session was used: one of the two ids is set.
type Use struct {
	Key      tenants.KeyID
	Session  tenants.SessionID
	TenantID tenants.TenantID
	At       time.Time
}

func (u Use) id() string { return u.Key.String() + u.Session.String() }

// UsesStore keeps when credentials were used.
type UsesStore interface {
	// RecordLogins stores uses in one transaction. A later time that is already
	// stored stays; what does not exist is left out.
	RecordLogins(ctx context.Context, uses []Use) error
}

// Uses collects who called when and stores it in batches, so that no request
// waits for it.
type Uses struct {
	store  UsesStore
	logger *slog.Logger

	mu      sync.Mutex
	pending map[string]Use

	stop chan struct{}
	done chan struct{}
}

// NewUses starts to collect. Close stops it.
func NewUses(store UsesStore, logger *slog.Logger) *Uses {
	u := &Uses{
		store: store, logger: logger, pending: map[string]Use{},
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	go u.run()
	return u
}

// Record notes one use. It never waits for the store.
func (u *Uses) Record(use Use) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if old, known := u.pending[use.id()]; known && old.At.After(use.At) {
		return
	} else if known || len(u.pending) < maxUses {
		u.pending[use.id()] = use
	}
}

// Flush stores what was collected. If that fails, it is kept for the next time.
func (u *Uses) Flush(ctx context.Context) error {
	u.mu.Lock()
	batch := u.pending
	u.pending = make(map[string]Use, len(batch))
	u.mu.Unlock()
	if len(batch) == 0 {
		return nil
	}
	uses := make([]Use, 0, len(batch))
	for _, use := range batch {
		uses = append(uses, use)
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	err := u.store.RecordLogins(ctx, uses)
	if err != nil {
		for _, use := range uses {
			u.Record(use)
		}
	}
	return err
}

// Close stores what is left and stops. Call it once, after the last Record.
func (u *Uses) Close(ctx context.Context) error {
	close(u.stop)
	<-u.done
	return u.Flush(ctx)
}

func (u *Uses) run() {
	defer close(u.done)
	flush := time.NewTicker(flushInterval)
	defer flush.Stop()
	for {
		select {
		case <-u.stop:
			return
		case <-flush.C:
			if err := u.Flush(context.Background()); err != nil {
				u.logger.Warn("who called when could not be stored; it will be tried again", "error", err)
			}
		}
	}
}
