package conformance

import "strings"

func values() []Requirement {
	return area("Values", nil,
		must("7643-2.3.8-03", "Complex attributes are stored with all of their sub-attributes.", func(p *probe) {
			whole := doc{"givenName": "Ida", "familyName": "Moss", "middleName": "June"}
			a := p.read(p.user(doc{"name": whole}))
			for key, value := range whole {
				a.is("name/"+key, value)
			}
		}).needs("name.givenName", "name.familyName", "name.middleName"),
		must("7643-2.4-01", "Multi-valued attributes are stored with all of their values and sub-attributes.", func(p *probe) {
			one, two := p.address(), p.address()
			a := p.read(p.user(doc{"emails": []any{primaryMail("work", one), mail("home", two)}}))
			a.values("emails", "value", one, two)
			a.expect(at(a.element("emails", "value", one), "primary") == true, "primary to be kept", at(a.value, "emails"))
			a.expect(at(a.element("emails", "value", two), "type") == "home", "type to be kept", at(a.value, "emails"))
		}).needs("emails.value", "emails.type", "emails.primary"),
		must("7643-2.4-02", "No more than one value of an attribute is primary.", func(p *probe) {
			a := p.post(p.users.endpoint, p.person(doc{"emails": []any{primaryMail("work", p.address()), primaryMail("home", p.address())}}))
			a.status(201, 400)
			if a.reply.status == 201 {
				a.has("emails")
			}
			primaries := 0
			for _, e := range elements(at(a.value, "emails")) {
				if at(e, "primary") == true {
					primaries++
				}
			}
			a.expect(primaries <= 1, "a refusal, or one primary value", at(a.value, "emails"))
		}).needs("emails.primary"),
		should("7643-2.4-03", "The same type and value are not returned twice.", func(p *probe) {
			address := p.address()
			a := p.post(p.users.endpoint, p.person(doc{"emails": []any{mail("work", address), mail("work", address)}})).status(201, 400)
			a.expect(a.reply.status == 400 || len(elements(at(a.value, "emails"))) == 1, "a refusal, or one value", at(a.value, "emails"))
		}).needs("emails.type"),
		may("7643-2.4-04", "The same value may be there with two types.", func(p *probe) {
			address := p.address()
			p.post(p.users.endpoint, p.person(doc{"emails": []any{mail("work", address), mail("home", address)}})).status(201).length("emails", 2)
		}).needs("emails.type"),
		must("7643-2.5-01", "A value of null, and an empty list, are the same as no value.", func(p *probe) {
			body, err := encode(p.person(doc{"title": "@", "emails": []any{}}))
			if err != nil {
				p.block("%v", err)
			}
			a := p.post(p.users.endpoint, strings.Replace(body, `"@"`, "null", 1)).status(201)
			a.has("userName").lacks("title", "emails")
		}).needs("title", "emails"),
		must("7643-7-06", "The case of a value is kept where the attribute is caseExact.", func(p *probe) {
			const page = "https://people.example.com/IdA/MoSS"
			p.read(p.user(doc{"profileUrl": page, "externalId": p.id + "-MiXed"})).is("profileUrl", page).is("externalId", p.id+"-MiXed")
		}).needs("profileUrl"),
		must("7643-2.3.2-01", "Booleans are returned as JSON booleans.", func(p *probe) {
			p.read(p.user(doc{"active": false})).is("active", false)
			p.read(p.user(doc{"active": true})).is("active", true)
		}).needs("active"),
		must("7643-2.3.6-01", "Binary values come back as the base64 that was sent.", func(p *probe) {
			const certificate = "MIIBAjCBrQIBADBIMQswCQYDVQQGEwJVUzE="
			p.read(p.user(doc{"x509Certificates": []any{doc{"value": certificate}}})).is("x509Certificates/0/value", certificate)
		}).needs("x509Certificates.value"),
		must("7643-2.3.7-02", "References come back as the URI that was sent.", func(p *probe) {
			const page = "https://people.example.com/ida?tab=1#top"
			p.read(p.user(doc{"profileUrl": page})).is("profileUrl", page)
		}).needs("profileUrl"),
	)
}

func passwords() []Requirement {
	const secret = "N0t-to-be-Seen!"
	hidden := func(a *answer) {
		a.expect(!strings.Contains(string(a.reply.body), secret) && at(a.value, "password") == nil, "no password in the answer", "it is there")
	}
	return area("Passwords", nil,
		must("7643-4.1.1-04", "A password is not in the answer to the request that sets it.", func(p *probe) {
			hidden(p.post(p.users.endpoint, p.person(doc{"password": secret})).status(201))
		}).also("POST", "PUT", func(p *probe) {
			u := p.user(nil)
			hidden(p.put(u.at, p.person(doc{"userName": u.name, "password": secret})).status(200))
		}).needs("password"),
		must("7643-4.1.1-05", "A password is not shown when the resource is read.", func(p *probe) {
			hidden(p.read(p.user(doc{"password": secret})))
		}).needs("password"),
		must("7643-7-07", "A password is not shown although the request asks for it by name.", func(p *probe) {
			u := p.user(doc{"password": secret})
			hidden(p.get(u.at + "?attributes=password,userName").status(200))
		}).needs("password"),
		must("7643-7-08", "A password is not shown in lists.", func(p *probe) {
			u := p.user(doc{"password": secret})
			a := p.query(p.users.endpoint, "filter", "userName eq "+quoted(u.name), "attributes", "userName,password").status(200)
			a.expect(len(a.ids()) == 1, "the user", a.ids())
			a.expect(!strings.Contains(string(a.reply.body), secret) && at(a.value, "Resources/0/password") == nil, "no password in the list", "it is there")
		}).when(Filter).needs("password"),
		must("7643-4.1.1-06", "A password that a PATCH sets is not shown in the answer, nor afterwards.", func(p *probe) {
			u := p.user(nil)
			hidden(p.patch(u.at, replace("password", secret)).status(200, 204))
			hidden(p.read(u))
		}).when(Patch, ChangePassword).needs("password"),
	)
}
