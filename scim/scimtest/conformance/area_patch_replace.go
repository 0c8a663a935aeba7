package conformance

import "strings"

func patchReplace() []Requirement {
	return area("Patch: replace", []Feature{Patch},
		must("7644-3.5.2.3-01", "replace changes a single value.", func(p *probe) {
			p.change(p.user(doc{"title": "Clerk"}), replace("title", "Judge")).is("title", "Judge")
		}).needs("title"),
		must("7644-3.5.2.3-02", "replace without a path takes a set of attributes.", func(p *probe) {
			u := p.user(doc{"title": "Clerk", "displayName": "Ida"})
			p.change(u, replace("", doc{"title": "Judge", "displayName": "Ada"})).is("title", "Judge").is("displayName", "Ada")
		}).needs("title", "displayName"),
		must("7644-3.5.2.3-03", "replace of an attribute that has no value adds it.", func(p *probe) {
			p.change(p.user(nil), replace("title", "Judge")).is("title", "Judge")
		}).needs("title"),
		must("7644-3.5.2.3-04", "replace of a complex attribute leaves the sub-attributes that it does not name.", func(p *probe) {
			u := p.user(doc{"name": doc{"givenName": "Ida", "familyName": "Moss"}})
			p.change(u, replace("name", doc{"givenName": "Ada"})).is("name/givenName", "Ada").is("name/familyName", "Moss")
		}).needs("name.givenName", "name.familyName"),
		must("7644-3.5.2.3-05", "replace changes the sub-attribute that its path names, and no other.", func(p *probe) {
			u := p.user(doc{"name": doc{"givenName": "Ida", "familyName": "Moss"}})
			p.change(u, replace("name.familyName", "Fell")).is("name/givenName", "Ida").is("name/familyName", "Fell")
		}).needs("name.givenName", "name.familyName"),
		must("7644-3.5.2.3-06", "replace of a multi-valued attribute without a filter replaces all of its values.", func(p *probe) {
			one := p.address()
			u := p.user(doc{"emails": []any{mail("work", p.address()), mail("home", p.address())}})
			p.change(u, replace("emails", []any{mail("other", one)})).values("emails", "value", one)
		}).needs("emails.value", "emails.type"),
		must("7644-3.5.2.3-07", "replace with a filter replaces the values that match, and no others.", func(p *probe) {
			work, next := p.address(), p.address()
			u := p.user(doc{"emails": []any{mail("work", work), mail("home", p.address())}})
			p.change(u, replace(`emails[type eq "home"]`, mail("home", next))).values("emails", "value", work, next)
		}).needs("emails.value", "emails.type"),
		must("7644-3.5.2.3-08", "replace with a filter and a sub-attribute changes that sub-attribute of the values that match.", func(p *probe) {
			work, next := p.address(), p.address()
			u := p.user(doc{"emails": []any{primaryMail("work", work), mail("home", p.address())}})
			a := p.change(u, replace(`emails[type eq "home"].value`, next)).values("emails", "value", work, next)
			a.expect(at(a.element("emails", "value", next), "type") == "home", "its type as it was", at(a.value, "emails"))
			a.expect(at(a.element("emails", "value", work), "primary") == true, work+" as it was", at(a.value, "emails"))
		}).needs("emails.value", "emails.type", "emails.primary"),
		must("7644-3.5.2.3-09", "replace with a filter that matches several values changes each of them.", func(p *probe) {
			one, two, home := p.address(), p.address(), p.address()
			u := p.user(doc{"emails": []any{mail("work", one), mail("work", two), mail("home", home)}})
			a := p.change(u, replace(`emails[type eq "work"].display`, "Office"))
			for address, want := range map[string]any{one: "Office", two: "Office", home: nil} {
				a.expect(same(at(a.element("emails", "value", address), "display"), want), "display of "+address+" to be "+show(want), at(a.value, "emails"))
			}
		}).needs("emails.type", "emails.display"),
		must("7644-3.5.2.3-10", "replace with a filter that matches nothing answers 400 noTarget.", func(p *probe) {
			u := p.user(doc{"emails": []any{mail("work", p.address())}})
			p.patch(u.at, replace(`emails[value eq "nobody@nowhere.example"].display`, "x")).refused(400, "noTarget")
		}).needs("emails.display"),
		must("7644-3.5.2.3-11", "replace can rename a user.", func(p *probe) {
			u := p.user(nil)
			renamed := p.label("renamed") + "@example.com"
			p.change(u, replace("userName", renamed)).is("userName", renamed).is("id", u.id)
		}),
		must("7644-3.5.2.3-12", "replace with a boolean false is a value, not a removal.", func(p *probe) {
			p.change(p.user(doc{"active": true}), replace("active", false)).is("active", false)
		}).needs("active"),
	)
}

func patchRemove() []Requirement {
	return area("Patch: remove", []Feature{Patch},
		must("7644-3.5.2.2-01", "remove takes the value of a single-valued attribute away.", func(p *probe) {
			p.change(p.user(doc{"title": "Clerk"}), remove("title")).lacks("title")
		}).needs("title"),
		must("7644-3.5.2.2-02", "remove without a filter takes all values of a multi-valued attribute away.", func(p *probe) {
			u := p.user(doc{"emails": []any{mail("work", p.address()), mail("home", p.address())}})
			p.change(u, remove("emails")).lacks("emails")
		}).needs("emails.value"),
		must("7644-3.5.2.2-03", "remove with a filter takes the values that match away, and no others.", func(p *probe) {
			home := p.address()
			u := p.user(doc{"emails": []any{mail("work", p.address()), mail("home", home), mail("work", p.address())}})
			p.change(u, remove(`emails[type eq "work"]`)).values("emails", "value", home)
		}).needs("emails.value", "emails.type"),
		must("7644-3.5.2.2-04", "An attribute whose last value is removed is unassigned.", func(p *probe) {
			u := p.user(doc{"emails": []any{mail("work", p.address())}})
			p.change(u, remove(`emails[type eq "work"]`)).lacks("emails")
		}).needs("emails.type"),
		must("7644-3.5.2.2-05", "An attribute whose last value is removed is not present for a filter.", func(p *probe) {
			u := p.user(doc{"emails": []any{mail("work", p.address())}})
			present := "userName eq " + quoted(u.name) + " and emails pr"
			p.query(p.users.endpoint, "filter", present).status(200).is("totalResults", 1)
			p.change(u, remove(`emails[type eq "work"]`))
			p.query(p.users.endpoint, "filter", present).status(200).is("totalResults", 0)
		}).when(Filter).needs("emails.type"),
		must("7644-3.5.2.2-06", "remove takes a sub-attribute away and leaves the others.", func(p *probe) {
			u := p.user(doc{"name": doc{"givenName": "Ida", "familyName": "Moss"}})
			p.change(u, remove("name.givenName")).lacks("name/givenName").is("name/familyName", "Moss")
		}).needs("name.givenName", "name.familyName"),
		must("7644-3.5.2.2-07", "remove of a complex attribute takes all of its sub-attributes away.", func(p *probe) {
			u := p.user(doc{"name": doc{"givenName": "Ida", "familyName": "Moss"}})
			p.change(u, remove("name")).lacks("name/givenName", "name/familyName")
		}).needs("name.givenName", "name.familyName"),
		must("7644-3.5.2.2-08", "remove with a filter and a sub-attribute takes that of the values that match away.", func(p *probe) {
			work, home := doc{"type": "work", "value": p.address(), "display": "W"}, doc{"type": "home", "value": p.address(), "display": "H"}
			a := p.change(p.user(doc{"emails": []any{work, home}}), remove(`emails[type eq "work"].display`)).length("emails", 2)
			a.values("emails", "display", "H")
		}).needs("emails.type", "emails.display"),
		must("7644-3.5.2.2-09", "remove without a path answers 400 noTarget.", func(p *probe) {
			p.patch(p.user(nil).at, doc{"op": "remove"}).refused(400, "noTarget")
		}),
		must("7644-3.5.2.2-10", "remove of a required attribute answers 400 mutability, and it stays.", func(p *probe) {
			u := p.user(nil)
			p.patch(u.at, remove("userName")).refused(400, "mutability")
			p.read(u).is("userName", u.name)
		}),
		must("7644-3.5.2.2-11", "remove of a readOnly attribute answers 400 mutability.", func(p *probe) {
			p.patch(p.user(nil).at, remove("id")).refused(400, "mutability")
		}).also("id", "meta", func(p *probe) {
			p.patch(p.user(nil).at, remove("meta.created")).refused(400, "mutability")
		}),
	)
}

func patchRefusals() []Requirement {
	refused := func(types []string, operations ...doc) func(*probe) {
		return func(p *probe) {
			u := p.user(doc{"displayName": "Ida"})
			p.patch(u.at, operations...).refused(400, types...)
			p.read(u).is("id", u.id).is("userName", u.name).is("displayName", "Ida")
		}
	}
	return area("Patch: refusals", []Feature{Patch},
		must("7644-3.5.2-13", "A change of a readOnly attribute answers 400 mutability.", refused([]string{"mutability"}, replace("id", "another"))).
			also("id", "meta", refused([]string{"mutability"}, replace("meta.created", "2001-01-01T00:00:00Z"))).
			also("", "groups", func(p *probe) {
				if p.undefined([]string{"groups"}) != "" {
					p.skip("the User schema has no groups")
				}
				u := p.user(nil)
				p.patch(u.at, add("groups", []any{doc{"value": u.id}})).refused(400, "mutability")
			}),
		must("7644-3.5.2-14", "A path that cannot be parsed answers 400 invalidPath.",
			refused([]string{"invalidPath", "invalidFilter"}, replace(`emails[type eq "work"`, "x"), replace("displayName", "Ada"))).
			also("", "not a name", refused([]string{"invalidPath"}, replace("display name!", "x"))),
		must("7644-3.5.2-15", "A filter in a path that is no filter answers 400 invalidFilter or invalidPath.",
			refused([]string{"invalidPath", "invalidFilter"}, remove(`emails[type like "work"]`))).needs("emails.type"),
		should("7644-3.5.2-16", "An operation that does not exist answers 400.", refused(nil, operation("move", "displayName", "x"))),
		should("7644-3.5.2-17", "An operation without op answers 400.", refused(nil, doc{"path": "displayName", "value": "x"})),
		should("7644-3.5.2-18", "A PATCH without Operations answers 400.", func(p *probe) {
			p.do(call{method: "PATCH", path: p.user(nil).at, body: doc{"schemas": []any{patchURN}}}).refused(400)
		}),
		should("7644-3.5.2-19", "A PATCH with an empty list of Operations answers 400.", func(p *probe) {
			p.patch(p.user(nil).at).refused(400)
		}),
		must("7644-3.5.2-20", "A PATCH with a body that is not JSON answers 400.", func(p *probe) {
			p.do(call{method: "PATCH", path: p.user(nil).at, body: `{"Operations":[`}).refused(400)
		}),
		must("7644-3.5.2-21", "A value that does not fit the attribute's type answers 400.",
			refused(nil, replace("active", "perhaps"))).needs("active"),
		must("7644-3.5.2-22", "A userName that another user has answers 409 uniqueness and changes nothing.", func(p *probe) {
			u, other := p.user(nil), p.user(nil)
			p.patch(u.at, replace("userName", strings.ToUpper(other.name))).refused(409, "uniqueness")
			p.read(u).is("userName", u.name)
		}),
		must("7644-3.5.2-23", "A PATCH of a resource that does not exist answers 404.", func(p *probe) {
			p.patch(p.users.endpoint+"/"+p.label("none"), replace("displayName", "x")).refused(404)
		}),
	)
}
