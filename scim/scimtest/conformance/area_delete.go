package conformance

func deleting() []Requirement {
	gone := func(ask func(p *probe, u *resource) *answer) func(*probe) {
		return func(p *probe) {
			u := p.user(nil)
			p.delete(u.at).prepared("deleting the user", 200, 202, 204)
			ask(p, u).refused(404)
		}
	}
	return area("Delete", nil,
		must("7644-3.6-01", "A DELETE that works answers 204.", func(p *probe) {
			a := p.delete(p.user(nil).at).status(204)
			a.expect(len(a.reply.body) == 0, "no body", clipped(string(a.reply.body)))
		}),
		must("7644-3.6-02", "A deleted resource answers 404 to every operation.",
			gone(func(p *probe, u *resource) *answer { return p.get(u.at) })).
			also("GET", "PUT", gone(func(p *probe, u *resource) *answer { return p.put(u.at, p.person(doc{"userName": u.name})) })).
			also("", "DELETE", gone(func(p *probe, u *resource) *answer { return p.delete(u.at) })).
			also("", "PATCH", gone(func(p *probe, u *resource) *answer {
				if p.offers[Patch] != "" {
					p.skip("the server has no PATCH")
				}
				return p.patch(u.at, replace("displayName", "x"))
			})),
		must("7644-3.6-03", "A deleted resource is not found by queries any more.", func(p *probe) {
			u := p.user(nil)
			p.delete(u.at).status(204)
			p.query(p.users.endpoint, "filter", "userName eq "+quoted(u.name)).status(200).is("totalResults", 0).lacks("Resources")
			p.query(p.users.endpoint, "filter", "id eq "+quoted(u.id)).status(200).is("totalResults", 0).lacks("Resources")
		}).when(Filter),
		should("7644-3.6-04", "The userName of a deleted user can be used again.", func(p *probe) {
			u := p.user(nil)
			p.delete(u.at).status(204)
			a := p.post(p.users.endpoint, p.person(doc{"userName": u.name})).status(201)
			a.expect(a.text("id") != u.id, "a new id", a.text("id"))
		}),
		should("7644-3.6-05", "A DELETE of a resource that does not exist answers 404.", func(p *probe) {
			p.delete(p.users.endpoint + "/" + p.label("none")).refused(404)
		}),
		should("7643-4.2-01", "A deleted user is a member of no group any more.", func(p *probe) {
			stays, goes := p.user(nil), p.user(nil)
			g := p.group(stays, goes)
			p.delete(goes.at).status(204)
			p.read(g).values("members", "value", stays.id)
		}).when(Groups).needs("group:members.value"),
		should("7643-4.1.2-02", "A deleted group is gone from its members' groups.", func(p *probe) {
			u := p.user(nil)
			g := p.group(u)
			p.delete(g.at).status(204)
			p.read(u).lacks("groups")
		}).when(Groups).needs("groups", "group:members.value"),
		should("7644-3.6-06", "Deleting a group leaves its members.", func(p *probe) {
			u := p.user(nil)
			p.delete(p.group(u).at).status(204)
			p.read(u).is("userName", u.name)
		}).when(Groups).needs("group:members.value"),
	)
}
