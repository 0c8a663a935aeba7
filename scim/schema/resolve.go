package schema

// ExtensionRef names an extension of a resource type (RFC 7643 section 6).
type ExtensionRef struct {
	Schema   string `json:"schema"`
	Required bool   `json:"required"`
}

// ResourceType is one kind of resource with the schemas it is made of (RFC 7643
// section 6). It is immutable once a Registry holds it.
type ResourceType struct {
	ID               string         `json:"id"`
	Name             string         `json:"name"`
	Endpoint         string         `json:"endpoint"` // relative to the base URL: "/Users"
	Description      string         `json:"description"`
	Schema           string         `json:"schema"`
	SchemaExtensions []ExtensionRef `json:"schemaExtensions,omitempty"`

	core       *Schema
	extensions []*Schema    // in the order of SchemaExtensions
	attributes []*Attribute // withCommon(core)
	order      []*Attribute // encodingOrder
	members    *Attribute
	revision   int64
	asStored   bool // see ReturnedAsStored
}

// Core returns the resource type's core schema.
func (t *ResourceType) Core() *Schema { return t.core }

// Extensions returns the extension schemas in declared order.
func (t *ResourceType) Extensions() []*Schema { return t.extensions }

// Attributes returns the attributes of every such resource, but for those of
// extensions: the core schema's among the common ones (schemas, id, externalId,
// meta), in the order in which they are written.
func (t *ResourceType) Attributes() []*Attribute { return t.attributes }

// Members returns the attribute whose values are memberships, kept by storage
// as a set outside the document, or nil if the type has none. Of the RFC 7643
// types only Group has one.
func (t *ResourceType) Members() *Attribute { return t.members }

// ReturnedAsStored reports whether all of a stored document is returned to whoever
// names no attributes.
func (t *ResourceType) ReturnedAsStored() bool { return t.asStored }

// Revision is that of the tenant's definitions which the type was read from, 0 if
// the tenant has never defined anything. A write under an outdated revision must
// not be stored.
func (t *ResourceType) Revision() int64 { return t.revision }

// Ref is an attribute name resolved against a resource type.
type Ref struct {
	URN  string     // the extension that holds the attribute; "" for core and common attributes
	Attr *Attribute // nil when the name is a whole extension
	Sub  *Attribute // the sub-attribute, or nil
}

// Leaf returns the attribute that the reference ends at, nil for a whole extension.
func (r Ref) Leaf() *Attribute {
	if r.Sub != nil {
		return r.Sub
	}
	return r.Attr
}

// String returns the canonical name: "userName", "name.givenName",
// "urn:…:User:manager.value".
func (r Ref) String() string {
	if r.Attr == nil {
		return r.URN
	}
	s := r.Attr.Name
	if r.URN != "" {
		s = r.URN + ":" + s
	}
	if r.Sub != nil {
		s += "." + r.Sub.Name
	}
	return s
}
