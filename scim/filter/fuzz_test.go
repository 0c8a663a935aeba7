package filter_test

import (
	"errors"
	"testing"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		``, `userName eq "x"`, `not (title pr) and (active eq "True" or emails co "@x")`,
		`emails[type eq "work" and (value sw "a" or not (primary eq true))]`,
		`emails[type eq "work" or primary eq true].value eq "x"`, `manager eq "x"`,
		`urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"`, enterprise + ` pr`,
		`meta.lastModified ge "0001-01-03T00:00:00.0000000Z"`, `title eq "\ud83d\ude00\u00e9\n"`,
		`ports[number gt 1.5e3].opened lt "2024-05-13T04:42:34.1234567+02:00"`, `slots ne null`,
		`bogus ne "x"`, `x-unknown pr`, `title eq 'x'`, `((((`, `emails[[`, "title eq \"\x00\"",
	} {
		f.Add(seed)
	}
	device := deviceType(f)
	doc := matchUser()
	doc["slots"], doc["ports"] = "x", []any{map[string]any{"number": "1"}}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := filter.Parse(text)
		if err != nil {
			checkRefusal(t, err)
			return
		}
		for _, rt := range []*schema.ResourceType{userType(), groupType(), device} {
			for _, o := range []filter.BindOptions{{}, {UnknownMatchesNothing: true}} {
				e, err := parsed.Bind(rt, o)
				if err != nil {
					checkRefusal(t, err)
					continue
				}
				checkRoundTrip(t, rt, e)
				if filter.Match(e, doc) == filter.Match(&filter.Not{Term: e}, doc) {
					t.Errorf("%s and its negation agree", e)
				}
			}
		}
	})
}

func FuzzPath(f *testing.F) {
	for _, seed := range []string{
		``, `members`, `name.familyName`, `emails[type eq "work"].value`, `members[value eq "a" or value eq "b"]`,
		`roles[primary eq "True" and type eq "x"].display`, enterprise, enterprise + `:manager.value`,
		`urn:ietf:params:scim:schemas:core:2.0:User:displayName`, `members[value eq "a"].$ref`, `emails[`,
		`ports[number eq 1 and opened eq "2024-01-01T00:00:00Z"]`, `bogus[type eq "x"].y`, `emails].value`,
	} {
		f.Add(seed)
	}
	device := deviceType(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, rt := range []*schema.ResourceType{userType(), groupType(), device} {
			p, err := filter.ParsePath(rt, text)
			if err != nil {
				checkRefusal(t, err)
				continue
			}
			checkPath(t, p)
		}
	})
}

// checkPath wants that what a path says can be relied on.
func checkPath(t *testing.T, p *filter.Path) {
	t.Helper()
	if p.Filter == nil {
		if p.Sub != nil {
			t.Errorf("%q has a sub-attribute behind no filter", p.Raw)
		}
		return
	}
	if p.Ref.Sub != nil || !p.Ref.Attr.MultiValued {
		t.Errorf("%q selects among the values of %s", p.Raw, p.Ref)
	}
	conditions, ok := p.EqConditions()
	if !ok {
		return
	}
	element := map[string]any{}
	for _, c := range conditions {
		element[c.Sub.Name] = c.Value
	}
	if !filter.MatchElement(p.Filter, element) {
		t.Errorf("%q does not match the element %v made from its conditions", p.Raw, element)
	}
}

func checkRefusal(t *testing.T, err error) {
	t.Helper()
	var refusal *schema.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("error %v is not a *schema.Error", err)
	}
	if refusal.Type != schema.InvalidFilter && refusal.Type != schema.InvalidPath {
		t.Errorf("error is of type %s", refusal.Type)
	}
	if len(refusal.Detail) > 800 {
		t.Errorf("the detail has %d bytes: %s", len(refusal.Detail), refusal.Detail)
	}
}
