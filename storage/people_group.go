package storage

import (
	"context"
	"strings"
	"time"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/people"
)

// groupRow is a row of a statement that groupsOf makes.
type groupRow struct {
	group             people.Group
	created, modified int64
	origin            originRow
}

func (g *groupRow) scan(row scanner) error {
	dest := append([]any{&g.group.ID, &g.group.DisplayName, &g.group.ExternalID, &g.created, &g.modified}, g.origin.dest()...)
	return row.Scan(append(dest, &g.group.Members, &g.group.Mappings)...)
}

func (g *groupRow) read() (*people.Group, error) {
	var err error
	g.group.Connection, err = g.origin.connection()
	g.group.CreatedAt, g.group.UpdatedAt = time.UnixMicro(g.created).UTC(), time.UnixMicro(g.modified).UTC()
	return &g.group, err
}

// groupsOf is the statement that reads a page of groups r. Their members and
// mappings are counted for the page alone.
func groupsOf(d dialect, from, where, limit string) string {
	external := `coalesce(` + d.jsonValue("r.document", []string{externalID}, schema.String) + `, '')`
	return `
	select p.*,
		(select count(*) from members m where m.tenant_id = $1 and m.group_id = p.id),
		(select count(*) from role_mappings x where x.tenant_id = $1 and x.group_id = p.id)
	from (
		select r.id, r.display, ` + external + ` as external_id, r.created_at, r.modified_at,
			r.connection_id, coalesce(c.name, '') as name, coalesce(c.provider, '') as provider,
			c.deleted_at is not null as deleting, ` + takenAway + ` as taken
		from ` + from + fromConnection + `
		where r.tenant_id = $1 and r.resource_type = 'Group' and ` + where + `
		order by r.id limit ` + limit + `
	) p
	order by p.id`
}

// Group implements people.Store.
func (s *People) Group(ctx context.Context, tenant tenants.TenantID, id string) (*people.Group, error) {
	if !isID(id) {
		return nil, tenants.ErrNotFound
	}
	var row groupRow
	err := s.read(ctx, "find group", tenant, func(tx *tx, b *batch) {
		row = groupRow{}
		b.query(row.scan, groupsOf(tx, `resources r`, `r.id = $2`, `1`), tenant, id)
	})
	if err == nil && row.group.ID == "" {
		err = tenants.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return row.read()
}

// ListGroups implements people.Store.
func (s *People) ListGroups(ctx context.Context, tenant tenants.TenantID, q people.GroupQuery) ([]*people.Group, error) {
	var rows []*groupRow
	err := s.read(ctx, "list groups", tenant, func(tx *tx, b *batch) {
		rows = nil
		query, values := groupListing(tx, tenant, q)
		b.query(func(row scanner) error {
			one := &groupRow{}
			rows = append(rows, one)
			return one.scan(row)
		}, query, values...)
	})
	if err != nil {
		return nil, err
	}
	groups := make([]*people.Group, len(rows))
	for i, row := range rows {
		if groups[i], err = row.read(); err != nil {
			return nil, err
		}
	}
	return groups, nil
}

func groupListing(t *tx, tenant tenants.TenantID, q people.GroupQuery) (query string, values []any) {
	p := &params{}
	p.add(tenant)
	if q.After == "" {
		q.After = manualDirectory // before all
	}
	after := p.add(q.After)
	conditions, driver := []string{`r.id > ` + after}, ""
	switch text := strings.ToLower(q.Text); {
	case isID(text):
		conditions = append(conditions, `r.id = `+p.add(text))
	case q.Text != "":
		driver = `select distinct ` + namesBeginning(p, t, q.Text, namesOfGroups, "Group")
	}
	if !q.Connection.IsZero() {
		conditions = append(conditions, `r.connection_id = `+p.add(q.Connection))
	}
	const isMapped = `exists (select 1 from role_mappings x where x.tenant_id = $1 and x.group_id = r.id)`
	switch {
	case q.Mapped == nil:
	case !*q.Mapped:
		conditions = append(conditions, `not `+isMapped)
	case driver == "":
		driver = `select distinct x.group_id as id from role_mappings x where x.tenant_id = $1`
	default:
		conditions = append(conditions, isMapped)
	}
	from := `resources r`
	if driver != "" {
		from = t.fewIDs(driver) + ` f cross join resources r`
		conditions = append(conditions, `r.id = f.id`)
	}
	return groupsOf(t, from, strings.Join(conditions, ` and `), p.number(q.Limit)), p.values
}
