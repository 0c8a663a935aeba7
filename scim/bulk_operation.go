package scim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

// bulkOperation is one operation of a bulk request.
type bulkOperation struct {
	position int // in the request, from 0
	method   string
	bulkID   string
	version  string               // the If-Match of this operation
	kind     *schema.ResourceType // nil if the path names none
	id       string               // of the resource, perhaps a reference; "" with POST
	data     map[string]any
	refs     []string // the bulkIds that path and data refer to, sorted

	fault error // why the operation cannot be carried out at all
}

func parseBulkOperation(types *schema.Registry, position int, item any) *bulkOperation {
	op := &bulkOperation{position: position}
	fields, ok := item.(map[string]any)
	if !ok {
		op.fault = schema.Errorf(schema.InvalidSyntax, "An operation must be an object.")
		return op
	}
	op.fault = op.read(types, fields)
	op.collectRefs()
	return op
}

// read fills in what it can, so that the result of an operation at fault still
// says which one it is.
func (op *bulkOperation) read(types *schema.Registry, fields map[string]any) error {
	var path string
	var faults []error
	for _, field := range []struct {
		name   string
		target *string
	}{
		{"method", &op.method}, {"bulkId", &op.bulkID}, {"version", &op.version}, {"path", &path},
	} {
		value, err := bulkField(fields, field.name)
		text, isText := value.(string)
		if value != nil && !isText {
			err = schema.Errorf(schema.InvalidSyntax, "%s must be a string.", field.name)
		}
		if err != nil {
			faults = append(faults, err)
		}
		*field.target = text
	}
	op.method = strings.ToUpper(op.method)
	faults = append(faults, op.readPath(types, path), op.readData(fields))
	for _, err := range faults {
		if err != nil {
			return err
		}
	}
	if op.method == http.MethodPost && op.bulkID == "" {
		return schema.Errorf(schema.InvalidSyntax, "A POST operation needs a bulkId.")
	}
	return nil
}

func (op *bulkOperation) readPath(types *schema.Registry, path string) error {
	if path == "" {
		return schema.Errorf(schema.InvalidSyntax, "path is missing: it must be that of a resource type or resource, such as /Users.")
	}
	parts, err := bulkPath(path)
	if err != nil {
		return err
	}
	if strings.EqualFold(parts[0], "Bulk") || slices.Contains(parts, ".search") {
		return schema.Errorf(schema.InvalidSyntax, "path is %q; a bulk request creates, changes and deletes resources and cannot hold searches or other bulk requests.", clip(path))
	}
	if op.kind = types.ByEndpoint("/" + parts[0]); op.kind == nil {
		return refuse(http.StatusNotFound, "path is %q; there is no resource type at that endpoint.", clip(path))
	}
	switch op.method {
	case http.MethodPost:
		if len(parts) != 1 {
			return schema.Errorf(schema.InvalidSyntax, "path is %q; with POST it must be that of a resource type, such as /Users.", clip(path))
		}
		return nil
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		if len(parts) != 2 || parts[1] == "" {
			return schema.Errorf(schema.InvalidSyntax, "path is %q; with %s it must be that of one resource, such as /Users/{id}.", clip(path), op.method)
		}
		op.id = parts[1]
		return nil
	}
	return schema.Errorf(schema.InvalidSyntax, "method is %q; it must be POST, PUT, PATCH or DELETE.", clip(op.method))
}

// bulkPath cuts a path below the base URL into its parts, which are unescaped
// afterwards so that an escaped slash stays within an id.
func bulkPath(path string) ([]string, error) {
	if strings.ContainsAny(path, "?#") {
		return nil, schema.Errorf(schema.InvalidSyntax, "path is %q; it must have no query and no fragment.", clip(path))
	}
	const most = 3 // one more than a resource's path has
	parts := strings.SplitN(strings.Trim(path, "/"), "/", most)
	for i, part := range parts {
		text, err := url.PathUnescape(part)
		if err != nil {
			return nil, &schema.Error{Status: http.StatusBadRequest, Type: schema.InvalidSyntax, Cause: err,
				Detail: "path is not encoded properly."}
		}
		parts[i] = text
	}
	return parts, nil
}

// readData reads what would be the body of a single request.
func (op *bulkOperation) readData(fields map[string]any) error {
	if op.method == http.MethodDelete {
		return nil
	}
	value, err := bulkField(fields, "data")
	if err != nil {
		return err
	}
	if list, ok := value.([]any); ok && op.method == http.MethodPatch {
		// The example of RFC 7644 section 3.7.3 prints {[…]}, which is no JSON;
		// clients that follow it send the bare operations.
		value = map[string]any{"schemas": []any{patch.MessageURN}, "Operations": list}
	}
	data, ok := value.(map[string]any)
	if !ok {
		return schema.Errorf(schema.InvalidSyntax, "%s needs data, the object that a single request would have as its body.", clip(op.method))
	}
	op.data = data
	return nil
}
