package storagetest

import (
	"fmt"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

var withTests = []test{
	{"answers of writes", withAnswers},
	{"answers to who was awaited", withAwaited},
	{"nothing that was not asked for", withNothing},
	{"pages", withPages},
	{"isolation", withIsolation},
}

var everything = scim.With{Memberships: true, Members: true}

// wantAnswer compares what a write answered with a read right behind it.
func (s *suite) wantAnswer(what string, t *schema.ResourceType, answer *scim.Record, err error) *scim.Record {
	s.Helper()
	s.must(err)
	got := *answer
	got.Pending = 0
	s.wantRecord(s.getWith(t, answer.ID, everything), &got)
	if s.Failed() {
		s.Fatalf("%s differs from a read", what)
	}
	return answer
}

// change updates a resource's document, unless d is nil, and its members.
func (s *suite) change(t *schema.ResourceType, id string, with scim.With, d doc, edits ...patch.Edit) (*scim.Record, error) {
	return s.Resources.Update(s.ctx, s.dir, t, id, origin, func(current *scim.Record) (scim.Draft, error) {
		if current.Members.Len() > 0 || current.Memberships != nil {
			s.Errorf("the change sees %v and %v", current.Members.List(), current.Memberships)
		}
		if d == nil {
			old, err := decode(current)
			return scim.Draft{Document: old, Encoded: current.Document, Edits: edits, With: with}, err
		}
		draft, err := draftOf(t, d, edits...)
		draft.With = with
		return draft, err
	})
}

func withAnswers(s *suite) {
	anna, bo := s.user("anna"), s.user("bo")
	draft := s.draft(groupType, doc{"displayName": "inner"}, add(anna, bo))
	draft.With = everything
	created, err := s.Resources.Create(s.ctx, s.dir, groupType, draft, origin)
	inner := s.wantAnswer("create", groupType, created, err).ID
	if created.Members.Len() != 2 {
		s.Errorf("created with members %v", created.Members.List())
	}
	outer := s.group("outer", inner)
	for _, step := range []struct {
		what                 string
		t                    *schema.ResourceType
		id                   string
		d                    doc
		edits                []patch.Edit
		members, memberships int
	}{
		{"a user's change", userType, anna, doc{"userName": "anna", "displayName": "Anna A."}, nil, 0, 2},
		{"no change of a user", userType, anna, nil, nil, 0, 2},
		{"a group's change", groupType, inner, doc{"displayName": "in"}, nil, 2, 1},
		{"no change of a group", groupType, inner, nil, []patch.Edit{add(anna)}, 2, 1},
		{"a member less", groupType, inner, nil, []patch.Edit{remove(anna)}, 1, 1},
		{"out and in again", groupType, inner, nil, []patch.Edit{remove(bo), add(bo)}, 1, 1},
		{"others instead", groupType, outer, nil, []patch.Edit{replace(anna, bo)}, 2, 0},
		{"a change and members", groupType, outer, doc{"displayName": "out"}, []patch.Edit{add(inner)}, 3, 0},
	} {
		answer, err := s.change(step.t, step.id, everything, step.d, step.edits...)
		s.wantAnswer(step.what, step.t, answer, err)
		if answer.Members.Len() != step.members || len(answer.Memberships) != step.memberships {
			s.Errorf("%s: members %v and memberships %v; want %d and %d",
				step.what, answer.Members.List(), answer.Memberships, step.members, step.memberships)
		}
	}
	s.must(s.together(func(in *suite) error {
		answer, err := in.change(userType, bo, everything, doc{"userName": "bo", "title": "Engineer"})
		in.wantAnswer("a change within others", userType, answer, err)
		return nil
	}))
}

// withAwaited: the write that ends a wait answers with the group it led into.
func withAwaited(s *suite) {
	group := s.group("eng")
	s.push(group, add("x-anna", "x-bo"))
	draft := s.draft(userType, doc{"userName": "anna", "externalId": "x-anna"})
	draft.With = everything
	anna, err := s.Resources.Create(s.ctx, s.dir, userType, draft, origin)
	s.wantAnswer("create", userType, anna, err)
	bo, err := s.change(userType, s.user("bo"), everything, doc{"userName": "bo", "externalId": "x-bo"})
	s.wantAnswer("update", userType, bo, err)
	if len(anna.Memberships) != 1 || len(bo.Memberships) != 1 {
		s.Errorf("memberships %v and %v, want the group", anna.Memberships, bo.Memberships)
	}
}

func withNothing(s *suite) {
	anna := s.user("anna")
	inner := s.group("inner", anna)
	s.group("outer", inner)
	plain := func(what string, members, memberships bool, r *scim.Record, err error) {
		s.Helper()
		s.must(err)
		if (r.Members.Len() > 0) != members || (len(r.Memberships) > 0) != memberships {
			s.Errorf("%s has members %v and memberships %v", what, r.Members.List(), r.Memberships)
		}
	}
	for _, with := range []scim.With{{}, {Members: true}, {Memberships: true}, everything} {
		got, err := s.Resources.Get(s.ctx, s.dir, groupType, inner, with)
		plain("get", with.Members, with.Memberships, got, err)
		for _, d := range []doc{{"displayName": fmt.Sprintf("%+v", with)}, nil} {
			answer, err := s.change(groupType, inner, with, d)
			plain("update", with.Members, with.Memberships, answer, err)
		}
		page := s.list(groupType, scim.ListQuery{Start: 1, Count: 1, With: with})
		plain("list", with.Members, with.Memberships, page.Records[0], nil)
		results := s.search(scim.SearchQuery{Count: 1, Selections: []scim.Selection{{Type: groupType, With: with}}})
		plain("search", with.Members, with.Memberships, results.Found[0].Record, nil)
	}
}

// withPages: records of a page have what a read of each has, whatever the road
// to the page.
func withPages(s *suite) {
	c := newCompany(s)
	for _, roads := range []struct {
		t       *schema.ResourceType
		by      string
		filters []string
	}{
		{userType, "userName", []string{
			`userName pr`, `userName sw "b" or active eq true`, `externalId eq "x-1"`, `id eq "` + c.ids["anna"] + `"`, `groups eq "` + c.ids["all"] + `"`,
		}},
		{groupType, "displayName", []string{
			`displayName pr`, `displayName eq "everybody"`, `members eq "` + c.ids["eng"] + `"`, `members pr or externalId pr`,
		}},
	} {
		by := s.ref(roads.t, roads.by)
		for _, text := range append(roads.filters, "") {
			q := scim.ListQuery{With: everything}
			if text != "" {
				q.Filter = s.filter(roads.t, text)
			}
			for _, q.SortBy = range []*schema.Ref{nil, &by} {
				s.wantCompletePages(roads.t, q)
			}
		}
	}
	for _, by := range []string{"", "meta.created"} {
		for _, text := range []string{"", `meta.created pr`, `meta.created lt "2001-01-01T00:00:00Z" or id pr`} {
			q := s.query(text, by)
			for i := range q.Selections {
				q.Selections[i].With = everything
			}
			for _, q.Start = range []int{0, 1, 3} {
				for _, q.Count = range []int{1, 4, 9} {
					for _, f := range s.search(q).Found {
						s.wantComplete(f.Type, []*scim.Record{f.Record})
					}
				}
			}
		}
	}
}

func (s *suite) wantCompletePages(t *schema.ResourceType, q scim.ListQuery) {
	s.Helper()
	total := s.list(t, scim.ListQuery{Filter: q.Filter, Start: 1}).Total
	if total == 0 {
		s.Fatalf("nothing to list")
	}
	for q.Start = 1; q.Start <= total+1; q.Start++ {
		for _, q.Count = range []int{1, 2, 9} {
			page := s.list(t, q)
			if want := max(min(q.Count, total-q.Start+1), 0); page.Total != total || len(page.Records) != want {
				s.Errorf("%d of %d records, want %d of %d", len(page.Records), page.Total, want, total)
			}
			s.wantComplete(t, page.Records)
		}
	}
}

func (s *suite) wantComplete(t *schema.ResourceType, records []*scim.Record) {
	s.Helper()
	for _, r := range records {
		s.wantRecord(r, s.getWith(t, r.ID, everything))
	}
}

// withIsolation: two connections of a tenant have users and groups alike, and
// see nothing of each other's, wherever records come from.
func withIsolation(s *suite) {
	there := s.in(scim.Directory{TenantID: s.dir.TenantID, ConnectionID: newID()})
	for _, at := range []*suite{s, there} {
		anna := at.user("anna")
		inner := at.group("inner", anna)
		at.group("outer", inner, anna)
	}
	for _, at := range []*suite{s, there} {
		own := map[string]bool{}
		var records []*scim.Record
		for _, t := range types {
			records = append(records, at.list(t, scim.ListQuery{Start: 1, Count: 9, With: everything}).Records...)
			q := scim.SearchQuery{Count: 9, Selections: []scim.Selection{{Type: t, With: everything}}}
			for _, f := range at.search(q).Found {
				records = append(records, f.Record)
			}
		}
		for _, r := range records {
			own[r.ID] = true
		}
		if len(own) != 3 || len(records) != 6 {
			s.Fatalf("%d records of %d resources, want each of three twice", len(records), len(own))
		}
		seen := 0
		for _, r := range records {
			for m := range r.Members.All() {
				seen++
				if !own[m.ID] {
					s.Errorf("%s has a member of the other connection", r.Document)
				}
			}
			for _, m := range r.Memberships {
				seen++
				if !own[m.GroupID] {
					s.Errorf("%s is in a group of the other connection", r.Document)
				}
			}
		}
		if seen != 2*(3+3) {
			s.Errorf("%d members and memberships, want 12", seen)
		}
	}
}
