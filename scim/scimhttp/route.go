package scimhttp

import (
	"net/http"
	"strings"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

var errNoEndpoint = &scim.Error{Status: http.StatusNotFound,
	Detail: "There is no such endpoint. A connection's base URL is followed by /Users, /Groups, /ServiceProviderConfig, /ResourceTypes or /Schemas."}

// errNoMe is the answer of a server without /Me (RFC 7644 section 3.11).
var errNoMe = &scim.Error{Status: http.StatusNotImplemented,
	Detail: "/Me stands for the user who sends the request, but a connection's token belongs to an identity provider and to no user. " +
		"Ask for a user by id, /Users/{id}, or by name, /Users?filter=userName eq \"…\"."}

// route finds the operation that a path and method name (RFC 7644 section 3.2).
// Resource types are data, so their endpoints are looked up, not registered.
func (h *Handler) route(w http.ResponseWriter, r *request) (*scim.Response, error) {
	if len(r.path) == 0 {
		return h.everything(w, r)
	}
	switch name := r.path[0]; {
	case strings.EqualFold(name, "ServiceProviderConfig"),
		strings.EqualFold(name, "ResourceTypes"),
		strings.EqualFold(name, "Schemas"):
		return h.discover(w, r)
	case strings.EqualFold(name, "Bulk") && len(r.path) == 1:
		return h.bulk(w, r)
	case strings.EqualFold(name, searchSuffix) && len(r.path) == 1:
		return h.search(w, r, func(s scim.Search) (*scim.Response, error) {
			return h.Engine.ListAll(r.Context(), r.caller, s)
		})
	case strings.EqualFold(name, "Me"):
		return nil, errNoMe
	}
	t := r.caller.Types.ByEndpoint("/" + r.path[0])
	switch {
	case t == nil:
		return nil, errNoEndpoint
	case len(r.path) == 1:
		return h.collection(w, r, t)
	case len(r.path) == 2 && strings.EqualFold(r.path[1], searchSuffix):
		return h.search(w, r, func(s scim.Search) (*scim.Response, error) {
			return h.Engine.List(r.Context(), r.caller, t, s)
		})
	case len(r.path) == 2:
		return h.resource(w, r, t, r.path[1])
	}
	return nil, errNoEndpoint
}

// collection serves /Users and its like.
func (h *Handler) collection(w http.ResponseWriter, r *request, t *schema.ResourceType) (*scim.Response, error) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		search, err := scim.SearchOf(r.query)
		if err != nil {
			return nil, err
		}
		return h.Engine.List(r.Context(), r.caller, t, search)
	case http.MethodPost:
		body, projection, err := h.write(w, r)
		if err != nil {
			return nil, err
		}
		return h.Engine.Create(r.Context(), r.caller, t, body, projection)
	}
	return nil, notAllowed(w, "GET, POST")
}

// resource serves /Users/{id} and its like.
func (h *Handler) resource(w http.ResponseWriter, r *request, t *schema.ResourceType, id string) (*scim.Response, error) {
	ctx, pre := r.Context(), preconditions(r)
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		projection, err := scim.ProjectionOf(r.query)
		if err != nil {
			return nil, err
		}
		return h.Engine.Get(ctx, r.caller, t, id, projection, pre)
	case http.MethodPut, http.MethodPatch:
		body, projection, err := h.write(w, r)
		if err != nil {
			return nil, err
		}
		if r.Method == http.MethodPut {
			return h.Engine.Replace(ctx, r.caller, t, id, body, projection, pre)
		}
		return h.Engine.Patch(ctx, r.caller, t, id, body, projection, pre)
	case http.MethodDelete:
		return h.Engine.Delete(ctx, r.caller, t, id, pre)
	}
	return nil, notAllowed(w, "GET, PUT, PATCH, DELETE")
}

// write reads what every request with a body has.
func (h *Handler) write(w http.ResponseWriter, r *request) ([]byte, scim.Projection, error) {
	projection, err := scim.ProjectionOf(r.query)
	if err != nil {
		return nil, projection, err
	}
	body, err := h.body(w, r)
	return body, projection, err
}

// discover serves the read-only endpoints of RFC 7644 section 4.
func (h *Handler) discover(w http.ResponseWriter, r *request) (*scim.Response, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return nil, notAllowed(w, "GET")
	}
	if r.query.Has("filter") {
		return nil, scim.Forbidden("Discovery endpoints cannot be filtered (RFC 7644 section 4). Leave the filter out.")
	}
	list := len(r.path) == 1
	switch name := strings.ToLower(r.path[0]); {
	case name == "serviceproviderconfig" && list:
		return scim.ServiceProviderConfig(r.caller.BaseURL, h.MaxBody)
	case name == "resourcetypes" && list:
		return scim.ResourceTypes(r.caller)
	case name == "resourcetypes" && len(r.path) == 2:
		return scim.ResourceTypeByName(r.caller, r.path[1])
	case name == "schemas" && list:
		return scim.Schemas(r.caller)
	case name == "schemas" && len(r.path) == 2:
		return scim.SchemaByURN(r.caller, r.path[1])
	}
	return nil, errNoEndpoint
}

func notAllowed(w http.ResponseWriter, methods string) error {
	w.Header().Set("Allow", methods)
	return &scim.Error{Status: http.StatusMethodNotAllowed, Detail: "This endpoint answers " + methods + " alone."}
}
