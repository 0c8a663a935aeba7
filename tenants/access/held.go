package access

import (
	"slices"
	"strings"
)

// HeldBy is what one of the people holds, in order.
func (f *Facts) HeldBy(p *Person) []Holding { return f.held(p) }

// held is what somebody holds, without reasons: many people are in the same
// groups, for whom it is found once.
func (f *Facts) held(p *Person) []Holding {
	if !f.holds(p) {
		return nil
	}
	given := f.given(p.ID)
	if len(f.Assignments[p.ID]) == 0 {
		return given
	}
	given = f.mapped(f.above(p.ID))
	for _, a := range f.Assignments[p.ID] {
		if f.gives(&a) {
			given = append(given, a.Holding)
		}
	}
	return f.winners(given)
}

// given is what the groups of somebody give who has no assignments.
func (f *Facts) given(id string) []Holding {
	direct := make([]string, 0, len(f.Parents[id]))
	for _, m := range f.Parents[id] {
		direct = append(direct, m.GroupID)
	}
	slices.Sort(direct)
	key := strings.Join(direct, " ")
	if held, known := f.reach[key]; known {
		return held
	}
	held := f.winners(f.mapped(f.above(id)))
	if f.reach == nil {
		f.reach = map[string][]Holding{}
	}
	f.reach[key] = held
	return held
}

// mapped is what the mappings of groups give, with repetitions.
func (f *Facts) mapped(groups []string) []Holding {
	var given []Holding
	for _, g := range groups {
		for _, m := range f.Mappings[g] {
			if f.WhyNot(&m) == "" {
				given = append(given, m.Holding)
			}
		}
	}
	return given
}

// winners are the holdings that are held of those that are given, in order.
func (f *Facts) winners(given []Holding) []Holding {
	given = sorted(given)
	if f.Rule == All {
		return given
	}
	var held []Holding
	for _, h := range given {
		last := len(held) - 1
		switch {
		case last < 0 || held[last].EntryPoint != h.EntryPoint:
			held = append(held, h)
		case f.Roles[h.Role].above(f.Roles[held[last].Role]):
			held[last] = h
		}
	}
	return held
}

// Holds reports whether one of the people holds a role at an entry point.
func (f *Facts) Holds(h Holding) bool {
	return slices.ContainsFunc(f.People, func(p Person) bool {
		_, found := slices.BinarySearchFunc(f.held(&p), h, compareHoldings)
		return found
	})
}

// With returns the facts as they would be if a group had other mappings.
func (f *Facts) With(group string, targets []Mapping) *Facts {
	next := *f
	next.reach = nil
	next.Mappings = make(map[string][]Mapping, len(f.Mappings)+1)
	for g, m := range f.Mappings {
		next.Mappings[g] = m
	}
	next.Mappings[group] = targets
	return &next
}
