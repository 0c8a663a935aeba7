package portal

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"

	"github.com/roster-scim/roster/authz"
)

// documentYAML describes the API. The Go and TypeScript types are generated from
// it, requests are checked against it, and the permission of each operation is
// read from it.
//
//go:embed openapi.yaml
var documentYAML []byte

// Document is the API's description.
var Document = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(documentYAML)
	if err != nil {
		return nil, fmt.Errorf("read openapi.yaml: %w", err)
	}
	return doc, nil
})

// What an operation may have in the place of a permission.
const (
	forAnybody   = "public"        // no credential is asked for
	forPrincipal = "authenticated" // any principal
)

// operation is what the gate knows about one operation of the API.
type operation struct {
	id         string
	permission authz.Permission // "": see access
	access     string           // forAnybody, forPrincipal, or "": the permission decides
	tenant     bool             // the path has a tenant
	connection bool             // the path has a connection
	filtered   bool             // the answer is narrowed for principals of one connection
	personal   *answerMasking   // what is personal in its answers; nil: nothing
	query      []string         // the parameters that it has behind the "?"
	route      *routers.Route
}

// operations returns every operation by method and path as gin writes it:
// "GET /api/v1/tenants/:tenant".
func operations(doc *openapi3.T) (map[string]*operation, error) {
	all := map[string]*operation{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o, err := newOperation(op)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			o.tenant, o.connection = strings.Contains(path, "{tenant}"), strings.Contains(path, "{connection}")
			if o.personal, err = newAnswerMasking(doc, op); err != nil {
				return nil, err
			}
			o.query = queryParameters(item.Parameters, op.Parameters)
			o.route = &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: op}
			all[method+" "+ginPath(path)] = o
		}
	}
	return all, nil
}

func newOperation(op *openapi3.Operation) (*operation, error) {
	o := &operation{id: op.OperationID}
	permission, _ := op.Extensions["x-permission"].(string)
	o.filtered = op.Extensions["x-connection"] == "filtered"
	switch permission {
	case forAnybody, forPrincipal:
		o.access = permission
		return o, nil
	}
	var err error
	o.permission, err = authz.ParsePermission(permission)
	return o, err
}

// ginPath writes {tenant} as :tenant.
func ginPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

func queryParameters(lists ...openapi3.Parameters) []string {
	var names []string
	for _, list := range lists {
		for _, parameter := range list {
			if parameter.Value.In == openapi3.ParameterInQuery {
				names = append(names, parameter.Value.Name)
			}
		}
	}
	return names
}
