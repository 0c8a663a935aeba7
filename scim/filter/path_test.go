package filter_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

func TestParsePath(t *testing.T) {
	t.Parallel()
	user, group := userType(), groupType()
	tests := []struct {
		text             string
		in               *schema.ResourceType
		ref, filter, sub string // canonical
	}{
		// RFC 7644 section 3.5.2, figure 8.
		{`members`, group, `members`, ``, ``},
		{`name.familyName`, user, `name.familyName`, ``, ``},
		{`addresses[type eq "work"]`, user, `addresses`, `addresses.type eq "work"`, ``},
		{`members[value eq "2819c223"]`, group, `members`, `members.value eq "2819c223"`, ``},
		{`members[value eq "2819c223"].display`, group, `members`, `members.value eq "2819c223"`, `display`},

		{`USERNAME`, user, `userName`, ``, ``},
		{` displayName `, user, `displayName`, ``, ``},
		{`Emails[Type EQ "Work" AND Primary eq "True"].VALUE`, user, `emails`, `emails.type eq "work" and emails.primary eq true`, `value`},
		{`roles[primary eq "True"].display`, user, `roles`, `roles.primary eq true`, `display`},
		{`members.$ref`, group, `members.$ref`, ``, ``},
		{`password`, user, `password`, ``, ``},
		{`schemas`, user, `schemas`, ``, ``},
		{`urn:ietf:params:scim:schemas:core:2.0:User:displayName`, user, `displayName`, ``, ``},
		{`urn:ietf:params:scim:schemas:core:2.0:User:name.givenName`, user, `name.givenName`, ``, ``},
		{`urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq "work"].value`, user, `emails`, `emails.type eq "work"`, `value`},
		{enterprise + `:manager`, user, enterprise + `:manager`, ``, ``},
		{enterprise + `:manager.value`, user, enterprise + `:manager.value`, ``, ``},
		{strings.ToUpper(enterprise) + `:department`, user, enterprise + `:department`, ``, ``},
		{strings.ToLower(enterprise), user, enterprise, ``, ``},
		{`manager`, user, enterprise + `:manager`, ``, ``},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			p, err := filter.ParsePath(tt.in, tt.text)
			if err != nil {
				t.Fatalf("ParsePath: %v", err)
			}
			var f, sub string
			if p.Filter != nil {
				f = p.Filter.String()
			}
			if p.Sub != nil {
				sub = p.Sub.Name
			}
			got := []string{p.Ref.String(), f, sub, p.Raw}
			if diff := cmp.Diff([]string{tt.ref, tt.filter, tt.sub, tt.text}, got); diff != "" {
				t.Errorf("path differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParsePathRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text, detail string
		kind         schema.ErrorType
		unknown      bool
	}{
		{``, "position 1: expected an attribute name, found the end", schema.InvalidPath, false},
		{`name givenName`, "position 6: expected the end of the path, found `givenName`", schema.InvalidPath, false},
		{`/emails`, "position 1: expected an attribute name, found `/emails`", schema.InvalidPath, false},
		{`"emails"`, "position 1: expected an attribute name", schema.InvalidPath, false},
		{`emails"`, "position 7: the string has no closing quote", schema.InvalidPath, false},
		{`name.`, "expected an attribute name", schema.InvalidPath, false},
		{`title eq "x"`, "position 7: expected the end of the path, found `eq`", schema.InvalidPath, false},
		{`emails(type pr)`, "position 7: expected the end of the path, found `(`", schema.InvalidPath, false},
		{`emails[type pr] .value`, "position 17: expected the end of the path, found `.value`", schema.InvalidPath, false},
		{`emails[type pr]value`, "position 16: expected `.` and the name of a sub-attribute", schema.InvalidPath, false},
		{`emails[type pr].value.x`, "position 16: expected `.` and the name of a sub-attribute", schema.InvalidPath, false},
		{`emails[type pr].value eq "x"`, "position 23: expected the end of the path", schema.InvalidPath, false},
		{`emails[type pr][value pr]`, "position 16: expected the end of the path", schema.InvalidPath, false},
		{strings.Repeat("a", filter.MaxLength+1), "too long", schema.InvalidPath, false},
		{"title\xff", "not valid UTF-8", schema.InvalidPath, false},

		{`name[givenName eq "x"]`, "name is not a multi-valued complex attribute", schema.InvalidPath, false},
		{`title[value eq "x"]`, "title is not a multi-valued complex attribute", schema.InvalidPath, false},
		{`schemas[value eq "x"]`, "schemas is not a multi-valued complex attribute", schema.InvalidPath, false},
		{`emails.value[type eq "x"]`, "emails.value is not a multi-valued complex attribute", schema.InvalidPath, false},
		{enterprise + `[department eq "x"]`, "is not a multi-valued complex attribute", schema.InvalidPath, false},

		{`bogus`, `User has no attribute "bogus"`, schema.InvalidPath, true},
		{`bogus.value`, `User has no attribute "bogus.value"`, schema.InvalidPath, true},
		{`bogus[type eq "x"].value`, `User has no attribute "bogus"`, schema.InvalidPath, true},
		{`name.bogus`, `User has no attribute "name.bogus"`, schema.InvalidPath, true},
		{`emails[type eq "work"].bogus`, `User has no attribute "emails.bogus"`, schema.InvalidPath, true},
		{`emails[bogus eq "work"].value`, `User has no attribute "emails.bogus"`, schema.InvalidFilter, true},
		{`urn:ietf:params:scim:schemas:core:2.0:User:role`, `User has no attribute "urn:ietf:params:scim:schemas:core:2.0:User:role"`, schema.InvalidPath, true},
		{`urn:example:extension:2.0:User`, `User has no attribute "urn:example:extension:2.0:User"`, schema.InvalidPath, true},

		{`emails[type]`, "position 12: expected one of the operators", schema.InvalidFilter, false},
		{`emails[type eq work]`, "position 16: expected a value, found `work`", schema.InvalidFilter, false},
		{`emails[`, "position 8: expected an attribute name", schema.InvalidFilter, false},
		{`emails[type eq "work"`, "position 22: expected `and`, `or` or `]`", schema.InvalidFilter, false},
		{`emails["x`, "position 8: the string has no closing quote", schema.InvalidFilter, false},
		{`emails[primary eq "maybe"]`, "emails.primary must be compared with true or false", schema.InvalidFilter, false},
	}
	for _, tt := range tests {
		name, _, _ := strings.Cut(tt.text, "aaaa")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := filter.ParsePath(userType(), tt.text)
			refusal := wantError(t, err, tt.kind)
			if !strings.Contains(refusal.Detail, tt.detail) {
				t.Errorf("got  %s\nwant %s", refusal.Detail, tt.detail)
			}
			var unknown *filter.UnknownAttributeError
			if errors.As(err, &unknown) != tt.unknown {
				t.Errorf("is an UnknownAttributeError: %t, want %t", !tt.unknown, tt.unknown)
			}
		})
	}
}

func TestEqConditions(t *testing.T) {
	t.Parallel()
	type conditions map[string]any
	tests := []struct {
		path string
		want conditions // nil: the filter says something else
	}{
		{`emails[type eq "Work"].value`, conditions{"type": "Work"}},
		{`roles[primary eq "True"].value`, conditions{"primary": true}},
		{`emails[(type eq "work") and (primary eq false and value eq "A@b")]`, conditions{"type": "work", "primary": false, "value": "A@b"}},
		{`emails`, nil},
		{`emails[type ne "work"]`, nil},
		{`emails[type pr]`, nil},
		{`emails[type eq null]`, nil},
		{`emails[not (type eq "work")]`, nil},
		{`emails[type eq "work" or type eq "home"]`, nil},
		{`emails[type eq "work" and type eq "home"]`, nil},
		{`emails[type eq "work" and (value eq "a" or value eq "b")]`, nil},
		{`emails[type eq "work" and value co "a"]`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			t.Parallel()
			p, err := filter.ParsePath(userType(), tt.path)
			if err != nil {
				t.Fatalf("ParsePath: %v", err)
			}
			list, ok := p.EqConditions()
			var got conditions
			if ok {
				got = conditions{}
			}
			for _, c := range list {
				got[c.Sub.Name] = c.Value
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("conditions differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEqConditionsOfOtherTypes(t *testing.T) {
	t.Parallel()
	p, err := filter.ParsePath(deviceType(t), `ports[number eq 1.0 and opened eq "2024-01-01T00:00:00.10Z"]`)
	if err != nil {
		t.Fatalf("ParsePath: %v", err)
	}
	list, ok := p.EqConditions()
	if !ok || len(list) != 2 {
		t.Fatalf("EqConditions = %v, %t; want two conditions", list, ok)
	}
	want := []any{json.Number("1.0"), "2024-01-01T00:00:00.10Z"}
	if diff := cmp.Diff(want, []any{list[0].Value, list[1].Value}); diff != "" {
		t.Errorf("values differ (-want +got):\n%s", diff)
	}
}

func TestEqValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		path string
		want []string // nil: the filter says something else
	}{
		{`members[value eq "A"]`, []string{"A"}},
		{`members[value eq "A" or value eq "b" or (value eq "A")]`, []string{"A", "b", "A"}},
		{`members[Value eq ""]`, []string{""}},
		{`members`, nil},
		{`members[display eq "A"]`, nil},
		{`members[value eq "A" or display eq "B"]`, nil},
		{`members[value eq "A" and value eq "B"]`, nil},
		{`members[value ne "A"]`, nil},
		{`members[value eq "A" or value sw "B"]`, nil},
		{`members[value eq null]`, nil},
		{`members[not (value eq "A")]`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			t.Parallel()
			p, err := filter.ParsePath(groupType(), tt.path)
			if err != nil {
				t.Fatalf("ParsePath: %v", err)
			}
			got, ok := p.EqValues()
			if ok != (tt.want != nil) || !cmp.Equal(tt.want, got) {
				t.Errorf("EqValues = %v, %t; want %v", got, ok, tt.want)
			}
		})
	}
}
