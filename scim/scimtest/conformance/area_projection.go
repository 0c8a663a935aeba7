package conformance

import "strings"

func projections() []Requirement {
	ida := func() doc {
		return doc{"displayName": "Ida Moss", "title": "Clerk", "name": doc{"givenName": "Ida", "familyName": "Moss"}}
	}
	return area("Attributes", nil,
		must("7644-3.9-01", "attributes shows the named attributes and leaves out the others.", func(p *probe) {
			u := p.user(ida())
			p.get(u.at+"?attributes=displayName").status(200).is("displayName", "Ida Moss").lacks("userName", "title", "name")
		}).needs("displayName", "title", "name"),
		must("7644-3.9-02", "attributes does not leave out what is always returned: id.", func(p *probe) {
			u := p.user(nil)
			p.get(u.at+"?attributes=userName").status(200).is("id", u.id)
		}),
		must("7644-3.9-03", "attributes shows a single sub-attribute.", func(p *probe) {
			u := p.user(ida())
			p.get(u.at+"?attributes=name.givenName").status(200).is("name/givenName", "Ida").lacks("name/familyName", "title")
		}).needs("title", "name.givenName", "name.familyName"),
		must("7644-3.9-04", "attributes takes several names, separated by commas.", func(p *probe) {
			u := p.user(ida())
			p.get(u.at+"?attributes=title,displayName").status(200).is("title", "Clerk").is("displayName", "Ida Moss").lacks("userName", "name")
		}).needs("displayName", "title", "name"),
		must("7644-3.9-05", "excludedAttributes leaves out the named attributes and shows the others.", func(p *probe) {
			u := p.user(ida())
			p.get(u.at+"?excludedAttributes=title,name").status(200).lacks("title", "name").is("displayName", "Ida Moss").is("userName", u.name)
		}).needs("displayName", "title", "name"),
		must("7644-3.9-06", "excludedAttributes has no effect on what is always returned: id.", func(p *probe) {
			u := p.user(nil)
			p.get(u.at+"?excludedAttributes=id").status(200).is("id", u.id)
		}),
		must("7644-3.9-07", "excludedAttributes leaves out a single sub-attribute.", func(p *probe) {
			u := p.user(ida())
			p.get(u.at+"?excludedAttributes=name.givenName").status(200).lacks("name/givenName").is("name/familyName", "Moss")
		}).needs("name.givenName", "name.familyName"),
		must("7644-3.10-04", "Names in attributes and excludedAttributes are compared without case.", func(p *probe) {
			u := p.user(ida())
			p.get(u.at+"?attributes=DISPLAYNAME").status(200).is("displayName", "Ida Moss").lacks("title")
			p.get(u.at+"?excludedAttributes=TITLE").status(200).lacks("title").is("displayName", "Ida Moss")
		}).needs("displayName", "title"),
		must("7644-3.10-05", "Names in attributes may be qualified with the URN of the schema.", func(p *probe) {
			u := p.user(ida())
			p.get(u.at+"?attributes="+userURN+":displayName").status(200).is("displayName", "Ida Moss").lacks("title")
		}).needs("displayName", "title"),
		must("7644-3.10-06", "An attribute of an extension is shown or left out by its URN and name.", func(p *probe) {
			u := p.user(doc{enterpriseURN: doc{"department": "Tolls", "employeeNumber": "7"}})
			p.get(u.at+"?attributes="+enterpriseURN+":department").status(200).
				is(enterpriseURN+"/department", "Tolls").lacks(enterpriseURN+"/employeeNumber", "userName")
			p.get(u.at+"?excludedAttributes="+enterpriseURN+":department").status(200).
				lacks(enterpriseURN+"/department").is(enterpriseURN+"/employeeNumber", "7")
		}).when(Enterprise).needs("enterprise:department", "enterprise:employeeNumber"),
		must("7644-3.4.2.5-01", "Lists honour attributes.", func(p *probe) {
			u := p.user(ida())
			p.query(p.users.endpoint, "filter", "userName eq "+quoted(u.name), "attributes", "displayName").status(200).
				is("Resources/0/id", u.id).is("Resources/0/displayName", "Ida Moss").lacks("Resources/0/title", "Resources/0/userName")
		}).when(Filter).needs("displayName", "title"),
		must("7644-3.4.2.5-02", "Lists honour excludedAttributes.", func(p *probe) {
			u := p.user(ida())
			p.query(p.users.endpoint, "filter", "userName eq "+quoted(u.name), "excludedAttributes", "title").status(200).
				is("Resources/0/id", u.id).is("Resources/0/displayName", "Ida Moss").lacks("Resources/0/title")
		}).when(Filter).needs("displayName", "title"),
		must("7644-3.9-08", "The answer to POST honours attributes and excludedAttributes.", func(p *probe) {
			p.post(p.users.endpoint+"?attributes=displayName", p.person(ida())).status(201).has("id", "displayName").lacks("title", "userName")
			p.post(p.users.endpoint+"?excludedAttributes=title", p.person(ida())).status(201).has("id", "displayName").lacks("title")
		}).needs("displayName", "title"),
		must("7644-3.9-09", "The answer to PUT honours attributes and excludedAttributes.", func(p *probe) {
			u := p.user(ida())
			body := p.person(ida())
			body["userName"] = u.name
			p.put(u.at+"?attributes=displayName", body).status(200).has("id", "displayName").lacks("title", "userName")
			p.put(u.at+"?excludedAttributes=title", body).status(200).has("id", "displayName").lacks("title")
		}).needs("displayName", "title"),
		must("7644-3.9-10", "The answer to PATCH honours attributes.", func(p *probe) {
			u := p.user(ida())
			p.do(call{method: "PATCH", path: u.at + "?attributes=title", body: patchOp(replace("title", "Judge"))}).
				status(200).is("title", "Judge").is("id", u.id).lacks("displayName", "userName")
		}).when(Patch).needs("displayName", "title"),
		must("7644-3.9-11", "A PATCH that asks for attributes answers 200 with a body, never 204.", func(p *probe) {
			g := p.group()
			p.do(call{method: "PATCH", path: g.at + "?attributes=displayName", body: patchOp(replace("displayName", p.label("g")))}).
				status(200).has("id", "displayName")
		}).when(Patch, Groups),
		must("7643-7-09", "An attribute that is returned on request is shown when it is asked for, and only then.", func(p *probe) {
			a, ok := p.pick(p.users.schema, func(a attribute) bool {
				return strings.EqualFold(a.returned, "request") && strings.EqualFold(a.mutability, "readWrite") && len(a.canonical) == 0
			})
			if !ok {
				p.skip("the User schema has no writable text that is returned on request")
			}
			u := p.user(doc{a.name: "shown on request"})
			p.read(u).lacks(a.name)
			p.get(u.at+"?attributes="+a.name).status(200).is(a.name, "shown on request")
		}),
		must("7644-3.9-12", "Groups are shown without their members by excludedAttributes.", func(p *probe) {
			g := p.group(p.user(nil))
			p.get(g.at+"?excludedAttributes=members").status(200).lacks("members").is("displayName", g.name)
		}).when(Groups).needs("group:members"),
	)
}
