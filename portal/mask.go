package portal

import (
	"context"
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants/privacy"
)

// What openapi.yaml says of a property with x-personal.
const (
	personalName     = "name"     // somebody's name or user name
	personalText     = "text"     // another text about somebody
	personalLabel    = "label"    // such as "work"; what is not common may tell of somebody
	personalDocument = "document" // JSON, as an object or as a text, with values about somebody
	// personalTold is what handlers make: from values that are masked already, if
	// masks says so.
	personalTold = "told"
)

// aboutExtension names a neighbour of a property with x-personal: the type of
// what it is about. Names of groups are nobody's.
const (
	personalExtension = "x-personal"
	aboutExtension    = "x-personal-about"
	linesExtension    = "x-lines"
)

// masking is what is personal in a part of an answer.
type masking struct {
	kind   string // of a value
	about  string // the neighbour that says what it is about
	fields map[string]*masking
	items  *masking
}

// answerMasking is what is personal in an operation's answers; nil: nothing.
type answerMasking struct {
	object *masking // of a JSON answer
	line   *masking // of each line of others
}

// newAnswerMasking reads it from the document.
func newAnswerMasking(doc *openapi3.T, op *openapi3.Operation) (*answerMasking, error) {
	a, m := &answerMasking{}, maskings{doc, map[*openapi3.Schema]*masking{}}
	for status, response := range op.Responses.Map() {
		if !strings.HasPrefix(status, "2") || response.Value == nil {
			continue
		}
		for media, content := range response.Value.Content {
			schema := content.Schema
			lines, has := content.Extensions[linesExtension]
			if has {
				name, _ := lines.(map[string]any)["$ref"].(string)
				if schema = doc.Components.Schemas[name[strings.LastIndexByte(name, '/')+1:]]; schema == nil {
					return nil, fmt.Errorf("%s: %s names no schema", op.OperationID, linesExtension)
				}
			}
			found, err := m.of(schema)
			switch {
			case err != nil:
				return nil, fmt.Errorf("%s: %w", op.OperationID, err)
			case has:
				a.line = found
			case media == "application/json":
				a.object = found
			}
		}
	}
	if a.object == nil && a.line == nil {
		return nil, nil
	}
	return a, nil
}

// maskings are those of schemas. A schema that contains itself is not one of
// this API.
type maskings struct {
	doc   *openapi3.T
	known map[*openapi3.Schema]*masking
}

func (m maskings) of(ref *openapi3.SchemaRef) (*masking, error) {
	if ref == nil || ref.Value == nil {
		return nil, nil
	}
	s := ref.Value
	if known, ok := m.known[s]; ok {
		return known, nil
	}
	m.known[s] = nil
	found, err := m.read(s)
	m.known[s] = found
	return found, err
}

func (m maskings) read(s *openapi3.Schema) (*masking, error) {
	if kind, has := s.Extensions[personalExtension]; has {
		found := &masking{}
		found.kind, _ = kind.(string)
		found.about, _ = s.Extensions[aboutExtension].(string)
		switch found.kind {
		case personalName, personalText, personalLabel, personalDocument, personalTold:
			return found, nil
		}
		return nil, fmt.Errorf("%s is %v", personalExtension, kind)
	}
	found := &masking{fields: map[string]*masking{}}
	for name, property := range s.Properties {
		field, err := m.of(property)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if field != nil {
			found.fields[name] = field
		}
	}
	var err error
	if found.items, err = m.of(s.Items); err != nil {
		return nil, err
	}
	if len(found.fields) == 0 && found.items == nil {
		return nil, nil
	}
	return found, nil
}

type maskedKey struct{}

// masks reports whether who asks may not see personal data. Whatever a handler
// tells in sentences must not name anybody then; single values are masked behind
// it.
func masks(ctx context.Context) bool {
	masked, _ := ctx.Value(maskedKey{}).(bool)
	return masked
}

// mustMask asks whether a request's answer has to be masked.
func (p *Portal) mustMask(ctx context.Context, principal authz.Principal, op *operation, c *gin.Context) (bool, error) {
	if op.personal == nil || op.access == forAnybody {
		return false, nil
	}
	tenant := principal.TenantID
	if op.tenant {
		tenant = c.Param("tenant")
	}
	decision, err := p.decider.Decide(ctx, principal, authz.DirectoryUnmasked, tenant)
	return !decision.Allowed, err
}

// masked is a value without what must not be seen of it.
func (m *masking) masked(value string, about string) string {
	subject := privacy.SubjectOf(about)
	switch {
	case m.kind == personalTold:
		return value
	case m.about != "" && subject != privacy.Person:
		return value
	case m.kind == personalName:
		return privacy.Name(value)
	case m.kind == personalLabel:
		return privacy.Label(value)
	}
	return privacy.Value(value)
}
