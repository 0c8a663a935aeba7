package idp

import (
	"context"
	"net/http"
)

// jumpcloud provisions as JumpCloud does: people whole, with null and the empty
// list for what they have not, members by lists of values.
type jumpcloud struct{}

func (jumpcloud) traits() traits {
	return traits{workers: 4, batch: 100, lookUp: -1, wholeUsers: true, keepsGroups: true}
}

// headers: JumpCloud names itself by no documented user agent.
func (jumpcloud) headers(r *http.Request) {
	r.Header.Set("User-Agent", "")
	r.Header.Set("Accept", mediaType)
	if r.Method != http.MethodGet && r.Method != http.MethodDelete {
		r.Header.Set("Content-Type", "application/json")
	}
}

// test is Activate: a test user and a test group are created, changed and deleted.
func (j jumpcloud) test(ctx context.Context, c *cycle) error {
	const step = "test connection"
	if _, err := c.list(ctx, step, "/Users?startIndex=1&count=1", 1); err != nil {
		return err
	}
	user, err := j.testUser(ctx, c)
	if err != nil {
		return err
	}
	group, err := j.testGroup(ctx, c)
	if err != nil {
		return err
	}
	if err := j.changeMembers(ctx, c, team{id: group}, []string{user}, nil); err != nil {
		return err
	}
	if err := c.remove(ctx, step, users, user); err != nil {
		return err
	}
	return c.remove(ctx, step, groups, group)
}

// clear deletes what an activation left that did not get to its end.
func (jumpcloud) clear(ctx context.Context, c *cycle, k kind, path string) error {
	const step = "test connection"
	left, err := c.find(ctx, step, k, path)
	if err != nil || left == nil {
		return err
	}
	return c.remove(ctx, step, k, text(left["id"]))
}

func (j jumpcloud) testGroup(ctx context.Context, c *cycle) (id string, err error) {
	g := Group{Name: "JumpCloud activation " + c.company.Domain}
	if err := j.clear(ctx, c, groups, j.findGroup(g.Name)); err != nil {
		return "", err
	}
	body := j.groupBody(&g)
	id, _, err = c.create(ctx, "test connection", groups, body, body, nil)
	return id, err
}

// testUser creates and updates the test user.
func (j jumpcloud) testUser(ctx context.Context, c *cycle) (id string, err error) {
	const step = "test connection"
	p := Person{Given: "JumpCloud", Family: "Activation", Manager: noManager, Active: true}
	p.UserName = "jumpcloud.activation@" + c.company.Domain
	p.Email = p.UserName
	if err := j.clear(ctx, c, users, j.findUser(p.UserName)); err != nil {
		return "", err
	}
	body := j.userBody(&p)
	if id, _, err = c.create(ctx, step, users, body, body, nil); err != nil {
		return "", err
	}
	p.Title = "Test user"
	return id, c.put(ctx, step, users, id, j.userBody(&p), whole(&p))
}

func (jumpcloud) findUser(userName string) string {
	return "/Users?filter=" + percent(equals("userName", userName))
}

func (jumpcloud) findGroup(name string) string {
	return "/Groups?filter=" + percent(equals("displayName", name))
}

// userBody has the extension's URN before the core schema's.
func (jumpcloud) userBody(p *Person) document {
	body := whole(p)
	body["schemas"] = []string{enterpriseSchema, userSchema}
	body["nickName"], body["photos"] = nil, []any{}
	return body
}

// atOnce: managers and roles are not sent.
func (jumpcloud) atOnce(p Person) Person {
	p.Manager, p.Role = noManager, ""
	return p
}

func (jumpcloud) expectUser(p *Person, _ *directory) document { return whole(p) }

func (j jumpcloud) updateUser(ctx context.Context, c *cycle, id string, _ document, desired *Person) error {
	return c.put(ctx, "update users", users, id, j.userBody(desired), whole(desired))
}

// setActive is a PATCH with an operation for each attribute, of which there is one.
func (jumpcloud) setActive(ctx context.Context, c *cycle, id string, desired *Person) error {
	step := "deactivate users"
	if desired.Active {
		step = "reactivate users"
	}
	return c.patch(ctx, step, users, id, whole(desired), operation{"replace", "active", desired.Active})
}

func (jumpcloud) finishUser(context.Context, *cycle, int) error { return nil }

func (jumpcloud) groupBody(g *Group) document {
	return document{"schemas": []string{groupSchema}, "displayName": g.Name, "members": []any{}}
}

func (jumpcloud) renameGroup(ctx context.Context, c *cycle, id string, desired *Group) error {
	return c.patch(ctx, "rename groups", groups, id, nil, operation{"replace", "displayName", desired.Name})
}

func (jumpcloud) changeMembers(ctx context.Context, c *cycle, t team, add, remove []string) error {
	var operations []operation
	if len(remove) > 0 {
		operations = append(operations, operation{"remove", "members", values(remove)})
	}
	if len(add) > 0 {
		operations = append(operations, operation{"add", "members", values(add)})
	}
	return c.patch(ctx, "change members", groups, t.id, nil, operations...)
}

func (jumpcloud) replaceMembers(ctx context.Context, c *cycle, t team, ids []string) error {
	return c.patch(ctx, "replace members", groups, t.id, nil, operation{"replace", "members", values(ids)})
}

// verify puts the user once more.
func (j jumpcloud) verify(ctx context.Context, c *cycle, a account) error {
	return c.putAgain(ctx, a.id, j.userBody(&a.person), whole(&a.person))
}

// hardDeletes: who is unassigned is deactivated.
func (jumpcloud) hardDeletes() bool { return false }

func (jumpcloud) lastly(context.Context, *cycle, []document) error { return nil }
