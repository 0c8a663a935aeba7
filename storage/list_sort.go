package storage

import (
	"strconv"

	"github.com/roster-scim/roster/scim/schema"
)

// maxSortKey is how much of a text counts for the order, in characters. Texts
// that begin with the same so many are ordered by creation: what a page begins
// behind has to fit into a cursor, and a cursor into a URL.
const maxSortKey = 256

// sortKey is the expression that resources are sorted by: of a multi-valued
// attribute the primary value or else the first (RFC 7644 section 3.4.2.3); null
// without a value.
func (s *selection) sortKey(ref schema.Ref) (string, error) {
	key, _, err := s.typedKey(ref)
	return key, err
}

// typedKey is sortKey and what kind of value it is.
func (s *selection) typedKey(ref schema.Ref) (key string, as representation, err error) {
	all, err := resourceScope{"r"}.find(&s.compiler, schema.Ref{URN: ref.URN, Attr: ref.Attr})
	if err != nil {
		return "", 0, err
	}
	p, err := all.sub(&s.compiler, ref)
	if err != nil || p.value.as == asObject || p.value.as == asLink {
		return "", 0, schema.Errorf(schema.InvalidPath, "sortBy: %s cannot be sorted by.", ref)
	}
	key = s.ordering(p.value)
	if p.from == "" {
		return key, p.value.as, nil
	}
	query := "(select " + key + " from " + p.from
	if p.where != "" {
		query += " where " + p.where
	}
	return query + " order by " + s.primaryFirst(all, ref.Attr) + p.order + " limit 1)", p.value.as, nil
}

// ordering is the expression by which values are sorted.
func (c *compiler) ordering(o operand) string {
	if o.as != asText {
		return c.key(o)
	}
	text := o.sql
	if !o.leaf.CaseExact {
		text = c.dialect.fold(text)
	}
	return c.dialect.bytewise("substr(" + text + ", 1, " + strconv.Itoa(maxSortKey) + ")")
}

// primaryFirst orders the elements of an attribute so that one marked as primary
// comes first.
func (s *selection) primaryFirst(all place, a *schema.Attribute) string {
	for _, sub := range a.SubAttributes {
		if elements, ok := all.element.(jsonScope); ok && sub.Name == "primary" && sub.Type == schema.Boolean {
			mark := s.dialect.jsonValue(elements.expr, []string{sub.Name}, sub.Type)
			return "case when " + mark + " then 0 else 1 end, "
		}
	}
	return ""
}

// sortOrder puts resources without a value last, or first if descending.
func sortOrder(key string, descending bool) string {
	if descending {
		return "case when " + key + " is null then 0 else 1 end, " + key + " desc"
	}
	return "case when " + key + " is null then 1 else 0 end, " + key
}
