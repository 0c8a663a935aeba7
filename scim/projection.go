package scim

import (
	"net/url"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

// Projection is which attributes a response shows (RFC 7644 section 3.9). The
// zero value shows each attribute by its own "returned" rule.
type Projection struct {
	attributes []string // show these alone
	excluded   []string // show all but these
}

// ProjectionOf reads the attributes and excludedAttributes query parameters.
func ProjectionOf(q url.Values) (Projection, error) {
	return NewProjection(names(q["attributes"]), names(q["excludedAttributes"]))
}

// NewProjection makes a projection of attribute names as clients write them.
// Names that no schema knows select nothing.
func NewProjection(attributes, excluded []string) (Projection, error) {
	const most = 100
	if len(attributes) > 0 && len(excluded) > 0 {
		return Projection{}, schema.Errorf(schema.InvalidValue,
			"attributes and excludedAttributes exclude each other: send one of them.")
	}
	if len(attributes)+len(excluded) > most {
		return Projection{}, schema.Errorf(schema.InvalidValue, "At most %d attributes can be named.", most)
	}
	return Projection{attributes: attributes, excluded: excluded}, nil
}

// Given reports whether the client asked for a projection at all.
func (p Projection) Given() bool { return len(p.attributes)+len(p.excluded) > 0 }

func names(values []string) []string {
	var out []string
	for _, v := range values {
		for name := range strings.SplitSeq(v, ",") {
			if name = strings.TrimSpace(name); name != "" {
				out = append(out, name)
			}
		}
	}
	return out
}

// selection is a projection resolved against one resource type.
type selection struct {
	given      bool
	include    bool                                             // the names are to be shown, not hidden
	extensions map[string]bool                                  // whole extensions by URN
	whole      map[*schema.Attribute]bool                       // whole attributes
	parts      map[*schema.Attribute]map[*schema.Attribute]bool // some sub-attributes
	specified  specified                                        // by the write that is answered
}

func (p Projection) resolve(t *schema.ResourceType) selection {
	s := selection{given: p.Given(), include: len(p.attributes) > 0}
	if !s.given {
		return s
	}
	s.extensions = map[string]bool{}
	s.whole = map[*schema.Attribute]bool{}
	s.parts = map[*schema.Attribute]map[*schema.Attribute]bool{}
	for _, text := range append(p.attributes, p.excluded...) {
		s.add(t, text)
	}
	return s
}

func (s *selection) add(t *schema.ResourceType, text string) {
	name, err := schema.ParseName(text)
	if err != nil {
		return
	}
	ref, ok := t.Resolve(name)
	switch {
	case !ok:
	case ref.Attr == nil:
		s.extensions[ref.URN] = true
	case ref.Sub == nil:
		s.whole[ref.Attr] = true
	default:
		if s.parts[ref.Attr] == nil {
			s.parts[ref.Attr] = map[*schema.Attribute]bool{}
		}
		s.parts[ref.Attr][ref.Sub] = true
	}
}

// shows reports whether any of an attribute is shown.
func (s selection) shows(urn string, a *schema.Attribute) bool {
	switch a.Returned {
	case schema.ReturnedAlways:
		return true
	case schema.ReturnedNever:
		return false
	case schema.ReturnedRequest:
		if !s.include {
			return s.specified[a] && !s.whole[a] && !s.extensions[urn]
		}
	case schema.ReturnedDefault:
	}
	switch {
	case !s.given:
		return true
	case s.include:
		return s.whole[a] || s.extensions[urn] || s.parts[a] != nil
	default:
		return !s.whole[a] && !s.extensions[urn]
	}
}

// showsPart reports whether a sub-attribute of a shown attribute is shown.
func (s selection) showsPart(urn string, a, sub *schema.Attribute) bool {
	named := s.parts[a][sub]
	switch sub.Returned {
	case schema.ReturnedAlways:
		return true
	case schema.ReturnedNever:
		return false
	case schema.ReturnedRequest:
		if s.include {
			return named
		}
		return s.specified[sub] && !named
	case schema.ReturnedDefault:
	}
	switch {
	case !s.given || s.parts[a] == nil:
		return true
	case s.include:
		return named || s.whole[a] || s.extensions[urn]
	default:
		return !named
	}
}

// apply returns the part of a document that is shown.
func (s selection) apply(t *schema.ResourceType, doc map[string]any) map[string]any {
	out := s.attributes("", t.Attributes(), doc)
	for _, extension := range t.Extensions() {
		if values, ok := doc[extension.ID].(map[string]any); ok {
			if shown := s.attributes(extension.ID, extension.Attributes, values); len(shown) > 0 {
				out[extension.ID] = shown
			}
		}
	}
	return out
}

func (s selection) attributes(urn string, attributes []*schema.Attribute, doc map[string]any) map[string]any {
	out := make(map[string]any, len(doc))
	for _, a := range attributes {
		value, ok := doc[a.Name]
		if !ok || !s.shows(urn, a) {
			continue
		}
		if shown := s.value(urn, a, value); shown != nil {
			out[a.Name] = shown
		}
	}
	return out
}

// value prunes the sub-attributes of a complex value; nil means nothing is left.
func (s selection) value(urn string, a *schema.Attribute, v any) any {
	if a.Type != schema.Complex {
		return v
	}
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, sub := range a.SubAttributes {
			if value, ok := v[sub.Name]; ok && s.showsPart(urn, a, sub) {
				out[sub.Name] = value
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, element := range v {
			if shown := s.value(urn, a, element); shown != nil {
				out = append(out, shown)
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	}
	return v
}

// trivial reports whether every attribute of a stored document is shown as it
// is, so that its bytes can be answered without being decoded.
func (s selection) trivial(t *schema.ResourceType) bool { return !s.given && t.ReturnedAsStored() }
