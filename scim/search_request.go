package scim

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

// SearchRequestURN is the schema of a query in a POST body (RFC 7644 section 3.4.3).
const SearchRequestURN = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

// ParseSearch reads the body of a POST to /.search: the parameters of a list
// request as JSON, their names in any case. What it does not know it ignores, as
// a URL's parameters are.
func ParseSearch(body []byte) (Search, error) {
	in, err := schema.DecodeObject(body)
	if err != nil {
		return Search{}, err
	}
	var p parameters
	seen := make(map[string]bool, len(in))
	for _, key := range slices.Sorted(maps.Keys(in)) {
		name, value := strings.ToLower(key), in[key]
		if seen[name] {
			return Search{}, schema.Errorf(schema.InvalidSyntax, "%s is there twice, in different spellings.", clip(key))
		}
		seen[name] = true
		if value == nil {
			continue
		}
		if err := p.set(name, value); err != nil {
			return Search{}, err
		}
	}
	return p.search()
}

// set takes one member of a SearchRequest, its name in lower case.
func (p *parameters) set(name string, value any) (err error) {
	switch name {
	case "schemas":
		return checkMessage(value, SearchRequestURN)
	case "attributes":
		p.attributes, err = stringsOf(name, value)
	case "excludedattributes":
		p.excluded, err = stringsOf("excludedAttributes", value)
	case "filter":
		p.filter, err = stringOf(name, value)
	case "sortby":
		p.sortBy, err = stringOf("sortBy", value)
	case "sortorder":
		p.sortOrder, err = stringOf("sortOrder", value)
	case "startindex":
		p.startIndex, err = numberOf("startIndex", value)
	case "count":
		p.count, err = numberOf(name, value)
	case "cursor":
		p.cursor = new(string)
		*p.cursor, err = stringOf(name, value)
	}
	return err
}

// checkMessage checks the schemas of a protocol message. Clients that leave them
// out mean well; what names another message does not.
func checkMessage(value any, urn string) error {
	list, err := stringsOf("schemas", value)
	if err != nil || len(list) == 0 {
		return err
	}
	for _, s := range list {
		if strings.EqualFold(s, urn) {
			return nil
		}
	}
	return schema.Errorf(schema.InvalidValue, "schemas does not name %s.", urn)
}

func stringOf(name string, value any) (string, error) {
	s, ok := value.(string)
	if !ok {
		return "", schema.Errorf(schema.InvalidValue, "%s must be a string.", name)
	}
	return s, nil
}

func stringsOf(name string, value any) ([]string, error) {
	list, ok := value.([]any)
	out := make([]string, 0, len(list))
	for _, element := range list {
		var s string
		if s, ok = element.(string); !ok {
			break
		}
		out = append(out, s)
	}
	if !ok {
		return nil, schema.Errorf(schema.InvalidValue, "%s must be an array of strings.", name)
	}
	return out, nil
}

func numberOf(name string, value any) (string, error) {
	n, ok := value.(json.Number)
	if !ok {
		return "", schema.Errorf(schema.InvalidValue, "%s must be a number.", name)
	}
	return n.String(), nil
}
