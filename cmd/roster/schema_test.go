package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
)

const widget = `[{"id":"urn:example:Widget","name":"Widget","attributes":[{"name":"displayName","type":%q,"required":true}%s]},
	{"name":"Widget","endpoint":"/Widgets","schema":"urn:example:Widget"}]`

// testTypesOfOthers: a type and a schema of another tenant's answer like ones that
// nobody ever defined.
func testTypesOfOthers(t *testing.T, s *server) {
	t.Parallel()
	owner, stranger := s.tenant(t, "Owner"), s.tenant(t, "Stranger")
	s.define(t, owner, fmt.Sprintf(widget, "string", ""))
	s.define(t, stranger, strings.ReplaceAll(fmt.Sprintf(widget, "string", ""), "idget", "hatsit"))
	mine, other := s.connectionOf(t, owner, "generic"), s.connectionOf(t, stranger, "generic")
	none := s.connection(t, "generic")
	id := mine.want(t, 201, "POST", "/Widgets", `{"displayName":"W"}`)["id"].(string)
	for _, c := range []*client{other, none} {
		for _, probe := range [][3]string{
			{"GET", "/%ss", ""}, {"GET", "/%ss/" + id, ""}, {"POST", "/%ss", `{"displayName":"X"}`}, {"DELETE", "/%ss/" + id, ""},
			{"PATCH", "/%ss/" + id, patchOp(`{"op":"remove","path":"displayName"}`)}, {"POST", "/%ss/.search", "{}"},
			{"GET", "/ResourceTypes/%s", ""}, {"GET", "/Schemas/urn:example:%s", ""}, {"GET", "/Users?filter=urn:example:%s:displayName+pr", ""},
			{"GET", "/Users/" + id + "?attributes=urn:example:%s:displayName", ""},
		} {
			foreign := essence(c.send(t, probe[0], strings.Replace(probe[1], "%s", "Widget", 1), probe[2]), "Widget")
			unknown := essence(c.send(t, probe[0], strings.Replace(probe[1], "%s", "Gadget", 1), probe[2]), "Gadget")
			if foreign != unknown || strings.HasPrefix(foreign, "2") {
				t.Errorf("%s %s tells somebody's type from nobody's:\n%s\n%s", probe[0], probe[1], foreign, unknown)
			}
		}
		for _, list := range []string{"/ResourceTypes", "/Schemas"} {
			if body := string(c.send(t, "GET", list, "").body); strings.Contains(body, "Widget") {
				t.Errorf("%s tells of it: %s", list, body)
			}
		}
	}
	mine.want(t, 200, "GET", "/Widgets/"+id, "")
}

// testSameNameTwice: two tenants give one URN, type and endpoint different
// meanings, and each has its own.
func testSameNameTwice(t *testing.T, s *server) {
	t.Parallel()
	a, b := s.tenant(t, "A"), s.tenant(t, "B")
	s.define(t, a, fmt.Sprintf(widget, "string", `,{"name":"code","uniqueness":"server"}`))
	s.define(t, b, fmt.Sprintf(widget, "integer", ""))
	texts, numbers := s.connectionOf(t, a, "generic"), s.connectionOf(t, b, "generic")
	texts.want(t, 201, "POST", "/Widgets", `{"displayName":"one","code":"x"}`)
	texts.want(t, 400, "POST", "/Widgets", `{"displayName":1}`)
	texts.want(t, 409, "POST", "/Widgets", `{"displayName":"two","code":"X"}`)
	numbers.want(t, 201, "POST", "/Widgets", `{"displayName":10}`)
	numbers.want(t, 201, "POST", "/Widgets", `{"displayName":9,"code":"x"}`)
	numbers.want(t, 400, "POST", "/Widgets", `{"displayName":"one"}`)
	if total := numbers.want(t, 200, "GET", "/Widgets?filter="+url.QueryEscape("displayName gt 9"), "")["totalResults"]; total != 1.0 {
		t.Errorf("%v are greater than 9", total)
	}
	texts.want(t, 200, "GET", "/Widgets?filter="+url.QueryEscape(`code eq "X"`), "")
	numbers.send(t, "GET", "/Widgets?filter="+url.QueryEscape(`code eq "X"`), "").refusal(t, 400)
}

// testDefinitionsHold: what this process changes holds at once, what another one
// changes soon, also for tokens that are in use.
func testDefinitionsHold(t *testing.T, s *server) {
	t.Parallel()
	tenant := s.tenant(t, "Acme")
	c := s.connectionOf(t, tenant, "generic")
	c.send(t, "GET", "/Widgets", "").refusal(t, 404)
	s.define(t, tenant, fmt.Sprintf(widget, "string", ""))
	c.want(t, 200, "GET", "/Widgets", "")

	db := s.site.open(t)
	elsewhere := tenants.NewSchemaService(storage.NewTenants(db), schemaRules{}, nil)
	text := strings.ReplaceAll(fmt.Sprintf(widget, "string", ""), "idget", "hatsit")
	if _, err := elsewhere.Add(t.Context(), tenants.NewSchemas{TenantID: tenant, Text: []byte(text)}); err != nil {
		t.Fatal(err)
	}
	c.until(t, 200, "/Whatsits")
	if _, err := elsewhere.Delete(t.Context(), tenant, "widget"); err != nil {
		t.Fatal(err)
	}
	c.until(t, 404, "/Widgets")
	c.want(t, 200, "GET", "/Whatsits", "")
	c.want(t, 200, "GET", "/Users", "")
}

// until asks until the answer has the status.
func (c *client) until(t *testing.T, status int, path string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		if c.send(t, "GET", path, "").status == status {
			return
		}
	}
	t.Fatalf("GET %s never answered %d", path, status)
}

// testDefinitionsInUse: a change that stored resources would not survive is
// refused with their number, and goes through once they are gone.
func testDefinitionsInUse(t *testing.T, s *server) {
	t.Parallel()
	tenant, neighbour := s.tenant(t, "Acme"), s.tenant(t, "Neighbour")
	c := s.connectionOf(t, tenant, "generic")
	for _, id := range []tenants.TenantID{tenant, neighbour} {
		s.define(t, id, fmt.Sprintf(widget, "string", `,{"name":"code"}`))
		s.define(t, id, `[{"id":"urn:example:Note","name":"Note","attributes":[{"name":"note"}]},
			{"name":"User","schemaExtensions":[{"schema":"urn:example:Note"}]}]`)
	}
	first := c.want(t, 201, "POST", "/Widgets", `{"displayName":"one"}`)["id"].(string)
	second := c.want(t, 201, "POST", "/Widgets", `{"displayName":"two"}`)["id"].(string)
	ada := c.createUser(t, "ada@example.com")
	c.want(t, 200, "PATCH", "/Users/"+ada, patchOp(`{"op":"add","path":"urn:example:Note:note","value":"x"}`))
	c.createUser(t, "bob@example.com")
	deleted := s.connectionOf(t, tenant, "generic")
	deleted.want(t, 201, "POST", "/Widgets", `{"displayName":"nobody reaches it"}`)
	deleted.createUser(t, "gone@example.com")
	connection, err := s.app.Tenants().Connection(t.Context(), deleted.id(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.Tenants().DeleteConnection(t.Context(), connection.ID,
		tenants.ConnectionDeletion{People: tenants.KeepPeople, Confirm: connection.Name}); err != nil {
		t.Fatal(err)
	}
	s.connectionOf(t, neighbour, "generic").want(t, 201, "POST", "/Widgets", `{"displayName":"another tenant's"}`)

	add := func(text string) error {
		_, err := s.app.Schemas().Add(t.Context(), tenants.NewSchemas{TenantID: tenant, Text: []byte(text)})
		return err
	}
	remove := func(name string) error {
		_, err := s.app.Schemas().Delete(t.Context(), tenant, name)
		return err
	}
	inUse := func(what string, err error, count int) {
		t.Helper()
		refusal, ok := errors.AsType[*tenants.InUseError](err)
		if !ok || refusal.Count != count || !strings.Contains(err.Error(), fmt.Sprint(count)) {
			t.Errorf("%s: %v, want a refusal for %d resources", what, err, count)
		}
	}
	changed := fmt.Sprintf(widget, "integer", `,{"name":"code"}`)
	required := `{"name":"User","schemaExtensions":[{"schema":"urn:example:Note","required":true}]}`
	inUse("delete the type", remove("Widget"), 2)
	inUse("another type of attribute", add(changed), 2)
	inUse("required extension", add(required), 1)
	inUse("delete the extension", remove("urn:example:Note"), 1)
	inUse("less in the extension", add(`{"id":"urn:example:Note","name":"Note","attributes":[{"name":"other"}]}`), 1)
	if err := add(fmt.Sprintf(widget, "string", `,{"name":"code","description":"Now told."},{"name":"more","uniqueness":"server"}`)); err != nil {
		t.Errorf("a new optional attribute: %v", err)
	}
	c.want(t, 200, "PATCH", "/Widgets/"+first, patchOp(`{"op":"add","path":"more","value":"m"}`))
	c.want(t, 409, "PATCH", "/Widgets/"+second, patchOp(`{"op":"add","path":"more","value":"M"}`))

	bob := c.want(t, 200, "GET", "/Users?filter="+url.QueryEscape(`userName eq "bob@example.com"`), "")["Resources"].([]any)[0].(map[string]any)["id"].(string)
	c.want(t, 200, "PATCH", "/Users/"+bob, patchOp(`{"op":"add","path":"urn:example:Note:note","value":"y"}`))
	if err := add(required); err != nil {
		t.Errorf("everybody has it: %v", err)
	}
	c.want(t, 400, "POST", "/Users", user("eve@example.com"))
	c.want(t, 204, "DELETE", "/Widgets/"+first, "")
	inUse("delete the type", remove("Widget"), 1)
	c.want(t, 204, "DELETE", "/Widgets/"+second, "")
	if err := add(changed); err != nil {
		t.Errorf("nobody is left: %v", err)
	}
	if err := remove("Widget"); err != nil {
		t.Errorf("nobody is left: %v", err)
	}
	c.send(t, "GET", "/Widgets", "").refusal(t, 404)
	inUse("delete the extension", remove("urn:example:Note"), 2)
}

// id is the client's connection.
func (c *client) id(t *testing.T) tenants.ConnectionID {
	t.Helper()
	id, err := tenants.ParseConnectionID(c.base[strings.LastIndex(c.base, "/")+1:])
	if err != nil {
		t.Fatal(err)
	}
	return id
}
