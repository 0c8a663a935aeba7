package storage

import "github.com/roster-scim/roster/scim/schema"

// document is an attribute that the resource's document holds under the keys.
// Documents are canonical, so a value has the form that the schema says: an
// array if it is multi-valued, an object if it is complex.
func (c *compiler) document(s resourceScope, ref schema.Ref, keys ...string) (place, error) {
	return c.attribute(s.alias+".document", keys, ref.Attr).sub(c, ref)
}

// attribute is where the values of an attribute at a path are.
func (c *compiler) attribute(expr string, keys []string, a *schema.Attribute) place {
	if a.MultiValued {
		return c.elements(expr, keys, a)
	}
	return c.singular(expr, keys, a)
}

// singular is a value at a path.
func (c *compiler) singular(expr string, keys []string, a *schema.Attribute) place {
	if a.Type == schema.Complex {
		return place{
			value:   c.object(expr, keys, a),
			element: jsonScope{expr, keys},
		}
	}
	return place{value: operand{sql: c.dialect.jsonValue(expr, keys, a.Type), as: documentValue(a), leaf: a}}
}

// object is a complex value at a path, or a whole extension.
func (c *compiler) object(expr string, keys []string, a *schema.Attribute) operand {
	return operand{
		sql:      c.dialect.jsonExists(expr, keys),
		nonEmpty: c.dialect.jsonNonEmpty(expr, keys),
		as:       asObject, leaf: a,
	}
}

// elements are the values of the array at a path.
func (c *compiler) elements(expr string, keys []string, a *schema.Attribute) place {
	alias := c.alias("e")
	p := place{
		from:  c.dialect.jsonEach(expr, keys, alias),
		order: c.dialect.elementOrder(alias),
	}
	element := c.dialect.element(alias, a.Type)
	if a.Type != schema.Complex {
		p.value = operand{sql: element, as: documentValue(a), leaf: a}
		return p
	}
	p.value = c.object(element, nil, a)
	p.element = jsonScope{expr: element}
	return p
}

// jsonScope resolves the sub-attributes of a complex value in a document.
type jsonScope struct {
	expr string   // SQL of the JSON
	keys []string // from there to the complex value
}

func (s jsonScope) find(c *compiler, ref schema.Ref) (place, error) {
	if ref.Sub == nil {
		return place{}, unknown(ref)
	}
	keys := append(s.keys[:len(s.keys):len(s.keys)], ref.Sub.Name)
	return c.attribute(s.expr, keys, ref.Sub), nil
}
