package scim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

// timeFormat is how meta shows times: UTC, to the microsecond that storage
// keeps, so that a filter on a time that was shown matches exactly.
const timeFormat = "2006-01-02T15:04:05.000000Z"

// renderer writes resources of one type for one caller.
type renderer struct {
	caller   *Caller
	kind     *schema.ResourceType
	selected selection
	trivial  bool
}

func newRenderer(c *Caller, t *schema.ResourceType, p Projection) *renderer {
	selected := p.resolve(t)
	return &renderer{caller: c, kind: t, selected: selected, trivial: selected.trivial(t)}
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
	with := versionOf(r.kind)
	with.Members = r.wantsMembers()
	return with
}

// groupsAttribute is the read-only list of a user's groups, nil if the type has none.
func groupsAttribute(t *schema.ResourceType) *schema.Attribute {
	if t.Schema != schema.UserURN {
		return nil
	}
	ref, ok := t.Resolve(schema.Name{Raw: "groups", Attr: "groups"})
	if !ok {
		return nil
	}
	return ref.Attr
}

// write appends one resource as JSON.
func (r *renderer) write(buf *bytes.Buffer, record *Record) error {
	body, err := r.attributes(record)
	if err != nil {
		return fmt.Errorf("render %s %s: %w", r.kind.Name, record.ID, err)
	}
	buf.WriteString(`{"schemas":`)
	writeStrings(buf, r.schemasOf(record.Document))
	buf.WriteString(`,"id":`)
	writeString(buf, record.ID)
	if inner := bytes.TrimSpace(body); len(inner) > 2 {
		buf.WriteByte(',')
		buf.Write(inner[1 : len(inner)-1])
	}
	r.writeMeta(buf, record)
	buf.WriteByte('}')
	return nil
}

// attributes returns the JSON object of all that is shown besides schemas, id
// and meta. Where nothing is hidden the stored bytes are used as they are.
func (r *renderer) attributes(record *Record) ([]byte, error) {
	if r.trivial {
		return r.splice(record), nil
	}
	doc, err := decodeStored(record.Document)
	if err != nil {
		return nil, err
	}
	if g := groupsAttribute(r.kind); g != nil && len(record.Memberships) > 0 {
		doc[g.Name] = r.groupValues(record.Memberships)
	}
	if m := r.kind.Members(); m != nil && len(record.Members) > 0 {
		doc[m.Name] = r.memberValues(record.Members)
	}
	return schema.Encode(r.kind, r.selected.apply(r.kind, doc))
}

func (r *renderer) splice(record *Record) []byte {
	if len(record.Memberships) == 0 && len(record.Members) == 0 {
		return record.Document
	}
	buf := bytes.NewBuffer(make([]byte, 0, len(record.Document)+128*(len(record.Memberships)+len(record.Members))+32))
	buf.Write(bytes.TrimSuffix(record.Document, []byte("}")))
	key := ","
	if buf.Len() == 1 {
		key = ""
	}
	for i, g := range record.Memberships {
		buf.WriteString(listKey(i, key, "groups"))
		r.writeGroup(buf, g)
	}
	if len(record.Memberships) > 0 {
		buf.WriteByte(']')
		key = ","
	}
	for i, m := range record.Members {
		buf.WriteString(listKey(i, key, "members"))
		r.writeMember(buf, m)
	}
	if len(record.Members) > 0 {
		buf.WriteByte(']')
	}
	buf.WriteByte('}')
	return buf.Bytes()
}

func listKey(i int, separator, name string) string {
	if i > 0 {
		return ","
	}
	return separator + `"` + name + `":[`
}

func (r *renderer) writeGroup(buf *bytes.Buffer, g Membership) {
	buf.WriteString(`{"value":`)
	writeString(buf, g.GroupID)
	buf.WriteString(`,"$ref":`)
	writeString(buf, r.ref("Group", g.GroupID))
	buf.WriteString(`,"display":`)
	writeString(buf, g.Display)
	buf.WriteString(`,"type":"` + membershipType(g) + `"}`)
}

func (r *renderer) writeMember(buf *bytes.Buffer, m Member) {
	buf.WriteString(`{"value":`)
	writeString(buf, m.ID)
	buf.WriteString(`,"$ref":`)
	writeString(buf, r.ref(m.Type, m.ID))
	buf.WriteString(`,"type":`)
	writeString(buf, m.Type)
	if m.Display != "" {
		buf.WriteString(`,"display":`)
		writeString(buf, m.Display)
	}
	buf.WriteByte('}')
}

func (r *renderer) groupValues(groups []Membership) []any {
	out := make([]any, len(groups))
	for i, g := range groups {
		out[i] = map[string]any{"value": g.GroupID, "$ref": r.ref("Group", g.GroupID),
			"display": g.Display, "type": membershipType(g)}
	}
	return out
}

func (r *renderer) memberValues(members []Member) []any {
	out := make([]any, len(members))
	for i, m := range members {
		value := map[string]any{"value": m.ID, "$ref": r.ref(m.Type, m.ID), "type": m.Type}
		if m.Display != "" {
			value["display"] = m.Display
		}
		out[i] = value
	}
	return out
}

// membershipType is the canonical value of groups.type (RFC 7643 section 4.1.2).
func membershipType(m Membership) string {
	if m.Direct {
		return "direct"
	}
	return "indirect"
}

func (r *renderer) ref(typeName, id string) string {
	t := r.caller.Types.ByName(typeName)
	if t == nil {
		return ""
	}
	return r.caller.BaseURL + t.Endpoint + "/" + id
}

// schemasOf lists the core schema and the extensions that the stored document
// has. An extension's URN followed by a colon can only be a key: inside a
// string the closing quote would be escaped.
func (r *renderer) schemasOf(document []byte) []string {
	out := []string{r.kind.Schema}
	for i, extension := range r.kind.Extensions() {
		if r.kind.SchemaExtensions[i].Required || bytes.Contains(document, []byte(`"`+extension.ID+`":`)) {
			out = append(out, extension.ID)
		}
	}
	return out
}

func (r *renderer) writeMeta(buf *bytes.Buffer, record *Record) {
	ref, ok := r.kind.Resolve(schema.Name{Raw: "meta", Attr: "meta"})
	if !ok || !r.selected.shows("", ref.Attr) {
		return
	}
	values := map[string]string{
		"resourceType": r.kind.Name,
		"created":      record.Created.UTC().Format(timeFormat),
		"lastModified": record.LastModified.UTC().Format(timeFormat),
		"location":     r.location(record.ID),
		"version":      record.etag(),
	}
	separator := `,"meta":{`
	for _, sub := range ref.Attr.SubAttributes {
		if value, ok := values[sub.Name]; ok && r.selected.showsPart("", ref.Attr, sub) {
			buf.WriteString(separator + `"` + sub.Name + `":`)
			writeString(buf, value)
			separator = ","
		}
	}
	if separator == "," {
		buf.WriteByte('}')
	}
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

func writeStrings(buf *bytes.Buffer, values []string) {
	buf.WriteByte('[')
	for i, v := range values {
		if i > 0 {
			buf.WriteByte(',')
		}
		writeString(buf, v)
	}
	buf.WriteByte(']')
}

func writeString(buf *bytes.Buffer, s string) {
	if !strings.ContainsFunc(s, needsEscape) {
		buf.WriteByte('"')
		buf.WriteString(s)
		buf.WriteByte('"')
		return
	}
	encoded, err := json.Marshal(s)
	if err != nil { // a string always encodes
		encoded = []byte(`""`)
	}
	buf.Write(encoded)
}

func needsEscape(r rune) bool {
	return r < 0x20 || r == '"' || r == '\\' || r == '\uFFFD' || r == '\u2028' || r == '\u2029'
}
