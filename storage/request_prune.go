package storage

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants"
)

// Request logs are pruned tenant by tenant, since each has its own retention.
const (
	requestPruneEvery = time.Hour
	requestPruneBatch = 100                  // tenants of one step
	sumsKept          = 400 * 24 * time.Hour // of hours
)

// requestPruner is where one process is with going through all tenants.
type requestPruner struct {
	mu    sync.Mutex
	after tenants.TenantID
	next  time.Time // when the next round begins
}

// dueRequests is what of a tenant is older than it keeps.
type dueRequests struct {
	tenant tenants.TenantID
	floor  tenants.RequestID // requests and cycles with smaller ids go: both name people
	any    bool
	sums   []string // connections that have cycles or hours to be forgotten
}

// pruneRequests forgets old lines of some tenants and reports whether the round
// goes on. Each tenant costs a look at one entry of an index, once an hour.
func (m *Maintenance) pruneRequests(ctx context.Context, at time.Time) (more bool, err error) {
	p := &m.requests
	p.mu.Lock()
	defer p.mu.Unlock()
	if at.Before(p.next) {
		return false, nil
	}
	if more, err := m.forgetStrangers(ctx); err != nil || more {
		return more, err
	}
	due, err := m.tenantsFrom(ctx, p.after, at)
	if err != nil {
		return false, err
	}
	if err := m.findDueRequests(ctx, due, at); err != nil {
		return false, err
	}
	again := false
	for _, d := range due {
		full, err := m.forgetOld(ctx, d, at)
		if err != nil {
			return false, err
		}
		again = again || full
	}
	switch {
	case again: // the same tenants once more
	case len(due) < requestPruneBatch:
		p.after, p.next = tenants.TenantID{}, at.Add(requestPruneEvery)
		return false, nil
	default:
		p.after = due[len(due)-1].tenant
	}
	return true, nil
}

// tenantsFrom are the next tenants, with how long each keeps requests.
func (m *Maintenance) tenantsFrom(ctx context.Context, after tenants.TenantID, at time.Time) ([]*dueRequests, error) {
	return findAll(ctx, m.db, "tenants", func(row scanner) (*dueRequests, error) {
		d := &dueRequests{}
		var settings []byte
		if err := row.Scan(&d.tenant, &settings); err != nil {
			return nil, err
		}
		_, log, err := readSettings(settings)
		d.floor = tenants.RequestFloor(at.Add(-log.Retention()))
		return d, err
	}, `
		select t.id, t.settings from tenants t
		where t.id > $1 and t.purged_at is null order by t.id limit cast($2 as bigint)`, after, requestPruneBatch)
}

// findDueRequests asks for all of them at once.
func (m *Maintenance) findDueRequests(ctx context.Context, due []*dueRequests, at time.Time) error {
	if len(due) == 0 {
		return nil
	}
	return m.db.view(ctx, "", func(tx *tx) error {
		b := &batch{}
		for _, d := range due {
			d.any, d.sums = false, nil
			tx.confineIn(b, d.tenant.UUID())
			b.query(func(row scanner) error { return row.Scan(&d.any) },
				`select exists (select 1 from requests r where r.tenant_id = $1 and r.id < $2)`, d.tenant, d.floor)
			b.query(func(row scanner) error {
				var id string
				err := row.Scan(&id)
				d.sums = append(d.sums, id)
				return err
			}, `
				select cast(c.id as text) from connections c
				where c.tenant_id = $1 and (
					exists (select 1 from request_hours h where h.tenant_id = $1 and h.connection_id = c.id and h.hour < $2)
					or exists (select 1 from sync_cycles y where y.tenant_id = $1 and y.connection_id = c.id and y.id < $3))`,
				d.tenant, at.Add(-sumsKept).UnixMicro(), d.floor)
		}
		return tx.last(ctx, b)
	})
}

// forgetOld deletes some of what a tenant has kept for long enough, and reports
// whether there may be more.
func (m *Maintenance) forgetOld(ctx context.Context, d *dueRequests, at time.Time) (more bool, err error) {
	if !d.any && len(d.sums) == 0 {
		return false, nil
	}
	err = m.db.requestLog().update(ctx, d.tenant.UUID(), func(tx *tx) error {
		n, err := tx.exec(ctx, `
			delete from requests where tenant_id = $1 and (connection_id, id) in (
				select r.connection_id, r.id from requests r where r.tenant_id = $1 and r.id < $2
				order by r.id limit cast($3 as bigint))`, d.tenant, d.floor, rowsPerStep)
		if err != nil {
			return err
		}
		more = n == rowsPerStep
		for _, connection := range d.sums {
			n, err := tx.forgetSums(ctx, d.tenant.UUID(), connection, d.floor, at.Add(-sumsKept))
			if err != nil {
				return err
			}
			more = more || n >= rowsPerStep
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("prune requests of tenant %s: %w", d.tenant, err)
	}
	return more, nil
}

// forgetSums deletes cycles and hours of a connection that began before a time.
func (t *tx) forgetSums(ctx context.Context, tenant, connection string, floor tenants.RequestID, before time.Time) (int64, error) {
	cycles, err := t.exec(ctx, `
		delete from sync_cycles where tenant_id = $1 and connection_id = $2 and id in (
			select y.id from sync_cycles y where y.tenant_id = $1 and y.connection_id = $2 and y.id < $3
			order by y.id limit cast($4 as bigint))`, tenant, connection, floor, rowsPerStep)
	if err != nil {
		return 0, err
	}
	hours, err := t.exec(ctx, `
		delete from request_hours where tenant_id = $1 and connection_id = $2 and hour in (
			select h.hour from request_hours h where h.tenant_id = $1 and h.connection_id = $2 and h.hour < $3
			order by h.hour limit cast($4 as bigint))`, tenant, connection, before.UnixMicro(), rowsPerStep)
	return max(cycles, hours), err
}

// forgetRequests deletes some of what a connection's requests have left, and
// reports whether there was anything.
func (m *Maintenance) forgetRequests(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID) (some bool, err error) {
	err = m.db.requestLog().update(ctx, tenant.UUID(), func(tx *tx) (err error) {
		some, err = tx.forgetRequests(ctx, scim.Directory{TenantID: tenant.UUID(), ConnectionID: connection.UUID()})
		return err
	})
	return some, err
}

// forgetStrangers deletes some of what the log has of connections that the
// database does not have, and reports whether there was anything: where the log is
// a file of its own, the database beside it may have been restored or replaced.
// Every connection in the log has a state, which is the last to go.
func (m *Maintenance) forgetStrangers(ctx context.Context) (some bool, err error) {
	if m.db.engine.writersOverlap() { // one database: they go and come together
		return false, nil
	}
	type stranger struct {
		tenant     tenants.TenantID
		connection tenants.ConnectionID
	}
	var list []stranger
	// The log's writer sees a database that is no older than the log.
	err = m.db.requestLog().update(ctx, "", func(tx *tx) error {
		list = nil
		err := tx.each(ctx, func(row scanner) error {
			s := stranger{}
			err := row.Scan(&s.tenant, &s.connection)
			list = append(list, s)
			return err
		}, `
			select s.tenant_id, s.connection_id from connection_states s
			where not exists (
				select 1 from connections c where c.tenant_id = s.tenant_id and c.id = s.connection_id and c.purged_at is null)
			limit cast($1 as bigint)`, requestPruneBatch)
		if err == nil {
			err = errRollback
		}
		return err
	})
	for i := 0; i < len(list) && err == nil; i++ {
		_, err = m.forgetRequests(ctx, list[i].tenant, list[i].connection)
	}
	return len(list) > 0, err
}

func (t *tx) forgetRequests(ctx context.Context, dir scim.Directory) (some bool, err error) {
	n, err := t.exec(ctx, `
		delete from requests where tenant_id = $1 and connection_id = $2 and id in (
			select r.id from requests r where r.tenant_id = $1 and r.connection_id = $2
			order by r.id limit cast($3 as bigint))`, dir.TenantID, dir.ConnectionID, rowsPerStep)
	if err != nil || n > 0 {
		return n > 0, err
	}
	const forever = 1 << 47 // milliseconds, the last that a UUIDv7 can say
	end := time.UnixMilli(forever)
	if n, err = t.forgetSums(ctx, dir.TenantID, dir.ConnectionID, tenants.RequestFloor(end), end); err != nil || n > 0 {
		return n > 0, err
	}
	n, err = t.exec(ctx, `delete from connection_states where tenant_id = $1 and connection_id = $2`, dir.TenantID, dir.ConnectionID)
	return n > 0, err
}
