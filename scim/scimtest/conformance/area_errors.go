package conformance

import "strconv"

func errorAnswers() []Requirement {
	return area("Errors", nil,
		must("7644-3.12-04", "An error has a JSON body of the Error schema.", func(p *probe) {
			p.notFound().isError()
		}).also("404", "400", func(p *probe) {
			p.post(p.users.endpoint, "{").status(400).isError()
		}).also("", "409", func(p *probe) {
			u := p.user(nil)
			p.post(p.users.endpoint, p.person(doc{"userName": u.name})).status(409).isError()
		}),
		must("7644-3.12-05", "The status in an error's body is the HTTP status, as a JSON string.", func(p *probe) {
			p.notFound().statusText()
		}).also("404", "400", func(p *probe) {
			p.post(p.users.endpoint, "{").status(400).statusText()
		}),
		must("7644-3.12-06", "The detail of an error, if there is one, is a text.", func(p *probe) {
			a := p.notFound()
			_, text := at(a.value, "detail").(string)
			a.expect(text || at(a.value, "detail") == nil, "detail to be a text", at(a.value, "detail"))
		}),
		should("7644-3.12-07", "A body that is not JSON answers 400 invalidSyntax.", func(p *probe) {
			p.post(p.users.endpoint, `{"schemas":["`+userURN+`"],"userName":`).refused(400, "invalidSyntax")
		}),
		should("7644-3.12-08", "A body that is JSON but no object answers 400 invalidSyntax.", func(p *probe) {
			p.post(p.users.endpoint, `["`+userURN+`"]`).refused(400, "invalidSyntax")
		}),
		should("7644-3.12-09", "A value that does not fit its attribute's type answers 400 invalidValue or invalidSyntax.", func(p *probe) {
			p.post(p.users.endpoint, p.person(doc{"active": "perhaps"})).refused(400, "invalidValue", "invalidSyntax")
		}).needs("active"),
		must("7643-4.1.1-07", "A user without a userName is refused with 400.", func(p *probe) {
			p.post(p.users.endpoint, p.person(doc{"userName": nil, "displayName": p.label("nameless")})).refused(400)
		}),
		should("7644-3.12-10", "An endpoint that does not exist answers 404.", func(p *probe) {
			p.get("/" + p.label("nowhere")).refused(404)
		}),
		should("7644-3.2-01", "A method that an endpoint does not have is refused, without doing anything.", func(p *probe) {
			p.put(p.users.endpoint, p.person(nil)).rejected()
		}),
	)
}

// notFound asks for a user who does not exist.
func (p *probe) notFound() *answer {
	return p.get(p.users.endpoint + "/" + p.label("none")).status(404)
}

// statusText expects the body's status to be the HTTP status as a string.
func (a *answer) statusText() {
	a.is("status", strconv.Itoa(a.reply.status))
}
