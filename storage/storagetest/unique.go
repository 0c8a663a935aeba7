package storagetest

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

var uniqueTests = []test{
	{"user names without case", uniqueUserNames},
	{"long values", uniqueLongValues},
	{"by setting", uniqueBySetting},
	{"a race", uniqueRace},
}

func (s *suite) wantConflict(err error, attribute, value string) {
	s.Helper()
	conflict, ok := errors.AsType[*scim.ConflictError](err)
	switch {
	case !ok:
		s.Errorf("%s %q: %v, want a ConflictError", attribute, value, err)
	case conflict.Attribute != attribute || conflict.Value != value:
		s.Errorf("conflict of %s %q, want %s %q", conflict.Attribute, conflict.Value, attribute, value)
	}
}

func (s *suite) createError(t *schema.ResourceType, d doc) error {
	s.Helper()
	_, err := s.Resources.Create(s.ctx, s.dir, t, s.draft(t, d), origin)
	return err
}

func uniqueUserNames(s *suite) {
	anna, bo := s.user("Anna.Émile@Example.com"), s.user("bo@example.com")
	const other = "ANNA.éMILE@example.COM"
	s.wantConflict(s.createError(userType, doc{"userName": other}), "userName", other)
	_, err := s.put(userType, bo, doc{"userName": other})
	s.wantConflict(err, "userName", other)
	if s.get(userType, bo).Version != 1 {
		s.Error("the refused update left a trace")
	}

	_, err = s.put(userType, anna, doc{"userName": other})
	s.must(err) // its own name in another case
	_, err = s.put(userType, anna, doc{"userName": "anna"})
	s.must(err)
	_, err = s.put(userType, bo, doc{"userName": other})
	s.must(err) // free again
	s.must(s.delete(userType, bo))
	s.user(other)

	s.must(s.createError(groupType, doc{"displayName": other}))
	s.in(newDirectory()).user(other)
	s.in(scim.Directory{TenantID: s.dir.TenantID, ConnectionID: newID()}).user(other)
}

// uniqueLongValues: values that begin alike are different, however long.
func uniqueLongValues(s *suite) {
	long := strings.Repeat("a", 3000)
	s.user(long + "1")
	s.user(long + "2")
	s.wantConflict(s.createError(userType, doc{"userName": strings.ToUpper(long) + "2"}), "userName", strings.ToUpper(long)+"2")
	page := s.list(userType, scim.ListQuery{Filter: s.filter(userType, `userName eq "`+strings.ToUpper(long)+`1"`), Start: 1, Count: 9})
	if page.Total != 1 {
		s.Errorf("%d users found by a long name, want 1", page.Total)
	}
}

// uniqueBySetting: what a connection wants unique is compared with all that is
// stored, also from before the setting.
func uniqueBySetting(s *suite) {
	s.group("Engineering")
	s.group("engineering")
	draft := s.draft(groupType, doc{"displayName": "ENGINEERING"})
	draft.Unique = []schema.Ref{s.ref(groupType, "displayName")}
	_, err := s.Resources.Create(s.ctx, s.dir, groupType, draft, origin)
	s.wantConflict(err, "displayName", "ENGINEERING")
	if page := s.list(groupType, scim.ListQuery{Start: 1, Count: 100}); page.Total != 2 || len(page.Records) != 2 {
		s.Errorf("%d groups and a total of %d after a refused one, want 2", len(page.Records), page.Total)
	}

	free := s.draft(groupType, doc{"displayName": "Sales"})
	free.Unique = draft.Unique
	_, err = s.Resources.Create(s.ctx, s.dir, groupType, free, origin)
	s.must(err)
}

// uniqueRace: of writers that want the same name at once, one gets it.
func uniqueRace(s *suite) {
	const writers = 8
	draft := s.draft(userType, doc{"userName": "anna"})
	var all sync.WaitGroup
	var won atomic.Int32
	for range writers {
		all.Go(func() {
			_, err := s.Resources.Create(s.ctx, s.dir, userType, draft, origin)
			if err == nil {
				won.Add(1)
				return
			}
			s.wantConflict(err, "userName", "anna")
		})
	}
	all.Wait()
	page := s.list(userType, scim.ListQuery{Start: 1, Count: 100})
	if won.Load() != 1 || page.Total != 1 || len(page.Records) != 1 {
		s.Errorf("%d writers were told that they won, and there are %d users", won.Load(), page.Total)
	}
}

// wantIDs compares a page with the records it should have, in order.
func (s *suite) wantIDs(page scim.Page, total int, ids ...string) {
	s.Helper()
	got := make([]string, 0, len(page.Records))
	for _, r := range page.Records {
		got = append(got, r.ID)
	}
	if page.Total != total || !slices.Equal(got, ids) {
		s.Errorf("total %d with %v, want %d with %v", page.Total, got, total, ids)
	}
}
