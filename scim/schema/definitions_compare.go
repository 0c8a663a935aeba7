package schema

import "fmt"

// incompatible says why data that was written under some attributes may not fit
// others that take their place, "" if it always does. What may change without
// regard to data are texts, canonical values, reference types, when an attribute
// is returned as long as it is at all, and what only narrows or widens later
// writes; and there may be new attributes that are not required.
func incompatible(old, next []*Attribute) string {
	for _, was := range old {
		is := find(next, was.Name)
		switch {
		case is == nil:
			return fmt.Sprintf("attribute %s is missing", was.Name)
		case is.Name != was.Name:
			return fmt.Sprintf("attribute %s is spelled %s", was.Name, is.Name)
		}
		if why := was.incompatible(is); why != "" {
			return fmt.Sprintf("attribute %s: %s", was.Name, why)
		}
	}
	for _, is := range next {
		if is.asked() && find(old, is.Name) == nil {
			return fmt.Sprintf("attribute %s is new and required", is.Name)
		}
	}
	return ""
}

func (a *Attribute) incompatible(next *Attribute) string {
	changed := func(what string, from, to any) string {
		return fmt.Sprintf("%s changes from %v to %v", what, from, to)
	}
	switch {
	case a.Type != next.Type:
		return changed("type", a.Type, next.Type)
	case a.MultiValued != next.MultiValued:
		return changed("multiValued", a.MultiValued, next.MultiValued)
	case a.CaseExact != next.CaseExact: // equal values, and the index of them
		return changed("caseExact", a.CaseExact, next.CaseExact)
	case a.Uniqueness != next.Uniqueness:
		return changed("uniqueness", a.Uniqueness, next.Uniqueness)
	case next.asked() && !a.asked():
		return "it becomes required"
	case !mayBecome(a.Mutability, next.Mutability):
		return changed("mutability", a.Mutability, next.Mutability)
	case a.Returned == ReturnedNever && next.Returned != ReturnedNever: // stored values were given as secrets
		return changed("returned", a.Returned, next.Returned)
	}
	return incompatible(a.SubAttributes, next.SubAttributes)
}

// asked reports whether every resource has to have a value.
func (a *Attribute) asked() bool { return a.Required && a.Mutability != ReadOnly }

// mayBecome: of a readOnly or writeOnly attribute nothing is stored, so those can
// become anything; a value that is stored must stay one that a client can change
// or at least keep.
func mayBecome(from, to Mutability) bool {
	stored := func(m Mutability) bool { return m == ReadWrite || m == Immutable }
	return from == to || !stored(from) || stored(to)
}
