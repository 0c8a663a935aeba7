package access

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Kind is what gives access.
type Kind string

// The kinds of reasons.
const (
	ByMapping    Kind = "mapping"
	ByAssignment Kind = "assignment"
)

// UserAccess is what a user holds and why.
type UserAccess struct {
	Person
	Active bool   // can hold something
	Access []Line // ordered by entry point; at each, the role that ranks highest first
	None   []Why  // if nothing is held: why
}

// Line is a role at an entry point that somebody is given.
type Line struct {
	EntryPoint string
	Role       Role
	Wins       bool // it is held; otherwise a role of a higher rank wins over it
	Reasons    []Reason
}

// Reason is what gives somebody a role.
type Reason struct {
	Kind    Kind
	Group   string // the id of the mapped group
	Name    string // its name
	Direct  bool   // the user is a member of the group itself
	Through string // the id of the group, among the user's own, through which they are in it
	Via     string // the id of the mapped group, or of the assignment
	By      string // who made it, as people call them
	Since   time.Time
}

// Of returns what a person holds.
func (f *Facts) Of(p *Person) *UserAccess {
	u := &UserAccess{Person: *p, Active: f.holds(p)}
	if u.Active {
		u.Access = f.lines(p)
	}
	if len(u.Access) == 0 {
		u.None = f.why(p)
	}
	return u
}

// Held are the holdings of lines that win, in order.
func Held(lines []Line) []Holding {
	var held []Holding
	for _, l := range lines {
		if l.Wins {
			held = append(held, Holding{l.EntryPoint, l.Role.Key})
		}
	}
	return sorted(held)
}

// lines are all roles that somebody active is given.
func (f *Facts) lines(p *Person) []Line {
	reasons := map[Holding][]Reason{}
	for group, r := range f.walk(p.ID) {
		for _, m := range f.Mappings[group] {
			if f.WhyNot(&m) != "" {
				continue
			}
			reasons[m.Holding] = append(reasons[m.Holding], Reason{
				Kind: ByMapping, Group: group, Name: f.Groups[group], Direct: r.direct, Through: r.through,
				Via: group, By: cmp.Or(m.CreatedByName, m.CreatedBy), Since: later(r.since, m.CreatedAt),
			})
		}
	}
	for _, a := range f.Assignments[p.ID] {
		if f.gives(&a) {
			reasons[a.Holding] = append(reasons[a.Holding], Reason{
				Kind: ByAssignment, Via: a.ID.String(), By: cmp.Or(a.CreatedByName, a.CreatedBy), Since: a.CreatedAt,
			})
		}
	}
	lines := make([]Line, 0, len(reasons))
	for h, why := range reasons {
		slices.SortFunc(why, func(a, b Reason) int {
			return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), a.Since.Compare(b.Since), strings.Compare(a.Via, b.Via))
		})
		lines = append(lines, Line{EntryPoint: h.EntryPoint, Role: *f.Roles[h.Role], Reasons: why})
	}
	f.decide(lines)
	return lines
}

// decide puts lines into order and says which win.
func (f *Facts) decide(lines []Line) {
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(strings.Compare(a.EntryPoint, b.EntryPoint), cmp.Compare(b.Role.Rank, a.Role.Rank), strings.Compare(a.Role.Key, b.Role.Key))
	})
	for i := range lines {
		lines[i].Wins = f.Rule == All || i == 0 || lines[i-1].EntryPoint != lines[i].EntryPoint
	}
}

// Select leaves of somebody's access what a filter selects, and reports whether
// anything of it is held.
func (f Filter) Select(u *UserAccess) bool {
	u.Access = slices.DeleteFunc(u.Access, func(l Line) bool { return !l.Wins || !f.Matches(l) })
	return len(u.Access) > 0
}
