package filter_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

// TestBindCanonical shows what a filter means by its canonical text.
func TestBindCanonical(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		// The examples of RFC 7644 section 3.4.2.2.
		{"RFC eq", `userName eq "bjensen"`, ``},
		{"RFC eq, other case", `Username Eq "john"`, `userName eq "john"`},
		{"RFC co", `name.familyName co "O'Malley"`, `name.familyName co "o'malley"`},
		{"RFC sw", `userName sw "J"`, `userName sw "j"`},
		{"RFC core URN", `urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"`, `userName sw "j"`},
		{"RFC pr", `title pr`, ``},
		{"RFC gt", `meta.lastModified gt "2011-05-13T04:42:34Z"`, ``},
		{"RFC ge", `meta.lastModified ge "2011-05-13T04:42:34Z"`, ``},
		{"RFC lt", `meta.lastModified lt "2011-05-13T04:42:34Z"`, ``},
		{"RFC le", `meta.lastModified le "2011-05-13T04:42:34Z"`, ``},
		{"RFC and", `title pr and userType eq "Employee"`, `title pr and userType eq "employee"`},
		{"RFC or", `title pr or userType eq "Intern"`, `title pr or userType eq "intern"`},
		{"RFC schemas", `schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"`, ``},
		{
			"RFC group", `userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")`,
			`userType eq "employee" and (emails.value co "example.com" or emails.value co "example.org")`,
		},
		{
			"RFC not", `userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")`,
			`userType ne "employee" and not (emails.value co "example.com" or emails.value co "example.org")`,
		},
		{
			"RFC group of one", `userType eq "Employee" and (emails.type eq "work")`,
			`userType eq "employee" and emails.type eq "work"`,
		},
		{
			"RFC value path", `userType eq "Employee" and emails[type eq "work" and value co "@example.com"]`,
			`userType eq "employee" and emails[type eq "work" and value co "@example.com"]`,
		},
		{
			"RFC value paths", `emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]`, ``,
		},

		// Precedence and shape.
		{"and before or", `title pr or nickName pr and locale pr`, ``},
		{"or in and", `(title pr or nickName pr) and locale pr`, ``},
		{"needless brackets", `((title pr)) or ((nickName pr) and (locale pr))`, `title pr or nickName pr and locale pr`},
		{"not before and", `not (title pr) and locale pr`, ``},
		{"not twice", `not (not (title pr))`, ``},
		{"flat and", `title pr and (nickName pr and locale pr) and active pr`, `title pr and nickName pr and locale pr and active pr`},
		{"flat or", `title pr or (nickName pr or locale pr)`, `title pr or nickName pr or locale pr`},
		{"words in capitals", `TITLE PR AND NOT(LOCALE PR)OR ACTIVE EQ TRUE`, `title pr and not (locale pr) or active eq true`},
		{"any white space", "\ttitle\npr  and\r( locale pr )", `title pr and locale pr`},
		{"no white space", `title eq"a"and(locale pr)`, `title eq "a" and locale pr`},

		// Literals.
		{"escapes", `title eq "\"\\\/\b\f\n\r\t\u00e9\uD83D\uDe00<&>"`, `title eq "\"\\/\b\f\n\r\té😀<&>"`},
		{"caseExact", `externalId eq "X-É"`, ``},
		{"folded", `title eq "X-É"`, `title eq "x-é"`},
		{"null", `title eq NULL`, `title eq null`},
		{"not null", `active ne null`, ``},
		{"quoted boolean", `active eq "True"`, `active eq true`},
		{"quoted boolean false", `emails.primary ne "fALSE"`, `emails.primary ne false`},
		{"empty string", `title eq ""`, ``},
		{"fractions", `meta.created gt "2024-05-13T04:42:34.1234567Z"`, `meta.created gt "2024-05-13T04:42:34.123456Z"`},
		{"offset", `meta.created gt "2024-05-13T04:42:34+02:00"`, `meta.created gt "2024-05-13T02:42:34Z"`},

		// What identity providers send.
		{"Entra test connection", `userName eq "4b1d0f0e-5f0c-4a7e-9d5a-0a0f1c2b3d4e"`, ``},
		{"Entra value path with a sub-attribute", `emails[type eq "work"].value eq "X@example.com"`, `emails[type eq "work" and value eq "x@example.com"]`},
		{"value path with a sub-attribute, pr", `emails[type eq "work"].value pr`, `emails[type eq "work" and value pr]`},
		{
			"value path of several terms with a sub-attribute", `emails[type eq "work" and primary eq true].value eq "x"`,
			`emails[type eq "work" and primary eq true and value eq "x"]`,
		},
		{
			"value path of alternatives with a sub-attribute", `emails[type eq "work" or primary eq true].value eq "x"`,
			`emails[(type eq "work" or primary eq true) and value eq "x"]`,
		},
		{
			"Entra manager reference", `id eq "A" and manager eq "B"`,
			`id eq "A" and ` + enterprise + `:manager.value eq "B"`,
		},
		{"Entra quoted boolean", `roles[primary eq "True"].value eq "x"`, `roles[primary eq true and value eq "x"]`},
		{
			"Entra inbound", `active eq true and (meta.lastModified ge "0001-01-03T00:00:00.0000000Z" and meta.lastModified le "2024-01-01T00:00:00.0000000Z")`,
			`active eq true and meta.lastModified ge "0001-01-03T00:00:00Z" and meta.lastModified le "2024-01-01T00:00:00Z"`,
		},
		{"Okta lookup", `userName eq "a@b"`, ``},

		// Extensions, complex attributes, references.
		{"extension attribute", strings.ToUpper(enterprise) + `:DEPARTMENT eq "X"`, enterprise + `:department eq "x"`},
		{"extension sub-attribute", enterprise + `:manager.value eq "X"`, ``},
		{"whole extension", enterprise + ` pr`, ``},
		{"complex attribute", `name pr`, ``},
		{"single complex attribute", `name[givenName eq "a" and familyName pr]`, ``},
		{"dollar", `manager.$ref pr`, enterprise + `:manager.$ref pr`},
		{"not in a value path", `emails[not (type eq "work" or value pr)]`, ``},
		{"space before a value path", `emails [type pr] and title pr`, `emails[type pr] and title pr`},
		{"binary", `x509Certificates.value eq null`, ``},
		{"groups", `groups eq "A"`, `groups.value eq "A"`},
		{"groups by display", `groups[display eq "A" and type eq "direct"]`, `groups[display eq "a" and type eq "direct"]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want := tt.want
			if want == "" {
				want = tt.text
			}
			if got := bind(t, userType(), tt.text, filter.BindOptions{}).String(); got != want {
				t.Errorf("%s\n got %s\nwant %s", tt.text, got, want)
			}
		})
	}
}

// TestBindTree looks at the tree itself.
func TestBindTree(t *testing.T) {
	t.Parallel()
	user, group, device := userType(), groupType(), deviceType(t)
	ref := func(rt *schema.ResourceType, name string) schema.Ref {
		n, err := schema.ParseName(name)
		if err != nil {
			t.Fatal(err)
		}
		r, ok := rt.Resolve(n)
		if !ok {
			t.Fatalf("no attribute %s", name)
		}
		return r
	}
	tests := []struct {
		text string
		in   *schema.ResourceType
		want filter.Expr
	}{
		{`userName eq "Ä"`, user, &filter.Compare{Ref: ref(user, "userName"), Op: filter.Eq, Value: "ä"}},
		{`members eq "Z"`, group, &filter.Compare{Ref: ref(group, "members.value"), Op: filter.Eq, Value: "Z"}},
		{`id ne null`, group, &filter.Compare{Ref: ref(group, "id"), Op: filter.Ne}},
		{`slots gt -1.50e1`, device, &filter.Compare{Ref: ref(device, "slots"), Op: filter.Gt, Value: json.Number("-1.50e1")}},
		{`tags eq "A"`, device, &filter.Compare{Ref: ref(device, "tags"), Op: filter.Eq, Value: "a"}},
		{
			`seen le "0001-01-01T00:00:00.1234569Z"`, device,
			&filter.Compare{Ref: ref(device, "seen"), Op: filter.Le, Value: time.Date(1, 1, 1, 0, 0, 0, 123456000, time.UTC)},
		},
		{
			`ports[number eq 1 or label pr] and not (tags pr)`, device,
			&filter.And{Terms: []filter.Expr{
				&filter.Has{Ref: ref(device, "ports"), Filter: &filter.Or{Terms: []filter.Expr{
					&filter.Compare{Ref: ref(device, "ports.number"), Op: filter.Eq, Value: json.Number("1")},
					&filter.Present{Ref: ref(device, "ports.label")},
				}}},
				&filter.Not{Term: &filter.Present{Ref: ref(device, "tags")}},
			}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, bind(t, tt.in, tt.text, filter.BindOptions{})); diff != "" {
				t.Errorf("tree differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBindRefuses(t *testing.T) {
	t.Parallel()
	user, group, device := userType(), groupType(), deviceType(t)
	tests := []struct {
		text   string
		in     *schema.ResourceType
		detail string
	}{
		{`bogus eq "x"`, user, `User has no attribute "bogus"`},
		{`title pr and (not (bogus pr))`, user, `User has no attribute "bogus"`},
		{`name.bogus eq "x"`, user, `User has no attribute "name.bogus"`},
		{`emails[bogus eq "x"]`, user, `User has no attribute "emails.bogus"`},
		{`emails[bogus pr]`, user, `User has no attribute "emails.bogus"`},
		{`emails[type eq "work"].bogus eq "x"`, user, `User has no attribute "emails.bogus"`},
		{`bogus[type pr]`, user, `User has no attribute "bogus"`},
		{`urn:example:Other:title pr`, user, `User has no attribute "urn:example:Other:title"`},
		{`urn:example:other:2.0 pr`, user, `User has no attribute "urn:example:other:2.0"`},
		{`userName eq "x"`, group, `Group has no attribute "userName"`},
		{`schemas[value eq "x"]`, user, "schemas has no sub-attributes that a filter in square brackets could name"},
		{`emails.value[type eq "x"]`, user, "emails.value has no sub-attributes"},
		{enterprise + `[department eq "x"]`, user, "has no sub-attributes"},
		{`name eq "x"`, user, "name is complex: compare one of its sub-attributes"},
		{`meta eq "x"`, user, "meta is complex: compare one of its sub-attributes"},
		{`ports eq "x"`, device, "ports is complex"},
		{enterprise + ` eq "x"`, user, "is a whole schema extension: compare one of its attributes"},
		{`password eq "x"`, user, "password is never returned and cannot be filtered on"},
		{`password pr`, user, "password is never returned"},
		{`password[value pr]`, user, "password has no sub-attributes"},
		{`ports.pin eq "1"`, device, "ports.pin is never returned"},
		{`ports[pin sw "1"]`, device, "ports.pin is never returned"},
		{`ports[number eq 1].pin eq "1"`, device, "ports.pin is never returned"},

		{`active gt true`, user, "the operator gt does not apply to active, which is of type boolean"},
		{`active co "t"`, user, "the operator co does not apply to active, which is of type boolean"},
		{`x509Certificates.value lt "x"`, user, "the operator lt does not apply to x509Certificates.value, which is of type binary"},
		{`key ge "x"`, device, "the operator ge does not apply to key"},
		{`meta.created sw "2024"`, user, "the operator sw does not apply to meta.created, which is of type dateTime"},
		{`slots co 1`, device, "the operator co does not apply to slots, which is of type integer"},
		{`load ew 1`, device, "the operator ew does not apply to load, which is of type decimal"},

		{`title gt null`, user, "null can be compared with eq and ne only, not with gt"},
		{`title co null`, user, "null can be compared with eq and ne only, not with co"},
		{`userName eq true`, user, "userName must be compared with a string in double quotes"},
		{`externalId eq 12`, user, "externalId must be compared with a string in double quotes"},
		{`profileUrl eq 12`, user, "profileUrl must be compared with a string in double quotes"},
		{`active eq "yes"`, user, "active must be compared with true or false"},
		{`active eq 1`, user, "active must be compared with true or false"},
		{`emails[primary eq "x"]`, user, "emails.primary must be compared with true or false"},
		{`slots eq "1"`, device, "slots must be compared with a number"},
		{`load lt true`, device, "load must be compared with a number"},
		{`seen lt "yesterday"`, device, `seen must be compared with a date and time in double quotes, such as "2024-05-13T04:42:34Z"`},
		{`seen lt 2024`, device, "seen must be compared with a date and time"},
		{`seen lt "9999-12-31T23:59:59-01:00"`, device, "seen must be compared with a date and time"},
		{`seen gt "0000-01-01T00:00:00+01:00"`, device, "seen must be compared with a date and time"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			err := refused(t, tt.in, tt.text)
			if !strings.Contains(err.Detail, tt.detail) {
				t.Errorf("got  %s\nwant %s", err.Detail, tt.detail)
			}
			var unknown *filter.UnknownAttributeError
			if got, want := errors.As(err, &unknown), strings.Contains(tt.detail, "has no attribute"); got != want {
				t.Errorf("is an UnknownAttributeError: %t, want %t", got, want)
			}
		})
	}
}

// TestBindUnknownMatchesNothing reads unknown attributes as ones without a value.
func TestBindUnknownMatchesNothing(t *testing.T) {
	t.Parallel()
	const never, always = `x-unknown pr`, `not (x-unknown pr)`
	tests := []struct {
		text, want string
		matches    bool
	}{
		{`userName eq "x"`, never, false},
		{`userName pr`, never, false},
		{`userName eq null`, always, true},
		{`userName ne "x"`, always, true},
		{`userName ne null`, never, false},
		{`userName gt "x"`, never, false},
		{`emails[type eq "work"]`, never, false},
		{`emails[type eq "work"].value ne "x"`, never, false},
		{`members[bogus eq "x"]`, `members[` + never + `]`, false},
		{`members[bogus ne "x"]`, `members[` + always + `]`, true},
		{`userName eq "x" or displayName eq "A"`, never + ` or displayName eq "a"`, true},
		{`not (userName pr)`, always, true},
	}
	doc := map[string]any{"displayName": "a", "members": []any{map[string]any{"value": "1"}}}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			e := bind(t, groupType(), tt.text, filter.BindOptions{UnknownMatchesNothing: true})
			if e.String() != tt.want {
				t.Errorf("bound to %s, want %s", e, tt.want)
			}
			if got := filter.Match(e, doc); got != tt.matches {
				t.Errorf("matches: %t, want %t", got, tt.matches)
			}
		})
	}
}
