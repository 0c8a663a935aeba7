package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// consumers are both kinds, following one tenant of a fake without snapshots.
func consumers(f *fake, o Options, apply func(context.Context, Batch) error) map[string]func(context.Context) error {
	one := &TenantConsumer{Client: f.client(), Tenant: "ten1", Cursor: &MemoryCursor{}, Apply: apply, Options: o}
	all := &FeedConsumer{Client: f.client(), Cursor: &MemoryCursor{}, Apply: apply, Options: o}
	return map[string]func(context.Context) error{"tenant": one.Run, "feed": all.Run}
}

func nothing(context.Context, Batch) error { return nil }

// A missing event ends a consumer, and nothing after it is applied.
func TestGap(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.change(5, "ten1")
	d := f.tenants["ten1"]
	d.events[3].Sequence, f.feed[3].Sequence = 6, 6
	for name, run := range consumers(f, brisk(t), func(_ context.Context, b Batch) error {
		return fmt.Errorf("applied %v", b)
	}) {
		err := run(t.Context())
		gap, ok := errors.AsType[*SequenceError](err)
		if !ok || *gap != (SequenceError{Tenant: "ten1", Want: 4, Got: 6}) {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(err.Error(), "events 4 to 5 of tenant ten1 are missing") {
			t.Errorf("%s: says %v", name, err)
		}
	}
}

// So does a server that knows less than the consumer, such as one that was
// restored from a backup.
func TestForgottenEvents(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.change(5, "ten1")
	f.waits = false
	cursor := &MemoryCursor{place: "9"}
	c := &TenantConsumer{Client: f.client(), Tenant: "ten1", Cursor: cursor, Apply: nothing, Options: brisk(t)}
	err := c.Run(t.Context())
	if gap, ok := errors.AsType[*SequenceError](err); !ok || *gap != (SequenceError{Tenant: "ten1", Want: 10, Got: 6}) {
		t.Errorf("%v", err)
	}
}

// What will not go by ends a consumer and says why.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for status, code := range map[int]string{400: "invalid", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 410: "cursor_expired"} {
		f := newFake(t)
		f.intercept = func(w http.ResponseWriter, _ *http.Request) bool {
			refuse(w, status, code)
			return true
		}
		for name, run := range consumers(f, brisk(t), nothing) {
			err := run(t.Context())
			refusal, ok := errors.AsType[*Error](err)
			if !ok || refusal.Status != status || refusal.Code != code || refusal.RequestID != "r1" {
				t.Errorf("%s: %d: %v", name, status, err)
			}
			if want := fmt.Sprintf("roster answered %d %s: Do something. (request r1)", status, code); err.Error() != want {
				t.Errorf("%s: says %q, want %q", name, err, want)
			}
		}
	}
}

// What goes by is tried again, after as long as the server wants, and told.
func TestRetries(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(w http.ResponseWriter){
		"500":      func(w http.ResponseWriter) { refuse(w, 500, "internal") },
		"429":      func(w http.ResponseWriter) { w.Header().Set("Retry-After", "7"); refuse(w, 429, "rate_limited") },
		"503":      func(w http.ResponseWriter) { w.Header().Set("Retry-After", "7"); refuse(w, 503, "unavailable") },
		"a proxy":  func(w http.ResponseWriter) { http.Error(w, "<html>", http.StatusBadGateway) },
		"cut":      func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"not JSON": func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html>") },
		"half a refusal": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(http.StatusGone)
			panic(http.ErrAbortHandler)
		},
		"half a page": func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"items":[`) },
	} {
		f := newFake(t)
		f.server.Client().Transport.(*http.Transport).DisableKeepAlives = true // it would try again itself
		f.change(1, "ten1")
		asked := 0
		f.intercept = func(w http.ResponseWriter, _ *http.Request) bool {
			if asked++; asked%3 == 0 {
				return false
			}
			fault(w)
			return true
		}
		var pauses []time.Duration
		var log bytes.Buffer
		o := Options{Logger: slog.New(slog.NewTextHandler(&log, nil)), pause: func(_ context.Context, d time.Duration) { pauses = append(pauses, d) }}
		for kind, run := range consumers(f, o, func(context.Context, Batch) error { return errors.New("done") }) {
			pauses = nil
			log.Reset()
			if err := run(t.Context()); err == nil || err.Error() != "done" {
				t.Errorf("%s, %s: %v", kind, name, err)
			}
			if len(pauses) != 2 || strings.Count(log.String(), "trying again") != 2 {
				t.Fatalf("%s, %s: %v, told\n%s", kind, name, pauses, &log)
			}
			for _, d := range pauses {
				if asks := name == "429" || name == "503"; asks != (d >= 7*time.Second && d < 8*time.Second) || d > 8*time.Second {
					t.Errorf("%s, %s: a pause of %v", kind, name, d)
				}
			}
		}
	}
}

// An error of a handler ends a consumer; one that is marked does not, and the
// same events come again.
func TestHandlerErrors(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.change(3, "ten1")
	for range 2 {
		calls, seen := 0, ""
		for name, run := range consumers(f, brisk(t), func(_ context.Context, b Batch) error {
			calls++
			seen += fmt.Sprintf("%d-%d ", b.Events[0].Sequence, b.Events[len(b.Events)-1].Sequence)
			if calls%3 != 0 {
				return fmt.Errorf("apply: %w", Temporary(io.ErrUnexpectedEOF))
			}
			return io.ErrClosedPipe
		}) {
			seen = ""
			if err := run(t.Context()); !errors.Is(err, io.ErrClosedPipe) {
				t.Errorf("%s: %v", name, err)
			}
			if seen != "1-3 1-3 1-3 " {
				t.Errorf("%s: was given %s", name, seen)
			}
		}
	}
}

// A server, or something in between, that answers at once is not asked all the
// time.
func TestIdle(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.change(1, "ten1")
	f.waits = false
	ctx, cancel := context.WithCancel(t.Context())
	pauses := 0
	o := Options{pause: func(_ context.Context, d time.Duration) {
		if pauses++; d != leastPoll {
			t.Errorf("a pause of %v", d)
		}
		if pauses == 5 {
			cancel()
		}
	}}
	var asked atomic.Int64
	f.intercept = func(http.ResponseWriter, *http.Request) bool { asked.Add(1); return false }
	run := consumers(f, o, nothing)["tenant"]
	if err := run(ctx); !errors.Is(err, context.Canceled) || asked.Load() != 6 {
		t.Errorf("%v after %d requests", err, asked.Load())
	}
}

// Stopping a consumer does not wait for the server.
func TestStop(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.change(1, "ten1")
	for name := range consumers(f, Options{}, nothing) {
		polled := make(chan string, 8)
		f.intercept = func(_ http.ResponseWriter, r *http.Request) bool {
			if r.FormValue("after") == "1" || r.FormValue("cursor") == "1" {
				polled <- r.FormValue("wait")
			}
			return false
		}
		stop := running(t, consumers(f, Options{}, nothing)[name])
		if wait := <-polled; wait != "30" {
			t.Errorf("%s: waits %s", name, wait)
		}
		if err := stop(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What cannot work is said before anything is sent.
func TestMisuse(t *testing.T) {
	t.Parallel()
	good := &Client{URL: "https://roster.example.com", Key: "k"}
	for want, run := range map[string]func(context.Context) error{
		"there is no Client":                      (&TenantConsumer{Tenant: "ten1", Cursor: &MemoryCursor{}, Apply: nothing}).Run,
		"needs Tenant, Cursor and Apply":          (&TenantConsumer{Client: good, Cursor: &MemoryCursor{}, Apply: nothing}).Run,
		"needs Cursor and Apply":                  (&FeedConsumer{Client: good}).Run,
		"at most a minute":                        (&FeedConsumer{Client: good, Cursor: &MemoryCursor{}, Apply: nothing, Options: Options{Wait: time.Hour}}).Run,
		"Limit is at most 1000":                   (&FeedConsumer{Client: good, Cursor: &MemoryCursor{}, Apply: nothing, Options: Options{Limit: -1}}).Run,
		`"roster" is no address of a server`:      (&FeedConsumer{Client: &Client{URL: "roster", Key: "k"}, Cursor: &MemoryCursor{}, Apply: nothing}).Run,
		"there is no API key":                     (&FeedConsumer{Client: &Client{URL: good.URL}, Cursor: &MemoryCursor{}, Apply: nothing}).Run,
		`"now", which is no sequence number`:      (&TenantConsumer{Client: good, Tenant: "ten1", Cursor: &MemoryCursor{place: "now"}, Apply: nothing}).Run,
		"load the cursor: read .: is a directory": (&TenantConsumer{Client: good, Tenant: "ten1", Cursor: FileCursor("."), Apply: nothing}).Run,
	} {
		if err := run(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-5": 0, "0": 0, "7": 7 * time.Second, "99999999999": 24 * time.Hour, "99999999999999999999": 0,
		"Sun, 22 Nov 2026 10:01:00 GMT": time.Minute, "Sun, 22 Nov 2026 09:00:00 GMT": 0, "Mon, 22 Nov 2027 10:00:00 GMT": 24 * time.Hour,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for failures, most := range map[int]time.Duration{1: firstPause, 2: 2 * firstPause, 6: 16 * time.Second, 7: mostPause, 9: mostPause, 1 << 40: mostPause} {
		for range 100 {
			if got := backoff(failures, io.EOF); got < most/2 || got >= most {
				t.Errorf("after %d failures %v, want %v to %v", failures, got, most/2, most)
			}
		}
	}
	if got := backoff(1, &Error{RetryAfter: time.Hour}); got < mostWished || got > mostWished+firstPause {
		t.Errorf("a wish for an hour: %v", got)
	}
}
