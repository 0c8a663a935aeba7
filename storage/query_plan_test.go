package storage

import (
	"regexp"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

// TestQueriesReadByIndex asks SQLite how it would run the statements of a list:
// what identity providers look up must be found by a key, and nothing may walk
// a whole directory.
func TestQueriesReadByIndex(t *testing.T) {
	t.Parallel()
	const (
		byValue    = "SEARCH d USING PRIMARY KEY (tenant_id=? AND connection_id=? AND resource_type=? AND attribute=? AND value=?)"
		byID       = "SEARCH r USING INDEX sqlite_autoindex_resources_1 (tenant_id=? AND id=?)"
		byMember   = "SEARCH d USING COVERING INDEX members_member (tenant_id=? AND member_id=?)"
		byPosition = "SEARCH r USING INDEX resources_position (tenant_id=? AND connection_id=? AND resource_type=? AND position>?)"
	)
	for _, test := range []struct {
		name   string
		filter string
		want   []string
	}{
		{"userName", `userName eq "anna@example.com"`, []string{byValue, byID}},
		{"externalId", `externalId eq "X-1"`, []string{byValue, byID}},
		{"work e-mail", `emails[type eq "work"].value eq "anna@example.com"`, []string{byValue, byID}},
		{"any e-mail", `emails eq "anna@example.com"`, []string{byValue, byID}},
		{"employee number", `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq "7"`, []string{byValue, byID}},
		{"one of several", `active eq true and (emails co "x" or title pr) and userName eq "anna@example.com"`, []string{byValue, byID}},
		{"id", `id eq "0190c0de-0000-7000-8000-000000000001"`, []string{byID}},
		{"reference check", `id eq "0190c0de-0000-7000-8000-000000000001" and manager eq "0190c0de-0000-7000-8000-000000000002"`, []string{byID}},
		{"member of a group", `groups.value eq "0190c0de-0000-7000-8000-000000000001"`,
			[]string{"SEARCH m USING PRIMARY KEY (tenant_id=? AND group_id=?)", byID}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wantPlan(t, plan(t, userType, test.filter), test.want)
		})
	}
	for _, test := range []struct {
		name   string
		filter string
		want   []string
	}{
		{"group displayName", `displayName eq "Engineering"`, []string{byValue, byID}},
		{"group externalId", `externalId eq "X-1"`, []string{byValue, byID}},
		{"group with a member", `members eq "0190c0de-0000-7000-8000-000000000001"`, []string{byMember, byID}},
		{"group has a member", `members[value eq "0190c0de-0000-7000-8000-000000000001"]`, []string{byMember, byID}},
		{"reference check of a group", `id eq "0190c0de-0000-7000-8000-000000000001" and members eq "0190c0de-0000-7000-8000-000000000002"`, []string{byID}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wantPlan(t, plan(t, groupType, test.filter), test.want)
		})
	}
	t.Run("groups of a user", func(t *testing.T) {
		t.Parallel()
		const upward = "SEARCH m USING COVERING INDEX members_member (tenant_id=? AND member_id=?)"
		steps := plan(t, userType, `id eq "0190c0de-0000-7000-8000-000000000001" and groups.display eq "Engineering"`)
		if n := strings.Count(strings.Join(steps, "\n"), upward); n != 2 {
			t.Errorf("%d steps are %q, want the first and the recursive one:\n%s", n, upward, strings.Join(steps, "\n"))
		}
	})
	t.Run("deep page", func(t *testing.T) {
		t.Parallel()
		steps := pagePlan(t, userType, nil, scim.ListQuery{Start: 900_001, Count: 100})
		wantPlan(t, steps, []string{
			byPosition, "SEARCH directory_buckets USING PRIMARY KEY (tenant_id=? AND connection_id=? AND resource_type=?)",
		})
	})
	t.Run("memberships of a page", func(t *testing.T) {
		t.Parallel()
		const (
			upward = "SEARCH m USING COVERING INDEX members_member (tenant_id=? AND member_id=?)"
			group  = "SEARCH g USING INDEX sqlite_autoindex_resources_1 (tenant_id=? AND id=?)"
		)
		for text, start := range map[string]int{"": 900_001, `userName eq "anna@example.com"`: 2} {
			q := scim.ListQuery{Start: start, Count: 100, With: scim.With{Memberships: true}}
			if text != "" {
				q.Filter = bind(t, userType, text)
			}
			steps := pagePlan(t, userType, q.Filter, q)
			wantPlan(t, steps, []string{group})
			if n := strings.Count(strings.Join(steps, "\n"), upward); n != 3 {
				t.Errorf("%q: %d steps are %q, want the question, the first and the recursive one:\n%s", text, n, upward, strings.Join(steps, "\n"))
			}
		}
	})
}

// TestUniqueValuesAreLookedUpFirst: of several values that a filter asks for,
// the one that at most one resource has leads.
func TestUniqueValuesAreLookedUpFirst(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`emails eq "a" and externalId eq "b" and userName eq "c"`: "userName",
		`emails eq "a" and userName eq "c"`:                       "userName",
		`userName eq "c" and id eq "d"`:                           "userName",
		`emails[value eq "a" and type eq "work"]`:                 "emails.value",
		`groups eq "g" and emails eq "a"`:                         "emails.value",
		`title eq "t"`:                                            "",
		`not (userName eq "c")`:                                   "",
		`userName eq "c" or userName eq "d"`:                      "",
		`userName ne "c"`:                                         "",
		`userName eq null`:                                        "",
		`emails[not (value eq "a")]`:                              "",
	} {
		got := ""
		if d := chooseDriver(userType, bind(t, userType, text)); d != nil {
			got = d.ref.String()
		}
		if got != want {
			t.Errorf("%s: driven by %q, want %q", text, got, want)
		}
	}
}

// plan is how SQLite runs the statement that reads the first page of a filter.
func plan(t *testing.T, rt *schema.ResourceType, text string) []string {
	t.Helper()
	e := bind(t, rt, text)
	return pagePlan(t, rt, e, scim.ListQuery{Filter: e, Start: 1, Count: 100})
}

// pagePlan is how SQLite runs the statement that reads a page.
func pagePlan(t *testing.T, rt *schema.ResourceType, e filter.Expr, q scim.ListQuery) []string {
	t.Helper()
	f := newFixture(t)
	p, err := f.selection(rt, e).page(q, e != nil)
	if err != nil {
		t.Fatal(err)
	}
	return f.rows("explain query plan "+p.statement(q.With), p.values...)
}

func (f *fixture) selection(rt *schema.ResourceType, e filter.Expr) *selection {
	f.t.Helper()
	s, err := newSelection(f.db.engine, f.dir, rt, e)
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

// wholeDirectory is a step that reads all rows of a table, of a directory or of
// one type in it, whatever the table is called in the statement.
var wholeDirectory = regexp.MustCompile(`SCAN (r|d|m\d*|resources|members|resource_values)( |$)|resource_type=\?\)$`)

func wantPlan(t *testing.T, plan, want []string) {
	t.Helper()
	text := strings.Join(plan, "\n")
	for _, step := range want {
		if !strings.Contains(text, step) {
			t.Errorf("the plan has no step %q:\n%s", step, text)
		}
	}
	for _, line := range plan {
		if wholeDirectory.MatchString(line) && !strings.Contains(line, "directory_buckets") {
			t.Errorf("the plan walks a whole directory: %s\n%s", line, text)
		}
	}
}
