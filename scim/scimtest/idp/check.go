package idp

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// checkResource checks what every resource must have (RFC 7643 section 3), and
// that nothing is shown which must not be.
func checkResource(k kind, r document) error {
	id := text(r["id"])
	meta, _ := r["meta"].(document)
	switch {
	case id == "":
		return errors.New("the resource has no id")
	case !hasSchema(r, k.schema):
		return fmt.Errorf("schemas lacks %s", k.schema)
	case text(meta["resourceType"]) != k.name:
		return fmt.Errorf("meta.resourceType is %s, not %q", show(meta["resourceType"]), k.name)
	case !locates(text(meta["location"]), k, id):
		return fmt.Errorf("meta.location %s is not the absolute URL of %s/%s", show(meta["location"]), k.endpoint, id)
	}
	for _, name := range []string{"created", "lastModified"} {
		if _, err := time.Parse(time.RFC3339, text(meta[name])); err != nil {
			return fmt.Errorf("meta.%s is %s, not a dateTime", name, show(meta[name]))
		}
	}
	for name := range r {
		if strings.EqualFold(name, "password") {
			return errors.New("the password is returned")
		}
	}
	return nil
}

// locates reports whether a URL is the absolute address of a resource.
func locates(location string, k kind, id string) bool {
	u, err := url.Parse(location)
	return err == nil && u.IsAbs() && strings.HasSuffix(u.EscapedPath(), k.endpoint+"/"+url.PathEscape(id))
}

// checkHeaders checks that the headers of an answer say what its resource says.
func checkHeaders(a *answer) error {
	meta, _ := a.body["meta"].(document)
	version, tag := text(meta["version"]), a.header.Get("ETag")
	if version != tag && a.header.Get("Content-Encoding") == "" {
		return fmt.Errorf("ETag is %q but meta.version is %q", tag, version)
	}
	location := a.header.Get("Location")
	if a.status == 201 && location != text(meta["location"]) {
		return fmt.Errorf("the Location header is %q but meta.location is %q", location, text(meta["location"]))
	}
	return nil
}

// isResource checks an answer that is one resource; id "" means any.
func isResource(k kind, id string) func(*answer) error {
	return func(a *answer) error {
		if a.status == 204 {
			return nil
		}
		if a.body == nil {
			return fmt.Errorf("%d without a body", a.status)
		}
		if err := errors.Join(checkResource(k, a.body), checkHeaders(a)); err != nil {
			return err
		}
		if got := text(a.body["id"]); id != "" && got != id {
			return fmt.Errorf("id is %q, not %q", got, id)
		}
		return nil
	}
}

// holds also checks that the resource holds exactly what was sent.
func holds(k kind, id string, want document) func(*answer) error {
	shape := isResource(k, id)
	return func(a *answer) error {
		if err := shape(a); err != nil || a.status == 204 {
			return err
		}
		if d := compare(want, a.body); len(d) > 0 {
			return fmt.Errorf("%s: sent %s, the answer has %s (%d attributes differ)", d[0].Attribute, d[0].Sent, d[0].Found, len(d))
		}
		return nil
	}
}

// page is a decoded ListResponse.
type page struct {
	total     int
	resources []document
}

// readPage checks and reads a ListResponse (RFC 7644 section 3.4.2).
func readPage(a *answer, start, count int) (page, error) {
	var p page
	if a.body == nil {
		return p, errors.New("a list without a body")
	}
	if !hasSchema(a.body, listSchema) {
		return p, fmt.Errorf("schemas lacks %s", listSchema)
	}
	total, err := integer(a.body, "totalResults")
	if err != nil {
		return p, err
	}
	list, _ := a.body["Resources"].([]any)
	for _, each := range list {
		r, ok := each.(document)
		if !ok {
			return p, errors.New("the list holds something that is no object")
		}
		p.resources = append(p.resources, r)
	}
	p.total = total
	return p, checkPage(a.body, p, start, count)
}

func checkPage(body document, p page, start, count int) error {
	if count >= 0 && len(p.resources) > count {
		return fmt.Errorf("count=%d answered by %d resources", count, len(p.resources))
	}
	if p.total < len(p.resources) {
		return fmt.Errorf("totalResults is %d with %d resources", p.total, len(p.resources))
	}
	first, err := integer(body, "startIndex")
	if err != nil {
		return err
	}
	if first != start {
		return fmt.Errorf("startIndex is %d, asked for %d", first, start)
	}
	items, err := integer(body, "itemsPerPage")
	if err != nil {
		return err
	}
	if items != len(p.resources) {
		return fmt.Errorf("itemsPerPage is %d with %d resources", items, len(p.resources))
	}
	return nil
}

// integer reads a JSON number that Okta insists on being one.
func integer(body document, name string) (int, error) {
	number, ok := body[name].(json.Number)
	if !ok {
		return 0, fmt.Errorf("%s is %s, not an integer", name, show(body[name]))
	}
	n, err := number.Int64()
	if err != nil || n < 0 || n > 1<<40 {
		return 0, fmt.Errorf("%s is %s, not an integer", name, number)
	}
	return int(n), nil
}

func hasSchema(body document, urn string) bool {
	list, _ := body["schemas"].([]any)
	for _, each := range list {
		if strings.EqualFold(text(each), urn) {
			return true
		}
	}
	return false
}

func text(value any) string {
	s, _ := value.(string)
	return s
}
