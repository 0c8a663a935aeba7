package schema

import (
	"fmt"
	"slices"
)

// Registry is the immutable set of resource types that a tenant has, with the
// schemas they are made of.
type Registry struct {
	types   []*ResourceType
	schemas []*Schema
}

// NewRegistry binds resource types to their schemas. The types are copied, the
// schemas kept: they must not change afterwards. The schemas that describe
// discovery's own answers are always part of a registry.
func NewRegistry(types []*ResourceType, schemas []*Schema) (*Registry, error) {
	r := &Registry{schemas: slices.Clone(schemas)}
	for _, meta := range loadBuiltins().meta {
		if r.Schema(meta.ID) == nil {
			r.schemas = append(r.schemas, meta)
		}
	}
	if err := r.checkSchemas(); err != nil {
		return nil, err
	}
	for _, t := range types {
		bound, err := r.bind(t)
		if err != nil {
			return nil, fmt.Errorf("resource type %s: %w", quote(t.Name), err)
		}
		if r.ByName(t.Name) != nil || r.ByEndpoint(t.Endpoint) != nil {
			return nil, fmt.Errorf("resource type %s: its name or endpoint is already taken", quote(t.Name))
		}
		r.types = append(r.types, bound)
	}
	return r, nil
}

func (r *Registry) checkSchemas() error {
	for i, s := range r.schemas {
		if r.Schema(s.ID) != r.schemas[i] {
			return fmt.Errorf("schema %s: there is another one with this URN", quote(s.ID))
		}
	}
	for _, meta := range loadBuiltins().meta {
		if r.Schema(meta.ID) != meta {
			return fmt.Errorf("schema %s: its URN is reserved", quote(meta.ID))
		}
	}
	return nil
}

// bind returns a copy of the type that has its schemas.
func (r *Registry) bind(t *ResourceType) (*ResourceType, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	bound := *t
	bound.SchemaExtensions = slices.Clone(t.SchemaExtensions)
	if bound.core = r.Schema(t.Schema); bound.core == nil {
		return nil, fmt.Errorf("its schema %s is not defined", quote(t.Schema))
	}
	bound.extensions = nil
	for _, ref := range t.SchemaExtensions {
		ext := r.Schema(ref.Schema)
		switch {
		case ext == nil:
			return nil, fmt.Errorf("its extension %s is not defined", quote(ref.Schema))
		case ext == bound.core || slices.Contains(bound.extensions, ext):
			return nil, fmt.Errorf("it names the schema %s twice", quote(ref.Schema))
		}
		bound.extensions = append(bound.extensions, ext)
	}
	if err := bound.checkUnambiguous(); err != nil {
		return nil, err
	}
	members, err := membersOf(bound.core)
	if err != nil {
		return nil, err
	}
	bound.members, bound.attributes = members, withCommon(bound.core)
	bound.order = encodingOrder(bound.attributes, bound.extensions)
	bound.asStored = !anyHidden(bound.core.Attributes) && !slices.ContainsFunc(bound.extensions, func(s *Schema) bool { return anyHidden(s.Attributes) })
	return &bound, nil
}

// WithRevision returns the registry as one that was made from the revision of a
// tenant's definitions, which its types then tell storage. Without one, a
// registry is that of a tenant which has defined nothing yet.
func (r *Registry) WithRevision(revision int64) *Registry {
	out := &Registry{schemas: r.schemas, types: make([]*ResourceType, len(r.types))}
	for i, t := range r.types {
		of := *t
		of.revision = revision
		out.types[i] = &of
	}
	return out
}

// Types returns the resource types in the order in which they were given. The
// list must not be changed.
func (r *Registry) Types() []*ResourceType { return r.types }

// Schemas returns all schemas, those of discovery included. The list must not be
// changed.
func (r *Registry) Schemas() []*Schema { return r.schemas }

// ByName returns the resource type with that name in any case, or nil.
func (r *Registry) ByName(name string) *ResourceType {
	for _, t := range r.types {
		if sameName(t.Name, name) {
			return t
		}
	}
	return nil
}

// ByEndpoint returns the resource type at that endpoint ("/Users") in any case, or nil.
func (r *Registry) ByEndpoint(endpoint string) *ResourceType {
	for _, t := range r.types {
		if sameName(t.Endpoint, endpoint) {
			return t
		}
	}
	return nil
}

// Schema returns the schema with that URN in any case, or nil.
func (r *Registry) Schema(urn string) *Schema {
	for _, s := range r.schemas {
		if sameName(s.ID, urn) {
			return s
		}
	}
	return nil
}
