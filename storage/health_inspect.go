package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/health"
)

// Bounds of what is looked at and told.
const (
	findingExamples = 5
	aliasesLookedAt = 2000 // external ids that are no GUIDs, of all connections of a page
	groupsLookedAt  = 200  // of one connection
	twinsLookedAt   = 500  // groups that share a name
)

// Inspect implements health.Store.
func (s *Health) Inspect(ctx context.Context, tenant tenants.TenantID, list []health.Inspected) (map[tenants.ConnectionID]*health.Findings, error) {
	var found map[tenants.ConnectionID]*health.Findings
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		found = make(map[tenants.ConnectionID]*health.Findings, len(list))
		i := &inspection{tx: tx, tenant: tenant, of: make(map[string]*health.Findings, len(list))}
		for _, asked := range list {
			f := &health.Findings{}
			found[asked.Connection], i.of[asked.Connection.UUID()] = f, f
		}
		b := &batch{}
		i.emails(b, inspectedRows(list, func(health.Inspected) bool { return true }))
		i.twins(b, inspectedRows(list, func(health.Inspected) bool { return true }))
		i.waiting(b, inspectedRows(list, func(health.Inspected) bool { return true }))
		i.aliases(b, inspectedRows(list, func(a health.Inspected) bool { return a.Aliases }))
		i.everybody(b, inspectedRows(list, func(a health.Inspected) bool { return a.Everybody > 0 }))
		return tx.last(ctx, b)
	})
	if err != nil {
		return nil, fmt.Errorf("look into directories: %w", err)
	}
	return found, nil
}

// inspectedRow is a row of a parameter list.
type inspectedRow struct {
	ID   string `json:"id"`
	Need int    `json:"need"` // people in a group with nearly everybody
}

func inspectedRows(list []health.Inspected, which func(health.Inspected) bool) []inspectedRow {
	var rows []inspectedRow
	for _, asked := range list {
		if which(asked) {
			rows = append(rows, inspectedRow{ID: asked.Connection.UUID(), Need: asked.Everybody})
		}
	}
	return rows
}

// inspection is one batch of Inspect. Every statement is about several
// connections and reads by index alone until it knows whom to name.
type inspection struct {
	*tx
	tenant tenants.TenantID
	of     map[string]*health.Findings
}

// finding scans a row with a connection, a count, and a resource, of which there
// is one row for each example, the oldest first.
func (i *inspection) finding(pick func(*health.Findings) *health.Finding) func(scanner) error {
	return func(row scanner) error {
		var connection, id, name string
		var count, at int64
		if err := row.Scan(&connection, &count, &id, &name, &at); err != nil {
			return err
		}
		f := i.of[connection]
		if f == nil {
			return nil
		}
		into := pick(f)
		into.Count = count
		if since := fromMicros(at); into.Since.IsZero() || since.Before(into.Since) {
			into.Since = since
		}
		into.Examples = append(into.Examples, health.Example{Name: name, ID: id})
		return nil
	}
}

// countedAndNamed ends a statement whose common table "chosen" has connections and resources:
// it counts them and names the oldest.
const countedAndNamed = `, ranked as (
			select s.connection_id, s.resource_id, count(*) over (partition by s.connection_id) as total,
				row_number() over (partition by s.connection_id order by s.resource_id) as place
			from chosen s
		)
		select k.connection_id, k.total, r.id, r.display, r.created_at
		from ranked k cross join resources r
		where r.tenant_id = $1 and r.id = k.resource_id and k.place <= $3
		order by k.connection_id, k.place`

// emails finds active people without an address: those who have a userName, less
// those who have an address or are inactive.
func (i *inspection) emails(b *batch, rows []inspectedRow) {
	if len(rows) == 0 {
		return
	}
	values := `
			select v.connection_id, v.resource_id
			from ` + i.jsonRows("$2", "a", "id uuid") + ` cross join resource_values v
			where v.tenant_id = $1 and v.connection_id = a.id and v.resource_type = 'User' and v.attribute = `
	b.query(i.finding(func(f *health.Findings) *health.Finding { return &f.NoEmail }), `
		with chosen as (`+values+`'userName' except`+values+`'emails.value' except`+values+`'`+inactive+`')`+countedAndNamed,
		i.tenant, jsonParam(rows), findingExamples)
}

// aliases finds people whose externalId is no GUID but what is before the @ of
// their userName or of an address.
func (i *inspection) aliases(b *batch, rows []inspectedRow) {
	if len(rows) == 0 {
		return
	}
	b.query(i.finding(func(f *health.Findings) *health.Finding { return &f.Alias }), `
		with odd as (
			select v.connection_id, v.resource_id, `+i.fold("v.value")+` || '@' as alias
			from `+i.jsonRows("$2", "a", "id uuid")+` cross join resource_values v
			where v.tenant_id = $1 and v.connection_id = a.id and v.resource_type = 'User' and v.attribute = '`+externalID+`'
				and v.value not like '________-____-____-____-____________'
			limit cast($4 as bigint)
		), chosen as (
			select o.connection_id, o.resource_id from odd o
			where exists (
				select 1 from resource_values u
				where u.tenant_id = $1 and u.resource_id = o.resource_id and u.attribute in ('userName', 'emails.value')
					and substr(u.value, 1, length(o.alias)) = o.alias)
		)`+countedAndNamed, i.tenant, jsonParam(rows), findingExamples, aliasesLookedAt)
}

// everybody finds groups with as many people as there nearly are.
func (i *inspection) everybody(b *batch, rows []inspectedRow) {
	if len(rows) == 0 {
		return
	}
	b.query(i.finding(func(f *health.Findings) *health.Finding { return &f.Everybody }), `
		with chosen as (
			select g.connection_id, g.id as resource_id
			from (
				select a.id as connection_id, r.id, a.need,
					row_number() over (partition by a.id order by r.position) as place
				from `+i.jsonRows("$2", "a", "id uuid", "need bigint")+` cross join resources r
				where r.tenant_id = $1 and r.connection_id = a.id and r.resource_type = 'Group'
			) g
			where g.place <= $4 and g.need <= (
				select count(*) from members m where m.tenant_id = $1 and m.group_id = g.id and m.member_type = 'User')
		)`+countedAndNamed, i.tenant, jsonParam(rows), findingExamples, groupsLookedAt)
}

// twins finds names that several groups have. It counts names, and names one
// group of each.
func (i *inspection) twins(b *batch, rows []inspectedRow) {
	if len(rows) == 0 {
		return
	}
	last := map[string]string{} // the name that was counted last, by connection
	b.query(func(row scanner) error {
		var connection, value, id, name string
		var at int64
		if err := row.Scan(&connection, &value, &id, &name, &at); err != nil {
			return err
		}
		if f := i.of[connection]; f != nil {
			addTwin(&f.Twins, last[connection] == value, health.Example{Name: name, ID: id}, fromMicros(at))
			last[connection] = value
		}
		return nil
	}, `
		with names as (
			select v.connection_id, v.value
			from `+i.jsonRows("$2", "a", "id uuid")+` cross join resource_values v
			where v.tenant_id = $1 and v.connection_id = a.id and v.resource_type = 'Group' and v.attribute = 'displayName'
			group by v.connection_id, v.value
			having count(*) > 1
		)
		select n.connection_id, n.value, r.id, r.display, r.created_at
		from names n
		cross join resource_values v
		join resources r on r.tenant_id = v.tenant_id and r.id = v.resource_id
		where v.tenant_id = $1 and v.connection_id = n.connection_id and v.resource_type = 'Group'
			and v.attribute = 'displayName' and v.value = n.value
		order by n.connection_id, n.value, r.id
		limit cast($3 as bigint)`, i.tenant, jsonParam(rows), twinsLookedAt)
}

// addTwin takes in one group of those that share a name. The name is a problem
// since the second was made.
func addTwin(f *health.Finding, second bool, e health.Example, made time.Time) {
	if !second {
		f.Count++
		if len(f.Examples) < findingExamples {
			f.Examples = append(f.Examples, e)
		}
		return
	}
	if f.Since.IsZero() || made.Before(f.Since) {
		f.Since = made
	}
}

// waiting finds members that wait to be provisioned.
func (i *inspection) waiting(b *batch, rows []inspectedRow) {
	if len(rows) == 0 {
		return
	}
	b.query(func(row scanner) error {
		var connection, value string
		var count, groups, since int64
		if err := row.Scan(&connection, &value, &count, &groups, &since); err != nil {
			return err
		}
		if f := i.of[connection]; f != nil {
			f.Waiting.Count, f.Groups, f.Waiting.Since = count, groups, fromMicros(since)
			f.Waiting.Examples = append(f.Waiting.Examples, health.Example{Name: value})
		}
		return nil
	}, `
		with chosen as (
			select p.connection_id, p.value, p.group_id, p.pending_since
			from `+i.jsonRows("$2", "a", "id uuid")+` cross join pending_members p
			where p.tenant_id = $1 and p.connection_id = a.id
		), ranked as (
			select s.connection_id, s.value, row_number() over (partition by s.connection_id order by s.value) as place
			from (select distinct d.connection_id, d.value from chosen d) s
		), totals as (
			select s.connection_id, count(distinct s.value) as people, count(distinct s.group_id) as groups, min(s.pending_since) as since
			from chosen s group by s.connection_id
		)
		select k.connection_id, k.value, t.people, t.groups, t.since
		from ranked k join totals t on t.connection_id = k.connection_id
		where k.place <= $3
		order by k.connection_id, k.place`, i.tenant, jsonParam(rows), findingExamples)
}
