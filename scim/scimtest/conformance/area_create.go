package conformance

import "strings"

func creating() []Requirement {
	return area("Create", nil,
		must("7644-3.3-01", "Creating a resource answers 201.", func(p *probe) {
			p.post(p.users.endpoint, p.person(nil)).status(201)
		}),
		must("7644-3.3-02", "The answer has a Location header, which is the resource's meta.location.", func(p *probe) {
			a := p.post(p.users.endpoint, p.person(nil)).status(201)
			a.expect(samePlace(p, a.headed("Location"), a.text("meta/location")), "Location to be meta.location "+show(a.text("meta/location")),
				a.header.Get("Location"))
		}),
		must("7643-2.3.7-01", "The location of a new resource answers with that resource.", func(p *probe) {
			a := p.post(p.users.endpoint, p.person(nil)).status(201)
			where := p.below(a.headed("Location"))
			a.expect(where != "", "a Location below "+p.target.BaseURL+p.users.endpoint, a.header.Get("Location"))
			p.get(where).status(200).is("id", a.text("id"))
		}),
		should("7644-3.3-03", "The answer holds the new resource.", func(p *probe) {
			body := p.person(nil)
			p.post(p.users.endpoint, body).status(201).has("id", "meta", "schemas").is("userName", body["userName"])
		}),
		must("7643-3.1-01", "The server gives a new resource a non-empty id.", func(p *probe) {
			a := p.post(p.users.endpoint, p.person(nil)).status(201)
			a.expect(a.text("id") != "", "an id as a non-empty string", at(a.value, "id"))
		}),
		must("7643-3.1-02", "An id that the client sends is ignored.", func(p *probe) {
			wanted := p.label("id")
			a := p.post(p.users.endpoint, p.person(doc{"id": wanted})).status(201)
			a.expect(a.text("id") != wanted, "an id of the server's own", a.text("id"))
		}),
		must("7643-3.1-03", "A meta that the client sends is ignored.", func(p *probe) {
			meta := doc{"created": "2001-01-01T00:00:00Z", "location": "https://example.com/x", "resourceType": "Widget", "version": `W/"mine"`}
			a := p.post(p.users.endpoint, p.person(doc{"meta": meta})).status(201)
			a.has("meta/resourceType", "meta/location")
			for key, value := range meta {
				a.expect(!same(at(a.value, "meta/"+key), value), "meta."+key+" of the server's own", value)
			}
		}),
		must("7644-3.3-04", "readOnly attributes in the body are ignored: a new user cannot put himself into a group.", func(p *probe) {
			a := p.post(p.users.endpoint, p.person(doc{"groups": []any{doc{"value": p.label("group")}}})).status(201)
			a.lacks("groups")
		}).needs("groups"),
		must("7644-3.3-05", "The members of a group are not changed by the groups that a new user claims.", func(p *probe) {
			g := p.group()
			p.post(p.users.endpoint, p.person(doc{"groups": []any{doc{"value": g.id}}})).status(201)
			p.read(g).lacks("members")
		}).when(Groups).needs("groups", "group:members"),
		must("7644-3.3-06", "A userName that is taken answers 409 uniqueness.", func(p *probe) {
			u := p.user(nil)
			p.post(p.users.endpoint, p.person(doc{"userName": u.name})).refused(409, "uniqueness")
		}),
		must("7643-4.1.1-03", "userName is unique without regard to case.", func(p *probe) {
			u := p.user(nil)
			p.post(p.users.endpoint, p.person(doc{"userName": strings.ToUpper(u.name)})).refused(409, "uniqueness")
		}),
		must("7644-3.3-07", "A creation that is refused with 409 leaves nothing behind.", func(p *probe) {
			u := p.user(nil)
			p.post(p.users.endpoint, p.person(doc{"userName": u.name})).status(409)
			p.query(p.users.endpoint, "filter", "userName eq "+quoted(u.name)).status(200).is("totalResults", 1)
		}).when(Filter),
		must("7644-3.3-08", "A creation that is refused for its body leaves nothing behind.", func(p *probe) {
			body := p.person(doc{"active": "perhaps"})
			if a := p.post(p.users.endpoint, body); a.reply.status == 201 {
				p.skip("the server accepts the body")
			}
			p.absent(body)
		}).when(Filter).needs("active"),
		must("7644-3.3.1-01", "The server sets meta.resourceType to the type of the endpoint.", func(p *probe) {
			p.post(p.users.endpoint, p.person(nil)).status(201).is("meta/resourceType", p.users.name)
		}).also("users", "groups", func(p *probe) {
			p.wantGroups()
			p.post(p.groups.endpoint, p.team(nil)).status(201).is("meta/resourceType", p.groups.name)
		}),
		must("7644-3.1-02", "The answer to a creation shows what a later read shows.", func(p *probe) {
			u := p.user(doc{"displayName": "Ida Moss", "title": "Clerk", "name": doc{"givenName": "Ida", "familyName": "Moss"}})
			a := p.read(u).has("userName", "meta/created")
			for _, key := range []string{"userName", "displayName", "title", "name", "active", "meta/created", "meta/lastModified"} {
				a.is(key, at(u.body, key))
			}
		}),
		must("7643-2.3.8-02", "The order of attributes in a body does not matter.", func(p *probe) {
			body, err := encode(p.person(nil))
			if err != nil {
				p.block("%v", err)
			}
			// encode sorts the keys, so that schemas comes before userName.
			first, rest, _ := strings.Cut(strings.Trim(body, "{}"), ",")
			p.post(p.users.endpoint, "{"+rest+","+first+"}").status(201)
		}),
		must("7643-2.1-02", "Attribute names in a body are compared without case.", func(p *probe) {
			body := p.person(doc{"USERNAME": p.label("u") + "@example.com", "userName": nil, "DisplayNAME": "Ida"})
			p.post(p.users.endpoint, body).status(201).is("userName", body["USERNAME"]).is("displayName", "Ida")
		}).needs("displayName"),
	)
}

// samePlace compares two locations, either of which may be relative to the base URL.
func samePlace(p *probe, a, b string) bool {
	return a == b || (p.below(a) != "" && p.below(a) == p.below(b))
}
