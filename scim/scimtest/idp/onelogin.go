package idp

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
)

// onelogin provisions as OneLogin does: an admin edits a JSON template, which is
// sent filled in. Everything in it is text or null, a list is as short as the
// template has it, and its schemas do not name the extension that it fills.
type onelogin struct{}

func (onelogin) traits() traits {
	return traits{workers: 4, batch: 100, lookUp: -1, keepsGroups: true}
}

// headers: OneLogin sends an empty user agent.
func (onelogin) headers(r *http.Request) {
	r.Header.Set("User-Agent", "")
	r.Header.Set("Accept", mediaType)
	if r.Method != http.MethodGet && r.Method != http.MethodDelete {
		r.Header.Set("Content-Type", mediaType)
	}
}

// test is the button Enable; then the groups are read that a rule may set.
func (onelogin) test(ctx context.Context, c *cycle) error {
	const step = "test connection"
	if _, err := c.list(ctx, step, "/Users?startIndex=1&count=1", 1); err != nil {
		return err
	}
	_, err := c.list(ctx, step, "/Groups", -1)
	return err
}

func (onelogin) findUser(userName string) string {
	return "/Users?filter=" + percent(equals("userName", userName))
}

func (onelogin) findGroup(name string) string {
	return "/Groups?filter=" + percent(equals("displayName", name))
}

// userBody is the template. Its manager has names that no schema has, so a server
// cannot keep it.
func (o onelogin) userBody(p *Person) document {
	body := o.template(p)
	body["schemas"], body["id"], body["nickName"] = []string{userSchema}, nil, nil
	body["active"] = strconv.FormatBool(p.Active)
	if p.Manager != noManager {
		object(body, enterpriseSchema)["manager"] = document{"managerId": fmt.Sprintf("E%06d", p.Manager+1), "displayName": nil}
	}
	return body
}

// template is what of the template a server must hold.
func (onelogin) template(p *Person) document {
	phones := []any{document{"value": p.Phone, "type": "work"}}
	if p.Mobile != "" {
		phones = append(phones, document{"value": p.Mobile, "type": "mobile"})
	}
	return document{
		"userName": p.UserName, "externalId": p.ObjectID, "active": p.Active,
		"name":        document{"givenName": p.Given, "middleName": orNull(p.Middle), "familyName": p.Family},
		"displayName": p.Display(), "title": orNull(p.Title), "timezone": orNull(p.TimeZone),
		"emails": []any{document{"value": p.Email}}, "phoneNumbers": phones,
		"addresses": []any{document{"locality": p.City, "region": p.Region, "country": p.Country}},
		enterpriseSchema: document{
			"employeeNumber": p.EmployeeNumber, "costCenter": orNull(p.CostCenter), "organization": p.Organization,
			"division": orNull(p.Division), "department": orNull(p.Department),
		},
	}
}

// orNull is null for what has no value.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// atOnce: OneLogin has no app roles.
func (onelogin) atOnce(p Person) Person {
	p.Role = ""
	return p
}

func (o onelogin) expectUser(p *Person, _ *directory) document { return o.template(p) }

func (o onelogin) updateUser(ctx context.Context, c *cycle, id string, current document, desired *Person) error {
	operations := o.operations(current, desired)
	if len(operations) == 0 {
		return nil
	}
	return c.patch(ctx, "update users", users, id, nil, operations...)
}

// operations are what differs: the e-mails, of which there is one, as that one
// object, and all else in one operation without a path.
func (o onelogin) operations(current document, desired *Person) []operation {
	want, have := plain(o.template(desired)), plain(current)
	if s, ok := have["active"].(string); ok {
		have["active"] = s == "true"
	}
	if extension, ok := have[enterpriseSchema].(document); ok {
		delete(extension, "manager")
	}
	var operations []operation
	rest := document{}
	for _, name := range keys(want, nil) {
		if same(normal(name, want[name]), normal(name, have[name])) {
			continue
		}
		switch name {
		case "emails":
			operations = append(operations, operation{"replace", "emails", document{"value": desired.Email}})
		case "active":
			operations = append(operations, o.active(desired.Active))
		default:
			rest[name] = want[name]
		}
	}
	if len(rest) > 0 {
		operations = append(operations, operation{"replace", "", rest})
	}
	return operations
}

func (onelogin) active(value bool) operation {
	return operation{"replace", "active", strconv.FormatBool(value)}
}

func (o onelogin) setActive(ctx context.Context, c *cycle, id string, desired *Person) error {
	step := "deactivate users"
	if desired.Active {
		step = "reactivate users"
	}
	return c.patch(ctx, step, users, id, o.template(desired), o.active(desired.Active))
}

// finishUser: everything was sent when the user was created.
func (onelogin) finishUser(context.Context, *cycle, int) error { return nil }

func (onelogin) groupBody(g *Group) document {
	return document{"schemas": []string{groupSchema}, "displayName": g.Name}
}

func (onelogin) renameGroup(ctx context.Context, c *cycle, id string, desired *Group) error {
	return c.patch(ctx, "rename groups", groups, id, nil, operation{"replace", "displayName", desired.Name})
}

// changeMembers is what a rule does that sets groups.
func (onelogin) changeMembers(ctx context.Context, c *cycle, t team, add, remove []string) error {
	if len(add) > 0 {
		if err := c.patch(ctx, "add members", groups, t.id, nil, operation{"add", "members", values(add)}); err != nil {
			return err
		}
	}
	if len(remove) > 0 {
		return c.patch(ctx, "remove members", groups, t.id, nil, operation{"remove", "members", values(remove)})
	}
	return nil
}

func (onelogin) replaceMembers(ctx context.Context, c *cycle, t team, ids []string) error {
	return c.patch(ctx, "replace members", groups, t.id, nil, operation{"replace", "members", values(ids)})
}

// verify reads the user by id.
func (onelogin) verify(ctx context.Context, c *cycle, a account) error {
	_, err := c.get(ctx, "read users", users, a.id, "")
	return err
}

// hardDeletes: an admin may choose deletion; otherwise people are suspended.
func (onelogin) hardDeletes() bool { return false }

func (onelogin) lastly(context.Context, *cycle, []document) error { return nil }
