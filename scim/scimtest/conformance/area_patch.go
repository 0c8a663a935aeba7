package conformance

func patchMessages() []Requirement {
	return area("Patch", []Feature{Patch},
		must("7644-3.5.2-01", "A PATCH that works answers 200 or 204 and has its effect.", func(p *probe) {
			u := p.user(nil)
			p.patch(u.at, replace("displayName", "Ida")).status(200, 204)
			p.read(u).is("displayName", "Ida")
		}).needs("displayName"),
		must("7644-3.5.2-02", "A PATCH that answers 200 shows the whole resource as it is now.", func(p *probe) {
			u := p.user(doc{"title": "Clerk"})
			a := p.patch(u.at, replace("displayName", "Ida"))
			if a.reply.status != 200 {
				p.skip("the server answers a PATCH with %d", a.reply.status)
			}
			a.is("id", u.id).is("userName", u.name).is("displayName", "Ida").is("title", "Clerk").has("schemas", "meta/location")
		}).needs("displayName", "title"),
		must("7644-3.5.2-03", "The operations are carried out one after the other: the last one wins.", func(p *probe) {
			p.change(p.user(nil), add("title", "one"), replace("title", "two"), remove("title"), add("title", "three")).is("title", "three")
		}).needs("title"),
		must("7644-3.5.2-04", "An operation sees what the ones before it did.", func(p *probe) {
			other := p.address()
			first := doc{"type": "other", "value": p.address(), "display": "First"}
			a := p.change(p.user(nil), add("emails", []any{first}), replace(`emails[type eq "other"].value`, other))
			a.values("emails", "value", other).values("emails", "display", "First")
		}).needs("emails.value", "emails.type", "emails.display"),
		must("7644-3.5.2-05", "A PATCH is atomic: if one operation fails, none takes effect.", func(p *probe) {
			u := p.user(doc{"title": "Clerk"})
			p.patch(u.at, replace("title", "Judge"), replace(`emails[value eq "nobody@nowhere.example"].display`, "x")).refused(400)
			p.read(u).is("title", "Clerk")
		}).also("the last operation fails", "the first operation fails", func(p *probe) {
			u := p.user(doc{"title": "Clerk"})
			p.patch(u.at, replace(`emails[value eq "nobody@nowhere.example"].display`, "x"), replace("title", "Judge")).refused(400)
			p.read(u).is("title", "Clerk")
		}).needs("title", "emails.value"),
		must("7644-3.5.2-06", "A PATCH that fails changes neither meta.lastModified nor meta.version.", func(p *probe) {
			u := p.user(doc{"title": "Clerk"})
			before := p.read(u).has("meta/lastModified")
			p.patch(u.at, replace("title", "Judge"), remove("userName")).refused(400)
			p.read(u).is("meta/lastModified", at(before.value, "meta/lastModified")).is("meta/version", at(before.value, "meta/version"))
		}).needs("title"),
		must("7644-3.5.2-07", "A PATCH that fails answers with a SCIM error.", func(p *probe) {
			p.patch(p.user(nil).at, doc{"op": "remove"}).status(400).isError().statusText()
		}),
		must("7644-3.5.2-08", "A PATCH that changes something moves meta.lastModified and leaves meta.created and id.", func(p *probe) {
			u := p.user(nil)
			before := p.read(u)
			after := p.change(u, replace("displayName", "Ida")).is("id", u.id).is("meta/created", at(before.value, "meta/created"))
			was, is := instant(at(before.value, "meta/lastModified")), instant(at(after.value, "meta/lastModified"))
			after.expect(!is.IsZero() && !is.Before(was), "meta.lastModified not before "+was.String(), at(after.value, "meta/lastModified"))
		}).needs("displayName"),
		must("7644-3.5.2-09", "Setting a value primary takes primary from the others.", func(p *probe) {
			was, is := p.address(), p.address()
			u := p.user(doc{"emails": []any{primaryMail("work", was), mail("home", is)}})
			a := p.change(u, replace(`emails[type eq "home"].primary`, true))
			a.expect(at(a.element("emails", "value", is), "primary") == true, is+" to be primary", at(a.value, "emails"))
			a.expect(at(a.element("emails", "value", was), "primary") != true, was+" not to be primary any more", at(a.value, "emails"))
		}).needs("emails.primary", "emails.type"),
		must("7644-3.5.2-10", "Adding a value that is primary takes primary from the others.", func(p *probe) {
			was, is := p.address(), p.address()
			u := p.user(doc{"emails": []any{primaryMail("work", was)}})
			a := p.change(u, add("emails", []any{primaryMail("home", is)}))
			a.expect(at(a.element("emails", "value", is), "primary") == true, is+" to be primary", at(a.value, "emails"))
			a.expect(at(a.element("emails", "value", was), "primary") != true, was+" not to be primary any more", at(a.value, "emails"))
		}).needs("emails.primary", "emails.type"),
		must("7644-3.10-07", "Attribute names in a path are compared without case.", func(p *probe) {
			p.change(p.user(doc{"name": doc{"givenName": "Ida"}}), replace("NAME.givenname", "Ada"), replace("DISPLAYNAME", "Ada")).
				is("name/givenName", "Ada").is("displayName", "Ada")
		}).needs("displayName", "name.givenName"),
		must("7644-3.10-08", "A path may be qualified with the URN of the schema.", func(p *probe) {
			p.change(p.user(nil), add(userURN+":displayName", "Ida"), add(userURN+":name.givenName", "Ida")).
				is("displayName", "Ida").is("name/givenName", "Ida")
		}).needs("displayName", "name.givenName"),
		must("7644-3.5.2-11", "Attribute names in a value without a path are compared without case.", func(p *probe) {
			p.change(p.user(nil), replace("", doc{"DISPLAYNAME": "Ida"})).is("displayName", "Ida")
		}).needs("displayName"),
		must("7644-3.5.2-12", "A PATCH leaves all that it does not name as it was.", func(p *probe) {
			u := p.user(doc{"displayName": "Ida", "name": doc{"givenName": "Ida", "familyName": "Moss"}, "emails": []any{mail("work", p.address())}})
			before := p.read(u)
			after := p.change(u, replace("title", "Judge")).is("title", "Judge")
			for _, key := range []string{"userName", "displayName", "name", "emails", "active", "externalId"} {
				after.is(key, at(before.value, key))
			}
		}).needs("title"),
	)
}

func patchAdd() []Requirement {
	return area("Patch: add", []Feature{Patch},
		must("7644-3.5.2.1-01", "add gives a value to an attribute that had none.", func(p *probe) {
			p.change(p.user(nil), add("title", "Judge")).is("title", "Judge")
		}).needs("title"),
		must("7644-3.5.2.1-02", "add replaces the value of a single-valued attribute.", func(p *probe) {
			p.change(p.user(doc{"title": "Clerk"}), add("title", "Judge")).is("title", "Judge")
		}).needs("title"),
		must("7644-3.5.2.1-03", "add without a path takes a set of attributes.", func(p *probe) {
			p.change(p.user(nil), add("", doc{"title": "Judge", "name": doc{"givenName": "Ida"}})).is("title", "Judge").is("name/givenName", "Ida")
		}).needs("title", "name.givenName"),
		must("7644-3.5.2.1-04", "add to a complex attribute leaves the sub-attributes that it does not name.", func(p *probe) {
			u := p.user(doc{"name": doc{"givenName": "Ida", "familyName": "Moss"}})
			p.change(u, add("name", doc{"givenName": "Ada"})).is("name/givenName", "Ada").is("name/familyName", "Moss")
		}).needs("name.givenName", "name.familyName"),
		must("7644-3.5.2.1-05", "add sets a sub-attribute that its path names.", func(p *probe) {
			u := p.user(doc{"name": doc{"familyName": "Moss"}})
			p.change(u, add("name.givenName", "Ida")).is("name/givenName", "Ida").is("name/familyName", "Moss")
		}).needs("name.givenName", "name.familyName"),
		must("7644-3.5.2.1-06", "add appends to a multi-valued attribute.", func(p *probe) {
			one, two, three := p.address(), p.address(), p.address()
			u := p.user(doc{"emails": []any{mail("work", one)}})
			p.change(u, add("emails", []any{mail("home", two), mail("other", three)})).values("emails", "value", one, two, three)
		}).needs("emails.value", "emails.type"),
		must("7644-3.5.2.1-07", "add without a path appends to a multi-valued attribute, too.", func(p *probe) {
			one, two := p.address(), p.address()
			u := p.user(doc{"emails": []any{mail("work", one)}})
			p.change(u, add("", doc{"emails": []any{mail("home", two)}})).values("emails", "value", one, two)
		}).needs("emails.value", "emails.type"),
		should("7644-3.5.2.1-08", "add of a value that is there already works and makes no second one.", func(p *probe) {
			one := p.address()
			u := p.user(doc{"emails": []any{mail("work", one)}})
			p.change(u, add("emails", []any{mail("work", one)})).values("emails", "value", one)
		}).needs("emails.value", "emails.type"),
		must("7644-3.5.2.1-09", "add of a value that is there already does not move meta.lastModified.", func(p *probe) {
			u := p.user(doc{"title": "Judge"})
			before := p.read(u).has("meta/lastModified")
			p.change(u, add("title", "Judge")).is("meta/lastModified", at(before.value, "meta/lastModified"))
		}).also("single-valued", "multi-valued", func(p *probe) {
			one := p.address()
			u := p.user(doc{"emails": []any{mail("work", one)}})
			before := p.read(u).has("meta/lastModified")
			p.change(u, add("emails", []any{mail("work", one)})).is("meta/lastModified", at(before.value, "meta/lastModified"))
		}).needs("title", "emails.type"),
		should("7644-3.5.2.1-10", "add without a value answers 400.", func(p *probe) {
			u := p.user(doc{"title": "Clerk"})
			p.patch(u.at, doc{"op": "add", "path": "title"}).refused(400)
			p.read(u).is("title", "Clerk")
		}).needs("title"),
		must("7644-3.5.2.1-11", "add sets a sub-attribute of the values that a filter in the path selects.", func(p *probe) {
			work, home := p.address(), p.address()
			u := p.user(doc{"emails": []any{mail("work", work), mail("home", home)}})
			a := p.change(u, add(`emails[type eq "home"].display`, "At home"))
			a.expect(at(a.element("emails", "value", home), "display") == "At home", "display of "+home, at(a.value, "emails"))
			a.expect(at(a.element("emails", "value", work), "display") == nil, "no display of "+work, at(a.value, "emails"))
		}).needs("emails.type", "emails.display"),
	)
}
