package health

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// SizeStore notes how large directories are.
type SizeStore interface {
	// NoteSizes notes, for an hour, the sizes of the directories of at most limit
	// tenants behind one, in the order of their ids: of those directories that are
	// not as they were when they were noted last. What has been noted for the hour
	// stays, so that several may do the same. It returns the last of the tenants, and
	// whether there may be more.
	NoteSizes(ctx context.Context, hour time.Time, after tenants.TenantID, limit int) (last tenants.TenantID, more bool, err error)
}

// Historian notes every hour how large directories are. It runs on every
// replica: the first one notes, the others find it done.
type Historian struct {
	store  SizeStore
	logger *slog.Logger
	now    func() time.Time
	done   time.Time // the last hour that is noted
}

// NewHistorian returns the Historian of a store.
func NewHistorian(store SizeStore, logger *slog.Logger) *Historian {
	return &Historian{store: store, logger: logger, now: time.Now}
}

const (
	historianInterval = time.Minute
	historianTimeout  = 10 * time.Minute
	historianBatch    = 100 // tenants of one step
)

// Run works until the context ends.
func (h *Historian) Run(ctx context.Context) {
	for {
		// Replicas that were started together go apart.
		pause := time.NewTimer(historianInterval/2 + rand.N(historianInterval)) //nolint:gosec // G404: spreads work, hides nothing
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
		if err := h.Once(ctx); err != nil && ctx.Err() == nil {
			h.logger.WarnContext(ctx, "the sizes of directories could not be noted; it will be tried again", "error", err)
		}
	}
}

// Once notes the sizes of all directories, unless that is done for this hour.
func (h *Historian) Once(ctx context.Context) error {
	hour := h.now().UTC().Truncate(time.Hour)
	if h.done.Equal(hour) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, historianTimeout)
	defer cancel()
	var after tenants.TenantID
	for more := true; more; {
		var err error
		if after, more, err = h.store.NoteSizes(ctx, hour, after, historianBatch); err != nil {
			return fmt.Errorf("note the sizes of directories: %w", err)
		}
	}
	h.done = hour
	return nil
}
