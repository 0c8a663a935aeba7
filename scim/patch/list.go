package patch

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/roster-scim/roster/scim/schema"
)

// added returns the elements of a multi-valued complex attribute and those of
// the value. One that is there already is not added again: its sub-attributes
// are brought up to date.
func (a *applier) added(c change, had []any) (any, error) {
	ref := c.path.Ref
	value, err := a.normalize(ref, c.value)
	if err != nil {
		return nil, err
	}
	given := elements(value)
	if err := a.spend(len(had) + len(given)); err != nil {
		return nil, err
	}
	list := slices.Clone(had)
	at := make(map[string]int, len(had)+len(given))
	for i, element := range list {
		at[identity(ref.Attr, element)] = i
	}
	primary := -1
	for _, element := range given {
		key := identity(ref.Attr, element)
		i, known := at[key]
		if !known {
			i = len(list)
			at[key] = i
			list = append(list, element)
		} else if list[i], err = a.updated(c, list[i], element); err != nil {
			return nil, err
		}
		if isPrimary(element) {
			primary = i
		}
	}
	return a.settled(ref, list, primary)
}

// updated returns a copy of an element with what given says.
func (a *applier) updated(c change, element, given any) (any, error) {
	had, _ := element.(map[string]any)
	object := maps.Clone(had)
	return object, a.merge(c.kind, c.path.Ref, object, given)
}

// identity returns a key that two elements share if they stand for the same
// thing: the same value and type, since this pair is meant to be unique (RFC
// 7643 section 2.4), or else the same in everything but primary.
func identity(attr *schema.Attribute, element any) string {
	object, _ := element.(map[string]any)
	value, valued := object["value"]
	if sub := attr.Sub("value"); valued && sub != nil {
		key := []any{comparisonKey(sub, value), nil}
		if sub := attr.Sub("type"); sub != nil {
			key[1] = comparisonKey(sub, object["type"])
		}
		return encoded(key)
	}
	rest := maps.Clone(object)
	delete(rest, "primary")
	return encoded(rest)
}

// encoded returns a text that differs for different values.
func encoded(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "" // canonical values always encode
	}
	return string(text)
}

// removed returns the elements of a multi-valued complex attribute without those
// that the value lists: by their value, and type if that is given too, or else
// by everything that is given. Without a value nothing is left (RFC 7644 section
// 3.5.2.2); with one, several clients mean just what they list.
func (a *applier) removed(c change, had []any) (any, error) {
	if c.value == nil {
		return nil, nil
	}
	ref := c.path.Ref
	value, err := a.normalize(ref, c.value)
	if err != nil {
		return nil, err
	}
	unwanted := elements(value)
	if err := a.spend((len(had) + 1) * len(unwanted)); err != nil {
		return nil, err
	}
	list := make([]any, 0, len(had))
	for _, element := range had {
		if !slices.ContainsFunc(unwanted, func(u any) bool { return describes(ref.Attr, u, element) }) {
			list = append(list, element)
		}
	}
	return a.settled(ref, list, -1)
}

// describes reports whether an element has what is given: its value and type,
// or each sub-attribute if no value is given.
func describes(attr *schema.Attribute, given, element any) bool {
	want, _ := given.(map[string]any)
	have, _ := element.(map[string]any)
	_, valued := want["value"]
	for _, sub := range attr.SubAttributes {
		v, ok := want[sub.Name]
		if !ok || (valued && sub.Name != "value" && sub.Name != "type") {
			continue
		}
		if s, isText := v.(string); isText {
			got, ok := have[sub.Name].(string)
			if !ok || comparisonKey(sub, s) != comparisonKey(sub, got) {
				return false
			}
		} else if !schema.Equal(v, have[sub.Name]) {
			return false
		}
	}
	return true
}

// settled returns the elements in canonical form, at most one of them primary:
// the one at that index, which an operation made so (RFC 7644 section 3.5.2), or
// else the first that is.
func (a *applier) settled(ref schema.Ref, list []any, primary int) (any, error) {
	if primary < 0 {
		primary = slices.IndexFunc(list, isPrimary)
	}
	for i, element := range list {
		if i != primary && isPrimary(element) {
			object, _ := element.(map[string]any)
			object = maps.Clone(object)
			object["primary"] = false
			list[i] = object
		}
	}
	return a.normalize(schema.Ref{URN: ref.URN, Attr: ref.Attr}, list)
}

func isPrimary(element any) bool {
	object, _ := element.(map[string]any)
	return object["primary"] == true
}
