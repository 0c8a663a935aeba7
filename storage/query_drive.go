package storage

import (
	"cmp"
	"slices"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

// driver is a set of few resources that holds all a filter can match. A
// statement reads it by its primary key or an index, joins resources to it, and
// checks the whole filter on what it finds.
type driver struct {
	rank int // what is expected to hold fewest resources comes first
	ref  schema.Ref
	by   driverKind
	text string // the literal
	key  string // of byValue: that of the index

	// whole says that every resource of the driver matches the comparison which it
	// was made of, so that there is nothing left to check.
	whole bool
}

type driverKind int

const (
	byID     driverKind = iota // the resource itself
	byValue                    // resource_values
	byMember                   // the groups with a member
	byGroup                    // the members of a group, also through other groups
)

// Ranks of drivers.
const (
	rankOne    = iota // at most one resource
	rankMember        // the groups that one resource belongs to
	rankValue         // the resources with one value
	rankGroup         // all that a group holds
)

// chooseDriver returns the best driver that a filter implies, or nil if every
// resource has to be looked at.
func chooseDriver(t *schema.ResourceType, e filter.Expr) *driver {
	var found []driver
	conjuncts(e, func(c *filter.Compare) {
		if d, ok := driverOf(t, c); ok {
			found = append(found, d)
		}
	})
	if len(found) == 0 {
		return nil
	}
	best := slices.MinFunc(found, func(a, b driver) int { return cmp.Compare(a.rank, b.rank) })
	return &best
}

// conjuncts calls fn with comparisons each of which, if it has a literal and is
// not ne, holds whenever e does: what is true of one element of an attribute is
// true of some element.
func conjuncts(e filter.Expr, fn func(*filter.Compare)) {
	switch e := e.(type) {
	case *filter.Compare:
		fn(e)
	case *filter.And:
		for _, term := range e.Terms {
			conjuncts(term, fn)
		}
	case *filter.Has:
		conjuncts(e.Filter, fn)
	}
}

// unchanging reports whether a tenant cannot give the attribute another definition:
// what a deleted connection left is indexed by the one that it was written under,
// and may come back.
func unchanging(t *schema.ResourceType, ref schema.Ref) bool {
	return t.Revision() == 0 || ref.URN == "" && (t.Schema == schema.UserURN || t.Schema == schema.GroupURN)
}

func driverOf(t *schema.ResourceType, c *filter.Compare) (driver, bool) {
	text, ok := c.Value.(string)
	if !ok || c.Op != filter.Eq {
		return driver{}, false
	}
	d := driver{ref: c.Ref, text: text}
	switch {
	case c.Ref.Attr == t.Members():
		d.by, d.rank = byMember, rankMember
		return d, subName(c.Ref) == "value"
	case indexedAttribute(t, c.Ref):
		d.by, d.rank, d.key = byValue, rankValue, indexKey(c.Ref.Leaf(), text)
		d.whole = !isDigest(d.key) && unchanging(t, c.Ref)
		if isUnique(c.Ref.Leaf()) {
			d.rank = rankOne
		}
		return d, true
	case c.Ref.URN != "":
		return d, false
	case c.Ref.Attr.Name == "id":
		d.by, d.rank = byID, rankOne
		return d, true
	case c.Ref.Attr.Name == "groups" && t.Schema == schema.UserURN:
		d.by, d.rank = byGroup, rankGroup
		return d, subName(c.Ref) == "value"
	}
	return d, false
}

// namesID says whether the driver's literal is the id of a resource.
func (d *driver) namesID() bool { return d.by != byValue }

// from is the table expression and the condition that select the resources r of
// a driver. The order of a cross join is the one in which SQLite reads.
func (c *compiler) from(d *driver) (from, where string) {
	if d == nil {
		return "resources r", ""
	}
	switch d.by {
	case byID:
		return c.resourcesOf("", c.add(d.text))
	case byMember:
		from, where = c.resourcesOf("members d", "d.group_id")
		return from, "d.tenant_id = " + c.tenant + " and d.member_id = " + c.add(d.text) + " and " + where
	case byGroup:
		return c.resourcesOf(c.heldBy(d.text)+" d", "d.id")
	}
	from, where = c.resourcesOf("resource_values d", "d.resource_id")
	return from, "d.tenant_id = " + c.tenant +
		" and d.connection_id = " + c.connection + " and d.resource_type = " + c.typeName +
		" and d.attribute = " + c.add(d.ref.String()) +
		" and d.value = " + c.add(d.key) + " and " + where
}

// resourcesOf are the resources r whose ids the rows of a table expression have, or
// that has the id if there is none.
func (c *compiler) resourcesOf(rows, id string) (from, where string) {
	return c.dialect.joinEach(rows, "resources r", "r.tenant_id = "+c.tenant+" and r.id = "+id)
}

// heldBy is a table expression over the ids of all that a group holds.
func (c *compiler) heldBy(group string) string {
	memberOf := func(group string) string {
		return "m.tenant_id = " + c.tenant + " and m.connection_id = " + c.connection + " and m.group_id = " + group
	}
	return c.dialect.fewIDs("with recursive held (id) as (" +
		"select m.member_id from members m where " + memberOf(c.add(group)) +
		" union select m.member_id from " + fromEach(c.dialect, "held", "members m", memberOf("held.id")) +
		") select id from held")
}
