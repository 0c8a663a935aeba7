package conformance

import (
	"mime"
	"strings"
	"unicode/utf8"
)

// worldly is text from several scripts, with a combining mark and a character
// beyond the basic plane.
const worldly = "Zoë Ångström Łukasz 李雷 Ελένη שרה 😀"

func mediaTypes() []Requirement {
	return area("Media types and encoding", nil,
		must("7644-3.8-01", "A request that accepts application/scim+json is answered with it.", func(p *probe) {
			p.query(p.users.endpoint, "count", "1").status(200).typed(mediaType).json()
		}),
		should("7644-3.8-02", "A request that accepts application/json is answered in JSON.", func(p *probe) {
			p.get(p.users.endpoint+"?count=1", "Accept", "application/json").status(200).typed("application/json", mediaType).json()
		}),
		must("7644-3.8-03", "Text of any script comes back as it was sent, in UTF-8.", func(p *probe) {
			u := p.user(doc{"displayName": worldly})
			a := p.read(u).is("displayName", worldly)
			a.expect(utf8.Valid(a.reply.body), "a body in UTF-8", "other bytes")
		}).needs("displayName"),
		must("7644-3.8-04", "Escapes in JSON strings, surrogate pairs too, are read as the characters they stand for.", func(p *probe) {
			body, err := encode(p.person(doc{"displayName": "@"}))
			if err != nil {
				p.block("%v", err)
			}
			a := p.post(p.users.endpoint, strings.Replace(body, `"@"`, `"\u00e9\ud83d\ude00 \"\\\/"`, 1)).status(201)
			a.is("displayName", "é😀 \"\\/")
		}).needs("displayName"),
		must("7644-3.8-05", "A request with Content-Type application/scim+json and the charset UTF-8 is accepted.", func(p *probe) {
			p.post(p.users.endpoint, p.person(nil), "Content-Type", mediaType+"; charset=utf-8").status(201)
		}),
		should("7644-3.8-06", "A request with Content-Type application/json is accepted.", func(p *probe) {
			p.post(p.users.endpoint, p.person(nil), "Content-Type", "application/json").status(201)
		}),
		must("7644-3.8-07", "An answer that names a charset names UTF-8.", func(p *probe) {
			a := p.query(p.users.endpoint, "count", "1").status(200)
			_, parameters, err := mime.ParseMediaType(a.header.Get("Content-Type"))
			charset := parameters["charset"]
			a.expect(err == nil && (charset == "" || strings.EqualFold(charset, "utf-8")), "no charset or utf-8", a.header.Get("Content-Type"))
		}),
		should("7644-8.1-01", "Errors are labelled application/scim+json, too.", func(p *probe) {
			p.get(p.users.endpoint + "/" + p.label("none")).status(404).typed(mediaType)
		}),
	)
}
