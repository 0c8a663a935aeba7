package schema

import (
	"maps"
	"slices"
)

// Name is an attribute name as a client writes it: [URN ":"] attribute ["." sub-attribute].
// Raw is the whole text: an extension's bare URN also parses as a Name, and
// Resolve recognises it by Raw.
type Name struct {
	Raw, URN, Attr, Sub string
}

// Options say how strictly a document is read. They come from a connection's settings.
type Options struct {
	// RefuseUnknown refuses attributes that no schema defines; otherwise they are ignored.
	RefuseUnknown bool
	// StrictTypes refuses "True" for a boolean and a bare value for a complex attribute.
	StrictTypes bool
	// KeepEmptyStrings stores "" as a value; otherwise "" means no value, like null and [].
	KeepEmptyStrings bool
}

// Normalize returns the canonical form of a POST or PUT body: names as the schema
// writes them, values of the schema's types, extensions under their URNs, nothing
// without a value. It does not change its input, and normalising its result again
// gives the same.
//
// Attributes that are not the client's to write are left out: id, meta, schemas
// and whatever is readOnly. So are memberships, which MemberValues finds, and
// writeOnly attributes such as password: they are checked, but Roster keeps
// nothing that nobody could read back.
//
// An error is an *Error that names the attribute and what was expected of it.
func (t *ResourceType) Normalize(in map[string]any, o Options) (map[string]any, error) {
	n := normalizer{t: t, o: o}
	doc, f := n.document(in)
	if f != nil {
		return nil, f.err()
	}
	return doc, nil
}

// NormalizeValue returns the canonical form of one attribute's value in a PATCH,
// nil for one that unassigns it. The value of a multi-valued attribute may be one
// element or an array; the result is a []any. Whether the attribute may be
// written at all, and whether it is required, is for the caller to check; see
// CheckRequired.
func (t *ResourceType) NormalizeValue(ref Ref, v any, o Options) (any, error) {
	n := normalizer{t: t, o: o, single: true}
	out, f := n.referenced(ref, v)
	if f != nil {
		return nil, f.inURN(ref.URN).err()
	}
	return out, nil
}

// MemberValues returns what a POST or PUT body says about the resource's members,
// as the client sent it, and whether it says anything at all.
func (t *ResourceType) MemberValues(in map[string]any) (members any, present bool) {
	if t.members == nil {
		return nil, false
	}
	if v, ok := in[t.members.Name]; ok {
		return v, true
	}
	for key, v := range in {
		if name, err := ParseName(key); err == nil && name.Sub == "" {
			if ref, ok := t.Resolve(name); ok && ref.Attr == t.members {
				return v, true
			}
		}
	}
	return nil, false
}

// normalizer carries what is the same for a whole document.
type normalizer struct {
	t      *ResourceType
	o      Options
	single bool // one element stands for a list of it, also with StrictTypes
}

func (n *normalizer) referenced(ref Ref, v any) (any, *fault) {
	if ref.Attr == nil {
		ext, f := n.extension(n.t.extension(ref.URN), v)
		if f != nil || len(ext) == 0 {
			return nil, f
		}
		return ext, nil
	}
	leaf := ref.Leaf()
	out, f := n.value(leaf, v)
	switch {
	case f != nil && ref.Sub != nil:
		return nil, f.in(ref.Sub.Name).in(ref.Attr.Name)
	case f != nil:
		return nil, f.in(ref.Attr.Name)
	case leaf.Mutability == WriteOnly:
		return nil, nil // checked and not kept
	}
	return out, nil
}

func (n *normalizer) document(in map[string]any) (map[string]any, *fault) {
	in, f := n.expand(in)
	if f != nil {
		return nil, f
	}
	doc, f := n.object(n.t.attributes, in)
	if f != nil {
		return nil, f
	}
	for _, ext := range n.t.extensions {
		data, f := n.extension(ext, in[ext.ID])
		if f != nil {
			return nil, f.inURN(ext.ID)
		}
		if len(data) > 0 {
			doc[ext.ID] = data
		}
	}
	return doc, n.t.required(doc)
}

// extension normalises the attributes of one extension.
func (n *normalizer) extension(ext *Schema, v any) (map[string]any, *fault) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		in, f := n.rename(ext.Attributes, v)
		if f != nil {
			return nil, f
		}
		return n.object(ext.Attributes, in)
	default:
		if n.empty(v, Complex) {
			return nil, nil
		}
		return nil, expected("an object with the extension's attributes", v)
	}
}

// object normalises the values of attributes whose names are canonical.
func (n *normalizer) object(attrs []*Attribute, in map[string]any) (map[string]any, *fault) {
	out := make(map[string]any, len(in))
	for _, a := range attrs {
		v, ok := in[a.Name]
		if !ok || a.Mutability == ReadOnly || a == n.t.members {
			continue
		}
		value, f := n.value(a, v)
		switch {
		case f != nil:
			return nil, f.in(a.Name)
		case value != nil && a.Mutability != WriteOnly:
			out[a.Name] = value
		}
	}
	return out, nil
}

// rename returns in with its keys as the schema writes them, and without those
// that no attribute has. It returns in itself if there is nothing to do.
func (n *normalizer) rename(attrs []*Attribute, in map[string]any) (map[string]any, *fault) {
	if known(attrs, in) == len(in) {
		return in, nil
	}
	out := make(map[string]any, len(in))
	for _, key := range slices.Sorted(maps.Keys(in)) {
		a := find(attrs, key)
		if a == nil && !n.o.StrictTypes {
			a = alias(attrs, key, in)
		}
		if a == nil {
			if f := n.unknown(key); f != nil {
				return nil, f
			}
			continue
		}
		if _, twice := out[a.Name]; twice {
			return nil, twiceNamed(a.Name)
		}
		out[a.Name] = in[key]
	}
	return out, nil
}

// alias returns the sub-attribute display for a key displayName: Entra ID names
// it so in app roles. A display in its own name comes before it.
func alias(attrs []*Attribute, key string, in map[string]any) *Attribute {
	if !sameName(key, "displayName") {
		return nil
	}
	for other := range in {
		if sameName(other, "display") {
			return nil
		}
	}
	return find(attrs, "display")
}

// known counts the keys that are attribute names to the letter.
func known(attrs []*Attribute, in map[string]any) int {
	count := 0
	for _, a := range attrs {
		if _, ok := in[a.Name]; ok {
			count++
		}
	}
	return count
}
