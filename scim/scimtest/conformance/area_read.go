package conformance

func reading() []Requirement {
	return area("Read", nil,
		must("7644-3.4.1-01", "A resource is read at its location with 200.", func(p *probe) {
			u := p.user(nil)
			p.read(u).json().is("id", u.id).is("userName", u.name)
		}),
		should("7644-3.12-11", "A resource that does not exist answers 404.", func(p *probe) {
			p.notFound()
		}).also("users", "groups", func(p *probe) {
			p.wantGroups()
			p.get(p.groups.endpoint + "/" + p.label("none")).status(404)
		}),
		must("7644-3.2-02", "A user is not found at the endpoint of groups.", func(p *probe) {
			p.get(p.groups.endpoint + "/" + p.user(nil).id).status(404)
		}).when(Groups),
	)
}

func listing() []Requirement {
	return area("Lists", nil,
		must("7644-3.4.2-01", "A query answers 200 with a ListResponse.", func(p *probe) {
			p.user(nil)
			p.query(p.users.endpoint, "count", "1").status(200).isList()
		}),
		must("7644-3.4.2-02", "totalResults is an integer.", func(p *probe) {
			p.get(p.users.endpoint).status(200).number("totalResults")
		}),
		must("7644-3.4.2-03", "If there are results, Resources holds them.", func(p *probe) {
			p.user(nil)
			a := p.get(p.users.endpoint).status(200)
			a.expect(a.number("totalResults") > 0 && len(a.ids()) > 0, "resources", at(a.value, "totalResults"))
		}),
		must("7644-3.4.2-04", "A query without matches answers 200 with totalResults 0.", func(p *probe) {
			p.query(p.users.endpoint, "filter", "userName eq "+quoted(p.label("nobody"))).status(200).is("totalResults", 0).lacks("Resources")
		}).when(Filter),
		should("7644-3.4.2-05", "Query parameters that the server does not know are ignored.", func(p *probe) {
			p.query(p.users.endpoint, "count", "1", "x-unknown", "1").status(200).isList()
		}),
		should("7644-3.4.2-06", "A new resource is in the list at once.", func(p *probe) {
			u := p.user(nil)
			a := p.query(p.users.endpoint, "filter", "userName eq "+quoted(u.name)).status(200)
			a.is("totalResults", 1).is("Resources/0/id", u.id)
		}).when(Filter),
		must("7643-3.1-15", "Each resource of a list has schemas, an id and meta.", func(p *probe) {
			u := p.user(nil)
			a := p.query(p.users.endpoint, "filter", "userName eq "+quoted(u.name)).status(200)
			a.has("Resources/0/schemas", "Resources/0/id", "Resources/0/meta/resourceType", "Resources/0/meta/location")
		}).when(Filter),
		must("7644-3.4.2-07", "A resource of a list shows the same as the resource read by itself.", func(p *probe) {
			u := p.user(doc{"displayName": "Ida Moss", "title": "Clerk"})
			alone := p.read(u)
			a := p.query(p.users.endpoint, "filter", "userName eq "+quoted(u.name)).status(200).is("Resources/0/id", u.id)
			for _, key := range []string{"userName", "displayName", "title", "active", "meta/lastModified", "meta/version"} {
				a.is("Resources/0/"+key, at(alone.value, key))
			}
		}).when(Filter),
		must("7644-3.4.2-08", "The list of one resource type holds no other type.", func(p *probe) {
			a := p.query(p.groups.endpoint, "filter", "displayName eq "+quoted(p.group().name)).status(200)
			a.is("totalResults", 1).is("Resources/0/meta/resourceType", p.groups.name)
		}).when(Filter, Groups),
	)
}
