package idp

import (
	"context"
	"fmt"
	"slices"
)

// begin is how every scenario but one starts: the admin tests the connection.
func (r *run) begin(ctx context.Context) error {
	r.config.Progress.Begin("test connection", 1)
	defer r.config.Progress.End("test connection")
	if err := r.main.provider.test(ctx, r.main); err != nil {
		return err
	}
	r.config.Progress.Advance("test connection")
	return r.lookAround(ctx)
}

// populated runs a first cycle, then what the scenario adds, and reads back.
func (r *run) populated(ctx context.Context, then ...func(context.Context) error) error {
	steps := append([]func(context.Context) error{r.begin, r.main.populate}, then...)
	for _, step := range append(steps, r.readBack) {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) firstCycle(ctx context.Context) error { return r.populated(ctx, r.addUnassigned) }

func (r *run) leaver(ctx context.Context) error {
	leavers := r.company.followers(r.share())
	return r.populated(ctx, func(ctx context.Context) error {
		return r.main.each(ctx, "leavers", len(leavers), func(ctx context.Context, i int) error {
			return r.main.leave(ctx, leavers[i], i%2 == 0, r.main.provider.hardDeletes() && i%3 != 1)
		})
	})
}

// share is how many people a scenario is about: a tenth.
func (r *run) share() int { return max(1, len(r.company.People)/10) }

// leave is what happens when somebody is unassigned: they leave their groups, if
// they do, and are deactivated, after which the server must still show them. Some
// are deleted later.
func (c *cycle) leave(ctx context.Context, place int, fromGroups, forever bool) error {
	if fromGroups {
		if err := c.leaveGroups(ctx, place); err != nil {
			return err
		}
	}
	if err := c.activate(ctx, place, false); err != nil {
		return err
	}
	a, ok := c.dir.user(place)
	if !ok {
		return nil
	}
	if err := c.expectFound(ctx, "look up leavers", a); err != nil || !forever {
		return err
	}
	if err := c.remove(ctx, "delete users", users, a.id); err != nil {
		return err
	}
	c.dir.dropUser(place)
	return nil
}

func (c *cycle) leaveGroups(ctx context.Context, place int) error {
	a, ok := c.dir.user(place)
	if !ok {
		return nil
	}
	for g := range c.company.Groups {
		if t, ok := c.dir.group(g); ok && t.members[a.id] {
			if err := c.takeOut(ctx, g, a.id); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeOut removes one member. A provider that puts whole groups does one at a
// time, or it would undo its own work.
func (c *cycle) takeOut(ctx context.Context, group int, id string) error {
	if c.provider.traits().wholeGroups {
		c.whole.Lock()
		defer c.whole.Unlock()
	}
	return c.editGroup(ctx, edit{group: group, remove: []string{id}})
}

func (r *run) rename(ctx context.Context) error {
	people := r.company.followers(r.share())
	return r.populated(ctx, func(ctx context.Context) error {
		renamed, err := r.newNames(ctx, people)
		if err != nil {
			return err
		}
		err = r.main.each(ctx, "renames", len(people), func(ctx context.Context, i int) error {
			return r.main.renameUser(ctx, people[i], renamed[i])
		})
		if err != nil || len(r.company.Groups) == 0 {
			return err
		}
		return r.main.each(ctx, "group renames", 1, func(ctx context.Context, _ int) error {
			name, err := r.newGroupName(ctx, r.company.Groups[0].Name)
			if err != nil {
				return err
			}
			return r.main.renameTeam(ctx, 0, name)
		})
	})
}

// newNames gives people names that nobody has, not even somebody whom an earlier
// run renamed.
func (r *run) newNames(ctx context.Context, people []int) ([]Person, error) {
	renamed := make([]Person, len(people))
	for i, place := range people {
		for range nameTries {
			renamed[i] = r.company.People[place]
			r.company.rename(&renamed[i])
			found, err := r.main.find(ctx, "look up new names", users, r.main.provider.findUser(renamed[i].UserName))
			if err != nil {
				return nil, err
			}
			if found == nil {
				break
			}
		}
	}
	return renamed, nil
}

func (r *run) newGroupName(ctx context.Context, old string) (string, error) {
	var name string
	for i := range nameTries {
		name = fmt.Sprintf("%s – Phase %d", old, i+2)
		found, err := r.main.findGroup(ctx, "look up new names", name)
		if err != nil || found == nil {
			return name, err
		}
	}
	return name, nil
}

// nameTries bounds the search for a name that is free. If none is, the server
// says so when it is taken.
const nameTries = 100

// renameUser changes name, user name and address. The user must then be found by
// the new user name and no longer by the old one.
func (c *cycle) renameUser(ctx context.Context, place int, to Person) error {
	before, ok := c.dir.user(place)
	if !ok {
		return nil
	}
	err := c.change(ctx, place, func(p *Person) { p.Family, p.UserName, p.Email = to.Family, to.UserName, to.Email })
	if err != nil {
		return err
	}
	after, _ := c.dir.user(place)
	if err := c.expectFound(ctx, "look up new names", after); err != nil {
		return err
	}
	if err := c.expectNobody(ctx, "look up old names", before.person.UserName); err != nil {
		return err
	}
	return c.provider.verify(ctx, c, after)
}

func (c *cycle) renameTeam(ctx context.Context, place int, name string) error {
	t, ok := c.dir.group(place)
	if !ok {
		return nil
	}
	t.group.Name = name
	if err := c.provider.renameGroup(ctx, c, t.id, &t.group); err != nil {
		return err
	}
	c.dir.renameGroup(place, name)
	return nil
}

func (r *run) rehire(ctx context.Context) error {
	people := r.company.followers(r.share())
	return r.populated(ctx, func(ctx context.Context) error {
		err := r.main.each(ctx, "leavers", len(people), func(ctx context.Context, i int) error {
			return r.main.leave(ctx, people[i], false, false)
		})
		if err != nil {
			return err
		}
		return r.main.each(ctx, "rehires", len(people), func(ctx context.Context, i int) error {
			return r.main.comeBack(ctx, people[i])
		})
	})
}

// comeBack reactivates somebody, who must keep the id and be found with it.
func (c *cycle) comeBack(ctx context.Context, place int) error {
	a, ok := c.dir.user(place)
	if !ok {
		return nil
	}
	if err := c.expectFound(ctx, "look up rehires", a); err != nil {
		return err
	}
	if err := c.activate(ctx, place, true); err != nil {
		return err
	}
	a.person.Active = true
	return c.expectFound(ctx, "look up rehires", a)
}

// followers are at most n people who lead nobody; in a tiny company it is whoever
// is there.
func (c *Company) followers(n int) []int {
	places := c.some(len(c.People))
	some := slices.DeleteFunc(slices.Clone(places), c.leads)
	if len(some) == 0 {
		some = places
	}
	return some[:min(n, len(some))]
}
