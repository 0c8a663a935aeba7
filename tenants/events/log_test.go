package events

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// fakeStore is one tenant's events, which are the feed at the same time, each at
// the position of its number. It looks at two numbers at once.
type fakeStore struct {
	mu       sync.Mutex
	types    []Type // by number, from 1
	pruned   int64
	reads    int
	snapshot func(context.Context, func(Line) error) error
}

func (s *fakeStore) add(t Type) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.types = append(s.types, t)
}

func (s *fakeStore) Events(_ context.Context, _ tenants.TenantID, after int64, types []Type, limit int) (*Stretch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	last := int64(len(s.types))
	read := &Stretch{Next: after, First: s.pruned + 1, Last: last}
	if after < s.pruned {
		return read, nil
	}
	for ; read.Next < min(after+2, last) && len(read.Items) < limit; read.Next++ {
		if t := s.types[read.Next]; len(types) == 0 || slices.Contains(types, t) {
			read.Items = append(read.Items, Event{Sequence: read.Next + 1, Type: t})
		}
	}
	return read, nil
}

func (s *fakeStore) Feed(ctx context.Context, after *Place, types []Type, limit int) (*FeedStretch, error) {
	if after == nil {
		after = &Place{Position: s.pruned}
	}
	read, err := s.Events(ctx, tenants.TenantID{}, after.Position, types, limit)
	if err != nil {
		return nil, err
	}
	return &FeedStretch{Items: read.Items, Next: Place{Position: read.Next}, Pruned: s.pruned, Head: read.Last}, nil
}

func (s *fakeStore) Snapshot(ctx context.Context, _ tenants.TenantID, write func(Line) error) error {
	return s.snapshot(ctx, write)
}

func TestLogPlaces(t *testing.T) {
	t.Parallel()
	store := &fakeStore{types: []Type{"a.x", "b.x", "b.x", "b.x", "a.x"}, pruned: 2}
	log := NewLog(store, NewHub(&others{}, quiet))
	for after, want := range map[int64]error{1: ErrExpired, 2: nil, 5: nil, 6: &tenants.InvalidError{}} {
		_, err := log.Tenant(t.Context(), tenants.TenantID{}, Query{After: after, Limit: 1})
		_, all := log.All(t.Context(), FeedQuery{After: &Place{Position: after}, Limit: 1})
		for _, err := range []error{err, all} {
			if invalid := (*tenants.InvalidError)(nil); errors.As(want, &invalid) {
				if !errors.As(err, &invalid) {
					t.Errorf("after %d: %v, want it to be invalid", after, err)
				}
			} else if !errors.Is(err, want) {
				t.Errorf("after %d: %v, want %v", after, err, want)
			}
		}
	}
	page, err := log.All(t.Context(), FeedQuery{Limit: 1})
	if err != nil || page.Items[0].Sequence != 3 || page.Next.Position != 3 || !page.More {
		t.Errorf("from the oldest: %+v, %v", page, err)
	}
	// Events of other types do not end the search, nor the page.
	found, err := log.Tenant(t.Context(), tenants.TenantID{}, Query{After: 2, Types: []Type{"a.x"}, Limit: 1})
	if err != nil || len(found.Items) != 1 || found.Next != 5 {
		t.Errorf("past others: %+v, %v", found, err)
	}
}

func TestLogWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{}
		hub := NewHub(&others{}, quiet)
		log := NewLog(store, hub)
		pages := make(chan *Page)
		ask := func(ctx context.Context, wait time.Duration) {
			page, err := log.Tenant(ctx, tenants.TenantID{}, Query{Types: []Type{"a.x"}, Limit: 10, Wait: wait})
			if err != nil {
				t.Error(err)
			}
			pages <- page
		}
		tenant := tenants.TenantID{}.UUID()

		go ask(t.Context(), time.Hour) // which is too long
		began := time.Now()
		if page := <-pages; len(page.Items) > 0 || time.Since(began) != MaxWait {
			t.Errorf("after %v: %+v", time.Since(began), page)
		}

		go ask(t.Context(), MaxWait)
		pass(10 * time.Second)
		for range 3 { // events that are not wanted
			store.add("b.x")
			hub.Committed(tenant)
			pass(time.Second)
		}
		store.add("a.x")
		came := time.Now()
		hub.Committed(tenant)
		if page := <-pages; len(page.Items) != 1 || page.Next != 4 || time.Since(came) > rest {
			t.Errorf("after %v: %+v", time.Since(came), page)
		}

		store.mu.Lock()
		store.types = store.types[:3]
		store.mu.Unlock()
		for name, end := range map[string]func(cancel func()){
			"the client is gone": func(cancel func()) { cancel() },
			"the server ends":    func(func()) { hub.Close() },
		} {
			ctx, cancel := context.WithCancel(t.Context())
			go ask(ctx, MaxWait)
			synctest.Wait()
			ended := time.Now()
			end(cancel)
			if page := <-pages; page.Next != 3 || time.Since(ended) > 0 {
				t.Errorf("%s: after %v: %+v", name, time.Since(ended), page)
			}
			cancel()
		}
	})
}

// Many events that nobody wants wake a reader no more often than it can bear.
func TestLogRestsBetweenReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{}
		hub := NewHub(&others{}, quiet)
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = NewLog(store, hub).All(t.Context(), FeedQuery{Types: []Type{"a.x"}, Limit: 1, Wait: time.Second})
		}()
		for range 1000 {
			store.add("b.x")
			hub.Relayed([]string{"t"})
			pass(time.Millisecond)
		}
		<-done
		// It looks at two events at once, and rests 50 times.
		if store.reads > 1000/2+2*50 {
			t.Errorf("%d reads", store.reads)
		}
	})
}

func TestSnapshotsAreFew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out sync.WaitGroup
		store := &fakeStore{snapshot: func(ctx context.Context, _ func(Line) error) error {
			<-ctx.Done()
			return ctx.Err()
		}}
		log := NewLog(store, NewHub(&others{}, quiet))
		began := time.Now()
		for range maxSnapshots {
			out.Go(func() {
				if err := log.Snapshot(t.Context(), tenants.TenantID{}, nil); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != snapshotTime {
					t.Errorf("after %v: %v", time.Since(began), err)
				}
			})
		}
		synctest.Wait()
		if err := log.Snapshot(t.Context(), tenants.TenantID{}, nil); !errors.Is(err, ErrBusy) {
			t.Errorf("one more: %v", err)
		}
		out.Wait()
		store.snapshot = func(context.Context, func(Line) error) error { return nil }
		if err := log.Snapshot(t.Context(), tenants.TenantID{}, nil); err != nil {
			t.Errorf("when they have ended: %v", err)
		}
	})
}
