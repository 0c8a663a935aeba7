package portal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
)

// exampleOf writes the example of a body, which the body or its schema has.
func (s *docSource) exampleOf(media docMedia) string {
	if media.Example != nil {
		return exampleJSON(media.Example)
	}
	return s.exampleText(media.Schema)
}

// exampleText writes an example of a schema.
func (s *docSource) exampleText(schema *docSchema) string { return exampleJSON(s.example(schema)) }

func exampleJSON(example any) string {
	var text, indented bytes.Buffer
	writeJSON(&text, example)
	if err := json.Indent(&indented, text.Bytes(), "", "  "); err != nil {
		return text.String() // a test holds that this does not happen
	}
	return compact(indented.String())
}

// example is the one that the document gives, or else made from those of the
// schema's parts.
func (s *docSource) example(schema *docSchema) any {
	_, at := s.schema(schema)
	switch {
	case at.Example != nil:
		return at.Example
	case at.Default != nil:
		return at.Default
	case at.Nullable && len(at.Properties) == 0:
		return nil
	case len(at.Enum) > 0:
		return at.Enum[0]
	}
	switch at.Type {
	case "object":
		object := yaml.MapSlice{}
		for _, property := range at.Properties {
			object = append(object, yaml.MapItem{Key: property.Key, Value: s.example(property.Value)})
		}
		return object
	case "array":
		return []any{s.example(at.Items)}
	case "boolean":
		return true
	case "integer":
		return 1
	}
	if at.Format == "date-time" {
		return "2026-11-22T10:00:00Z"
	}
	return "…"
}

// writeJSON writes a value with the members of its objects in their order.
func writeJSON(w *bytes.Buffer, value any) {
	switch v := value.(type) {
	case yaml.MapSlice:
		w.WriteByte('{')
		for i, item := range v {
			if i > 0 {
				w.WriteByte(',')
			}
			writeJSON(w, fmt.Sprint(item.Key))
			w.WriteByte(':')
			writeJSON(w, item.Value)
		}
		w.WriteByte('}')
	case []any:
		w.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				w.WriteByte(',')
			}
			writeJSON(w, item)
		}
		w.WriteByte(']')
	default:
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(v); err != nil { // text, numbers and booleans always encode
			w.WriteString("null")
		}
	}
}

// maxLine is how long a line of an example gets before it is broken, in characters.
const maxLine = 64

// compact joins the lines of objects and arrays that fit into one.
func compact(indented string) string {
	lines := strings.Split(indented, "\n")
	for i := len(lines) - 1; i >= 0; i-- { // the innermost first
		open := lines[i]
		if !strings.HasSuffix(open, "{") && !strings.HasSuffix(open, "[") {
			continue
		}
		end := closing(lines, i)
		if end < 0 {
			continue
		}
		parts := make([]string, 0, end-i)
		for _, line := range lines[i+1 : end] {
			parts = append(parts, strings.TrimSpace(line))
		}
		joined := open + strings.Join(parts, " ") + strings.TrimSpace(lines[end])
		if len(joined) <= maxLine {
			lines = append(append(lines[:i:i], joined), lines[end+1:]...)
		}
	}
	return strings.Join(lines, "\n")
}

// closing finds the line that closes what line i opens, if nothing is opened in
// between; -1 otherwise.
func closing(lines []string, i int) int {
	for j := i + 1; j < len(lines); j++ {
		switch line := strings.TrimSuffix(strings.TrimSpace(lines[j]), ","); {
		case line == "}" || line == "]":
			return j
		case strings.HasSuffix(line, "{") || strings.HasSuffix(line, "["):
			return -1
		}
	}
	return -1
}
