package schema

// Registry is the immutable set of resource types that a tenant has, with the
// schemas they are made of.
type Registry struct {
	types   []*ResourceType
	schemas []*Schema
}
