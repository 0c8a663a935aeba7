package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNotDefined says that a tenant has no definition of the name given.
var ErrNotDefined = errors.New("not defined")

// TakenError says that a name which a definition wants is another one's.
type TakenError struct {
	Field string // "schema URN", "resource type name", "endpoint"
	Value string
}

func (e *TakenError) Error() string {
	return fmt.Sprintf("the %s %s is taken", e.Field, quote(e.Value))
}

// messagesPrefix begins the URNs of the protocol's messages.
const messagesPrefix = "urn:ietf:params:scim:api:"

// ownNames are what meta.resourceType is of discovery's own answers.
var ownNames = []string{"ServiceProviderConfig", "ResourceType", "Schema"}

// Add returns the definitions with those of an upload, and what it demands of
// the stored resources. A schema or type that is there already is replaced by
// the one of the upload, an extension added to those of its type; everything
// else stays. Errors: *Error, *TakenError.
func (d Definitions) Add(upload Definitions) (Definitions, []Demand, error) {
	next := d.clone()
	for _, s := range upload.Schemas {
		if err := next.putSchema(s); err != nil {
			return Definitions{}, nil, err
		}
	}
	for _, t := range upload.Types {
		if err := next.putType(t); err != nil {
			return Definitions{}, nil, err
		}
	}
	for _, e := range upload.Extensions {
		if err := next.putExtension(e); err != nil {
			return Definitions{}, nil, err
		}
	}
	if err := next.check(); err != nil {
		return Definitions{}, nil, err
	}
	return next, d.demands(next), nil
}

// Remove returns the definitions without the schema of that URN or the type of
// that name. A schema stops to extend the types that it extends; one that a type
// is made of cannot go before the type. Errors: ErrNotDefined, *Error.
func (d Definitions) Remove(name string) (Definitions, []Demand, error) {
	next := d.clone()
	remove := next.removeType
	if hasURNPrefix(name) {
		remove = next.removeSchema
	}
	if err := remove(name); err != nil {
		return Definitions{}, nil, err
	}
	return next, d.demands(next), nil
}

// urn returns a schema's URN as the schema itself writes it.
func (d *Definitions) urn(urn string) string {
	if i := d.schema(urn); i >= 0 {
		return d.Schemas[i].ID
	}
	if s := Default().Schema(urn); s != nil {
		return s.ID
	}
	return urn
}

func (d *Definitions) putSchema(s *Schema) error {
	switch {
	case Default().Schema(s.ID) != nil:
		return &TakenError{"schema URN", s.ID}
	case len(s.ID) > len(messagesPrefix) && sameName(s.ID[:len(messagesPrefix)], messagesPrefix):
		return Errorf(InvalidValue, "schema %s: the URN is one of the protocol's messages", quote(s.ID))
	}
	i := d.schema(s.ID)
	if i < 0 {
		d.Schemas = append(d.Schemas, s)
		return nil
	}
	if old := d.Schemas[i]; old.ID != s.ID {
		return Errorf(InvalidValue, "schema %s: it is there as %s; write it the same way", quote(s.ID), quote(old.ID))
	}
	d.Schemas[i] = s
	return nil
}

func (d *Definitions) putType(t *ResourceType) error {
	put := *t
	put.Schema = d.urn(t.Schema)
	put.SchemaExtensions = slices.Clone(t.SchemaExtensions)
	for i := range put.SchemaExtensions {
		put.SchemaExtensions[i].Schema = d.urn(put.SchemaExtensions[i].Schema)
	}
	switch {
	case slices.ContainsFunc(ownNames, func(n string) bool { return sameName(n, t.Name) }):
		return &TakenError{"resource type name", t.Name}
	case Default().Schema(put.Schema) != nil:
		return Errorf(InvalidValue, "resource type %s: schema: %s is built in; a type needs a schema of its own",
			quote(t.Name), quote(t.Schema))
	}
	i := d.typeNamed(t.Name)
	if i < 0 {
		d.Types = append(d.Types, &put)
		return nil
	}
	if old := d.Types[i]; old.Name != t.Name {
		return Errorf(InvalidValue, "resource type %s: it is there as %s; write it the same way", quote(t.Name), quote(old.Name))
	}
	d.Types[i] = &put
	return nil
}

func (d *Definitions) putExtension(e Extension) error {
	e.Schema = d.urn(e.Schema)
	base := Default().ByName(e.Type)
	switch {
	case base == nil:
		return d.extendOwn(e)
	case indexOfRef(base.SchemaExtensions, e.Schema) >= 0:
		return Errorf(InvalidValue, "resource type %s has the extension %s of itself", base.Name, quote(e.Schema))
	}
	e.Type = base.Name
	i := slices.IndexFunc(d.Extensions, func(o Extension) bool { return o.Type == e.Type && o.Schema == e.Schema })
	if i < 0 {
		d.Extensions = append(d.Extensions, e)
	} else {
		d.Extensions[i] = e
	}
	return nil
}

// extendOwn gives one of the tenant's own types an extension.
func (d *Definitions) extendOwn(e Extension) error {
	i := d.typeNamed(e.Type)
	if i < 0 {
		return Errorf(InvalidValue, "resource type %s: there is none to extend", quote(e.Type))
	}
	t := *d.Types[i]
	t.SchemaExtensions = slices.Clone(t.SchemaExtensions)
	if at := indexOfRef(t.SchemaExtensions, e.Schema); at >= 0 {
		t.SchemaExtensions[at] = e.ExtensionRef
	} else {
		t.SchemaExtensions = append(t.SchemaExtensions, e.ExtensionRef)
	}
	d.Types[i] = &t
	return nil
}

func (d *Definitions) removeType(name string) error {
	i := d.typeNamed(name)
	switch {
	case Default().ByName(name) != nil:
		return Errorf(InvalidValue, "resource type %s is built in; delete its extensions by their URNs", quote(name))
	case i < 0:
		return ErrNotDefined
	}
	d.Types = slices.Delete(d.Types, i, i+1)
	return nil
}

func (d *Definitions) removeSchema(urn string) error {
	at := d.schema(urn)
	switch {
	case Default().Schema(urn) != nil:
		return Errorf(InvalidValue, "schema %s is built in", quote(urn))
	case at < 0:
		return ErrNotDefined
	}
	var made []string
	for i, t := range d.Types {
		if sameName(t.Schema, urn) {
			made = append(made, t.Name)
		}
		if j := indexOfRef(t.SchemaExtensions, urn); j >= 0 {
			less := *t
			less.SchemaExtensions = slices.Delete(slices.Clone(t.SchemaExtensions), j, j+1)
			d.Types[i] = &less
		}
	}
	if len(made) > 0 {
		return Errorf(InvalidValue, "schema %s is what %s is made of; delete the resource type first", quote(urn), strings.Join(made, ", "))
	}
	d.Schemas = slices.Delete(d.Schemas, at, at+1)
	d.Extensions = slices.DeleteFunc(d.Extensions, func(e Extension) bool { return sameName(e.Schema, urn) })
	return nil
}

// check refuses definitions that do not fit together, or are too many.
func (d *Definitions) check() error {
	switch {
	case len(d.Schemas) > maxOwnSchemas:
		return Errorf(TooMany, "a tenant can have at most %d schemas of its own", maxOwnSchemas)
	case len(d.Types) > maxOwnTypes:
		return Errorf(TooMany, "a tenant can have at most %d resource types of its own", maxOwnTypes)
	}
	for i, t := range d.Types {
		taken := Default().ByEndpoint(t.Endpoint) != nil ||
			slices.ContainsFunc(d.Types[:i], func(o *ResourceType) bool { return sameName(o.Endpoint, t.Endpoint) })
		if taken {
			return &TakenError{"endpoint", t.Endpoint}
		}
	}
	if _, err := d.Registry(); err != nil {
		return err
	}
	all, err := d.All()
	if err != nil {
		return err
	}
	size := 0
	for _, one := range all {
		size += len(one.JSON)
	}
	if size > maxOwnText {
		return Errorf(TooMany, "a tenant's definitions can be at most %d bytes of JSON", maxOwnText)
	}
	return nil
}
