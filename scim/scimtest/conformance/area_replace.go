package conformance

import "strings"

func replacing() []Requirement {
	return area("Replace", nil,
		must("7644-3.5.1-01", "A PUT that works answers 200 with the whole resource.", func(p *probe) {
			u := p.user(nil)
			p.put(u.at, p.person(doc{"userName": u.name, "displayName": "Ida"})).status(200).
				is("id", u.id).is("userName", u.name).is("displayName", "Ida").has("schemas", "meta/location")
		}).needs("displayName"),
		must("7644-3.5.1-02", "A PUT replaces single values.", func(p *probe) {
			u := p.user(doc{"title": "Clerk"})
			p.put(u.at, p.person(doc{"userName": u.name, "title": "Judge"})).status(200)
			p.read(u).is("title", "Judge")
		}).needs("title"),
		must("7644-3.5.1-03", "A PUT replaces all values of a multi-valued attribute.", func(p *probe) {
			u := p.user(doc{"emails": []any{mail("work", p.address()), mail("home", p.address())}})
			other := p.address()
			p.put(u.at, p.person(doc{"userName": u.name, "emails": []any{mail("other", other)}})).status(200)
			p.read(u).values("emails", "value", other)
		}).needs("emails.value", "emails.type"),
		must("7644-3.5.1-04", "A PUT can rename a user.", func(p *probe) {
			u := p.user(nil)
			renamed := p.label("renamed") + "@example.com"
			p.put(u.at, p.person(doc{"userName": renamed})).status(200)
			p.read(u).is("userName", renamed).is("id", u.id)
		}),
		may("7644-3.5.1-05", "A PUT clears the attributes that it leaves out.", func(p *probe) {
			u := p.user(doc{"title": "Clerk", "emails": []any{mail("work", p.address())}})
			p.put(u.at, p.person(doc{"userName": u.name})).status(200)
			p.read(u).lacks("title", "emails")
		}).needs("title", "emails.value"),
		must("7643-2.5-02", "A PUT clears the attributes that it sets to null or to an empty list.", func(p *probe) {
			u := p.user(doc{"title": "Clerk", "emails": []any{mail("work", p.address())}})
			body, err := encode(p.person(doc{"userName": u.name, "title": "@", "emails": []any{}}))
			if err != nil {
				p.block("%v", err)
			}
			p.put(u.at, strings.Replace(body, `"@"`, "null", 1)).status(200)
			p.read(u).lacks("title", "emails")
		}).needs("title", "emails.value"),
		must("7644-3.5.1-06", "A PUT ignores readOnly attributes: id and meta.", func(p *probe) {
			u := p.user(nil)
			body := p.person(doc{"userName": u.name, "id": p.label("id"), "meta": doc{"created": "2001-01-01T00:00:00Z", "resourceType": "Widget"}})
			p.put(u.at, body).status(200).is("id", u.id)
			p.read(u).is("id", u.id).is("meta/created", at(u.body, "meta/created")).is("meta/resourceType", p.users.name)
		}),
		must("7644-3.5.1-07", "A PUT ignores the groups of a user, which are readOnly.", func(p *probe) {
			u, g := p.user(nil), p.group()
			p.put(u.at, p.person(doc{"userName": u.name, "groups": []any{doc{"value": g.id}}})).status(200)
			p.read(u).lacks("groups")
			p.read(g).lacks("members")
		}).when(Groups).needs("groups", "group:members"),
		must("7644-3.5.1-08", "A PUT does not create a resource: it is refused.", func(p *probe) {
			body := p.person(nil)
			where := p.users.endpoint + "/" + p.label("new")
			p.put(where, body).rejected()
			p.get(where).status(404)
		}),
		must("7644-3.5.1-09", "A refused PUT to a resource that does not exist leaves nothing behind.", func(p *probe) {
			body := p.person(nil)
			p.put(p.users.endpoint+"/"+p.label("new"), body)
			p.absent(body)
		}).when(Filter),
		must("7644-3.5.1-10", "A PUT without a required attribute answers 400 and changes nothing.", func(p *probe) {
			u := p.user(doc{"displayName": "Ida"})
			p.put(u.at, p.person(doc{"userName": nil, "displayName": "Nobody"})).refused(400)
			p.read(u).is("userName", u.name).is("displayName", "Ida")
		}).needs("displayName"),
		must("7644-3.5.1-11", "A PUT of a userName that another user has answers 409 uniqueness and changes nothing.", func(p *probe) {
			u, other := p.user(nil), p.user(nil)
			p.put(u.at, p.person(doc{"userName": other.name})).refused(409, "uniqueness")
			p.read(u).is("userName", u.name)
		}),
		must("7644-3.5.1-12", "What was read can be put back as it is, and changes nothing.", func(p *probe) {
			u := p.user(doc{"displayName": "Ida", "name": doc{"givenName": "Ida"}, "emails": []any{mail("work", p.address())}})
			before := p.read(u)
			p.put(u.at, before.value).status(200)
			after := p.read(u)
			for _, key := range []string{"userName", "displayName", "name", "emails", "active", "meta/created"} {
				after.is(key, at(before.value, key))
			}
		}),
		should("7644-3.5.1-13", "A PUT of another value for an immutable attribute answers 400 mutability.", func(p *probe) {
			a, ok := p.pick(p.users.schema, func(a attribute) bool { return strings.EqualFold(a.mutability, "immutable") })
			if !ok {
				p.skip("the User schema has no immutable text")
			}
			first, second := p.sample(a), p.label("other")
			u := p.user(doc{a.name: first})
			p.put(u.at, p.person(doc{"userName": u.name, a.name: first})).status(200)
			p.put(u.at, p.person(doc{"userName": u.name, a.name: second})).refused(400, "mutability")
		}),
		must("7644-3.5.1-14", "A PUT of a group replaces its members.", func(p *probe) {
			one, two := p.user(nil), p.user(nil)
			g := p.group(one)
			p.put(g.at, p.team(doc{"displayName": g.name, "members": memberValues(two)})).status(200)
			p.read(g).values("members", "value", two.id)
		}).when(Groups).needs("group:members.value"),
		should("7644-3.5.1-15", "A PUT with a body that is not JSON answers 400 invalidSyntax and changes nothing.", func(p *probe) {
			u := p.user(nil)
			p.put(u.at, `{"userName":"x`).refused(400, "invalidSyntax")
			p.read(u).is("userName", u.name)
		}),
	)
}
