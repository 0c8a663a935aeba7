package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// How long what has served its purpose is kept. Links and sessions can be looked
// at for a while.
const (
	idempotencyKept = 24 * time.Hour
	sessionKept     = 30 * 24 * time.Hour
	linkKept        = 90 * 24 * time.Hour

	prunedPerStep = 1000
)

// Prune implements tenants.MaintenanceStore.
func (m *Maintenance) Prune(ctx context.Context, at time.Time) (more bool, err error) {
	for _, s := range []struct {
		query string
		by    time.Time
	}{
		{`delete from idempotency_keys where (actor, key) in (
			select i.actor, i.key from idempotency_keys i where i.created_at < $1 limit cast($2 as bigint))`, at.Add(-idempotencyKept)},
		{`delete from used_tokens where (issuer_id, jti) in (
			select u.issuer_id, u.jti from used_tokens u where u.expires_at < $1 limit cast($2 as bigint))`, at},
		{`delete from sessions where (tenant_id, id) in (
			select s.tenant_id, s.id from sessions s
			where s.expires_at < $1 or s.ended_at < $1 limit cast($2 as bigint))`, at.Add(-sessionKept)},
	} {
		var n int64
		err := m.db.update(ctx, "", func(tx *tx) (err error) {
			n, err = tx.exec(ctx, s.query, s.by.UnixMicro(), prunedPerStep)
			return err
		})
		if err != nil {
			return false, fmt.Errorf("prune: %w", err)
		}
		more = more || n == prunedPerStep
	}
	links, err := m.pruneLinks(ctx, at.Add(-linkKept))
	if err != nil {
		return false, fmt.Errorf("prune links: %w", err)
	}
	old, err := m.pruneEvents(ctx, at)
	if err != nil {
		return false, fmt.Errorf("prune events: %w", err)
	}
	requests, err := m.pruneRequests(ctx, at)
	if err != nil {
		return false, fmt.Errorf("prune request logs: %w", err)
	}
	history, err := m.pruneHistory(ctx, at)
	if err != nil {
		return false, fmt.Errorf("prune the sizes of directories: %w", err)
	}
	deliveries, err := m.pruneDeliveries(ctx, at)
	return more || links || old || requests || history || deliveries, err
}

// pruneLinks forgets links that nobody could open any more at a time, tenant by
// tenant: their openings are the tenant's.
func (m *Maintenance) pruneLinks(ctx context.Context, by time.Time) (more bool, err error) {
	type link struct{ tenant, id string }
	list, err := findAll(ctx, m.db, "links", func(row scanner) (*link, error) {
		l := &link{}
		return l, row.Scan(&l.tenant, &l.id)
	}, `
		select cast(l.tenant_id as text), cast(l.id as text) from portal_links l
		where l.expires_at < $1 or l.used_at < $1 or l.revoked_at < $1
		order by l.tenant_id limit cast($2 as bigint)`, by.UnixMicro(), prunedPerStep)
	if err != nil {
		return false, err
	}
	byTenant := map[string][]idRow{}
	for _, l := range list {
		byTenant[l.tenant] = append(byTenant[l.tenant], idRow{ID: l.id})
	}
	for tenant, ids := range byTenant {
		err := m.db.update(ctx, tenant, func(tx *tx) error {
			some := ` in (select g.id from ` + tx.jsonRows("$2", "g", "id uuid") + `)`
			b := &batch{}
			b.exec(`delete from portal_link_openings where tenant_id = $1 and link_id`+some, tenant, jsonParam(ids))
			b.exec(`delete from portal_links where tenant_id = $1 and id`+some, tenant, jsonParam(ids))
			return tx.send(ctx, b)
		})
		if err != nil {
			return false, err
		}
	}
	return len(list) == prunedPerStep, nil
}

var _ tenants.MaintenanceStore = (*Maintenance)(nil)
