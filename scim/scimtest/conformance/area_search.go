package conformance

import "slices"

func searching() []Requirement {
	return area("Search by POST", []Feature{Search},
		must("7644-3.4.3-01", "POST to .search of a resource type answers 200 with a ListResponse.", func(p *probe) {
			p.search(p.users.endpoint, doc{"count": 1}).status(200).isList()
		}),
		must("7644-3.4.3-02", "A search honours its filter.", func(p *probe) {
			c := p.cohort()
			p.matches(p.search(p.users.endpoint, doc{"filter": c.only(`name.familyName eq "Baker"`)}), "ben")
		}).when(Filter).needs("name.familyName"),
		must("7644-3.4.3-03", "A search finds what the same query by GET finds.", func(p *probe) {
			c := p.cohort()
			byGet := p.query(p.users.endpoint, "filter", c.only(`active eq true`))
			p.matches(byGet, "ada", "ben", "dov", "eve")
			a := p.search(p.users.endpoint, doc{"filter": c.only(`active eq true`)}).status(200)
			a.is("totalResults", at(byGet.value, "totalResults"))
			a.expect(slices.Equal(slices.Sorted(slices.Values(a.ids())), slices.Sorted(slices.Values(byGet.ids()))), show(byGet.ids()), a.ids())
		}).when(Filter).needs("active"),
		must("7644-3.4.3-04", "A search honours attributes.", func(p *probe) {
			u := p.user(doc{"displayName": "Ida", "title": "Clerk"})
			p.search(p.users.endpoint, doc{"filter": "userName eq " + quoted(u.name), "attributes": []any{"displayName"}}).status(200).
				is("Resources/0/id", u.id).is("Resources/0/displayName", "Ida").lacks("Resources/0/title", "Resources/0/userName")
		}).when(Filter).needs("displayName", "title"),
		must("7644-3.4.3-05", "A search honours excludedAttributes.", func(p *probe) {
			u := p.user(doc{"displayName": "Ida", "title": "Clerk"})
			p.search(p.users.endpoint, doc{"filter": "userName eq " + quoted(u.name), "excludedAttributes": []any{"title"}}).status(200).
				is("Resources/0/id", u.id).is("Resources/0/displayName", "Ida").lacks("Resources/0/title")
		}).when(Filter).needs("displayName", "title"),
		must("7644-3.4.3-06", "A search honours sortBy and sortOrder.", func(p *probe) {
			c := p.cohort()
			p.ordered(p.search(p.users.endpoint, doc{"filter": c.only(""), "sortBy": "userName", "sortOrder": "descending"}),
				"eve", "dov", "cyd", "ben", "ada")
		}).when(Filter, Sort),
		must("7644-3.4.3-07", "A search honours startIndex and count.", func(p *probe) {
			c := p.cohort()
			p.search(p.users.endpoint, doc{"filter": c.only(""), "startIndex": 3, "count": 2}).status(200).
				is("totalResults", len(everybody)).length("Resources", 2)
			p.search(p.users.endpoint, doc{"filter": c.only(""), "startIndex": 5, "count": 2}).status(200).length("Resources", 1)
		}).when(Filter, IndexPaging),
		must("7644-3.4.3-08", "A search with an invalid filter answers 400 invalidFilter.", func(p *probe) {
			p.search(p.users.endpoint, doc{"filter": `userName like "a"`}).refused(400, "invalidFilter")
		}).when(Filter),
		must("7644-3.4.3-09", "A search with a body that is not JSON answers 400 invalidSyntax.", func(p *probe) {
			p.post(p.users.endpoint+"/.search", `{"filter":`).refused(400, "invalidSyntax")
		}),
		must("7644-3.4.3-10", "A search creates nothing.", func(p *probe) {
			body := p.person(nil)
			body["filter"] = "userName eq " + quoted(p.label("nobody"))
			p.search(p.users.endpoint, body)
			p.absent(body)
		}).when(Filter),
		must("7644-3.4.3-11", "Groups are searched, too.", func(p *probe) {
			g := p.group()
			p.search(p.groups.endpoint, doc{"filter": "displayName eq " + quoted(g.name)}).status(200).is("totalResults", 1).is("Resources/0/id", g.id)
		}).when(Filter, Groups),
	)
}

func (p *probe) search(endpoint string, request doc) *answer {
	request["schemas"] = []any{searchURN}
	return p.post(endpoint+"/.search", request)
}

func baseQueries() []Requirement {
	return area("Queries of all types", []Feature{BaseQuery, Filter},
		must("7644-3.4.2.1-01", "A query at the base URL answers 200 with a ListResponse.", func(p *probe) {
			u := p.user(nil)
			p.query("/", "filter", "id eq "+quoted(u.id)).status(200).isList().is("totalResults", 1).is("Resources/0/id", u.id)
		}),
		must("7644-3.4.2.1-02", "A query at the base URL looks into users and groups.", func(p *probe) {
			u, g := p.user(nil), p.group()
			a := p.query("/", "filter", "id eq "+quoted(u.id)+" or id eq "+quoted(g.id)).status(200).is("totalResults", 2)
			got := texts(at(a.value, "Resources"), "meta/resourceType")
			slices.Sort(got)
			a.expect(slices.Equal(got, slices.Sorted(slices.Values([]string{p.users.name, p.groups.name}))), "a user and a group", got)
		}).when(Groups),
		must("7644-3.4.2.1-03", "For a type that does not have the attribute of a filter, the attribute has no value.", func(p *probe) {
			u, g := p.user(nil), p.group()
			both := "(id eq " + quoted(u.id) + " or id eq " + quoted(g.id) + ")"
			p.query("/", "filter", both+" and userName pr").status(200).is("totalResults", 1).is("Resources/0/id", u.id)
			p.query("/", "filter", both+" and not (userName pr)").status(200).is("totalResults", 1).is("Resources/0/id", g.id)
		}).when(Groups),
		must("7644-3.4.2.1-04", "A query at the base URL is restricted to a type by meta.resourceType.", func(p *probe) {
			u, g := p.user(nil), p.group()
			filter := "(id eq " + quoted(u.id) + " or id eq " + quoted(g.id) + `) and meta.resourceType eq "` + p.groups.name + `"`
			p.query("/", "filter", filter).status(200).is("totalResults", 1).is("Resources/0/id", g.id)
		}).when(Groups),
		should("7644-3.4.2.1-05", "A query at the base URL is paged.", func(p *probe) {
			one, two := p.user(nil), p.user(nil)
			filter := "id eq " + quoted(one.id) + " or id eq " + quoted(two.id)
			first := p.query("/", "filter", filter, "startIndex", "1", "count", "1").status(200).is("totalResults", 2).is("itemsPerPage", 1)
			second := p.query("/", "filter", filter, "startIndex", "2", "count", "1").status(200).is("totalResults", 2)
			second.expect(len(second.ids()) == 1 && !slices.Equal(first.ids(), second.ids()), "the other one of "+show(first.ids()), second.ids())
		}).when(IndexPaging),
		must("7644-3.4.2.1-06", "An invalid filter at the base URL answers 400 invalidFilter.", func(p *probe) {
			p.query("/", "filter", `id like "a"`).refused(400, "invalidFilter")
		}),
		must("7644-3.4.3-12", "POST to .search at the base URL looks into users and groups.", func(p *probe) {
			u, g := p.user(nil), p.group()
			a := p.search("", doc{"filter": "id eq " + quoted(u.id) + " or id eq " + quoted(g.id)}).status(200).isList()
			a.is("totalResults", 2)
		}).when(Search, Groups),
		must("7644-3.4.2.1-07", "A query at the base URL honours attributes.", func(p *probe) {
			u := p.user(doc{"displayName": "Ida", "title": "Clerk"})
			p.query("/", "filter", "id eq "+quoted(u.id), "attributes", "displayName").status(200).
				is("Resources/0/displayName", "Ida").lacks("Resources/0/title", "Resources/0/userName")
		}).needs("displayName", "title"),
	)
}
