package idp

import "context"

// adGroupSchema is in every group that Entra creates.
const adGroupSchema = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"

func (entra) groupBody(g *Group) document {
	return document{
		"schemas": []string{groupSchema, adGroupSchema}, "externalId": g.ObjectID, "displayName": g.Name,
		"meta": document{"resourceType": "Group"},
	}
}

func (e entra) renameGroup(ctx context.Context, c *cycle, id string, desired *Group) error {
	op := operation{"Replace", "displayName", desired.Name}
	if e.modern {
		op = operation{"replace", "", document{"displayName": desired.Name}}
	}
	return c.patch(ctx, "rename groups", groups, id, nil, op)
}

func (e entra) changeMembers(ctx context.Context, c *cycle, t team, add, remove []string) error {
	if len(add) > 0 {
		op := operation{"Add", "members", memberValues(add)}
		if e.modern {
			op.Op = "add"
		}
		if err := c.patch(ctx, "add members", groups, t.id, nil, op); err != nil {
			return err
		}
	}
	if len(remove) > 0 {
		return c.patch(ctx, "remove members", groups, t.id, nil, e.removal(remove)...)
	}
	return nil
}

// removal takes out the listed members only, in the flag's form or the one before it.
func (e entra) removal(ids []string) []operation {
	if !e.modern {
		return []operation{{"Remove", "members", memberValues(ids)}}
	}
	operations := make([]operation, len(ids))
	for i, id := range ids {
		operations[i] = operation{"remove", "members[" + equals("value", id) + "]", nil}
	}
	return operations
}

func (e entra) replaceMembers(ctx context.Context, c *cycle, t team, ids []string) error {
	op := operation{"Replace", "members", memberValues(ids)}
	if e.modern {
		op.Op = "replace"
	}
	return c.patch(ctx, "replace members", groups, t.id, nil, op)
}

// memberValues are members as Entra sends them.
func memberValues(ids []string) []document {
	list := make([]document, len(ids))
	for i, id := range ids {
		list[i] = document{"$ref": nil, "value": id}
	}
	return list
}
