package events

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// Bounds of reading. MaxWait is how long a reader may wait for an event.
const (
	DefaultLimit = 100
	MaxLimit     = 1000
	MaxWait      = time.Minute

	// scanTime bounds how long one page looks for events of the wanted types
	// among others; a page that ends there is short or empty, and its reader goes
	// on behind it.
	scanTime = 2 * time.Second
	// rest is how long a reader who waits lets others' events go by before it
	// looks again.
	rest = 20 * time.Millisecond
)

// Query selects events of one tenant.
type Query struct {
	After int64  // the place of the reader: the last number that it has seen
	Types []Type // none: all
	Limit int
	Wait  time.Duration // for an event, if there is none
}

// Page is events of one tenant in the order of their numbers.
type Page struct {
	Items []Event
	Next  int64 // the place behind what was looked at, events of other types too
	Last  int64 // the number of the last event that there is
}

// Place is how far a reader of all tenants' events has come: all positions of the
// feed up to one are done, and of the next one the events up to a number. The
// zero Place is before everything that ever was.
type Place struct {
	Position int64 `json:"p"`
	Sequence int64 `json:"s,omitempty"`
}

// FeedQuery selects events of all tenants.
type FeedQuery struct {
	After *Place // nil: from the oldest that is kept
	Now   bool   // in place of After: from what happens next
	Types []Type
	Limit int
	Wait  time.Duration
}

// FeedPage is events of all tenants: those of each in the order of their numbers.
type FeedPage struct {
	Items []Event
	Next  Place
	More  bool // there is more behind Next already
}

// Stretch is what a store has read of a tenant's events at one moment.
type Stretch struct {
	Items []Event
	Next  int64 // everything up to here was looked at
	First int64 // the number of the first event that is kept; Last + 1 if none is
	Last  int64 // the number of the last one
}

// FeedStretch is what a store has read of the feed at one moment.
type FeedStretch struct {
	Items  []Event
	Next   Place
	Pruned int64 // the last position whose events need not be there any more
	Head   int64 // the last position
}

// Store reads events.
type Store interface {
	// Events returns events behind a number. It may return fewer than there are,
	// with Next at the place where it stopped.
	Events(ctx context.Context, tenant tenants.TenantID, after int64, types []Type, limit int) (*Stretch, error)
	// Feed is the same of all tenants; nil is before the oldest that is kept.
	// Behind a place that has been pruned it reads nothing.
	Feed(ctx context.Context, after *Place, types []Type, limit int) (*FeedStretch, error)
	// Snapshot calls write with the lines of a tenant's snapshot.
	Snapshot(ctx context.Context, tenant tenants.TenantID, write func(Line) error) error
}

// ErrExpired: the reader's place is older than what is kept.
var ErrExpired = errors.New("the events at this place are no longer kept")

// Log is the events that there are.
type Log struct {
	store     Store
	hub       *Hub
	snapshots chan struct{} // a place for each that may be under way
}

// NewLog returns the events of a store. Readers wait at the hub.
func NewLog(store Store, hub *Hub) *Log {
	return &Log{store: store, hub: hub, snapshots: make(chan struct{}, maxSnapshots)}
}

// Tenant returns events of one tenant. ErrExpired, *tenants.InvalidError.
func (l *Log) Tenant(ctx context.Context, tenant tenants.TenantID, q Query) (*Page, error) {
	var page *Page
	err := l.await(ctx, tenant.UUID(), q.Wait, func() (found, more bool, err error) {
		s, err := l.store.Events(ctx, tenant, q.After, q.Types, q.Limit)
		switch {
		case err != nil:
			return false, false, fmt.Errorf("read events: %w", err)
		case q.After > s.Last:
			return false, false, &tenants.InvalidError{Field: "after",
				Reason: fmt.Sprintf("give the number of an event that there is; the last one is %d", s.Last)}
		case q.After < s.First-1:
			return false, false, ErrExpired
		}
		page = &Page{Items: s.Items, Next: s.Next, Last: s.Last}
		q.After = s.Next
		return len(s.Items) > 0, s.Next < s.Last, nil
	})
	return page, err
}

// All returns events of all tenants. ErrExpired, *tenants.InvalidError.
func (l *Log) All(ctx context.Context, q FeedQuery) (*FeedPage, error) {
	if q.Now {
		s, err := l.store.Feed(ctx, nil, nil, 1)
		if err != nil {
			return nil, fmt.Errorf("find the end of the feed: %w", err)
		}
		q.After = &Place{Position: s.Head}
	}
	var page *FeedPage
	err := l.await(ctx, "", q.Wait, func() (found, more bool, err error) {
		s, err := l.store.Feed(ctx, q.After, q.Types, q.Limit)
		switch {
		case err != nil:
			return false, false, fmt.Errorf("read the feed: %w", err)
		case q.After == nil:
		case q.After.Position > s.Head:
			return false, false, &tenants.InvalidError{Field: "cursor", Reason: "give the next_cursor of an earlier answer of this installation"}
		case q.After.Position < s.Pruned:
			return false, false, ErrExpired
		}
		page = &FeedPage{Items: s.Items, Next: s.Next, More: s.Next.Position < s.Head}
		q.After = &page.Next
		return len(s.Items) > 0, page.More, nil
	})
	return page, err
}

// await reads until something is found: again at once as long as there is more
// to look at, and then whenever there may be something new. Without a wait, and
// when that or the context ends, what was read last stands.
func (l *Log) await(ctx context.Context, tenant string, wait time.Duration, read func() (found, more bool, err error)) error {
	var sub *Subscription
	if wait > 0 {
		sub = l.hub.Subscribe(tenant)
		defer sub.Close()
	}
	waiting, cancel := context.WithTimeout(ctx, min(wait, MaxWait))
	defer cancel()
	for started := time.Now(); ; started = time.Now() {
		for {
			found, more, err := read()
			if err != nil || found {
				return err
			}
			if !more {
				break
			}
			if time.Since(started) > scanTime {
				return nil
			}
		}
		if wait <= 0 || !sub.Wait(waiting) || !pause(waiting, rest-time.Since(started)) {
			return nil
		}
	}
}

// pause waits, and reports whether the context lasted.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
