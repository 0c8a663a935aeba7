package conformance

import (
	"regexp"
	"slices"
	"strings"
)

// attributeName is the ABNF of RFC 7643 section 2.1; "$ref" is defined by section 2.4.
var attributeName = regexp.MustCompile(`^(\$ref|[A-Za-z][-$_0-9A-Za-z]*)$`)

func schemas() []Requirement {
	return area("Schemas", nil,
		must("7644-4-09", "GET /Schemas answers 200 with a ListResponse.", func(p *probe) {
			p.get("/Schemas").status(200).isList()
		}),
		must("7644-4-10", "A single schema is found under /Schemas by its URN.", func(p *probe) {
			a := p.get("/Schemas").prepared("reading /Schemas", 200)
			a.expect(len(a.ids()) > 0, "schemas with ids", at(a.value, "Resources"))
			for _, urn := range a.ids() {
				p.get("/Schemas/"+urn).status(200).is("id", urn)
			}
		}),
		must("7644-4-11", "Paging and sorting of /Schemas are ignored.", func(p *probe) {
			all := p.get("/Schemas").status(200).ids()
			a := p.get("/Schemas?" + queryString("startIndex", "2", "count", "1", "sortBy", "id", "sortOrder", "descending")).status(200)
			a.expect(len(a.ids()) == len(all) && len(all) > 0, "all of the schemas", a.ids())
		}),
		should("7644-4-12", "A filter on /Schemas is refused with 403.", func(p *probe) {
			p.get("/Schemas?" + queryString("filter", `id eq "`+userURN+`"`)).refused(403)
		}),
		must("7644-4-13", "/Schemas is read-only: POST, and PUT of a schema, are refused.", func(p *probe) {
			p.post("/Schemas", doc{"schemas": []any{schemaURN}}).rejected()
		}).also("POST", "PUT", func(p *probe) {
			a := p.get("/Schemas/"+userURN).prepared("reading the User schema", 200)
			p.put("/Schemas/"+userURN, a.value).rejected()
		}),
		should("7644-3.12-02", "A schema that does not exist answers 404.", func(p *probe) {
			p.get("/Schemas/urn:example:" + p.label("none")).refused(404)
		}),
		must("7644-3.1-01", "The schemas of messages are not listed in /Schemas.", func(p *probe) {
			a := p.get("/Schemas").prepared("reading /Schemas", 200)
			a.expect(len(a.ids()) > 0, "schemas with ids", at(a.value, "Resources"))
			for _, urn := range a.ids() {
				a.expect(!strings.HasPrefix(strings.ToLower(urn), "urn:ietf:params:scim:api:"), "no schemas of messages", urn)
			}
		}),
		must("7643-7-01", "Each schema has a URI as its id, and attributes.", func(p *probe) {
			p.eachSchema(func(a *answer, s doc) {
				id, _ := at(s, "id").(string)
				a.expect(strings.Contains(id, ":"), "a URI as the id of a schema", at(s, "id"))
				_, ok := at(s, "attributes").([]any)
				a.expect(ok, "attributes of "+id, at(s, "attributes"))
			})
		}),
		must("7643-7-02", "Each attribute definition has a name, a type that RFC 7643 knows, and says whether it is multi-valued.", func(p *probe) {
			p.eachAttribute(func(a *answer, where string, d doc) {
				a.oneOf(d, where, "type", "string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex")
				_, ok := at(d, "multiValued").(bool)
				a.expect(ok, "multiValued of "+where+" as a boolean", at(d, "multiValued"))
			})
		}),
		must("7643-7-03", "Mutability, returned and uniqueness of an attribute definition hold one of their defined values.", func(p *probe) {
			p.eachAttribute(func(a *answer, where string, d doc) {
				a.oneOf(d, where, "mutability", "readOnly", "readWrite", "immutable", "writeOnly")
				a.oneOf(d, where, "returned", "always", "never", "default", "request")
				if at(d, "uniqueness") != nil {
					a.oneOf(d, where, "uniqueness", "none", "server", "global")
				}
			})
		}),
		should("7643-7-04", "The definition of a complex attribute lists its sub-attributes.", func(p *probe) {
			p.eachAttribute(func(a *answer, where string, d doc) {
				complexWithout := at(d, "type") == "complex" && len(elements(at(d, "subAttributes"))) == 0
				a.expect(!complexWithout, "subAttributes of "+where, "none")
			})
		}),
		must("7643-2.3.8-01", "A sub-attribute is not complex itself.", func(p *probe) {
			p.eachAttribute(func(a *answer, where string, d doc) {
				for _, sub := range elements(at(d, "subAttributes")) {
					a.expect(at(sub, "type") != "complex", "only simple sub-attributes of "+where, at(sub, "name"))
				}
			})
		}),
		must("7643-2.1-01", "Attribute names begin with a letter and consist of letters, digits, -, _ and $.", func(p *probe) {
			p.eachAttribute(func(a *answer, where string, d doc) {
				called, _ := at(d, "name").(string)
				a.expect(attributeName.MatchString(called), "a valid attribute name at "+where, at(d, "name"))
			})
		}),
		should("7643-7-05", "The definition of a reference names the types that it may refer to.", func(p *probe) {
			p.eachAttribute(func(a *answer, where string, d doc) {
				bare := at(d, "type") == "reference" && len(texts(at(d, "referenceTypes"), "")) == 0
				a.expect(!bare, "referenceTypes of "+where, "none")
			})
		}),
		must("7643-4.1.1-01", "The User schema demands userName, which is unique and compared without case.", func(p *probe) {
			a := p.get("/Schemas/"+userURN).prepared("reading the User schema", 200)
			d := a.element("attributes", "name", "userName")
			a.expect(at(d, "required") == true, "userName to be required", d)
			a.expect(at(d, "caseExact") != true, "userName to be compared without case", d)
			a.oneOf(d, "userName", "uniqueness", "server", "global")
		}),
		must("7643-4.1.1-02", "If the User schema defines a password, it is writeOnly and never returned.", func(p *probe) {
			a := p.get("/Schemas/"+userURN).prepared("reading the User schema", 200)
			d := a.element("attributes", "name", "password")
			a.oneOf(d, "password", "mutability", "writeOnly")
			a.oneOf(d, "password", "returned", "never")
		}).needs("password"),
		must("7643-4.1.2-01", "If the User schema defines groups, it is readOnly.", func(p *probe) {
			a := p.get("/Schemas/"+userURN).prepared("reading the User schema", 200)
			a.oneOf(a.element("attributes", "name", "groups"), "groups", "mutability", "readOnly")
		}).needs("groups"),
	)
}

func (p *probe) eachSchema(visit func(*answer, doc)) {
	a := p.get("/Schemas").prepared("reading /Schemas", 200)
	list := elements(at(a.value, "Resources"))
	a.expect(len(list) > 0, "schemas", "none")
	for _, s := range list {
		visit(a, s)
	}
}

// eachAttribute visits every definition and where it stands. The schemas of
// discovery itself are left out: theirs is the one whose sub-attributes may be
// complex (RFC 7643 section 7).
func (p *probe) eachAttribute(visit func(a *answer, where string, definition doc)) {
	visited, last := 0, (*answer)(nil)
	p.eachSchema(func(a *answer, s doc) {
		id, _ := at(s, "id").(string)
		last = a
		if slices.Contains([]string{schemaURN, resourceTypeURN, configURN}, id) {
			return
		}
		for _, d := range elements(at(s, "attributes")) {
			where, _ := at(d, "name").(string)
			visited++
			visit(a, where, d)
			for _, sub := range elements(at(d, "subAttributes")) {
				part, _ := at(sub, "name").(string)
				visit(a, where+"."+part, sub)
			}
		}
	})
	if visited == 0 {
		p.fail(last, "definitions of attributes", "none")
	}
}

// oneOf expects one of the texts as a characteristic of an attribute.
func (a *answer) oneOf(definition doc, where, characteristic string, allowed ...string) {
	got, _ := at(definition, characteristic).(string)
	a.expect(slices.Contains(allowed, got), characteristic+" of "+where+" to be "+strings.Join(allowed, ", "), at(definition, characteristic))
}
