package idp

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// AppMode is the kind of Okta application.
type AppMode string

// The kinds of Okta applications.
const (
	OIN AppMode = "oin" // from the integration network: PATCH for activation and for groups
	AIW AppMode = "aiw" // made with the app integration wizard: PUT for everything
)

// okta provisions as Okta does.
type okta struct{ app AppMode }

func (o okta) traits() traits {
	t := traits{workers: 4, batch: 100, lookUp: 100, wholeUsers: true, wholeGroups: o.app == AIW}
	if o.app == AIW {
		t.batch = maxBatch // a PUT holds all members anyway
	}
	return t
}

// maxBatch is more members than any group has.
const maxBatch = MaxUsers

// headers are those of Okta's own SPEC test: plain JSON is sent, and a GET says
// what type the body has that it lacks.
func (okta) headers(r *http.Request) {
	r.Header.Set("User-Agent", "Okta SCIM Client 1.0.0")
	r.Header.Set("Accept", mediaType+"; charset=utf-8")
	r.Header.Set("Accept-Charset", "utf-8")
	r.Header.Set("Content-Type", "application/json")
}

// test is "Test API Credentials".
func (okta) test(ctx context.Context, c *cycle) error {
	const step = "test connection"
	if _, err := c.list(ctx, step, "/Users?startIndex=1&count=2", 2); err != nil {
		return err
	}
	_, err := c.list(ctx, step, "/Groups?startIndex=1&count=100", 100)
	return err
}

func (okta) findUser(userName string) string {
	return "/Users?filter=" + percent(equals("userName", userName)) + "&startIndex=1&count=100"
}

func (okta) findGroup(name string) string {
	return "/Groups?filter=" + percent(equals("displayName", name)) + "&startIndex=1&count=100"
}

// externalID is Okta's own id of a user.
func externalID(p *Person) string {
	return "00u" + strings.ReplaceAll(p.ObjectID, "-", "")[:17]
}

// userBody is the whole profile. Okta sends attributes that nobody asked for: a
// password, an empty list of groups, and "" for what is not set.
func (o okta) userBody(p *Person) document {
	body := o.profile(p)
	body["schemas"] = []string{userSchema, enterpriseSchema}
	body["groups"] = []any{}
	body["password"] = "Tmp-" + p.ObjectID[:8] + "!x"
	return body
}

// profile is what the admin mapped.
func (okta) profile(p *Person) document {
	phones := []any{document{"value": p.Phone, "type": "work", "primary": true}}
	if p.Mobile != "" {
		phones = append(phones, document{"value": p.Mobile, "type": "mobile"})
	}
	extension := document{
		"employeeNumber": p.EmployeeNumber, "costCenter": p.CostCenter, "organization": p.Organization,
		"division": p.Division, "department": p.Department,
	}
	if p.Manager != noManager {
		// Okta knows no ids of the server: admins map what they have.
		extension["manager"] = document{"value": fmt.Sprintf("E%06d", p.Manager+1)}
	}
	emails := []any{document{"primary": true, "value": p.Email, "type": "work"}}
	if p.Email == "" {
		emails = []any{}
	}
	return document{
		"externalId": externalID(p), "userName": p.UserName, "active": p.Active, "emails": emails,
		"name":        document{"givenName": p.Given, "middleName": p.Middle, "familyName": p.Family},
		"displayName": p.Display(), "title": p.Title, "locale": strings.ReplaceAll(p.Language, "-", "_"),
		"preferredLanguage": p.Language, "timezone": p.TimeZone, "phoneNumbers": phones,
		"addresses": []any{document{
			"type": "work", "primary": true, "streetAddress": p.Street, "locality": p.City, "region": p.Region,
			"postalCode": p.PostalCode, "country": p.Country,
		}},
		enterpriseSchema: extension,
	}
}

// atOnce: Okta has no app roles.
func (okta) atOnce(p Person) Person {
	p.Role = ""
	return p
}

func (o okta) expectUser(p *Person, _ *directory) document { return o.profile(p) }

// updateUser reads the user, lays the profile over it and puts all of it back.
func (o okta) updateUser(ctx context.Context, c *cycle, id string, _ document, desired *Person) error {
	current, err := c.get(ctx, "read before update", users, id, "")
	if err != nil {
		return err
	}
	for name, value := range o.profile(desired) {
		current[name] = value
	}
	current["password"] = "Tmp-" + desired.ObjectID[:8] + "!y"
	return c.put(ctx, "update users", users, id, current, o.profile(desired))
}

// setActive is a PATCH without a path, or for an app of the wizard another PUT.
func (o okta) setActive(ctx context.Context, c *cycle, id string, desired *Person) error {
	if o.app == AIW {
		return o.updateUser(ctx, c, id, nil, desired)
	}
	step := "deactivate users"
	if desired.Active {
		step = "reactivate users"
	}
	return c.patch(ctx, step, users, id, o.profile(desired), operation{"replace", "", document{"active": desired.Active}})
}

// finishUser: everything was sent when the user was created.
func (okta) finishUser(context.Context, *cycle, int) error { return nil }

// verify reads the user by id.
func (o okta) verify(ctx context.Context, c *cycle, a account) error {
	_, err := c.get(ctx, "read users", users, a.id, "")
	return err
}

// hardDeletes: Okta only ever deactivates people.
func (okta) hardDeletes() bool { return false }

func (okta) lastly(context.Context, *cycle, []document) error { return nil }
