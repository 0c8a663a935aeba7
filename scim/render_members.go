package scim

import "github.com/roster-scim/roster/scim/schema"

// writeMembers writes the list of members, of which there may be many. Of some
// nothing may be shown: those without a name, if names alone are asked for.
func (s *shown) writeMembers(o *output) {
	members := &s.record.Members
	places := make([][]byte, len(members.types))
	for i, name := range members.types {
		places[i] = s.place(name)
	}
	p, separator := s.partsOf(s.kind.Members()), `,"members":[`
	for one := range members.packed() {
		if !p.value && !p.ref && !p.typ && (!p.display || len(one.display) == 0) {
			continue
		}
		if !o.room() {
			break
		}
		o.buf = append(o.buf, separator...)
		o.buf = appendMember(o.buf, p, one, members.types[one.typ], places[one.typ])
		separator = ","
	}
	if separator == "," {
		o.buf = append(o.buf, ']')
	}
}

// appendMember appends one member of a type; place is the type's address.
func appendMember(b []byte, p parts, one packedMember, typ string, place []byte) []byte {
	b = append(b, '{')
	start := len(b)
	if p.value {
		b = append(appendUUID(append(appendKey(b, start, "value"), '"'), one.id), '"')
	}
	if p.ref {
		b = append(append(appendKey(b, start, "$ref"), '"'), place...)
		if place != nil {
			b = appendUUID(b, one.id)
		}
		b = append(b, '"')
	}
	if p.typ {
		b = schema.AppendText(appendKey(b, start, "type"), typ)
	}
	if p.display && len(one.display) > 0 {
		b = schema.AppendText(appendKey(b, start, "display"), one.display)
	}
	return append(b, '}')
}
