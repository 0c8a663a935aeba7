package main

import (
	"fmt"
	"testing"

	"github.com/roster-scim/roster/scim/quirk"
)

// testOnlyPeopleAndGroupsAreMembers: a group's schema says what its members can
// be, and a tenant's own type is not among that, nor is it waited for.
func testOnlyPeopleAndGroupsAreMembers(t *testing.T, s *server) {
	t.Parallel()
	tenant := s.tenant(t, "Acme")
	s.define(t, tenant, fmt.Sprintf(widget, "string", ""))
	c := s.connectionOf(t, tenant, "generic")
	widgetID := c.want(t, 201, "POST", "/Widgets", `{"displayName":"W","externalId":"same"}`)["id"].(string)
	for _, members := range []string{widgetID, `","$ref":"` + c.base + "/Widgets/" + widgetID} {
		c.send(t, "POST", "/Groups", fmt.Sprintf(`{"displayName":"G","members":[{"value":"%s"}]}`, members)).refusal(t, 400)
	}
	waiting := s.connectionOf(t, tenant, "generic")
	changes, err := quirk.ParseChanges([]string{"pending_members=true"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.Tenants().ChangeSettings(t.Context(), waiting.id(t), changes); err != nil {
		t.Fatal(err)
	}
	waiting.want(t, 201, "POST", "/Widgets", `{"displayName":"W","externalId":"same"}`)
	team := waiting.createGroup(t, "Team", "same", "later")
	waiting.want(t, 201, "POST", "/Widgets", `{"displayName":"W","externalId":"later"}`)
	if members := waiting.want(t, 200, "GET", "/Groups/"+team, "")["members"]; members != nil {
		t.Errorf("members %v", members)
	}
	ada := waiting.want(t, 201, "POST", "/Users", `{"userName":"ada","externalId":"same"}`)["id"]
	if members := waiting.want(t, 200, "GET", "/Groups/"+team, "")["members"].([]any); len(members) != 1 || members[0].(map[string]any)["value"] != ada {
		t.Errorf("members %v", members)
	}
}
