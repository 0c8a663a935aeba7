package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// fuzzRequest is a request to send.
type fuzzRequest struct {
	method, path string
	header       map[string]string
	body         string
	values       map[string]string // of the path
	kind         string            // of the last of them
	limit        int               // that it asks for
	wrong        string            // what is surely wrong with it, "" if nothing is
}

func (r *fuzzRequest) String() string {
	text := fmt.Sprintf("%s %s %v %s", r.method, r.path, r.header, r.body)
	if len(text) > 600 {
		text = text[:600] + "…"
	}
	return text
}

// last is what the path is about: the last of its values.
func (r *fuzzRequest) last() string { return r.values[r.kind] }

// maker makes requests.
type maker struct {
	rng      *rand.Rand
	known    *known
	receiver string // where webhooks are sent to
	home     string // the tenant that has people, and therefore events
}

// chance is true in n of 100 cases.
func (m *maker) chance(n int) bool { return m.rng.IntN(100) < n }

func pick[T any](m *maker, list ...T) T { return list[m.rng.IntN(len(list))] }

// request makes a request: half of them are right as far as the document says,
// the others have something wrong in one place.
func (m *maker) request(op *fuzzOperation) *fuzzRequest {
	r := &fuzzRequest{method: op.method, header: map[string]string{}, values: map[string]string{}}
	fault := ""
	if m.chance(50) {
		fault = pick(m, m.faults(op)...)
	}
	m.fillPath(r, op, fault)
	m.fillQuery(r, op, fault)
	m.fillHeader(r, op, fault)
	m.fillBody(r, op, fault)
	return r
}

// faults are the places where something can be wrong.
func (m *maker) faults(op *fuzzOperation) []string {
	places := []string{"unknown parameter"}
	for _, p := range op.parameters {
		places = append(places, p.Value.In)
	}
	if op.RequestBody != nil {
		places = append(places, "body", "body", "body", "media type", "syntax")
	}
	return places
}

// fillPath writes the path, with things that are known to exist together.
func (m *maker) fillPath(r *fuzzRequest, op *fuzzOperation, fault string) {
	var names []string
	for _, segment := range strings.Split(op.path, "/") {
		if strings.HasPrefix(segment, "{") {
			names = append(names, strings.Trim(segment, "{}"))
		}
	}
	for _, name := range slices.Backward(names) {
		r.kind = cmp.Or(r.kind, name)
		if r.values[name] == "" {
			for other, value := range m.known.pick(m.rng, name) {
				if r.values[other] == "" {
					r.values[other] = value
				}
			}
		}
	}
	for _, p := range op.parameters {
		if p.Value.In == openapi3.ParameterInPath && r.values[p.Value.Name] == "" {
			r.values[p.Value.Name] = m.text(p.Value.Schema.Value)
		}
	}
	if fault == openapi3.ParameterInPath {
		m.spoilPath(r, names)
	}
	path := op.path
	for _, name := range names {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(r.values[name]))
	}
	r.path = path
}

// spoilPath puts something else into one place of the path. It may still be right:
// another tenant's, or a name that exists.
func (m *maker) spoilPath(r *fuzzRequest, names []string) {
	name := pick(m, names...)
	other := pick(m, slices.Sorted(maps.Keys(m.known.things))...)
	stranger := m.known.pick(m.rng, other)[other]
	r.values[name] = pick(m, "x", "00000000-0000-0000-0000-000000000000", "ten00000000000000000000000000", "%", "a/b", "*", "..", "null",
		"ü😀", "\x00", "\xff", "'; drop table users --", strings.Repeat("a", 3000), strings.ToUpper(r.values[name]), stranger, stranger)
	if r.values[name] == "" {
		r.values[name] = "-"
	}
}

func (m *maker) fillQuery(r *fuzzRequest, op *fuzzOperation, fault string) {
	query, plain := url.Values{}, m.chance(40) // with many filters a list has nothing to learn from
	for _, p := range op.parameters {
		if p.Value.In == openapi3.ParameterInQuery && (p.Value.Required || !plain && m.chance(25)) {
			query.Set(p.Value.Name, m.queryValue(r, op, p.Value))
		}
	}
	if fault == openapi3.ParameterInQuery {
		m.spoilQuery(r, op, query)
	}
	if fault == "unknown parameter" {
		query.Set(pick(m, "unknown", "Limit", "filter", "tenant_id"), "1")
		r.wrong = "a parameter that it does not have"
	}
	if n, err := fmt.Sscan(query.Get("limit"), &r.limit); n != 1 || err != nil {
		r.limit = 0
	}
	if len(query) > 0 {
		r.path += "?" + query.Encode()
	}
}

func (m *maker) queryValue(r *fuzzRequest, op *fuzzOperation, p *openapi3.Parameter) string {
	switch p.Name {
	case "cursor":
		if list := m.known.cursors[op.OperationID]; len(list) > 0 {
			return pick(m, list...)
		}
		if lists := slices.Sorted(maps.Keys(m.known.cursors)); len(lists) > 0 { // of another list
			return pick(m, m.known.cursors[pick(m, lists...)]...)
		}
	case "confirm":
		for _, kind := range []string{"token", "connection", "tenant"} {
			if name := m.known.names[r.values[kind]]; r.values[kind] != "" && name != "" {
				return name
			}
		}
	case "wait":
		return "0" // another test waits
	case "person":
		if thing := m.known.pick(m.rng, "user"); thing != nil && m.chance(50) {
			return thing["user"]
		}
	case "tenant", "connection", "group", "user", "role", "entry_point":
		if thing := m.known.pick(m.rng, p.Name); thing != nil {
			return thing[p.Name]
		}
	}
	return fmt.Sprint(m.value(p.Schema.Value, 0))
}

func (m *maker) spoilQuery(r *fuzzRequest, op *fuzzOperation, query url.Values) {
	var all []*openapi3.Parameter
	for _, p := range op.parameters {
		if p.Value.In == openapi3.ParameterInQuery {
			all = append(all, p.Value)
		}
	}
	p := pick(m, all...)
	if p.Required && m.chance(30) {
		query.Del(p.Name)
		r.wrong = "no " + p.Name
		return
	}
	value := pick(m, "", "0", "-1", "1001", "1e9", "99999999999999999999", "x", "TRUE", "null", "\x00", "a\x00b", "\xff", "%00", "ü😀", "[]", "2026-13-45T99:00:00Z", strings.Repeat("z", 5000))
	query.Set(p.Name, value)
	if !queryTakes(p.Schema.Value, value) {
		r.wrong = fmt.Sprintf("%s=%.40q", p.Name, value)
	}
}

// queryTakes says whether a value of a query is right. Numbers and booleans are
// left out by leaving their value out, and booleans may be written as 1, T or TRUE.
func queryTakes(schema *openapi3.Schema, text string) bool {
	switch {
	case schema.Type.Is("string"):
		return schema.VisitJSON(text) == nil
	case text == "":
		return true
	case schema.Type.Is("boolean"):
		_, err := strconv.ParseBool(text)
		return err == nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && schema.VisitJSON(float64(n)) == nil
}

func (m *maker) fillHeader(r *fuzzRequest, op *fuzzOperation, fault string) {
	for _, p := range op.parameters {
		if p.Value.In != openapi3.ParameterInHeader || !m.chance(30) && fault != p.Value.In {
			continue
		}
		r.header[p.Value.Name] = fmt.Sprintf("key-%d", m.rng.IntN(1000))
		if fault == p.Value.In {
			r.header[p.Value.Name] = pick(m, "key-1", "two words", strings.Repeat("k", 300), "ü")
			if r.header[p.Value.Name] != "key-1" {
				r.wrong = "a bad " + p.Value.Name
			}
		}
	}
}

func (m *maker) fillBody(r *fuzzRequest, op *fuzzOperation, fault string) {
	if op.RequestBody == nil {
		return
	}
	for media, content := range op.RequestBody.Value.Content {
		r.header["Content-Type"] = media
		value := m.body(op, content.Schema.Value)
		if fault == "body" {
			value, r.wrong = m.spoil(content.Schema.Value, value)
		}
		r.body = encode(media, value)
	}
	switch fault {
	case "media type":
		r.header["Content-Type"] = pick(m, "text/plain", "application/xml", "", "application/", "multipart/form-data", "application/json, text/plain")
		r.wrong = "the Content-Type " + r.header["Content-Type"]
	case "syntax":
		r.body = pick(m, "", "{", "[]]", "nul", `{"a":1,}`, "\x00", "\xff\xfe{}", strings.Repeat("[", 20_000), `{"name":"`+strings.Repeat("x", 1_100_000)+`"}`)
		r.wrong = "a body that cannot be read"
	}
	if op.OperationID == "exchangeToken" {
		r.wrong = "no token" // and what is wrong with the rest does not matter
	}
}

// body makes a body, with some of what a schema cannot say.
func (m *maker) body(op *fuzzOperation, schema *openapi3.Schema) any {
	value := m.value(schema, 0)
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	switch op.OperationID {
	case "createIssuer":
		delete(object, pick(m, "jwks_url", "pem"))
		if object["jwks_url"] == nil {
			object["pem"] = []any{issuerKey}
		}
	case "addSchemas":
		return map[string]any{"id": fmt.Sprintf("urn:acme:fuzz:%d", m.rng.IntN(20)), "name": "Fuzz", "attributes": []any{
			map[string]any{"name": "a" + fmt.Sprint(m.rng.IntN(9)), "type": "string", "multiValued": false},
		}}
	case "updateSettings":
		object["access_rule"] = "highest" // the default, which other tests rely on
	case "createWebhook":
		object["tenant_id"] = m.home // the others belong to other tests, or have no events
		if m.chance(90) {
			object["url"] = m.receiver
		}
	case "updateWebhook":
		if object["url"] != nil {
			object["url"] = m.receiver
		}
	case "replayWebhook":
		if m.chance(70) { // an event that there is
			object["tenant_id"] = m.home
			object["from_sequence"] = 1
			object["to_sequence"] = pick[any](m, nil, 1, 2)
		}
	case "updateConnection", "createConnection":
		if m.chance(70) {
			delete(object, "scopes")
		}
	}
	return object
}

// issuerKey is a public key of nobody.
const issuerKey = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
`

func encode(media string, value any) string {
	if object, ok := value.(map[string]any); ok && strings.HasSuffix(media, "urlencoded") {
		form := url.Values{}
		for name, member := range object {
			form.Set(name, fmt.Sprint(member))
		}
		return form.Encode()
	}
	text, err := json.Marshal(value)
	if err != nil { // numbers that JSON cannot write are not made
		return "null"
	}
	return string(text)
}
