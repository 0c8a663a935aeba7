package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

var _ tenants.SchemaStore = (*Tenants)(nil)

// Definitions implements tenants.SchemaStore. Revision and list are of one moment.
func (s *Tenants) Definitions(ctx context.Context, tenant tenants.TenantID) (*tenants.Definitions, error) {
	var all tenants.Definitions
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		all = tenants.Definitions{}
		b := &batch{}
		b.query(func(row scanner) error { return row.Scan(&all.Revision) },
			`select schema_revision from tenants where id = $1`, tenant)
		b.query(func(row scanner) error {
			d, err := scanDefinition(row)
			all.List = append(all.List, d)
			return err
		}, `
			select kind, name, document, created_at, updated_at
			from definitions
			where tenant_id = $1
			order by kind, name_key`, tenant)
		return tx.last(ctx, b)
	})
	if err != nil {
		return nil, fmt.Errorf("find definitions: %w", err)
	}
	return &all, nil
}

func scanDefinition(row scanner) (tenants.Definition, error) {
	var d tenants.Definition
	var document []byte
	var created, updated int64
	err := row.Scan(&d.Kind, &d.Name, &document, &created, &updated)
	d.Document, d.CreatedAt, d.UpdatedAt = document, fromMicros(created), fromMicros(updated)
	return d, err
}

// ChangeDefinitions implements tenants.SchemaStore.
func (s *Tenants) ChangeDefinitions(ctx context.Context, tenant tenants.TenantID, change tenants.DefinitionChange) (int64, error) {
	err := s.db.update(ctx, tenant.UUID(), func(tx *tx) error {
		if err := tx.raiseRevision(ctx, tenant, change.Revision); err != nil {
			return err
		}
		if err := tx.touchConnections(ctx, tenant); err != nil {
			return err
		}
		for _, demand := range change.Demands {
			if err := tx.checkDemand(ctx, tenant, demand); err != nil {
				return err
			}
		}
		for _, key := range change.Drop {
			_, err := tx.exec(ctx, `
				delete from definitions where tenant_id = $1 and kind = $2 and name_key = $3`, tenant, key.Kind, key.Name)
			if err != nil {
				return err
			}
		}
		for _, d := range change.Put {
			if err := tx.putDefinition(ctx, tenant, d); err != nil {
				return err
			}
		}
		return tx.noteDefinitions(ctx, tenant, change)
	})
	if err != nil {
		return 0, fmt.Errorf("change definitions: %w", err)
	}
	return change.Revision + 1, nil
}

// noteDefinitions tells in the tenant's log which definitions were put and which
// were dropped.
func (t *tx) noteDefinitions(ctx context.Context, tenant tenants.TenantID, change tenants.DefinitionChange) error {
	n := note{tenant: tenant.UUID(), action: "schemas.changed", targetType: "schemas", changes: map[string]any{
		"revision": events.Change{From: change.Revision, To: change.Revision + 1},
	}}
	var put, dropped []string
	for _, d := range change.Put {
		put = append(put, d.Name)
	}
	for _, key := range change.Drop {
		dropped = append(dropped, key.Name)
	}
	if len(put) > 0 {
		n.changes["put"] = events.Change{To: put}
	}
	if len(dropped) > 0 {
		n.changes["dropped"] = events.Change{From: dropped}
	}
	return t.note(ctx, &batch{}, n)
}

// raiseRevision begins a change. Every writer of a resource takes the tenant's
// sequence row and looks at the revision after that (refuseOutdated), so taking
// the same row first puts each write before the change, which then counts it, or
// behind it, which refuses it.
func (t *tx) raiseRevision(ctx context.Context, tenant tenants.TenantID, revision int64) error {
	if err := t.takeNumbers(ctx, tenant.UUID()); err != nil {
		return err
	}
	current := int64(0)
	err := t.get(ctx, func(row scanner) error { return row.Scan(&current) }, `
		update tenants set schema_revision = schema_revision + 1
		where id = $1 and deleted_at is null
		returning schema_revision`, tenant)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return tenants.ErrNotFound
	case err == nil && current != revision+1:
		return tenants.ErrOutdated
	}
	return err
}

// checkDemand counts the resources that stand against a change, those that no
// connection brought too.
func (t *tx) checkDemand(ctx context.Context, tenant tenants.TenantID, d tenants.Demand) error {
	query := `
		select count(*) from resources r
		left join connections c on c.tenant_id = r.tenant_id and c.id = r.connection_id
		where r.tenant_id = $1 and r.resource_type = $2 and c.deleted_at is null`
	if d.Extension != "" {
		has := t.jsonExists("r.document", []string{d.Extension})
		if d.Lacking {
			has = "not " + has
		}
		query += ` and ` + has
	}
	count := 0
	err := t.get(ctx, func(row scanner) error { return row.Scan(&count) }, query, tenant, d.ResourceType)
	if err == nil && count > 0 {
		return &tenants.InUseError{Demand: d, Count: count}
	}
	return err
}

func (t *tx) putDefinition(ctx context.Context, tenant tenants.TenantID, d tenants.Definition) error {
	key := d.Key()
	_, err := t.exec(ctx, `
		insert into definitions (tenant_id, kind, name_key, name, document, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (tenant_id, kind, name_key) do update
		set name = excluded.name, document = excluded.document, updated_at = excluded.updated_at`,
		tenant, key.Kind, key.Name, d.Name, string(d.Document), d.CreatedAt.UnixMicro(), d.UpdatedAt.UnixMicro())
	return err
}
