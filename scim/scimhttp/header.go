package scimhttp

import "net/http"

// Values that every answer with a body has. Nobody writes into them.
var (
	contentType  = []string{MediaType}
	cacheControl = []string{"private, no-cache"}
)

// header is the header of an answer, whose values share one allocation.
type header struct {
	all    http.Header
	values []string
}

// newHeader has room for the values that an answer about one resource has.
func newHeader(w http.ResponseWriter) *header {
	return &header{all: w.Header(), values: make([]string, 0, 4)}
}

// set is http.Header's Set for a name in canonical form.
func (h *header) set(name, value string) {
	h.values = append(h.values, value)
	n := len(h.values)
	h.all[name] = h.values[n-1 : n : n]
}
