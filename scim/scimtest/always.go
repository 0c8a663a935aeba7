package scimtest

import (
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	errorURN = "urn:ietf:params:scim:api:messages:2.0:Error"
	listURN  = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
)

// scimTypes are the keywords of RFC 7644 table 9 and RFC 9865 section 4.
var scimTypes = []any{
	"invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax", "invalidPath",
	"noTarget", "invalidValue", "invalidVers", "sensitive", "invalidCursor", "expiredCursor", "invalidCount",
}

var weakTag = regexp.MustCompile(`^W/"[^"]+"$`)

// checkAlways checks what must hold for every answer, whatever a step expects.
func checkAlways(x *exchange, base string) []string {
	problems := checkTransport(x)
	if len(x.answer) == 0 || x.invalid != nil {
		return problems
	}
	problems = append(problems, checkValue(x.value, "")...)
	object, ok := x.value.(map[string]any)
	switch {
	case !ok:
		return append(problems, "the answer is not a JSON object")
	case x.status >= 400:
		return append(problems, checkError(object, x.status)...)
	case hasSchema(object, listURN):
		return append(problems, newResourceCheck(x, base).list(object)...)
	case hasSchema(object, bulkURN):
		return append(problems, checkBulk(object)...)
	}
	problems = append(problems, newResourceCheck(x, base).resource(object, "")...)
	return append(problems, checkTag(x, object)...)
}

// checkTransport checks status, headers and that the body is there and JSON
// exactly where it should.
func checkTransport(x *exchange) []string {
	var problems []string
	switch x.status {
	case http.StatusNoContent, http.StatusNotModified:
		if len(x.answer) > 0 {
			problems = append(problems, fmt.Sprintf("a %d answer has a body", x.status))
		}
	default:
		if len(x.answer) == 0 && x.method != http.MethodHead {
			problems = append(problems, fmt.Sprintf("a %d answer has no body", x.status))
		}
	}
	if x.invalid != nil {
		problems = append(problems, "the answer is not valid JSON: "+x.invalid.Error())
	}
	if len(x.answer) > 0 {
		problems = append(problems, checkContentType(x.header.Get("Content-Type"))...)
	}
	return append(problems, checkStatusHeaders(x)...)
}

func checkContentType(value string) []string {
	kind, parameters, err := mime.ParseMediaType(value)
	charset := parameters["charset"]
	if err != nil || kind != mediaType || (charset != "" && !strings.EqualFold(charset, "utf-8")) {
		return []string{fmt.Sprintf("Content-Type: expected %s, got %q", mediaType, value)}
	}
	return nil
}

func checkStatusHeaders(x *exchange) []string {
	required := map[int]string{
		http.StatusCreated:          "Location",
		http.StatusUnauthorized:     "WWW-Authenticate",
		http.StatusMethodNotAllowed: "Allow",
		http.StatusTooManyRequests:  "Retry-After",
		http.StatusNotModified:      "ETag",
	}[x.status]
	if required != "" && x.header.Get(required) == "" {
		return []string{fmt.Sprintf("a %d answer has no %s header", x.status, required)}
	}
	return nil
}

// checkValue finds what no answer may hold at any depth: nulls and passwords.
func checkValue(value any, at string) []string {
	switch v := value.(type) {
	case nil:
		return []string{pointer(at) + ": null"}
	case []any:
		var problems []string
		for i, element := range v {
			problems = append(problems, checkValue(element, at+"/"+strconv.Itoa(i))...)
		}
		return problems
	case map[string]any:
		var problems []string
		for _, key := range sortedKeys(v) {
			inner := at + "/" + escapePointer(key)
			if strings.EqualFold(key, "password") {
				problems = append(problems, inner+": a password is returned")
			}
			problems = append(problems, checkValue(v[key], inner)...)
		}
		return problems
	}
	return nil
}

// checkError checks an error body (RFC 7644 section 3.12).
func checkError(object map[string]any, status int) []string {
	problems := match(map[string]any{
		"schemas": map[string]any{markExact: []any{errorURN}},
		"status":  strconv.Itoa(status),
		"detail":  markNonEmpty,
	}, object, "")
	if kind, there := object["scimType"]; there && !slices.Contains(scimTypes, kind) {
		problems = append(problems, "/scimType: unknown keyword "+show(kind))
	}
	return problems
}

// list checks a list answer (RFC 7644 section 3.4.2, RFC 9865 section 2) and its
// resources.
func (c resourceCheck) list(object map[string]any) []string {
	expected := map[string]any{
		"schemas":      map[string]any{markExact: []any{listURN}},
		"totalResults": markInteger, "startIndex": markInteger, "itemsPerPage": markInteger,
	}
	if c.byCursor {
		delete(expected, "startIndex")
	}
	problems := match(expected, object, "")
	resources, _ := object["Resources"].([]any)
	if show(object["itemsPerPage"]) != strconv.Itoa(len(resources)) {
		problems = append(problems, fmt.Sprintf("/itemsPerPage: expected %d, the number of Resources, got %s",
			len(resources), show(object["itemsPerPage"])))
	}
	for i, resource := range resources {
		at := "/Resources/" + strconv.Itoa(i)
		inner, ok := resource.(map[string]any)
		if !ok {
			problems = append(problems, at+": not an object")
			continue
		}
		problems = append(problems, c.resource(inner, at)...)
	}
	return problems
}

func hasSchema(object map[string]any, urn string) bool {
	schemas, _ := object["schemas"].([]any)
	return slices.Contains(schemas, any(urn))
}
