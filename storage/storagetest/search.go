package storagetest

import (
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

var searchTests = []test{
	{"several types", searchTypes},
	{"filters", searchFilters},
	{"order", searchOrder},
	{"one type", searchOneType},
	{"long sort keys", searchLongKeys},
	{"marks", searchMarks},
	{"empty directory", searchEmpty},
	{"isolation", searchIsolation},
}

// query is a search of users and groups as a client's filter and sortBy ask for it.
func (s *suite) query(text, by string) scim.SearchQuery {
	s.Helper()
	q := scim.SearchQuery{Sorted: by != ""}
	bound := make([]filter.Expr, len(types))
	if text != "" {
		parsed, err := filter.Parse(text)
		s.must(err)
		bound, err = parsed.BindAll(types)
		s.must(err)
	}
	for i, t := range types {
		selection := scim.Selection{Type: t, Filter: bound[i]}
		if by != "" {
			name, err := schema.ParseName(by)
			s.must(err)
			if ref, ok := t.Resolve(name); ok {
				selection.SortBy = &ref
			}
		}
		q.Selections = append(q.Selections, selection)
	}
	return q
}

func (s *suite) search(q scim.SearchQuery) scim.Results {
	s.Helper()
	results, err := s.Resources.Search(s.ctx, s.dir, q)
	s.must(err)
	return results
}

// wantSearch asks for the results in every page by index, and page by page
// behind marks of every size.
func (s *suite) wantSearch(what string, q scim.SearchQuery, want ...string) {
	s.Helper()
	for count := range len(want) + 2 {
		for start := 1; start <= len(want)+2; start++ {
			q.Start, q.Count, q.After = start, count, nil
			rest := want[min(start-1, len(want)):]
			s.wantFound(what, s.search(q), len(want), rest[:min(count, len(rest))]...)
		}
		q.Start, q.After = 0, nil
		if count == 0 {
			s.wantFound(what, s.search(q), len(want))
			continue
		}
		s.wantWalk(what, q, want)
	}
}

// wantWalk follows marks from the first page to the last.
func (s *suite) wantWalk(what string, q scim.SearchQuery, want []string) {
	s.Helper()
	got := []string{}
	for pages := 0; ; pages++ {
		results := s.search(q)
		if results.Total != len(want) && (results.Total != scim.NotCounted || mustCount(q)) {
			s.Errorf("%s, page %d: total %d, want %d", what, pages, results.Total, len(want))
		}
		if len(results.Found) > q.Count || pages > len(want) {
			s.Fatalf("%s: page %d has %d results", what, pages, len(results.Found))
		}
		got = append(got, foundIDs(results)...)
		if results.Next == nil {
			break
		}
		if len(results.Found) < q.Count {
			s.Errorf("%s: page %d has %d results and is not the last", what, pages, len(results.Found))
		}
		q.After = results.Next
	}
	if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
		s.Errorf("%s, pages of %d (-want +got):\n%s", what, q.Count, diff)
	}
}

// mustCount reports whether a page needs its total: the first one does, and others
// where nothing has to be counted for it.
func mustCount(q scim.SearchQuery) bool {
	filtered := slices.ContainsFunc(q.Selections, func(one scim.Selection) bool { return one.Filter != nil })
	return q.After == nil || !filtered
}

func (s *suite) wantFound(what string, results scim.Results, total int, want ...string) {
	s.Helper()
	if got := strings.Join(foundIDs(results), " "); results.Total != total || got != strings.Join(want, " ") {
		s.Errorf("%s: total %d, want %d; %s, want %v", what, results.Total, total, got, want)
	}
	for _, f := range results.Found {
		if record := s.get(f.Type, f.Record.ID); string(record.Document) != string(f.Record.Document) || record.Version != f.Record.Version {
			s.Errorf("%s: found %s, which is %s", what, f.Record.Document, record.Document)
		}
	}
}

func foundIDs(results scim.Results) []string {
	ids := []string{}
	for _, f := range results.Found {
		ids = append(ids, f.Record.ID)
	}
	return ids
}

// of are the ids of people and groups by name.
func (c *company) of(names string) []string {
	ids := []string{}
	for name := range strings.FieldsSeq(names) {
		ids = append(ids, c.ids[name])
	}
	return ids
}

func searchTypes(s *suite) {
	c := newCompany(s)
	c.keep("dora", userType, doc{"userName": "dora", "displayName": "Dora", "externalId": "d"})
	s.wantSearch("all", s.query("", ""), c.of("anna bo carl zoé dora eng all empty")...)
}

func searchFilters(s *suite) {
	c := newCompany(s)
	for text, want := range map[string]string{
		`externalId pr`: "anna bo eng",
		`externalId eq "G-1" or userName eq "bo@example.com"`: "bo eng",
		`displayName pr`:                                                         "eng all empty",
		`userName pr`:                                                            "anna bo carl zoé",
		`userName ne "bo@example.com"`:                                           "anna carl zoé eng all empty",
		`not (userName pr) and displayName sw "eng"`:                             "eng empty",
		`meta.resourceType eq "Group" and members pr`:                            "eng all",
		`meta.resourceType eq "User" and emails pr or groups pr`:                 "anna bo carl",
		`members eq "` + c.ids["anna"] + `" or groups eq "` + c.ids["eng"] + `"`: "anna bo eng",
		`id eq "` + c.ids["all"] + `"`:                                           "all",
		`id eq "nobody"`:                                                         "",
		`schemas eq "` + schema.EnterpriseUserURN + `"`:                          "anna zoé",
		`meta.lastModified gt "2001-01-01T00:00:00Z"`:                            "anna bo carl zoé eng all empty",
	} {
		s.wantSearch(text, s.query(text, ""), c.of(want)...)
	}
}

// searchOrder: one order over all types, ties by type and creation, those
// without a value last, or first if descending.
func searchOrder(s *suite) {
	c := newCompany(s)
	c.keep("dora", userType, doc{"userName": "dora", "displayName": "everybody"})
	for _, test := range []struct{ text, by, ascending, descending string }{
		{"", "displayName", "eng empty dora all anna bo carl zoé", "anna bo carl zoé dora all empty eng"},
		{"", "externalId", "eng anna bo carl zoé dora all empty", "carl zoé dora all empty bo anna eng"},
		{"", "userName", "anna bo carl dora zoé eng all empty", "eng all empty zoé dora carl bo anna"},
		{"", "meta.created", "anna bo carl zoé eng all empty dora", "dora empty all eng zoé carl bo anna"},
		{"", "meta.resourceType", "eng all empty anna bo carl zoé dora", "anna bo carl zoé dora eng all empty"},
		{"", "active", "bo anna carl zoé dora eng all empty", "zoé dora eng all empty anna carl bo"},
		{"displayName pr or active eq true", "displayName", "eng empty dora all anna carl", "anna carl dora all empty eng"},
		{`externalId eq "x-1" or externalId eq "G-1"`, "externalId", "eng bo", "bo eng"},
	} {
		q := s.query(test.text, test.by)
		s.wantSearch(test.text+" by "+test.by, q, c.of(test.ascending)...)
		q.Descending = true
		s.wantSearch(test.text+" by "+test.by+" descending", q, c.of(test.descending)...)
	}
}

func searchOneType(s *suite) {
	c := newCompany(s)
	by := s.ref(userType, "title")
	for _, test := range []struct {
		text string
		by   *schema.Ref
		want string
	}{
		{"", nil, "anna bo carl zoé"},
		{"", &by, "anna bo zoé carl"},
		{`title co "engineer"`, nil, "anna bo zoé"},
		{`title co "engineer"`, &by, "anna bo zoé"},
		{`userName eq "bo@example.com"`, nil, "bo"},
		{`emails eq "anna@example.com"`, nil, "anna bo"},
		{`groups eq "` + c.ids["all"] + `"`, &by, "anna bo carl"},
		{`id eq "nobody"`, nil, ""},
	} {
		q := scim.SearchQuery{Selections: []scim.Selection{{Type: userType, SortBy: test.by}}, Sorted: test.by != nil}
		if test.text != "" {
			q.Selections[0].Filter = s.filter(userType, test.text)
		}
		s.wantSearch(test.text, q, c.of(test.want)...)
	}
}

// searchLongKeys: a mark holds so much of a sort key that pages fit together,
// and no more than fits into a URL.
func searchLongKeys(s *suite) {
	long := strings.Repeat("é", 256)
	var want []string
	for _, name := range []string{long[:20], long + "b", long + "a", "ü"} {
		want = append(want, s.create(userType, doc{"userName": newID(), "title": name}).ID)
	}
	by := s.ref(userType, "title")
	q := scim.SearchQuery{Selections: []scim.Selection{{Type: userType, SortBy: &by}}, Sorted: true}
	s.wantSearch("long titles", q, want...)
	page := s.list(userType, scim.ListQuery{SortBy: &by, Start: 1, Count: 10})
	s.wantIDs(page, 4, want...)
	q.Count = 2
	if key, _ := s.search(q).Next.Key.(string); len(key) != len(long) {
		s.Errorf("the mark's key has %d bytes", len(key))
	}
}

// searchMarks: what comes and goes between two pages neither repeats nor hides
// anything else, not even when it is what the mark was made of.
func searchMarks(s *suite) {
	for by, first := range map[string]string{"": "anna bo carl zoé", "title": "anna bo zoé carl"} {
		c := newCompany(s.in(newDirectory()))
		q := c.query("", by)
		q.Count = 4
		results := c.search(q)
		c.wantFound("first page by "+by, results, 7, c.of(first)...)
		for _, gone := range []string{"carl", "zoé", "anna"} {
			s.must(c.delete(userType, c.ids[gone]))
		}
		s.must(c.delete(groupType, c.ids["empty"]))
		c.keep("new", userType, doc{"userName": "new"})
		q.After = results.Next
		if got := foundIDs(c.search(q)); strings.Join(got, " ") != strings.Join(c.of("new eng all"), " ") {
			s.Errorf("second page by %q: %v of %v", by, got, c.names)
		}
	}
}

func searchEmpty(s *suite) {
	for _, by := range []string{"", "userName"} {
		for _, text := range []string{"", "userName pr"} {
			s.wantSearch(text+" by "+by, s.query(text, by))
		}
	}
	s.wantSearch("no type at all", scim.SearchQuery{})
	s.wantSearch("no type at all, sorted", scim.SearchQuery{Sorted: true})
}

// searchIsolation: another directory is empty, also behind this one's marks.
func searchIsolation(s *suite) {
	newCompany(s)
	for _, dir := range []scim.Directory{
		newDirectory(),
		{TenantID: s.dir.TenantID, ConnectionID: newID()},
		{TenantID: newID(), ConnectionID: s.dir.ConnectionID},
	} {
		other := s.in(dir)
		for _, by := range []string{"", "displayName"} {
			for _, text := range []string{"", `externalId pr`, `externalId eq "X-1"`, `members pr`} {
				q := s.query(text, by)
				other.wantSearch(text, q)
				q.Count = 1
				q.After = s.search(q).Next
				if results := other.search(q); len(results.Found) > 0 || results.Next != nil || results.Total > 0 {
					s.Errorf("%s by %q: another directory's mark shows %v", text, by, results)
				}
			}
		}
	}
}
