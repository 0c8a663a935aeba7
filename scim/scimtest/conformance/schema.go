package conformance

import (
	"context"
	"strings"
)

// attribute is an attribute as a server's schema defines it.
type attribute struct {
	name       string
	kind       string // type
	multi      bool
	required   bool
	mutability string
	returned   string
	canonical  []string
	sub        []attribute
}

// catalog is the server's schemas by lower-case URN; nil if it does not show any.
type catalog map[string][]attribute

func (s *session) readSchemas(ctx context.Context) {
	list := elements(at(s.fetch(ctx, "/Schemas"), "Resources"))
	if len(list) == 0 {
		return
	}
	s.schemas = catalog{}
	for _, schema := range list {
		if id, ok := at(schema, "id").(string); ok {
			s.schemas[strings.ToLower(id)] = attributesOf(at(schema, "attributes"))
		}
	}
}

func attributesOf(v any) []attribute {
	definitions := elements(v)
	out := make([]attribute, 0, len(definitions))
	for _, a := range definitions {
		one := attribute{sub: attributesOf(at(a, "subAttributes")), canonical: texts(at(a, "canonicalValues"), "")}
		one.name, _ = at(a, "name").(string)
		one.kind, _ = at(a, "type").(string)
		one.multi, _ = at(a, "multiValued").(bool)
		one.required, _ = at(a, "required").(bool)
		one.mutability, _ = at(a, "mutability").(string)
		one.returned, _ = at(a, "returned").(string)
		out = append(out, one)
	}
	return out
}

// undefined returns the first of the attributes that the server's schemas do not
// define, "" if all are there or the server shows no schemas.
func (s *session) undefined(names []string) string {
	for _, name := range names {
		if s.schemas != nil && !s.defines(name) {
			return name
		}
	}
	return ""
}

// defines reports whether a schema has an attribute: "title", "emails.type",
// "enterprise:department", "group:members".
func (s *session) defines(name string) bool {
	urn, path := userURN, name
	if schema, rest, ok := strings.Cut(name, ":"); ok {
		path = rest
		urn = map[string]string{"group": groupURN, "enterprise": enterpriseURN}[schema]
	}
	attributes, known := s.schemas[strings.ToLower(urn)]
	if !known {
		return false
	}
	for part := range strings.SplitSeq(path, ".") {
		found := find(attributes, part)
		if found == nil {
			return false
		}
		attributes = found.sub
	}
	return true
}

func find(attributes []attribute, name string) *attribute {
	for i := range attributes {
		if strings.EqualFold(attributes[i].name, name) {
			return &attributes[i]
		}
	}
	return nil
}

// pick returns the first top-level string attribute of users or groups for which
// the condition holds.
func (s *session) pick(urn string, ok func(attribute) bool) (attribute, bool) {
	for _, a := range s.schemas[strings.ToLower(urn)] {
		if a.kind == "string" && !a.multi && ok(a) {
			return a, true
		}
	}
	return attribute{}, false
}

// fill gives an object the attributes that the schema demands and it lacks.
func (s *session) fill(object doc, attributes []attribute) {
	for _, a := range attributes {
		if !a.required || strings.EqualFold(a.mutability, "readOnly") || mentioned(object, a.name) || common(a.name) {
			continue
		}
		v := s.sample(a)
		if a.multi {
			v = []any{v}
		}
		object[a.name] = v
	}
}

// mentioned reports whether an object has an attribute, be it with the value nil.
func mentioned(object doc, name string) bool {
	for key := range object {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}

func common(name string) bool {
	return strings.EqualFold(name, "id") || strings.EqualFold(name, "schemas") || strings.EqualFold(name, "meta")
}

// sample makes a value of an attribute's type.
func (s *session) sample(a attribute) any {
	if len(a.canonical) > 0 {
		return a.canonical[0]
	}
	switch strings.ToLower(a.kind) {
	case "boolean":
		return true
	case "integer":
		s.serial++
		return s.serial
	case "decimal":
		return 1.5
	case "datetime":
		return "2026-01-02T03:04:05Z"
	case "binary":
		return "U0NJTQ=="
	case "reference":
		return "https://example.com/" + s.label("ref")
	case "complex":
		object := doc{}
		s.fill(object, a.sub)
		if value := find(a.sub, "value"); value != nil && len(object) == 0 {
			object["value"] = s.sample(*value)
		}
		return object
	}
	if strings.Contains(strings.ToLower(a.name), "mail") {
		return s.label("mail") + "@example.com"
	}
	return s.label("text")
}
