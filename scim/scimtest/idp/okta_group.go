package idp

import (
	"context"
	"slices"
)

// groupBody is a push group: no external id, no members yet.
func (okta) groupBody(g *Group) document {
	return document{"schemas": []string{groupSchema}, "displayName": g.Name, "members": []any{}}
}

// named is what Okta sends before every change of a group's members. It must not
// touch them.
func (okta) named(ctx context.Context, c *cycle, id, name string) error {
	op := operation{"replace", "", document{"id": id, "displayName": name}}
	return c.patch(ctx, "name groups", groups, id, nil, op)
}

func (o okta) renameGroup(ctx context.Context, c *cycle, id string, desired *Group) error {
	if o.app != AIW {
		return o.named(ctx, c, id, desired.Name)
	}
	t := team{id: id, group: *desired, members: map[string]bool{}}
	current, err := c.get(ctx, "read before update", groups, id, "")
	if err != nil {
		return err
	}
	for _, member := range memberIDs(current) {
		t.members[member] = true
	}
	return o.putGroup(ctx, c, t, keysOf(t.members))
}

func (o okta) changeMembers(ctx context.Context, c *cycle, t team, add, remove []string) error {
	if o.app == AIW {
		for _, id := range add {
			t.members[id] = true
		}
		for _, id := range remove {
			delete(t.members, id)
		}
		return o.putGroup(ctx, c, t, keysOf(t.members))
	}
	if err := o.named(ctx, c, t.id, t.group.Name); err != nil {
		return err
	}
	operations := make([]operation, 0, len(remove)+1)
	for _, id := range remove {
		operations = append(operations, operation{"remove", "members[" + equals("value", id) + "]", nil})
	}
	if len(add) > 0 {
		operations = append(operations, operation{"add", "members", members(c, add)})
	}
	return c.patch(ctx, "change members", groups, t.id, nil, operations...)
}

func (o okta) replaceMembers(ctx context.Context, c *cycle, t team, ids []string) error {
	if o.app == AIW {
		return o.putGroup(ctx, c, t, ids)
	}
	if err := o.named(ctx, c, t.id, t.group.Name); err != nil {
		return err
	}
	return c.patch(ctx, "replace members", groups, t.id, nil, operation{"replace", "members", members(c, ids)})
}

func (okta) putGroup(ctx context.Context, c *cycle, t team, ids []string) error {
	body := document{
		"schemas": []string{groupSchema}, "id": t.id, "displayName": t.group.Name, "members": members(c, ids),
	}
	return c.put(ctx, "put groups", groups, t.id, body, nil)
}

// members are values with the names that Okta shows for them.
func members(c *cycle, ids []string) []document {
	list := make([]document, len(ids))
	for i, id := range ids {
		list[i] = document{"value": id, "display": c.dir.display(id)}
	}
	return list
}

func keysOf(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for each := range set {
		list = append(list, each)
	}
	slices.Sort(list)
	return list
}
