package portal

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// docSource is openapi.yaml as the documentation reads it: with everything in
// the order in which it is written, which kin-openapi's maps do not keep.
type docSource struct {
	Info struct {
		Title       string
		Version     string
		Description string
	}
	Tags []struct {
		Name        string
		Description string
	}
	Paths      ordered[docPath]
	Components struct {
		Schemas         ordered[*docSchema]
		Responses       ordered[docResponse]
		Parameters      ordered[docParameter]
		SecuritySchemes ordered[docSecurity] `yaml:"securitySchemes"`
	}
}

type docPath struct {
	Parameters                    []docParameter
	Get, Post, Put, Patch, Delete *docOperation
}

// operations returns the path's operations in the order to show them in.
func (p *docPath) operations() ordered[*docOperation] {
	all := ordered[*docOperation]{
		{http.MethodGet, p.Get}, {http.MethodPost, p.Post}, {http.MethodPut, p.Put}, {http.MethodPatch, p.Patch}, {http.MethodDelete, p.Delete},
	}
	return slices.DeleteFunc(all, func(o entry[*docOperation]) bool { return o.Value == nil })
}

type docOperation struct {
	ID          string `yaml:"operationId"`
	Summary     string
	Description string
	Tags        []string
	Permission  string `yaml:"x-permission"`
	Connection  string `yaml:"x-connection"`
	Parameters  []docParameter
	RequestBody *struct{ Content ordered[docMedia] } `yaml:"requestBody"`
	Conflicts   ordered[string]                      `yaml:"x-conflicts"`
	Responses   ordered[docResponse]
}

type docParameter struct {
	Ref         string `yaml:"$ref"`
	Name        string
	In          string
	Description string
	Required    bool
	Schema      *docSchema
}

type docMedia struct {
	Schema  *docSchema
	Example any
	Lines   *docSchema `yaml:"x-lines"` // of an answer that is an object a line
}

type docResponse struct {
	Ref         string `yaml:"$ref"`
	Description string
	Content     ordered[docMedia]
}

type docSecurity struct {
	Type        string
	Scheme      string
	Name        string
	Description string
}

type docSchema struct {
	Ref         string `yaml:"$ref"`
	Type        string
	Format      string
	Description string
	Nullable    bool
	Enum        []any
	Pattern     string
	MinLength   *int `yaml:"minLength"`
	MaxLength   *int `yaml:"maxLength"`
	Minimum     *int
	Maximum     *int
	MinItems    *int `yaml:"minItems"`
	MaxItems    *int `yaml:"maxItems"`
	Items       *docSchema
	Required    []string
	Properties  ordered[*docSchema]
	Default     any
	Example     any
	OneOf       []*docSchema `yaml:"oneOf"`
}

// ordered is a mapping in the order of the document.
type ordered[T any] []entry[T]

type entry[T any] struct {
	Key   string
	Value T
}

// UnmarshalYAML reads the keys and the values one after the other.
func (o *ordered[T]) UnmarshalYAML(decode func(any) error) error {
	var keys yaml.MapSlice
	if err := decode(&keys); err != nil {
		return err
	}
	var values map[string]T
	if err := decode(&values); err != nil {
		return err
	}
	for _, item := range keys {
		key := fmt.Sprint(item.Key)
		*o = append(*o, entry[T]{key, values[key]})
	}
	return nil
}

// get returns what a key has, or the zero value.
func (o ordered[T]) get(key string) T {
	for _, e := range o {
		if e.Key == key {
			return e.Value
		}
	}
	var zero T
	return zero
}

// readDocSource reads openapi.yaml.
func readDocSource(text []byte) (*docSource, error) {
	source := &docSource{}
	if err := yaml.UnmarshalWithOptions(text, source, yaml.UseOrderedMap()); err != nil {
		return nil, fmt.Errorf("read openapi.yaml: %w", err)
	}
	return source, nil
}

// refName is the last part of "#/components/schemas/Tenant".
func refName(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

// schema follows a reference. The name is "" for a schema that has none.
func (s *docSource) schema(schema *docSchema) (name string, at *docSchema) {
	if schema == nil || schema.Ref == "" {
		return "", schema
	}
	name = refName(schema.Ref)
	return name, s.Components.Schemas.get(name)
}

func (s *docSource) parameter(p docParameter) docParameter {
	if p.Ref == "" {
		return p
	}
	return s.Components.Parameters.get(refName(p.Ref))
}
