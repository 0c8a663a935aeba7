package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/portal"
	"github.com/roster-scim/roster/tenants"
)

// what the built-in roles may do, as the operators' guide says it. The matrix
// computes what to expect from this and not from what it tests.
var builtIn = map[string][]authz.Permission{
	"owner": everything(),
	"operator": slices.DeleteFunc(everything(), func(p authz.Permission) bool {
		return p == authz.KeysManage || p == authz.RolesManage
	}),
	"support": {authz.ProvisioningRead, authz.DirectoryRead, authz.TenantsRead, authz.AuditRead, authz.EventsRead},
	"admin": {
		authz.ProvisioningCreate, authz.ProvisioningRead, authz.ProvisioningDelete, authz.DirectoryRead, authz.DirectoryWrite,
		authz.RolesMap, authz.TenantsRead, authz.AuditRead, authz.EventsRead, authz.DirectoryUnmasked,
	},
	"viewer": {authz.ProvisioningRead, authz.DirectoryRead, authz.TenantsRead, authz.DirectoryUnmasked},
}

func everything() (list []authz.Permission) {
	for _, p := range authz.Permissions() {
		list = append(list, p.Permission)
	}
	return list
}

// principal is a row of the matrix.
type principal struct {
	name       string
	caller     *caller
	stranger   bool   // it has no credential that the API takes
	tenant     string // the one tenant that it may act in, "" for all
	connection string // the one connection
	holds      []authz.Permission
}

// target is a tenant that requests are about.
type target struct {
	name, id string
	exists   bool
}

// apiOperation is one operation of the document.
type apiOperation struct {
	id, method, path string // the path has {tenant} and the like
	permission       string
	filtered         bool
	body             any // an example, nil if it takes none
	media            string
}

func apiOperations(t testing.TB) []apiOperation {
	t.Helper()
	doc, err := portal.Document()
	if err != nil {
		t.Fatal(err)
	}
	var list []apiOperation
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o := apiOperation{id: op.OperationID, method: method, path: path, filtered: op.Extensions["x-connection"] == "filtered"}
			o.permission, _ = op.Extensions["x-permission"].(string)
			o.media, o.body = exampleBody(op)
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b apiOperation) int { return strings.Compare(a.id, b.id) })
	if len(list) < 120 {
		t.Fatalf("the document has only %d operations", len(list))
	}
	return list
}

func exampleBody(op *openapi3.Operation) (string, any) {
	if op.RequestBody == nil {
		return "", nil
	}
	for media, content := range op.RequestBody.Value.Content {
		switch {
		case content.Example != nil:
			return media, content.Example
		case content.Schema.Value.Example != nil:
			return media, content.Schema.Value.Example
		}
		for _, example := range content.Examples {
			return media, example.Value.Value
		}
		return media, nil
	}
	return "", nil
}

// at is the path with the given ids in it; what is left gets one that nothing has.
func (o *apiOperation) at(ids map[string]string) string {
	parts := strings.Split(o.path, "/")
	for i, part := range parts {
		name, ok := strings.CutPrefix(part, "{")
		if !ok {
			continue
		}
		name = strings.TrimSuffix(name, "}")
		if parts[i] = ids[name]; parts[i] == "" {
			parts[i] = nobodys(name)
		}
	}
	return strings.Join(parts, "/")
}

// nobodys is an id of a kind that nothing has.
func nobodys(kind string) string {
	switch kind {
	case "tenant":
		return tenants.NewTenantID().String()
	case "connection":
		return tenants.NewConnectionID().String()
	case "token":
		return tenants.NewTokenID().String()
	case "key":
		return tenants.NewKeyID().String()
	case "link":
		return tenants.NewLinkID().String()
	case "session":
		return tenants.NewSessionID().String()
	case "issuer":
		return tenants.NewIssuerID().String()
	case "assignment":
		return tenants.NewAssignmentID().String()
	case "job":
		return tenants.NewJobID().String()
	case "webhook":
		return tenants.NewWebhookID().String()
	case "delivery":
		return tenants.NewDeliveryID().String()
	case "request":
		return tenants.NewRequestID().String()
	case "cycle":
		return tenants.NewCycleID().String()
	case "secret":
		return "999"
	case "user", "group":
		return tenants.NewTokenID().UUID()
	case "schema":
		return "urn:example:nobody"
	default: // roles and entry points
		return "nobody"
	}
}

// expected is what the policy says about an operation: "401", "403", "404" or
// "in", for a request that the gate lets through to where its content is looked at.
func (p *principal) expected(o *apiOperation, where target, connection string) string {
	inTenant := strings.Contains(o.path, "{tenant}")
	holds := o.permission == "authenticated" || slices.Contains(p.holds, authz.Permission(o.permission))
	switch {
	case o.permission == "public":
		return "in"
	case p.stranger:
		return "401"
	case inTenant && p.tenant != "" && p.tenant != where.id:
		return "404"
	case !holds, !inTenant && o.permission != "authenticated" && p.tenant != "":
		return "403"
	case p.connection != "" && strings.Contains(o.path, "{connection}") && connection != p.connection:
		return "404"
	case p.connection != "" && !strings.Contains(o.path, "{connection}") && !o.filtered && o.permission != "authenticated":
		return "403"
	case inTenant && !where.exists && o.id != "getTenant" && o.id != "restoreTenant":
		return "404"
	}
	return "in"
}

// testAPIMatrix sends every operation as every principal to its own tenant,
// another's and none. The requests have a parameter that no operation has, so
// that those which are let in change nothing.
func testAPIMatrix(t *testing.T, s *server) {
	own, other := s.tenant(t, "Matrix own"), s.tenant(t, "Matrix other")
	targets := []target{{"own", own.String(), true}, {"other", other.String(), true}, {"none", tenants.NewTenantID().String(), false}}
	operations, principals := apiOperations(t), s.principals(t, own)
	asked := 0
	for _, p := range principals {
		for i := range operations {
			o := &operations[i]
			var r, foreign, none reply
			for _, where := range targets {
				if !strings.Contains(o.path, "{tenant}") && where.name != "own" {
					continue
				}
				for _, connection := range p.connections(o) {
					asked++
					ids := map[string]string{"tenant": where.id, "connection": connection}
					r = p.caller.call(t, o.method, o.at(ids)+"?no-such-parameter=1", nil)
					if got, want := outcome(t, r), p.expected(o, where, connection); got != want {
						t.Errorf("%s as %s in %s tenant, connection %q: %s, want %s\n%d %s", o.id, p.name, where.name, connection, got, want, r.status, r.body)
					}
				}
				switch where.name {
				case "other":
					foreign = r
				case "none":
					none = r
				}
			}
			if p.tenant != "" && strings.Contains(o.path, "{tenant}") && !sameAnswer(t, foreign, none) {
				t.Errorf("%s as %s tells another's tenant from none:\n%d %s\n%d %s", o.id, p.name, foreign.status, foreign.body, none.status, none.body)
			}
		}
	}
	s.connectionOf(t, own, "entra") // one more, which nobody is bound to
	for _, p := range principals {
		if p.connection == "" {
			continue
		}
		s.confinedLists(t, &p, own)
	}
	t.Logf("%d operations × %d principals: %d requests", len(operations), len(principals), asked)
}

// confinedLists reads what is narrowed for principals of one connection: it has
// that connection's and nothing of others.
func (s *server) confinedLists(t *testing.T, p *principal, own tenants.TenantID) {
	t.Helper()
	for list, id := range map[string]func(item map[string]any) any{
		"connections": func(item map[string]any) any { return item["id"] },
		"health":      connectionOf, "requests": connectionOf, "activity": connectionOf,
	} {
		shown := p.caller.items(t, "/api/v1/tenants/"+own.String()+"/"+list)
		if len(shown) == 0 && list != "requests" && list != "activity" {
			t.Errorf("%s is shown no %s", p.name, list)
		}
		for _, item := range shown {
			if id(item) != p.connection {
				t.Errorf("%s is shown %s %v", p.name, list, item)
			}
		}
	}
}

// connectionOf is the id of the connection that something came by.
func connectionOf(item map[string]any) any {
	connection, _ := item["connection"].(map[string]any)
	return connection["id"]
}

// connections are those that the matrix asks for: their own, for principals that
// are bound to one, and one that nobody has.
func (p *principal) connections(o *apiOperation) []string {
	if p.connection == "" || !strings.Contains(o.path, "{connection}") {
		return []string{""}
	}
	return []string{p.connection, ""}
}

// principals are one of each kind, and one for each permission.
func (s *server) principals(t *testing.T, own tenants.TenantID) []principal {
	t.Helper()
	connection := s.connectionOf(t, own, "okta")
	id := connection.base[strings.LastIndexByte(connection.base, '/')+1:]
	at := func(bearer string) *caller { return &caller{url: s.app.URL(), bearer: bearer} }
	list := []principal{
		{name: "nobody", caller: at(""), stranger: true},
		{name: "a made-up key", caller: at("rstrkey0"), stranger: true},
		{name: "a connection's token", caller: at(connection.token), stranger: true},
		{name: "an API key with everything", caller: at(s.apiKey(t)), holds: everything()},
		{name: "a tenant's API key with everything", caller: at(s.apiKeyFor(t, own)), tenant: own.String(), holds: everything()},
	}
	for _, p := range everything() {
		list = append(list,
			principal{name: "an API key for " + string(p), caller: at(s.apiKey(t, p)), holds: []authz.Permission{p}},
			principal{name: "a tenant's API key for " + string(p), caller: at(s.apiKeyFor(t, own, p)), tenant: own.String(), holds: []authz.Permission{p}})
	}
	for _, role := range []string{"owner", "operator", "support"} {
		list = append(list, principal{name: "staff: " + role, caller: s.staff(t, role), holds: builtIn[role]})
	}
	for _, role := range []string{"admin", "viewer"} {
		list = append(list,
			principal{name: "portal: " + role, caller: s.session(t, own, "", role), tenant: own.String(), holds: builtIn[role]},
			principal{name: "portal of one connection: " + role, caller: s.session(t, own, id, role), tenant: own.String(), connection: id, holds: builtIn[role]})
	}
	return append(list, s.vendorRoles(t, own)...)
}

// vendorRoles are sessions with the vendor's own roles: each of the three
// permissions about provisioning by itself, for all tenants, for this one, and
// taken away in this one.
func (s *server) vendorRoles(t *testing.T, own tenants.TenantID) []principal {
	t.Helper()
	vendor := s.api(t)
	var list []principal
	for i, p := range []authz.Permission{authz.ProvisioningCreate, authz.ProvisioningRead, authz.ProvisioningDelete} {
		for _, c := range []struct {
			name  string
			lines []map[string]any
			holds []authz.Permission
		}{
			{"all", []map[string]any{{"permission": p, "tenant_id": nil, "effect": "allow"}}, []authz.Permission{p}},
			{"own", []map[string]any{{"permission": p, "tenant_id": own.String(), "effect": "allow"}}, []authz.Permission{p}},
			{"not-here", []map[string]any{{"permission": p, "tenant_id": nil, "effect": "allow"}, {"permission": p, "tenant_id": own.String(), "effect": "deny"}}, nil},
		} {
			key := fmt.Sprintf("matrix-%s-%d-%d", c.name, i, s.names.Add(1))
			vendor.want(t, 201, "POST", "/api/v1/roles", map[string]any{"key": key, "name": key, "rank": 1, "grantable": true})
			vendor.want(t, 200, "PUT", "/api/v1/roles/"+key+"/permissions", map[string]any{"lines": c.lines})
			list = append(list, principal{name: "portal: " + key, caller: s.session(t, own, "", key), tenant: own.String(), holds: c.holds})
		}
	}
	return list
}

// outcome is what became of a request of the matrix.
func outcome(t *testing.T, r reply) string {
	t.Helper()
	switch {
	case r.status == http.StatusUnauthorized:
		return "401"
	case r.status == http.StatusForbidden && r.code(t) == "forbidden":
		return "403"
	case r.status == http.StatusNotFound && r.code(t) == "not_found":
		return "404"
	case r.status == http.StatusBadRequest, r.status == http.StatusUnsupportedMediaType:
		return "in"
	}
	return fmt.Sprint(r.status)
}

// sameAnswer reports whether two answers differ in nothing but the request's id.
func sameAnswer(t *testing.T, a, b reply) bool {
	t.Helper()
	return a.status == b.status && len(a.body) == len(b.body) &&
		without(a.object(t), "request_id") == without(b.object(t), "request_id")
}
