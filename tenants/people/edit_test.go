package people

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants"
)

func at[T any](v T) *T { return &v }

// TestInvalidUsers: what cannot be registered is refused by its field, alike
// when it is new and when it is a change.
func TestInvalidUsers(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", maxText+1)
	address := func(value string) *[]Email { return &[]Email{{Value: value}} }
	for _, tc := range []struct {
		name, field string
		change      UserChange
	}{
		{"no userName", "user_name", UserChange{UserName: at("")}},
		{"a userName of blanks", "user_name", UserChange{UserName: at(" \t ")}},
		{"a long userName", "user_name", UserChange{UserName: &long}},
		{"a userName of two lines", "user_name", UserChange{UserName: at("a\nb")}},
		{"no text at all", "display_name", UserChange{DisplayName: at("\xff")}},
		{"a zero byte", "given_name", UserChange{GivenName: at("a\x00b")}},
		{"a long name", "family_name", UserChange{FamilyName: &long}},
		{"a long externalId", "external_id", UserChange{ExternalID: &long}},
		{"no address", "emails[0].value", UserChange{Emails: address("jane")}},
		{"no name in the address", "emails[0].value", UserChange{Emails: address("@example.com")}},
		{"an address in brackets", "emails[0].value", UserChange{Emails: address("Jane <jane@example.com>")}},
		{"a long address", "emails[0].value", UserChange{Emails: address(strings.Repeat("j", maxEmail) + "@example.com")}},
		{"a second one that is none", "emails[1].value", UserChange{Emails: &[]Email{{Value: "a@b.c"}, {}}}},
		{"two primary ones", "emails[1].primary", UserChange{Emails: &[]Email{{Value: "a@b.c", Primary: true}, {Value: "b@b.c", Primary: true}}}},
		{"a long type", "emails[0].type", UserChange{Emails: &[]Email{{Value: "a@b.c", Type: long}}}},
		{"too many", "emails", UserChange{Emails: at(make([]Email, maxEmails+1))}},
	} {
		_, err := tc.change.patch()
		wantInvalid(t, tc.name, tc.field, err)
		n := NewUser{UserName: "jane"}
		for _, field := range []struct{ to, from *string }{
			{&n.UserName, tc.change.UserName}, {&n.DisplayName, tc.change.DisplayName}, {&n.GivenName, tc.change.GivenName},
			{&n.FamilyName, tc.change.FamilyName}, {&n.ExternalID, tc.change.ExternalID},
		} {
			if field.from != nil {
				*field.to = *field.from
			}
		}
		if tc.change.Emails != nil {
			n.Emails = *tc.change.Emails
		}
		_, err = n.document()
		wantInvalid(t, tc.name, tc.field, err)
	}
}

func wantInvalid(t *testing.T, name, field string, err error) {
	t.Helper()
	if invalid, ok := errors.AsType[*tenants.InvalidError](err); !ok || invalid.Field != field || invalid.Reason == "" {
		t.Errorf("%s: %v, want %s to be refused", name, err, field)
	}
}

// TestSCIMOfUsers: what the engine is asked for.
func TestSCIMOfUsers(t *testing.T) {
	t.Parallel()
	n := NewUser{UserName: "jane", FamilyName: " Doe ", Emails: []Email{{Value: "j@b.c", Type: "work", Primary: true}}, Inactive: true}
	wantJSON(t, n.document, `{"active":false,"emails":[{"primary":true,"type":"work","value":"j@b.c"}],"name":{"familyName":"Doe"},
		"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"jane"}`)
	change := UserChange{DisplayName: at(""), GivenName: at("Jane"), Emails: &[]Email{}, Active: at(true)}
	wantJSON(t, change.patch, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
		{"op":"remove","path":"displayName"},{"op":"replace","path":"name.givenName","value":"Jane"},
		{"op":"remove","path":"emails"},{"op":"replace","path":"active","value":true}]}`)
	if body, err := (&UserChange{}).patch(); body != nil || err != nil {
		t.Errorf("nothing to change: %s, %v", body, err)
	}
}

func wantJSON(t *testing.T, encode func() ([]byte, error), want string) {
	t.Helper()
	body, err := encode()
	if err != nil {
		t.Fatal(err)
	}
	var got, expected any
	for text, into := range map[string]*any{string(body): &got, want: &expected} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestBounds: what a list is asked for is bounded before the store sees it.
func TestBounds(t *testing.T) {
	t.Parallel()
	s := &Service{}
	for _, limit := range []int{-1, 0, MaxPage + 1} {
		_, users := s.ListUsers(t.Context(), tenants.TenantID{}, UserQuery{Limit: limit})
		_, groups := s.ListGroups(t.Context(), tenants.TenantID{}, GroupQuery{Limit: limit})
		_, members := s.ListMembers(t.Context(), tenants.TenantID{}, "", "", limit)
		_, of := s.ListUserGroups(t.Context(), tenants.TenantID{}, "", "", limit)
		for what, err := range map[string]error{"users": users, "groups": groups, "members": members, "groups of a user": of} {
			wantInvalid(t, fmt.Sprint(limit, " ", what), "limit", err)
		}
	}
	for _, text := range []string{strings.Repeat("ü", maxSearch+1), "a\x00", "\xff"} {
		_, err := s.ListUsers(t.Context(), tenants.TenantID{}, UserQuery{Text: text, Limit: 1})
		wantInvalid(t, text, "q", err)
		_, err = s.ListGroups(t.Context(), tenants.TenantID{}, GroupQuery{Text: text, Limit: 1})
		wantInvalid(t, text, "q", err)
	}
}
