package scimtest

import (
	"fmt"
	"slices"
	"strings"
)

const (
	coreURNs   = "urn:ietf:params:scim:schemas:core:2.0:"
	userURN    = coreURNs + "User"
	groupURN   = coreURNs + "Group"
	metaKey    = "meta"
	schemasKey = "schemas"
)

// resourceCheck says what a resource is checked against.
type resourceCheck struct {
	base     string // of the server, without a trailing slash
	whole    bool   // the client did not ask for a part of the resource
	byCursor bool   // the client pages by cursor, so that a page has no number
}

// newResourceCheck looks at the request: with attributes or excludedAttributes
// common attributes other than id and schemas may be missing.
func newResourceCheck(x *exchange, base string) resourceCheck {
	asked := parameters(x)
	return resourceCheck{
		base:  base,
		whole: !asked["attributes"] && !asked["excludedattributes"], byCursor: asked["cursor"],
	}
}

// parameters are the names of a request's parameters in lower case: those of the
// URL, or of the body if it holds a search (RFC 7644 section 3.4.3).
func parameters(x *exchange) map[string]bool {
	names := map[string]bool{}
	path, query, _ := strings.Cut(strings.ToLower(x.url), "?")
	if strings.HasSuffix(path, "/.search") {
		value, _ := decode([]byte(x.body)) // what is no JSON asks for nothing
		search, _ := value.(map[string]any)
		for name := range search {
			names[strings.ToLower(name)] = true
		}
		return names
	}
	for parameter := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(parameter, "=")
		names[name] = true
	}
	return names
}

// resource checks the common attributes of a resource (RFC 7643 section 3.1).
func (c resourceCheck) resource(object map[string]any, at string) []string {
	problems := checkSchemas(object[schemasKey], at)
	endpoint := endpointOf(object)
	if endpoint == "" {
		return append(problems, c.discovery(object, at)...)
	}
	problems = append(problems, match(map[string]any{"id": markNonEmpty}, object, at)...)
	return append(problems, c.meta(object, at, endpoint)...)
}

// discovery checks a resource that describes the server.
func (c resourceCheck) discovery(object map[string]any, at string) []string {
	meta, _ := object[metaKey].(map[string]any)
	location, stated := meta["location"]
	if text, _ := location.(string); stated && !strings.HasPrefix(text, c.base+"/") {
		return []string{fmt.Sprintf("%s/meta/location: %s is not below %s", at, show(location), c.base)}
	}
	return nil
}

// endpointOf returns where a user or group lives and "" for anything else.
func endpointOf(object map[string]any) string {
	switch {
	case hasSchema(object, userURN):
		return "/Users"
	case hasSchema(object, groupURN):
		return "/Groups"
	}
	return ""
}

func checkSchemas(value any, at string) []string {
	schemas, _ := value.([]any)
	if len(schemas) == 0 {
		return []string{at + "/schemas: missing"}
	}
	for i, schema := range schemas {
		urn, ok := schema.(string)
		if !ok || !strings.HasPrefix(urn, "urn:") {
			return []string{fmt.Sprintf("%s/schemas/%d: %s is no URN", at, i, show(schema))}
		}
		if slices.Contains(schemas[:i], schema) {
			return []string{fmt.Sprintf("%s/schemas/%d: %s is there twice", at, i, urn)}
		}
	}
	return nil
}

// meta checks the meta attribute of a user or group: all of it in a whole
// resource, otherwise what is there.
func (c resourceCheck) meta(object map[string]any, at, endpoint string) []string {
	id, _ := object["id"].(string)
	expected := map[string]any{
		"resourceType": endpoint[1 : len(endpoint)-1],
		"location":     c.base + endpoint + "/" + id,
		"created":      markTime,
		"lastModified": markTime,
		"version":      map[string]any{markRegex: weakTag.String()},
	}
	meta, _ := object[metaKey].(map[string]any)
	if !c.whole {
		for key := range expected {
			if _, there := meta[key]; !there {
				delete(expected, key)
			}
		}
	}
	return match(expected, meta, at+"/meta")
}

// checkTag checks that the ETag and Location headers say the same as meta.
func checkTag(x *exchange, object map[string]any) []string {
	if endpointOf(object) == "" {
		return nil
	}
	tag := x.header.Get("ETag")
	if !weakTag.MatchString(tag) {
		return []string{fmt.Sprintf("ETag: expected a weak entity tag, got %q", tag)}
	}
	meta, there := object[metaKey].(map[string]any)
	if !there {
		return nil
	}
	var problems []string
	if version, stated := meta["version"]; stated && version != any(tag) {
		problems = append(problems, fmt.Sprintf("ETag: %s differs from meta.version %s", tag, show(version)))
	}
	location := x.header.Get("Location")
	if stated, ok := meta["location"]; ok && location != "" && stated != any(location) {
		problems = append(problems, fmt.Sprintf("Location: %s differs from meta.location %s", location, show(stated)))
	}
	return problems
}
