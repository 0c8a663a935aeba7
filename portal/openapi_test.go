package portal

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/roster-scim/roster/authz"
)

// theDocument is openapi.yaml with its references resolved.
func theDocument(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// eachOperation runs a check on every operation.
func eachOperation(t *testing.T, check func(t *testing.T, path, method string, item *openapi3.PathItem, op *openapi3.Operation)) {
	t.Helper()
	count := 0
	for path, item := range theDocument(t).Paths.Map() {
		for method, op := range item.Operations() {
			count++
			t.Run(op.OperationID, func(t *testing.T) { check(t, path, method, item, op) })
		}
	}
	if count < 120 {
		t.Errorf("only %d operations were found", count)
	}
}

// The document is valid OpenAPI, with examples that match their schemas.
func TestDocumentIsValid(t *testing.T) {
	t.Parallel()
	doc := theDocument(t)
	err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation(), openapi3.EnableSchemaDefaultsValidation(), openapi3.EnableSchemaPatternValidation())
	if err != nil {
		t.Error(err)
	}
}

func TestEveryOperationIsDescribed(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	var tags []string
	for _, tag := range theDocument(t).Tags {
		tags = append(tags, tag.Name)
		if tag.Description == "" {
			t.Errorf("the tag %s has no description", tag.Name)
		}
	}
	eachOperation(t, func(t *testing.T, path, method string, _ *openapi3.PathItem, op *openapi3.Operation) {
		if op.OperationID == "" || names[op.OperationID] {
			t.Errorf("the operationId %q is missing or not the only one", op.OperationID)
		}
		names[op.OperationID] = true
		if op.Summary == "" || strings.HasSuffix(op.Summary, ".") {
			t.Errorf("the summary is %q", op.Summary)
		}
		if len(op.Tags) != 1 || !slices.Contains(tags, op.Tags[0]) {
			t.Errorf("the tags are %v", op.Tags)
		}
		permission, _ := op.Extensions["x-permission"].(string)
		if _, err := authz.ParsePermission(permission); err != nil && permission != forAnybody && permission != forPrincipal {
			t.Errorf("x-permission is %q", permission)
		}
		if public := op.Security != nil && len(*op.Security) == 0; public != (permission == forAnybody) {
			t.Errorf("security is %v and x-permission %q", op.Security, permission)
		}
		if !strings.HasPrefix(path, Prefix) {
			t.Errorf("%s %s does not begin with %s", method, path, Prefix)
		}
	})
}

// The document's permissions are those that authz has, in the same order.
func TestPermissionsOfTheDocument(t *testing.T) {
	t.Parallel()
	listed := theDocument(t).Components.Schemas["Permission"].Value.Enum
	all := authz.Permissions()
	if len(listed) != len(all) {
		t.Fatalf("there are %d permissions, and the document has %d", len(all), len(listed))
	}
	for i, p := range all {
		if listed[i] != string(p.Permission) {
			t.Errorf("number %d is %s, and in the document %v", i, p.Permission, listed[i])
		}
	}
}

const exchange = "exchangeToken"

// An operation lists every error that it can answer.
func TestErrorsOfOperations(t *testing.T) {
	t.Parallel()
	eachOperation(t, func(t *testing.T, path, method string, _ *openapi3.PathItem, op *openapi3.Operation) {
		want := map[string]bool{"400": true, "429": true, "500": true, "503": true}
		permission := op.Extensions["x-permission"]
		want["401"] = permission != forAnybody
		want["403"] = permission != forPrincipal || method != "GET"
		want["404"] = strings.Contains(path, "{")
		if op.OperationID == exchange {
			want["400"], want["403"] = false, false // RFC 6749 says how it refuses
		}
		want["413"] = op.RequestBody != nil && op.OperationID != exchange
		want["415"] = want["413"]
		want["422"] = hasParameter(op, "Idempotency-Key")
		conflicts, _ := op.Extensions["x-conflicts"].(map[string]any)
		want["409"] = len(conflicts) > 0 || want["422"]
		want["410"] = hasParameter(op, "wait") // events are kept for a while only
		for status, needed := range want {
			response := op.Responses.Value(status)
			if needed && response == nil {
				t.Errorf("it does not describe %s", status)
				continue
			}
			if needed && response.Value.Content.Get("application/problem+json") == nil {
				t.Errorf("%s is not a problem", status)
			}
		}
		for code, about := range conflicts {
			text, _ := about.(string)
			if !regexp.MustCompile(`^[a-z][a-z_]*$`).MatchString(code) || text == "" {
				t.Errorf("x-conflicts has %q: %v", code, about)
			}
		}
	})
}

func hasParameter(op *openapi3.Operation, name string) bool {
	return slices.ContainsFunc(op.Parameters, func(p *openapi3.ParameterRef) bool { return p.Value.Name == name })
}

// What creates something can be retried, and what lists is paged.
func TestConventionsOfTheAPI(t *testing.T) {
	t.Parallel()
	eachOperation(t, func(t *testing.T, _, method string, _ *openapi3.PathItem, op *openapi3.Operation) {
		creates := op.Responses.Value("201") != nil
		if creates && (method != "POST" || !hasParameter(op, "Idempotency-Key")) {
			t.Error("it creates without being a POST that takes an Idempotency-Key")
		}
		ok := op.Responses.Value("200")
		if ok == nil || ok.Value.Content.Get("application/json") == nil {
			return
		}
		list := ok.Value.Content.Get("application/json").Schema.Value
		paged, numbered := list.Properties["next_cursor"] != nil, list.Properties["next_after"] != nil
		if paged != hasParameter(op, "cursor") || numbered != hasParameter(op, "after") || (paged || numbered) != hasParameter(op, "limit") {
			t.Error("it has one of limit, cursor and next_cursor, or of limit, after and next_after, without the others")
		}
	})
}

// Requests are bounded, and have no member that nobody reads.
func TestRequestsAreBounded(t *testing.T) {
	t.Parallel()
	open := map[string]bool{exchange: true, "addSchemas": true} // RFC 6749 and RFC 7643 say what is in them
	eachOperation(t, func(t *testing.T, _, _ string, item *openapi3.PathItem, op *openapi3.Operation) {
		for _, p := range slices.Concat(item.Parameters, op.Parameters) {
			bounded(t, p.Value.Name, p.Value.Schema.Value)
		}
		if op.RequestBody == nil || op.OperationID == "addSchemas" {
			return
		}
		if !op.RequestBody.Value.Required {
			t.Error("the body may be missing")
		}
		for _, media := range op.RequestBody.Value.Content {
			closed(t, "body", media.Schema.Value, open[op.OperationID])
			bounded(t, "body", media.Schema.Value)
		}
	})
}

// bounded asks that no value can be larger than the schema says.
func bounded(t *testing.T, at string, s *openapi3.Schema) {
	t.Helper()
	switch {
	case s.Type.Is("string") && len(s.Enum) == 0 && s.MaxLength == nil && !lengthInPattern.MatchString(s.Pattern):
		t.Errorf("%s has no maxLength", at)
	case s.Type.Is("integer") && (s.Min == nil || s.Max == nil):
		t.Errorf("%s has no minimum and maximum", at)
	case s.Type.Is("array"):
		if s.MaxItems == nil {
			t.Errorf("%s has no maxItems", at)
		}
		bounded(t, at+"[]", s.Items.Value)
	}
	for name, property := range s.Properties {
		bounded(t, at+"."+name, property.Value)
	}
}

// lengthInPattern finds patterns that bound the length by themselves.
var lengthInPattern = regexp.MustCompile(`^\^[^*+]*(\\\*[^*+]*)?\$$`)

func closed(t *testing.T, at string, s *openapi3.Schema, isOpen bool) {
	t.Helper()
	if s.Type.Is("object") && !isOpen && (s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has) {
		t.Errorf("%s takes members that nobody reads: it lacks additionalProperties: false", at)
	}
	if s.Items != nil {
		closed(t, at+"[]", s.Items.Value, isOpen)
	}
	for name, property := range s.Properties {
		closed(t, at+"."+name, property.Value, isOpen)
	}
}

// Answers say of each member whether it is always there; optional are only those
// that depend on the operation, and then the description says on which.
func TestOptionalMembersOfAnswers(t *testing.T) {
	t.Parallel()
	optional := map[string][]string{
		"APIKey": {"secret"}, "Token": {"secret"}, "Webhook": {"secret"},
		"SnapshotLine": {"tenant_id", "sequence", "at", "resource_type", "connection_id", "active", "group_id", "members", "data", "users", "groups"},
		"PortalLink":   {"url", "openings"}, "Connection": {"token"}, "Tenant": {"branding"},
		"User": {"attributes"}, "SchemaDefinition": {"document"}, "AuditChange": {"from", "to", "added", "removed"},
		"Problem": {"field"}, "TokenExchangeAnswer": {"scope"},
	}
	requests := map[string]bool{}
	eachOperation(t, func(_ *testing.T, _, _ string, _ *openapi3.PathItem, op *openapi3.Operation) {
		if op.RequestBody == nil {
			return
		}
		for _, media := range op.RequestBody.Value.Content {
			collect(media.Schema, requests)
		}
	})
	for name, schema := range theDocument(t).Components.Schemas {
		if requests[name] || len(schema.Value.Properties) == 0 {
			continue
		}
		for property := range maps.Keys(schema.Value.Properties) {
			if !slices.Contains(schema.Value.Required, property) && !slices.Contains(optional[name], property) {
				t.Errorf("%s.%s is not always there", name, property)
			}
		}
	}
}

// collect finds the names of all schemas that one is made of.
func collect(ref *openapi3.SchemaRef, names map[string]bool) {
	if ref == nil {
		return
	}
	if ref.Ref != "" {
		names[refName(ref.Ref)] = true
	}
	collect(ref.Value.Items, names)
	for _, property := range ref.Value.Properties {
		collect(property, names)
	}
}

// Every component is used, so that nothing stays behind when an operation goes.
func TestComponentsAreUsed(t *testing.T) {
	t.Parallel()
	text := string(documentYAML)
	components := theDocument(t).Components
	for kind, names := range map[string][]string{
		"schemas": slices.Collect(maps.Keys(components.Schemas)), "parameters": slices.Collect(maps.Keys(components.Parameters)),
		"responses": slices.Collect(maps.Keys(components.Responses)), "headers": slices.Collect(maps.Keys(components.Headers)),
	} {
		for _, name := range names {
			if !strings.Contains(text, `"#/components/`+kind+`/`+name+`"`) {
				t.Errorf("nothing refers to %s/%s", kind, name)
			}
		}
	}
}
