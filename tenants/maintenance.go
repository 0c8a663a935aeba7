package tenants

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"
)

// ConnectionPurge is a deleted connection whose grace is over.
type ConnectionPurge struct {
	TenantID       TenantID
	ConnectionID   ConnectionID
	SchemaRevision int64     // of the tenant's Definitions
	DeletedBy      time.Time // it counts as deleted if it was by then
}

// TenantPurge is a deleted tenant whose grace is over.
type TenantPurge struct {
	TenantID  TenantID
	DeletedBy time.Time
}

// MaintenanceStore does the work of Maintenance, part by part. Every part is one
// transaction of bounded size, and several processes may do parts side by side.
type MaintenanceStore interface {
	// TellExpiries writes the events of tokens that expire soon or have expired,
	// each once, and only the nearest if several are due. It deals with at most
	// limit tokens and returns with how many.
	TellExpiries(ctx context.Context, at time.Time, limit int) (int, error)
	// DueConnections returns connections that were deleted by then and are not
	// purged, those of deleted tenants left out.
	DueConnections(ctx context.Context, deletedBy time.Time, limit int) ([]ConnectionPurge, error)
	// PurgeConnection does the next part of a purge and reports whether it was the
	// last. The first part makes restoring impossible.
	PurgeConnection(ctx context.Context, p ConnectionPurge) (done bool, err error)
	// DueTenants and PurgeTenant are the same of tenants.
	DueTenants(ctx context.Context, deletedBy time.Time, limit int) ([]TenantPurge, error)
	PurgeTenant(ctx context.Context, p TenantPurge) (done bool, err error)
	// Prune deletes some of what has served its purpose, and reports whether there
	// may be more.
	Prune(ctx context.Context, at time.Time) (more bool, err error)
}

// Maintenance does what has to be done when nobody asks for it: it warns of
// tokens that expire, ends what was deleted when its grace is over, and forgets
// what has served its purpose. It runs on every replica; they do not do anything
// twice.
type Maintenance struct {
	store  MaintenanceStore
	logger *slog.Logger
	now    func() time.Time
}

// NewMaintenance returns a Maintenance of a store.
func NewMaintenance(store MaintenanceStore, logger *slog.Logger) *Maintenance {
	return &Maintenance{store: store, logger: logger, now: now}
}

const (
	maintenanceInterval = time.Minute
	maintenanceTimeout  = 10 * time.Minute // of one round; what is left is the next one's
	maintenanceBatch    = 100
	maintenanceRounds   = 1000 // of batches of one kind of work in one round
)

// Run works until the context ends.
func (m *Maintenance) Run(ctx context.Context) {
	for {
		// Replicas that were started together go apart.
		pause := time.NewTimer(maintenanceInterval*3/4 + rand.N(maintenanceInterval/2)) //nolint:gosec // G404: spreads work, hides nothing
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
		if err := m.Once(ctx, m.now()); err != nil && ctx.Err() == nil {
			m.logger.WarnContext(ctx, "some maintenance failed; it will be tried again", "error", err)
		}
	}
}

// Once does everything that is due at a time. One thing that fails does not keep
// the others from being done.
func (m *Maintenance) Once(ctx context.Context, at time.Time) error {
	ctx, cancel := context.WithTimeout(As(ctx, System), maintenanceTimeout)
	defer cancel()
	return errors.Join(
		m.tellExpiries(ctx, at),
		m.purgeConnections(ctx, at.Add(-Grace)),
		m.purgeTenants(ctx, at.Add(-Grace)),
		m.prune(ctx, at),
	)
}

// partTimeout bounds one part: a transaction, with waiting for the tenant.
const partTimeout = time.Minute

// unbroken is the context of one part. A part that has begun is finished also
// when the process ends: it takes a moment, and the database would have to undo
// it otherwise.
func unbroken[T any](ctx context.Context, part func(ctx context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), partTimeout)
	defer cancel()
	return part(ctx)
}

func (m *Maintenance) tellExpiries(ctx context.Context, at time.Time) error {
	for round := 0; round < maintenanceRounds && ctx.Err() == nil; round++ {
		n, err := unbroken(ctx, func(ctx context.Context) (int, error) { return m.store.TellExpiries(ctx, at, maintenanceBatch) })
		if err != nil {
			return fmt.Errorf("tell of tokens that expire: %w", err)
		}
		if n < maintenanceBatch {
			break
		}
	}
	return nil
}

func (m *Maintenance) purgeConnections(ctx context.Context, deletedBy time.Time) error {
	due, err := unbroken(ctx, func(ctx context.Context) ([]ConnectionPurge, error) {
		return m.store.DueConnections(ctx, deletedBy, maintenanceBatch)
	})
	if err != nil {
		return fmt.Errorf("look for deleted connections: %w", err)
	}
	errs := make([]error, len(due))
	for i, p := range due {
		errs[i] = finish(ctx, func(ctx context.Context) (bool, error) { return m.store.PurgeConnection(ctx, p) })
	}
	return errors.Join(errs...)
}

func (m *Maintenance) purgeTenants(ctx context.Context, deletedBy time.Time) error {
	due, err := unbroken(ctx, func(ctx context.Context) ([]TenantPurge, error) {
		return m.store.DueTenants(ctx, deletedBy, maintenanceBatch)
	})
	if err != nil {
		return fmt.Errorf("look for deleted tenants: %w", err)
	}
	errs := make([]error, len(due))
	for i, p := range due {
		errs[i] = finish(ctx, func(ctx context.Context) (bool, error) { return m.store.PurgeTenant(ctx, p) })
	}
	return errors.Join(errs...)
}

// finish does part after part, for as long as there is time; the next round goes
// on with the rest.
func finish(ctx context.Context, part func(ctx context.Context) (done bool, err error)) error {
	for ctx.Err() == nil {
		if done, err := unbroken(ctx, part); done || err != nil {
			return err
		}
	}
	return nil
}

func (m *Maintenance) prune(ctx context.Context, at time.Time) error {
	for round := 0; round < maintenanceRounds && ctx.Err() == nil; round++ {
		more, err := unbroken(ctx, func(ctx context.Context) (bool, error) { return m.store.Prune(ctx, at) })
		if err != nil || !more {
			return err
		}
	}
	return nil
}
