package login

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// useLog is a UsesStore that fails when it is told to.
type useLog struct {
	mu     sync.Mutex
	broken error
	stored map[string]time.Time
}

func (l *useLog) RecordLogins(_ context.Context, uses []Use) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return l.broken
	}
	for _, u := range uses {
		l.stored[u.id()] = u.At
	}
	return nil
}

func TestUsesAreKeptUntilTheyAreStored(t *testing.T) {
	t.Parallel()
	store := &useLog{stored: map[string]time.Time{}, broken: errors.New("away")}
	uses := NewUses(store, slog.New(slog.DiscardHandler))
	key, session, at := tenants.NewKeyID(), tenants.NewSessionID(), time.Now()
	uses.Record(Use{Key: key, At: at.Add(time.Minute)})
	uses.Record(Use{Key: key, At: at}) // an earlier one, which comes later
	uses.Record(Use{Session: session, At: at})
	if err := uses.Flush(t.Context()); !errors.Is(err, store.broken) {
		t.Errorf("flush: %v", err)
	}
	uses.Record(Use{Session: session, At: at.Add(time.Hour)})
	store.mu.Lock()
	store.broken = nil
	store.mu.Unlock()
	if err := uses.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(store.stored) != 2 || !store.stored[key.String()].Equal(at.Add(time.Minute)) || !store.stored[session.String()].Equal(at.Add(time.Hour)) {
		t.Errorf("stored %v", store.stored)
	}
}
