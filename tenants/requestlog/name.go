package requestlog

import "github.com/roster-scim/roster/scim/quirk"

// Name is how a sentence calls a provider where it begins.
func Name(p quirk.Provider) string { return nameOf(p) }

// Inside is how a sentence calls a provider in its middle.
func Inside(p quirk.Provider) string { return inside(p) }

// AssignPlace is where a provider's administrators say who is provisioned, in the
// labels of its own pages.
func AssignPlace(p quirk.Provider) string { return labelsOf(p).assign }

// GroupPlace is where they say which groups are.
func GroupPlace(p quirk.Provider) string { return labelsOf(p).groups }

// MappingPlace is where they say which attribute comes from where.
func MappingPlace(p quirk.Provider) string { return labelsOf(p).mapping }
