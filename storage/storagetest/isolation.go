package storagetest

import (
	"errors"

	"github.com/roster-scim/roster/scim"
)

var isolationTests = []test{
	{"between tenants", func(s *suite) {
		s.isolated(scim.Directory{TenantID: newID(), ConnectionID: newID()})
	}},
	{"between connections of a tenant", func(s *suite) {
		s.isolated(scim.Directory{TenantID: s.dir.TenantID, ConnectionID: newID()})
	}},
	{"the connection's id under another tenant", func(s *suite) {
		s.isolated(scim.Directory{TenantID: newID(), ConnectionID: s.dir.ConnectionID})
	}},
	{"the same names", isolationSameNames},
}

// isolated does everything with the ids of one directory in another one.
func (s *suite) isolated(dir scim.Directory) {
	user, inner := s.user("anna"), s.group("inner")
	group := s.group("eng", user, inner)
	before := len(s.events(s.dir.TenantID))

	other := s.in(dir)
	for _, id := range []string{user, inner, group} {
		for _, t := range types {
			_, get := other.Resources.Get(s.ctx, dir, t, id, everything)
			_, update := other.put(t, id, doc{"userName": "x", "displayName": "x"})
			for operation, err := range map[string]error{"get": get, "update": update, "delete": other.delete(t, id)} {
				if !errors.Is(err, scim.ErrNotFound) {
					s.Errorf("%s of a %s elsewhere: %v, want ErrNotFound", operation, t.Name, err)
				}
			}
		}
		_, err := other.Resources.Create(s.ctx, dir, groupType, other.draft(groupType, doc{"displayName": "x"}, add(id)), origin)
		other.wantMissing(err, id)
	}
	s.unseen(other, user, group)
	own := other.group("own")
	if _, err := other.edit(own, add(user)); err == nil {
		s.Error("a user elsewhere became a member")
	}

	s.wantMembers(group, user, inner)
	after := s.events(s.dir.TenantID)
	if dir.TenantID != s.dir.TenantID && len(after) != before {
		s.Errorf("%d events of what was done elsewhere", len(after)-before)
	}
}

// unseen asks another directory for a user and a group by every road that
// storage has to them.
func (s *suite) unseen(other *suite, user, group string) {
	by := s.ref(userType, "userName")
	for _, text := range []string{"", `userName eq "anna"`, `userName co "a"`, `id eq "` + user + `"`, `groups eq "` + group + `"`, `groups pr`} {
		q := scim.ListQuery{Start: 1, Count: 10}
		if text != "" {
			q.Filter = s.filter(userType, text)
		}
		other.wantIDs(other.list(userType, q), 0)
		q.SortBy = &by
		other.wantIDs(other.list(userType, q), 0)
	}
	for _, text := range []string{`displayName eq "eng"`, `members eq "` + user + `"`, `members.display eq "anna"`, `id eq "` + group + `"`} {
		q := scim.ListQuery{Start: 1, Count: 10, Filter: s.filter(groupType, text)}
		other.wantIDs(other.list(groupType, q), 0)
	}
}

func isolationSameNames(s *suite) {
	here := s.user("anna")
	there := s.in(newDirectory())
	twin := there.user("anna")
	q := scim.ListQuery{Start: 1, Count: 10, Filter: s.filter(userType, `userName eq "anna"`)}
	s.wantIDs(s.list(userType, q), 1, here)
	there.wantIDs(there.list(userType, q), 1, twin)
	s.must(there.delete(userType, twin))
	s.wantIDs(s.list(userType, q), 1, here)
	there.wantIDs(there.list(userType, q), 0)
}
