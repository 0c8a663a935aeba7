package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// maxMembersOfPage bounds what a list of groups holds in memory. One group alone
// is read whatever its size.
const maxMembersOfPage = 250_000

// Members implements scim.Store. Each group is read in the order of the table's
// key, so nothing is sorted.
func (s *Resources) Members(ctx context.Context, dir scim.Directory, groupIDs []string) (map[string][]scim.Member, error) {
	members := make(map[string][]scim.Member, len(groupIDs))
	ids := idRows(groupIDs)
	if len(ids) == 0 {
		return members, nil
	}
	err := s.db.view(ctx, dir.TenantID, func(tx *tx) error {
		err := tx.each(ctx, func(row scanner) error {
			var id string
			err := row.Scan(&id)
			members[id] = []scim.Member{}
			return err
		}, `
			select r.id from `+tx.jsonRows("$3", "g", "id uuid")+` cross join resources r
			where r.tenant_id = $1 and r.connection_id = $2 and r.id = g.id`,
			dir.TenantID, dir.ConnectionID, jsonParam(ids))
		if err != nil {
			return err
		}
		b, total := &batch{}, 0
		for id := range members {
			b.query(func(row scanner) error {
				if total++; total > maxMembersOfPage && len(members) > 1 {
					return schema.Errorf(schema.TooMany, "The groups of this page have more than %d members together. "+
						"Ask for fewer groups at once, or leave the members out with excludedAttributes=members.", maxMembersOfPage)
				}
				var m scim.Member
				err := row.Scan(&m.ID, &m.Type, &m.Display)
				members[id] = append(members[id], m)
				return err
			}, `
				select m.member_id, m.member_type, r.display
				from members m join resources r on r.tenant_id = m.tenant_id and r.id = m.member_id
				where m.tenant_id = $1 and m.group_id = $2
				order by m.member_id`, dir.TenantID, id)
		}
		return tx.send(ctx, b)
	})
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	return members, nil
}

// Memberships implements scim.Store: one walk from the resources up. A pair of
// resource and group is visited at most twice, whatever the nesting.
func (s *Resources) Memberships(ctx context.Context, dir scim.Directory, ids []string) (map[string][]scim.Membership, error) {
	memberships := make(map[string][]scim.Membership, len(ids))
	rows := idRows(ids)
	if len(rows) == 0 {
		return memberships, nil
	}
	err := s.db.view(ctx, dir.TenantID, func(tx *tx) error {
		return tx.each(ctx, func(row scanner) error {
			var id string
			var direct int
			var m scim.Membership
			err := row.Scan(&id, &m.GroupID, &m.Display, &direct)
			m.Direct = direct == 1
			memberships[id] = append(memberships[id], m)
			return err
		}, `
			with recursive up (member_id, group_id, direct) as (
				select m.member_id, m.group_id, 1
				from `+tx.jsonRows("$3", "i", "id uuid")+` cross join members m
				where m.tenant_id = $1 and m.connection_id = $2 and m.member_id = i.id
				union
				select up.member_id, m.group_id, 0
				from up cross join members m
				where m.tenant_id = $1 and m.connection_id = $2 and m.member_id = up.group_id
			)
			select up.member_id, up.group_id, r.display, max(up.direct)
			from up cross join resources r
			where r.tenant_id = $1 and r.id = up.group_id
			group by up.member_id, up.group_id, r.display
			order by up.member_id, up.group_id`,
			dir.TenantID, dir.ConnectionID, jsonParam(rows))
	})
	if err != nil {
		return nil, fmt.Errorf("read memberships: %w", err)
	}
	return memberships, nil
}

// idRow is a row of a parameter list of ids.
type idRow struct {
	ID   string `json:"id"`
	Type string `json:"type,omitempty"`
}

// idRows leaves out what can be no id, and repetitions.
func idRows(ids []string) []idRow {
	seen := make(map[string]bool, len(ids))
	rows := make([]idRow, 0, len(ids))
	for _, id := range ids {
		if isID(id) && !seen[id] {
			seen[id] = true
			rows = append(rows, idRow{ID: id})
		}
	}
	return rows
}
