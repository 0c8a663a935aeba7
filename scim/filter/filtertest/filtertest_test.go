package filtertest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/filter/filtertest"
	"github.com/roster-scim/roster/scim/schema"
)

// TestDocumentsAreNormal checks that generated documents are what a client's
// document becomes when it is stored.
func TestDocumentsAreNormal(t *testing.T) {
	t.Parallel()
	for _, rt := range schema.Default().Types() {
		t.Run(rt.Name, func(t *testing.T) {
			t.Parallel()
			documents := filtertest.Documents(rt)
			rapid.Check(t, func(t *rapid.T) {
				doc := documents.Draw(t, "document")
				stored, err := rt.Normalize(doc, schema.Options{RefuseUnknown: true, StrictTypes: true})
				if err != nil {
					t.Fatalf("Normalize: %v", err)
				}
				if diff := cmp.Diff(doc, stored); diff != "" {
					t.Fatalf("normalized document differs (-generated +stored):\n%s", diff)
				}
			})
		})
	}
}

// TestFiltersTellDocumentsApart checks that filters bind, and that a good share
// of them hold for some users and not for others.
func TestFiltersTellDocumentsApart(t *testing.T) {
	t.Parallel()
	rt := schema.Default().ByName("User")
	texts, users := filtertest.Filters(rt), filtertest.Users()
	const filters, documents = 200, 40
	telling := 0
	for seed := range filters {
		e := bind(t, rt, texts.Example(seed))
		matches := 0
		for i := range documents {
			if filter.Match(e, users.Example(seed*documents+i)) {
				matches++
			}
		}
		if matches > 0 && matches < documents {
			telling++
		}
	}
	if telling < filters/3 {
		t.Errorf("%d of %d filters tell users apart, want at least a third", telling, filters)
	}
}

// TestFiltersUseEverything checks that each form, operator and pool turns up.
func TestFiltersUseEverything(t *testing.T) {
	t.Parallel()
	rt := schema.Default().ByName("Group")
	texts := filtertest.Filters(rt,
		filtertest.Pool{Attribute: "members.value", Values: []string{"m1"}},
		filtertest.Pool{Attribute: "members.type", Values: []string{"User"}},
		filtertest.Pool{Attribute: "meta.created", Values: []string{"2024-01-01T00:00:00Z"}},
		filtertest.Pool{Attribute: "id", Values: []string{"g1"}},
		filtertest.Pool{Attribute: "members", Values: []string{"a complex attribute is left out"}},
		filtertest.Pool{Attribute: "bogus", Values: []string{"an unknown attribute is left out"}},
		filtertest.Pool{Attribute: "not a name"},
	)
	var all strings.Builder
	for seed := range 2000 {
		all.WriteString(bind(t, rt, texts.Example(seed)).String() + "\n")
	}
	for _, want := range []string{
		" eq ", " ne ", " gt ", " ge ", " lt ", " le ", " co ", " sw ", " ew ", " pr", " and ", " or ", "not (", "null",
		"members[", `value eq "m1"`, "members.value ", "members pr", `type eq "`, "meta pr", "meta.created", "meta[", `id eq "`, "externalId", "displayName",
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("no filter has %q", want)
		}
	}
	if strings.Contains(all.String(), "left out") {
		t.Error("a filter names an attribute that cannot be compared")
	}
}

func bind(t *testing.T, rt *schema.ResourceType, text string) filter.Expr {
	t.Helper()
	f, err := filter.Parse(text)
	if err != nil {
		t.Fatalf("Parse(%s): %v", text, err)
	}
	e, err := f.Bind(rt, filter.BindOptions{})
	if err != nil {
		t.Fatalf("Bind(%s): %v", text, err)
	}
	return e
}
