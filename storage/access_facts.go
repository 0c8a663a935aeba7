package storage

import (
	"context"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/audit"
)

// factsQuery is how the access of some people is read: one statement, one row,
// whose columns have all that it follows from. Nothing in it goes by what the
// tenant has besides; each person costs a few index look-ups. People's rows and
// their memberships, of which there may be many, come as plain text; the rest,
// of which there is little, as JSON.
type factsQuery struct {
	people string // a query for the ids of the people, with $2
	groups string // a query for groups whose mappings are wanted too, with $2; "" for none
	told   bool   // what the vendor was told
}

// factsTargets is the parameter of every such statement besides $1, the tenant,
// and $2: roles and entry points that are wanted too, as jsonRows has them.
const factsTargets = "$3"

const (
	lineSeparator  = "\n"
	fieldSeparator = "\t"
)

// namedPeople are the users of the list $2.
func namedPeople(d dialect) string { return `select n.id from ` + d.jsonRows("$2", "n", "id uuid") }

// peopleBelow are the users in the groups of the list $2, at any depth, and the
// users of the list.
func peopleBelow(d dialect) string {
	return `with recursive down (id, type) as (
			select n.id, n.type from ` + d.jsonRows("$2", "n", "id uuid", "type text") + `
			union
			select m.member_id, m.member_type from down cross join members m
			where m.tenant_id = $1 and m.group_id = down.id and down.type = 'Group'
		)
		select down.id from down where down.type = 'User'`
}

// text is the statement.
func (q factsQuery) text(d dialect) string {
	groups, told := "", "null"
	if q.groups != "" {
		groups = " union " + q.groups
	}
	if q.told {
		told = `(select ` + d.jsonObjects("user", "t.user_id", "access", "cast(t.access as text)") + `
			from people cross join access_told t where t.tenant_id = $1 and t.user_id = people.id)`
	}
	return `
	with recursive people (id) as materialized (` + q.people + `),
	up (child, id, since) as (
		select m.member_id, m.group_id, m.added_at from people cross join members m
		where m.tenant_id = $1 and m.member_id = people.id
		union
		select m.member_id, m.group_id, m.added_at from up cross join members m
		where m.tenant_id = $1 and m.member_id = up.id
	),
	groups (id) as materialized (select distinct up.id from up` + groups + `),
	targets (entry_point, role) as (
		select n.entry_point, n.role from ` + d.jsonRows(factsTargets, "n", "entry_point text", "role text") + `
	),
	named (role) as (
		select m.role from groups cross join role_mappings m where m.tenant_id = $1 and m.group_id = groups.id
		union
		select a.role from people cross join assignments a where a.tenant_id = $1 and a.user_id = people.id
		union
		select targets.role from targets
	)
	select ` + strings.Join([]string{
		d.jsonValue("i.settings", []string{"access_rule"}, schema.String),
		factsPeople(d),
		factsConnections(d),
		`(select string_agg(cast(up.child as text) || cast(up.id as text) || cast(up.since as text), ` + line + `) from up)`,
		factsGroups(d),
		factsMappings(d),
		factsAssignments(d),
		factsRoles(d),
		`(select ` + d.jsonObjects("key", "e.key") + `
			from (select distinct targets.entry_point from targets) x cross join entry_points e
			where e.tenant_id = $1 and e.key = x.entry_point)`,
		told,
	}, ",\n") + `
	from installation i`
}

func factsPeople(d dialect) string {
	return `(select string_agg(cast(r.id as text) || cast(r.connection_id as text) ||
			case when ` + d.jsonValue("r.document", []string{"active"}, schema.Boolean) + ` = false then '0' else '1' end ||
			` + oneLine("r.display") + ` || ` + field + ` || ` + oneLine(`coalesce(`+d.jsonValue("r.document", []string{"userName"}, schema.String)+`, '')`) + `, ` + line + `)
		from people cross join resources r where r.tenant_id = $1 and r.id = people.id and r.resource_type = 'User')`
}

func factsConnections(d dialect) string {
	return `(select ` + d.jsonObjects("id", "c.id", "name", "c.name", "paused", yes("c.status = 'paused'"),
		"ends", yes("c.deleted_at is not null"), "takes", yes("c.deleted_at is not null and c.delete_people in ('deactivate', 'remove')")) + `
		from (select distinct r.connection_id from people cross join resources r where r.tenant_id = $1 and r.id = people.id) x
			cross join connections c
		where c.tenant_id = $1 and c.id = x.connection_id)`
}

func factsGroups(d dialect) string {
	return `(select ` + d.jsonObjects("id", "g.id", "name", "g.display") + `
		from (select distinct groups.id from groups) x cross join resources g
		where g.tenant_id = $1 and g.id = x.id and g.resource_type = 'Group')`
}

func factsMappings(d dialect) string {
	return `(select ` + d.jsonObjects("id", "m.group_id", "name", "m.group_name", "at", "m.entry_point", "role", "m.role",
		"by", "m.created_by", "who", "m.created_by_name", "since", "m.created_at", "lost", yes("not "+entryPointExists("$1", "m"))) + `
		from (select distinct groups.id from groups) x cross join role_mappings m
		where m.tenant_id = $1 and m.group_id = x.id)`
}

func factsAssignments(d dialect) string {
	return `(select ` + d.jsonObjects("id", "a.id", "user", "a.user_id", "at", "a.entry_point", "role", "a.role",
		"by", "a.created_by", "who", "a.created_by_name", "since", "a.created_at", "lost", yes("not "+entryPointExists("$1", "a"))) + `
		from people cross join assignments a
		where a.tenant_id = $1 and a.user_id = people.id)`
}

func factsRoles(d dialect) string {
	return `(select ` + d.jsonObjects("key", "o.key", "name", "o.name", "rank", "o.rank", "grantable", yes("o.grantable"),
		"keep_one", yes("o.keep_one"), "mappable", yes("o.mappable_with_permissions"), "permits", yes(rolePermits("$1", "o.key"))) + `
		from named cross join roles o where o.key = named.role)`
}

// yes is a condition as a number, which JSON has the same of every database.
func yes(condition string) string { return "case when " + condition + " then 1 else 0 end" }

// facts reads what the access of people follows from. subject is $2.
func (t *tx) facts(ctx context.Context, q factsQuery, tenant, subject string, targets []access.Holding) (*access.Facts, map[string][]access.Holding, error) {
	b := &batch{}
	read := t.addFacts(b, q, tenant, subject, targets)
	if err := t.send(ctx, b); err != nil {
		return nil, nil, err
	}
	return read()
}

// addFacts adds the reading to a batch; the result decodes what it has found.
func (t *tx) addFacts(b *batch, q factsQuery, tenant, subject string, targets []access.Holding) func() (*access.Facts, map[string][]access.Holding, error) {
	var row factsRow
	b.query(row.scan, q.text(t), tenant, subject, jsonParam(targets))
	return row.decode
}

// What separates lines and fields in lists, as SQL.
const (
	line  = "'\n'"
	field = "'\t'"
)

// oneLine is a text without what separates lines and fields.
func oneLine(text string) string {
	return "replace(replace(" + text + ", " + line + ", ' '), " + field + ", ' ')"
}

// noConnection is the connection of manual users.
const noConnection = audit.Installation
