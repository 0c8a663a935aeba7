package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	rosterclient "github.com/roster-scim/roster/portal/client"
)

// receiver is the vendor's app that gets webhooks: it verifies them, leaves out
// those that it has, and at times fails, before or after it has taken an event.
type receiver struct {
	*mirror
	server   *httptest.Server
	verifier atomic.Pointer[rosterclient.Verifier]
	failing  atomic.Bool

	mu        sync.Mutex
	ids       map[string]int64 // webhook-id → sequence
	refused   int
	dropped   int
	repeated  int
	forged    int
	oneFaults int // one in so many fails
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{mirror: newMirror("webhook receiver"), ids: map[string]int64{}, oneFaults: 150}
	r.server = httptest.NewUnstartedServer(http.HandlerFunc(r.receive))
	r.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	r.server.Start()
	t.Cleanup(r.server.Close)
	return r
}

// trust tells it the webhook's secret.
func (r *receiver) trust(t *testing.T, secret string) {
	t.Helper()
	v, err := rosterclient.NewVerifier(secret)
	if err != nil {
		t.Fatal(err)
	}
	r.verifier.Store(v)
}

func (r *receiver) receive(w http.ResponseWriter, request *http.Request) {
	if rand.IntN(2) == 0 {
		w.Header().Set("Retry-After", "1")
	}
	id := request.Header.Get(rosterclient.HeaderID)
	answer := &status{ResponseWriter: w}
	r.verifier.Load().Handler(func(_ context.Context, e rosterclient.Event) error { return r.take(id, e) }).ServeHTTP(answer, request)
	if answer.code == http.StatusUnauthorized {
		r.mu.Lock()
		r.forged++
		r.mu.Unlock()
	}
}

type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

// take applies an event, unless it is there. It may fail before and after, by an
// error or by dropping the connection.
func (r *receiver) take(id string, e rosterclient.Event) error {
	if err := r.fault(); err != nil {
		return err
	}
	if err := r.once(id, e); err != nil {
		return err
	}
	return r.fault()
}

func (r *receiver) once(id string, e rosterclient.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if sequence, ok := r.ids[id]; ok {
		r.repeated++
		if sequence != e.Sequence || id != e.ID {
			return fmt.Errorf("%s is event %d and was %d", id, e.Sequence, sequence)
		}
		return nil
	}
	r.ids[id] = e.Sequence
	return r.apply(context.Background(), rosterclient.Batch{Events: []rosterclient.Event{e}}) // says so if it is not the next one
}

var errDown = errors.New("the app is down")

func (r *receiver) fault() error {
	if !r.failing.Load() || rand.IntN(r.oneFaults) > 0 {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if rand.IntN(2) == 0 {
		r.dropped++
		panic(http.ErrAbortHandler)
	}
	r.refused++
	return errDown
}

func (r *receiver) report(t *testing.T) {
	t.Helper()
	r.mirror.report(t)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.forged > 0 {
		t.Errorf("%d webhooks did not verify", r.forged)
	}
	t.Logf("webhooks: %d events, %d came again; %d were refused and %d connections dropped", len(r.ids), r.repeated, r.refused, r.dropped)
}
