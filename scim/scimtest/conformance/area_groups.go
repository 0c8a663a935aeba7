package conformance

func groups() []Requirement {
	return area("Groups", []Feature{Groups},
		must("7643-4.2-02", "A group is created with a displayName and shows it.", func(p *probe) {
			body := p.team(nil)
			p.post(p.groups.endpoint, body).status(201).is("displayName", body["displayName"]).has("id", "meta/location")
		}),
		must("7643-4.2-03", "A group without a displayName answers 400.", func(p *probe) {
			p.post(p.groups.endpoint, p.team(doc{"displayName": nil, "externalId": p.label("nameless")})).refused(400)
		}),
		must("7643-4.2-04", "A group is created with its members.", func(p *probe) {
			one, two := p.user(nil), p.user(nil)
			p.read(p.group(one, two)).values("members", "value", one.id, two.id)
		}).needs("group:members.value"),
		must("7643-4.2-05", "A member's $ref is the URI of the member.", func(p *probe) {
			u := p.user(nil)
			a := p.read(p.group(u))
			reference, _ := at(a.element("members", "value", u.id), "$ref").(string)
			if reference == "" {
				p.skip("the server shows no $ref of members")
			}
			a.expect(p.below(reference) == u.at, "$ref to be "+p.target.BaseURL+u.at, reference)
		}).needs("group:members.value"),
		should("7643-4.2-06", "A member's type, where it is shown, is the name of its resource type.", func(p *probe) {
			u := p.user(nil)
			a := p.read(p.group(u))
			kind := at(a.element("members", "value", u.id), "type")
			a.expect(kind == nil || kind == p.users.name, "type to be "+p.users.name, kind)
		}).needs("group:members.value"),
		may("7643-4.2-07", "A group can be a member of a group.", func(p *probe) {
			inner := p.group(p.user(nil))
			outer := p.make(p.groups, p.team(doc{"members": []any{doc{"value": inner.id, "type": p.groups.name}}}), "displayName")
			a := p.read(outer).values("members", "value", inner.id)
			kind := at(a.element("members", "value", inner.id), "type")
			a.expect(kind == nil || kind == p.groups.name, "type to be "+p.groups.name, kind)
		}).needs("group:members.value"),
		should("7643-4.1.2-03", "A user shows the groups that he is a member of, by id.", func(p *probe) {
			u := p.user(nil)
			g := p.group(u)
			p.read(u).values("groups", "value", g.id)
		}).needs("groups.value", "group:members.value"),
		must("7643-4.1.2-04", "The $ref of a user's group is the URI of the group.", func(p *probe) {
			u := p.user(nil)
			g := p.group(u)
			a := p.read(u)
			reference, _ := at(a.element("groups", "value", g.id), "$ref").(string)
			a.expect(p.below(reference) == g.at, "$ref to be "+p.target.BaseURL+g.at, show(reference))
		}).needs("groups.$ref", "group:members.value"),
		should("7643-4.1.2-05", "A user's groups follow the changes of the group's members.", func(p *probe) {
			u := p.user(nil)
			g := p.group(u)
			p.read(u).values("groups", "value", g.id)
			p.put(g.at, p.team(doc{"displayName": g.name, "members": []any{}})).status(200)
			p.read(u).lacks("groups")
		}).needs("groups.value", "group:members.value"),
		should("7643-4.1.2-06", "The type of a user's group, where it is shown, is direct or indirect.", func(p *probe) {
			u := p.user(nil)
			g := p.group(u)
			a := p.read(u)
			kind := at(a.element("groups", "value", g.id), "type")
			a.expect(kind == nil || kind == "direct", "type to be direct", kind)
		}).needs("groups.type", "group:members.value"),
		may("7643-4.2-08", "Two groups may have the same displayName.", func(p *probe) {
			g := p.group()
			p.post(p.groups.endpoint, p.team(doc{"displayName": g.name})).status(201)
		}),
		must("7643-4.2-09", "Renaming a group leaves its members.", func(p *probe) {
			u := p.user(nil)
			g := p.group(u)
			renamed := p.label("g")
			p.change(g, replace("displayName", renamed)).is("displayName", renamed).values("members", "value", u.id)
		}).when(Patch).needs("group:members.value"),
	)
}

func memberPatches() []Requirement {
	return area("Group members", []Feature{Groups, Patch},
		must("7644-3.5.2.1-12", "add puts members into a group and leaves those who are there.", func(p *probe) {
			one, two, three := p.user(nil), p.user(nil), p.user(nil)
			p.change(p.group(one), add("members", memberValues(two, three))).values("members", "value", one.id, two.id, three.id)
		}),
		must("7644-3.5.2.1-13", "add of somebody who is a member already works and makes no second member.", func(p *probe) {
			one := p.user(nil)
			p.change(p.group(one), add("members", memberValues(one))).values("members", "value", one.id)
		}),
		must("7644-3.5.2.1-14", "add of somebody who is a member already does not move meta.lastModified.", func(p *probe) {
			one := p.user(nil)
			g := p.group(one)
			before := p.read(g).has("meta/lastModified")
			p.change(g, add("members", memberValues(one))).is("meta/lastModified", at(before.value, "meta/lastModified"))
		}),
		must("7644-3.5.2.2-12", "remove with a filter takes one member out and leaves the others.", func(p *probe) {
			one, two, three := p.user(nil), p.user(nil), p.user(nil)
			p.change(p.group(one, two, three), remove("members[value eq "+quoted(two.id)+"]")).values("members", "value", one.id, three.id)
		}),
		must("7644-3.5.2.2-13", "remove with a filter that has or takes each of those out.", func(p *probe) {
			one, two, three := p.user(nil), p.user(nil), p.user(nil)
			filter := "members[value eq " + quoted(one.id) + " or value eq " + quoted(two.id) + "]"
			p.change(p.group(one, two, three), remove(filter)).values("members", "value", three.id)
		}),
		must("7644-3.5.2.2-14", "remove without a filter takes all members out.", func(p *probe) {
			p.change(p.group(p.user(nil), p.user(nil)), remove("members")).lacks("members")
		}),
		must("7644-3.5.2.3-13", "replace puts the given members in the place of all others.", func(p *probe) {
			one, two, three := p.user(nil), p.user(nil), p.user(nil)
			p.change(p.group(one, two), replace("members", memberValues(two, three))).values("members", "value", two.id, three.id)
		}),
		must("7644-3.5.2-24", "Operations on members are carried out in order within one request.", func(p *probe) {
			one, two := p.user(nil), p.user(nil)
			p.change(p.group(one), remove("members[value eq "+quoted(one.id)+"]"), add("members", memberValues(two)), add("members", memberValues(one))).
				values("members", "value", one.id, two.id)
		}),
		must("7644-3.5.2-25", "A PATCH of members that fails leaves the members as they were.", func(p *probe) {
			one, two := p.user(nil), p.user(nil)
			g := p.group(one)
			p.patch(g.at, add("members", memberValues(two)), remove("displayName")).refused(400)
			p.read(g).values("members", "value", one.id)
		}).needs("group:displayName"),
		must("7644-3.5.2.3-14", "A member's value cannot be changed, which would be another member: 400.", func(p *probe) {
			one, two := p.user(nil), p.user(nil)
			g := p.group(one)
			p.patch(g.at, replace("members[value eq "+quoted(one.id)+"].value", two.id)).refused(400)
			p.read(g).values("members", "value", one.id)
		}),
		must("7644-3.5.2.3-15", "A PATCH of the name and the members changes both.", func(p *probe) {
			one, renamed := p.user(nil), p.label("g")
			p.change(p.group(), replace("", doc{"displayName": renamed, "members": memberValues(one)})).
				is("displayName", renamed).values("members", "value", one.id)
		}),
	)
}

func enterpriseExtension() []Requirement {
	tolls := func() doc { return doc{enterpriseURN: doc{"department": "Tolls", "employeeNumber": "7"}} }
	return area("Enterprise extension", []Feature{Enterprise},
		must("7643-3.3-01", "Attributes of the extension are in an object that is named by its URN.", func(p *probe) {
			p.read(p.user(tolls())).is(enterpriseURN+"/department", "Tolls").is(enterpriseURN+"/employeeNumber", "7").lacks("department")
		}).needs("enterprise:department", "enterprise:employeeNumber"),
		must("7643-3.3-02", "schemas names the extension if the resource has it, beside the schema of the type.", func(p *probe) {
			a := p.read(p.user(tolls()))
			all := texts(at(a.value, "schemas"), "")
			a.expect(containsFold(all, enterpriseURN) && containsFold(all, userURN), "schemas with both URNs", all)
		}).needs("enterprise:department"),
		must("7643-4.3-01", "The manager of a user is kept by id.", func(p *probe) {
			boss := p.user(nil)
			p.read(p.user(doc{enterpriseURN: doc{"manager": doc{"value": boss.id}}})).is(enterpriseURN+"/manager/value", boss.id)
		}).needs("enterprise:manager.value"),
		must("7644-3.5.2.1-15", "add with the URN in its path sets an attribute of the extension.", func(p *probe) {
			p.change(p.user(tolls()), add(enterpriseURN+":division", "North")).
				is(enterpriseURN+"/division", "North").is(enterpriseURN+"/department", "Tolls")
		}).when(Patch).needs("enterprise:division", "enterprise:department", "enterprise:employeeNumber"),
		must("7644-3.5.2-26", "add with the URN in its path gives the extension to a resource that lacks it, and schemas names it.", func(p *probe) {
			a := p.change(p.user(nil), add(enterpriseURN+":department", "Tolls")).is(enterpriseURN+"/department", "Tolls")
			a.expect(containsFold(texts(at(a.value, "schemas"), ""), enterpriseURN), "schemas with "+enterpriseURN, at(a.value, "schemas"))
		}).when(Patch).needs("enterprise:department"),
		must("7644-3.5.2.1-16", "add without a path takes the extension's object.", func(p *probe) {
			p.change(p.user(nil), add("", tolls())).is(enterpriseURN+"/department", "Tolls").is(enterpriseURN+"/employeeNumber", "7")
		}).when(Patch).needs("enterprise:department", "enterprise:employeeNumber"),
		must("7644-3.5.2.3-16", "replace with the URN in its path changes an attribute of the extension, and no other.", func(p *probe) {
			p.change(p.user(tolls()), replace(enterpriseURN+":department", "Bridges")).
				is(enterpriseURN+"/department", "Bridges").is(enterpriseURN+"/employeeNumber", "7")
		}).when(Patch).needs("enterprise:department", "enterprise:employeeNumber"),
		must("7644-3.5.2.2-15", "remove with the URN in its path takes an attribute of the extension away.", func(p *probe) {
			p.change(p.user(tolls()), remove(enterpriseURN+":department")).
				lacks(enterpriseURN+"/department").is(enterpriseURN+"/employeeNumber", "7")
		}).when(Patch).needs("enterprise:department", "enterprise:employeeNumber"),
		must("7644-3.5.2.1-17", "A sub-attribute within an extension is set by its path.", func(p *probe) {
			boss := p.user(nil)
			p.change(p.user(nil), add(enterpriseURN+":manager.value", boss.id)).is(enterpriseURN+"/manager/value", boss.id)
		}).when(Patch).needs("enterprise:manager.value"),
		must("7644-3.5.1-16", "A PUT replaces the attributes of the extension.", func(p *probe) {
			u := p.user(tolls())
			p.put(u.at, p.person(doc{"userName": u.name, enterpriseURN: doc{"department": "Bridges"}})).status(200)
			p.read(u).is(enterpriseURN+"/department", "Bridges")
		}).needs("enterprise:department", "enterprise:employeeNumber"),
	)
}
