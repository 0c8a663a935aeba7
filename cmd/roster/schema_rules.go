package main

import (
	"errors"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
)

// schemaRules tells package tenants what package schema knows about definitions.
type schemaRules struct{}

var _ tenants.SchemaRules = schemaRules{}

func (schemaRules) Add(current []tenants.Definition, n tenants.NewSchemas) ([]tenants.Definition, []tenants.Demand, error) {
	before, err := readDefinitions(current)
	if err != nil {
		return nil, nil, err
	}
	upload, err := schema.ParseDefinitions(n.Text)
	if err == nil && n.Extend != "" {
		err = upload.Extend(n.Extend, n.Required)
	}
	if err != nil {
		return nil, nil, refused("file", err)
	}
	next, demands, err := before.Add(upload)
	if err != nil {
		return nil, nil, refused("file", err)
	}
	return writeDefinitions(next, demands)
}

func (schemaRules) Remove(current []tenants.Definition, name string) ([]tenants.Definition, []tenants.Demand, error) {
	before, err := readDefinitions(current)
	if err != nil {
		return nil, nil, err
	}
	next, demands, err := before.Remove(name)
	if err != nil {
		return nil, nil, refused("name", err)
	}
	return writeDefinitions(next, demands)
}

// refused turns a refusal of package schema into one of package tenants.
func refused(field string, err error) error {
	if taken, ok := errors.AsType[*schema.TakenError](err); ok {
		return &tenants.TakenError{Field: taken.Field, Value: taken.Value}
	}
	if errors.Is(err, schema.ErrNotDefined) {
		return tenants.ErrNotDefined
	}
	return &tenants.InvalidError{Field: field, Reason: err.Error()}
}

// readDefinitions reads what writeDefinitions wrote.
func readDefinitions(list []tenants.Definition) (schema.Definitions, error) {
	documents := make([][]byte, len(list))
	for i, d := range list {
		documents[i] = d.Document
	}
	return schema.ReadDefinitions(documents)
}

func writeDefinitions(next schema.Definitions, demands []schema.Demand) ([]tenants.Definition, []tenants.Demand, error) {
	all, err := next.All()
	if err != nil {
		return nil, nil, err
	}
	return views(all, func(d schema.Definition) tenants.Definition {
			return tenants.Definition{Kind: tenants.DefinitionKind(d.Kind), Name: d.Name, Document: d.JSON}
		}), views(demands, func(d schema.Demand) tenants.Demand {
			return tenants.Demand{
				ResourceType: d.Type, Extension: d.Extension, Lacking: d.Lacking, Change: d.Change, Remedy: d.Remedy,
			}
		}), nil
}

// registryOf is the registry of a tenant with these definitions.
func registryOf(list []tenants.Definition) (*schema.Registry, error) {
	all, err := readDefinitions(list)
	if err != nil {
		return nil, err
	}
	return all.Registry()
}
