package tenants

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	usageInterval = 5 * time.Second
	usageTimeout  = 10 * time.Second // of one flush
	usageLimit    = 100_000          // tokens in one batch; the rest waits for its next use
)

// Usage collects when tokens were used and stores it in batches, so that a
// request never waits for it. A crash loses the last few seconds of it, which is
// fine for what only people look at.
type Usage struct {
	store  UsageStore
	logger *slog.Logger

	mu      sync.Mutex
	pending map[TokenID]Use

	stop chan struct{}
	done chan struct{}
}

// NewUsage starts to collect. Close stops it.
func NewUsage(store UsageStore, logger *slog.Logger) *Usage {
	u := &Usage{
		store: store, logger: logger,
		pending: make(map[TokenID]Use),
		stop:    make(chan struct{}), done: make(chan struct{}),
	}
	go u.run()
	return u
}

// Record notes one use. It never blocks on the store.
func (u *Usage) Record(use Use) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, known := u.pending[use.TokenID]; known || len(u.pending) < usageLimit {
		u.pending[use.TokenID] = use
	}
}

// Flush stores what was collected. If that fails, it is kept for the next time.
func (u *Usage) Flush(ctx context.Context) error {
	u.mu.Lock()
	batch := u.pending
	u.pending = make(map[TokenID]Use, len(batch))
	u.mu.Unlock()
	if len(batch) == 0 {
		return nil
	}
	uses := make([]Use, 0, len(batch))
	for _, use := range batch {
		uses = append(uses, use)
	}
	ctx, cancel := context.WithTimeout(ctx, usageTimeout)
	defer cancel()
	err := u.store.RecordUses(ctx, uses)
	if err != nil {
		u.restore(uses)
	}
	return err
}

// restore takes uses back that could not be stored, unless the token was used
// again meanwhile.
func (u *Usage) restore(uses []Use) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, use := range uses {
		if _, newer := u.pending[use.TokenID]; !newer && len(u.pending) < usageLimit {
			u.pending[use.TokenID] = use
		}
	}
}

// Close stores what is left and stops. Call it once, after the last Record.
func (u *Usage) Close(ctx context.Context) error {
	close(u.stop)
	<-u.done
	return u.Flush(ctx)
}

func (u *Usage) run() {
	defer close(u.done)
	ticker := time.NewTicker(usageInterval)
	defer ticker.Stop()
	for {
		select {
		case <-u.stop:
			return
		case <-ticker.C:
			if err := u.Flush(context.Background()); err != nil {
				u.logger.Warn("the last use of tokens could not be stored; it will be tried again", "error", err)
			}
		}
	}
}
