package portal

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// known are the properties of answers that tell of nobody: "Schema.property", a
// line each.
func known(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("testdata/impersonal.txt")
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			list[line] = true
		}
	}
	return list
}

// idPattern is that of ids and keys, which name nobody.
var idPattern = regexp.MustCompile(`^\^(\(\\\*\|)?(\[a-z0-9\]|[a-z]{3}\[0-7\]|\[0-9a-f\]\{8\})`)

// TestPersonalIsMarked: whoever adds a text to an answer says whether it tells of
// somebody: with x-personal in openapi.yaml, or here that it does not.
func TestPersonalIsMarked(t *testing.T) {
	t.Parallel()
	open, found := known(t), map[string]bool{}
	answered := answeredSchemas(t)
	for name, schema := range answered {
		for property, ref := range schema.Properties {
			at := name + "." + property
			if property == "next_cursor" {
				continue // sealed
			}
			_, marked := ref.Value.Extensions[personalExtension]
			switch {
			case !mayTell(ref):
				if marked {
					t.Errorf("%s cannot tell of anybody and is marked", at)
				}
			case marked && open[at]:
				t.Errorf("%s is marked and in the list of what is not personal", at)
			case !marked && !open[at]:
				t.Errorf("%s may tell of somebody: mark it with x-personal in openapi.yaml, or put it into testdata/impersonal.txt", at)
			}
			found[at] = true
		}
	}
	for at := range open {
		if !found[at] {
			t.Errorf("%s is in the list and in no answer", at)
		}
	}
	if len(answered) < 80 {
		t.Errorf("only %d schemas of answers were found", len(answered))
	}
}

// mayTell reports whether a property can hold a text about somebody, so far as
// the document says. What is a schema of its own says so there.
func mayTell(ref *openapi3.SchemaRef) bool {
	s := ref.Value
	switch {
	case ref.Ref != "", len(s.Enum) > 0, s.Format == "date-time", s.Format == "uuid", idPattern.MatchString(s.Pattern):
		return false
	case s.Type == nil:
		return true // anything
	case s.Type.Is("array"):
		return mayTell(s.Items)
	case s.Type.Is("object"):
		return true
	}
	return s.Type.Is("string")
}

// answeredSchemas are those of answers that are no errors, by name.
func answeredSchemas(t *testing.T) map[string]*openapi3.Schema {
	t.Helper()
	doc, all := theDocument(t), map[string]*openapi3.Schema{}
	var visit func(ref *openapi3.SchemaRef)
	visit = func(ref *openapi3.SchemaRef) {
		if ref == nil || ref.Value == nil {
			return
		}
		if name := ref.Ref[strings.LastIndexByte(ref.Ref, '/')+1:]; name != "" {
			if all[name] != nil {
				return
			}
			all[name] = ref.Value
		} else if len(ref.Value.Properties) > 0 {
			t.Errorf("an object in an answer has no name: %v", slices.Sorted(maps.Keys(ref.Value.Properties)))
		}
		for _, property := range ref.Value.Properties {
			visit(property)
		}
		visit(ref.Value.Items)
		visit(ref.Value.AdditionalProperties.Schema)
	}
	eachOperation(t, func(_ *testing.T, _, _ string, _ *openapi3.PathItem, op *openapi3.Operation) {
		for status, response := range op.Responses.Map() {
			for _, content := range response.Value.Content {
				if !strings.HasPrefix(status, "2") {
					continue
				}
				if lines, ok := content.Extensions[linesExtension].(map[string]any); ok {
					name, _ := lines["$ref"].(string)
					visit(&openapi3.SchemaRef{Ref: name, Value: doc.Components.Schemas[name[strings.LastIndexByte(name, '/')+1:]].Value})
					continue
				}
				visit(content.Schema)
			}
		}
	})
	return all
}
