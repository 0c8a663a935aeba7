package storage

import "github.com/roster-scim/roster/scim/schema"

// members has a row for every member of a group.
func (c *compiler) members(s resourceScope) place {
	m, x := c.alias("m"), c.alias("x")
	from, named := c.dialect.joinEach("members "+m, "resources "+x, x+".tenant_id = "+c.tenant+" and "+x+".id = "+m+".member_id")
	return place{
		from: from,
		where: m + ".tenant_id = " + c.tenant + " and " + m + ".group_id = " + s.alias + ".id" +
			" and " + m + ".connection_id = " + c.connection + " and " + named,
		order:   m + ".member_id",
		value:   always(nil),
		element: memberScope{m, x},
	}
}

// memberScope resolves the sub-attributes of one member: the row member of the
// table members and the row resource of what it names.
type memberScope struct{ member, resource string }

func (s memberScope) find(c *compiler, ref schema.Ref) (place, error) {
	var o operand
	switch subName(ref) {
	case "value":
		o = operand{sql: c.id(s.member + ".member_id"), as: asText}
	case "type":
		o = operand{sql: s.member + ".member_type", as: asText}
	case "display":
		o = operand{sql: "nullif(" + s.resource + ".display, '')", as: asText}
	case "$ref":
		o = operand{sql: s.member + ".member_id", as: asLink}
	default:
		return place{}, unknown(ref)
	}
	o.leaf = ref.Sub
	return place{value: o}, nil
}

// groups has a row for every group that a user belongs to, directly or through
// other groups. The recursion ends on cycles too, since union drops what it has
// seen. Memberships never leave a directory, and the index that they are read by
// has no more than the columns asked for here.
func (c *compiler) groups(s resourceScope) place {
	g, up, held := c.alias("g"), c.alias("up"), c.alias("h")
	memberOf := func(member string) string {
		return "m.tenant_id = " + c.tenant + " and m.member_id = " + member
	}
	closure := "(with recursive " + up + " (id) as (" +
		"select m.group_id from members m where " + memberOf(s.alias+".id") +
		" union select m.group_id from " + fromEach(c.dialect, up, "members m", memberOf(up+".id")) +
		") select id from " + up + ")"
	from, where := c.dialect.joinEach(closure+" "+held, "resources "+g, g+".tenant_id = "+c.tenant+" and "+g+".id = "+held+".id")
	return place{
		from:    from,
		where:   where + " and " + g + ".connection_id = " + c.connection,
		order:   g + ".id",
		value:   always(nil),
		element: membershipScope{s.alias, g},
	}
}

// membershipScope resolves the sub-attributes of one of a user's groups: the row
// group of the table resources.
type membershipScope struct{ resource, group string }

func (s membershipScope) find(c *compiler, ref schema.Ref) (place, error) {
	var o operand
	switch subName(ref) {
	case "value":
		o = operand{sql: c.id(s.group + ".id"), as: asText}
	case "type":
		o = operand{sql: "case when exists (select 1 from members m where m.tenant_id = " + c.tenant +
			" and m.group_id = " + s.group + ".id and m.member_id = " + s.resource + ".id)" +
			" then 'direct' else 'indirect' end", as: asText}
	case "display":
		o = operand{sql: "nullif(" + s.group + ".display, '')", as: asText}
	case "$ref":
		o = operand{sql: s.group + ".id", as: asLink}
	default:
		return place{}, unknown(ref)
	}
	o.leaf = ref.Sub
	return place{value: o}, nil
}

func subName(ref schema.Ref) string {
	if ref.Sub == nil {
		return ""
	}
	return ref.Sub.Name
}
