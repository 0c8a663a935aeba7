package health

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// memory is a store of what a test puts into it.
type memory struct {
	mu     sync.Mutex
	facts  []*Facts
	found  map[tenants.ConnectionID]*Findings
	asked  [][]Inspected
	cycles []*StoredCycle
	stored map[Watched]time.Time
	looks  int
	fails  error
}

func (m *memory) Facts(_ context.Context, _ tenants.TenantID, s Selection, _ time.Time) ([]*Facts, error) {
	var list []*Facts
	for _, f := range m.facts {
		if s.Only.IsZero() || s.Only == f.Connection.ID {
			list = append(list, f)
		}
	}
	return list, m.fails
}

func (m *memory) Inspect(_ context.Context, _ tenants.TenantID, list []Inspected) (map[tenants.ConnectionID]*Findings, error) {
	m.asked = append(m.asked, list)
	all := map[tenants.ConnectionID]*Findings{}
	for _, i := range list {
		all[i.Connection] = &Findings{}
		if f := m.found[i.Connection]; f != nil {
			all[i.Connection] = f
		}
	}
	return all, m.fails
}

func (m *memory) Cycles(context.Context, tenants.TenantID, CycleQuery) ([]*StoredCycle, error) {
	return m.cycles, m.fails
}

func (m *memory) Cycle(context.Context, tenants.TenantID, tenants.ConnectionID, tenants.CycleID) (*StoredCycle, error) {
	return nil, tenants.ErrNotFound
}

func (m *memory) Hours(_ context.Context, _ tenants.TenantID, _ tenants.ConnectionID, since, until time.Time) ([]requestlog.Hour, error) {
	return []requestlog.Hour{{Start: since}, {Start: until}}, m.fails
}

func (m *memory) Sizes(context.Context, tenants.TenantID, tenants.ConnectionID, time.Time, time.Time) ([]Size, error) {
	return nil, m.fails
}

func (m *memory) Changed(_ context.Context, list []Watched) ([]time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.looks++
	times := make([]time.Time, len(list))
	for i, w := range list {
		times[i] = m.stored[w]
	}
	return times, m.fails
}

func (m *memory) store(w Watched, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stored[w] = at
}

func (m *memory) fail(why error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fails = why
}

func TestServiceOfNothing(t *testing.T) {
	t.Parallel()
	s := NewService(&memory{})
	defer s.Close()
	for name, err := range map[string]error{
		"health": second(s.Of(t.Context(), tenants.NewTenantID(), tenants.NewConnectionID())),
		"setup":  second(s.Setup(t.Context(), tenants.NewTenantID(), tenants.NewConnectionID())),
		"cycle":  second(s.Cycle(t.Context(), tenants.NewTenantID(), tenants.NewConnectionID(), tenants.CycleID{})),
	} {
		if !errors.Is(err, tenants.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestDirectoriesAreLookedIntoSeldom: as often as something may have changed.
func TestDirectoriesAreLookedIntoSeldom(t *testing.T) {
	t.Parallel()
	facts := newStory(quirk.Okta).creates("Jane").facts(t)
	facts.Directory = tenants.DirectoryCount{People: 10, Active: 10}
	m := &memory{facts: []*Facts{facts}, found: map[tenants.ConnectionID]*Findings{facts.Connection.ID: {NoEmail: Finding{Count: 1}}}}
	s := NewService(m)
	defer s.Close()
	now := facts.StateAt
	s.now = func() time.Time { return now }
	look := func(want int) {
		t.Helper()
		r, err := s.Of(t.Context(), facts.Connection.TenantID, facts.Connection.ID)
		if err != nil || len(r.Problems) != 1 || r.Problems[0].Code != EmailsMissing {
			t.Fatalf("%+v, %v", r, err)
		}
		if len(m.asked) != want {
			t.Errorf("looked %d times, want %d", len(m.asked), want)
		}
	}
	look(1)
	look(1)
	facts.StateAt = facts.StateAt.Add(time.Second)
	look(2)
	now = now.Add(keptFor)
	look(3)
	facts.Directory.People = large
	facts.StateAt = facts.StateAt.Add(time.Second)
	look(3)
	now = now.Add(largeKeptFor)
	look(4)
	if i := m.asked[0][0]; i.Aliases || i.Everybody != 9 {
		t.Errorf("looked for %+v", i)
	}
}

// TestListOfLargeDirectories looks at some of them, and at the others next time.
func TestListOfLargeDirectories(t *testing.T) {
	t.Parallel()
	m := &memory{}
	for range 4 {
		facts := newStory(quirk.Entra).creates("Jane").facts(t)
		facts.Directory.People = mostPeople / 2
		m.facts = append(m.facts, facts)
	}
	s := NewService(m)
	defer s.Close()
	s.now = func() time.Time { return m.facts[0].StateAt }
	for range 3 {
		if list, err := s.All(t.Context(), tenants.NewTenantID(), Selection{Limit: 10}); err != nil || len(list) != 4 {
			t.Fatalf("%d, %v", len(list), err)
		}
	}
	if len(m.asked) != 2 || len(m.asked[0]) != 2 || len(m.asked[1]) != 2 || m.asked[0][0] == m.asked[1][0] {
		t.Errorf("looked into %v", m.asked)
	}
}

func TestHoursAreBounded(t *testing.T) {
	t.Parallel()
	s := NewService(&memory{})
	defer s.Close()
	s.now = func() time.Time { return began }
	for name, test := range map[string]struct{ since, until, from, to time.Time }{
		"a week":          {time.Time{}, time.Time{}, began.Add(-usualHours), began},
		"as asked":        {began.Add(-time.Hour), began.Add(time.Hour), began.Add(-time.Hour), began.Add(time.Hour)},
		"at most a year":  {time.Unix(0, 0), time.Time{}, began.Add(-mostHours), began},
		"a week until":    {time.Time{}, began.Add(-time.Hour), began.Add(-time.Hour - usualHours), began.Add(-time.Hour)},
		"the wrong order": {began, began.Add(-time.Hour), began, began.Add(-time.Hour)},
	} {
		got, err := s.Hours(t.Context(), tenants.TenantID{}, tenants.ConnectionID{}, test.since, test.until)
		if err != nil || !got[0].Start.Equal(test.from) || !got[1].Start.Equal(test.to) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// TestWatch: one look at a time for all who watch, and none when nobody does.
func TestWatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := Watched{tenants.NewTenantID(), tenants.NewConnectionID()}
		b := Watched{tenants.NewTenantID(), tenants.NewConnectionID()}
		m := &memory{stored: map[Watched]time.Time{a: began}}
		s := NewService(m)
		defer s.Close()
		ctx, cancel := context.WithCancel(t.Context())
		first, again := s.Watch(ctx, a.Tenant, a.Connection), s.Watch(t.Context(), a.Tenant, a.Connection)
		other := s.Watch(ctx, b.Tenant, b.Connection)
		synctest.Wait()
		for _, c := range []<-chan struct{}{first, again, other} { // what was stored before
			pass(watchInterval)
			synctest.Wait()
			if !told(c) || told(c) {
				t.Error("the beginning is not told once")
			}
		}
		m.store(a, began.Add(1))
		m.fail(errors.New("the database is away"))
		pass(4 * watchInterval)
		synctest.Wait()
		m.fail(nil)
		pass(watchInterval)
		synctest.Wait()
		if !told(first) || !told(again) || told(other) {
			t.Error("a change is told to others than those who watch it")
		}
		cancel()
		synctest.Wait()
		if _, open := <-first; open {
			t.Error("a watch outlives its context")
		}
		m.store(a, began.Add(2))
		pass(watchInterval)
		synctest.Wait()
		if !told(again) {
			t.Error("who still watches is not told")
		}
		s.Close()
		if _, open := <-again; open {
			t.Error("a watch outlives the service")
		}
		if _, open := <-s.Watch(t.Context(), a.Tenant, a.Connection); open {
			t.Error("a watch begins after the end")
		}
		looks := m.looks
		pass(time.Minute)
		if m.looks != looks || looks > 20 {
			t.Errorf("%d looks, then %d", looks, m.looks)
		}
	})
}

// TestWatchAgain: when everybody has gone, the next one is told all the same.
func TestWatchAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := Watched{tenants.NewTenantID(), tenants.NewConnectionID()}
		m := &memory{stored: map[Watched]time.Time{w: began}}
		s := NewService(m)
		defer s.Close()
		for range 3 {
			ctx, cancel := context.WithCancel(t.Context())
			if _, open := <-s.Watch(ctx, w.Tenant, w.Connection); !open {
				t.Error("the watch has ended")
			}
			cancel()
			pass(time.Minute)
			synctest.Wait()
		}
		if m.looks > 6 {
			t.Errorf("%d looks while hardly anybody watched", m.looks)
		}
	})
}

func told(c <-chan struct{}) bool {
	select {
	case _, open := <-c:
		return open
	default:
		return false
	}
}

// pass lets time pass in a bubble, where that takes none.
func pass(d time.Duration) { <-time.After(d) }
