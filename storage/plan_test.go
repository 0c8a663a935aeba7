package storage

import (
	lru "container/list"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

// Nothing that this package sends reads a whole table, or all of a tenant's
// rows, to find a few.
func TestPlansUseKeys(t *testing.T) {
	t.Parallel()
	f := fixtureOn(t, openFile(t, filepath.Join(t.TempDir(), "roster.db"), Options{Readers: 1}))
	ada, bob := f.user("ada"), f.user("bob")
	inner := f.group("Inner", ada)
	group := f.group("Sales", inner)
	_, err := f.put(groupType, group, draft(doc{"displayName": "S", "externalId": "1"}, add(ada, bob), remove(bob), replace(inner, bob),
		patch.Edit{Kind: patch.RemoveMatching, Filter: memberFilter(t, `type eq "User"`)}))
	if err != nil {
		t.Fatal(err)
	}
	f.memberIDs(group)
	f.memberships(userType, ada)
	f.listWith(scim.With{Memberships: true, Members: true})
	f.mustPush(inner, add("x-new", ada), typed("x-group", "Group"), remove("x-new"), replace("x-group"),
		patch.Edit{Kind: patch.RemoveMatching, Filter: memberFilter(t, `type eq "User"`)})
	f.create(groupType, draft(doc{"displayName": "Awaited", "externalId": "x-group"}))
	f.mustDelete(userType, ada)
	f.mustDelete(groupType, inner)

	whole := regexp.MustCompile(`SCAN (resources|resource_values|members|pending_members|directory_\w+|tenant_sequences|events|audit|[a-z])( |$)|\(tenant_id=\?\)$`)
	harmless := regexp.MustCompile(`(tenant_sequences|sqlite_autoindex_tenant_sequences_1) `)
	statements := f.statements()
	if len(statements) < 25 {
		t.Fatalf("only %d statements were seen", len(statements))
	}
	for _, query := range statements {
		args := make([]any, strings.Count(query, "$"))
		for i := range args {
			args[i] = "[]"
		}
		for _, step := range f.rows(`explain query plan `+query, args...) {
			// Whether a tenant has any, which is known at the first row.
			exists := strings.Contains(query, "insert into jobs") && strings.Contains(step, "SEARCH x ")
			if whole.MatchString(step) && !harmless.MatchString(step) && !exists {
				t.Errorf("%s\nin %s", step, query)
			}
		}
	}
}

// statements are those that the database's connections have prepared.
func (f *fixture) statements() []string {
	f.t.Helper()
	var all []string
	for _, m := range []mode{readOnly, readWrite} {
		err := f.db.transact(f.ctx, "", m, func(tx *tx) error {
			for query := range sqliteStatements(tx.session) {
				if strings.Contains(query, "tenant_id") {
					all = append(all, query)
				}
			}
			return nil
		})
		if err != nil {
			f.t.Fatal(err)
		}
	}
	slices.Sort(all)
	return all
}

// listWith reads pages of every shape that a statement without a filter has.
func (f *fixture) listWith(with scim.With) {
	f.t.Helper()
	for _, rt := range []*schema.ResourceType{userType, groupType} {
		for _, start := range []int{1, 2, 2 * bucketSize} {
			if _, err := f.s.List(f.ctx, f.dir, rt, scim.ListQuery{Start: start, Count: 2, With: with}); err != nil {
				f.t.Fatal(err)
			}
		}
		q := scim.SearchQuery{Selections: []scim.Selection{{Type: rt, With: with}}, Count: 1}
		if _, err := f.s.Search(f.ctx, f.dir, q); err != nil {
			f.t.Fatal(err)
		}
	}
}

func sqliteStatements(s session) map[string]*lru.Element {
	if writer, ok := s.(*sqliteMember); ok {
		return writer.stmts
	}
	return s.(*sqliteReader).stmts
}
