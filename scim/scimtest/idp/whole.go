package idp

import (
	"context"
	"fmt"
	"net/http"
)

// whole is the profile of providers that send people whole. Lists that are empty
// and texts that are none are there: how they are written, if at all, is the
// provider's.
func whole(p *Person) document {
	phones := []any{document{"value": p.Phone, "type": "work", "primary": true}}
	if p.Phone == "" {
		phones = []any{}
	}
	if p.Mobile != "" {
		phones = append(phones, document{"value": p.Mobile, "type": "mobile"})
	}
	addresses := []any{}
	if p.Street != "" {
		addresses = append(addresses, document{
			"type": "work", "streetAddress": p.Street, "locality": p.City, "region": orNull(p.Region),
			"postalCode": p.PostalCode, "country": p.Country, "formatted": p.address(),
		})
	}
	return document{
		"externalId": p.ObjectID, "userName": p.UserName, "active": p.Active,
		"name": document{
			"givenName": p.Given, "middleName": orNull(p.Middle), "familyName": p.Family, "formatted": p.Formatted(),
		},
		"displayName": p.Display(), "title": orNull(p.Title), "preferredLanguage": orNull(p.Language),
		"emails":       []any{document{"value": p.Email, "type": "work", "primary": true}},
		"phoneNumbers": phones, "addresses": addresses,
		enterpriseSchema: document{
			"employeeNumber": orNull(p.EmployeeNumber), "costCenter": orNull(p.CostCenter),
			"organization": orNull(p.Organization), "division": orNull(p.Division), "department": orNull(p.Department),
		},
	}
}

// withoutEmpty leaves out what has no value, at every depth.
func withoutEmpty(body document) document {
	result := document{}
	for name, value := range body {
		switch v := value.(type) {
		case document:
			value = withoutEmpty(v)
		case []any:
			value = withoutEmptyIn(v)
		}
		if normal(name, value) != nil {
			result[name] = value
		}
	}
	return result
}

func withoutEmptyIn(list []any) []any {
	result := make([]any, len(list))
	for i, each := range list {
		if inner, ok := each.(document); ok {
			each = withoutEmpty(inner)
		}
		result[i] = each
	}
	return result
}

// putAgain puts what holds already. It must change nothing.
func (c *cycle) putAgain(ctx context.Context, id string, body, want document) error {
	const step = "repeat what holds"
	before, err := c.get(ctx, step, users, id, "")
	if err != nil {
		return err
	}
	if err := c.put(ctx, step, users, id, body, want); err != nil {
		return err
	}
	now, err := c.get(ctx, step, users, id, "")
	if err != nil {
		return err
	}
	if was, is := version(before), version(now); was != is {
		return c.contradict(step, http.MethodPut, users.endpoint+"/"+id, http.StatusOK,
			fmt.Errorf("the user was put as it is and meta.version went from %s to %s", was, is))
	}
	return nil
}

// values are members by nothing but their ids.
func values(ids []string) []document {
	list := make([]document, len(ids))
	for i, id := range ids {
		list[i] = document{"value": id}
	}
	return list
}
