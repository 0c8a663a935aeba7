package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// ParseDefinitions reads an upload: one JSON object or an array of them, each a
// Schema (RFC 7643 section 7), a ResourceType (section 6), or the name of a type
// with the extensions that it gets:
//
//	{"name": "User", "schemaExtensions": [{"schema": "urn:…", "required": false}]}
//
// What an object is follows from its "schemas", or else from its keys. A
// built-in type as /ResourceTypes answers it, with more extensions, counts as
// those. Whether the definitions fit together, and what there is already, is for
// Definitions.Add to see.
func ParseDefinitions(data []byte) (Definitions, error) {
	var d Definitions
	data = bytes.TrimSpace(data)
	switch {
	case len(data) > MaxDefinitionsFile:
		return d, Errorf(InvalidSyntax, "the definitions are longer than %d bytes", MaxDefinitionsFile)
	case len(data) == 0 || data[0] != '[':
		return d, d.read(data)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return d, &Error{Status: 400, Type: InvalidSyntax, Detail: "malformed JSON", Cause: err}
	}
	if len(list) == 0 {
		return d, Errorf(InvalidSyntax, "expected at least one definition")
	}
	for i, item := range list {
		if err := d.read(item); err != nil {
			return Definitions{}, fmt.Errorf("definition %d of %d: %w", i+1, len(list), err)
		}
	}
	return d, nil
}

// ReadDefinitions reads definitions in the form in which All returned them.
func ReadDefinitions(documents [][]byte) (Definitions, error) {
	var d Definitions
	for _, text := range documents {
		if err := d.read(text); err != nil {
			return Definitions{}, fmt.Errorf("read definitions: %w", err)
		}
	}
	return d, nil
}

// Extend makes every schema of an upload an extension of a type.
func (d *Definitions) Extend(typeName string, required bool) error {
	if len(d.Schemas) == 0 {
		return Errorf(InvalidValue, "there is no schema to extend %s by", quote(typeName))
	}
	for _, s := range d.Schemas {
		d.Extensions = append(d.Extensions, Extension{typeName, ExtensionRef{Schema: s.ID, Required: required}})
	}
	return nil
}

// read adds one definition.
func (d *Definitions) read(data []byte) error {
	raw, err := DecodeObject(data)
	if err != nil {
		return err
	}
	isSchema, err := describesSchema(raw)
	switch {
	case err != nil:
		return err
	case isSchema:
		return d.readSchema(data)
	case field(raw, "schema") == nil && field(raw, "endpoint") == nil:
		return d.readExtensions(data, raw)
	}
	return d.readType(data)
}

func (d *Definitions) readSchema(data []byte) error {
	s, err := ParseSchema(data)
	if err != nil {
		return err
	}
	if d.schema(s.ID) >= 0 {
		return Errorf(InvalidValue, "schema %s is defined twice", quote(s.ID))
	}
	d.Schemas = append(d.Schemas, s)
	return nil
}

func (d *Definitions) readType(data []byte) error {
	t, err := ParseResourceType(data)
	if err != nil {
		return err
	}
	if base := Default().ByName(t.Name); base != nil {
		return d.extendBuiltin(base, t)
	}
	if d.typeNamed(t.Name) >= 0 {
		return Errorf(InvalidValue, "resource type %s is defined twice", quote(t.Name))
	}
	d.Types = append(d.Types, t)
	return nil
}

// extendBuiltin takes from a built-in type what it has besides its own.
func (d *Definitions) extendBuiltin(base, t *ResourceType) error {
	if !sameName(t.Endpoint, base.Endpoint) || !sameName(t.Schema, base.Schema) {
		return &TakenError{"resource type name", t.Name}
	}
	var refs []ExtensionRef
	for _, ref := range t.SchemaExtensions {
		if !slices.Contains(base.SchemaExtensions, ref) {
			refs = append(refs, ref)
		}
	}
	return d.extend(base.Name, refs)
}

func (d *Definitions) readExtensions(data []byte, raw map[string]any) error {
	if err := inspect(raw, typeKeys); err != nil {
		return fmt.Errorf("read resource type: %w", err)
	}
	var e extended
	if err := json.Unmarshal(data, &e); err != nil {
		return &Error{Status: 400, Type: InvalidSyntax, Detail: "read resource type", Cause: err}
	}
	if !isAttrName(e.Name) {
		return Errorf(InvalidValue, "name: expected that of the resource type to extend, got %s", quote(e.Name))
	}
	if len(e.SchemaExtensions) == 0 {
		return Errorf(InvalidValue,
			"resource type %s: expected schema and endpoint, or the schemaExtensions that a type gets", quote(e.Name))
	}
	return d.extend(e.Name, e.SchemaExtensions)
}

func (d *Definitions) extend(name string, refs []ExtensionRef) error {
	for i, ref := range refs {
		if indexOfRef(refs, ref.Schema) != i || indexOfRef(d.extensionsOf(name), ref.Schema) >= 0 {
			return Errorf(InvalidValue, "resource type %s: the extension %s is named twice", quote(name), quote(ref.Schema))
		}
	}
	for _, ref := range refs {
		d.Extensions = append(d.Extensions, Extension{name, ref})
	}
	return nil
}

// describesSchema tells a schema from a resource type.
func describesSchema(raw map[string]any) (bool, error) {
	urns, _ := field(raw, "schemas").([]any)
	named := func(urn string) bool {
		return slices.ContainsFunc(urns, func(v any) bool { s, _ := v.(string); return sameName(s, urn) })
	}
	switch isSchema, isType := named(SchemaURN), named(ResourceTypeURN); {
	case isSchema && isType:
		return false, Errorf(InvalidValue, "schemas: expected %s or %s, got both", SchemaURN, ResourceTypeURN)
	case isSchema || isType:
		return isSchema, nil
	case field(raw, "attributes") != nil:
		return true, nil
	case field(raw, "schemaExtensions") != nil || field(raw, "endpoint") != nil || field(raw, "schema") != nil:
		return false, nil
	}
	return false, Errorf(InvalidValue, "this is neither a schema, which has attributes, nor a resource type, which has a schema and an endpoint")
}

// field returns the value of a key in any case, nil for none.
func field(raw map[string]any, name string) any {
	if v, ok := raw[name]; ok {
		return v
	}
	for key, v := range raw {
		if sameName(key, name) {
			return v
		}
	}
	return nil
}
