package conformance

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// made is a resource that the run brought into being.
type made struct {
	path   string // below the base URL
	proven bool   // its representation showed the run id
}

// track remembers what a request has made, also where the server should have
// refused it, and forgets what a request has deleted.
func (s *session) track(c call, body string, r reply) {
	path, _, _ := strings.Cut(c.path, "?")
	ok := r.status >= 200 && r.status < 300
	switch {
	case c.method == "DELETE" && (ok || r.status == http.StatusNotFound):
		s.made = slices.DeleteFunc(s.made, func(m made) bool { return m.path == path })
	case !ok || strings.HasSuffix(path, "/.search"):
	case c.method == "POST" && strings.EqualFold(path, "/Bulk"):
		v, _ := decode(r.body) // what cannot be read names nothing that was made
		for _, o := range elements(at(v, "Operations")) {
			location, _ := at(o, "location").(string)
			if method, _ := at(o, "method").(string); strings.EqualFold(method, "POST") {
				s.note(s.below(location), strings.Contains(body, s.id))
			}
		}
	case c.method == "POST":
		v, _ := decode(r.body) // as above; the header may know
		id, _ := at(v, "id").(string)
		if id != "" && (path == s.users.endpoint || path == s.groups.endpoint) {
			s.note(path+"/"+id, strings.Contains(string(r.body), s.id))
			return
		}
		s.note(s.below(r.header.Get("Location")), false)
	case c.method == "PUT":
		s.note(s.below(path), strings.Contains(string(r.body), s.id))
	}
}

// below returns the path of a user or group that a URL names, "" if it is neither.
func (s *session) below(location string) string {
	parts := strings.Split(strings.TrimRight(location, "/"), "/")
	if len(parts) < 2 {
		return ""
	}
	id, endpoint := parts[len(parts)-1], "/"+parts[len(parts)-2]
	for _, known := range []string{s.users.endpoint, s.groups.endpoint} {
		if strings.HasSuffix(known, endpoint) && id != "" && !strings.HasPrefix(id, ".") {
			return known + "/" + id
		}
	}
	return ""
}

func (s *session) note(path string, proven bool) {
	if path == "" || slices.ContainsFunc(s.made, func(m made) bool { return m.path == path }) {
		return
	}
	s.made = append(s.made, made{path, proven})
}

// tidy takes away what the run made, the latest first, so that groups go before
// their members. What later checks need again stays until the end.
func (s *session) tidy(ctx context.Context, all bool) {
	for _, m := range slices.Backward(slices.Clone(s.made)) {
		if s.lost >= mostLost {
			return // nobody answers any more
		}
		if !all && s.shared[m.path] {
			continue
		}
		if m.proven || s.ours(ctx, m.path) {
			// A failure leaves the resource in s.made, which the report shows.
			_, _ = s.send(ctx, call{method: "DELETE", path: m.path})
		}
	}
}

// ours reports whether a resource is there and bears the run id: a server that
// answers with somebody else's id must not make the run delete it.
func (s *session) ours(ctx context.Context, path string) bool {
	r, err := s.send(ctx, call{method: "GET", path: path})
	if err == nil && r.status == http.StatusNotFound {
		s.made = slices.DeleteFunc(s.made, func(m made) bool { return m.path == path })
	}
	return err == nil && r.status == http.StatusOK && strings.Contains(string(r.body), s.id)
}

// sweep looks for resources that the server made without saying where.
func (s *session) sweep(ctx context.Context) {
	if s.offers[Filter] != "" {
		return
	}
	for endpoint, naming := range map[string]string{s.users.endpoint: "userName", s.groups.endpoint: "displayName"} {
		list := s.fetch(ctx, endpoint+"?"+queryString("filter", naming+` sw "`+s.id+`"`))
		for _, r := range elements(at(list, "Resources")) {
			id, _ := at(r, "id").(string)
			given, _ := at(r, naming).(string)
			if id != "" && strings.HasPrefix(strings.ToLower(given), s.id) {
				s.note(endpoint+"/"+id, true)
			}
		}
	}
}

// clean takes everything away, also if the run was interrupted, and returns the
// URLs of what is left.
func (s *session) clean(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupLimit)
	defer cancel()
	s.lost = 0
	s.tidy(ctx, true)
	s.sweep(ctx)
	s.tidy(ctx, true)
	left := make([]string, len(s.made))
	for i, m := range s.made {
		left[i] = s.target.BaseURL + m.path
	}
	return left
}
