package storage

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/roster-scim/roster/tenants"
)

const (
	historyKept       = 400 * 24 * time.Hour
	historyPruneEvery = 24 * time.Hour
	historyPruneBatch = 100 // tenants of one step
)

// historyPruner is where one process is with going through all tenants.
type historyPruner struct {
	mu    sync.Mutex
	after tenants.TenantID
	next  time.Time // when the next round begins
}

// oldSizes are the sizes of directories of the tenant $1 that were noted before
// $2, but for the last one of each: it holds until there is another.
const oldSizes = `
	from connections c join directory_history h on h.tenant_id = $1 and h.connection_id = c.id
	where c.tenant_id = $1 and h.at < $2
		and h.at < (select max(l.at) from directory_history l where l.tenant_id = $1 and l.connection_id = c.id)`

// pruneHistory forgets how large directories were long ago, of some tenants, and
// reports whether the round goes on.
func (m *Maintenance) pruneHistory(ctx context.Context, at time.Time) (more bool, err error) {
	p := &m.history
	p.mu.Lock()
	defer p.mu.Unlock()
	if at.Before(p.next) {
		return false, nil
	}
	before := at.Add(-historyKept).UnixMicro()
	page, err := m.tenantsWithHistory(ctx, p.after, before)
	if err != nil {
		return false, err
	}
	again := false
	for _, one := range page {
		if !one.changed {
			continue
		}
		n := int64(0)
		err := m.db.update(ctx, one.tenant.UUID(), func(tx *tx) (err error) {
			n, err = tx.exec(ctx, `
				delete from directory_history where tenant_id = $1 and (connection_id, at) in (
					select h.connection_id, h.at`+oldSizes+` limit cast($3 as bigint))`, one.tenant, before, rowsPerStep)
			return err
		})
		if err != nil {
			return false, fmt.Errorf("prune the sizes of tenant %s: %w", one.tenant, err)
		}
		again = again || n == rowsPerStep
	}
	switch {
	case again: // the same tenants once more
	case len(page) < historyPruneBatch:
		p.after, p.next = tenants.TenantID{}, at.Add(historyPruneEvery)
		return false, nil
	default:
		p.after = page[len(page)-1].tenant
	}
	return true, nil
}

// tenantsWithHistory are the next tenants, and whether they have old sizes.
func (m *Maintenance) tenantsWithHistory(ctx context.Context, after tenants.TenantID, before int64) ([]*sizesOf, error) {
	page, err := findAll(ctx, m.db, "tenants", func(row scanner) (*sizesOf, error) {
		one := &sizesOf{}
		return one, row.Scan(&one.tenant)
	}, `select t.id from tenants t where t.id > $1 and t.purged_at is null order by t.id limit cast($2 as bigint)`, after, historyPruneBatch)
	if err != nil || len(page) == 0 {
		return nil, err
	}
	err = m.db.view(ctx, "", func(tx *tx) error {
		b := &batch{}
		for _, one := range page {
			one.changed = false
			tx.confineIn(b, one.tenant.UUID())
			b.query(func(row scanner) error { return row.Scan(&one.changed) }, `select exists (select 1`+oldSizes+`)`, one.tenant, before)
		}
		return tx.last(ctx, b)
	})
	return page, wrapIf("look for old sizes of directories", err)
}
