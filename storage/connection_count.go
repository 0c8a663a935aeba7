package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/tenants"
)

// CountDirectories implements tenants.ConnectionStore.
func (s *Tenants) CountDirectories(ctx context.Context, tenant tenants.TenantID, connections []tenants.ConnectionID,
) (map[tenants.ConnectionID]tenants.DirectoryCount, error) {
	type row struct {
		ID string `json:"id"`
	}
	asked := make([]row, len(connections))
	for i, id := range connections {
		asked[i].ID = id.UUID()
	}
	var counts map[tenants.ConnectionID]tenants.DirectoryCount
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		counts = make(map[tenants.ConnectionID]tenants.DirectoryCount, len(connections))
		return tx.each(ctx, func(row scanner) error {
			var id tenants.ConnectionID
			var typ string
			var total, active int
			if err := row.Scan(&id, &typ, &total, &active); err != nil {
				return err
			}
			c := counts[id]
			switch typ {
			case "User":
				c.People, c.Active = total, active
			case "Group":
				c.Groups = total
			}
			counts[id] = c
			return nil
		}, `
			select d.connection_id, d.resource_type, d.total, d.active
			from `+tx.jsonRows("$2", "c", "id uuid")+` cross join directory_totals d
			where d.tenant_id = $1 and d.connection_id = c.id and d.resource_type in ('User', 'Group')`,
			tenant, jsonParam(asked))
	})
	if err != nil {
		return nil, fmt.Errorf("count directories: %w", err)
	}
	return counts, nil
}
