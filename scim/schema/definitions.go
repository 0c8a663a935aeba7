package schema

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Bounds of what one tenant may define.
const (
	MaxDefinitionsFile = 1 << 20 // bytes of JSON in one upload

	maxOwnSchemas = 50
	maxOwnTypes   = 20
	maxOwnText    = 2 << 20 // bytes of all definitions in canonical JSON
)

// Definitions are a tenant's own schemas and resource types, besides the
// built-in ones. The zero value has none.
type Definitions struct {
	Schemas []*Schema
	Types   []*ResourceType
	// Extensions are those that types get besides the ones their definitions
	// name. An upload may extend any type; in a tenant's definitions only
	// built-in types are named here.
	Extensions []Extension
}

// Extension gives a resource type one more schema.
type Extension struct {
	Type string // the resource type's name
	ExtensionRef
}

// DefinitionKind says what a Definition is of.
type DefinitionKind string

// The kinds of definitions.
const (
	KindSchema       DefinitionKind = "schema"
	KindResourceType DefinitionKind = "resource_type"
	KindExtension    DefinitionKind = "extension" // a built-in type with the extensions that it gets
)

// Definition is one definition in canonical JSON, which ParseDefinitions reads.
type Definition struct {
	Kind DefinitionKind
	Name string // a schema's URN, otherwise a type's name
	JSON json.RawMessage
}

// extended is the JSON form of a built-in type's extensions.
type extended struct {
	Name             string         `json:"name"`
	SchemaExtensions []ExtensionRef `json:"schemaExtensions"`
}

// All returns the definitions one by one: schemas, types, extensions.
func (d Definitions) All() ([]Definition, error) {
	all := make([]Definition, 0, len(d.Schemas)+len(d.Types))
	add := func(kind DefinitionKind, name string, v any) error {
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("encode %s %s: %w", kind, quote(name), err)
		}
		all = append(all, Definition{kind, name, text})
		return nil
	}
	for _, s := range d.Schemas {
		if err := add(KindSchema, s.ID, s); err != nil {
			return nil, err
		}
	}
	for _, t := range d.Types {
		if err := add(KindResourceType, t.Name, t); err != nil {
			return nil, err
		}
	}
	for _, t := range Default().Types() {
		if refs := d.extensionsOf(t.Name); len(refs) > 0 {
			if err := add(KindExtension, t.Name, extended{t.Name, refs}); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// Registry returns the built-in schemas and types together with these.
func (d Definitions) Registry() (*Registry, error) {
	base := Default()
	types := make([]*ResourceType, 0, len(base.Types())+len(d.Types))
	for _, t := range base.Types() {
		more := *t
		more.SchemaExtensions = slices.Concat(t.SchemaExtensions, d.extensionsOf(t.Name))
		types = append(types, &more)
	}
	return NewRegistry(append(types, d.Types...), slices.Concat(loadBuiltins().resources, d.Schemas))
}

// Users returns the names of the resource types that the schema is part of.
func (d Definitions) Users(urn string) []string {
	var names []string
	for _, t := range d.Types {
		if sameName(t.Schema, urn) || indexOfRef(t.SchemaExtensions, urn) >= 0 {
			names = append(names, t.Name)
		}
	}
	for _, e := range d.Extensions {
		if sameName(e.Schema, urn) {
			names = append(names, e.Type)
		}
	}
	return names
}

func (d Definitions) extensionsOf(name string) []ExtensionRef {
	var refs []ExtensionRef
	for _, e := range d.Extensions {
		if sameName(e.Type, name) {
			refs = append(refs, e.ExtensionRef)
		}
	}
	return refs
}

func (d Definitions) schema(urn string) int {
	return slices.IndexFunc(d.Schemas, func(s *Schema) bool { return sameName(s.ID, urn) })
}

func (d Definitions) typeNamed(name string) int {
	return slices.IndexFunc(d.Types, func(t *ResourceType) bool { return sameName(t.Name, name) })
}

func indexOfRef(refs []ExtensionRef, urn string) int {
	return slices.IndexFunc(refs, func(r ExtensionRef) bool { return sameName(r.Schema, urn) })
}

// clone copies the lists; their elements are never changed.
func (d Definitions) clone() Definitions {
	return Definitions{slices.Clone(d.Schemas), slices.Clone(d.Types), slices.Clone(d.Extensions)}
}
