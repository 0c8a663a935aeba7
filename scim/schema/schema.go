// Package schema is the SCIM attribute model of RFC 7643: schemas, resource
// types, the names that resolve to their attributes, and the canonical form in
// which a resource document is validated, compared and stored.
//
// A document is a map[string]any that holds string, bool, json.Number,
// map[string]any (complex) and []any (multi-valued) values. Core attributes sit
// at the top, each extension's attributes under the extension's URN. The common
// attributes id, meta and schemas, and whatever the server computes (a user's
// groups, a group's members), are never part of a stored document.
package schema

import "slices"

// DataType is an attribute's data type (RFC 7643 section 2.3).
type DataType string

// The data types of RFC 7643 section 2.3.
const (
	String    DataType = "string"
	Boolean   DataType = "boolean"
	Decimal   DataType = "decimal"
	Integer   DataType = "integer"
	DateTime  DataType = "dateTime"
	Binary    DataType = "binary"
	Reference DataType = "reference"
	Complex   DataType = "complex"
)

// Mutability says when a client may write an attribute (RFC 7643 section 7).
type Mutability string

// The mutabilities of RFC 7643 section 7.
const (
	ReadOnly  Mutability = "readOnly"
	ReadWrite Mutability = "readWrite"
	Immutable Mutability = "immutable"
	WriteOnly Mutability = "writeOnly"
)

// Returned says when an attribute is part of a response (RFC 7643 section 7).
type Returned string

// The return rules of RFC 7643 section 7.
const (
	ReturnedAlways  Returned = "always"
	ReturnedNever   Returned = "never"
	ReturnedDefault Returned = "default"
	ReturnedRequest Returned = "request"
)

// Uniqueness says where an attribute's value may occur only once (RFC 7643
// section 7). Roster enforces server and global alike, per directory.
type Uniqueness string

// The uniqueness rules of RFC 7643 section 7.
const (
	UniqueNone   Uniqueness = "none"
	UniqueServer Uniqueness = "server"
	UniqueGlobal Uniqueness = "global"
)

// Attribute is one attribute definition of a schema (RFC 7643 section 7).
// Its JSON form is what /Schemas answers and what a custom schema is read from.
type Attribute struct {
	Name            string       `json:"name"`
	Type            DataType     `json:"type"`
	MultiValued     bool         `json:"multiValued"`
	Description     string       `json:"description"`
	Required        bool         `json:"required"`
	CanonicalValues []string     `json:"canonicalValues,omitempty"`
	CaseExact       bool         `json:"caseExact"`
	Mutability      Mutability   `json:"mutability"`
	Returned        Returned     `json:"returned"`
	Uniqueness      Uniqueness   `json:"uniqueness"`
	ReferenceTypes  []string     `json:"referenceTypes,omitempty"`
	SubAttributes   []*Attribute `json:"subAttributes,omitempty"`
}

// hidden reports whether part of an attribute is not returned by default. The
// password is no such part: it is never stored.
func (a *Attribute) hidden() bool {
	return a.Returned == ReturnedRequest || a.Returned == ReturnedNever && a.Mutability != WriteOnly || anyHidden(a.SubAttributes)
}

func anyHidden(attributes []*Attribute) bool {
	return slices.ContainsFunc(attributes, (*Attribute).hidden)
}

// Schema is a set of attributes under one URN (RFC 7643 section 7).
type Schema struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	Description string       `json:"description"`
	Attributes  []*Attribute `json:"attributes"`
}

// The URNs of the schemas that RFC 7643 defines.
const (
	UserURN                  = "urn:ietf:params:scim:schemas:core:2.0:User"
	GroupURN                 = "urn:ietf:params:scim:schemas:core:2.0:Group"
	EnterpriseUserURN        = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	ServiceProviderConfigURN = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	ResourceTypeURN          = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	SchemaURN                = "urn:ietf:params:scim:schemas:core:2.0:Schema"
)
