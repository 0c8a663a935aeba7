package access

import (
	"fmt"
	"maps"
	"slices"

	"github.com/roster-scim/roster/tenants"
)

// listedChanges is how many people a plan names.
const listedChanges = 100

// Plan is what another set of mappings of a group would do, or has done.
type Plan struct {
	Members  int // people in the group, nested ones included
	Changed  int // how many of them hold something else afterwards
	Gains    []Count
	Losses   []Count
	Changes  []PersonChange // the first 100 of them, by id
	Refusals []*tenants.RefusedError

	Added, Removed []Holding
	Next           []Mapping // the mappings afterwards, in order
}

// Count is how many people gain or lose a holding.
type Count struct {
	Holding
	Count int
}

// PersonChange is what one person holds before and afterwards.
type PersonChange struct {
	Person
	Before, After []Holding
}

// OthersHold says whether anybody at all holds something if the mappings of the
// group are these.
type OthersHold func(h Holding, next []Mapping) (bool, error)

// PlanMappings finds what it means to replace a group's mappings. The facts are
// those of the group's people, and of the roles and entry points of targets. Its
// error is *tenants.InvalidError for what does not exist, or that of others.
func (f *Facts) PlanMappings(group string, targets []Holding, others OthersHold) (*Plan, error) {
	p := &Plan{Members: len(f.People)}
	if err := f.addTargets(p, group, targets); err != nil {
		return nil, err
	}
	after := f.With(group, p.Next)
	before, then := p.compare(f, after)
	for _, h := range slices.SortedFunc(maps.Keys(before), compareHoldings) {
		role := f.Roles[h.Role]
		if !role.KeepOne || then[h] > 0 {
			continue
		}
		held, err := others(h, p.Next)
		if err != nil {
			return nil, err
		}
		if !held {
			p.Refusals = append(p.Refusals, lastHolder(role, h.EntryPoint))
		}
	}
	return p, nil
}

// addTargets finds what is added, what is removed and what may not be mapped.
// What stays as it is is not judged again.
func (f *Facts) addTargets(p *Plan, group string, targets []Holding) error {
	targets = sorted(slices.Clone(targets))
	var current []Holding
	for _, m := range f.Mappings[group] {
		current = append(current, m.Holding)
		if slices.Contains(targets, m.Holding) {
			p.Next = append(p.Next, m)
		}
	}
	current = sorted(current)
	p.Added, p.Removed = without(targets, current), without(current, targets)
	for _, h := range p.Added {
		role, err := f.existing(h)
		if err != nil {
			return err
		}
		if why := role.WhyNotMappable(); why != "" {
			p.Refusals = append(p.Refusals, &tenants.RefusedError{Code: "not_mappable", Reason: why})
		}
		p.Next = append(p.Next, Mapping{GroupID: group, GroupName: f.Groups[group], Holding: h})
	}
	slices.SortFunc(p.Next, func(a, b Mapping) int { return compareHoldings(a.Holding, b.Holding) })
	return nil
}

// existing is the role of a holding that somebody asks for.
func (f *Facts) existing(h Holding) (*Role, error) {
	role := f.Roles[h.Role]
	if role == nil {
		return nil, &tenants.InvalidError{Field: "role",
			Reason: fmt.Sprintf("there is no role %q. Give the key of a role of the catalogue", h.Role)}
	}
	if h.EntryPoint != Everywhere && !f.EntryPoints[h.EntryPoint] {
		return nil, &tenants.InvalidError{Field: "entry_point",
			Reason: fmt.Sprintf("there is no entry point %q in this tenant. Give the key of one, or \"*\" for the whole organisation", h.EntryPoint)}
	}
	return role, nil
}

func lastHolder(role *Role, entryPoint string) *tenants.RefusedError {
	return &tenants.RefusedError{Code: "last_holder", Reason: fmt.Sprintf(
		"Nobody would hold the role %q (%s) at %q any more, and somebody must. Give it to somebody else first, by a mapping or an assignment.",
		role.Name, role.Key, entryPoint)}
}

// compare counts gains and losses, and returns how many people hold what before
// and afterwards.
func (p *Plan) compare(f, after *Facts) (before, then map[Holding]int) {
	before, then = map[Holding]int{}, map[Holding]int{}
	gains, losses := map[Holding]int{}, map[Holding]int{}
	for i := range f.People {
		person := &f.People[i]
		was, is := f.held(person), after.held(person)
		tally(before, was)
		tally(then, is)
		if slices.Equal(was, is) {
			continue
		}
		tally(gains, without(is, was))
		tally(losses, without(was, is))
		if p.Changed++; p.Changed <= listedChanges {
			p.Changes = append(p.Changes, PersonChange{Person: *person, Before: was, After: is})
		}
	}
	p.Gains, p.Losses = counted(gains), counted(losses)
	return before, then
}

func tally(counts map[Holding]int, held []Holding) {
	for _, h := range held {
		counts[h]++
	}
}

func counted(counts map[Holding]int) []Count {
	list := make([]Count, 0, len(counts))
	for _, h := range slices.SortedFunc(maps.Keys(counts), compareHoldings) {
		list = append(list, Count{h, counts[h]})
	}
	return list
}
