package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// rowsPerStep is how many rows one transaction of a tenant's purge deletes.
const rowsPerStep = 2000

// purgedTable is a table that has rows of tenants, with the rest of its key.
type purgedTable struct{ name, key string }

// purgedTables are the tables that have rows of tenants, with the rest of their
// keys, in the order in which they can be emptied. Tenants themselves stay, as a
// mark that the id was given out.
var purgedTables = []purgedTable{
	{"members", "group_id, member_id"},
	{"pending_members", "group_id, value"},
	{"resource_values", "connection_id, resource_type, attribute, value, resource_id"},
	{"resources", "id"},
	{"directory_buckets", "connection_id, resource_type, bucket"},
	{"directory_totals", "connection_id, resource_type"},
	{"role_mappings", "group_id, entry_point, role"},
	{"assignments", "user_id, entry_point, role"},
	{"access_told", "user_id"},
	{"entry_points", "key"},
	{"jobs", "id"},
	{"portal_link_openings", "link_id, id"},
	{"portal_links", "id"},
	{"sessions", "id"},
	{"api_keys", "id"},
	{"role_permissions", "role, permission"},
	{"definitions", "kind, name_key"},
	{"tokens", "id"},
	{"connections", "id"},
	{"webhook_deliveries", "webhook_id, id"},
	{"webhook_queues", "webhook_id, lane"},
	{"webhook_hours", "webhook_id, hour"},
	{"webhooks", "id"},
	{"directory_history", "connection_id, at"},
	{"events", "sequence"},
	{"audit", "number"},
	{"tenant_sequences", "tenant_id"}, // with it, nobody puts its events into the feed …
	{"feed", "position"},              // … where they are no more
	{"feed_tenants", "tenant_id"},
}

// purgedLog are those of the request log, which nobody writes any more once the
// connections are gone.
var purgedLog = []purgedTable{
	{"requests", "connection_id, id"},
	{"connection_states", "connection_id"},
	{"sync_cycles", "connection_id, id"},
	{"request_hours", "connection_id, hour"},
}

// DueTenants implements tenants.MaintenanceStore.
func (m *Maintenance) DueTenants(ctx context.Context, deletedBy time.Time, limit int) ([]tenants.TenantPurge, error) {
	list, err := findAll(ctx, m.db, "tenants to purge", func(row scanner) (*tenants.TenantPurge, error) {
		p := &tenants.TenantPurge{DeletedBy: deletedBy}
		return p, row.Scan(&p.TenantID)
	}, `select t.id from tenants t where t.deleted_at <= $1 and t.purged_at is null order by t.deleted_at limit $2`,
		deletedBy.UnixMicro(), limit)
	due := make([]tenants.TenantPurge, len(list))
	for i, p := range list {
		due[i] = *p
	}
	return due, err
}

// PurgeTenant implements tenants.MaintenanceStore. It goes on with the first
// table that has rows left.
func (m *Maintenance) PurgeTenant(ctx context.Context, p tenants.TenantPurge) (done bool, err error) {
	done, err = purgePart(
		func(last bool) (purgeState, error) { return m.purgeTables(ctx, p, last) },
		func() (left bool, err error) {
			err = m.db.requestLog().update(ctx, p.TenantID.UUID(), func(tx *tx) (err error) {
				left, err = tx.deleteFirst(ctx, purgedLog, p.TenantID)
				return err
			})
			return left, err
		})
	if err != nil {
		return false, fmt.Errorf("purge tenant %s: %w", p.TenantID, err)
	}
	return done, nil
}

// purgeState is how far a purge is.
type purgeState int

const (
	rowsLeft  purgeState = iota
	logLeft              // at most the request log has something
	purgeOver            // it has been, or whom it is about was restored
)

// purgePart does the next part of a purge. The request log is no part of the
// database's transactions everywhere, so it is emptied by one of its own: after
// the one behind which nobody writes to it, and before the last.
func purgePart(rows func(last bool) (purgeState, error), log func() (left bool, err error)) (done bool, err error) {
	state, err := rows(false)
	if err == nil && state == logLeft {
		var left bool
		if left, err = log(); err == nil && !left {
			state, err = rows(true)
		}
	}
	return state == purgeOver, err
}

// purgeTables deletes some of a tenant's rows. If there are none and it is the
// last part, the tenant is marked as purged.
func (m *Maintenance) purgeTables(ctx context.Context, p tenants.TenantPurge, last bool) (state purgeState, err error) {
	err = m.db.update(ctx, p.TenantID.UUID(), func(tx *tx) (err error) {
		name, found, err := tx.beginTenantPurge(ctx, p)
		if err != nil {
			return err
		}
		if state = purgeOver; !found {
			return errRollback
		}
		left, err := tx.deleteFirst(ctx, purgedTables, p.TenantID)
		switch {
		case err != nil:
			return err
		case left:
			state = rowsLeft
		case !last:
			state = logLeft
		default:
			return tx.finishTenantPurge(ctx, p.TenantID, name)
		}
		return nil
	})
	return state, err
}

// deleteFirst deletes some of a tenant's rows from the first table that has any,
// and reports whether one had.
func (t *tx) deleteFirst(ctx context.Context, tables []purgedTable, tenant tenants.TenantID) (left bool, err error) {
	for _, table := range tables {
		n, err := t.deleteSome(ctx, table.name, table.key, tenant)
		if err != nil || n > 0 {
			return true, err
		}
	}
	return false, nil
}

// beginTenantPurge locks the tenant, unless it was restored or purged meanwhile,
// and marks it: from the first step on it cannot be restored.
func (t *tx) beginTenantPurge(ctx context.Context, p tenants.TenantPurge) (name string, found bool, err error) {
	status := ""
	err = t.get(ctx, func(row scanner) error { return row.Scan(&name, &status) }, `
		select t.name, t.status from tenants t
		where t.id = $1 and t.deleted_at <= $2 and t.purged_at is null`+t.forChange(), p.TenantID, p.DeletedBy.UnixMicro())
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", false, nil
	case err != nil:
		return "", false, err
	case status == tenantPurging:
		return name, true, nil
	}
	if err := t.touchConnections(ctx, p.TenantID); err != nil {
		return "", false, err
	}
	return name, true, t.changeOne(ctx, `update tenants set status = $2 where id = $1`, p.TenantID, tenantPurging)
}

// deleteSome deletes at most rowsPerStep rows of a tenant.
func (t *tx) deleteSome(ctx context.Context, table, key string, tenant tenants.TenantID) (int64, error) {
	if table == "connections" || table == "tokens" {
		if err := t.touchConnections(ctx, tenant); err != nil {
			return 0, err
		}
	}
	n, err := t.exec(ctx, fmt.Sprintf(`
		delete from %[1]s where tenant_id = $1 and (%[2]s) in (
			select %[2]s from %[1]s where tenant_id = $1 limit $2)`, table, key), tenant, rowsPerStep)
	if err == nil && n > 0 && table == "role_permissions" {
		_, err = t.exec(ctx, `update installation set policy_revision = policy_revision + 1`)
	}
	return n, err
}

// finishTenantPurge is the last step. The tenant's own log is gone, so it is the
// installation's that tells.
func (t *tx) finishTenantPurge(ctx context.Context, id tenants.TenantID, name string) error {
	if err := t.changeOne(ctx, `update tenants set purged_at = $2, branding = '{}' where id = $1`, id, t.micros()); err != nil {
		return err
	}
	if err := t.confine(ctx, installationTenant); err != nil {
		return err
	}
	return t.note(ctx, &batch{}, note{
		action: "tenant.purged", targetType: "tenant", targetID: id.UUID(), targetName: name,
		changes: map[string]any{"status": events.Change{From: string(tenants.TenantDeleted), To: "purged"}},
	})
}
