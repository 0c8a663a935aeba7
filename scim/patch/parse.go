package patch

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

// MessageURN is the schema of a PATCH request (RFC 7644 section 3.5.2).
const MessageURN = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

// MaxOperations is how many operations one request may hold.
const MaxOperations = 1000

// Parse reads a PatchOp message. The names of its members and the operations are
// taken in any case, and `schemas` may be missing: several clients leave it out.
// What the operations mean for a resource type is left to Apply.
//
// An error is a *schema.Error; one about an operation says which, counted from 1.
func Parse(body map[string]any, o Options) ([]Op, error) {
	if err := checkMessage(body); err != nil {
		return nil, err
	}
	value, _, err := member(body, "Operations")
	if err != nil {
		return nil, err
	}
	list, isList := value.([]any)
	switch {
	case value != nil && !isList:
		return nil, schema.Errorf(schema.InvalidSyntax, "Operations must be an array")
	case len(list) == 0 && o.AllowEmpty:
		return nil, nil
	case len(list) == 0:
		return nil, schema.Errorf(schema.InvalidSyntax, "Operations must hold at least one operation")
	case len(list) > MaxOperations:
		return nil, tooLarge("a request may hold at most %d operations, this one has %d", MaxOperations, len(list))
	}
	ops := make([]Op, len(list))
	for i, item := range list {
		if ops[i], err = parseOp(item); err != nil {
			return nil, inOperation(i, err)
		}
	}
	return ops, nil
}

// checkMessage refuses a body whose `schemas` say that it is another message.
func checkMessage(body map[string]any) error {
	value, _, err := member(body, "schemas")
	if err != nil || value == nil {
		return err
	}
	urns, ok := value.([]any)
	if !ok {
		return schema.Errorf(schema.InvalidSyntax, "schemas must be an array of URNs")
	}
	for _, urn := range urns {
		if s, ok := urn.(string); ok && strings.EqualFold(s, MessageURN) {
			return nil
		}
	}
	return schema.Errorf(schema.InvalidValue, "schemas must contain %s", MessageURN)
}

func parseOp(item any) (Op, error) {
	fields, ok := item.(map[string]any)
	if !ok {
		return Op{}, schema.Errorf(schema.InvalidSyntax, "an operation must be an object")
	}
	kind, err := parseKind(fields)
	if err != nil {
		return Op{}, err
	}
	op := Op{Kind: kind}
	path, _, err := member(fields, "path")
	if err != nil {
		return Op{}, err
	}
	if op.Path, ok = path.(string); !ok && path != nil {
		return Op{}, schema.Errorf(schema.InvalidSyntax, "path must be a string")
	}
	if op.Kind == Remove && op.Path == "" {
		return Op{}, errNoPath()
	}
	value, given, err := member(fields, "value")
	if err != nil {
		return Op{}, err
	}
	op.Value = value
	if !given && op.Kind != Remove {
		return Op{}, schema.Errorf(schema.InvalidSyntax, "%s needs a value", op.Kind)
	}
	return op, nil
}

func parseKind(fields map[string]any) (Kind, error) {
	value, given, err := member(fields, "op")
	if err != nil {
		return "", err
	}
	if !given {
		return "", schema.Errorf(schema.InvalidSyntax, "op is missing: it must be add, remove or replace")
	}
	s, _ := value.(string)
	switch kind := Kind(strings.ToLower(s)); kind {
	case Add, Remove, Replace:
		return kind, nil
	}
	return "", schema.Errorf(schema.InvalidSyntax, "op must be add, remove or replace, not %s", show(value))
}

// member returns the member of an object with that name in any case. Two
// spellings of one name in the same object are refused: nobody could say which
// of the two values the client meant.
func member(object map[string]any, name string) (value any, given bool, err error) {
	for key, v := range object {
		if !strings.EqualFold(key, name) {
			continue
		}
		if given {
			return nil, false, schema.Errorf(schema.InvalidSyntax, "%s is given twice", name)
		}
		value, given = v, true
	}
	return value, given, nil
}

func errNoPath() error {
	return schema.Errorf(schema.NoTarget, "remove needs a path that says what to remove")
}

func tooLarge(format string, args ...any) error {
	return &schema.Error{Status: http.StatusRequestEntityTooLarge, Detail: fmt.Sprintf(format, args...)}
}
