package storage

import (
	"context"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// Bounds of one step of pruning events: rows of the feed, and for each of their
// tenants events.
const (
	prunedSpans  = 200
	prunedEvents = 2000
)

// prunedTenant is what has to go of a tenant: its events up to a number, and its
// rows of the feed up to a position.
type prunedTenant struct{ last, position int64 }

// pruneEvents forgets the oldest events, in the order of the feed. The feed says
// first that they need not be there any more, so nobody reads on where some are
// missing.
func (m *Maintenance) pruneEvents(ctx context.Context, at time.Time) (more bool, err error) {
	by, err := m.keptSince(ctx, at)
	if err != nil {
		return false, err
	}
	found := 0
	var old map[string]*prunedTenant
	err = m.db.update(ctx, "", func(tx *tx) error {
		if found, old, err = tx.expire(ctx, by); err == nil && found == 0 {
			return errRollback
		}
		return err
	})
	if err != nil {
		return false, err
	}
	more = found == prunedSpans
	for tenant, p := range old {
		left, err := m.pruneTenantEvents(ctx, tenant, p)
		if err != nil {
			return false, err
		}
		more = more || left
	}
	return more, nil
}

func (m *Maintenance) keptSince(ctx context.Context, at time.Time) (time.Time, error) {
	var settings tenants.Settings
	err := m.db.view(ctx, "", func(tx *tx) error {
		b := &batch{}
		b.query(scanSettings(&settings), `select settings from installation`)
		return tx.last(ctx, b)
	})
	return at.AddDate(0, 0, -settings.EventsRetentionDays), err
}

// expire marks the oldest rows of the feed and returns whose they are. Some may
// have been marked before, and not been finished.
func (t *tx) expire(ctx context.Context, by time.Time) (found int, old map[string]*prunedTenant, err error) {
	old = map[string]*prunedTenant{}
	position := int64(0)
	err = t.each(ctx, func(row scanner) error {
		var tenant string
		var last, at int64
		if err := row.Scan(&tenant, &position, &last, &at); err != nil {
			return err
		}
		found++
		old[tenant] = &prunedTenant{last, position} // of several, the last
		return nil
	}, `
		select f.tenant_id, f.position, f.last, f.at from (
			select x.tenant_id, x.position, x.last, x.at from feed x order by x.position limit cast($2 as bigint)) f
		where f.at < $1 or f.position <= (select h.pruned from feed_head h)
		order by f.position`, by.UnixMicro(), prunedSpans)
	if err != nil || found == 0 {
		return found, old, err
	}
	_, err = t.exec(ctx, `update feed_head set pruned = $1 where pruned < $1`, position)
	return found, old, err
}

// pruneTenantEvents forgets some events of a tenant and, with the last of them,
// what the feed has of them.
func (m *Maintenance) pruneTenantEvents(ctx context.Context, tenant string, p *prunedTenant) (left bool, err error) {
	err = m.db.update(ctx, tenant, func(tx *tx) error {
		n, err := tx.exec(ctx, `
			delete from events where tenant_id = $1 and sequence in (
				select e.sequence from events e where e.tenant_id = $1 and e.sequence <= $2
				order by e.sequence limit cast($3 as bigint))`, tenant, p.last, prunedEvents)
		if left = n == prunedEvents; left || err != nil {
			return err
		}
		_, err = tx.exec(ctx, `delete from feed where tenant_id = $1 and position <= $2`, tenant, p.position)
		return err
	})
	return left, err
}
