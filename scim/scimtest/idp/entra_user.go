package idp

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// userBody is a POST of Entra: what has no value is left out, roles are empty,
// and the enterprise URN is there in any case.
func (e entra) userBody(p *Person) document {
	body := document{
		"schemas": []string{userSchema, enterpriseSchema},
		"active":  p.Active, "roles": []any{}, "meta": document{"resourceType": "User"},
	}
	for _, m := range mapping {
		if value := m.of(p); value != "" {
			m.write(body, value)
		}
	}
	if entry, ok := (target{attribute: "emails", kind: "work"}).entry(body).(document); ok {
		entry["primary"] = true
	}
	if e.olderForm(p) {
		// As printed in Microsoft's documentation: nulls, and a URN with a typo.
		body["schemas"] = []string{userSchema, strings.ReplaceAll(enterpriseSchema, "2.0:User", "2.0User")}
		body["manager"], body["nickName"] = nil, nil
	}
	return body
}

// olderForm picks one person in sixteen.
func (entra) olderForm(p *Person) bool { return strings.HasSuffix(p.ObjectID, "0") }

// atOnce: managers and roles follow in requests of their own.
func (entra) atOnce(p Person) Person {
	p.Manager, p.Role = noManager, ""
	return p
}

func (e entra) expectUser(p *Person, d *directory) document {
	body := e.userBody(p)
	delete(body, "manager")
	if p.Role != "" {
		body["roles"] = []any{roleOf(p.Role)}
	}
	if manager, ok := d.user(p.Manager); ok {
		object(body, enterpriseSchema)["manager"] = document{"value": manager.id}
	}
	return body
}

// operations turns a difference into a PATCH. Without the flag there is one
// operation for each attribute; with it, one without a path for all that can do
// without. Entra cannot send null: "" takes a value away.
func (e entra) operations(current document, desired *Person) []operation {
	var operations []operation
	pathless := document{}
	for _, m := range mapping {
		before, after := m.read(current), m.of(desired)
		switch {
		case before == after:
		case e.modern && m.kind == "":
			pathless[m.path()] = after
		case e.modern && before == "":
			operations = append(operations, operation{"add", m.path(), after})
		case e.modern:
			operations = append(operations, operation{"replace", m.path(), after})
		case before == "":
			operations = append(operations, operation{"Add", m.path(), after})
		default:
			operations = append(operations, operation{"Replace", qualified(m.target, desired), after})
		}
	}
	if len(pathless) > 0 {
		operations = append([]operation{{"replace", "", pathless}}, operations...)
	}
	if active, known := current["active"].(bool); known && active != desired.Active {
		operations = append(operations, e.active(desired.Active))
	}
	return operations
}

// qualified is a path with the core schema's URN before it, which custom mappings
// have; it is used for displayName of half of the people.
func qualified(t target, p *Person) string {
	if t.attribute == "displayName" && strings.ContainsAny(p.ObjectID[len(p.ObjectID)-1:], "02468ace") {
		return userSchema + ":displayName"
	}
	return t.path()
}

// finishUser assigns the manager and the app role.
func (e entra) finishUser(ctx context.Context, c *cycle, place int) error {
	a, ok := c.dir.user(place)
	if !ok {
		return nil
	}
	wanted := c.company.People[place]
	if manager, ok := c.dir.user(wanted.Manager); ok && a.person.Manager != wanted.Manager {
		if err := e.setManager(ctx, c, place, a.id, manager.id); err != nil {
			return err
		}
		c.dir.changeUser(place, func(p *Person) { p.Manager = wanted.Manager })
	}
	if wanted.Role != "" && a.person.Role != wanted.Role {
		if err := c.patch(ctx, "app roles", users, a.id, nil, e.roleOperations(wanted.Role, a.id)...); err != nil {
			return err
		}
		c.dir.changeUser(place, func(p *Person) { p.Role = wanted.Role })
	}
	return nil
}

// setManager first asks whether the reference is there already, as the service
// does before it writes one; one in eight times, to keep the cycle short.
func (e entra) setManager(ctx context.Context, c *cycle, place int, id, manager string) error {
	op := operation{"Add", enterpriseSchema + ":manager", manager}
	if e.modern {
		op.Op = "add"
	}
	if place%8 == 1 {
		reference := equals("id", id) + " and " + equals("manager", manager)
		if err := c.references(ctx, "/Users", reference, false); err != nil {
			return err
		}
		op = operation{op.Op, "manager", []document{{"$ref": c.base + "/Users/" + manager, "value": manager}}}
		if err := c.patch(ctx, "managers", users, id, nil, op); err != nil {
			return err
		}
		return c.references(ctx, "/Users", reference, true)
	}
	return c.patch(ctx, "managers", users, id, nil, op)
}

// references asks whether a reference exists and checks the answer.
func (c *cycle) references(ctx context.Context, endpoint, filter string, want bool) error {
	const step = "check references"
	path := endpoint + "?filter=" + url.QueryEscape(filter) + "&attributes=id"
	found, err := c.list(ctx, step, path, -1)
	if err != nil {
		return err
	}
	// A directory that was provisioned before may have the reference already.
	if want && len(found) != 1 {
		return c.contradict(step, http.MethodGet, path, http.StatusOK,
			errors.New("a reference that was written is not found"))
	}
	return nil
}
