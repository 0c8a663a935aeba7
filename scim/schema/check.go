package schema

import (
	"fmt"
	"slices"
)

// Bounds of a definition.
const (
	maxAttributes      = 500 // of a schema, sub-attributes counted
	maxCanonicalValues = 200 // also of referenceTypes
	maxExtensions      = 50
	maxText            = 4096 // a name, description or canonical value, in bytes
)

// rules are what differs between the built-in schemas and uploaded ones.
type rules struct {
	reserved bool // the server's own attributes may be defined: the schemas of discovery list them
	depth    int  // levels of complex attributes; the schema of schemas needs two
}

var (
	uploadRules  = rules{depth: 1}
	builtinRules = rules{reserved: true, depth: 2}
)

func (s *Schema) check(r rules) error {
	switch {
	case !isURN(s.ID) || len(s.ID) > maxURNLength || s.ID[len(s.ID)-1] == ':':
		return Errorf(InvalidValue, "id: expected a URN of at most %d characters", maxURNLength)
	case s.Name == "" || len(s.Name) > maxText:
		return Errorf(InvalidValue, "name: expected 1 to %d bytes", maxText)
	case len(s.Description) > maxText:
		return Errorf(InvalidValue, "description: longer than %d bytes", maxText)
	case len(s.Attributes) == 0:
		return Errorf(InvalidValue, "attributes: expected at least one")
	case countAttributes(s.Attributes) > maxAttributes:
		return Errorf(InvalidValue, "attributes: more than %d, sub-attributes counted", maxAttributes)
	}
	if err := checkAttributes(s.Attributes, r.depth); err != nil || r.reserved {
		return err
	}
	return s.checkCommon()
}

// checkCommon keeps the common attributes what they are: the server's own may
// not be defined again, externalId may be listed as it is.
func (s *Schema) checkCommon() error {
	for _, a := range s.Attributes {
		switch {
		case isServerAttribute(a.Name):
			return Errorf(InvalidValue, "attribute %s: every resource has it, a schema cannot define it", a.Name)
		case !sameName(a.Name, externalIDAttribute.Name):
		case a.Type != String || a.MultiValued || !a.CaseExact || a.Mutability != ReadWrite:
			return Errorf(InvalidValue, "attribute %s: expected a single, caseExact, readWrite string", a.Name)
		}
	}
	return nil
}

func countAttributes(attrs []*Attribute) int {
	n := len(attrs)
	for _, a := range attrs {
		if a != nil {
			n += countAttributes(a.SubAttributes)
		}
	}
	return n
}

func checkAttributes(attrs []*Attribute, depth int) error {
	for i, a := range attrs {
		switch {
		case a == nil:
			return Errorf(InvalidValue, "attributes[%d]: expected an object, got null", i)
		case !isAttrName(a.Name):
			return Errorf(InvalidValue, "attributes[%d].name: %s is no attribute name", i, quote(a.Name))
		case find(attrs, a.Name) != a:
			return Errorf(InvalidValue, "attributes[%d].name: %s occurs twice", i, quote(a.Name))
		}
		if err := a.check(depth); err != nil {
			return fmt.Errorf("attribute %s: %w", a.Name, err)
		}
	}
	return nil
}

func (a *Attribute) check(depth int) error {
	if err := a.checkKeywords(); err != nil {
		return err
	}
	if err := a.checkSense(); err != nil {
		return err
	}
	switch {
	case a.Type != Complex && len(a.SubAttributes) > 0:
		return Errorf(InvalidValue, "subAttributes: only a complex attribute has them")
	case a.Type != Complex:
		return nil
	case depth == 0:
		return Errorf(InvalidValue, "type: a sub-attribute cannot be complex")
	case len(a.SubAttributes) == 0:
		return Errorf(InvalidValue, "subAttributes: a complex attribute needs at least one")
	}
	return checkAttributes(a.SubAttributes, depth-1)
}

func (a *Attribute) checkKeywords() error {
	switch {
	case !slices.Contains([]DataType{String, Boolean, Decimal, Integer, DateTime, Binary, Reference, Complex}, a.Type):
		return Errorf(InvalidValue, "type: %s is none of the data types", quote(string(a.Type)))
	case !slices.Contains([]Mutability{ReadOnly, ReadWrite, Immutable, WriteOnly}, a.Mutability):
		return Errorf(InvalidValue, "mutability: expected readOnly, readWrite, immutable or writeOnly, got %s", quote(string(a.Mutability)))
	case !slices.Contains([]Returned{ReturnedAlways, ReturnedNever, ReturnedDefault, ReturnedRequest}, a.Returned):
		return Errorf(InvalidValue, "returned: expected always, never, default or request, got %s", quote(string(a.Returned)))
	case !slices.Contains([]Uniqueness{UniqueNone, UniqueServer, UniqueGlobal}, a.Uniqueness):
		return Errorf(InvalidValue, "uniqueness: expected none, server or global, got %s", quote(string(a.Uniqueness)))
	}
	return nil
}

// checkSense refuses settings that contradict each other.
func (a *Attribute) checkSense() error {
	switch {
	case len(a.Description) > maxText:
		return Errorf(InvalidValue, "description: longer than %d bytes", maxText)
	case (a.Type == Boolean || a.Type == Complex) && a.Uniqueness != UniqueNone:
		return Errorf(InvalidValue, "uniqueness: a %s attribute cannot be unique", a.Type)
	case a.Mutability == WriteOnly && a.Returned != ReturnedNever:
		return Errorf(InvalidValue, "returned: a writeOnly attribute is never returned")
	case a.Mutability == WriteOnly && a.Required:
		return Errorf(InvalidValue, "required: a writeOnly attribute is not kept, so it cannot be required")
	case len(a.CanonicalValues) > maxCanonicalValues || len(a.ReferenceTypes) > maxCanonicalValues:
		return Errorf(InvalidValue, "canonicalValues, referenceTypes: more than %d", maxCanonicalValues)
	}
	for _, v := range slices.Concat(a.CanonicalValues, a.ReferenceTypes) {
		if v == "" || len(v) > maxText {
			return Errorf(InvalidValue, "canonicalValues, referenceTypes: expected values of 1 to %d bytes", maxText)
		}
	}
	return nil
}

// reservedEndpoints are the paths that RFC 7644 section 3.2 gives away.
var reservedEndpoints = []string{"/ServiceProviderConfig", "/ResourceTypes", "/Schemas", "/Bulk", "/Me", "/.search"}

func (t *ResourceType) check() error {
	switch {
	case !isAttrName(t.Name) || t.Name[0] == '$':
		return Errorf(InvalidValue, "name: expected a letter and then letters, digits, '-' or '_', got %s", quote(t.Name))
	case len(t.ID) > maxText || len(t.Description) > maxText:
		return Errorf(InvalidValue, "id, description: longer than %d bytes", maxText)
	case len(t.Endpoint) < 2 || t.Endpoint[0] != '/' || t.Endpoint[1] == '$' || !isAttrName(t.Endpoint[1:]):
		return Errorf(InvalidValue, "endpoint: expected one path segment like \"/Users\", got %s", quote(t.Endpoint))
	case slices.ContainsFunc(reservedEndpoints, func(e string) bool { return sameName(e, t.Endpoint) }):
		return Errorf(InvalidValue, "endpoint: %s is the protocol's own", quote(t.Endpoint))
	case t.Schema == "":
		return Errorf(InvalidValue, "schema: expected the URN of its schema")
	case len(t.SchemaExtensions) > maxExtensions:
		return Errorf(InvalidValue, "schemaExtensions: more than %d", maxExtensions)
	}
	return nil
}

// checkUnambiguous refuses schemas of one type where a name could mean a whole
// extension as well as an attribute of another schema.
func (t *ResourceType) checkUnambiguous() error {
	for _, s := range append([]*Schema{t.core}, t.extensions...) {
		for _, a := range s.Attributes {
			if ext := t.extension(s.ID + ":" + a.Name); ext != nil {
				return Errorf(InvalidValue, "the URN %s is also the name of an attribute of %s", ext.ID, s.ID)
			}
		}
	}
	return nil
}

// membersOf returns the attribute that holds memberships, nil unless the schema
// is Group's.
func membersOf(core *Schema) (*Attribute, error) {
	var members *Attribute
	if sameName(core.ID, GroupURN) {
		members = core.Attribute("members")
	}
	if m := members; m != nil && (m.Type != Complex || !m.MultiValued || m.Sub("value") == nil) {
		return nil, Errorf(InvalidValue, "members: expected a multi-valued complex attribute with a value")
	}
	return members, nil
}
