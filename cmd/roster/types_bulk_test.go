package main

import (
	"fmt"
	"strings"
)

// typeSearch: a type is found by POST too, at its endpoint and at the base, among
// resources of every type.
func typeSearch(b *specimen) {
	t := b.t
	at, _ := b.create(t, document(b.kind, 2))
	b.create(t, document(b.kind, 5))
	b.createUser(t, "bystander@example.com")
	b.createGroup(t, "Bystanders")
	request := func(filter string) string {
		return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":%q}`, filter)
	}
	for _, l := range leaves(b.kind) {
		if l.hidden() || !l.kept() || l.Sub != nil {
			continue
		}
		for _, path := range []string{b.kind.Endpoint + "/.search", "/.search"} {
			filter := fmt.Sprintf("%s eq %s and meta.resourceType eq %q", l, literal(l.single(2)), b.kind.Name)
			got := b.want(t, 200, "POST", path, request(filter))
			list, _ := got["Resources"].([]any)
			if l.String() != "active" && (len(list) != 1 || !strings.HasSuffix(at, list[0].(map[string]any)["id"].(string))) {
				t.Errorf("POST %s %s: %s", path, filter, literal(got))
			}
		}
	}
}

// typeBulk creates, changes and deletes in one request.
func typeBulk(b *specimen) {
	t := b.t
	at, _ := b.create(t, document(b.kind, 2))
	got := b.want(t, 200, "POST", "/Bulk", fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
		{"method":"POST","path":%q,"bulkId":"one","data":%s},
		{"method":"POST","path":%q,"bulkId":"same","data":%s},
		{"method":"PATCH","path":%q,"data":%s},
		{"method":"PUT","path":"%s/bulkId:one","data":%s},
		{"method":"DELETE","path":%q}]}`,
		b.kind.Endpoint, literal(document(b.kind, 5)), b.kind.Endpoint, literal(requiredOnly(b.kind, 7)),
		at, operation("replace", "displayName", "By bulk"), b.kind.Endpoint, literal(successor(b.kind, 6)), at))
	operations := got["Operations"].([]any)
	for i, want := range []string{"201", "201", "200 204", "200", "204"} {
		if status := fmt.Sprint(operations[i].(map[string]any)["status"]); !strings.Contains(want, status) {
			t.Errorf("operation %d: %s", i, literal(operations[i]))
		}
	}
	b.send(t, "GET", at, "").refusal(t, 404)
	made := strings.TrimPrefix(operations[0].(map[string]any)["location"].(string), b.base)
	whole := b.all(t, made)
	for _, l := range leaves(b.kind) {
		if l.Sub == nil && l.kept() && !l.hidden() && l.def().Mutability == "readWrite" {
			l.holds(t, whole, l.sample(6))
		}
	}
}
