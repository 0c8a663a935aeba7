package health

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants"
)

// sized is a memory of sizes, which it keeps in the order of time.
type sized struct {
	memory
	sizes []Size
}

func (s *sized) Sizes(_ context.Context, _ tenants.TenantID, _ tenants.ConnectionID, since, until time.Time) ([]Size, error) {
	var list []Size
	for _, size := range s.sizes {
		if !size.At.After(since) {
			list = nil
		}
		if size.At.Before(until) {
			list = append(list, size)
		}
	}
	return list, s.fails
}

func TestHistory(t *testing.T) {
	t.Parallel()
	hour := func(n int) time.Time { return began.Add(time.Duration(n) * time.Hour) }
	m := &sized{
		memory: memory{facts: []*Facts{{
			Connection: &tenants.Connection{ID: tenants.NewConnectionID()}, Directory: tenants.DirectoryCount{People: 9, Active: 8, Groups: 2},
		}}},
		sizes: []Size{{hour(-1000), 1, 1, 0}, {hour(-20), 5, 5, 1}, {hour(-10), 7, 6, 1}},
	}
	s := NewService(m)
	defer s.Close()
	s.now = func() time.Time { return began }
	now := Size{began, 9, 8, 2}
	for name, c := range map[string]struct {
		since, until time.Time
		want         []Size
	}{
		"30 days":                  {time.Time{}, time.Time{}, []Size{{began.Add(-usualHistory), 1, 1, 0}, m.sizes[1], m.sizes[2], now}},
		"from before it was known": {hour(-2000), hour(3), []Size{m.sizes[0], m.sizes[1], m.sizes[2], now}},
		"from a size on":           {hour(-20), time.Time{}, []Size{m.sizes[1], m.sizes[2], now}},
		"between":                  {hour(-15), hour(-5), []Size{{hour(-15), 5, 5, 1}, m.sizes[2]}},
		"at most 400 days":         {hour(-24 * 1000), hour(-24 * 10), []Size{m.sizes[0]}},
		"the wrong order":          {hour(3), hour(1), nil},
	} {
		m.sizes[0].At = hour(-1000)
		got, err := s.History(t.Context(), tenants.TenantID{}, m.facts[0].Connection.ID, c.since, c.until)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if _, err := s.History(t.Context(), tenants.TenantID{}, tenants.NewConnectionID(), began, began); !errors.Is(err, tenants.ErrNotFound) {
		t.Errorf("of no connection: %v", err)
	}
}

func TestThin(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 499, 500, 501, 502, 999, 9601} {
		list := make([]int, n)
		for i := range list {
			list[i] = i
		}
		few := thin(list, mostSizes)
		if len(few) != min(n, mostSizes) || n > 0 && (few[0] != 0 || few[len(few)-1] != n-1) {
			t.Fatalf("of %d there are %d", n, len(few))
		}
		for i := 1; i < len(few); i++ {
			if step := few[i] - few[i-1]; step < n/mostSizes || step > n/mostSizes+1 || step < 1 {
				t.Errorf("of %d, %d comes behind %d", n, few[i], few[i-1])
			}
		}
	}
}

// noted is a store whose tenants come two at a time.
type noted struct {
	hours []time.Time
	pages int
	fails error
}

func (n *noted) NoteSizes(_ context.Context, hour time.Time, after tenants.TenantID, limit int) (tenants.TenantID, bool, error) {
	if n.fails != nil {
		return after, false, n.fails
	}
	if n.pages++; limit < 1 || after.IsZero() != (n.pages%2 == 1) {
		return after, false, errors.New("not the next page")
	}
	n.hours = append(n.hours, hour)
	return tenants.NewTenantID(), n.pages%2 == 1, nil
}

// TestHistorian: once an hour, and again only if it failed.
func TestHistorian(t *testing.T) {
	t.Parallel()
	store := &noted{fails: errors.New("away")}
	h := NewHistorian(store, slog.New(slog.DiscardHandler))
	at := began.Truncate(time.Hour).Add(50 * time.Minute)
	h.now = func() time.Time { return at }
	if err := h.Once(t.Context()); err == nil {
		t.Error("a failure is no error")
	}
	store.fails = nil
	for range 3 {
		if err := h.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	at = at.Add(10 * time.Minute)
	if err := h.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := began.UTC().Truncate(time.Hour)
	if diff := cmp.Diff([]time.Time{first, first, first.Add(time.Hour), first.Add(time.Hour)}, store.hours); diff != "" {
		t.Errorf("noted (-want +got):\n%s", diff)
	}
}
