package main

import (
	"context"
	"sync"

	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/health"
)

// background is the work that nobody waits for. Every replica does it, and they
// do not do it twice: what is due is taken in the transaction that does it.
type background struct {
	stop context.CancelFunc // nil: not begun
	wait sync.WaitGroup
}

// begin starts the work, which goes on until end.
func (b *background) begin(ctx context.Context, a *App) {
	ctx, b.stop = context.WithCancel(tenants.As(context.WithoutCancel(ctx), tenants.System))
	b.wait.Go(func() { access.NewRunner(storage.NewAccess(a.db), a.logger).Run(ctx) })
	b.wait.Go(func() { a.hub.Run(ctx) })
	if !a.unrecorded {
		b.wait.Go(func() { events.NewRelay(storage.NewFeed(a.db), a.logger).Run(ctx) })
		b.wait.Go(func() { a.deliverer.Run(ctx) })
	}
	b.wait.Go(func() { health.NewHistorian(storage.NewHealth(a.db), a.logger).Run(ctx) })
	b.wait.Go(func() { tenants.NewMaintenance(storage.NewMaintenance(a.db, a.registries), a.logger).Run(ctx) })
}

// end stops the work and waits for what it is at, which is a transaction, or a
// message to a webhook, at most.
func (b *background) end() {
	if b.stop != nil {
		b.stop()
		b.wait.Wait()
		b.stop = nil
	}
}
