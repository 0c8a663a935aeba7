package scimhttp

import (
	"net/http"

	"github.com/roster-scim/roster/scim"
)

// searchSuffix ends the path of a query that is in the body (RFC 7644 section 3.4.3).
const searchSuffix = ".search"

// everything serves the base URL itself: a query over all resource types (RFC
// 7644 section 3.4.2.1).
func (h *Handler) everything(w http.ResponseWriter, r *request) (*scim.Response, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return nil, notAllowed(w, "GET")
	}
	search, err := scim.SearchOf(r.query)
	if err != nil {
		return nil, err
	}
	return h.Engine.ListAll(r.Context(), r.caller, search)
}

// search serves POST /.search behind the base URL and the resource types'
// endpoints, where list is what a GET does.
func (h *Handler) search(w http.ResponseWriter, r *request,
	list func(scim.Search) (*scim.Response, error)) (*scim.Response, error) {
	if r.Method != http.MethodPost {
		return nil, notAllowed(w, "POST")
	}
	body, err := h.body(w, r)
	if err != nil {
		return nil, err
	}
	search, err := scim.ParseSearch(body)
	if err != nil {
		return nil, err
	}
	return list(search)
}
