package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants/events"
)

var journalTests = []test{
	{"what writes tell", journalTypes},
	{"refused writes tell nothing", journalRefused},
	{"no gaps", journalSequence},
}

// wantEvents compares the types of the events behind the first n.
func (s *suite) wantEvents(n int, want ...events.Type) {
	s.Helper()
	behind := s.events(s.dir.TenantID)[n:]
	got := make([]events.Type, 0, len(behind))
	for _, e := range behind {
		got = append(got, e.Type)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		s.Errorf("events %v, want %v", got, want)
	}
}

func journalTypes(s *suite) {
	told := 0
	step := func(want ...events.Type) {
		s.Helper()
		s.wantEvents(told, want...)
		told = len(s.events(s.dir.TenantID))
	}
	anna := s.user("anna")
	step(events.UserCreated)
	group := s.group("eng", anna)
	step(events.GroupCreated, events.GroupMemberAdded)
	s.mustEdit(group, add(anna))
	step()
	_, err := s.put(userType, anna, doc{"userName": "anna", "active": true, "title": "Engineer"})
	s.must(err)
	step(events.UserUpdated)
	_, err = s.put(userType, anna, doc{"userName": "anna", "active": false, "title": "Engineer"})
	s.must(err)
	step(events.UserDeactivated)
	_, err = s.put(userType, anna, doc{"userName": "anna", "active": true, "title": "Engineer"})
	s.must(err)
	step(events.UserReactivated)
	s.mustEdit(group, remove(anna))
	step(events.GroupMemberRemoved)
	s.mustEdit(group, add(anna))
	step(events.GroupMemberAdded)
	s.must(s.delete(userType, anna))
	step(events.UserDeleted, events.GroupMemberRemoved)
	s.must(s.delete(groupType, group))
	step(events.GroupDeleted)

	for _, e := range s.events(s.dir.TenantID) {
		if e.ID == "" || e.OccurredAt.IsZero() || e.RequestID != origin.RequestID || len(e.Data) == 0 {
			s.Errorf("an event lacks something: %+v", e)
		}
	}
}

func journalRefused(s *suite) {
	anna := s.user("anna")
	group := s.group("eng", anna)
	before := len(s.events(s.dir.TenantID))
	for name, err := range map[string]error{
		"conflict":       s.createError(userType, doc{"userName": "ANNA"}),
		"missing member": second(s.edit(group, remove(anna), add(newID()))),
		"cycle":          second(s.edit(group, add(group))),
		"not found":      s.delete(userType, newID()),
		"refused": s.Resources.Delete(s.ctx, s.dir, userType, anna, origin,
			func(*scim.Record) error { return errors.New("no") }),
	} {
		if err == nil {
			s.Errorf("%s: no error", name)
		}
	}
	s.wantEvents(before)
}

func second(_ *scim.Record, err error) error { return err }

// journalSequence: two directories of one tenant and one of another are written
// at once. Each tenant's events count from 1 without a gap.
func journalSequence(s *suite) {
	const writes = 10
	sibling := s.in(scim.Directory{TenantID: s.dir.TenantID, ConnectionID: newID()})
	stranger := s.in(newDirectory())
	var all sync.WaitGroup
	for _, d := range []*suite{s, sibling, stranger} {
		all.Go(func() {
			for i := range writes {
				draft, err := draftOf(userType, doc{"userName": fmt.Sprint("user", i)})
				if err == nil {
					_, err = d.Resources.Create(d.ctx, d.dir, userType, draft, origin)
				}
				if err != nil {
					d.Error(err)
				}
			}
		})
	}
	all.Wait()
	for tenant, want := range map[string]int{s.dir.TenantID: 2 * writes, stranger.dir.TenantID: writes} {
		list := s.events(tenant)
		if len(list) != want {
			s.Errorf("%d events, want %d", len(list), want)
		}
		for i, e := range list {
			if e.Sequence != int64(i+1) {
				s.Errorf("event %d has sequence number %d", i+1, e.Sequence)
			}
		}
	}
}
