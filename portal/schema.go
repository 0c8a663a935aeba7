package portal

import (
	"context"
	"strings"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
)

// ListSchemas implements api.StrictServerInterface.
func (h *handlers) ListSchemas(ctx context.Context, r api.ListSchemasRequestObject) (api.ListSchemasResponseObject, error) {
	all, err := h.definitions(ctx, r.Tenant)
	if err != nil {
		return nil, err
	}
	describe, err := definitionAnswers(all.List)
	if err != nil {
		return nil, err
	}
	return api.ListSchemas200JSONResponse{Revision: all.Revision, Items: answers(all.List, describe)}, nil
}

// AddSchemas implements api.StrictServerInterface.
func (h *handlers) AddSchemas(ctx context.Context, r api.AddSchemasRequestObject) (api.AddSchemasResponseObject, error) {
	tenant, err := tenants.ParseTenantID(r.Tenant)
	if err != nil {
		return nil, errNotFound
	}
	done, err := h.schemas.Add(ctx, tenants.NewSchemas{
		TenantID: tenant, Text: *r.Body, Extend: orZero(r.Params.Extend), Required: orZero(r.Params.Required),
	})
	if err != nil {
		return nil, err
	}
	return api.AddSchemas200JSONResponse{
		Revision: done.Revision, Added: answers(done.Added, schemaName),
		Changed: answers(done.Changed, schemaName), Deleted: answers(done.Removed, schemaName),
	}, nil
}

// GetSchema implements api.StrictServerInterface.
func (h *handlers) GetSchema(ctx context.Context, r api.GetSchemaRequestObject) (api.GetSchemaResponseObject, error) {
	all, err := h.definitions(ctx, r.Tenant)
	if err != nil {
		return nil, err
	}
	describe, err := definitionAnswers(all.List)
	if err != nil {
		return nil, err
	}
	for _, d := range all.List {
		if strings.EqualFold(d.Name, r.Schema) {
			answer, document := describe(d), d.Document
			answer.Document = &document
			return api.GetSchema200JSONResponse(answer), nil
		}
	}
	return nil, errNotFound
}

// DeleteSchema implements api.StrictServerInterface.
func (h *handlers) DeleteSchema(ctx context.Context, r api.DeleteSchemaRequestObject) (api.DeleteSchemaResponseObject, error) {
	tenant, err := tenants.ParseTenantID(r.Tenant)
	if err != nil {
		return nil, errNotFound
	}
	_, err = h.schemas.Delete(ctx, tenant, r.Schema)
	return api.DeleteSchema204Response{}, err
}

func (h *handlers) definitions(ctx context.Context, path string) (*tenants.Definitions, error) {
	tenant, err := tenants.ParseTenantID(path)
	if err != nil {
		return nil, errNotFound
	}
	return h.schemas.List(ctx, tenant)
}

// definitionAnswers returns what says of a definition what it belongs to.
func definitionAnswers(list []tenants.Definition) (func(tenants.Definition) api.SchemaDefinition, error) {
	all, err := schema.ReadDefinitions(answers(list, func(d tenants.Definition) []byte { return d.Document }))
	if err != nil {
		return nil, err
	}
	endpoints := map[string]string{}
	for _, t := range append(schema.Default().Types(), all.Types...) {
		endpoints[t.Name] = t.Endpoint
	}
	return func(d tenants.Definition) api.SchemaDefinition {
		answer := api.SchemaDefinition{
			Kind: api.SchemaDefinitionKind(d.Kind), Name: d.Name, UsedBy: []string{}, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
		}
		if d.Kind == tenants.DefinesSchema {
			answer.UsedBy = append(answer.UsedBy, all.Users(d.Name)...)
		} else {
			answer.Endpoint = orNull(endpoints[d.Name])
		}
		return answer
	}, nil
}

func schemaName(d tenants.Definition) api.SchemaName {
	return api.SchemaName{Kind: api.SchemaNameKind(d.Kind), Name: d.Name}
}
