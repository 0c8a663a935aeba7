package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// mirror is an app that follows tenants.
type mirror struct {
	mu        sync.Mutex
	tenants   map[string]*directory
	cursor    string // kept with the data
	exact     bool   // an event that comes twice is an error
	snapshots int
	calls     int
	wrong     []string
}

func (m *mirror) snapshot(_ context.Context, s *Snapshot) error {
	d := newDirectory()
	for line, err := range s.Lines() {
		if err != nil {
			return err
		}
		var data struct{ ID, UserName string }
		if len(line.Data) > 0 {
			if err := json.Unmarshal(line.Data, &data); err != nil {
				return err
			}
		}
		switch line.Type {
		case LineUser:
			d.users[data.ID] = data.UserName
		case LineGroup:
			d.groups[data.ID] = map[string]bool{}
		case LineMembers:
			d.groups[line.GroupID][line.Members[0].Value] = true
		default:
			return fmt.Errorf("unexpected line %+v", line)
		}
	}
	d.last = s.Sequence
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tenants[s.Tenant] = d
	m.snapshots++
	if s.Cursor != "" {
		m.cursor = s.Cursor
	}
	return nil
}

func (m *mirror) apply(_ context.Context, b Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range b.Events {
		d := m.tenants[e.TenantID]
		if d == nil {
			d = newDirectory()
			m.tenants[e.TenantID] = d
		}
		if e.Sequence > d.last+1 || m.exact && e.Sequence != d.last+1 {
			m.wrong = append(m.wrong, fmt.Sprintf("%s: %d after %d", e.TenantID, e.Sequence, d.last))
		}
		d.apply(e)
	}
	m.cursor = b.Cursor
	if m.calls++; m.calls%5 == 0 {
		return Temporary(errors.New("it was committed, but nobody knows"))
	}
	return nil
}

func (m *mirror) load(context.Context) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cursor, nil
}

func (m *mirror) applied(_ context.Context, tenant string) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if d := m.tenants[tenant]; d != nil {
		return d.last, nil
	}
	return 0, nil
}

// agrees compares the mirror with the server.
func (m *mirror) agrees(t *testing.T, f *fake, tenants ...string) bool {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, tenant := range tenants {
		if have := m.tenants[tenant]; have == nil || have.last < f.tenants[tenant].last {
			return false
		}
		d := cmp.Diff(f.tenants[tenant], m.tenants[tenant], cmp.AllowUnexported(directory{}),
			cmpopts.IgnoreFields(directory{}, "events", "gone"))
		if d != "" {
			t.Fatalf("%s: (-is +mirrored)\n%s", tenant, d)
		}
	}
	return true
}

// brisk makes pauses short, whatever they ask for.
func brisk(t *testing.T) Options {
	t.Helper()
	return Options{
		Logger: slog.New(slog.DiscardHandler),
		pause:  func(ctx context.Context, _ time.Duration) { sleep(ctx, time.Millisecond) },
	}
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !is() {
		if ctx.Err() != nil {
			t.Fatalf("%s: not after a minute", what)
		}
		sleep(ctx, 2*time.Millisecond)
	}
}

// running runs a consumer until stop is called, which returns what it returned.
func running(t *testing.T, run func(context.Context) error) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	return func() error {
		cancel()
		err := <-ended
		ended <- err
		return err
	}
}

// Consumers mirror a directory exactly, whatever the network does, however often
// they are restarted, and also when they were away for too long.
func TestConsumersMirror(t *testing.T) {
	t.Parallel()
	all := []string{"ten1", "ten2", "ten3"}
	for name, c := range map[string]struct {
		tenants []string
		make    func(t *testing.T, f *fake, m *mirror) func(context.Context) error
	}{
		"tenant, cursor in a file": {all[:1], func(t *testing.T, f *fake, m *mirror) func(context.Context) error {
			c := &TenantConsumer{Client: f.client(), Tenant: "ten1", Cursor: FileCursor(filepath.Join(t.TempDir(), "cursor")),
				Snapshot: m.snapshot, Apply: m.apply, Options: brisk(t)}
			return c.Run
		}},
		"tenant, cursor with the data": {all[:1], func(t *testing.T, f *fake, m *mirror) func(context.Context) error {
			m.exact = true
			c := &TenantConsumer{Client: f.client(), Tenant: "ten1", Cursor: LoadOnly(m.load), Snapshot: m.snapshot, Apply: m.apply, Options: brisk(t)}
			return c.Run
		}},
		"feed, cursor in a file": {all, func(t *testing.T, f *fake, m *mirror) func(context.Context) error {
			c := &FeedConsumer{Client: f.client(), Cursor: FileCursor(filepath.Join(t.TempDir(), "cursor")),
				Snapshot: m.snapshot, Apply: m.apply, Options: brisk(t)}
			return c.Run
		}},
		"feed, exact": {all, func(t *testing.T, f *fake, m *mirror) func(context.Context) error {
			m.exact = true
			c := &FeedConsumer{Client: f.client(), Cursor: LoadOnly(m.load), Applied: m.applied, Snapshot: m.snapshot, Apply: m.apply, Options: brisk(t)}
			c.Begun = func(_ context.Context, tenants []string, cursor string) error {
				if d := cmp.Diff(all, tenants); d != "" {
					t.Errorf("tenants (-want +got)\n%s", d)
				}
				m.mu.Lock()
				defer m.mu.Unlock()
				m.cursor = cursor
				return nil
			}
			return c.Run
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, m := newFake(t), &mirror{tenants: map[string]*directory{}}
			f.change(60, all...)
			f.faults = true
			run := c.make(t, f, m)
			for round := range 6 {
				stop := running(t, run)
				for range 10 {
					f.change(1+rand.IntN(15), all...)
				}
				eventually(t, "the mirror has everything", func() bool { return m.agrees(t, f, c.tenants...) })
				if err := stop(); !errors.Is(err, context.Canceled) {
					t.Fatalf("round %d: it ended with %v", round, err)
				}
				f.change(20, all...)
				if round%2 == 1 {
					f.forget()
				}
			}
			for _, w := range m.wrong {
				t.Error(w)
			}
			if want := 3 * len(c.tenants); m.snapshots < want { // the first and two after the place has expired
				t.Errorf("%d snapshots, want %d or more", m.snapshots, want)
			}
		})
	}
}

// A consumer that does not want all types follows without being told of gaps.
func TestTypes(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.change(100, "ten1")
	var mu sync.Mutex
	cursor, wrong := "", 0
	options := brisk(t)
	options.Types = []string{"group.created"}
	c := &TenantConsumer{Client: f.client(), Tenant: "ten1", Cursor: &MemoryCursor{}, Options: options,
		Apply: func(_ context.Context, b Batch) error {
			mu.Lock()
			defer mu.Unlock()
			cursor = b.Cursor
			for _, e := range b.Events {
				if e.Type != "group.created" {
					wrong++
				}
			}
			return nil
		}}
	stop := running(t, c.Run)
	at := func() string {
		mu.Lock()
		defer mu.Unlock()
		return cursor
	}
	eventually(t, "the place moves on", func() bool { return at() == strconv.Itoa(100) })
	if err := stop(); !errors.Is(err, context.Canceled) || wrong > 0 {
		t.Errorf("%v, %d of other types", err, wrong)
	}
}
