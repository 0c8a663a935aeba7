package storage

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// found is what a lookup finds: its total, and the ids.
type found struct {
	Total int
	IDs   []string
}

func (f *fixture) lookUp(t *testing.T, rt *schema.ResourceType, text string, with scim.With) (found, scim.Page) {
	t.Helper()
	q := scim.ListQuery{Filter: bind(t, rt, text), Start: 1, Count: 10, With: with}
	if lookupOf(rt, q) == nil {
		t.Errorf("%s is no lookup", text)
	}
	page, err := f.s.List(f.ctx, f.dir, rt, q)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return found{page.Total, recordIDs(page)}, page
}

// TestLookupsShareAStatement: what is kept of one lookup is right for every other.
func TestLookupsShareAStatement(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		user := func(n int, externalID string) string {
			name := fmt.Sprintf("person-%d@example.com", n)
			return f.create(userType, draft(doc{"userName": name, "externalId": externalID, "emails": []any{doc{"value": name}}})).ID
		}
		one, two, three := user(1, "A"), user(2, "a"), user(3, "A")
		group := f.group("Sales", one)
		f.in(newDirectory()).user("person-1@example.com")
		memberships := scim.With{Memberships: true}
		for range 2 {
			for _, tc := range []struct {
				kind *schema.ResourceType
				text string
				with scim.With
				want []string
			}{
				{userType, `userName eq "Person-1@EXAMPLE.com"`, scim.With{}, []string{one}},
				{userType, `userName eq "person-2@example.com"`, memberships, []string{two}},
				{userType, `userName eq "person-4@example.com"`, memberships, []string{}},
				{userType, `externalId eq "A"`, scim.With{}, []string{one, three}},
				{userType, `externalId eq "a"`, memberships, []string{two}},
				{userType, `externalId eq "b"`, memberships, []string{}},
				{userType, `emails.value eq "PERSON-3@example.com"`, memberships, []string{three}},
				{groupType, `displayName eq "sales"`, scim.With{}, []string{group}},
				{groupType, `externalId eq "A"`, scim.With{}, []string{}},
			} {
				got, _ := f.lookUp(t, tc.kind, tc.text, tc.with)
				if diff := cmp.Diff(found{len(tc.want), tc.want}, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tc.text, diff)
				}
			}
		}
		_, page := f.lookUp(t, userType, `userName eq "person-1@example.com"`, memberships)
		if diff := cmp.Diff([]scim.Membership{{GroupID: group, Display: "Sales", Direct: true}}, page.Records[0].Memberships); diff != "" {
			t.Errorf("memberships (-want +got):\n%s", diff)
		}
	})
}

// TestLookupOfALongValue: the key that a long value has, another may be itself. The
// document decides then.
func TestLookupOfALongValue(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		long := strings.Repeat("x", maxIndexKey+1)
		key := indexKey(ref(t, userType, "externalId").Leaf(), long)
		ids := map[string]string{}
		for i, value := range []string{long, key} {
			d := draft(doc{"userName": fmt.Sprint("person-", i), "externalId": value})
			ids[value] = f.create(userType, d).ID
		}
		for value, id := range ids {
			q := scim.ListQuery{Filter: bind(t, userType, "externalId eq "+jsonText(value)), Start: 1, Count: 10}
			page, err := f.s.List(f.ctx, f.dir, userType, q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{id}, recordIDs(page)); diff != "" || page.Total != 1 {
				t.Errorf("%.20q: total %d (-want +got):\n%s", value, page.Total, diff)
			}
		}
	})
}

// TestLookupsOfWhatMayChange: the index of an attribute that a tenant can define
// anew does not decide alone.
func TestLookupsOfWhatMayChange(t *testing.T) {
	t.Parallel()
	own := schema.Default().WithRevision(7).ByName("User")
	core, extension := schema.Ref{}, schema.Ref{URN: schema.EnterpriseUserURN}
	for _, tc := range []struct {
		name string
		kind *schema.ResourceType
		ref  schema.Ref
		want bool
	}{
		{"nothing was defined", userType, extension, true},
		{"of the standard", own, core, true},
		{"of an extension", own, extension, false},
	} {
		if got := unchanging(tc.kind, tc.ref); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}
