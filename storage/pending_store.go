package storage

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/tenants"
)

// CountPendingMembers implements tenants.PendingStore.
func (s *Tenants) CountPendingMembers(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID) (int, error) {
	n := 0
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		return tx.get(ctx, func(row scanner) error { return row.Scan(&n) }, `
			select count(*) from pending_members where tenant_id = $1 and connection_id = $2`, tenant, connection)
	})
	if err != nil {
		return 0, fmt.Errorf("count pending members: %w", err)
	}
	return n, nil
}

// ListPendingMembers implements tenants.PendingStore.
func (s *Tenants) ListPendingMembers(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID,
	after tenants.PendingCursor, limit int) ([]tenants.PendingMember, error) {
	var list []tenants.PendingMember
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		list = nil
		return tx.each(ctx, func(row scanner) error {
			var p tenants.PendingMember
			var since int64
			err := row.Scan(&p.Value, &p.Type, &since, &p.GroupID, &p.Group)
			p.Since = fromMicros(since)
			list = append(list, p)
			return err
		}, `
			select p.value, p.member_type, p.pending_since, p.group_id, r.display
			from pending_members p join resources r on r.tenant_id = p.tenant_id and r.id = p.group_id
			where p.tenant_id = $1 and p.connection_id = $2 and (p.value, p.group_id) > ($3, $4)
			order by p.value, p.group_id
			limit $5`, tenant, connection, after.Value, cmp.Or(after.GroupID, uuid.Nil.String()), max(limit, 0))
	})
	if err != nil {
		return nil, fmt.Errorf("list pending members: %w", err)
	}
	return list, nil
}
