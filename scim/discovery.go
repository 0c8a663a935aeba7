package scim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/roster-scim/roster/scim/schema"
)

type supported struct {
	Supported bool `json:"supported"`
}

type bulkSupport struct {
	Supported      bool  `json:"supported"`
	MaxOperations  int   `json:"maxOperations"`
	MaxPayloadSize int64 `json:"maxPayloadSize"`
}

type filterSupport struct {
	Supported  bool `json:"supported"`
	MaxResults int  `json:"maxResults"`
}

// pagination is RFC 9865 section 4.
type pagination struct {
	Cursor                  bool   `json:"cursor"`
	Index                   bool   `json:"index"`
	DefaultPaginationMethod string `json:"defaultPaginationMethod"`
	DefaultPageSize         int    `json:"defaultPageSize"`
	MaxPageSize             int    `json:"maxPageSize"`
	CursorTimeout           int    `json:"cursorTimeout"` // seconds
}

type authenticationScheme struct {
	Type        string `json:"type"`
	Name        string `json:"name"`
	Description string `json:"description"`
	SpecURI     string `json:"specUri,omitempty"`
	Primary     bool   `json:"primary"`
}

type meta struct {
	ResourceType string `json:"resourceType"`
	Location     string `json:"location"`
}

// serviceProviderConfig is RFC 7643 section 5.
type serviceProviderConfig struct {
	Schemas               []string               `json:"schemas"`
	Patch                 supported              `json:"patch"`
	Bulk                  bulkSupport            `json:"bulk"`
	Filter                filterSupport          `json:"filter"`
	ChangePassword        supported              `json:"changePassword"`
	Sort                  supported              `json:"sort"`
	ETag                  supported              `json:"etag"`
	Pagination            pagination             `json:"pagination"`
	AuthenticationSchemes []authenticationScheme `json:"authenticationSchemes"`
	Meta                  meta                   `json:"meta"`
}

// ServiceProviderConfig answers what this server can do (RFC 7644 section 4).
// It is the same for everybody and may be read without credentials. maxBody is
// the largest request in bytes.
func ServiceProviderConfig(baseURL string, maxBody int64) (*Response, error) {
	location := baseURL + "/ServiceProviderConfig"
	return discovered(location, serviceProviderConfig{
		Schemas: []string{schema.ServiceProviderConfigURN},
		Patch:   supported{true},
		Bulk:    bulkSupport{Supported: true, MaxOperations: MaxBulkOperations, MaxPayloadSize: maxBody},
		Filter:  filterSupport{Supported: true, MaxResults: MaxCount},
		Sort:    supported{true},
		ETag:    supported{true},
		Pagination: pagination{
			Cursor: true, Index: true, DefaultPaginationMethod: "index",
			DefaultPageSize: DefaultCount, MaxPageSize: MaxCount, CursorTimeout: int(CursorTimeout.Seconds()),
		},
		AuthenticationSchemes: []authenticationScheme{{
			Type: "oauthbearertoken", Name: "Bearer token", Primary: true,
			Description: "The connection's token in the Authorization header, with or without the word Bearer.",
			SpecURI:     "https://www.rfc-editor.org/info/rfc6750",
		}, {
			Type: "httpbasic", Name: "HTTP Basic",
			Description: "The connection's token as the password; the user name is ignored.",
			SpecURI:     "https://www.rfc-editor.org/info/rfc7617",
		}},
		Meta: meta{ResourceType: "ServiceProviderConfig", Location: location},
	})
}

type resourceTypeBody struct {
	Schemas []string `json:"schemas"`
	*schema.ResourceType
	Meta meta `json:"meta"`
}

func resourceTypeOf(c *Caller, t *schema.ResourceType) resourceTypeBody {
	return resourceTypeBody{Schemas: []string{schema.ResourceTypeURN}, ResourceType: t,
		Meta: meta{ResourceType: "ResourceType", Location: c.BaseURL + "/ResourceTypes/" + t.Name}}
}

// ResourceTypes lists the directory's resource types; paging does not apply
// (RFC 7644 section 4).
func ResourceTypes(c *Caller) (*Response, error) {
	types := c.Types.Types()
	bodies := make([]any, len(types))
	for i, t := range types {
		bodies[i] = resourceTypeOf(c, t)
	}
	return discoveredList(bodies)
}

// ResourceTypeByName answers one resource type.
func ResourceTypeByName(c *Caller, name string) (*Response, error) {
	t := c.Types.ByName(name)
	if t == nil {
		return nil, refuse(http.StatusNotFound, "There is no resource type %q.", clip(name))
	}
	body := resourceTypeOf(c, t)
	return discovered(body.Meta.Location, body)
}

type schemaBody struct {
	Schemas []string `json:"schemas"`
	*schema.Schema
	Meta meta `json:"meta"`
}

func schemaOf(c *Caller, s *schema.Schema) schemaBody {
	return schemaBody{Schemas: []string{schema.SchemaURN}, Schema: s,
		Meta: meta{ResourceType: "Schema", Location: c.BaseURL + "/Schemas/" + s.ID}}
}

// Schemas lists every schema; paging does not apply (RFC 7644 section 4).
func Schemas(c *Caller) (*Response, error) {
	schemas := c.Types.Schemas()
	bodies := make([]any, len(schemas))
	for i, s := range schemas {
		bodies[i] = schemaOf(c, s)
	}
	return discoveredList(bodies)
}

// SchemaByURN answers one schema.
func SchemaByURN(c *Caller, urn string) (*Response, error) {
	s := c.Types.Schema(urn)
	if s == nil {
		return nil, refuse(http.StatusNotFound, "There is no schema %q.", clip(urn))
	}
	body := schemaOf(c, s)
	return discovered(body.Meta.Location, body)
}

func discovered(location string, v any) (*Response, error) {
	body, err := encode(v)
	if err != nil {
		return nil, err
	}
	return &Response{Status: http.StatusOK, Location: location, Body: body}, nil
}

func discoveredList(bodies []any) (*Response, error) {
	encoded, size := make([][]byte, len(bodies)), listFrame
	for i, body := range bodies {
		var err error
		if encoded[i], err = encode(body); err != nil {
			return nil, err
		}
		size += len(encoded[i]) + 1
	}
	return (&Response{Status: http.StatusOK}).fill(size, func(o *output) {
		listHead{total: len(bodies), start: 1}.write(o, len(bodies), func(i int) { o.buf = append(o.buf, encoded[i]...) })
	}), nil
}

func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode discovery document: %w", err)
	}
	return bytes.TrimSpace(buf.Bytes()), nil
}
