package conformance

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// discover learns what the server is. It fails if there is no point in checking
// anything: nobody answers, or the token is refused.
func (s *session) discover(ctx context.Context) error {
	first, err := s.send(ctx, call{method: "GET", path: "/ServiceProviderConfig"})
	if err != nil {
		return &TargetError{Reason: s.target.BaseURL + " cannot be reached", Cause: err}
	}
	if v, err := decode(first.body); err == nil && first.status == http.StatusOK {
		s.config, _ = v.(doc)
	}
	s.readResourceTypes(ctx)
	s.readSchemas(ctx)
	people, err := s.send(ctx, call{method: "GET", path: s.users.endpoint + "?count=1"})
	if err != nil {
		return &TargetError{Reason: s.target.BaseURL + " cannot be reached", Cause: err}
	}
	if people.status == http.StatusUnauthorized || people.status == http.StatusForbidden {
		return &TargetError{Reason: fmt.Sprintf("the server refuses the token: GET %s answers %d", s.users.endpoint, people.status)}
	}
	if s.config == nil && people.status == http.StatusNotFound && first.status == http.StatusNotFound {
		return &TargetError{Reason: fmt.Sprintf("there is no SCIM server at %s: neither /ServiceProviderConfig nor %s is there",
			s.target.BaseURL, s.users.endpoint)}
	}
	s.offers = s.weigh(ctx)
	return s.mayDelete(ctx)
}

// mayDelete refuses a token that could not clean up after the run: it would leave
// hundreds of users behind.
func (s *session) mayDelete(ctx context.Context) error {
	r, err := s.send(ctx, call{method: "DELETE", path: s.users.endpoint + "/" + s.label("none")})
	if err == nil && r.status == http.StatusForbidden && !s.options.Force {
		return &TargetError{Reason: "the token may not delete users, so that a run could not take away what it makes " +
			"(DELETE answers 403); give one that may do everything"}
	}
	return nil
}

// fetch reads a document, nil if that does not work.
func (s *session) fetch(ctx context.Context, path string) any {
	r, err := s.send(ctx, call{method: "GET", path: path})
	if err != nil || r.status != http.StatusOK {
		return nil
	}
	v, err := decode(r.body)
	if err != nil {
		return nil
	}
	return v
}

// readResourceTypes finds where users and groups are. A server that does not say
// is taken to keep to the usual places.
func (s *session) readResourceTypes(ctx context.Context) {
	list := elements(at(s.fetch(ctx, "/ResourceTypes"), "Resources"))
	if len(list) == 0 {
		s.extensions = []string{enterpriseURN}
		return
	}
	hasGroups := false
	for _, t := range list {
		schema, _ := at(t, "schema").(string)
		found := kind{schema: schema}
		found.name, _ = at(t, "name").(string)
		found.endpoint, _ = at(t, "endpoint").(string)
		if !strings.HasPrefix(found.endpoint, "/") {
			found.endpoint = "/" + found.endpoint
		}
		switch {
		case strings.EqualFold(schema, userURN):
			s.users = found
			s.extensions = texts(at(t, "schemaExtensions"), "schema")
		case strings.EqualFold(schema, groupURN):
			s.groups, hasGroups = found, true
		}
	}
	s.groupless = !hasGroups
}

// weigh decides which features apply.
func (s *session) weigh(ctx context.Context) offers {
	o := offers{}
	if s.options.Force {
		return o
	}
	for _, f := range []Feature{Patch, Bulk, Filter, ChangePassword, Sort, ETag} {
		if at(s.config, string(f)+"/supported") != true {
			o[f] = fmt.Sprintf("ServiceProviderConfig does not announce %s", f)
		}
	}
	if at(s.config, "pagination/cursor") != true {
		o[CursorPaging] = "ServiceProviderConfig does not announce cursor pagination"
	}
	if at(s.config, "pagination/index") == false {
		o[IndexPaging] = "ServiceProviderConfig says that there is no index pagination"
	}
	if s.groupless {
		o[Groups] = "/ResourceTypes lists no groups"
	}
	if !containsFold(s.extensions, enterpriseURN) {
		o[Enterprise] = "/ResourceTypes lists no enterprise extension of users"
	}
	if s.target.Token == "" {
		o[Authentication] = "no token was given"
	}
	o[Search] = s.answers(ctx, call{method: "POST", path: s.users.endpoint + "/.search",
		body: doc{"schemas": []any{searchURN}, "count": 1}}, "POST "+s.users.endpoint+"/.search")
	o[BaseQuery] = s.answers(ctx, call{method: "GET", path: "/?" + queryString("filter", `id eq "`+s.id+`"`)}, "a query at the base URL")
	return o
}

// answers reports why a feature that is announced nowhere is not offered, "" if
// it is.
func (s *session) answers(ctx context.Context, c call, what string) string {
	r, err := s.send(ctx, c)
	if err == nil && !slices.Contains([]int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented}, r.status) {
		return ""
	}
	if err != nil {
		return what + " is not answered"
	}
	return fmt.Sprintf("%s is not offered (status %d)", what, r.status)
}
