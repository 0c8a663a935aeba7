package redisdb

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patient are timeouts that a busy machine does not reach.
var patient = Timeouts{Dial: 10 * time.Second, IO: 10 * time.Second, Pool: 10 * time.Second, Call: 20 * time.Second}

// brisk are short ones for tests that wait for them.
var brisk = Timeouts{Dial: 300 * time.Millisecond, IO: 200 * time.Millisecond, Pool: 300 * time.Millisecond, Call: 400 * time.Millisecond}

type bundle struct {
	*DB
	changes *record[Change]
}

func open(t *testing.T, url string, timeouts Timeouts) bundle {
	t.Helper()
	b := bundle{changes: &record[Change]{}}
	db, err := Open(t.Context(), url, Options{
		Name: "test", Timeouts: timeouts, OnChange: b.changes.add,
		Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	b.DB = db
	return b
}

// record collects what callbacks are told.
type record[T any] struct {
	mu  sync.Mutex
	all []T
}

func (r *record[T]) add(v T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, v)
}

func (r *record[T]) list() []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}

// eventually asks until it is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-ctx.Done():
			t.Fatalf("did not happen: %s", what)
		case <-tick.C:
		}
	}
}

// ownKey is a key that no other test uses, on a server that many share.
func ownKey(t *testing.T, rest string) string {
	return fmt.Sprintf("test:%s:%d:%s", strings.ReplaceAll(t.Name(), "/", "-"), time.Now().UnixNano(), rest)
}

func transitions(changes []Change) (s []State) {
	for _, c := range changes {
		s = append(s, c.State)
	}
	return s
}
