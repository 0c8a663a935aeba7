package schema

import (
	"slices"
	"strings"
)

const (
	maxNameLength = 512 // an attribute name as a client writes it, URN included
	maxURNLength  = 256
	maxAttrName   = 128
)

// ParseName splits an attribute name (RFC 7644 section 3.10): behind a urn:
// prefix the last ':' begins the attribute, and the first '.' behind that begins
// the sub-attribute. A URN whose tail is no attribute name parses to a Name that
// has Raw alone, since it may be an extension's: only Resolve can tell.
func ParseName(s string) (Name, error) {
	switch {
	case s == "":
		return Name{}, Errorf(InvalidPath, "an attribute name is missing")
	case len(s) > maxNameLength:
		return Name{}, Errorf(InvalidPath, "the attribute name %s is longer than %d characters", quote(s), maxNameLength)
	}
	n, rest := Name{Raw: s}, s
	if hasURNPrefix(s) {
		if !isURN(s) {
			return Name{}, Errorf(InvalidPath, "%s is not an attribute name: a URN has no such characters", quote(s))
		}
		i := strings.LastIndexByte(s, ':')
		n.URN, rest = s[:i], s[i+1:]
	}
	var dotted bool
	n.Attr, n.Sub, dotted = strings.Cut(rest, ".")
	switch {
	case isAttrName(n.Attr) && (!dotted || isAttrName(n.Sub)):
		return n, nil
	case n.URN != "":
		return Name{Raw: s}, nil
	}
	return Name{}, Errorf(InvalidPath,
		"%s is not an attribute name: expected letters, digits, '-' and '_', and at most one '.' before a sub-attribute", quote(s))
}

// Resolve finds the attribute that a name means, ignoring case. A name under the
// core schema's URN is a core attribute. A bare name is a core or common
// attribute, else that of the one extension which defines it: clients send
// "manager" without its URN. If several do, the name is that of the built-in
// extension, which a tenant's own ones take nothing from, or else ambiguous and
// so unknown.
func (t *ResourceType) Resolve(n Name) (Ref, bool) {
	if ext := t.extension(n.Raw); ext != nil {
		return Ref{URN: ext.ID}, true
	}
	ref, ok := t.resolveAttribute(n)
	if !ok || n.Sub == "" {
		return ref, ok
	}
	ref.Sub = ref.Attr.Sub(n.Sub)
	return ref, ref.Sub != nil
}

func (t *ResourceType) resolveAttribute(n Name) (Ref, bool) {
	if n.URN == "" || sameName(n.URN, t.core.ID) {
		if a := find(t.attributes, n.Attr); a != nil {
			return Ref{Attr: a}, true
		}
	}
	if n.URN != "" {
		if ext := t.extension(n.URN); ext != nil {
			a := ext.Attribute(n.Attr)
			return Ref{URN: ext.ID, Attr: a}, a != nil
		}
		return Ref{}, false
	}
	var only Ref
	ambiguous := false
	for _, ext := range t.extensions {
		a := ext.Attribute(n.Attr)
		switch {
		case a == nil:
		case slices.Contains(loadBuiltins().resources, ext):
			return Ref{URN: ext.ID, Attr: a}, true
		case only.Attr != nil:
			ambiguous = true
		default:
			only = Ref{URN: ext.ID, Attr: a}
		}
	}
	if ambiguous {
		return Ref{}, false
	}
	return only, only.Attr != nil
}

// extension returns the extension with that URN, or nil.
func (t *ResourceType) extension(urn string) *Schema {
	for _, ext := range t.extensions {
		if sameName(ext.ID, urn) {
			return ext
		}
	}
	return nil
}

// Attribute returns the schema's attribute of that name in any case, or nil.
func (s *Schema) Attribute(name string) *Attribute { return find(s.Attributes, name) }

// Sub returns the sub-attribute of that name in any case, or nil.
func (a *Attribute) Sub(name string) *Attribute { return find(a.SubAttributes, name) }

// find is linear: schemas are short, and names mostly differ in length already.
func find(attrs []*Attribute, name string) *Attribute {
	for _, a := range attrs {
		if sameName(a.Name, name) {
			return a
		}
	}
	return nil
}

// Fold is the canonical form in which values of attributes that are not caseExact
// are compared: Unicode lower case, letter by letter. Storage keeps folded values
// in its index, so a change of this function needs a migration.
func Fold(s string) string { return strings.ToLower(s) }

// sameName reports whether two names are equal but for ASCII case. Names and
// URNs are ASCII, so Unicode folding would only let look-alikes in ("ſchemas").
func sameName(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func isLetter(c byte) bool { c = lower(c); return 'a' <= c && c <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

// isAttrName checks ATTRNAME of RFC 7643 section 2.1, with the leading '$' of "$ref".
func isAttrName(s string) bool {
	if s == "" || len(s) > maxAttrName || (!isLetter(s[0]) && s[0] != '$') {
		return false
	}
	for i := 1; i < len(s); i++ {
		if c := s[i]; !isLetter(c) && !isDigit(c) && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

func hasURNPrefix(s string) bool { return len(s) >= 4 && sameName(s[:4], "urn:") }

// isURN reports whether s is a URN, perhaps with an attribute name behind it.
func isURN(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isLetter(c) && !isDigit(c) && strings.IndexByte("-._:+~$", c) < 0 {
			return false
		}
	}
	return hasURNPrefix(s)
}
