package scim

import (
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

// specified are the attributes and sub-attributes that a write names. The answer
// to a write shows those of them that are otherwise returned on request alone
// (RFC 7643 section 7, "returned").
type specified map[*schema.Attribute]bool

// specifiedBy looks at the body of a POST or PUT.
func specifiedBy(t *schema.ResourceType, in map[string]any) specified {
	if !onRequest(t) {
		return nil
	}
	s := specified{}
	s.object(t, "", in)
	return s
}

// specifiedByPatch looks at the message of a PATCH. One that cannot be carried
// out specifies nothing.
func specifiedByPatch(t *schema.ResourceType, message map[string]any, o patch.Options) specified {
	if !onRequest(t) {
		return nil
	}
	s := specified{}
	ops, err := patch.Parse(message, o)
	if err != nil {
		return s
	}
	for _, op := range ops {
		if op.Path == "" {
			object, _ := op.Value.(map[string]any)
			s.object(t, "", object)
			continue
		}
		if p, err := filter.ParsePath(t, op.Path); err == nil {
			s.attribute(t, schema.Ref{URN: p.Ref.URN, Attr: p.Ref.Attr, Sub: lastSub(p)}, op.Value)
		}
	}
	return s
}

// lastSub is the sub-attribute that a path ends at, nil if it ends at none.
func lastSub(p *filter.Path) *schema.Attribute {
	if p.Sub != nil {
		return p.Sub
	}
	return p.Ref.Sub
}

// object adds what the keys of an object name. prefix is an extension's URN with
// a colon, if the object is the extension.
func (s specified) object(t *schema.ResourceType, prefix string, object map[string]any) {
	for key, value := range object {
		name, err := schema.ParseName(prefix + key)
		if err != nil {
			continue
		}
		if ref, ok := t.Resolve(name); ok {
			s.attribute(t, ref, value)
		}
	}
}

func (s specified) attribute(t *schema.ResourceType, ref schema.Ref, value any) {
	if ref.Attr == nil {
		extension, _ := value.(map[string]any)
		s.object(t, ref.URN+":", extension)
		return
	}
	s[ref.Attr] = true
	if ref.Sub != nil {
		s[ref.Sub] = true
		return
	}
	elements, ok := value.([]any)
	if !ok {
		elements = []any{value}
	}
	for _, element := range elements {
		object, _ := element.(map[string]any)
		for key := range object {
			if sub := ref.Attr.Sub(key); sub != nil {
				s[sub] = true
			}
		}
	}
}

// onRequest reports whether the type has anything that is returned on request alone.
func onRequest(t *schema.ResourceType) bool {
	if anyOnRequest(t.Attributes()) {
		return true
	}
	for _, extension := range t.Extensions() {
		if anyOnRequest(extension.Attributes) {
			return true
		}
	}
	return false
}

func anyOnRequest(attributes []*schema.Attribute) bool {
	for _, a := range attributes {
		if a.Returned == schema.ReturnedRequest || anyOnRequest(a.SubAttributes) {
			return true
		}
	}
	return false
}
