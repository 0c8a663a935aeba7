package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/events"
)

var _ access.EntryPointStore = (*Access)(nil)

const selectEntryPoint = `
	select e.key, e.name, e.description, e.created_at from entry_points e where e.tenant_id = $1 `

func scanEntryPoint(row scanner) (*access.EntryPoint, error) {
	var e access.EntryPoint
	var created int64
	err := row.Scan(&e.Key, &e.Name, &e.Description, &created)
	e.CreatedAt = fromMicros(created)
	return &e, err
}

// EntryPoint implements access.EntryPointStore.
func (s *Access) EntryPoint(ctx context.Context, tenant tenants.TenantID, key string) (*access.EntryPoint, error) {
	all, err := listOf(ctx, s.db, tenant.UUID(), scanEntryPoint, selectEntryPoint+`and e.key = $2`, tenant.UUID(), key)
	if err == nil && len(all) == 0 {
		err = tenants.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("find entry point: %w", err)
	}
	return all[0], nil
}

// EntryPoints implements access.EntryPointStore.
func (s *Access) EntryPoints(ctx context.Context, tenant tenants.TenantID, after string, limit int) ([]*access.EntryPoint, error) {
	all, err := listOf(ctx, s.db, tenant.UUID(), scanEntryPoint,
		selectEntryPoint+`and e.key > $2 order by e.key limit cast($3 as bigint)`, tenant.UUID(), after, max(limit, 0))
	return all, wrapIf("list entry points", err)
}

// listOf reads all rows of a query about one tenant.
func listOf[T any](ctx context.Context, db *DB, tenant string, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	var all []T
	err := db.view(ctx, tenant, func(tx *tx) error {
		all = nil
		b := &batch{}
		b.query(func(row scanner) error {
			one, err := scan(row)
			all = append(all, one)
			return err
		}, query, args...)
		return tx.last(ctx, b)
	})
	return all, err
}

// CreateEntryPoint implements access.EntryPointStore.
func (s *Access) CreateEntryPoint(ctx context.Context, tenant tenants.TenantID, e *access.EntryPoint) error {
	err := s.db.update(ctx, tenant.UUID(), func(tx *tx) error {
		e.CreatedAt = tx.now
		b := &batch{}
		b.exec(`insert into entry_points (tenant_id, key, name, description, created_at) values ($1, $2, $3, $4, $5)`,
			tenant.UUID(), e.Key, e.Name, e.Description, tx.micros()).conflict = &tenants.TakenError{Field: "key", Value: e.Key}
		return tx.note(ctx, b, entryPointNote(tenant, access.EntryPointCreated, nil, e))
	})
	return wrapIf("create entry point", err)
}

// UpdateEntryPoint implements access.EntryPointStore.
func (s *Access) UpdateEntryPoint(ctx context.Context, tenant tenants.TenantID, key string, c access.EntryPointChange) (*access.EntryPoint, error) {
	var next *access.EntryPoint
	err := s.db.update(ctx, tenant.UUID(), func(tx *tx) error {
		current, err := tx.lockEntryPoint(ctx, tenant, key, tx.forChange())
		if err != nil {
			return err
		}
		changed := *current
		if c.Name != nil {
			changed.Name = *c.Name
		}
		if c.Description != nil {
			changed.Description = *c.Description
		}
		if next = &changed; changed == *current {
			return errRollback
		}
		b := &batch{}
		b.exec(`update entry_points set name = $3, description = $4 where tenant_id = $1 and key = $2`,
			tenant.UUID(), key, changed.Name, changed.Description)
		return tx.note(ctx, b, entryPointNote(tenant, access.EntryPointUpdated, current, next))
	})
	if err != nil {
		return nil, fmt.Errorf("update entry point: %w", err)
	}
	return next, nil
}

func (t *tx) lockEntryPoint(ctx context.Context, tenant tenants.TenantID, key, lock string) (*access.EntryPoint, error) {
	var e *access.EntryPoint
	err := t.getOne(ctx, func(row scanner) (err error) {
		e, err = scanEntryPoint(row)
		return err
	}, selectEntryPoint+`and e.key = $2`+lock, tenant.UUID(), key)
	return e, err
}

// errInUse refuses to delete what mappings or assignments refer to.
var errInUse = &tenants.RefusedError{Code: "in_use",
	Reason: "Role mappings or assignments refer to this entry point. Remove them first; the lists of both say where they are."}

// DeleteEntryPoint implements access.EntryPointStore. Whoever makes a mapping or
// an assignment has the tenant's lock too, so that none appears meanwhile.
func (s *Access) DeleteEntryPoint(ctx context.Context, tenant tenants.TenantID, key string) error {
	err := s.db.update(ctx, tenant.UUID(), func(tx *tx) error {
		if err := tx.lockTenant(ctx, tenant.UUID()); err != nil {
			return err
		}
		current, err := tx.lockEntryPoint(ctx, tenant, key, tx.forDelete())
		if err != nil {
			return err
		}
		used := &batch{}
		refuse := func(scanner) error { return errInUse }
		used.query(refuse, `select 1 from role_mappings m where m.tenant_id = $1 and m.entry_point = $2 limit 1`, tenant.UUID(), key)
		used.query(refuse, `select 1 from assignments a where a.tenant_id = $1 and a.entry_point = $2 limit 1`, tenant.UUID(), key)
		if err := tx.send(ctx, used); err != nil {
			return err
		}
		b := &batch{}
		b.exec(`delete from entry_points where tenant_id = $1 and key = $2`, tenant.UUID(), key)
		return tx.note(ctx, b, entryPointNote(tenant, access.EntryPointDeleted, current, nil))
	})
	return wrapIf("delete entry point", err)
}

// entryPointNote is what a change of an entry point leaves behind; nil stands for
// none.
func entryPointNote(tenant tenants.TenantID, action events.Type, before, after *access.EntryPoint) note {
	document := func(e *access.EntryPoint) map[string]any {
		if e == nil {
			return nil
		}
		return map[string]any{"key": e.Key, "name": e.Name, "description": e.Description}
	}
	changes := events.Diff(document(before), document(after))
	e, previous := after, map[string]any{}
	if e == nil {
		e = before
	}
	n := note{tenant: tenant.UUID(), action: string(action), targetType: "entry_point", targetName: e.Key, changes: map[string]any{}}
	for name, change := range changes {
		n.changes[name] = change
		previous[name] = change.From
	}
	draft := events.Draft{Type: action, Subject: events.Subject{ResourceType: "entry_point"}, Data: document(e)}
	if before != nil && after != nil {
		draft.Previous = previous
	}
	n.events = []events.Draft{draft}
	return n
}
