package portal

import (
	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/people"
)

func userOf(u *people.User) api.User {
	return api.User{
		ID: u.ID, UserName: u.UserName, DisplayName: orNull(u.DisplayName),
		GivenName: orNull(u.GivenName), FamilyName: orNull(u.FamilyName),
		Emails: answers(u.Emails, emailOut), ExternalID: orNull(u.ExternalID),
		Active: u.Active, Managed: u.Managed(), Connection: originOf(u.Connection),
		CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt,
	}
}

// wholeUser is a user who was asked for alone.
func wholeUser(u *people.User) api.User {
	user := userOf(u)
	user.Attributes = &u.Attributes
	return user
}

func emailOut(e people.Email) api.UserEmail {
	return api.UserEmail{Value: e.Value, Type: orNull(e.Type), Primary: e.Primary}
}

// originOf is where somebody or a group comes from, nil for nowhere.
func originOf(c *people.Connection) *api.OptionalReference {
	if c == nil {
		return nil
	}
	return &api.OptionalReference{ID: c.ID.String(), Name: c.Name}
}

// tenantOfPath is the tenant of a path, which the gate has checked.
func tenantOfPath(text string) (tenants.TenantID, error) {
	id, err := tenants.ParseTenantID(text)
	if err != nil {
		return id, errNotFound
	}
	return id, nil
}
