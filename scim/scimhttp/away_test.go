package scimhttp_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/scimhttp"
)

// TestStorageAway: a store that says it is away is answered with 503, when to
// come back and the store's words, wherever in the error they are; the cause
// stays here.
func TestStorageAway(t *testing.T) {
	t.Parallel()
	away := &scim.Error{Status: http.StatusServiceUnavailable, Detail: "The database does not answer."}
	cause := errors.New("dial tcp 10.1.2.3:5432: refused")
	for name, err := range map[string]error{
		"alone":           away,
		"joined":          errors.Join(away, cause),
		"joined behind":   errors.Join(cause, away),
		"wrapped":         fmt.Errorf("look up token: %w", fmt.Errorf("begin: %w", away)),
		"joined, wrapped": fmt.Errorf("look up token: %w", errors.Join(away, fmt.Errorf("begin: %w", cause))),
	} {
		b := newBench(t)
		b.refusal = err
		w := b.do("GET", "/Users", "")
		if w.Code != 503 || w.Header().Get("Retry-After") != "5" || w.Header().Get("Content-Type") != scimhttp.MediaType {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
		if body := w.Body.String(); !strings.Contains(body, away.Detail) || !strings.Contains(body, `"status":"503"`) || strings.Contains(body, "10.1.2.3") {
			t.Errorf("%s: %s", name, body)
		}
	}
}

// TestNotReady: while nobody is served, nobody is, with or without a credential,
// and nothing is asked of the gate.
func TestNotReady(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ready := error(nil)
	b.configure(func(c *scimhttp.Config) { c.Ready = func() error { return ready } })
	b.want(t, 200, "GET", "/Users", "")
	ready = &scimhttp.Refusal{Status: 503, Detail: "The service is being updated.", RetryAfter: 7e9}
	b.refusal = errors.New("the gate was asked")
	for _, path := range []string{"/ServiceProviderConfig", "/Users", "/Nothing", ""} {
		w := b.do("GET", path, "")
		if w.Code != 503 || w.Header().Get("Retry-After") != "7" || !strings.Contains(w.Body.String(), "being updated") {
			t.Errorf("%s: %d %v %s", path, w.Code, w.Header(), w.Body)
		}
	}
	ready, b.refusal = nil, nil
	b.want(t, 200, "GET", "/Users", "")
}
