package idp

import (
	"errors"
	"fmt"
	"strings"
)

// mapped is one row of the attribute mapping that an admin sees in Entra.
type mapped struct {
	target
	of func(*Person) string
}

func core(attribute, sub string, of func(*Person) string) mapped {
	return mapped{target{attribute: attribute, sub: sub}, of}
}

func work(attribute, sub string, of func(*Person) string) mapped {
	return mapped{target{attribute: attribute, kind: "work", sub: sub}, of}
}

func enterprise(attribute string, of func(*Person) string) mapped {
	return mapped{target{extension: true, attribute: attribute}, of}
}

// mapping is Entra's default mapping and a few attributes that admins add. Active,
// manager and roles have forms of their own.
var mapping = []mapped{
	core("userName", "", func(p *Person) string { return p.UserName }),
	core("externalId", "", func(p *Person) string { return p.ObjectID }),
	core("displayName", "", (*Person).Display),
	core("title", "", func(p *Person) string { return p.Title }),
	core("preferredLanguage", "", func(p *Person) string { return p.Language }),
	core("timezone", "", func(p *Person) string { return p.TimeZone }),
	core("name", "givenName", func(p *Person) string { return p.Given }),
	core("name", "middleName", func(p *Person) string { return p.Middle }),
	core("name", "familyName", func(p *Person) string { return p.Family }),
	core("name", "formatted", (*Person).Formatted),
	work("emails", "value", func(p *Person) string { return p.Email }),
	work("addresses", "formatted", (*Person).address),
	work("addresses", "streetAddress", func(p *Person) string { return p.Street }),
	work("addresses", "locality", func(p *Person) string { return p.City }),
	work("addresses", "region", func(p *Person) string { return p.Region }),
	work("addresses", "postalCode", func(p *Person) string { return p.PostalCode }),
	work("addresses", "country", func(p *Person) string { return p.Country }),
	work("phoneNumbers", "value", func(p *Person) string { return p.Phone }),
	{target{attribute: "phoneNumbers", kind: "mobile", sub: "value"}, func(p *Person) string { return p.Mobile }},
	enterprise("employeeNumber", func(p *Person) string { return p.EmployeeNumber }),
	enterprise("costCenter", func(p *Person) string { return p.CostCenter }),
	enterprise("organization", func(p *Person) string { return p.Organization }),
	enterprise("division", func(p *Person) string { return p.Division }),
	enterprise("department", func(p *Person) string { return p.Department }),
}

// hasMapping checks that every mapped attribute is in the server's schemas, as
// the gallery's validation does.
func hasMapping(a *answer) error {
	list, _ := a.body["Resources"].([]any)
	if !hasSchema(a.body, listSchema) || len(list) == 0 {
		return errors.New("/Schemas is no list of schemas")
	}
	published := map[string]bool{}
	for _, each := range list {
		schema, _ := each.(document)
		flatten(published, strings.ToLower(text(schema["id"])), schema["attributes"])
	}
	for _, m := range mapping {
		urn := userSchema
		if m.extension {
			urn = enterpriseSchema
		}
		name := urn + ":" + m.attribute
		if m.sub != "" {
			name += "." + m.sub
		}
		if !published[strings.ToLower(name)] {
			return fmt.Errorf("no schema names %s, which is mapped", name)
		}
	}
	return nil
}

func flatten(published map[string]bool, schema string, attributes any) {
	list, _ := attributes.([]any)
	for _, each := range list {
		attribute, _ := each.(document)
		name := schema + ":" + strings.ToLower(text(attribute["name"]))
		published[name] = true
		inner, _ := attribute["subAttributes"].([]any)
		for _, each := range inner {
			sub, _ := each.(document)
			published[name+"."+strings.ToLower(text(sub["name"]))] = true
		}
	}
}
