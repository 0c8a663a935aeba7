package scim

import (
	"maps"

	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

// activeAttribute is the attribute that says whether somebody may work: the
// core schema's boolean "active" that clients may write, nil if there is none.
func activeAttribute(t *schema.ResourceType) *schema.Attribute {
	ref, ok := t.Resolve(schema.Name{Raw: "active", Attr: "active"})
	if !ok || ref.URN != "" || ref.Attr.Type != schema.Boolean || ref.Attr.MultiValued || ref.Attr.Mutability != schema.ReadWrite {
		return nil
	}
	return ref.Attr
}

// allowWrite refuses a caller that may neither update nor deactivate, before
// anything is read.
func allowWrite(c *Caller, t *schema.ResourceType) error {
	err := c.allow(ActionUpdate, t)
	if err == nil || activeAttribute(t) == nil {
		return err
	}
	if c.allow(ActionDeactivate, t) == nil {
		return nil
	}
	return err
}

// allowChange asks for the rights that the actual change needs: switching active
// off is one right, everything else another.
func allowChange(c *Caller, t *schema.ResourceType, current, next map[string]any, changed bool, edits []patch.Edit) error {
	active := activeAttribute(t)
	off := active != nil && current[active.Name] != false && next[active.Name] == false
	if off {
		if err := c.allow(ActionDeactivate, t); err != nil {
			return err
		}
	}
	if len(edits) == 0 && (!changed || (off && schema.Equal(without(current, active.Name), without(next, active.Name)))) {
		return nil
	}
	return c.allow(ActionUpdate, t)
}

func without(doc map[string]any, key string) map[string]any {
	out := maps.Clone(doc)
	delete(out, key)
	return out
}

// keep adds to a replacement what a PUT does not clear: active, and immutable
// attributes and parts of a complex value that stays, which a PUT that names them
// must repeat unchanged (RFC 7644 section 3.5.1).
func keep(t *schema.ResourceType, current, replacement map[string]any) (map[string]any, error) {
	next := maps.Clone(replacement)
	if a := activeAttribute(t); a != nil && next[a.Name] == nil && current[a.Name] != nil {
		next[a.Name] = current[a.Name]
	}
	if err := keepImmutable("", t.Core().Attributes, current, next); err != nil {
		return nil, err
	}
	for _, extension := range t.Extensions() {
		old, _ := current[extension.ID].(map[string]any)
		values, _ := next[extension.ID].(map[string]any)
		values = maps.Clone(values)
		if values == nil {
			values = map[string]any{}
		}
		if err := keepImmutable(extension.ID+":", extension.Attributes, old, values); err != nil {
			return nil, err
		}
		if len(values) > 0 {
			next[extension.ID] = values
		}
	}
	return next, nil
}

func keepImmutable(prefix string, attributes []*schema.Attribute, current, next map[string]any) error {
	for _, a := range attributes {
		old, set := current[a.Name]
		if a.Mutability != schema.Immutable || !set {
			if err := keepImmutableParts(prefix, a, old, next); err != nil {
				return err
			}
			continue
		}
		if value, named := next[a.Name]; named && !schema.Equal(old, value) {
			return schema.Errorf(schema.Mutable, "%s%s cannot be changed once it is set.", prefix, a.Name)
		}
		next[a.Name] = old
	}
	return nil
}

// keepImmutableParts does the same within a single complex value. The elements
// of a list have no identity by which one could be said to stay.
func keepImmutableParts(prefix string, a *schema.Attribute, old any, next map[string]any) error {
	had, was := old.(map[string]any)
	values, stays := next[a.Name].(map[string]any)
	if !was || !stays {
		return nil
	}
	values = maps.Clone(values)
	next[a.Name] = values
	return keepImmutable(prefix+a.Name+".", a.SubAttributes, had, values)
}
