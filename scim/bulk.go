package scim

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

// The schemas of a bulk request and its answer (RFC 7644 section 3.7).
const (
	BulkRequestURN  = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
	BulkResponseURN = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
)

// MaxBulkOperations is how many operations one bulk request may hold.
const MaxBulkOperations = 1000

// BulkRequest is a bulk request whose message is well formed. What is wrong with
// one of its operations shows in that operation's result. It is carried out once.
type BulkRequest struct {
	failOnErrors int // stop after that many; 0: never
	operations   []*bulkOperation
	created      map[string]*bulkOperation // the POST operations by bulkId
}

// ParseBulk reads a bulk request (RFC 7644 section 3.7). The names of its
// attributes are taken in any case, and `schemas` may be missing.
func ParseBulk(types *schema.Registry, body []byte) (*BulkRequest, error) {
	message, err := schema.DecodeObject(body)
	if err != nil {
		return nil, err
	}
	if err := checkBulkSchemas(message); err != nil {
		return nil, err
	}
	b := &BulkRequest{}
	if b.failOnErrors, err = failOnErrors(message); err != nil {
		return nil, err
	}
	value, err := bulkField(message, "Operations")
	if err != nil {
		return nil, err
	}
	list, isList := value.([]any)
	switch {
	case value != nil && !isList:
		return nil, schema.Errorf(schema.InvalidSyntax, "Operations must be an array.")
	case len(list) == 0:
		return nil, schema.Errorf(schema.InvalidSyntax, "Operations must hold at least one operation.")
	case len(list) > MaxBulkOperations:
		return nil, refuse(http.StatusRequestEntityTooLarge,
			"The bulk request has %d operations, more than maxOperations (%d). Nothing was changed. Send them in several requests.",
			len(list), MaxBulkOperations)
	}
	for i, item := range list {
		b.operations = append(b.operations, parseBulkOperation(types, i, item))
	}
	b.index()
	return b, nil
}

// Len is how many operations the request has.
func (b *BulkRequest) Len() int { return len(b.operations) }

// index finds the operations that others can refer to. A bulkId that two of them
// have names neither.
func (b *BulkRequest) index() {
	b.created = map[string]*bulkOperation{}
	for _, op := range b.operations {
		if op.method != http.MethodPost || op.bulkID == "" {
			continue
		}
		first, taken := b.created[op.bulkID]
		if !taken {
			b.created[op.bulkID] = op
			continue
		}
		for _, twin := range []*bulkOperation{first, op} {
			twin.fault = schema.Errorf(schema.InvalidValue,
				"The bulkId %q is given to more than one POST operation. Each needs its own.", clip(op.bulkID))
		}
	}
}

func checkBulkSchemas(message map[string]any) error {
	value, err := bulkField(message, "schemas")
	if err != nil || value == nil {
		return err
	}
	urns, ok := value.([]any)
	if !ok {
		return schema.Errorf(schema.InvalidSyntax, "schemas must be an array of URNs.")
	}
	for _, urn := range urns {
		if s, ok := urn.(string); ok && strings.EqualFold(s, BulkRequestURN) {
			return nil
		}
	}
	return schema.Errorf(schema.InvalidValue, "schemas must contain %s.", BulkRequestURN)
}

func failOnErrors(message map[string]any) (int, error) {
	value, err := bulkField(message, "failOnErrors")
	if err != nil || value == nil {
		return 0, err
	}
	number, _ := value.(json.Number)
	n, err := number.Int64()
	if err != nil || n < 1 {
		return 0, schema.Errorf(schema.InvalidValue, "failOnErrors must be a whole number from 1 on.")
	}
	return int(min(n, MaxBulkOperations+1)), nil
}

// bulkField returns the value of an attribute in any case. Two spellings of one
// name are refused: nobody could say which is meant.
func bulkField(object map[string]any, name string) (any, error) {
	var value any
	given := false
	for key, v := range object {
		if !strings.EqualFold(key, name) {
			continue
		}
		if given {
			return nil, schema.Errorf(schema.InvalidSyntax, "%s is given twice.", name)
		}
		value, given = v, true
	}
	return value, nil
}
