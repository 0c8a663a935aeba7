package conformance

func versions() []Requirement {
	stale := func(send func(p *probe, u *resource, tag string) *answer) func(*probe) {
		return func(p *probe) {
			u, old := p.outdated()
			send(p, u, old).refused(412)
			p.read(u).is("displayName", "Second")
		}
	}
	return area("Versions", []Feature{ETag},
		must("7644-3.14-01", "The answers to reading and creating a resource have an ETag header.", func(p *probe) {
			p.post(p.users.endpoint, p.person(nil)).status(201).headed("ETag")
			p.read(p.user(nil)).headed("ETag")
		}),
		should("7644-3.14-02", "meta.version is the ETag.", func(p *probe) {
			a := p.read(p.user(nil))
			a.is("meta/version", a.headed("ETag"))
		}),
		must("7644-3.14-03", "The ETag is an entity tag of HTTP.", func(p *probe) {
			a := p.read(p.user(nil))
			tag := a.headed("ETag")
			a.expect(entityTag.MatchString(tag), `"…" or W/"…"`, tag)
		}),
		must("7644-3.14-04", "The version changes when the resource changes.", func(p *probe) {
			u, old := p.outdated()
			a := p.read(u)
			a.expect(a.headed("ETag") != old, "another tag than "+old, a.header.Get("ETag"))
		}).needs("displayName"),
		must("7644-3.14-05", "The version stays while nothing changes.", func(p *probe) {
			u := p.user(nil)
			before := p.read(u).headed("ETag")
			a := p.read(u)
			a.expect(a.headed("ETag") == before, before, a.header.Get("ETag"))
		}),
		must("7644-3.14-06", "A PUT with an outdated If-Match answers 412 and changes nothing.",
			stale(func(p *probe, u *resource, tag string) *answer {
				return p.put(u.at, p.person(doc{"userName": u.name, "displayName": "Third"}), "If-Match", tag)
			})).needs("displayName"),
		must("7644-3.14-07", "A PATCH with an outdated If-Match answers 412 and changes nothing.",
			stale(func(p *probe, u *resource, tag string) *answer {
				return p.do(call{method: "PATCH", path: u.at, body: patchOp(replace("displayName", "Third")), headers: []string{"If-Match", tag}})
			})).when(Patch).needs("displayName"),
		must("7644-3.14-08", "A DELETE with an outdated If-Match answers 412 and deletes nothing.",
			stale(func(p *probe, u *resource, tag string) *answer { return p.delete(u.at, "If-Match", tag) })).needs("displayName"),
		must("7644-3.14-09", "A write whose If-Match is the current version works.", func(p *probe) {
			u := p.user(nil)
			tag := p.read(u).headed("ETag")
			p.put(u.at, p.person(doc{"userName": u.name, "displayName": "Ida"}), "If-Match", tag).status(200)
			tag = p.read(u).is("displayName", "Ida").headed("ETag")
			p.delete(u.at, "If-Match", tag).status(204)
		}).needs("displayName"),
		must("7644-3.14-10", "A read whose If-None-Match is the current version answers 304 without a body.", func(p *probe) {
			u := p.user(nil)
			tag := p.read(u).headed("ETag")
			a := p.get(u.at, "If-None-Match", tag).status(304)
			a.expect(len(a.reply.body) == 0, "no body", clipped(string(a.reply.body)))
		}),
		must("7644-3.14-11", "A read whose If-None-Match is an outdated version answers 200 with the resource.", func(p *probe) {
			u, old := p.outdated()
			p.get(u.at, "If-None-Match", old).status(200).is("displayName", "Second")
		}).needs("displayName"),
		must("7644-3.14-12", "The answers to PUT and PATCH show the new version.", func(p *probe) {
			u := p.user(nil)
			tag := p.put(u.at, p.person(doc{"userName": u.name, "displayName": "Ida"})).status(200).headed("ETag")
			a := p.read(u)
			a.expect(a.headed("ETag") == tag, "the tag that PUT answered, "+tag, a.header.Get("ETag"))
		}).needs("displayName"),
	)
}

// outdated makes a user, changes him, and returns him with the tag from before.
func (p *probe) outdated() (*resource, string) {
	u := p.user(doc{"displayName": "First"})
	old := p.read(u).headed("ETag")
	p.put(u.at, p.person(doc{"userName": u.name, "displayName": "Second"})).prepared("changing the user", 200)
	return u, old
}

func myself() []Requirement {
	return area("Me", nil,
		should("7644-3.11-01", "/Me answers with the caller's resource, redirects to it with 308, or says 501, or 404 where the caller is none.", func(p *probe) {
			p.get("/Me").status(200, 308, 404, 501)
		}),
		must("7644-3.11-02", "Where /Me is answered or redirected, Location is the permanent location of the resource.", func(p *probe) {
			a := p.get("/Me")
			if a.reply.status != 200 && a.reply.status != 308 {
				p.skip("the server does not offer /Me (status %d)", a.reply.status)
			}
			where := p.below(a.headed("Location"))
			a.expect(where != "", "a Location below "+p.target.BaseURL+p.users.endpoint, a.header.Get("Location"))
			p.get(where).status(200)
		}),
		must("7644-3.11-03", "Where /Me is not offered, the refusal has a SCIM error as its body.", func(p *probe) {
			a := p.get("/Me")
			if a.reply.status < 400 {
				p.skip("the server offers /Me")
			}
			a.isError().statusText()
		}),
	)
}
