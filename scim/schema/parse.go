package schema

import (
	"encoding/json"
	"fmt"
)

// maxDefinition bounds the JSON text of a schema or resource type, in bytes.
const maxDefinition = 1 << 20

// ParseSchema reads a schema definition (RFC 7643 section 7) and checks that
// Roster can serve it. What an attribute leaves out has the default of section
// 2.2, of its type where that has one. Keys that no definition has are refused,
// but for meta and schemas.
func ParseSchema(data []byte) (*Schema, error) { return parseSchema(data, uploadRules) }

func parseSchema(data []byte, rules rules) (*Schema, error) {
	var s Schema
	raw, err := decodeDefinition(data, schemaKeys, &s)
	if err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	if !rules.reserved {
		err = setExact(field(raw, "attributes"), s.Attributes)
	}
	setDefaults(s.Attributes)
	if err == nil {
		err = s.check(rules)
	}
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", quote(s.ID), err)
	}
	return &s, nil
}

// setDefaults fills in what the definitions leave out.
func setDefaults(attrs []*Attribute) {
	for _, a := range attrs {
		if a == nil { // a null in the list; check refuses it
			continue
		}
		if a.Type == "" {
			a.Type = String
		}
		if a.Mutability == "" {
			a.Mutability = ReadWrite
		}
		if a.Returned == "" {
			a.Returned = ReturnedDefault
			if a.Mutability == WriteOnly {
				a.Returned = ReturnedNever
			}
		}
		if a.Uniqueness == "" {
			a.Uniqueness = UniqueNone
		}
		setDefaults(a.SubAttributes)
	}
}

// ParseResourceType reads a resource type definition (RFC 7643 section 6) and
// checks it. Whether its schemas exist is for NewRegistry to see.
func ParseResourceType(data []byte) (*ResourceType, error) {
	var t ResourceType
	if _, err := decodeDefinition(data, typeKeys, &t); err != nil {
		return nil, fmt.Errorf("read resource type: %w", err)
	}
	if t.ID == "" {
		t.ID = t.Name
	}
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("resource type %s: %w", quote(t.Name), err)
	}
	return &t, nil
}

// decodeDefinition decodes strictly first, so that a definition cannot say one
// thing twice; the second pass is the convenient one, and definitions are rare.
// It returns what the first pass read.
func decodeDefinition(data []byte, keys []keyword, into any) (map[string]any, error) {
	if len(data) > maxDefinition {
		return nil, Errorf(InvalidSyntax, "the definition is longer than %d bytes", maxDefinition)
	}
	raw, err := DecodeObject(data)
	if err != nil {
		return nil, err
	}
	if err := inspect(raw, keys); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return nil, &Error{Status: 400, Type: InvalidSyntax, Detail: "malformed JSON", Cause: err}
	}
	return raw, nil
}
