package storage

import (
	"context"
	"fmt"
	"slices"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

var _ access.Store = (*Access)(nil)

// listPage is how many people a list looks at at a time.
const listPage = 200

// ListAccess implements access.AccessStore. People are looked at in the order of
// ids, as far as they have a reason to hold what is asked for: most of them do
// hold it.
func (s *Access) ListAccess(ctx context.Context, tenant tenants.TenantID, filter access.Filter, after string, limit int) ([]*access.UserAccess, error) {
	if filter.User != "" {
		return s.listOne(ctx, tenant, filter, after)
	}
	var found []*access.UserAccess
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		found = nil
		for place, more := orZero(after), true; more && len(found) < limit; {
			ids, err := tx.peopleMatching(ctx, tenant.UUID(), filter, place)
			if err != nil || len(ids) == 0 {
				return err
			}
			f, _, err := tx.facts(ctx, factsQuery{people: namedPeople(tx)}, tenant.UUID(), jsonParam(rowsOf(ids)), nil)
			if err != nil {
				return err
			}
			found = appendMatching(found, f, filter, limit)
			place, more = ids[len(ids)-1], len(ids) == listPage
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list access: %w", err)
	}
	return found, nil
}

func (s *Access) listOne(ctx context.Context, tenant tenants.TenantID, filter access.Filter, after string) ([]*access.UserAccess, error) {
	if filter.User <= after {
		return nil, nil
	}
	u, err := s.Access(ctx, tenant, filter.User)
	if err != nil {
		return nil, err
	}
	if !filter.Select(u) {
		return nil, nil
	}
	return []*access.UserAccess{u}, nil
}

func appendMatching(found []*access.UserAccess, f *access.Facts, filter access.Filter, limit int) []*access.UserAccess {
	for i := range f.People {
		if len(found) == limit {
			break
		}
		if u := f.Of(&f.People[i]); filter.Select(u) {
			found = append(found, u)
		}
	}
	return found
}

// peopleMatching are the next people who have a reason for what a filter selects.
func (t *tx) peopleMatching(ctx context.Context, tenant string, f access.Filter, place string) ([]string, error) {
	of := func(alias string) string {
		return ` and ($3 = '' or ` + alias + `.entry_point = $3) and ($4 = '' or ` + alias + `.role = $4)`
	}
	return t.ids(ctx, `
		select r.id from resources r
		where r.tenant_id = $1 and r.id > $2 and r.resource_type = 'User'
			and (exists (
				select 1 from assignments a where a.tenant_id = $1 and a.user_id = r.id`+of("a")+`)
			or exists (
				select 1 from members m
				where m.tenant_id = $1 and m.member_id = r.id and (m.group_id in (`+groupsLeadingTo("$1", of("x"))+`)) is true))
		order by r.id limit cast($5 as bigint)`, tenant, place, f.EntryPoint, f.Role, listPage)
}

// ListMappings implements access.MappingStore.
func (s *Access) ListMappings(ctx context.Context, tenant tenants.TenantID, after access.MappingPlace, limit int) ([]access.ListedMapping, error) {
	all, err := s.mappings(ctx, tenant, `(m.group_id, m.entry_point, m.role) > ($2, $3, $4) and m.group_id >= $2`,
		orZero(after.Group), after.EntryPoint, after.Role, max(limit, 0))
	return all, wrapIf("list role mappings", err)
}

// Mappings implements access.MappingStore.
func (s *Access) Mappings(ctx context.Context, tenant tenants.TenantID, group string) ([]access.ListedMapping, error) {
	if !isID(group) {
		return nil, tenants.ErrNotFound
	}
	all, err := s.mappings(ctx, tenant, `m.group_id = $2 and m.entry_point >= $3 and m.role >= $4`, group, "", "", access.MaxTenantMappings)
	if err == nil && len(all) == 0 {
		var exists []int
		exists, err = listOf(ctx, s.db, tenant.UUID(), func(scanner) (int, error) { return 1, nil },
			`select 1 from resources r where r.tenant_id = $1 and r.id = $2 and r.resource_type = 'Group'`, tenant.UUID(), group)
		if err == nil && len(exists) == 0 {
			err = tenants.ErrNotFound
		}
	}
	return all, wrapIf("find role mappings", err)
}

// mappings reads mappings m on a condition with $2, $3 and $4.
func (s *Access) mappings(ctx context.Context, tenant tenants.TenantID, condition string, args ...any) ([]access.ListedMapping, error) {
	all, err := listOf(ctx, s.db, tenant.UUID(), scanMapping, `
		select m.group_id, coalesce(g.display, m.group_name), `+grantColumns("m")+`, `+yes("g.id is null")+`
		from role_mappings m
			left join roles o on o.key = m.role
			left join resources g on g.tenant_id = $1 and g.id = m.group_id
		where m.tenant_id = $1 and `+condition+`
		order by m.group_id, m.entry_point, m.role limit cast($5 as bigint)`, append([]any{tenant.UUID()}, args...)...)
	return slices.Clip(all), err
}

func scanMapping(row scanner) (access.ListedMapping, error) {
	var c accessColumns
	var gone int
	err := row.Scan(&c.one, &c.text, &c.at, &c.role, &c.by, &c.who, &c.made, &c.name, &c.rank, &c.has, &gone)
	if err != nil {
		return access.ListedMapping{}, err
	}
	rows := newAccessRows()
	g := rows.grant(&c)
	m := g.mapping(c.text)
	m.NoGroup = gone == 1
	return access.ListedMapping{Mapping: m, WhyNot: rows.WhyNot(&m)}, nil
}
