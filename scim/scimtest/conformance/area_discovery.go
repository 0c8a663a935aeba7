package conformance

import (
	"slices"
	"strings"
)

const (
	configURN       = coreURN + "ServiceProviderConfig"
	resourceTypeURN = coreURN + "ResourceType"
	schemaURN       = coreURN + "Schema"
)

func serviceProviderConfig() []Requirement {
	return area("Service provider configuration", nil,
		must("7644-4-01", "GET /ServiceProviderConfig answers 200 with a document of the ServiceProviderConfig schema.", func(p *probe) {
			a := p.get("/ServiceProviderConfig").status(200).json()
			a.expect(containsFold(texts(at(a.value, "schemas"), ""), configURN), "schemas with "+configURN, at(a.value, "schemas"))
		}),
		must("7643-5-01", "The configuration says of patch, bulk, filter, changePassword, sort and etag whether they are supported, as booleans.", func(p *probe) {
			a := p.configuration()
			for _, feature := range []string{"patch", "bulk", "filter", "changePassword", "sort", "etag"} {
				a.boolean(feature + "/supported")
			}
		}),
		must("7643-5-02", "Bulk states maxOperations and maxPayloadSize as integers.", func(p *probe) {
			a := p.configuration()
			a.number("bulk/maxOperations")
			a.number("bulk/maxPayloadSize")
		}),
		must("7643-5-03", "Filter states maxResults as an integer.", func(p *probe) {
			p.configuration().number("filter/maxResults")
		}),
		must("7643-5-04", "Each authentication scheme has a type, a name and a description.", func(p *probe) {
			a := p.configuration()
			list, ok := at(a.value, "authenticationSchemes").([]any)
			a.expect(ok, "authenticationSchemes as a list", at(a.value, "authenticationSchemes"))
			for _, scheme := range elements(list) {
				a.allTexts(scheme, "an authentication scheme", "type", "name", "description")
			}
		}),
		should("7643-5-05", "The type of an authentication scheme is one that RFC 7643 names.", func(p *probe) {
			a := p.configuration()
			kinds := texts(at(a.value, "authenticationSchemes"), "type")
			if len(kinds) == 0 {
				p.skip("the server announces no authentication schemes")
			}
			for _, kind := range kinds {
				known := slices.Contains([]string{"oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"}, kind)
				a.expect(known, "oauth, oauth2, oauthbearertoken, httpbasic or httpdigest", kind)
			}
		}),
		should("7643-5-06", "The authentication schemes can be read without credentials.", func(p *probe) {
			p.do(call{method: "GET", path: "/ServiceProviderConfig", anonymous: true}).status(200).has("authenticationSchemes")
		}).when(Authentication),
		must("7644-4-02", "The configuration is read-only: PUT and POST are refused.", func(p *probe) {
			a := p.configuration()
			p.put("/ServiceProviderConfig", a.value).rejected()
		}).also("PUT", "POST", func(p *probe) {
			a := p.configuration()
			p.post("/ServiceProviderConfig", a.value).rejected()
		}),
		must("7644-4-03", "Query parameters on /ServiceProviderConfig, such as those of a page, are ignored.", func(p *probe) {
			p.get("/ServiceProviderConfig?"+queryString("startIndex", "2", "count", "1", "sortBy", "id")).status(200).has("patch", "filter")
		}),
	)
}

// configuration reads the configuration for a check of one of its parts.
func (p *probe) configuration() *answer {
	return p.get("/ServiceProviderConfig").prepared("reading ServiceProviderConfig", 200)
}

func resourceTypes() []Requirement {
	return area("Resource types", nil,
		must("7644-4-04", "GET /ResourceTypes answers 200 with a ListResponse.", func(p *probe) {
			p.get("/ResourceTypes").status(200).isList()
		}),
		must("7643-6-01", "Each resource type has a name, an endpoint and a schema.", func(p *probe) {
			p.eachType(func(a *answer, t doc) { a.allTexts(t, "a resource type", "name", "endpoint", "schema") })
		}),
		must("7643-6-02", "The schema of a resource type is the id of a schema that /Schemas lists.", func(p *probe) {
			p.eachType(func(a *answer, t doc) { p.listed(a, t, at(t, "schema")) })
		}),
		must("7643-6-03", "Each schema extension of a resource type names a listed schema and says whether it is required.", func(p *probe) {
			p.eachType(func(a *answer, t doc) {
				for _, e := range elements(at(t, "schemaExtensions")) {
					p.listed(a, t, at(e, "schema"))
					_, ok := at(e, "required").(bool)
					a.expect(ok, "required as a boolean in a schema extension", show(at(e, "required")))
				}
			})
		}),
		must("7643-6-04", "The endpoint of a resource type is relative to the base URL and answers queries.", func(p *probe) {
			p.eachType(func(a *answer, t doc) {
				endpoint, _ := at(t, "endpoint").(string)
				a.expect(endpoint != "" && !strings.Contains(endpoint, "://"), "a relative endpoint", at(t, "endpoint"))
				p.query("/"+strings.TrimPrefix(endpoint, "/"), "count", "1").status(200)
			})
		}),
		must("7643-6-05", "Each resource type is a resource of the ResourceType schema.", func(p *probe) {
			p.eachType(func(a *answer, t doc) {
				a.expect(containsFold(texts(at(t, "schemas"), ""), resourceTypeURN), "schemas with "+resourceTypeURN, at(t, "schemas"))
			})
		}),
		should("7644-4-05", "A single resource type is found under /ResourceTypes by its name.", func(p *probe) {
			p.eachType(func(a *answer, t doc) {
				called, _ := at(t, "name").(string)
				a.expect(called != "", "a resource type with a name", t)
				p.get("/ResourceTypes/"+called).status(200).is("name", at(t, "name"))
			})
		}),
		must("7644-4-06", "Paging and sorting of /ResourceTypes are ignored.", func(p *probe) {
			all := p.get("/ResourceTypes").status(200).names()
			a := p.get("/ResourceTypes?" + queryString("startIndex", "2", "count", "1", "sortBy", "name", "sortOrder", "descending")).status(200)
			a.expect(len(a.names()) == len(all) && len(all) > 0, "all of the resource types", a.names())
		}),
		should("7644-4-07", "A filter on /ResourceTypes is refused with 403.", func(p *probe) {
			p.get("/ResourceTypes?" + queryString("filter", `name eq "User"`)).refused(403)
		}),
		must("7644-4-08", "/ResourceTypes is read-only: POST is refused.", func(p *probe) {
			p.post("/ResourceTypes", doc{"schemas": []any{resourceTypeURN}}).rejected()
		}),
		should("7644-3.12-01", "A resource type that does not exist answers 404.", func(p *probe) {
			p.get("/ResourceTypes/" + p.label("none")).refused(404)
		}),
	)
}

func (p *probe) eachType(visit func(*answer, doc)) {
	a := p.get("/ResourceTypes").prepared("reading /ResourceTypes", 200)
	list := elements(at(a.value, "Resources"))
	a.expect(len(list) > 0, "resource types", "none")
	for _, t := range list {
		visit(a, t)
	}
}

// listed expects a schema of a resource type to be in /Schemas.
func (p *probe) listed(a *answer, t doc, schema any) {
	urn, _ := schema.(string)
	_, ok := p.schemas[strings.ToLower(urn)]
	a.expect(ok, "the schema of "+show(at(t, "name"))+" to be listed in /Schemas", schema)
}

// boolean expects a boolean at a path.
func (a *answer) boolean(path string) {
	_, ok := at(a.value, path).(bool)
	a.expect(ok, name(path)+" to be a boolean", at(a.value, path))
}

// allTexts expects texts in a part of the answer.
func (a *answer) allTexts(part doc, what string, names ...string) {
	for _, n := range names {
		text, _ := at(part, n).(string)
		a.expect(text != "", what+" with a "+n, part)
	}
}

// rejected expects any refusal that is the client's fault or an honest "not implemented".
func (a *answer) rejected() {
	a.expect(a.reply.status >= 400 && a.reply.status <= 501 && a.reply.status != 500, "a refusal (400 to 499, or 501)", a.outcome())
}

// names are those of the resources of a discovery list.
func (a *answer) names() []string { return texts(at(a.value, "Resources"), "name") }

// isList expects a ListResponse.
func (a *answer) isList() *answer {
	a.json()
	a.expect(containsFold(texts(at(a.value, "schemas"), ""), listURN), "schemas with "+listURN, at(a.value, "schemas"))
	total := a.number("totalResults")
	_, ok := at(a.value, "Resources").([]any)
	return a.expect(ok || total == 0, "Resources as a list", at(a.value, "Resources"))
}
