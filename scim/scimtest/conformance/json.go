package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// doc is a JSON object.
type doc = map[string]any

// encode turns a body into JSON; a string is a body already.
func encode(body any) (string, error) {
	switch body := body.(type) {
	case nil:
		return "", nil
	case string:
		return body, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return "", fmt.Errorf("encode body: %w", err)
	}
	return strings.TrimSpace(b.String()), nil
}

// decode reads one JSON value; numbers keep their digits.
func decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("the answer is no JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the answer is more than one JSON value")
	}
	return v, nil
}

// show writes a value as JSON, bounded.
func show(v any) string {
	text, err := encode(v)
	if s, ok := v.(string); ok {
		text = strconv.Quote(s)
	}
	switch {
	case err != nil:
		return err.Error()
	case v == nil:
		return "nothing"
	case len(text) > 300:
		return strings.ToValidUTF8(text[:300], "") + "…"
	}
	return text
}

// same compares JSON values by what they are, whatever the Go types.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// at returns the value at a path such as "name/givenName" or "emails/0/value",
// nil if there is none. Attribute names are compared without case (RFC 7643
// section 2.1).
func at(v any, path string) any {
	for part := range strings.SplitSeq(path, "/") {
		switch in := v.(type) {
		case doc:
			v = member(in, part)
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}

func member(object doc, name string) any {
	if v, ok := object[name]; ok {
		return v
	}
	for key, v := range object {
		if strings.EqualFold(key, name) {
			return v
		}
	}
	return nil
}

// unassigned reports whether a value is none (RFC 7643 section 2.5).
func unassigned(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	}
	return false
}

// elements returns the objects of a list, and a single object as a list of one.
func elements(v any) []doc {
	list, ok := v.([]any)
	if one, single := v.(doc); single {
		return []doc{one}
	}
	if !ok {
		return nil
	}
	out := make([]doc, 0, len(list))
	for _, e := range list {
		if object, ok := e.(doc); ok {
			out = append(out, object)
		}
	}
	return out
}

// texts returns the texts of a list, or a sub-attribute's texts in a list of objects.
func texts(v any, sub string) []string {
	list, _ := v.([]any)
	out := make([]string, 0, len(list))
	for _, e := range list {
		if sub != "" {
			e = at(e, sub)
		}
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// containsFold is slices.Contains without case.
func containsFold(all []string, one string) bool {
	return slices.ContainsFunc(all, func(s string) bool { return strings.EqualFold(s, one) })
}

// integer reads a JSON number without a fraction.
func integer(v any) (int, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(n.String())
	return i, err == nil
}
