package scim

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// bulkPrefix begins a reference to what a POST operation of the same request
// creates (RFC 7644 section 3.7.2).
const bulkPrefix = "bulkId:"

// resolver returns the id that stands for a bulkId, or false to leave the
// reference as it is.
type resolver func(bulkID string) (string, bool)

// collectRefs finds out what the operation refers to.
func (op *bulkOperation) collectRefs() {
	refs := map[string]bool{}
	op.resolve(func(bulkID string) (string, bool) {
		refs[bulkID] = true
		return "", false
	})
	op.refs = slices.Sorted(maps.Keys(refs))
}

// resolve replaces the references in the path and anywhere in the data. Values
// are replaced where they are.
func (op *bulkOperation) resolve(r resolver) {
	op.id = r.text(op.id)
	if op.method == http.MethodPatch {
		r.message(op.data)
		return
	}
	r.value(op.data)
}

// message is value for a PatchOp, in which a path can hold references in the
// literals of its filter.
func (r resolver) message(data map[string]any) {
	for name, v := range data {
		list, ok := v.([]any)
		if !ok || !strings.EqualFold(name, "Operations") {
			data[name] = r.value(v)
			continue
		}
		for i, item := range list {
			list[i] = r.operation(item)
		}
	}
}

func (r resolver) operation(item any) any {
	fields, ok := item.(map[string]any)
	if !ok {
		return item
	}
	for name, v := range fields {
		if path, ok := v.(string); ok && strings.EqualFold(name, "path") {
			fields[name] = r.path(path)
			continue
		}
		fields[name] = r.value(v)
	}
	return fields
}

func (r resolver) value(v any) any {
	switch v := v.(type) {
	case string:
		return r.text(v)
	case []any:
		for i := range v {
			v[i] = r.value(v[i])
		}
	case map[string]any:
		for name, inner := range v {
			if address, ok := inner.(string); ok && strings.EqualFold(name, "$ref") {
				v[name] = r.address(address)
				continue
			}
			v[name] = r.value(inner)
		}
	}
	return v
}

func (r resolver) text(s string) string {
	if bulkID, ok := strings.CutPrefix(s, bulkPrefix); ok {
		if id, ok := r(bulkID); ok {
			return id
		}
	}
	return s
}

// address replaces a reference at the end of a URL.
func (r resolver) address(s string) string {
	last := strings.LastIndexByte(s, '/') + 1
	return s[:last] + r.text(s[last:])
}

// path replaces references that are whole literals of a PATCH path's filter:
// members[value eq "bulkId:x"].
func (r resolver) path(s string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, `"`)
		end := literalEnd(rest)
		if !found || end < 0 {
			out.WriteString(s)
			return out.String()
		}
		out.WriteString(before)
		out.WriteString(r.literal(rest[:end]))
		s = rest[end+1:]
	}
}

// literal is a quoted text, without its quotes on the way in.
func (r resolver) literal(s string) string {
	quoted := `"` + s + `"`
	var text string
	if err := json.Unmarshal([]byte(quoted), &text); err != nil {
		return quoted // the parser of the path says what is wrong with it
	}
	if id := r.text(text); id != text {
		return `"` + id + `"`
	}
	return quoted
}

// literalEnd is where the closing quote is, -1 if there is none.
func literalEnd(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}
