package filter_test

import (
	"encoding/json"
	"testing"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

type object = map[string]any

func matchUser() object {
	return object{
		"schemas":    []any{schema.UserURN, enterprise},
		"id":         "0190C0DE",
		"externalId": "X-1",
		"userName":   "Zoé@Example.com",
		"name":       object{"givenName": "Zoé", "familyName": "O'Malley"},
		"nickName":   "",
		"active":     false,
		"emails": []any{
			object{"value": "zoe@example.com", "type": "Work", "primary": true},
			object{"value": "z@home.example", "type": "home"},
			object{"value": "old@example.com"},
		},
		"phoneNumbers":     []any{},
		"ims":              []any{object{"value": ""}},
		"x509Certificates": []any{object{"value": "AAEC"}},
		"groups":           []any{object{"value": "G1", "display": "Staff", "type": "direct"}},
		"meta": object{
			"resourceType": "User", "created": "2024-01-31T23:59:59Z",
			"lastModified": "2024-02-01T00:00:00.123456Z", "version": `W/"3"`,
		},
		enterprise: object{"department": "Sales", "manager": object{"value": "M1"}},
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want bool
	}{
		// Strings.
		{`userName eq "ZOÉ@example.COM"`, true},
		{`userName eq "zoe@example.com"`, false},
		{`userName ne "zoé@example.com"`, false},
		{`userName ne "x"`, true},
		{`externalId eq "X-1"`, true},
		{`externalId eq "x-1"`, false},
		{`externalId ne "x-1"`, true},
		{`id eq "0190C0DE"`, true},
		{`id eq "0190c0de"`, false},
		{`userName co "É@EX"`, true},
		{`userName co ""`, true},
		{`userName sw "zoé"`, true},
		{`userName sw "oé"`, false},
		{`userName ew ".COM"`, true},
		{`userName ew ".co"`, false},
		{`userName sw "Zoé@Example.com and more"`, false},
		{`userName gt "zo"`, true},
		{`userName gt "zoé@example.com"`, false},
		{`userName ge "zoé@example.com"`, true},
		{`userName lt "zoé@example.comm"`, true},
		{`userName le "zoé@example.com"`, true},
		{`userName lt "Zoz"`, false}, // é is above z, by bytes
		{`externalId lt "a"`, true},
		{`name.familyName co "o'm"`, true},

		// No value.
		{`title eq "x"`, false},
		{`title ne "x"`, true},
		{`title eq null`, true},
		{`title ne null`, false},
		{`title gt "a"`, false},
		{`title co ""`, false},
		{`not (title eq "x")`, true},
		{`userName eq null`, false},
		{`userName ne null`, true},
		{`nickName eq null`, false},
		{`nickName eq ""`, true},

		// Presence.
		{`userName pr`, true},
		{`title pr`, false},
		{`nickName pr`, false},
		{`active pr`, true},
		{`name pr`, true},
		{`name.middleName pr`, false},
		{`emails pr`, true},
		{`emails.display pr`, false},
		{`phoneNumbers pr`, false},
		{`ims pr`, false},
		{`addresses pr`, false},
		{`meta pr`, true},
		{enterprise + ` pr`, true},
		{enterprise + `:manager pr`, true},
		{`costCenter pr`, false},

		// Booleans.
		{`active eq false`, true},
		{`active eq "False"`, true},
		{`active eq true`, false},
		{`active ne true`, true},
		{`active ne false`, false},
		{`emails.primary eq true`, true},
		{`emails.primary eq false`, false},
		{`emails.primary ne true`, false},

		// Times.
		{`meta.created lt "2024-02-01T00:00:00Z"`, true},
		{`meta.created eq "2024-02-01T00:59:59+01:00"`, true},
		{`meta.lastModified eq "2024-02-01T00:00:00.1234569Z"`, true},
		{`meta.lastModified ne "2024-02-01T00:00:00.123456Z"`, false},
		{`meta.lastModified gt "2024-02-01T00:00:00.123455Z"`, true},
		{`meta.lastModified ge "0001-01-03T00:00:00.0000000Z"`, true},
		{`meta.lastModified le "2024-02-01T00:00:00.123455Z"`, false},

		// Several values: any of them.
		{`emails eq "old@EXAMPLE.com"`, true},
		{`emails.type eq "work"`, true},
		{`emails.type ne "work"`, true},
		{`emails.type eq null`, false},
		{`emails.value co "@home"`, true},
		{`schemas eq "` + enterprise + `"`, true},
		{`schemas eq "urn:ietf:params:scim:schemas:core:2.0:Group"`, false},
		{`groups eq "G1"`, true},
		{`x509Certificates.value sw "AA"`, true},

		// One element as a whole.
		{`emails[type eq "work" and value co "@example.com"]`, true},
		{`emails[type eq "home" and value co "@example.com"]`, false},
		{`emails.type eq "home" and emails.value co "@example.com"`, true},
		{`emails[type eq "work"].value eq "zoe@example.com"`, true},
		{`emails[type eq "work"].value eq "z@home.example"`, false},
		{`emails[type eq "work"].value ne "zoe@example.com"`, false},
		{`emails[type eq null]`, true},
		{`emails[type eq null and value sw "zoe"]`, false},
		{`emails[not (type pr)]`, true},
		{`emails[type ne "work" and value sw "old"]`, true},
		{`emails[primary ne true and type eq "home"]`, true},
		{`emails[type eq "other" or value sw "z@"]`, true},
		{`not (emails[type eq "other"])`, true},
		{`addresses[type ne "work"]`, false},
		{`name[givenName sw "zo" and familyName pr]`, true},
		{`meta[resourceType eq "User" and created pr]`, true},

		// Extensions.
		{enterprise + `:department eq "sales"`, true},
		{`department eq "sales"`, true},
		{`manager eq "M1"`, true},
		{`manager.value eq "m1"`, false},

		// Logic.
		{`active eq true and userName pr`, false},
		{`active eq true or userName pr`, true},
		{`userName pr or active eq true and title pr`, true},
		{`(userName pr or active eq true) and title pr`, false},
		{`not (userName pr) or title eq null`, true},
		{`not (userName pr or title pr)`, false},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			e := bind(t, userType(), tt.text, filter.BindOptions{})
			if got := filter.Match(e, matchUser()); got != tt.want {
				t.Errorf("matches: %t, want %t", got, tt.want)
			}
		})
	}
}

func TestMatchDevice(t *testing.T) {
	t.Parallel()
	doc := object{
		"slots": json.Number("9007199254740993"),
		"load":  json.Number("0.10"),
		"seen":  "2024-02-01T00:00:00Z",
		"tags":  []any{"Red", "blue"},
		"ports": []any{
			object{"number": json.Number("80"), "opened": "2024-01-01T00:00:00Z"},
			object{"number": json.Number("443"), "label": "TLS"},
		},
	}
	tests := []struct {
		text string
		want bool
	}{
		{`slots eq 9007199254740993`, true},
		{`slots eq 9007199254740992`, false},
		{`slots gt 9007199254740992.5`, true},
		{`slots lt 1e300`, true},
		{`slots ne 9007199254740993.0`, false},
		{`load eq 1e-1`, true},
		{`load ge 0.1000001`, false},
		{`load gt -5`, true},
		{`load le 0.1`, true},
		{`tags eq "RED"`, true},
		{`tags ne "red"`, true},
		{`tags co "LU"`, true},
		{`seen gt "2024-01-31T23:59:59.999999Z"`, true},
		{`ports.number lt 100`, true},
		{`ports[number lt 100 and label pr]`, false},
		{`ports[opened lt "2024-01-02T00:00:00Z"].number eq 80`, true},
		{`key eq null`, true},
	}
	device := deviceType(t)
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			if got := filter.Match(bind(t, device, tt.text, filter.BindOptions{}), doc); got != tt.want {
				t.Errorf("matches: %t, want %t", got, tt.want)
			}
		})
	}
}

// TestMatchForeignTypes compares values that are not of their attribute's type,
// which no stored document has: they differ from everything.
func TestMatchForeignTypes(t *testing.T) {
	t.Parallel()
	doc := object{"slots": "1", "load": true, "seen": "soon", "key": json.Number("1"), "ports": []any{"x"}}
	tests := []struct {
		text string
		want bool
	}{
		{`slots eq 1`, false},
		{`slots ne 1`, true},
		{`load ge 0`, false},
		{`seen eq "2024-01-01T00:00:00Z"`, false},
		{`seen ne "2024-01-01T00:00:00Z"`, true},
		{`seen gt "0001-01-01T00:00:00Z"`, false},
		{`key co "1"`, false},
		{`key sw ""`, false},
		{`key ne ""`, true},
		{`ports[label eq null]`, false},
		{`slots pr`, true},
	}
	device := deviceType(t)
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			if got := filter.Match(bind(t, device, tt.text, filter.BindOptions{}), doc); got != tt.want {
				t.Errorf("matches: %t, want %t", got, tt.want)
			}
		})
	}
}

func TestMatchNil(t *testing.T) {
	t.Parallel()
	if !filter.Match(nil, object{}) {
		t.Error("a nil filter must hold for everything")
	}
	if filter.Match(&filter.Never{}, matchUser()) {
		t.Error("Never must hold for nothing")
	}
}

func TestMatchElement(t *testing.T) {
	t.Parallel()
	work := object{"value": "A@example.com", "type": "work", "primary": true}
	tests := []struct {
		path string
		want bool
	}{
		{`emails[type eq "WORK"]`, true},
		{`emails[type eq "home"]`, false},
		{`emails[primary eq "True" and value eq "a@example.com"]`, true},
		{`emails[display pr]`, false},
		{`emails[display eq null]`, true},
		{`emails[not (type eq "work") or value sw "a"]`, true},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			t.Parallel()
			p, err := filter.ParsePath(userType(), tt.path)
			if err != nil {
				t.Fatalf("ParsePath: %v", err)
			}
			if got := filter.MatchElement(p.Filter, work); got != tt.want {
				t.Errorf("matches: %t, want %t", got, tt.want)
			}
		})
	}
	if !filter.MatchElement(nil, work) {
		t.Error("a nil filter must hold for every element")
	}
}
