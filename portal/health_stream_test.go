package portal

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/health"
)

// oneConnection is a store with one connection, whose requests a test makes up.
type oneConnection struct {
	health.Store // what is not asked for
	mu           sync.Mutex
	connection   *tenants.Connection
	stored       time.Time
}

func (o *oneConnection) Facts(context.Context, tenants.TenantID, health.Selection, time.Time) ([]*health.Facts, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := *o.connection
	return []*health.Facts{{Connection: &c, StateAt: o.stored}}, nil
}

func (o *oneConnection) Changed(_ context.Context, list []health.Watched) ([]time.Time, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	times := make([]time.Time, len(list))
	for i := range times {
		times[i] = o.stored
	}
	return times, nil
}

func (o *oneConnection) change(change func(*tenants.Connection)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change(o.connection)
	o.stored = o.stored.Add(time.Second)
}

// streaming is a server that streams the checklist of one connection, with time
// limits that are far too short for it.
type streaming struct {
	store   *oneConnection
	service *health.Service
	h       *handlers
	url     string

	mu    sync.Mutex
	ended error // why a request may not go on
}

func newStreaming(t *testing.T) *streaming {
	t.Helper()
	s := &streaming{store: &oneConnection{stored: time.Now(), connection: &tenants.Connection{
		ID: tenants.NewConnectionID(), TenantID: tenants.NewTenantID(), Name: "Acme", Provider: quirk.Okta, Status: tenants.ConnectionActive,
	}}}
	s.service = health.NewService(s.store)
	t.Cleanup(s.service.Close)
	s.h = &handlers{
		tenants: tenants.NewService(nil, nil), health: s.service,
		streams: &streams{each: map[string]int{}, ping: 20 * time.Millisecond}, again: func(context.Context) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.ended
		},
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := s.h.StreamSetup(r.Context(), api.StreamSetupRequestObject{
			Tenant: s.store.connection.TenantID.String(), Connection: s.store.connection.ID.String(),
		})
		if err != nil {
			WriteProblem(w, problemOf(err))
			return
		}
		if err := answer.VisitStreamSetupResponse(w); err != nil {
			t.Error(err)
		}
	}))
	server.Config.ReadTimeout, server.Config.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *streaming) end(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = why
}

// listener reads a stream.
type listener struct {
	t     *testing.T
	lines *bufio.Scanner
}

func (s *streaming) listen(t *testing.T) *listener {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", response.StatusCode, response.Header.Get("Content-Type"))
	}
	return &listener{t, bufio.NewScanner(response.Body)}
}

// next is the next line that begins so; false: the stream has ended.
func (l *listener) next(prefix string) (string, bool) {
	l.t.Helper()
	for l.lines.Scan() {
		if rest, ok := strings.CutPrefix(l.lines.Text(), prefix); ok {
			return rest, true
		}
	}
	return "", false
}

func (l *listener) setup() api.Setup {
	l.t.Helper()
	var s api.Setup
	data, ok := l.next("data: ")
	if !ok {
		l.t.Fatal("the stream has ended")
	}
	if err := json.Unmarshal([]byte(data), &s); err != nil {
		l.t.Fatal(err)
	}
	return s
}

// TestStreamTellsChanges, also long after the server's time limits for answers
// that end.
func TestStreamTellsChanges(t *testing.T) {
	t.Parallel()
	s := newStreaming(t)
	l := s.listen(t)
	if first := l.setup(); first.Status != "draft" || len(first.Steps) != 8 || first.Total != 8 {
		t.Errorf("first event %+v", first)
	}
	for range 8 { // 160 ms
		if _, ok := l.next(": ping"); !ok {
			t.Fatal("the stream has ended")
		}
	}
	s.store.change(func(c *tenants.Connection) { c.Status = tenants.ConnectionPaused })
	if second := l.setup(); second.Status != "paused" {
		t.Errorf("second event %+v", second)
	}
}

// TestStreamEnds with the credential, and with the server.
func TestStreamEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*streaming){
		"session": func(s *streaming) { s.end(errUnauthenticated) },
		"server":  func(s *streaming) { s.service.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStreaming(t)
			l := s.listen(t)
			l.setup()
			end(s)
			for {
				if _, ok := l.next(""); !ok {
					break
				}
			}
			if err := l.lines.Err(); err != nil {
				t.Errorf("the stream broke off: %v", err)
			}
			s.h.streams.mu.Lock()
			defer s.h.streams.mu.Unlock()
			if s.h.streams.all > 0 {
				t.Errorf("%d streams are counted", s.h.streams.all)
			}
		})
	}
}

func TestStreamsAreBounded(t *testing.T) {
	t.Parallel()
	s := &streams{each: map[string]int{}}
	var ends []func()
	for i := range maxStreams + 1 {
		end, err := s.begin("ses" + string(rune('a'+i/maxStreamsOfOne)))
		if i < maxStreams {
			if err != nil {
				t.Fatalf("%d: %v", i, err)
			}
			ends = append(ends, end)
			continue
		}
		if problem, ok := errors.AsType[*Problem](err); !ok || problem.Status != http.StatusTooManyRequests || problem.RetryAfter == 0 {
			t.Errorf("one too many: %v", err)
		}
	}
	ends[0]()
	if _, err := s.begin("sesb"); err == nil {
		t.Error("a session has one stream more than it may")
	}
	for _, end := range ends[1:] {
		end()
	}
	if s.all != 0 || len(s.each) != 0 {
		t.Errorf("%d streams are left, of %v", s.all, s.each)
	}
}
