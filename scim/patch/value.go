package patch

import (
	"maps"
	"slices"

	"github.com/roster-scim/roster/scim/schema"
)

// simple returns the new value of an attribute or sub-attribute that is not
// complex. With several values, add puts in those that are missing and remove
// takes out those that are listed, all if none is.
func (a *applier) simple(kind Kind, ref schema.Ref, old, v any) (any, error) {
	leaf := ref.Leaf()
	if kind == Remove && (v == nil || !leaf.MultiValued) {
		return nil, nil
	}
	value, err := a.normalize(ref, v)
	if err != nil || !leaf.MultiValued || kind == Replace {
		return value, err
	}
	had, given := elements(old), elements(value)
	if err := a.spend(len(had) + len(given)); err != nil {
		return nil, err
	}
	named := make(map[any]bool, len(had)+len(given))
	list := make([]any, 0, len(had)+len(given))
	if kind == Remove {
		for _, item := range given {
			named[comparisonKey(leaf, item)] = true
		}
		for _, item := range had {
			if !named[comparisonKey(leaf, item)] {
				list = append(list, item)
			}
		}
		return a.normalize(ref, list)
	}
	for _, item := range slices.Concat(had, given) {
		if key := comparisonKey(leaf, item); !named[key] {
			named[key] = true
			list = append(list, item)
		}
	}
	return a.normalize(ref, list)
}

// comparisonKey returns a simple value in the form in which the attribute compares.
func comparisonKey(attr *schema.Attribute, v any) any {
	if s, ok := v.(string); ok && !attr.CaseExact {
		return schema.Fold(s)
	}
	return v
}

// complex returns the new value of a complex attribute that is not multi-valued.
func (a *applier) complex(c change, old any) (any, error) {
	had, _ := old.(map[string]any)
	object := maps.Clone(had)
	if object == nil {
		object = make(map[string]any)
	}
	switch {
	case c.path.Ref.Sub != nil:
		if err := a.setSub(c.kind, c.path.Ref, object, c.value); err != nil {
			return nil, err
		}
	case c.kind == Remove || a.empty(c.value):
		return nil, nil
	default:
		if err := a.merge(c.kind, c.path.Ref, object, c.value); err != nil {
			return nil, err
		}
	}
	if len(object) == 0 {
		return nil, nil
	}
	return object, stillComplete(c, object)
}

// setSub changes the sub-attribute that ref ends at, in object.
func (a *applier) setSub(kind Kind, ref schema.Ref, object map[string]any, v any) error {
	sub := ref.Sub
	old := object[sub.Name]
	value, err := a.simple(kind, ref, old, v)
	switch {
	case err != nil:
		return err
	case schema.Equal(old, value):
		return nil
	case sub.Mutability == schema.Immutable && old != nil:
		return refuseImmutable(ref)
	case value == nil:
		delete(object, sub.Name)
	default:
		object[sub.Name] = value
	}
	if sub.Name == "value" && old != nil {
		// A reference to what the value was before would now be wrong.
		delete(object, "$ref")
	}
	return nil
}

// merge changes those sub-attributes of object that v mentions; a mentioned one
// without a value is unassigned. v is one complex value in any form that the
// schema reads, also an array of one.
func (a *applier) merge(kind Kind, ref schema.Ref, object map[string]any, v any) error {
	value, err := a.normalize(ref, v)
	if err != nil {
		return err
	}
	if list := elements(value); len(list) > 1 {
		return schema.Errorf(schema.InvalidValue, "%s: expected one value, got %d", ref, len(list))
	} else if len(list) == 1 {
		value = list[0]
	}
	given, _ := value.(map[string]any)
	unassigned := emptied(ref.Attr, v, given)
	var reference any
	for _, sub := range ref.Attr.SubAttributes {
		said, ok := given[sub.Name]
		if !ok && !unassigned[sub] {
			continue
		}
		how := kind
		if !ok {
			how = Replace
		}
		if err := a.setSub(how, schema.Ref{URN: ref.URN, Attr: ref.Attr, Sub: sub}, object, said); err != nil {
			return err
		}
		if sub.Name == "$ref" {
			reference = object[sub.Name]
		}
	}
	if reference != nil {
		object["$ref"] = reference // given, so not the one that `value` made stale
	}
	return nil
}

// emptied returns the sub-attributes that v mentions without giving them a value.
func emptied(attr *schema.Attribute, v any, given map[string]any) map[*schema.Attribute]bool {
	if list, ok := v.([]any); ok && len(list) == 1 {
		v = list[0]
	}
	object, _ := v.(map[string]any)
	var subs map[*schema.Attribute]bool
	for key := range object {
		sub := attr.Sub(key)
		if sub == nil || sub.Mutability == schema.ReadOnly || given[sub.Name] != nil {
			continue
		}
		if subs == nil {
			subs = make(map[*schema.Attribute]bool)
		}
		subs[sub] = true
	}
	return subs
}

// stillComplete refuses the removal of a required sub-attribute from an object that stays.
// What add and replace leave incomplete is seen once all operations are applied,
// since they may need several to build a value.
func stillComplete(c change, object map[string]any) error {
	if sub := c.leaf(); c.kind == Remove && sub.Required && object[sub.Name] == nil {
		return schema.Errorf(schema.Mutable, "%s is required and cannot be removed",
			schema.Ref{URN: c.path.Ref.URN, Attr: c.path.Ref.Attr, Sub: sub})
	}
	return nil
}

// elements returns the values of a multi-valued attribute.
func elements(v any) []any {
	list, _ := v.([]any)
	return list
}
