package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/audit"
	"github.com/roster-scim/roster/tenants/events"
)

// NoteLook implements audit.Store.
func (s *Audit) NoteLook(ctx context.Context, tenant tenants.TenantID, look audit.Look) error {
	err := s.db.update(ctx, tenant.UUID(), func(tx *tx) error {
		name := ""
		err := tx.get(ctx, func(row scanner) error { return row.Scan(&name) }, `select t.name from tenants t where t.id = $1`, tenant)
		if errors.Is(err, sql.ErrNoRows) {
			return tenants.ErrNotFound
		}
		if err != nil {
			return err
		}
		return tx.note(ctx, &batch{}, note{
			tenant: tenant.UUID(), action: audit.Looked, targetType: "tenant", targetID: tenant.UUID(), targetName: name,
			changes: map[string]any{"roles": events.Change{To: notNull(look.Roles)}, "masked": events.Change{To: look.Masked}},
		})
	})
	if err != nil {
		return fmt.Errorf("note a look into a tenant: %w", err)
	}
	return nil
}
