package storage

import (
	"slices"
	"strconv"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants/access"
)

// selectAccess is factsQuery for the user $2 alone, as lean as can be: what
// somebody holds is asked as often as who they are. Its rows are of three kinds:
// the user, first; each membership, once for every mapping of its group and once
// if it has none; each assignment.
func selectAccess(d dialect) string {
	const nothing = `'', '', '', 0, '', 0, 0`
	return `
	select 1, r.connection_id, r.id, ` +
		bits(d.jsonValue("r.document", []string{"active"}, schema.Boolean)+` = false`, `c.status = 'paused'`,
			`c.deleted_at is not null`, `c.deleted_at is not null and c.delete_people in ('deactivate', 'remove')`) + `,
		coalesce(c.name, ''), coalesce((select ` + d.jsonValue("i.settings", []string{"access_rule"}, schema.String) + ` from installation i), ''),
		` + nothing + `
	from resources r left join connections c on c.tenant_id = $1 and c.id = r.connection_id
	where r.tenant_id = $1 and r.id = $2 and r.resource_type = 'User'
	union all
	select * from (
		with recursive up (child, id, since) as (
			select m.member_id, m.group_id, m.added_at from members m where m.tenant_id = $1 and m.member_id = $2
			union
			select m.member_id, m.group_id, m.added_at from up cross join members m
			where m.tenant_id = $1 and m.member_id = up.id
		)
		select 2, up.child, up.id, up.since, g.display, ` + grantColumns("m") + `
		from up cross join resources g
			left join role_mappings m on m.tenant_id = $1 and m.group_id = up.id
			left join roles o on o.key = m.role
		where g.tenant_id = $1 and g.id = up.id
	) x
	union all
	select 3, a.id, a.user_id, 0, '', ` + grantColumns("a") + `
	from assignments a left join roles o on o.key = a.role
	where a.tenant_id = $1 and a.user_id = $2`
}

// Kinds of rows of selectAccess.
const (
	rowUser = iota + 1
	rowMembership
	rowAssignment
)

// grantColumns are a mapping's or an assignment's, with those of its role o.
func grantColumns(alias string) string {
	text := func(column string) string { return "coalesce(" + alias + "." + column + ", ''), " }
	return text("entry_point") + text("role") + text("created_by") + text("created_by_name") +
		"coalesce(" + alias + ".created_at, 0), coalesce(o.name, ''), coalesce(o.rank, 0), " +
		bits(alias+".role is not null", "not "+entryPointExists("$1", alias),
			"o.key is not null", "o.grantable", "o.keep_one", "o.mappable_with_permissions", rolePermits("$1", "o.key"))
}

// bits are conditions as a number: the first is the lowest bit.
func bits(conditions ...string) string {
	terms := make([]string, len(conditions))
	for i, c := range conditions {
		terms[i] = "case when " + c + " then " + strconv.Itoa(1<<i) + " else 0 end"
	}
	return strings.Join(terms, " + ")
}

// accessColumns is a row of selectAccess.
type accessColumns struct {
	kind     int
	one, two string
	number   int64
	text     string

	at, role, by, who string
	made              int64
	name              string
	rank              int64
	has               int64
}

// accessRows collects the rows.
type accessRows struct {
	*access.Facts
	found bool // there is such a user
}

func newAccessRows() *accessRows {
	return &accessRows{Facts: &access.Facts{
		Connections: map[string]access.Connection{}, Parents: map[string][]access.Membership{}, Groups: map[string]string{},
		Mappings: map[string][]access.Mapping{}, Assignments: map[string][]access.Assignment{}, Roles: map[string]*access.Role{},
	}}
}

func (r *accessRows) scan(row scanner) error {
	var c accessColumns
	err := row.Scan(&c.kind, &c.one, &c.two, &c.number, &c.text, &c.at, &c.role, &c.by, &c.who, &c.made, &c.name, &c.rank, &c.has)
	if err != nil {
		return err
	}
	switch c.kind {
	case rowUser:
		r.user(&c)
	case rowMembership:
		r.membership(&c)
	case rowAssignment:
		return addAssignment(r.Facts, c.two, r.grant(&c))
	}
	return nil
}

func (r *accessRows) user(c *accessColumns) {
	r.found = true
	r.Rule = ruleOf(&c.at)
	r.People = []access.Person{{ID: c.two, ConnectionID: c.one, Active: c.number&1 == 0}}
	r.Connections[c.one] = access.Connection{Name: c.text, Paused: c.number&2 != 0, Ends: c.number&4 != 0, Takes: c.number&8 != 0}
}

// membership adds a step up and one mapping of the group. Where several steps
// lead to a group its mappings come with each of them.
func (r *accessRows) membership(c *accessColumns) {
	step := access.Membership{GroupID: c.two, Since: fromMicros(c.number)}
	if !slices.Contains(r.Parents[c.one], step) {
		r.Parents[c.one] = append(r.Parents[c.one], step)
	}
	r.Groups[c.two] = c.text
	if c.has&grantExists == 0 {
		return
	}
	g := r.grant(c)
	m := g.mapping(c.text)
	if !slices.Contains(r.Mappings[c.two], m) {
		r.Mappings[c.two] = append(r.Mappings[c.two], m)
	}
}

// The bits of grantColumns.
const (
	grantExists = 1 << iota
	grantLost
	roleExists
	roleGrantable
	roleKeepOne
	roleMappable
	rolePermitted
)

// grant is the mapping or assignment of a row, whose role it adds.
func (r *accessRows) grant(c *accessColumns) grant {
	if c.has&roleExists != 0 && r.Roles[c.role] == nil {
		r.Roles[c.role] = &access.Role{Key: c.role, Name: c.name, Rank: c.rank, Grantable: c.has&roleGrantable != 0,
			KeepOne: c.has&roleKeepOne != 0, Mappable: c.has&roleMappable != 0, Permits: c.has&rolePermitted != 0}
	}
	of := c.one
	if c.kind == rowMembership {
		of = c.two
	}
	return grant{ID: of, At: c.at, Role: c.role, By: c.by, Who: c.who, Since: c.made, Lost: c.has&grantLost != 0}
}

func ruleOf(setting *string) access.Rule {
	if setting != nil && *setting == string(access.All) {
		return access.All
	}
	return access.Highest
}
