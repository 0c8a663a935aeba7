package storagetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

var listTests = []test{
	{"filters", listFilters},
	{"group filters", listGroupFilters},
	{"order of bytes", listBytewise},
	{"sort keys", listSortKeys},
	{"pages", listPages},
	{"filtered pages", listFilteredPages},
	{"empty directory", listEmpty},
}

// company is a fixed directory: users anna, bo, carl and zoé, and groups eng
// (anna, bo), all (eng, carl) and empty.
type company struct {
	*suite
	names map[string]string // id → name
	ids   map[string]string // name → id
}

func newCompany(s *suite) *company {
	c := &company{suite: s, names: map[string]string{}, ids: map[string]string{}}
	c.keep("anna", userType, doc{
		"userName": "Anna@Example.com", "externalId": "X-1", "title": "100% Engineer", "active": true,
		"name": doc{"familyName": "O'Malley", "givenName": "Anna"},
		"emails": []any{
			doc{"value": "anna@example.com", "type": "work", "primary": true},
			doc{"value": "anna@home.example", "type": "home"},
		},
		schema.EnterpriseUserURN: doc{"department": "R&D", "manager": doc{"value": "m-1"}},
	})
	c.keep("bo", userType, doc{
		"userName": "bo@example.com", "externalId": "x-1", "title": "Engineer", "active": false,
		"emails": []any{doc{"value": "BO@example.com", "type": "home"}, doc{"value": "anna@example.com", "type": "other"}},
	})
	c.keep("carl", userType, doc{"userName": "carl_1@example.com", "active": true})
	c.keep("zoé", userType, doc{
		"userName": "ZOÉ@example.com", "title": "engineer",
		schema.EnterpriseUserURN: doc{"department": "r&d", "employeeNumber": "007"},
	})
	c.keep("eng", groupType, doc{"displayName": "Engineering", "externalId": "G-1"}, "anna", "bo")
	c.keep("all", groupType, doc{"displayName": "Everybody"}, "eng", "carl")
	c.keep("empty", groupType, doc{"displayName": "engineering (old)"})
	return c
}

func (c *company) keep(name string, t *schema.ResourceType, d doc, members ...string) {
	c.Helper()
	edits := make([]patch.Edit, 0, len(members))
	for _, m := range members {
		edits = append(edits, add(c.ids[m]))
	}
	id := c.create(t, d, edits...).ID
	c.ids[name], c.names[id] = id, name
}

// matching are the names of those that match, in order of creation. "{name}" in
// a filter stands for the id.
func (c *company) matching(t *schema.ResourceType, text string) string {
	c.Helper()
	for name, id := range c.ids {
		text = strings.ReplaceAll(text, "{"+name+"}", id)
	}
	page := c.list(t, scim.ListQuery{Filter: c.filter(t, text), Start: 1, Count: 100})
	if page.Total != len(page.Records) {
		c.Errorf("%s: total %d with %d records", text, page.Total, len(page.Records))
	}
	return c.named(page)
}

func (c *company) named(page scim.Page) string {
	names := make([]string, 0, len(page.Records))
	for _, r := range page.Records {
		names = append(names, c.names[r.ID])
	}
	return strings.Join(names, " ")
}

func listFilters(s *suite) {
	c := newCompany(s)
	const enterprise = schema.EnterpriseUserURN
	for text, want := range map[string]string{
		`userName eq "anna@example.COM"`:     "anna",
		`userName eq "zoé@EXAMPLE.com"`:      "zoé",
		`userName eq "anna"`:                 "",
		`externalId eq "X-1"`:                "anna",
		`externalId eq "x-1"`:                "bo",
		`id eq "{carl}"`:                     "carl",
		`id eq "` + newID() + `"`:            "",
		`id eq "anna"`:                       "",
		`id ne "{carl}"`:                     "anna bo zoé",
		`title co "%"`:                       "anna",
		`title co "100_"`:                    "",
		`userName co "_"`:                    "carl",
		`title sw "eng"`:                     "bo zoé",
		`title ew "ENGINEER"`:                "anna bo zoé",
		`title ne "engineer"`:                "anna carl",
		`not (title eq "engineer")`:          "anna carl",
		`title eq null`:                      "carl",
		`title ne null`:                      "anna bo zoé",
		`title gt "100% engineer"`:           "bo zoé",
		`not (title lt "z")`:                 "carl",
		`title pr and not (active eq false)`: "anna zoé",
		`active eq true`:                     "anna carl",
		`active ne true`:                     "bo zoé",
		`name.familyName eq "o'malley"`:      "anna",
		`name[givenName eq "anna"]`:          "anna",
		`name pr`:                            "anna",

		`emails[type eq "work"].value eq "anna@example.com"`:           "anna",
		`emails eq "anna@example.com"`:                                 "anna bo",
		`emails.value eq "anna@example.com" and emails.type eq "home"`: "anna bo",
		`emails[type eq "home" and value co "anna"]`:                   "anna",
		`emails.type ne "home"`:                                        "anna bo carl zoé",
		`not (emails.type eq "home")`:                                  "carl zoé",
		`emails[not (primary eq true)]`:                                "anna bo",
		`emails eq null`:                                               "carl zoé",
		`emails pr`:                                                    "anna bo",

		enterprise + `:department eq "r&d"`:                   "anna zoé",
		enterprise + `:manager eq "m-1"`:                      "anna",
		enterprise + `:manager pr`:                            "anna",
		enterprise + `:employeeNumber eq "007"`:               "zoé",
		enterprise + ` pr`:                                    "anna zoé",
		`schemas eq "` + enterprise + `"`:                     "anna zoé",
		`schemas eq "` + schema.UserURN + `"`:                 "anna bo carl zoé",
		schema.UserURN + `:userName sw "c"`:                   "carl",
		`meta.resourceType eq "User"`:                         "anna bo carl zoé",
		`meta.created lt "0001-01-03T00:00:00.0000000Z"`:      "",
		`meta.lastModified ge "0001-01-03T00:00:00.0000000Z"`: "anna bo carl zoé",

		`groups eq "{eng}"`:                                   "anna bo",
		`groups.value eq "{all}"`:                             "anna bo carl",
		`groups[value eq "{all}" and type eq "direct"]`:       "carl",
		`groups[value eq "{all}" and type eq "indirect"]`:     "anna bo",
		`groups.display eq "everybody"`:                       "anna bo carl",
		`groups eq null`:                                      "zoé",
		`not (groups pr) or groups.display sw "eng"`:          "anna bo zoé",
		`id eq "{bo}" and groups eq "{eng}"`:                  "bo",
		`userName eq "bo@example.com" or title eq "engineer"`: "bo zoé",
	} {
		if got := c.matching(userType, text); got != want {
			s.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func listGroupFilters(s *suite) {
	c := newCompany(s)
	for text, want := range map[string]string{
		`displayName eq "ENGINEERING"`:                   "eng",
		`displayName sw "engineering"`:                   "eng empty",
		`externalId eq "G-1"`:                            "eng",
		`members eq "{anna}"`:                            "eng",
		`members eq "{eng}"`:                             "all",
		`members[value eq "{carl}"]`:                     "all",
		`members[value eq "{carl}" and type eq "group"]`: "",
		`members.type eq "Group"`:                        "all",
		`members.display eq "anna o'malley"`:             "eng",
		`members.value ne "{anna}"`:                      "eng all empty",
		`not (members pr)`:                               "empty",
		`members eq null`:                                "empty",
		`id eq "{eng}" and members eq "{bo}"`:            "eng",
		`id eq "{all}" and members eq "{bo}"`:            "",
		`members eq "nobody"`:                            "",
		`members eq "` + newID() + `" or externalId pr`:  "eng",
	} {
		if got := c.matching(groupType, text); got != want {
			s.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// listBytewise: the order is that of the folded values' bytes, on every
// database and in every locale.
func listBytewise(s *suite) {
	names := []string{"b", "A", "_a", "Z", "é", "É2", "ä", "z1", "Zz", "a-b", "ab", "a b", "ß", "ss", "日本", "😀", "1", "10", "2", "~", "ﬀ"}
	ids := map[string]string{}
	for _, name := range names {
		ids[s.user(name)] = name
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(schema.Fold(a), schema.Fold(b)) })
	by := s.ref(userType, "userName")
	for _, descending := range []bool{false, true} {
		page := s.list(userType, scim.ListQuery{SortBy: &by, Descending: descending, Start: 1, Count: 100})
		got := []string{}
		for _, r := range page.Records {
			got = append(got, ids[r.ID])
		}
		if diff := cmp.Diff(names, got); diff != "" {
			s.Errorf("descending %t (-want +got):\n%s", descending, diff)
		}
		slices.Reverse(names)
	}
}

func listSortKeys(s *suite) {
	c := newCompany(s)
	for by, want := range map[string][2]string{ // ascending, descending
		"userName":        {"anna bo carl zoé", "zoé carl bo anna"},
		"title":           {"anna bo zoé carl", "carl bo zoé anna"},
		"externalId":      {"anna bo carl zoé", "carl zoé bo anna"},
		"emails.value":    {"anna bo carl zoé", "carl zoé bo anna"},
		"active":          {"bo anna carl zoé", "zoé anna carl bo"},
		"name.familyName": {"anna bo carl zoé", "bo carl zoé anna"},
		"meta.created":    {"anna bo carl zoé", "zoé carl bo anna"},
		schema.EnterpriseUserURN + ":employeeNumber": {"zoé anna bo carl", "anna bo carl zoé"},
	} {
		ref := s.ref(userType, by)
		for i, descending := range []bool{false, true} {
			q := scim.ListQuery{SortBy: &ref, Descending: descending, Start: 1, Count: 10}
			if got := c.named(s.list(userType, q)); got != want[i] {
				s.Errorf("by %s, descending %t: %s, want %s", by, descending, got, want[i])
			}
		}
	}
}

func listPages(s *suite) {
	var ids []string
	for i := range 25 {
		ids = append(ids, s.user(fmt.Sprint("user", i)))
	}
	for _, gone := range []int{24, 11, 10, 0} {
		s.must(s.delete(userType, ids[gone]))
		ids = slices.Delete(ids, gone, gone+1)
	}
	ids = append(ids, s.user("user10"))
	s.wantPages(ids, scim.ListQuery{})
}

func listFilteredPages(s *suite) {
	c := newCompany(s)
	s.wantPages([]string{c.ids["anna"], c.ids["bo"], c.ids["zoé"]}, scim.ListQuery{Filter: s.filter(userType, `title co "engineer"`)})
	s.wantPages([]string{c.ids["anna"], c.ids["bo"]}, scim.ListQuery{Filter: s.filter(userType, `emails eq "anna@example.com"`)})
	s.wantPages([]string{c.ids["bo"]}, scim.ListQuery{Filter: s.filter(userType, `userName eq "bo@example.com"`)})
	s.wantPages(nil, scim.ListQuery{Filter: s.filter(userType, `userName eq "nobody"`)})
}

// wantPages asks for every page of a list of users.
func (s *suite) wantPages(want []string, q scim.ListQuery) {
	s.Helper()
	for start := 1; start <= len(want)+2; start++ {
		for count := range len(want) + 2 {
			q.Start, q.Count = start, count
			rest := want[min(start-1, len(want)):]
			s.wantIDs(s.list(userType, q), len(want), rest[:min(count, len(rest))]...)
		}
	}
}

func listEmpty(s *suite) {
	by := s.ref(userType, "userName")
	for _, q := range []scim.ListQuery{
		{}, {SortBy: &by}, {Filter: s.filter(userType, "userName pr")}, {Filter: s.filter(userType, "userName pr"), SortBy: &by},
	} {
		q.Start, q.Count = 1, 10
		s.wantIDs(s.list(userType, q), 0)
	}
}
