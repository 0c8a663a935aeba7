package access

import (
	"fmt"
	"slices"
	"strings"
)

// Why is one explanation for somebody who holds nothing.
type Why struct {
	Code    string // stable, for programs
	Message string // what is the case, and who can change it
}

// namedGroups is how many groups an explanation names.
const namedGroups = 10

// why explains why somebody holds nothing: at least one reason is found.
func (f *Facts) why(p *Person) []Why {
	var list []Why
	tell := func(code, format string, args ...any) { list = append(list, Why{code, fmt.Sprintf(format, args...)}) }
	c := f.Connections[p.ConnectionID]
	if !p.Active {
		tell("inactive", "The user is inactive. Activate them where they are managed.")
	}
	switch {
	case c.Takes:
		tell("connection_deleted", "The connection %q is being deleted, and its people lose their access with it. "+
			"Whoever may delete connections can restore it.", c.Name)
	case c.Ends:
		tell("connection_deleted", "The connection %q is being deleted; nothing changes in its groups any more.", c.Name)
	case c.Paused:
		tell("connection_paused", "The connection %q is paused, so what the identity provider has changed meanwhile has not arrived. "+
			"Resume it.", c.Name)
	}
	groups := f.above(p.ID)
	if len(groups) == 0 {
		tell("no_groups", "The user is in no group. Add them to a group that has a role mapping, in the identity provider.")
	}
	f.whyGroups(groups, tell)
	for _, a := range f.Assignments[p.ID] {
		if !f.gives(&a) {
			tell("assignment_without_effect", "The assignment of the role %q at %q has no effect: the role or the entry point is gone.",
				a.Role, a.EntryPoint)
		}
	}
	if len(f.Assignments[p.ID]) == 0 {
		tell("no_assignments", "No role is assigned to the user directly.")
	}
	return list
}

// whyGroups explains why none of somebody's groups gives anything.
func (f *Facts) whyGroups(groups []string, tell func(code, format string, args ...any)) {
	var unmapped []string
	for _, g := range groups {
		if len(f.Mappings[g]) == 0 {
			unmapped = append(unmapped, f.Groups[g])
		}
		told := 0
		for _, m := range f.Mappings[g] {
			reason := f.WhyNot(&m)
			if reason == "" || told == namedGroups {
				continue
			}
			told++
			code := "not_mappable"
			if m.NoEntryPoint || f.Roles[m.Role] == nil {
				code = "mapping_without_effect"
			}
			tell(code, "The group %q has a mapping to the role %q at %q that has no effect. %s", f.Groups[g], m.Role, m.EntryPoint, reason)
		}
	}
	if len(unmapped) == 0 {
		return
	}
	slices.Sort(unmapped)
	more := ""
	if n := len(unmapped); n > namedGroups {
		more = fmt.Sprintf(" and %d more", n-namedGroups)
		unmapped = unmapped[:namedGroups]
	}
	tell("groups_not_mapped", "These groups of the user have no role mapping: %s%s. Whoever may map roles can add one (roles:map).",
		strings.Join(unmapped, ", "), more)
}
