package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

// mappingChanges is what the audit log has about a change of mappings.
type mappingChanges struct {
	Mappings struct {
		From []access.Holding `json:"from"`
		To   []access.Holding `json:"to"`
	} `json:"mappings"`
	People *struct {
		To int `json:"to"`
	} `json:"people"`
}

// MappingHistory implements access.MappingStore. An index knows these rows of the
// audit log among the many about a group.
func (s *Access) MappingHistory(ctx context.Context, tenant tenants.TenantID, group string, since time.Time, limit int) ([]access.MappingChange, error) {
	if !isID(group) {
		return nil, tenants.ErrNotFound
	}
	var list []access.MappingChange
	known := false
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		list = nil
		b := &batch{}
		b.query(func(row scanner) error { return row.Scan(&known) }, `
			select exists (select 1 from resources r where r.tenant_id = $1 and r.id = $2 and r.resource_type = 'Group')
				or exists (select 1 from audit a
					where a.tenant_id = $1 and a.target_id = $2 and a.action = 'role_mapping.changed')`, tenant, group)
		b.query(func(row scanner) error {
			c, err := scanMappingChange(row)
			list = append(list, c)
			return err
		}, `
			select a.id, a.occurred_at, a.actor_name, a.changes from audit a
			where a.tenant_id = $1 and a.target_id = $2 and a.action = 'role_mapping.changed' and a.occurred_at >= $3
			order by a.number desc limit cast($4 as bigint)`, tenant, group, since.UnixMicro(), limit)
		return tx.last(ctx, b)
	})
	if err == nil && !known {
		err = tenants.ErrNotFound
	}
	if err != nil {
		return nil, wrap("read the history of role mappings", err)
	}
	return list, nil
}

func scanMappingChange(row scanner) (c access.MappingChange, err error) {
	var at int64
	var text []byte
	if err := row.Scan(&c.ID, &at, &c.By, &text); err != nil {
		return c, err
	}
	var changes mappingChanges
	if err := json.Unmarshal(text, &changes); err != nil {
		return c, fmt.Errorf("read a change of role mappings: %w", err)
	}
	c.At, c.Before, c.After = fromMicros(at), changes.Mappings.From, changes.Mappings.To
	if changes.People != nil {
		c.People = &changes.People.To
	}
	return c, nil
}
