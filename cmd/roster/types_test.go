package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
)

// define uploads definitions for a tenant.
func (s *server) define(t *testing.T, tenant tenants.TenantID, text string) {
	t.Helper()
	if _, err := s.app.Schemas().Add(t.Context(), tenants.NewSchemas{TenantID: tenant, Text: []byte(text)}); err != nil {
		t.Fatal(err)
	}
}

// devices are the definitions of a resource type with attributes of every kind.
func devices(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/device.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// kindOf is a resource type as a tenant has it.
func (s *server) kindOf(t *testing.T, tenant tenants.TenantID, name string) *schema.ResourceType {
	t.Helper()
	all, err := s.app.Schemas().List(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	registry, err := registryOf(all.List)
	if err != nil {
		t.Fatal(err)
	}
	return registry.ByName(name)
}

// specimen is a resource type in a directory of its own, which is empty.
type specimen struct {
	*client
	t      *testing.T
	server *server
	tenant tenants.TenantID
	kind   *schema.ResourceType
}

// create stores a document and returns its path and what was answered.
func (b *specimen) create(t *testing.T, doc map[string]any) (at string, answer map[string]any) {
	t.Helper()
	answer = b.want(t, 201, "POST", b.kind.Endpoint, literal(doc))
	return b.kind.Endpoint + "/" + answer["id"].(string), answer
}

// all reads a resource with everything that can be asked for.
func (b *specimen) all(t *testing.T, at string) map[string]any {
	t.Helper()
	var names []string
	for _, a := range b.kind.Attributes() {
		names = append(names, a.Name)
		for _, sub := range a.SubAttributes {
			if sub.Returned == schema.ReturnedRequest { // those show if they are named
				names = append(names, a.Name+"."+sub.Name)
			}
		}
	}
	for _, extension := range b.kind.Extensions() {
		for _, a := range extension.Attributes {
			names = append(names, extension.ID+":"+a.Name)
		}
	}
	return b.want(t, 200, "GET", at+"?attributes="+url.QueryEscape(strings.Join(names, ",")), "")
}

// typeChecks are what every resource type must pass, whatever its schema.
var typeChecks = []struct {
	name string
	run  func(b *specimen)
}{
	{"create and read", typeCreate},
	{"required", typeRequired},
	{"wrong values", typeWrong},
	{"unique", typeUnique},
	{"projection", typeProjection},
	{"filter", typeFilter},
	{"refused filters", typeRefusedFilter},
	{"sort", typeSort},
	{"put", typePut},
	{"patch", typePatch},
	{"patch lists", typePatchLists},
	{"patch extensions", typePatchExtensions},
	{"delete", typeDelete},
	{"journal", typeJournal},
	{"discovery", typeDiscovery},
	{"search", typeSearch},
	{"bulk", typeBulk},
}

// testTypes runs the same checks on the built-in types and on one that a tenant
// defined: only the schema says what each attribute can do.
func testTypes(t *testing.T, s *server) {
	t.Parallel()
	for _, name := range []string{"User", "Group", "Device"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, check := range typeChecks {
				t.Run(check.name, func(t *testing.T) {
					t.Parallel()
					tenant := s.tenant(t, name+" "+check.name)
					s.define(t, tenant, devices(t))
					check.run(&specimen{s.connectionOf(t, tenant, "generic"), t, s, tenant, s.kindOf(t, tenant, name)})
				})
			}
		})
	}
}

func typeCreate(b *specimen) {
	t := b.t
	at, answer := b.create(t, document(b.kind, 2))
	if meta := answer["meta"].(map[string]any); meta["resourceType"] != b.kind.Name || meta["location"] != b.base+at {
		t.Errorf("meta %v", meta)
	}
	urns := []any{b.kind.Schema}
	for _, extension := range b.kind.Extensions() {
		urns = append(urns, extension.ID)
	}
	got := b.want(t, 200, "GET", at, "")
	for _, l := range leaves(b.kind) {
		if l.onRequest() { // who writes it is shown it (RFC 7643 section 7)
			l.holds(t, answer, l.sample(2))
			l.unset(answer)
		}
	}
	if !same(answer, got) || !same(got["schemas"], urns) {
		t.Errorf("created\n%s\nread\n%s", literal(answer), literal(got))
	}
	whole := b.all(t, at)
	for _, l := range leaves(b.kind) {
		switch {
		case l.hidden() || !l.kept():
			l.holds(t, whole, nil)
		case l.onRequest():
			l.holds(t, got, nil)
			fallthrough
		default:
			l.holds(t, whole, l.sample(2))
		}
	}
	if total := b.want(t, 200, "GET", b.kind.Endpoint, "")["totalResults"]; total != 1.0 {
		t.Errorf("%v are listed", total)
	}
}

func typeRequired(b *specimen) {
	t := b.t
	n := 0
	for _, l := range leaves(b.kind) {
		if !l.def().Required {
			continue
		}
		n++
		doc := document(b.kind, 2)
		l.unset(doc)
		if got := b.send(t, "POST", b.kind.Endpoint, literal(doc)); got.refusal(t, 400) != "invalidValue" || !strings.Contains(string(got.body), l.def().Name) {
			t.Errorf("without %s: %s", l, got.body)
		}
	}
	for i, extension := range b.kind.Extensions() {
		doc := document(b.kind, 2)
		delete(doc, extension.ID)
		status := 201
		if b.kind.SchemaExtensions[i].Required {
			n, status = n+1, 400
		}
		if got := b.send(t, "POST", b.kind.Endpoint, literal(doc)); got.status != status {
			t.Errorf("without the extension %s: %d %s", extension.ID, got.status, got.body)
		}
	}
	if n == 0 {
		t.Error("nothing is required")
	}
}

func typeWrong(b *specimen) {
	t := b.t
	for _, l := range leaves(b.kind) {
		doc := document(b.kind, 2)
		l.set(doc, l.wrong())
		if got := b.send(t, "POST", b.kind.Endpoint, literal(doc)); got.refusal(t, 400) != "invalidValue" || !strings.Contains(string(got.body), l.def().Name) {
			t.Errorf("%s = %s: %s", l, literal(l.wrong()), got.body)
		}
	}
	if total := b.want(t, 200, "GET", b.kind.Endpoint, "")["totalResults"]; total != 0.0 {
		t.Errorf("%v of them are stored", total)
	}
}

// typeUnique: a value is taken for a second resource, in other letters too unless
// it is caseExact, and numbers and times also when they are written otherwise.
func typeUnique(b *specimen) {
	t := b.t
	at, _ := b.create(t, document(b.kind, 2))
	second, _ := b.create(t, document(b.kind, 5))
	for i, l := range leaves(b.kind) {
		a := l.def()
		unique := a.Uniqueness != schema.UniqueNone
		variants := map[string]any{"the same": l.sample(2)}
		switch {
		case a.Type == schema.String && !a.MultiValued:
			variants["in other letters"] = l.otherCase(2)
		case a.Type == schema.DateTime:
			variants["in another zone"] = "2022-03-04T03:06:07.000-02:00"
		case a.Type == schema.Decimal:
			variants["with other digits"] = json.RawMessage("1125.0e-2")
		}
		for how, v := range variants {
			taken := unique && (how != "in other letters" || !a.CaseExact)
			doc := document(b.kind, 6+i%3)
			for j, other := range leaves(b.kind) { // all other unique values are free
				if s, ok := other.single(9).(string); ok && other.def().Uniqueness != schema.UniqueNone && other.def().Type == schema.String {
					other.set(doc, fmt.Sprintf("%s %d %d %s", s, i, j, how))
				} else if other.def().Uniqueness != schema.UniqueNone {
					other.unset(doc)
				}
			}
			l.set(doc, v)
			got := b.send(t, "POST", b.kind.Endpoint, literal(doc))
			if taken && got.refusal(t, 409) != "uniqueness" || !taken && got.status != 201 {
				t.Errorf("%s %s: %d %s", l, how, got.status, got.body)
			}
			if !taken {
				continue
			}
			if got := b.send(t, "PATCH", second, operation("replace", l.path(5), v)); got.refusal(t, 409) != "uniqueness" {
				t.Errorf("PATCH %s %s: %s", l, how, got.body)
			}
		}
	}
	b.want(t, 200, "PUT", at, literal(document(b.kind, 2))) // its own values are not taken
	b.want(t, 204, "DELETE", at, "")
	b.create(t, document(b.kind, 2))
}
