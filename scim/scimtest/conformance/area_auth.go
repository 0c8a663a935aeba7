package conformance

import "strings"

func authentication() []Requirement {
	return area("Authentication", []Feature{Authentication},
		must("7644-2-01", "A request without credentials answers 401 and says in WWW-Authenticate how to authenticate.", func(p *probe) {
			p.do(call{method: "GET", path: p.users.endpoint, anonymous: true}).status(401).headed("WWW-Authenticate")
		}),
		must("7644-2-02", "A request with a wrong token answers 401 with WWW-Authenticate.", func(p *probe) {
			p.get(p.users.endpoint, "Authorization", "Bearer "+p.label("wrong")).status(401).headed("WWW-Authenticate")
		}),
		must("7644-2-03", "Nothing is created for a request without credentials.", func(p *probe) {
			body := p.person(nil)
			p.do(call{method: "POST", path: p.users.endpoint, body: body, anonymous: true}).status(401)
			p.absent(body)
		}).when(Filter),
		must("7644-2-04", "Nothing is changed or deleted for a request with a wrong token.", func(p *probe) {
			u := p.user(nil)
			wrong := "Bearer " + p.label("wrong")
			p.put(u.at, p.person(doc{"userName": u.name, "displayName": "Somebody else"}), "Authorization", wrong).status(401)
			p.delete(u.at, "Authorization", wrong).status(401)
			a := p.read(u).is("userName", u.name)
			a.expect(a.text("displayName") != "Somebody else", "the displayName as it was", a.text("displayName"))
		}),
		must("7644-3.12-03", "The refusal of credentials has a SCIM error as its body.", func(p *probe) {
			p.get(p.users.endpoint, "Authorization", "Bearer "+p.label("wrong")).status(401).isError()
		}),
		should("7644-2-05", "The scheme in the Authorization header is compared without case.", func(p *probe) {
			p.get(p.users.endpoint+"?count=1", "Authorization", "bearer "+p.target.Token).status(200).isList()
		}),
	)
}

// absent expects that there is no user of a body's name.
func (p *probe) absent(body doc) {
	text, _ := body["userName"].(string)
	p.query(p.users.endpoint, "filter", "userName eq "+quoted(text)).status(200).is("totalResults", 0)
}

// isError expects the body of a SCIM error (RFC 7644 section 3.12).
func (a *answer) isError() *answer {
	a.json()
	a.expect(containsFold(texts(at(a.value, "schemas"), ""), errorURN), "schemas with "+errorURN, at(a.value, "schemas"))
	return a.has("status")
}

// quoted is a text as a filter's value.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
