package storagetest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants/events"
)

var togetherTests = []test{
	{"what was written stands together", togetherStands},
	{"what was written is undone together", togetherUndone},
	{"a refused call spoils nothing", togetherRefused},
	{"a part is undone alone", togetherPart},
	{"an id chosen beforehand", togetherChosenID},
	{"one tenant alone", togetherOneTenant},
	{"with others writing", togetherConcurrent},
}

// together runs fn as one transaction, seen through a suite of its own.
func (s *suite) together(fn func(in *suite) error) error {
	return s.Resources.Together(s.ctx, s.dir, func(store scim.Store) error {
		in := *s
		in.Resources = store
		return fn(&in)
	})
}

func (s *suite) users() int {
	s.Helper()
	return s.list(userType, scim.ListQuery{Start: 1}).Total
}

func togetherStands(s *suite) {
	var anna, group string
	s.must(s.together(func(in *suite) error {
		anna = in.user("anna")
		group = in.group("eng", anna)
		if n := in.users(); n != 1 {
			s.Errorf("inside there are %d users, want 1", n)
		}
		if n := s.users(); n != 0 {
			s.Errorf("outside there are %d users before the end", n)
		}
		_, err := in.put(userType, anna, doc{"userName": "anna", "active": true, "title": "Engineer"})
		return err
	}))
	if got := s.get(userType, anna); got.Version != 2 {
		s.Errorf("version %d, want 2", got.Version)
	}
	s.wantMembers(group, anna)
	s.wantEvents(0, events.UserCreated, events.GroupCreated, events.GroupMemberAdded, events.UserUpdated)
}

func togetherUndone(s *suite) {
	kept := s.user("kept")
	refusal := errors.New("no")
	err := s.together(func(in *suite) error {
		in.group("eng", in.user("anna"), kept)
		s.must(in.delete(userType, kept))
		return refusal
	})
	if err != refusal { //nolint:errorlint // the contract is that it comes back as it is
		s.Errorf("%v, want the caller's own error", err)
	}
	s.wantIDs(s.list(userType, scim.ListQuery{Start: 1, Count: 10}), 1, kept)
	s.user("anna")
	s.wantEvents(0, events.UserCreated, events.UserCreated)
}

func togetherRefused(s *suite) {
	var last string
	s.must(s.together(func(in *suite) error {
		anna := in.user("anna")
		group := in.group("eng", anna)
		_, taken := in.Resources.Create(in.ctx, in.dir, userType, in.draft(userType, doc{"userName": "ANNA"}), origin)
		in.wantConflict(taken, "userName", "ANNA")
		unknown := newID()
		_, missing := in.edit(group, remove(anna), add(unknown))
		in.wantMissing(missing, unknown)
		if err := in.delete(userType, unknown); !errors.Is(err, scim.ErrNotFound) {
			s.Errorf("delete: %v, want ErrNotFound", err)
		}
		if in.mustEdit(group, remove(anna), add(anna)) {
			s.Error("an edit that changes nothing did")
		}
		in.wantMembers(group, anna)
		last = in.user("bo")
		return nil
	}))
	s.get(userType, last)
	s.wantEvents(0, events.UserCreated, events.GroupCreated, events.GroupMemberAdded, events.UserCreated)
}

func togetherPart(s *suite) {
	var stays, later string
	refusal := errors.New("no")
	s.must(s.together(func(in *suite) error {
		stays = in.user("stays")
		err := in.together(func(part *suite) error {
			part.user("goes")
			part.must(part.together(func(inner *suite) error { inner.user("goes too"); return nil }))
			part.must(part.delete(userType, stays))
			return refusal
		})
		if !errors.Is(err, refusal) {
			s.Errorf("%v, want the part's own error", err)
		}
		later = in.user("later")
		return nil
	}))
	s.wantIDs(s.list(userType, scim.ListQuery{Start: 1, Count: 10}), 2, stays, later)
	s.wantEvents(0, events.UserCreated, events.UserCreated)
}

func togetherChosenID(s *suite) {
	id, err := s.Resources.NewID()
	s.must(err)
	draft := s.draft(userType, doc{"userName": "anna"})
	draft.ID = id
	record, err := s.Resources.Create(s.ctx, s.dir, userType, draft, origin)
	s.must(err)
	if record.ID != id {
		s.Errorf("created under %s, want %s", record.ID, id)
	}
	s.wantRecord(s.get(userType, id), record)
	if other, err := s.Resources.NewID(); err != nil || other == id {
		s.Errorf("the next id is %s: %v", other, err)
	}
}

func togetherOneTenant(s *suite) {
	other := newDirectory()
	s.must(s.together(func(in *suite) error {
		_, err := in.Resources.Create(in.ctx, other, userType, in.draft(userType, doc{"userName": "anna"}), origin)
		if err == nil {
			s.Error("a transaction of one tenant wrote for another")
		}
		return nil
	}))
	if n := s.in(other).users(); n != 0 {
		s.Errorf("%d users of the other tenant", n)
	}
}

// togetherConcurrent: whoever waits for a transaction comes to its turn, and the
// sequence has no gaps whatever was undone.
func togetherConcurrent(s *suite) {
	const writers, each = 4, 5
	refusal := errors.New("no")
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			err := s.together(func(in *suite) error {
				for i := range each {
					d, err := draftOf(userType, doc{"userName": fmt.Sprint(w, "-", i)})
					if err != nil {
						return err
					}
					if _, err := in.Resources.Create(in.ctx, in.dir, userType, d, origin); err != nil {
						return err
					}
				}
				if w%2 == 1 {
					return refusal
				}
				return nil
			})
			if (w%2 == 1) != errors.Is(err, refusal) {
				s.Error(err)
			}
		})
	}
	all.Wait()
	told := s.events(s.dir.TenantID)
	for i, e := range told {
		if e.Sequence != int64(i+1) {
			s.Fatalf("event %d has the number %d", i+1, e.Sequence)
		}
	}
	if want := writers / 2 * each; len(told) != want || s.users() != want {
		s.Errorf("%d events and %d users, want %d", len(told), s.users(), want)
	}
}
