package scimhttp

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// request is an admitted request with its path and query taken apart.
type request struct {
	*http.Request
	connection string // as the URL names it
	caller     *scim.Caller
	path       []string // below the connection's base URL, each part unescaped
	query      url.Values
	exchange   *Exchange // nil: nobody keeps what happened
}

// pathParts has room for the parts of every path that there is.
type pathParts [8]string

// split takes the connection id and the path below it out of a URL. Parts are
// cut before they are unescaped, so that an escaped slash stays within an id.
// They are put into parts.
func split(u *url.URL, parts *pathParts) (connection string, path []string, err error) {
	rest := strings.TrimPrefix(u.EscapedPath(), Prefix)
	path = parts[:0]
	for part := range strings.SplitSeq(strings.TrimSuffix(rest, "/"), "/") {
		text, err := url.PathUnescape(part)
		if err != nil {
			return "", nil, &scim.Error{Status: http.StatusBadRequest, Type: schema.InvalidSyntax,
				Detail: "The path of the URL is not encoded properly.", Cause: err}
		}
		if len(path) == len(parts) {
			return "", nil, errNoEndpoint
		}
		path = append(path, text)
	}
	return path[0], path[1:], nil
}

func badQuery(err error) error {
	return &scim.Error{Status: http.StatusBadRequest, Type: schema.InvalidSyntax, Cause: err,
		Detail: "The query of the URL is not encoded properly: encode every parameter's value, a semicolon as %3B, a percent sign as %25."}
}

// body reads the request body within the limit and checks its media type.
func (h *Handler) body(w http.ResponseWriter, r *request) ([]byte, error) {
	if err := checkMediaType(r.Header.Get("Content-Type")); err != nil {
		return nil, err
	}
	if r.ContentLength > h.MaxBody {
		return nil, h.tooLarge()
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.MaxBody))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, h.tooLarge()
		}
		return nil, &scim.Error{Status: http.StatusBadRequest, Type: schema.InvalidSyntax,
			Detail: "The request's body ended before it was complete. Send it again.", Cause: err}
	}
	r.exchange.read(body)
	// A body may take a minute to arrive; a token that was revoked meanwhile
	// must not write any more.
	if _, err := h.Gate.Admit(r.Context(), r.connection, credential(r.Request)); err != nil {
		return nil, err
	}
	return body, nil
}

func (h *Handler) tooLarge() error {
	return &scim.Error{Status: http.StatusRequestEntityTooLarge,
		Detail: fmt.Sprintf("The request's body is larger than %d bytes. Send less at once, a large group's members in several PATCH requests.", h.MaxBody)}
}

// checkMediaType accepts SCIM's own type and plain JSON (RFC 7644 section 3.1),
// and a request that does not say.
func checkMediaType(header string) error {
	if strings.TrimSpace(header) == "" {
		return nil
	}
	kind, parameters, err := mime.ParseMediaType(header)
	if err == nil && (kind == MediaType || kind == "application/json") {
		charset := parameters["charset"]
		if charset == "" || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8") {
			return nil
		}
	}
	return &scim.Error{Status: http.StatusUnsupportedMediaType,
		Detail: "The Content-Type must be application/scim+json or application/json, in UTF-8."}
}

func preconditions(r *request) scim.Preconditions {
	return scim.Preconditions{
		IfMatch:     strings.Join(r.Header.Values("If-Match"), ","),
		IfNoneMatch: strings.Join(r.Header.Values("If-None-Match"), ","),
	}
}

func host(address string) string {
	if h, _, err := net.SplitHostPort(address); err == nil {
		return h
	}
	return address
}

// bounded cuts a header to at most n bytes of valid UTF-8.
func bounded(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}
