package conformance

import (
	"maps"
	"strings"
)

// resource is a user or group that a check made to work with.
type resource struct {
	id   string
	at   string // its path below the base URL
	name string // userName or displayName
	body doc    // as the server answered
}

// person is the body of a new user: a name of its own, what the server's schema
// demands, and what the check adds. An attribute that is nil is left out.
func (s *session) person(extra doc) doc {
	body := doc{"schemas": []any{userURN}, "userName": s.label("u") + "@example.com"}
	return s.complete(body, extra, s.users.schema)
}

// team is the body of a new group.
func (s *session) team(extra doc) doc {
	body := doc{"schemas": []any{groupURN}, "displayName": s.label("g")}
	return s.complete(body, extra, s.groups.schema)
}

func (s *session) complete(body, extra doc, schema string) doc {
	maps.Copy(body, extra)
	s.fill(body, s.schemas[strings.ToLower(schema)])
	for key, value := range body {
		switch {
		case value == nil:
			delete(body, key)
		case strings.HasPrefix(key, "urn:") && extra["schemas"] == nil:
			body["schemas"] = append(body["schemas"].([]any), key) //nolint:forcetypeassert // set by person and team
		}
	}
	return body
}

// user makes a user for a check that is about something else.
func (p *probe) user(extra doc) *resource {
	return p.make(p.users, p.person(extra), "userName")
}

// group makes a group with members.
func (p *probe) group(members ...*resource) *resource {
	body := p.team(nil)
	if len(members) > 0 {
		body["members"] = memberValues(members...)
	}
	return p.make(p.groups, body, "displayName")
}

func (p *probe) make(k kind, body doc, naming string) *resource {
	what := "making a " + strings.ToLower(k.name)
	a := p.post(k.endpoint, body).prepared(what, 200, 201)
	if a.text("id") == "" || unstored(a, body) != "" { // an answer need not show all of it (RFC 7644 section 3.3)
		where := p.below(a.header.Get("Location"))
		if id := a.text("id"); id != "" {
			where = k.endpoint + "/" + id
		}
		a = p.get(where).prepared("reading what was made", 200)
	}
	r := &resource{id: a.text("id")}
	r.name, _ = body[naming].(string)
	r.body, _ = a.value.(doc)
	r.at = k.endpoint + "/" + r.id
	if r.id == "" {
		p.block("%s did not work: it has no id", what)
	}
	if missing := unstored(a, body); missing != "" {
		p.block("%s did not work: the server did not store %s", what, missing)
	}
	return r
}

// unstored returns an attribute of a body that the answer lacks, so that a check
// for its removal cannot pass on a server that never kept it.
func unstored(a *answer, body doc) string {
	for key, sent := range body {
		if !unassigned(sent) && key != "password" && key != "groups" && key != "schemas" && unassigned(at(a.value, key)) {
			return key
		}
	}
	return ""
}

func memberValues(members ...*resource) []any {
	out := make([]any, len(members))
	for i, m := range members {
		out[i] = doc{"value": m.id}
	}
	return out
}

// mail is an e-mail value.
func mail(kind, address string) doc { return doc{"type": kind, "value": address} }

// primaryMail is the primary one.
func primaryMail(kind, address string) doc {
	return doc{"type": kind, "value": address, "primary": true}
}

// address makes up an e-mail address.
func (s *session) address() string { return s.label("m") + "@example.com" }
