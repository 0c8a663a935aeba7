package requestlog

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/privacy"
)

// classify makes a line of a request: what it meant, what came of it, and
// whatever of it is kept.
func classify(x *Exchange, place *Place) Line {
	l := Line{
		TenantID: place.TenantID, ConnectionID: place.ConnectionID, ID: x.id,
		At: x.At.UTC().Truncate(time.Microsecond), Duration: x.Duration, Repeats: x.repeats,
		Method: privacy.Clean(privacy.Clip(x.Method, 16)), Path: privacy.Path(x.Path, x.RawQuery), Status: x.Status,
		RequestID: privacy.Clean(privacy.Clip(x.RequestID, 64)), UserAgent: privacy.Text(privacy.Clean(x.UserAgent)), Address: privacy.Clean(privacy.Clip(x.Address, 64)),
		TokenHint: privacy.Clean(privacy.Clip(x.TokenHint, 64)), Code: x.Code,
	}
	l.TokenID, _ = tenants.ParseTokenID(x.TokenID)
	l.Detail.Provider = place.Provider
	l.Detail.Cut = x.cut
	c := &classifier{x: x, line: &l}
	c.meaning()
	c.effects()
	c.refusal()
	l.Outcome = c.outcome()
	c.bodies(place.Bodies)
	l.Subject = privacy.Clean(privacy.Clip(l.Subject, 256))
	return l
}

// classifier finds out what one request meant.
type classifier struct {
	x    *Exchange
	line *Line
	kind string // "user", "group" or "resource"; "": none of them
}

// meaning tells kind and subject from address and bodies.
func (c *classifier) meaning() {
	l, x := c.line, c.x
	segments := strings.Split(strings.Trim(x.Path, "/"), "/")
	first := strings.ToLower(unescapedPath(segments[0]))
	switch first {
	case "serviceproviderconfig", "schemas", "resourcetypes":
		l.Kind = KindDiscovery
		return
	case "bulk":
		l.Kind = KindBulk
		return
	case ".search", "":
		l.Kind = KindSearch
		c.list(KindSearch, KindSearch)
		return
	case "me":
		l.Kind = KindOther
		return
	case "users":
		c.kind, l.ResourceType = "user", "User"
	case "groups":
		c.kind, l.ResourceType = "group", "Group"
	default:
		c.kind = "resource"
	}
	searches := isSearch(x.Path)
	switch {
	case len(segments) == 1 || searches && len(segments) == 2:
		c.collection(searches)
	case len(segments) == 2:
		c.single(unescapedPath(segments[1]))
	default:
		l.Kind = KindOther
	}
	if c.kind == "resource" && x.Status == http.StatusNotFound && !c.hasID() {
		l.Kind = KindOther // nobody's endpoint
	}
}

func (c *classifier) hasID() bool { return c.line.ResourceID != "" }

func unescapedPath(s string) string {
	if text, err := url.PathUnescape(s); err == nil {
		return text
	}
	return s
}

func (c *classifier) of(what string) Kind { return Kind(c.kind + "." + what) }

func (c *classifier) collection(searches bool) {
	l, x := c.line, c.x
	switch {
	case x.Method == http.MethodPost && !searches:
		l.Kind = c.of("create")
		if len(x.Changes) == 0 {
			c.sent()
		}
	case searches || x.Method == http.MethodGet || x.Method == http.MethodHead:
		c.list(c.of("lookup"), c.of("list"))
	default:
		l.Kind = KindOther
	}
}

// sent reads what a creation that was refused wanted.
func (c *classifier) sent() {
	r, ok := parse[resource](c.x.RequestBody)
	if !ok {
		return
	}
	c.line.Subject = r.called()
	switch c.kind {
	case "user":
		c.line.Detail.Person = r.person()
	case "group":
		c.line.Detail.Members = &Members{Add: elements(r.Members)}
	}
}

// elements counts those of a list; anything else is one.
func elements(raw json.RawMessage) int {
	if len(raw) == 0 || string(raw) == "null" {
		return 0
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		return len(list)
	}
	return 1
}

// list reads a query and what came of it.
func (c *classifier) list(lookup, list Kind) {
	l, x := c.line, c.x
	l.Kind = list
	q := search{}
	if isSearch(x.Path) {
		q, _ = parse[search](x.RequestBody)
	} else if values, err := url.ParseQuery(x.RawQuery); err == nil {
		q.Filter = text(values.Get("filter"))
		if n, err := strconv.Atoi(values.Get("count")); err == nil {
			q.Count = &n
		}
	}
	found, value := lookupOf(string(q.Filter))
	answer := listing{Total: -1}
	if x.Status < 300 {
		answer = readListing(x.ResponseBody)
	}
	total := answer.Total
	if found == nil {
		if l.Detail.List = (&List{Total: total, Filter: q.Filter != ""}); q.Filter == "" && q.Count != nil && *q.Count <= 2 && *q.Count >= 0 {
			l.Kind = KindCredentialsCheck
		}
		return
	}
	found.Found = max(total, 0)
	l.Kind, l.Detail.Lookup = lookup, found
	if found.Shape == ShapeGUID && found.Found == 0 && x.Status < 300 && !strings.EqualFold(found.Attribute, "externalId") && !strings.EqualFold(found.Attribute, "id") {
		l.Kind = KindCredentialsCheck // nobody is called by a random id
	}
	if naming(found.Attribute) {
		l.Subject = value
	}
	if total == 1 && len(answer.Resources) == 1 {
		c.about(string(answer.Resources[0].ID))
		if name := answer.Resources[0].called(); name != "" {
			l.Subject = name
		}
	}
}

// naming reports whether people know somebody by the value of an attribute.
func naming(attribute string) bool {
	attribute = strings.ToLower(attribute[strings.LastIndexByte(attribute, ':')+1:])
	return attribute == "username" || attribute == "displayname" ||
		strings.HasPrefix(attribute, "emails") && (strings.HasSuffix(attribute, "emails") || strings.HasSuffix(attribute, "value") || strings.HasSuffix(attribute, "]"))
}

// about notes whose request it was.
func (c *classifier) about(id string) {
	if u, err := uuid.Parse(id); err == nil && u.String() == id {
		c.line.ResourceID = id
	}
}

// single reads a request to one resource.
func (c *classifier) single(id string) {
	l, x := c.line, c.x
	c.about(id)
	if !c.hasID() {
		l.Subject = id // what clients take for one
	}
	switch x.Method {
	case http.MethodGet, http.MethodHead:
		l.Kind = c.of("read")
		c.named()
	case http.MethodPut:
		l.Kind = c.of("update")
		if len(x.Changes) == 0 {
			c.sent()
			c.named()
		}
	case http.MethodPatch:
		l.Kind = c.of("update")
		if len(x.Changes) == 0 {
			c.patched()
			c.named()
		}
	case http.MethodDelete:
		l.Kind = c.of("delete")
	default:
		l.Kind = KindOther
	}
}

// named takes the name out of an answer.
func (c *classifier) named() {
	if c.x.Status >= 300 {
		return
	}
	if r, ok := parse[resource](c.x.ResponseBody); ok && r.called() != "" {
		c.line.Subject = r.called()
	}
}

// patched reads what a PATCH wanted that changed nothing.
func (c *classifier) patched() {
	message, ok := parse[patchMessage](c.x.RequestBody)
	if !ok {
		return
	}
	l := c.line
	members := Members{}
	for _, op := range message.Operations {
		path := strings.ToLower(string(op.Path))
		var values resource
		if path == "" {
			_ = json.Unmarshal(op.Value, &values)
			if name := values.called(); name != "" && l.Subject == "" {
				l.Subject = name
			}
		}
		switch {
		case c.kind == "user" && path == "active":
			values.Active = op.Value
			fallthrough
		case c.kind == "user" && len(values.Active) > 0:
			if isFalse(values.Active) {
				l.Kind = KindUserDeactivate
			} else if isTrue(values.Active) && len(message.Operations) == 1 {
				l.Kind = KindUserReactivate
			}
		case c.kind == "group" && strings.HasPrefix(path, "members"):
			members.count(string(op.Op), path, op.Value)
		case c.kind == "group" && len(values.Members) > 0:
			members.count(string(op.Op), "members", values.Members)
		}
	}
	if members.Add != 0 || members.Remove != 0 || members.Replace {
		l.Kind, l.Detail.Members = KindGroupMembers, &members
	}
}

// count adds one operation.
func (m *Members) count(op, path string, value json.RawMessage) {
	n := elements(value)
	switch {
	case strings.EqualFold(op, "remove") && n > 0:
		m.Remove += n
	case strings.EqualFold(op, "remove") && strings.Contains(path, "["):
		m.Remove++
	case strings.EqualFold(op, "remove"):
		m.Remove = -1
	case strings.EqualFold(op, "replace"):
		m.Add, m.Replace = n, true
	default:
		m.Add += n
	}
}
