package idp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// pingfederate provisions as the SCIM Provisioner of PingFederate does: people
// are put and never patched, groups are patched, and a group is looked for among
// all groups.
type pingfederate struct{}

func (pingfederate) traits() traits {
	return traits{workers: 4, batch: 100, lookUp: -1, wholeUsers: true, listsGroups: true}
}

// headers: plain JSON is sent.
func (pingfederate) headers(r *http.Request) {
	r.Header.Set("User-Agent", "")
	r.Header.Set("Accept", mediaType+", application/json")
	if r.Method != http.MethodGet && r.Method != http.MethodDelete {
		r.Header.Set("Content-Type", "application/json")
	}
}

// test: there is no such button; a channel that starts looks somebody up.
func (f pingfederate) test(ctx context.Context, c *cycle) error {
	path := f.findUser("nobody@" + c.company.Domain)
	found, err := c.find(ctx, "test connection", users, path)
	if err == nil && found != nil {
		err = c.contradict("test connection", http.MethodGet, path, http.StatusOK, errors.New("nobody is found"))
	}
	return err
}

func (pingfederate) findUser(userName string) string {
	return "/Users?filter=" + percent(equals("userName", userName))
}

// findGroup is the first page of all groups, see traits.
func (pingfederate) findGroup(string) string {
	return fmt.Sprintf("%s?startIndex=1&count=%d", groups.endpoint, groupPage)
}

// userBody has what the person has: what PingFederate once set it cannot clear.
func (pingfederate) userBody(p *Person) document {
	body := withoutEmpty(whole(p))
	body["schemas"] = []string{userSchema, enterpriseSchema}
	return body
}

// atOnce: LDAP's managers are no ids of the server, and there are no roles.
func (pingfederate) atOnce(p Person) Person {
	p.Manager, p.Role = noManager, ""
	return p
}

func (pingfederate) expectUser(p *Person, _ *directory) document { return whole(p) }

func (f pingfederate) put(ctx context.Context, c *cycle, step, id string, p *Person) error {
	body := f.userBody(p)
	body["id"] = id
	return c.put(ctx, step, users, id, body, whole(p))
}

func (f pingfederate) updateUser(ctx context.Context, c *cycle, id string, _ document, desired *Person) error {
	return f.put(ctx, c, "update users", id, desired)
}

func (f pingfederate) setActive(ctx context.Context, c *cycle, id string, desired *Person) error {
	step := "deactivate users"
	if desired.Active {
		step = "reactivate users"
	}
	return f.put(ctx, c, step, id, desired)
}

func (pingfederate) finishUser(context.Context, *cycle, int) error { return nil }

func (pingfederate) groupBody(g *Group) document {
	return document{"schemas": []string{groupSchema}, "displayName": g.Name}
}

func (pingfederate) renameGroup(ctx context.Context, c *cycle, id string, desired *Group) error {
	return c.patch(ctx, "rename groups", groups, id, nil, operation{"replace", "displayName", desired.Name})
}

func (pingfederate) changeMembers(ctx context.Context, c *cycle, t team, add, remove []string) error {
	operations := make([]operation, 0, len(remove)+1)
	for _, id := range remove {
		operations = append(operations, operation{"remove", "members[" + equals("value", id) + "]", nil})
	}
	if len(add) > 0 {
		operations = append(operations, operation{"add", "members", values(add)})
	}
	return c.patch(ctx, "change members", groups, t.id, nil, operations...)
}

func (pingfederate) replaceMembers(ctx context.Context, c *cycle, t team, ids []string) error {
	return c.patch(ctx, "replace members", groups, t.id, nil, operation{"replace", "members", values(ids)})
}

// verify looks somebody up by work address, the other identifier that an admin
// may choose, and puts them once more.
func (f pingfederate) verify(ctx context.Context, c *cycle, a account) error {
	const step = "look up by e-mail"
	path := "/Users?filter=" + percent(equals("emails", a.person.Email))
	found, err := c.find(ctx, step, users, path)
	switch {
	case err != nil:
		return err
	case text(found["id"]) != a.id:
		return c.contradict(step, http.MethodGet, path, http.StatusOK,
			fmt.Errorf("found %q, not %s", text(found["id"]), a.id))
	}
	body := f.userBody(&a.person)
	body["id"] = a.id
	return c.putAgain(ctx, a.id, body, whole(&a.person))
}

// hardDeletes: a channel disables people unless an admin chooses deletion.
func (pingfederate) hardDeletes() bool { return false }

func (pingfederate) lastly(context.Context, *cycle, []document) error { return nil }

// among finds a group by name among all groups, as a provider does that does not
// trust filters.
func (c *cycle) among(ctx context.Context, step, name string) (document, error) {
	all, err := c.readAll(ctx, step, groups, groupPage, "")
	if err != nil {
		return nil, err
	}
	var match document
	for _, each := range all {
		if !strings.EqualFold(text(each["displayName"]), name) {
			continue
		}
		if match != nil {
			return nil, c.contradict(step, http.MethodGet, groups.endpoint, http.StatusOK,
				fmt.Errorf("two groups are called %q", name))
		}
		match = each
	}
	return match, nil
}
