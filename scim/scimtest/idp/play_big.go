package idp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// bigGroup puts everybody into one group. People are imported first rather than
// looked up one by one, as Okta does, since here they are only the material.
func (r *run) bigGroup(ctx context.Context) error {
	everybody := make([]int, len(r.company.People))
	for i := range everybody {
		everybody[i] = i
	}
	r.company.Groups = []Group{{ObjectID: r.company.objectID(), Name: "Everybody at " + r.company.Name, Members: everybody}}
	steps := []func(context.Context) error{
		r.begin, r.main.importUsers, r.main.provisionGroups, r.main.provisionMembers, r.main.sameMembers,
		r.main.addAgain, r.main.thinOut, r.main.sameMembers, r.main.refill, r.main.sameMembers,
		r.main.thinOut, r.readBack, r.main.disband,
	}
	for _, step := range steps {
		if err := passing(step(ctx)); err != nil {
			return err
		}
	}
	return nil
}

const bigGroup = 0 // its place

// importUsers pages through all users, links those that are the company's and
// creates the others.
func (c *cycle) importUsers(ctx context.Context) error {
	all, err := c.readAll(ctx, "import users", users, userPage, "")
	if err != nil {
		return err
	}
	byName := make(map[string]document, len(all))
	for _, each := range all {
		byName[text(each["userName"])] = each
	}
	return c.each(ctx, "users", len(c.company.People), func(ctx context.Context, place int) error {
		p := c.company.People[place]
		if found := byName[p.UserName]; found != nil {
			return c.adoptUser(ctx, place, found)
		}
		id, found, err := c.createUser(ctx, &p)
		switch {
		case err != nil:
			return err
		case found != nil:
			return c.adoptUser(ctx, place, found)
		}
		c.dir.putUser(place, id, c.provider.atOnce(p))
		return nil
	})
}

// sameMembers reads the group and compares its members.
func (c *cycle) sameMembers(ctx context.Context) error {
	t, ok := c.dir.group(bigGroup)
	if !ok {
		return nil
	}
	found, err := c.get(ctx, "read the group", groups, t.id, "")
	if err != nil {
		return err
	}
	all := compareMembers(t.members, found)
	for i := range all {
		all[i].Resource = "group " + t.group.Name
	}
	c.log.differ(all...)
	return nil
}

// addAgain adds members who are there: nothing may change.
func (c *cycle) addAgain(ctx context.Context) error {
	const step = "add members again"
	t, ok := c.dir.group(bigGroup)
	if !ok || len(t.members) == 0 {
		return nil
	}
	before, err := c.get(ctx, step, groups, t.id, "?excludedAttributes=members")
	if err != nil {
		return err
	}
	if _, shown := before["members"]; shown {
		return c.contradict(step, http.MethodGet, "/Groups/"+t.id+"?excludedAttributes=members", http.StatusOK,
			errors.New("members are shown although they were excluded"))
	}
	some := keysOf(t.members)
	if err := c.provider.changeMembers(ctx, c, t, some[:min(50, len(some))], nil); err != nil {
		return err
	}
	after, err := c.get(ctx, step, groups, t.id, "?excludedAttributes=members")
	if err != nil {
		return err
	}
	if version(before) != version(after) {
		return c.contradict(step, http.MethodGet, "/Groups/"+t.id, http.StatusOK,
			fmt.Errorf("members were added who are there, and meta.version went from %s to %s", version(before), version(after)))
	}
	return nil
}

// thinOut removes every fourth member, in batches.
func (c *cycle) thinOut(ctx context.Context) error {
	t, ok := c.dir.group(bigGroup)
	if !ok {
		return nil
	}
	var edits []edit
	batch := c.provider.traits().batch
	for i, id := range keysOf(t.members) {
		if i%4 != 0 {
			continue
		}
		if last := len(edits) - 1; last >= 0 && len(edits[last].remove) < batch {
			edits[last].remove = append(edits[last].remove, id)
		} else {
			edits = append(edits, edit{group: bigGroup, remove: []string{id}})
		}
	}
	return c.editMembers(ctx, "removals", edits)
}

// refill replaces the members, in one request, by everybody.
func (c *cycle) refill(ctx context.Context) error {
	t, ok := c.dir.group(bigGroup)
	if !ok {
		return nil
	}
	ids := c.dir.ids(c.company.Groups[bigGroup].Members)
	if err := c.provider.replaceMembers(ctx, c, t, ids); err != nil {
		return err
	}
	c.dir.setMembers(bigGroup, ids)
	return nil
}

// disband deletes the group, which must be gone then, and from its members too. A
// provider that deletes no groups empties it.
func (c *cycle) disband(ctx context.Context) error {
	t, ok := c.dir.group(bigGroup)
	if !ok {
		return nil
	}
	if err := c.dissolve(ctx, t); err != nil {
		return err
	}
	a, ok := c.dir.user(0)
	if !ok {
		return nil
	}
	found, err := c.get(ctx, "read users", users, a.id, "")
	if err != nil {
		return err
	}
	list, _ := found["groups"].([]any)
	for _, each := range list {
		if membership, _ := each.(document); text(membership["value"]) == t.id {
			c.log.differ(Difference{Resource: "user " + a.person.UserName, Attribute: "groups", Sent: "no membership any more", Found: show(each)})
		}
	}
	return nil
}

func (c *cycle) dissolve(ctx context.Context, t team) error {
	if c.provider.traits().keepsGroups {
		if err := c.provider.replaceMembers(ctx, c, t, nil); err != nil {
			return err
		}
		c.dir.setMembers(bigGroup, nil)
		return c.sameMembers(ctx)
	}
	if err := c.remove(ctx, "delete groups", groups, t.id); err != nil {
		return err
	}
	c.dir.dropGroup(bigGroup)
	return nil
}
