package conformance

import (
	"regexp"
	"strings"
	"time"
)

// dateTime is xsd:dateTime (RFC 7643 section 2.3.5): a date and a time, with a
// time zone or without.
var dateTime = regexp.MustCompile(`^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$`)

func commonAttributes() []Requirement {
	return area("Common attributes", nil,
		must("7643-3.1-04", "Ids are unique across all resources.", func(p *probe) {
			seen := map[string]bool{}
			for range 3 {
				u := p.user(nil)
				p.read(u).expect(!seen[u.id], "an id of its own", u.id)
				seen[u.id] = true
			}
		}).also("users", "users and groups", func(p *probe) {
			p.wantGroups()
			u, g := p.user(nil), p.group()
			p.read(g).expect(u.id != g.id, "an id of its own", g.id)
		}),
		must("7643-3.1-05", "An id does not contain the reserved word bulkId.", func(p *probe) {
			u := p.user(nil)
			p.read(u).expect(!strings.Contains(u.id, "bulkId"), "an id without bulkId", u.id)
		}),
		must("7643-3.1-06", "An id stays the same over reads and changes.", func(p *probe) {
			u := p.user(nil)
			p.put(u.at, p.person(doc{"userName": u.name, "displayName": "Changed"})).status(200).is("id", u.id)
			p.read(u).is("id", u.id)
			p.read(u).is("id", u.id)
		}),
		must("7643-3.1-07", "meta.created and meta.lastModified are there, as dateTimes.", func(p *probe) {
			a := p.read(p.user(nil))
			for _, key := range []string{"meta/created", "meta/lastModified"} {
				a.expect(dateTime.MatchString(a.text(key)), name(key)+" as a dateTime", at(a.value, key))
			}
		}),
		must("7643-3.1-08", "meta.lastModified of a resource that was never changed is meta.created.", func(p *probe) {
			a := p.post(p.users.endpoint, p.person(nil)).status(201).has("meta/created")
			a.is("meta/lastModified", at(a.value, "meta/created"))
		}),
		must("7643-3.1-09", "A change moves meta.lastModified forward and leaves meta.created.", func(p *probe) {
			u := p.user(nil)
			a := p.put(u.at, p.person(doc{"userName": u.name, "displayName": "Changed"})).status(200)
			a.is("meta/created", at(u.body, "meta/created"))
			before, after := instant(at(u.body, "meta/lastModified")), instant(at(a.value, "meta/lastModified"))
			a.expect(!after.IsZero() && !after.Before(before), "meta.lastModified not before "+before.String(), at(a.value, "meta/lastModified"))
		}),
		must("7643-3.1-10", "meta.location is the URI of the resource.", func(p *probe) {
			u := p.user(nil)
			a := p.read(u)
			a.expect(p.below(a.text("meta/location")) == u.at, "meta.location to be "+p.target.BaseURL+u.at, at(a.value, "meta/location"))
		}),
		must("7643-3.1-11", "A Content-Location header is the same as meta.location.", func(p *probe) {
			a := p.read(p.user(nil))
			where := a.header.Get("Content-Location")
			if where == "" {
				p.skip("the server sends no Content-Location")
			}
			a.expect(samePlace(p, where, a.text("meta/location")), "Content-Location to be meta.location "+a.text("meta/location"), where)
		}),
		must("7643-3.1-12", "externalId comes back as the client sent it.", func(p *probe) {
			external := "Ext/" + p.label("Id") + " ü"
			p.read(p.user(doc{"externalId": external})).is("externalId", external)
		}),
		must("7643-3.1-13", "The server does not make up an externalId.", func(p *probe) {
			p.read(p.user(nil)).lacks("externalId")
		}),
		must("7643-3.1-14", "A version is a weak or strong entity tag.", func(p *probe) {
			a := p.read(p.user(nil))
			version := a.text("meta/version")
			if version == "" {
				p.skip("the server has no versions")
			}
			a.expect(entityTag.MatchString(version), `meta.version as "…" or W/"…"`, version)
		}),
		must("7643-3-01", "Each resource has a non-empty schemas attribute that holds the schema of its type.", func(p *probe) {
			a := p.read(p.user(nil))
			a.expect(containsFold(texts(at(a.value, "schemas"), ""), p.users.schema), "schemas with "+p.users.schema, at(a.value, "schemas"))
		}).also("users", "groups", func(p *probe) {
			p.wantGroups()
			a := p.read(p.group())
			a.expect(containsFold(texts(at(a.value, "schemas"), ""), p.groups.schema), "schemas with "+p.groups.schema, at(a.value, "schemas"))
		}),
		must("7643-3-02", "schemas holds only the schema and the extensions of the resource type.", func(p *probe) {
			a := p.read(p.user(nil)).has("schemas")
			for _, urn := range texts(at(a.value, "schemas"), "") {
				known := strings.EqualFold(urn, p.users.schema) || containsFold(p.extensions, urn)
				a.expect(known, "only schemas that /ResourceTypes names", urn)
			}
		}),
		must("7643-3-03", "schemas holds no URI twice.", func(p *probe) {
			a := p.post(p.users.endpoint, p.person(doc{"schemas": []any{userURN, userURN}}))
			if a.reply.status == 400 {
				a = p.read(p.user(nil))
			}
			a.status(200, 201)
			all := texts(at(a.value, "schemas"), "")
			a.expect(len(all) == 1 || len(all) > 1 && !strings.EqualFold(all[0], all[1]), "each URI once", all)
		}),
		must("7643-3-04", "The order of the URIs in schemas does not matter.", func(p *probe) {
			body := p.person(doc{"schemas": []any{enterpriseURN, userURN}, enterpriseURN: doc{"department": "Tolls"}})
			p.post(p.users.endpoint, body).status(201).is(enterpriseURN+"/department", "Tolls")
		}).when(Enterprise).needs("enterprise:department"),
	)
}

var entityTag = regexp.MustCompile(`^(W/)?"[^"]*"$`)

// instant reads a dateTime, the zero time if it is none.
func instant(v any) time.Time {
	text, _ := v.(string)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}
