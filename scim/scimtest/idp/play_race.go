package idp

import (
	"context"
	"sync"
)

// twoAtOnce has two cycles, which know nothing of each other, provision the same
// company; then both edit the same people and groups.
func (r *run) twoAtOnce(ctx context.Context) error {
	if err := r.begin(ctx); err != nil {
		return err
	}
	first, second := r.newCycle(2), r.newCycle(2)
	if !first.provider.traits().uniqueGroups {
		// Nothing keeps two groups from having one name, so only one cycle creates them.
		if err := first.provisionGroups(ctx); err != nil {
			return err
		}
	}
	first.racing, second.racing = true, true
	err := both(func() error { return first.populate(ctx) }, func() error { return second.populate(ctx) })
	r.log.differ(first.dir.merge(second.dir)...)
	r.main, second.dir = first, first.dir
	if err != nil {
		return err
	}
	if err := r.editTogether(ctx, first, second); err != nil {
		return err
	}
	return r.readBack(ctx)
}

// both runs two things at once and returns the first error.
func both(a, b func() error) error {
	var (
		running sync.WaitGroup
		theirs  error
	)
	running.Go(func() { theirs = b() })
	ours := a()
	running.Wait()
	if ours != nil {
		return ours
	}
	return theirs
}

// editTogether lets both cycles change the same groups, and the same people where
// the provider can send one attribute alone. What it can send only as a whole is
// divided between the cycles: two writers of one resource undo each other there.
func (r *run) editTogether(ctx context.Context, first, second *cycle) error {
	edits := [2][]edit{r.halfOfEdits(first, 0), r.halfOfEdits(first, 1)}
	t := first.provider.traits()
	change := func(c *cycle, half int) error {
		if err := c.each(ctx, "concurrent changes", len(r.company.People), func(ctx context.Context, place int) error {
			if t.wholeUsers && place%2 != half {
				return nil
			}
			return c.change(ctx, place, raceOf(half))
		}); err != nil {
			return err
		}
		if t.wholeGroups {
			return nil
		}
		return c.editMembers(ctx, "concurrent memberships", edits[half])
	}
	return both(func() error { return change(first, 0) }, func() error { return change(second, 1) })
}

// raceOf is what each of the two cycles changes of a person.
func raceOf(half int) func(*Person) {
	if half == 0 {
		return func(p *Person) { p.Title = "Principal " + p.Title }
	}
	return func(p *Person) { p.Department, p.Mobile = "New "+p.Department, "+44 20 7946 0000" }
}

// halfOfEdits are small edits of every group: every other of those who are not in
// it comes in, every other of those who are goes out. The other half is the other
// cycle's, so that in the end everybody has changed sides.
func (r *run) halfOfEdits(c *cycle, half int) []edit {
	const batch, most = 5, 60
	var edits []edit
	for place := range r.company.Groups {
		t, ok := c.dir.group(place)
		if !ok {
			continue
		}
		var current *edit
		for i := range min(most, len(r.company.People)) {
			a, ok := c.dir.user(i)
			if !ok || i%2 != half {
				continue
			}
			if current == nil || len(current.add)+len(current.remove) == batch {
				edits = append(edits, edit{group: place})
				current = &edits[len(edits)-1]
			}
			if t.members[a.id] {
				current.remove = append(current.remove, a.id)
			} else {
				current.add = append(current.add, a.id)
			}
		}
	}
	return edits
}
