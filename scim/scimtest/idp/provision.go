package idp

import (
	"context"
	"errors"
	"net/http"
	"slices"
)

// populate provisions the whole company: people, groups, memberships, and then
// what needs everybody to be there.
func (c *cycle) populate(ctx context.Context) error {
	for _, stage := range []func(context.Context) error{
		c.provisionUsers, c.provisionGroups, c.provisionMembers, c.finishUsers,
	} {
		if err := stage(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *cycle) provisionUsers(ctx context.Context) error {
	return c.each(ctx, "users", len(c.company.People), c.provisionUser)
}

// provisionUser looks somebody up and creates or adopts them.
func (c *cycle) provisionUser(ctx context.Context, place int) error {
	p := c.company.People[place]
	found, err := c.finds(p.UserName)(ctx, "look up users")
	if err != nil {
		return err
	}
	if found != nil {
		return c.adoptUser(ctx, place, found)
	}
	id, found, err := c.createUser(ctx, &p)
	if err != nil {
		return err
	}
	if found != nil {
		return c.adoptUser(ctx, place, found)
	}
	c.dir.putUser(place, id, c.provider.atOnce(p))
	return nil
}

// createUser posts somebody, who must then be as the provider expects it.
func (c *cycle) createUser(ctx context.Context, p *Person) (id string, found document, err error) {
	told := c.provider.atOnce(*p)
	return c.create(ctx, "create users", users, c.provider.userBody(p), c.provider.expectUser(&told, c.dir), c.finds(p.UserName))
}

// adoptUser links somebody to a user who is there and updates what differs.
func (c *cycle) adoptUser(ctx context.Context, place int, found document) error {
	p, id := c.company.People[place], text(found["id"])
	if err := c.provider.updateUser(ctx, c, id, found, &p); err != nil {
		return err
	}
	c.dir.putUser(place, id, c.provider.atOnce(p))
	return nil
}

func (c *cycle) provisionGroups(ctx context.Context) error {
	return c.each(ctx, "groups", len(c.company.Groups), c.provisionGroup)
}

func (c *cycle) provisionGroup(ctx context.Context, place int) error {
	g := c.company.Groups[place]
	look := func(ctx context.Context, step string) (document, error) { return c.findGroup(ctx, step, g.Name) }
	found, err := look(ctx, "look up groups")
	if err != nil {
		return err
	}
	if found == nil {
		var id string
		body := c.provider.groupBody(&g)
		id, found, err = c.create(ctx, "create groups", groups, body, body, look)
		if err != nil {
			return err
		}
		if found == nil {
			c.dir.putGroup(place, id, g, nil)
			return nil
		}
	}
	return c.adoptGroup(ctx, place, text(found["id"]), g)
}

// adoptGroup links a group to one that is there, whose members stay.
func (c *cycle) adoptGroup(ctx context.Context, place int, id string, g Group) error {
	current, err := c.get(ctx, "read groups", groups, id, "")
	if err != nil {
		return err
	}
	g.ObjectID = text(current["externalId"])
	c.dir.putGroup(place, id, g, memberIDs(current))
	return nil
}

// edit is one request's worth of changes of a group's members, by id.
type edit struct {
	group       int
	add, remove []string
}

func (c *cycle) provisionMembers(ctx context.Context) error {
	edits := make([]edit, 0, len(c.company.Groups))
	for place, g := range c.company.Groups {
		edits = append(edits, c.additions(place, g.Members, c.provider.traits().batch)...)
	}
	return c.editMembers(ctx, "memberships", edits)
}

// additions are the edits that bring people into a group who are not in it.
func (c *cycle) additions(place int, people []int, batch int) []edit {
	t, ok := c.dir.group(place)
	if !ok {
		return nil
	}
	missing := slices.DeleteFunc(c.dir.ids(people), func(id string) bool { return t.members[id] })
	var edits []edit
	for add := range slices.Chunk(missing, batch) {
		edits = append(edits, edit{group: place, add: add})
	}
	return edits
}

// editMembers carries edits out, several at once: those of one group too.
func (c *cycle) editMembers(ctx context.Context, stage string, edits []edit) error {
	return c.each(ctx, stage, len(edits), func(ctx context.Context, i int) error {
		return c.editGroup(ctx, edits[i])
	})
}

func (c *cycle) editGroup(ctx context.Context, e edit) error {
	t, ok := c.dir.group(e.group)
	if !ok {
		return nil // it was refused
	}
	if err := c.provider.changeMembers(ctx, c, t, e.add, e.remove); err != nil {
		return err
	}
	c.dir.changeMembers(e.group, e.add, e.remove)
	return nil
}

// finishUsers sends managers and roles, of those who have any.
func (c *cycle) finishUsers(ctx context.Context) error {
	var places []int
	for place, p := range c.company.People {
		if rest := c.provider.atOnce(p); rest != p {
			places = append(places, place)
		}
	}
	return c.each(ctx, "managers and roles", len(places), func(ctx context.Context, i int) error {
		return c.provider.finishUser(ctx, c, places[i])
	})
}

// change sends a change of one person. The directory takes over what was accepted.
func (c *cycle) change(ctx context.Context, place int, alter func(*Person)) error {
	a, ok := c.dir.user(place)
	if !ok {
		return nil // they were refused
	}
	desired := a.person
	alter(&desired)
	if err := c.provider.updateUser(ctx, c, a.id, c.provider.userBody(&a.person), &desired); err != nil {
		return err
	}
	c.dir.changeUser(place, alter)
	return nil
}

// activate switches somebody on or off.
func (c *cycle) activate(ctx context.Context, place int, active bool) error {
	a, ok := c.dir.user(place)
	if !ok {
		return nil
	}
	a.person.Active = active
	if err := c.provider.setActive(ctx, c, a.id, &a.person); err != nil {
		return err
	}
	c.dir.changeUser(place, func(p *Person) { p.Active = active })
	return nil
}

// expectFound makes sure that a look-up finds just the account, with this state.
func (c *cycle) expectFound(ctx context.Context, step string, a account) error {
	path := c.provider.findUser(a.person.UserName)
	found, err := c.find(ctx, step, users, path)
	switch {
	case err != nil:
		return err
	case found == nil:
		err = errors.New("the filter finds nothing, although the user is there")
	case text(found["id"]) != a.id:
		err = errors.New("the filter finds " + text(found["id"]) + ", not " + a.id)
	case found["active"] != a.person.Active:
		err = errors.New("active is " + show(found["active"]))
	default:
		return nil
	}
	return c.contradict(step, http.MethodGet, path, http.StatusOK, err)
}

// memberIDs are the ids of a group's members.
func memberIDs(group document) []string {
	list, _ := group["members"].([]any)
	ids := make([]string, 0, len(list))
	for _, each := range list {
		member, _ := each.(document)
		ids = append(ids, text(member["value"]))
	}
	return ids
}
