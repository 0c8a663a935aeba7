package patch

import (
	"maps"
	"slices"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

// selected returns the elements of a multi-valued complex attribute after a
// change of those that the path's filter matches (all, without a filter), or of
// one sub-attribute of each.
func (a *applier) selected(c change, had []any) (any, error) {
	if err := a.spend(len(had)); err != nil {
		return nil, err
	}
	s := selection{a: a, c: c, primary: -1}
	s.clear = c.kind == Remove || a.empty(c.value) || (s.sub() != nil && isEmptyObject(c.value))
	for _, element := range had {
		object, _ := element.(map[string]any)
		if c.path.Filter != nil && !filter.MatchElement(c.path.Filter, object) {
			s.list = append(s.list, element)
			continue
		}
		s.matched = true
		if err := s.update(maps.Clone(object)); err != nil {
			return nil, err
		}
	}
	if !s.matched {
		if err := s.missed(); err != nil {
			return nil, err
		}
	}
	return a.settled(c.path.Ref, s.list, s.primary)
}

// selection is a value path at work on the elements of its attribute.
type selection struct {
	a       *applier
	c       change
	clear   bool // take the elements or the sub-attribute away
	matched bool
	list    []any // the new elements
	primary int   // index in list of the first updated one that is primary, or -1
}

// sub returns the sub-attribute that the path ends at, nil for whole elements.
func (s *selection) sub() *schema.Attribute {
	if s.c.path.Sub != nil {
		return s.c.path.Sub
	}
	return s.c.path.Ref.Sub
}

// update changes one matching element and puts it into the list. An element of
// which nothing but its label is left disappears.
func (s *selection) update(object map[string]any) error {
	sub := s.sub()
	if s.clear && sub == nil {
		return nil
	}
	if err := s.set(object); err != nil {
		return err
	}
	if s.clear && hollow(object) {
		return nil
	}
	if err := stillComplete(s.c, object); err != nil {
		return err
	}
	if s.primary < 0 && isPrimary(object) {
		s.primary = len(s.list)
	}
	s.list = append(s.list, object)
	return nil
}

// set gives the element or its sub-attribute the operation's value.
func (s *selection) set(object map[string]any) error {
	ref := schema.Ref{URN: s.c.path.Ref.URN, Attr: s.c.path.Ref.Attr, Sub: s.sub()}
	if ref.Sub != nil {
		return s.a.setSub(s.c.kind, ref, object, s.c.value)
	}
	return s.a.merge(s.c.kind, ref, object, s.c.value)
}

// missed decides what happens when no element matches. RFC 7644 section 3.5.2.3
// wants noTarget, but clients name elements by their label ("emails[type eq
// \"work\"].value") without knowing whether there is one; so one with that label
// is made. What is to be cleared and is not there needs nothing.
func (s *selection) missed() error {
	if s.c.path.Filter != nil && s.c.kind == Remove {
		return s.noTarget()
	}
	if s.clear {
		return nil
	}
	object, ok := s.labelled()
	if !ok {
		return s.noTarget()
	}
	stamped := len(object)
	if err := s.set(object); err != nil {
		return err
	}
	if len(object) == stamped && s.sub() == nil {
		return nil // the value said nothing
	}
	if isPrimary(object) {
		s.primary = len(s.list)
	}
	s.list = append(s.list, object)
	return nil
}

// labelled returns a new element with what the filter asks for. ok is false if
// the filter is more than a label: type eq "…" (one of the canonical types, if
// the schema lists them), primary eq true, or both.
func (s *selection) labelled() (object map[string]any, ok bool) {
	object = make(map[string]any)
	if s.c.path.Filter == nil {
		return object, true
	}
	conditions, ok := s.c.path.EqConditions()
	if !ok {
		return nil, false
	}
	for _, cond := range conditions {
		switch cond.Sub.Name {
		case "type":
			object["type"], ok = label(cond)
		case "primary":
			object["primary"], ok = true, cond.Value == true
		default:
			ok = false
		}
		if !ok {
			return nil, false
		}
	}
	return object, true
}

// label returns the type that a new element gets, spelled as the schema does.
func label(cond filter.Condition) (string, bool) {
	s, _ := cond.Value.(string)
	if len(cond.Sub.CanonicalValues) == 0 {
		return s, s != ""
	}
	i := slices.IndexFunc(cond.Sub.CanonicalValues, func(known string) bool {
		return comparisonKey(cond.Sub, known) == comparisonKey(cond.Sub, s)
	})
	if i < 0 {
		return "", false
	}
	return cond.Sub.CanonicalValues[i], true
}

func (s *selection) noTarget() error {
	return schema.Errorf(schema.NoTarget, "no value of %s matches %s", s.c.path.Ref, quote(s.c.path.Raw))
}

func isEmptyObject(v any) bool {
	object, ok := v.(map[string]any)
	return ok && len(object) == 0
}

// hollow reports whether nothing is left of an element but its label.
func hollow(object map[string]any) bool {
	for name := range object {
		if name != "type" && name != "primary" {
			return false
		}
	}
	return true
}
