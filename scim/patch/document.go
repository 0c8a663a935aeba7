package patch

import (
	"github.com/roster-scim/roster/scim/schema"
)

// value returns the document's value of an attribute, nil for none.
func (a *applier) value(ref schema.Ref) any {
	if ref.URN == "" {
		return a.doc[ref.Attr.Name]
	}
	ext, _ := a.doc[ref.URN].(map[string]any)
	return ext[ref.Attr.Name]
}

// store puts an attribute's new value in the place of the old, if the attribute
// may change so. An extension comes with its first attribute and goes with its
// last (RFC 7644 section 3.5.2: `schemas` follows).
func (a *applier) store(c change, old, value any) error {
	ref := c.path.Ref
	switch {
	case old == nil && value == nil:
		return nil
	case ref.Attr.Mutability == schema.Immutable && old != nil && !schema.Equal(old, value):
		return refuseImmutable(ref)
	case c.kind == Remove && ref.Attr.Required && value == nil:
		return schema.Errorf(schema.Mutable, "%s is required and cannot be removed", ref)
	}
	holder := a.doc
	if ref.URN != "" {
		var ok bool
		if holder, ok = a.doc[ref.URN].(map[string]any); !ok {
			holder = make(map[string]any)
			a.doc[ref.URN] = holder
		}
	}
	if value != nil {
		holder[ref.Attr.Name] = value
		return nil
	}
	delete(holder, ref.Attr.Name)
	if ref.URN != "" && len(holder) == 0 {
		delete(a.doc, ref.URN)
	}
	return nil
}

// extension applies a change of a whole extension, named by its URN. Like a
// complex attribute, it keeps what the value does not mention.
func (a *applier) extension(c change) error {
	if c.kind == Remove || a.empty(c.value) {
		return a.dropExtension(c)
	}
	object, ok := c.value.(map[string]any)
	if !ok {
		return schema.Errorf(schema.InvalidValue, "%s: expected an object with the extension's attributes, got %s", c.path.Ref, show(c.value))
	}
	return a.object(c.kind, c.path.Ref.URN+":", object)
}

func (a *applier) dropExtension(c change) error {
	urn := c.path.Ref.URN
	if a.doc[urn] == nil {
		return nil
	}
	for i, ext := range a.t.Extensions() {
		if ext.ID != urn {
			continue
		}
		if c.kind == Remove && a.t.SchemaExtensions[i].Required {
			return schema.Errorf(schema.Mutable, "%s is required and cannot be removed", urn)
		}
		for _, attr := range ext.Attributes {
			ref := schema.Ref{URN: urn, Attr: attr}
			if attr.Mutability == schema.Immutable && a.value(ref) != nil {
				return refuseImmutable(ref)
			}
		}
	}
	delete(a.doc, urn)
	return nil
}

// leaf is the attribute at the end of the path.
func (c change) leaf() *schema.Attribute {
	if c.path.Sub != nil {
		return c.path.Sub
	}
	return c.path.Ref.Leaf()
}

func (c change) readOnly() bool {
	return c.path.Ref.Attr.Mutability == schema.ReadOnly || c.leaf().Mutability == schema.ReadOnly
}

// refuseReadOnly answers a change of what only the server writes. Clients send
// whole resources back, so as keys of an object such attributes are ignored; an
// operation that names one is refused (RFC 7644 section 3.5.2). The id must be
// the resource's own in either case, and `schemas` needs no writing: it follows
// from the attributes that a resource has.
func (a *applier) refuseReadOnly(c change) error {
	ref := c.path.Ref
	common := ref.URN == "" && c.kind != Remove
	switch {
	case common && ref.Attr.Name == "id":
		if a.empty(c.value) || c.value == a.id {
			return nil
		}
		return schema.Errorf(schema.Mutable, "the id of a resource cannot be changed")
	case c.listed, common && ref.Attr.Name == "schemas":
		return nil
	}
	return schema.Errorf(schema.Mutable, "%s is readOnly", quote(c.path.Raw))
}

func refuseImmutable(ref schema.Ref) error {
	return schema.Errorf(schema.Mutable, "%s is immutable: once it has a value, that stays", ref)
}

// clone copies a document and everything in it.
func clone(doc map[string]any) map[string]any {
	out := make(map[string]any, len(doc))
	for key, v := range doc {
		out[key] = cloneValue(v)
	}
	return out
}

func cloneValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return clone(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = cloneValue(e)
		}
		return out
	}
	return v
}
