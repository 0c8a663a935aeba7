package storage

import (
	"context"
	"database/sql"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/people"
)

// ListMembers implements people.Store.
func (s *People) ListMembers(ctx context.Context, tenant tenants.TenantID, group, after string, limit int) ([]*people.Member, error) {
	members := []*people.Member{}
	err := s.readOf(ctx, "list members", tenant, group, "Group", after, func(tx *tx, b *batch, after string) {
		members = members[:0]
		p := &params{values: []any{tenant, group, after}}
		b.query(func(row scanner) error {
			one := &people.Member{}
			members = append(members, one)
			return scanMember(row, one)
		}, `
			select m.member_id, m.member_type, r.display,
				`+tx.jsonValue("r.document", []string{"userName"}, schema.String)+`,
				`+tx.jsonValue("r.document", []string{"active"}, schema.Boolean)+`, `+takenAway+`
			from members m cross join resources r`+fromConnection+`
			where m.tenant_id = $1 and m.group_id = $2 and m.member_id > $3 and r.tenant_id = $1 and r.id = m.member_id
			order by m.member_id limit `+p.number(limit), p.values...)
	})
	return members, err
}

func scanMember(row scanner, m *people.Member) error {
	var userName sql.NullString
	var active sql.NullBool
	var taken bool
	err := row.Scan(&m.ID, &m.Type, &m.Name, &userName, &active, &taken)
	if m.Type == "User" {
		m.UserName, m.Active = userName.String, (!active.Valid || active.Bool) && !taken
	}
	return err
}

// ListUserGroups implements people.Store.
func (s *People) ListUserGroups(ctx context.Context, tenant tenants.TenantID, user, after string, limit int) ([]*people.UserGroup, error) {
	var rows []*userGroupRow
	err := s.readOf(ctx, "list groups of user", tenant, user, "User", after, func(_ *tx, b *batch, after string) {
		rows = nil
		p := &params{values: []any{tenant, user, after}}
		b.query(func(row scanner) error {
			one := &userGroupRow{}
			rows = append(rows, one)
			return one.scan(row)
		}, `
			with recursive up (id) as (
				select m.group_id from members m where m.tenant_id = $1 and m.member_id = $2
				union
				select m.group_id from up cross join members m where m.tenant_id = $1 and m.member_id = up.id
			)
			select r.id, r.display, exists (
					select 1 from members m where m.tenant_id = $1 and m.group_id = r.id and m.member_id = $2), `+originColumns+`
			from up cross join resources r`+fromConnection+`
			where r.tenant_id = $1 and r.id = up.id and r.id > $3
			order by r.id limit `+p.number(limit), p.values...)
	})
	if err != nil {
		return nil, err
	}
	groups := make([]*people.UserGroup, len(rows))
	for i, row := range rows {
		groups[i] = &row.group
		if row.group.Connection, err = row.origin.connection(); err != nil {
			return nil, err
		}
	}
	return groups, nil
}

type userGroupRow struct {
	group  people.UserGroup
	origin originRow
}

func (g *userGroupRow) scan(row scanner) error {
	return row.Scan(append([]any{&g.group.ID, &g.group.DisplayName, &g.group.Direct}, g.origin.dest()...)...)
}

// readOf is read of what belongs to one resource of a type: ErrNotFound if that
// is not there. after is an id before all others if none is given.
func (s *People) readOf(ctx context.Context, doing string, tenant tenants.TenantID, id, typeName, after string,
	add func(tx *tx, b *batch, after string)) error {
	if after == "" {
		after = manualDirectory
	}
	if !isID(id) || !isID(after) {
		return tenants.ErrNotFound
	}
	found := false
	err := s.read(ctx, doing, tenant, func(tx *tx, b *batch) {
		found = false
		b.query(func(row scanner) error {
			var one int
			found = true
			return row.Scan(&one)
		}, `select 1 from resources r where r.tenant_id = $1 and r.id = $2 and r.resource_type = $3`, tenant, id, typeName)
		add(tx, b, after)
	})
	if err == nil && !found {
		err = tenants.ErrNotFound
	}
	return err
}
