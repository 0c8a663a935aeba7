package scim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/roster-scim/roster/scim/schema"
)

// renderer writes resources of one type for one caller.
type renderer struct {
	caller   *Caller
	kind     *schema.ResourceType
	selected selection
	trivial  bool
	groups   *schema.Attribute // see groupsAttribute

	groupPlace []byte // place of groups, once somebody has asked for it
}

func newRenderer(c *Caller, t *schema.ResourceType, p Projection) *renderer {
	selected := p.resolve(t)
	return &renderer{caller: c, kind: t, selected: selected, trivial: selected.trivial(t), groups: groupsAttribute(t)}
}

// showing makes the renderer that of a write's answer.
func (r *renderer) showing(s specified) *renderer {
	r.selected.specified = s
	return r
}

func (r *renderer) location(id string) string {
	return r.caller.BaseURL + r.kind.Endpoint + "/" + id
}

// wantsMembers reports whether the members have to be read at all: leaving them
// out keeps an answer about a large group small (RFC 7644 section 3.9).
func (r *renderer) wantsMembers() bool {
	m := r.kind.Members()
	return m != nil && r.selected.shows("", m)
}

// with is what records must come with to be written.
func (r *renderer) with() With {
	return With{Memberships: r.groups != nil, Members: r.wantsMembers()}
}

// groupsAttribute is the read-only list of a user's groups, nil if the type has none.
func groupsAttribute(t *schema.ResourceType) *schema.Attribute {
	if t.Schema != schema.UserURN {
		return nil
	}
	return attributeOf(t, "groups")
}

// attributeOf finds a core or common attribute by its canonical name.
func attributeOf(t *schema.ResourceType, name string) *schema.Attribute {
	all := t.Attributes()
	if i := slices.IndexFunc(all, func(a *schema.Attribute) bool { return a.Name == name }); i >= 0 {
		return all[i]
	}
	return nil
}

// shown is a resource of which everything has been done that can fail: what is
// left is to write it.
type shown struct {
	*renderer
	record   *Record
	document []byte // the object of all that is shown besides schemas, id, groups, members and meta
}

// show prepares a record. Where nothing is hidden its stored bytes are used as
// they are.
func (r *renderer) show(record *Record) (shown, error) {
	s := shown{renderer: r, record: record, document: record.Document}
	if r.trivial {
		return s, nil
	}
	doc, err := decodeStored(record.Document)
	if err == nil {
		s.document, err = schema.Encode(r.kind, r.selected.apply(r.kind, doc))
	}
	if err != nil {
		return s, fmt.Errorf("render %s %s: %w", r.kind.Name, record.ID, err)
	}
	return s, nil
}

// size is about how long the resource is when it is written, in bytes.
func (s *shown) size() int {
	const frame = 512
	size := frame + len(s.document) + s.groupParts().size()*len(s.record.Memberships)
	if n := s.record.Members.Len(); n > 0 {
		size += s.partsOf(s.kind.Members()).size() * n
	}
	return size
}

// write writes the resource.
func (s *shown) write(o *output) {
	b := append(o.buf, `{"schemas":[`...)
	b = s.appendSchemas(b)
	b = append(b, `],"id":`...)
	b = schema.AppendText(b, s.record.ID)
	if inner := bytes.TrimSpace(s.document); len(inner) > 2 {
		b = append(append(b, ','), inner[1:len(inner)-1]...)
	}
	o.buf = s.appendGroups(b)
	if s.record.Members.Len() > 0 {
		s.writeMembers(o)
	}
	o.buf = append(s.appendMeta(o.buf), '}')
}

// appendSchemas lists the core schema and the extensions that the stored document
// has. An extension's URN followed by a colon can only be a key: inside a
// string the closing quote would be escaped.
func (s *shown) appendSchemas(b []byte) []byte {
	b = schema.AppendText(b, s.kind.Schema)
	for i, extension := range s.kind.Extensions() {
		if s.kind.SchemaExtensions[i].Required || hasKey(s.record.Document, extension.ID) {
			b = schema.AppendText(append(b, ','), extension.ID)
		}
	}
	return b
}

func hasKey(document []byte, urn string) bool {
	key := append(schema.AppendText(make([]byte, 0, 128), urn), ':')
	// So many bytes are found fast, and faster without the quotation mark, which
	// stands before every other text.
	head := key[1:min(len(key), 32)]
	for rest := document; ; {
		at := bytes.Index(rest, head)
		if at < 0 {
			return false
		}
		if at > 0 && bytes.HasPrefix(rest[at-1:], key) {
			return true
		}
		rest = rest[at+1:]
	}
}

// parts says which sub-attributes of groups or members are shown.
type parts struct{ value, ref, display, typ bool }

// size is about how long one group or member is with these parts.
func (p parts) size() (n int) {
	for _, part := range []struct {
		shown bool
		size  int
	}{{p.value, 52}, {p.ref, 132}, {p.display, 52}, {p.typ, 20}} {
		if part.shown {
			n += part.size
		}
	}
	return n
}

// partsOf are the shown parts of a list that storage keeps. all: nothing is hidden.
func (r *renderer) partsOf(a *schema.Attribute) parts {
	if r.trivial {
		return parts{true, true, true, true}
	}
	shows := func(name string) bool {
		sub := a.Sub(name)
		return sub != nil && r.selected.showsPart("", a, sub)
	}
	return parts{value: shows("value"), ref: shows("$ref"), display: shows("display"), typ: shows("type")}
}

// groupParts are the shown parts of the groups that a user belongs to.
func (r *renderer) groupParts() parts {
	if r.groups == nil || !r.trivial && !r.selected.shows("", r.groups) {
		return parts{}
	}
	return r.partsOf(r.groups)
}

func (s *shown) appendGroups(b []byte) []byte {
	p := s.groupParts()
	if len(s.record.Memberships) == 0 || p == (parts{}) {
		return b
	}
	if s.groupPlace == nil {
		s.groupPlace = s.place("Group")
	}
	place := s.groupPlace
	b = append(b, `,"groups":[`...)
	for i, g := range s.record.Memberships {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		start := len(b)
		if p.value {
			b = schema.AppendText(appendKey(b, start, "value"), g.GroupID)
		}
		if p.ref {
			b = append(append(appendKey(b, start, "$ref"), '"'), place...)
			b = append(schema.AppendEscaped(b, g.GroupID), '"')
		}
		if p.display {
			b = schema.AppendText(appendKey(b, start, "display"), g.Display)
		}
		if p.typ {
			b = schema.AppendText(appendKey(b, start, "type"), membershipType(g))
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendKey appends the key of an object that began at start.
func appendKey(b []byte, start int, name string) []byte {
	if len(b) > start {
		b = append(b, ',')
	}
	return append(append(append(b, '"'), name...), '"', ':')
}

// membershipType is the canonical value of groups.type (RFC 7643 section 4.1.2).
func membershipType(m Membership) string {
	if m.Direct {
		return "direct"
	}
	return "indirect"
}

// place is the address of a type's resources up to their id, as it stands in
// JSON; "" if the caller does not have the type.
func (r *renderer) place(typeName string) []byte {
	t := r.caller.Types.ByName(typeName)
	if t == nil {
		return nil
	}
	return schema.AppendEscaped(nil, r.caller.BaseURL+t.Endpoint+"/")
}

func (s *shown) appendMeta(b []byte) []byte {
	meta := attributeOf(s.kind, "meta")
	if meta == nil || !s.selected.shows("", meta) {
		return b
	}
	b = append(b, `,"meta":{`...)
	start := len(b)
	for _, sub := range meta.SubAttributes {
		if s.selected.showsPart("", meta, sub) {
			b = s.appendMetaPart(b, start, sub.Name)
		}
	}
	if len(b) == start {
		return b[:start-len(`,"meta":{`)]
	}
	return append(b, '}')
}

func (s *shown) appendMetaPart(b []byte, start int, name string) []byte {
	rec := s.record
	switch name {
	case "resourceType":
		return schema.AppendText(appendKey(b, start, name), s.kind.Name)
	case "created":
		return append(appendTime(append(appendKey(b, start, name), '"'), rec.Created), '"')
	case "lastModified":
		return append(appendTime(append(appendKey(b, start, name), '"'), rec.LastModified), '"')
	case "location":
		b = schema.AppendEscaped(append(appendKey(b, start, name), '"'), s.caller.BaseURL)
		b = append(schema.AppendEscaped(b, s.kind.Endpoint), '/')
		return append(schema.AppendEscaped(b, rec.ID), '"')
	case "version":
		var tag [etagLength]byte
		return schema.AppendText(appendKey(b, start, name), appendETag(tag[:0], rec.Version, rec.Memberships))
	}
	return b
}

// appendTime appends a time as meta shows it: UTC, to the microsecond that storage
// keeps, so that a filter on a time that was shown matches exactly. Package time
// knows its layout without a fraction by heart, and would read any other.
func appendTime(b []byte, t time.Time) []byte {
	t = t.UTC()
	b = t.AppendFormat(b, time.RFC3339) // ends in Z
	b = append(b[:len(b)-1], ".000000Z"...)
	fraction := b[len(b)-len("000000Z") : len(b)-1]
	for i, micros := len(fraction)-1, t.Nanosecond()/int(time.Microsecond); i >= 0; i, micros = i-1, micros/10 {
		fraction[i] = byte('0' + micros%10)
	}
	return b
}

func decodeStored(document []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	doc := map[string]any{}
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("decode stored document: %w", err)
	}
	return doc, nil
}
