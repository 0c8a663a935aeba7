package schema

import (
	"fmt"
	"slices"
)

// Demand is what must hold of the stored resources for a change of definitions
// to leave none behind that the new definitions do not describe.
type Demand struct {
	Type      string // no resource of this type may be there,
	Extension string // or, if set, none that has data of this extension,
	Lacking   bool   // or none that has no data of it
	Change    string // what is not possible otherwise, a clause
	Remedy    string // what to do then, a sentence
}

const deleteFirst = "Delete those resources first."

// demands returns what the definitions demand to become others.
func (d Definitions) demands(next Definitions) []Demand {
	var all []Demand
	for _, old := range d.Schemas {
		if i := next.schema(old.ID); i >= 0 {
			all = append(all, d.demandSchema(old, next.Schemas[i])...)
		}
	}
	for _, old := range d.Types {
		if i := next.typeNamed(old.Name); i >= 0 {
			all = append(all, demandType(old, next.Types[i])...)
			continue
		}
		all = append(all, Demand{
			Type: old.Name, Change: fmt.Sprintf("resource type %s cannot be deleted", old.Name), Remedy: deleteFirst,
		})
	}
	for _, t := range Default().Types() {
		all = append(all, demandExtensions(t.Name, d.extensionsOf(t.Name), next.extensionsOf(t.Name))...)
	}
	return all
}

// demandSchema is about the data that resources may have of a schema.
func (d Definitions) demandSchema(old, next *Schema) []Demand {
	why := incompatible(old.Attributes, next.Attributes)
	if why == "" {
		return nil
	}
	demand := Demand{
		Change: fmt.Sprintf("schema %s cannot change so: %s", old.ID, why),
		Remedy: "Add what is new as optional attributes, or delete those resources first.",
	}
	var all []Demand
	of := func(name, extension string) {
		demand.Type, demand.Extension = name, extension
		all = append(all, demand)
	}
	for _, t := range d.Types {
		switch {
		case t.Schema == old.ID:
			of(t.Name, "")
		case indexOfRef(t.SchemaExtensions, old.ID) >= 0:
			of(t.Name, old.ID)
		}
	}
	for _, e := range d.Extensions {
		if e.Schema == old.ID {
			of(e.Type, old.ID)
		}
	}
	return all
}

func demandType(old, next *ResourceType) []Demand {
	all := demandExtensions(old.Name, old.SchemaExtensions, next.SchemaExtensions)
	var changed string
	switch {
	case old.Schema != next.Schema:
		changed = "schema"
	case old.Endpoint != next.Endpoint:
		changed = "endpoint"
	default:
		return all
	}
	return append(all, Demand{
		Type:   old.Name,
		Change: fmt.Sprintf("resource type %s cannot change its %s", old.Name, changed), Remedy: deleteFirst,
	})
}

func demandExtensions(name string, old, next []ExtensionRef) []Demand {
	var all []Demand
	for _, ref := range old {
		if indexOfRef(next, ref.Schema) < 0 {
			all = append(all, Demand{
				Type: name, Extension: ref.Schema,
				Change: fmt.Sprintf("%s cannot lose the extension %s", name, ref.Schema),
				Remedy: "Remove the extension's attributes from those resources first.",
			})
		}
	}
	for _, ref := range next {
		if ref.Required && !slices.Contains(old, ref) {
			all = append(all, Demand{
				Type: name, Extension: ref.Schema, Lacking: true,
				Change: fmt.Sprintf("the extension %s cannot be required of %s", ref.Schema, name),
				Remedy: "Add it as not required, give those resources its attributes, and then make it required.",
			})
		}
	}
	return all
}
