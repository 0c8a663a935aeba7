package scimtest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// variables are the values that ${name} stands for.
type variables map[string]string

var (
	reference = regexp.MustCompile(`\$\{([A-Za-z][A-Za-z0-9_]*)\}`)
	varName   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
)

// maxNesting bounds how deep references may nest: ${user${i}} is two levels.
const maxNesting = 3

// expand replaces the references in text, inner ones first, and passes each
// value through escape, which makes it fit where it goes.
func (v variables) expand(text string, escape func(string) string) (string, error) {
	for range maxNesting {
		var missing string
		text = reference.ReplaceAllStringFunc(text, func(ref string) string {
			name := ref[2 : len(ref)-1]
			value, ok := v[name]
			if !ok {
				missing = name
				return ref
			}
			return escape(value)
		})
		if missing != "" {
			return "", fmt.Errorf("variable %q is not set", missing)
		}
		if !strings.Contains(text, "${") {
			return text, nil
		}
	}
	return "", fmt.Errorf("%q holds a reference that is not ${name}", text)
}

// expandPattern returns pattern with the references in its strings and keys
// replaced.
func (v variables) expandPattern(pattern any, escape func(string) string) (any, error) {
	switch p := pattern.(type) {
	case string:
		return v.expand(p, escape)
	case []any:
		return v.expandList(p, escape)
	case map[string]any:
		return v.expandObject(p, escape)
	}
	return pattern, nil
}

func (v variables) expandList(list []any, escape func(string) string) (any, error) {
	out := make([]any, len(list))
	for i, element := range list {
		expanded, err := v.expandPattern(element, escape)
		if err != nil {
			return nil, err
		}
		out[i] = expanded
	}
	return out, nil
}

func (v variables) expandObject(object map[string]any, escape func(string) string) (any, error) {
	out := make(map[string]any, len(object))
	for key, value := range object {
		name, err := v.expand(key, plain)
		if err != nil {
			return nil, err
		}
		inner := escape
		if key == markRegex {
			inner = regexp.QuoteMeta
		}
		if out[name], err = v.expandPattern(value, inner); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func plain(s string) string { return s }

// inJSON escapes a value for the inside of a JSON string.
func inJSON(s string) string {
	quoted, err := json.Marshal(s)
	if err != nil {
		return s
	}
	return string(quoted[1 : len(quoted)-1])
}

// inURL escapes a value for a path segment or a query value.
func inURL(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}
