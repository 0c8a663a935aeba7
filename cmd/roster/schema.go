package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
)

type schemaCommand struct {
	Add    schemaAdd    `cmd:"" help:"Add a tenant's schemas and resource types, or change them."`
	List   schemaList   `cmd:"" help:"List what a tenant has defined besides User, Group and their schemas."`
	Show   schemaShow   `cmd:"" help:"Show one definition as it holds."`
	Delete schemaDelete `cmd:"" help:"Delete a schema or resource type that nothing stored needs."`
}

type (
	schemaAdd struct {
		schemaTenant
		File     string `required:"" type:"existingfile" help:"JSON of RFC 7643: a Schema, a ResourceType, {\"name\": \"User\", \"schemaExtensions\": […]}, or an array of those."`
		Extend   string `placeholder:"TYPE" help:"Make each schema in the file an extension of this resource type: User, Group or the tenant's own."`
		Required bool   `help:"With --extend: every such resource must have it."`
	}
	schemaList   struct{ schemaTenant }
	schemaShow   struct{ schemaArgument }
	schemaDelete struct{ schemaArgument }

	schemaTenant struct {
		Tenant string `required:"" help:"The tenant's id, ten…"`
	}
	schemaArgument struct {
		schemaTenant
		Name string `arg:"" help:"A schema's URN or a resource type's name."`
	}
)

// definitionView is a definition as commands answer it.
type definitionView struct {
	Kind       tenants.DefinitionKind `json:"kind"`
	Name       string                 `json:"name"`
	UsedBy     []string               `json:"used_by,omitempty"`  // of a schema: resource types
	Endpoint   string                 `json:"endpoint,omitempty"` // of a resource type
	CreatedAt  time.Time              `json:"created_at"`
	UpdatedAt  time.Time              `json:"updated_at"`
	Definition json.RawMessage        `json:"definition,omitempty"` // of show
}

// viewDefinitions says of each definition what it belongs to.
func viewDefinitions(list []tenants.Definition) ([]definitionView, error) {
	all, err := readDefinitions(list)
	if err != nil {
		return nil, err
	}
	endpoints := map[string]string{}
	for _, t := range append(schema.Default().Types(), all.Types...) {
		endpoints[t.Name] = t.Endpoint
	}
	return views(list, func(d tenants.Definition) definitionView {
		v := definitionView{Kind: d.Kind, Name: d.Name, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt}
		if d.Kind == tenants.DefinesSchema {
			v.UsedBy = all.Users(d.Name)
		} else {
			v.Endpoint = endpoints[d.Name]
		}
		return v
	}), nil
}

func (v definitionView) row() []string {
	what := map[tenants.DefinitionKind]string{
		tenants.DefinesSchema: "schema", tenants.DefinesType: "resource type", tenants.DefinesExtension: "extended type",
	}[v.Kind]
	belongs := v.Endpoint
	if v.Kind == tenants.DefinesSchema {
		belongs = "not used yet"
		if len(v.UsedBy) > 0 {
			belongs = "used by " + strings.Join(v.UsedBy, ", ")
		}
	}
	return []string{v.Name, what, belongs, when(v.UpdatedAt)}
}

// Validate is called by the command line.
func (c *schemaAdd) Validate() error {
	if c.Required && c.Extend == "" {
		return errors.New("--required goes with --extend")
	}
	return nil
}

// Run implements the command.
func (c *schemaAdd) Run(ctx context.Context, config *Config, out *output) error {
	text, err := readBounded(c.File, schema.MaxDefinitionsFile)
	if err != nil {
		return err
	}
	return c.with(ctx, config, func(s *tenants.Schemas, tenant tenants.TenantID) error {
		done, err := s.Add(ctx, tenants.NewSchemas{TenantID: tenant, Text: text, Extend: c.Extend, Required: c.Required})
		if err != nil {
			return err
		}
		return answerSchemaChange(out, done, func(w io.Writer) {
			if done.Empty() {
				fmt.Fprintln(w, "Everything in the file is there already.")
				return
			}
			fmt.Fprintf(w, "\nRunning servers know it within a second. See: roster schema list --tenant %s\n", c.Tenant)
		})
	})
}

// readBounded reads a file of at most most bytes.
func readBounded(name string, most int64) ([]byte, error) {
	file, err := os.Open(name) //nolint:gosec // the file that the operator names
	if err != nil {
		return nil, fmt.Errorf("--file: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("--file: %w", err)
	case int64(len(text)) > most:
		return nil, fmt.Errorf("--file: %s is longer than %d bytes", name, most)
	}
	return text, nil
}

// answerSchemaChange says what became of each definition.
func answerSchemaChange(out *output, done *tenants.SchemaChange, hint func(io.Writer)) error {
	type named struct {
		Kind tenants.DefinitionKind `json:"kind"`
		Name string                 `json:"name"`
	}
	name := func(d tenants.Definition) named { return named{d.Kind, d.Name} }
	answer := struct {
		Revision int64   `json:"revision"`
		Added    []named `json:"added"`
		Changed  []named `json:"changed"`
		Deleted  []named `json:"deleted"`
	}{done.Revision, views(done.Added, name), views(done.Changed, name), views(done.Removed, name)}
	return out.print(answer, func(w io.Writer) {
		for _, part := range []struct {
			verb string
			list []named
		}{{"Added", answer.Added}, {"Changed", answer.Changed}, {"Deleted", answer.Deleted}} {
			for _, d := range part.list {
				fmt.Fprintf(w, "%s %s %s.\n", part.verb, strings.ReplaceAll(string(d.Kind), "_", " "), d.Name)
			}
		}
		hint(w)
	})
}

// Run implements the command.
func (c *schemaList) Run(ctx context.Context, config *Config, out *output) error {
	return c.with(ctx, config, func(s *tenants.Schemas, tenant tenants.TenantID) error {
		all, err := s.List(ctx, tenant)
		if err != nil {
			return err
		}
		list, err := viewDefinitions(all.List)
		if err != nil {
			return err
		}
		answer := struct {
			Revision    int64            `json:"revision"`
			Definitions []definitionView `json:"definitions"`
		}{all.Revision, list}
		return out.print(answer, func(w io.Writer) {
			if len(list) == 0 {
				fmt.Fprintf(w, "Nothing but the built-in schemas. Add some: roster schema add --tenant %s --file FILE\n", c.Tenant)
				return
			}
			table(w, []string{"NAME", "WHAT", "WHERE", "CHANGED"}, views(list, definitionView.row))
		})
	})
}

// Run implements the command.
func (c *schemaShow) Run(ctx context.Context, config *Config, out *output) error {
	return c.with(ctx, config, func(s *tenants.Schemas, tenant tenants.TenantID) error {
		all, err := s.List(ctx, tenant)
		if err != nil {
			return err
		}
		d, err := s.Get(ctx, tenant, c.Name)
		if err != nil {
			return c.undefined(err)
		}
		list, err := viewDefinitions(all.List)
		if err != nil {
			return err
		}
		view := definitionView{Kind: d.Kind, Name: d.Name, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt}
		for _, v := range list {
			if v.Kind == d.Kind && v.Name == d.Name {
				view = v
			}
		}
		view.Definition = d.Document
		text, err := json.MarshalIndent(d.Document, "", "  ")
		if err != nil {
			return fmt.Errorf("write the definition: %w", err)
		}
		return out.print(view, func(w io.Writer) { fmt.Fprintf(w, "%s\n", text) })
	})
}

// Run implements the command.
func (c *schemaDelete) Run(ctx context.Context, config *Config, out *output) error {
	return c.with(ctx, config, func(s *tenants.Schemas, tenant tenants.TenantID) error {
		done, err := s.Delete(ctx, tenant, c.Name)
		if err != nil {
			return c.undefined(err)
		}
		return answerSchemaChange(out, done, func(w io.Writer) {
			fmt.Fprintln(w, "\nRunning servers know it within a second.")
		})
	})
}

func (c *schemaArgument) undefined(err error) error {
	if invalid, ok := errors.AsType[*tenants.InvalidError](err); ok {
		return errors.New(invalid.Reason) // about the argument, which has no flag to name
	}
	if errors.Is(err, tenants.ErrNotDefined) {
		return fmt.Errorf("this tenant has not defined %q; see: roster schema list --tenant %s", c.Name, c.Tenant)
	}
	return err
}

func (c *schemaTenant) with(ctx context.Context, config *Config, do func(*tenants.Schemas, tenants.TenantID) error) error {
	id, err := tenants.ParseTenantID(c.Tenant)
	if err != nil {
		return malformed("tenant", c.Tenant, "ten")
	}
	return withMigrated(ctx, config, func(db *storage.DB) error {
		return absent(do(tenants.NewSchemaService(storage.NewTenants(db), schemaRules{}, nil), id),
			"tenant "+c.Tenant, "roster tenant list")
	})
}
