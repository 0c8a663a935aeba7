package portal

import (
	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/people"
)

func userOf(u *people.User) api.User {
	return api.User{
		ID: u.ID, UserName: u.UserName, DisplayName: textOrNil(u.DisplayName),
		GivenName: textOrNil(u.GivenName), FamilyName: textOrNil(u.FamilyName),
		Emails: convert(u.Emails, emailOut), ExternalID: textOrNil(u.ExternalID),
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
	return api.UserEmail{Value: e.Value, Type: textOrNil(e.Type), Primary: e.Primary}
}

// originOf is where somebody or a group comes from, nil for nowhere.
func originOf(c *people.Connection) *api.OptionalReference {
	if c == nil {
		return nil
	}
	return &api.OptionalReference{ID: c.ID.String(), Name: c.Name}
}

// textOrNil is null for a text that is not there.
func textOrNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// convert maps a list; the answer has an empty one rather than none.
func convert[From, To any](list []From, as func(From) To) []To {
	mapped := make([]To, len(list))
	for i, item := range list {
		mapped[i] = as(item)
	}
	return mapped
}

// tenantOfPath is the tenant of a path, which the gate has checked.
func tenantOfPath(text string) (tenants.TenantID, error) {
	id, err := tenants.ParseTenantID(text)
	if err != nil {
		return id, errNotFound
	}
	return id, nil
}
