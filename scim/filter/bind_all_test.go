package filter_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

// TestBindAll shows what a filter means to users, to groups and to a type whose
// attributes have the names of others and not their form.
func TestBindAll(t *testing.T) {
	t.Parallel()
	types := append(schema.Default().Types(), toolType(t))
	const never, always = "x-unknown pr", "not (x-unknown pr)"
	for text, want := range map[string][3]string{
		`externalId eq "X"`:              {`externalId eq "X"`, `externalId eq "X"`, `externalId eq "X"`},
		`userName eq "X"`:                {`userName eq "x"`, never, never},
		`userName ne "X"`:                {`userName ne "x"`, always, always},
		`userName eq null`:               {`userName eq null`, always, always},
		`userName pr or members pr`:      {`userName pr or ` + never, never + ` or members pr`, never + ` or ` + never},
		`emails[type eq "work"]`:         {`emails[type eq "work"]`, never, never},
		`not (active eq true)`:           {`not (active eq true)`, `not (` + never + `)`, `not (` + never + `)`},
		`name eq "saw"`:                  {never, never, `name eq "saw"`},
		`name.givenName eq "saw"`:        {`name.givenName eq "saw"`, never, never},
		`title gt 3`:                     {never, never, `title gt 3`},
		`title sw "x"`:                   {`title sw "x"`, never, never},
		`title ne "x"`:                   {`title ne "x"`, always, always},
		`password eq "x"`:                {never, never, `password eq "x"`},
		`meta.resourceType eq "User"`:    {`meta.resourceType eq "User"`, `meta.resourceType eq "User"`, `meta.resourceType eq "User"`},
		`urn:example:Tool:name sw "s"`:   {never, never, `name sw "s"`},
		schema.EnterpriseUserURN + ` pr`: {schema.EnterpriseUserURN + ` pr`, never, never},
	} {
		bound, err := parse(t, text).BindAll(types)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for i, e := range bound {
			if e.String() != want[i] {
				t.Errorf("%s means to %s %s, want %s", text, types[i].Name, e, want[i])
			}
		}
	}
}

// TestBindAllRefuses names what no type can make sense of, whatever else some
// types do not have.
func TestBindAllRefuses(t *testing.T) {
	t.Parallel()
	types := append(schema.Default().Types(), toolType(t))
	for text, names := range map[string]string{
		`shoeSize pr`:                              "shoeSize",
		`userName pr and shoeSize eq "x"`:          "shoeSize",
		`members pr or (userName pr and hat pr)`:   "hat",
		`emails[shoe eq "x"]`:                      "emails.shoe",
		`emails[type eq "work" and not (shoe pr)]`: "emails.shoe",
		`active gt true`:                           "active",
		`name gt 3`:                                "name",
		`userName[value eq "x"]`:                   "userName",
	} {
		_, err := parse(t, text).BindAll(types)
		refusal, ok := errors.AsType[*schema.Error](err)
		if !ok || refusal.Type != schema.InvalidFilter || !strings.Contains(refusal.Detail, names) {
			t.Errorf("%s: %v, want invalidFilter about %s", text, err, names)
		}
	}
}

// TestBindAllOfOneTypeIsBind: the same filters are understood and refused.
func TestBindAllOfOneTypeIsBind(t *testing.T) {
	t.Parallel()
	user := schema.Default().ByName("User")
	for _, text := range []string{`userName eq "x"`, `name eq "x"`, `shoeSize pr`, `password pr`, `active gt true`, `emails[shoe pr]`, `members pr and title pr`} {
		one, err := parse(t, text).Bind(user, filter.BindOptions{})
		all, errAll := parse(t, text).BindAll([]*schema.ResourceType{user})
		if (err == nil) != (errAll == nil) || (err != nil && err.Error() != errAll.Error()) || (err == nil && one.String() != all[0].String()) {
			t.Errorf("%s: %v, %v / %v, %v", text, one, err, all, errAll)
		}
	}
}

func parse(t *testing.T, text string) *filter.Filter {
	t.Helper()
	f, err := filter.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return f
}

func toolType(t *testing.T) *schema.ResourceType {
	t.Helper()
	core, err := schema.ParseSchema([]byte(`{"id":"urn:example:Tool","name":"Tool","attributes":[
		{"name":"name","type":"string"},{"name":"title","type":"integer"},{"name":"password","type":"string"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	registry, err := schema.NewRegistry([]*schema.ResourceType{{Name: "Tool", Endpoint: "/Tools", Schema: core.ID}}, []*schema.Schema{core})
	if err != nil {
		t.Fatal(err)
	}
	return registry.ByName("Tool")
}
