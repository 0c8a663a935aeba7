package storage

import (
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

// scope resolves the references of a filter: those of a whole resource, or
// those inside a value filter, which are about one element.
type scope interface {
	find(c *compiler, ref schema.Ref) (place, error)
}

// place is where an attribute's values are.
type place struct {
	// from has a row for every value of a multi-valued attribute, those that
	// where joins to the resource; "" means that there is at most one value.
	from, where string
	order       string // of the values: the primary one first, then as they are stored
	value       operand
	element     scope // what a value filter behind the attribute is about; nil if it is simple
}

// any is the condition that some value satisfies a condition on it.
func (p place) any(condition string) string {
	if p.from == "" {
		return "(" + condition + ")"
	}
	if p.where != "" {
		condition = p.where + " and " + condition
	}
	return "exists (select 1 from " + p.from + " where " + condition + ")"
}

// sub is the place of a reference's sub-attribute within the values of its
// attribute, or of the values themselves if it names none.
func (p place) sub(c *compiler, ref schema.Ref) (place, error) {
	if ref.Sub == nil {
		return p, nil
	}
	if p.element == nil {
		return place{}, unknown(ref)
	}
	inner, err := p.element.find(c, ref)
	return p.nest(inner), err
}

// nest is the place of a sub-attribute's values within those of its attribute.
func (p place) nest(sub place) place {
	switch {
	case p.from == "":
		return sub
	case sub.from == "":
		p.value, p.element = sub.value, sub.element
		return p
	}
	sub.from = p.from + ", " + sub.from
	sub.order = p.order + ", " + sub.order
	return sub
}

// resourceScope resolves references of a resource: the row of the table
// resources with the given alias.
type resourceScope struct{ alias string }

func (s resourceScope) find(c *compiler, ref schema.Ref) (place, error) {
	switch {
	case ref.Attr == nil:
		return c.extension(s, ref.URN), nil
	case ref.Attr == c.kind.Members():
		return c.members(s).sub(c, ref)
	case ref.URN != "":
		return c.document(s, ref, ref.URN, ref.Attr.Name)
	}
	switch ref.Attr.Name {
	case "id":
		return place{value: operand{sql: c.id(s.alias + ".id"), as: asText, leaf: ref.Attr}}, nil
	case "schemas":
		return c.schemas(s, ref), nil
	case "meta":
		return metaScope{s}.find(c, ref)
	case "groups":
		if c.kind.Schema == schema.UserURN {
			return c.groups(s).sub(c, ref)
		}
	}
	return c.document(s, ref, ref.Attr.Name)
}

// id is a uuid column as text, so that it compares like one.
func (c *compiler) id(column string) string { return "cast(" + column + " as text)" }

// metaScope resolves meta and its sub-attributes, which are columns.
type metaScope struct{ resource resourceScope }

func (s metaScope) find(_ *compiler, ref schema.Ref) (place, error) {
	if ref.Sub == nil {
		return place{value: always(ref.Attr), element: s}, nil
	}
	alias := s.resource.alias
	switch ref.Sub.Name {
	case "resourceType":
		return place{value: operand{sql: alias + ".resource_type", as: asText, leaf: ref.Sub}}, nil
	case "created":
		return place{value: operand{sql: alias + ".created_at", as: asMicros, leaf: ref.Sub}}, nil
	case "lastModified":
		return place{value: operand{sql: alias + ".modified_at", as: asMicros, leaf: ref.Sub}}, nil
	case "version":
		return place{value: operand{sql: alias + ".version", as: asVersion, leaf: ref.Sub}}, nil
	case "location":
		return place{value: operand{sql: alias + ".id", as: asLink, leaf: ref.Sub}}, nil
	}
	return place{}, unknown(ref)
}

// unknown refuses a name that the schema has and storage does not keep.
func unknown(ref schema.Ref) error {
	return schema.Errorf(schema.InvalidFilter, "%s cannot be used in a filter.", ref)
}

// schemas has a row for the core schema and one for every extension that the
// resource has attributes of or must have.
func (c *compiler) schemas(s resourceScope, ref schema.Ref) place {
	alias := c.alias("s")
	rows := []string{"select " + quoted(c.kind.Schema) + " as value"}
	for i, extension := range c.kind.Extensions() {
		row := "select " + quoted(extension.ID)
		if !c.kind.SchemaExtensions[i].Required {
			row += " where " + c.extension(s, extension.ID).value.sql
		}
		rows = append(rows, row)
	}
	return place{from: "(" + strings.Join(rows, " union all ") + ") " + alias, order: alias + ".value", value: operand{sql: alias + ".value", as: asText, leaf: ref.Attr}}
}

// extension is a whole extension, which is there or not.
func (c *compiler) extension(s resourceScope, urn string) place {
	return place{value: c.object(s.alias+".document", []string{urn}, nil)}
}
