package idp

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// firstTries answers the first n tries of every request of a kind in a special way.
func firstTries(d *double, n int, method string, answer func(w http.ResponseWriter, r *http.Request)) {
	var (
		mu    sync.Mutex
		tries = map[string]int{}
	)
	d.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != method {
			return false
		}
		mu.Lock()
		d.mu.Lock()
		key := r.URL.RequestURI() + show(d.seen[len(d.seen)-1].body)
		d.mu.Unlock()
		tries[key]++
		special := tries[key] <= n
		mu.Unlock()
		if special {
			answer(w, r)
		}
		return special
	}
}

func TestThrottlingIsHonoured(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	c := d.config(Okta, FirstCycle)
	c.Users, c.Groups = 12, -1
	firstTries(d, 2, http.MethodGet, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	r := play(t, c)
	requireOK(t, r)
	total := r.Totals()
	if want := 2 * (total.Sent - c.Users); total.Throttled != want || total.Retried != 0 {
		t.Errorf("throttled %d and retried %d, want %d and 0", total.Throttled, total.Retried, want)
	}
}

func TestThrottlingForEverIsRefused(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	c := d.config(Okta, FirstCycle)
	c.Retry.Throttles = 3
	d.before = func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	}
	r := play(t, c)
	if total := r.Totals(); total.Throttled != 3 || total.Refused != 1 || r.OK() {
		t.Errorf("throttled %d, refused %d", total.Throttled, total.Refused)
	}
	if !strings.Contains(told(r), "refused 429") || r.Stopped != "the connection test failed" {
		t.Error(told(r))
	}
}

func TestFailuresAreRetried(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		method string
		answer func(w http.ResponseWriter, r *http.Request)
	}{
		{"unavailable", http.MethodGet, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
		}},
		{"bad gateway", http.MethodPatch, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }},
		{"connection lost", http.MethodPost, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDouble(t)
			config := d.config(Entra, FirstCycle)
			config.Users, config.Groups = 12, 3
			firstTries(d, 1, c.method, c.answer)
			r := play(t, config)
			requireOK(t, r)
			if total := r.Totals(); total.Retried == 0 || total.Throttled != 0 {
				t.Errorf("retried %d, throttled %d", total.Retried, total.Throttled)
			}
		})
	}
}

// TestLostAnswersAreAdopted: the server carries the first try of every create out
// and then loses the answer, so that the second try is a duplicate.
func TestLostAnswersAreAdopted(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	config := d.config(Entra, FirstCycle)
	lost := map[string]bool{}
	d.after = func(r *http.Request, status *int, _ http.Header, body document) {
		name := text(body["userName"]) + text(body["displayName"])
		if r.Method == http.MethodPost && *status == http.StatusCreated && !lost[name] {
			lost[name] = true
			*status = http.StatusGatewayTimeout
			clear(body)
		}
	}
	r := play(t, config)
	requireOK(t, r)
	want := config.Users + config.Groups
	if total := r.Totals(); total.Existed != want || total.Retried != want {
		t.Errorf("%d existed and %d were retried, want %d", total.Existed, total.Retried, want)
	}
}

func TestLastingFailureIsRefused(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	config := d.config(Okta, FirstCycle)
	config.Retry.Tries = 3
	d.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusInternalServerError)
		}
		return r.Method == http.MethodPost
	}
	r := play(t, config)
	want := config.Users + config.Groups
	if total := r.Totals(); total.Refused != want || total.Retried != 2*want {
		t.Errorf("refused %d, retried %d; want %d and %d", total.Refused, total.Retried, want, 2*want)
	}
	if len(r.Problems) != shownProblems || !r.Complete || r.OK() {
		t.Errorf("%d problems shown, complete %v, OK %v", len(r.Problems), r.Complete, r.OK())
	}
}

func TestSlowAnswersTimeOut(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	config := d.config(Okta, FirstCycle)
	config.Retry.Tries, config.Retry.Timeout = 2, 50*time.Millisecond
	d.before = func(_ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done()
		return true
	}
	r := play(t, config)
	if total := r.Totals(); total.Retried != 1 || total.Refused != 1 {
		t.Errorf("retried %d, refused %d", total.Retried, total.Refused)
	}
	if !strings.Contains(told(r), context.DeadlineExceeded.Error()) {
		t.Error(told(r))
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	retry := Retry{}.withDefaults()
	for header, want := range map[string]time.Duration{
		"0": 0, "7": 7 * time.Second, "86400000000": retry.Wait, "3600": retry.Wait,
		"Sun, 22 Nov 2026 10:00:30 GMT": 30 * time.Second, "Sun, 22 Nov 2026 09:00:00 GMT": 0,
		"": -1, "-1": -1, "soon": -1,
	} {
		got, said := retry.retryAfter(http.Header{"Retry-After": {header}}, now)
		if said != (want >= 0) || (said && got != want) {
			t.Errorf("%q: %v %v, want %v", header, got, said, want)
		}
	}
}

func TestBackoffGrowsAndIsBounded(t *testing.T) {
	t.Parallel()
	retry := Retry{Backoff: time.Second, Wait: time.Minute}.withDefaults()
	for failed, most := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 4: 8 * time.Second, 1000: time.Minute} {
		for range 100 {
			if d := retry.backoff(failed); d < min(most/2, time.Minute) || d > most {
				t.Fatalf("after %d tries: %v, want %v to %v", failed, d, most/2, most)
			}
		}
	}
}

func TestPauseHoldsUntilTheContextEnds(t *testing.T) {
	t.Parallel()
	var p pause
	p.extend(time.Now().Add(time.Hour))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.wait(ctx, time.Now); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	// The fake clock is past the pause.
	if err := p.wait(t.Context(), func() time.Time { return time.Now().Add(2 * time.Hour) }); err != nil {
		t.Errorf("%v", err)
	}
}

func TestThrottlingHoldsAllWorkers(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	c := &client{log: newRecorder(time.Now), retry: Retry{}.withDefaults()}
	for _, asked := range []string{"30", "10"} { // a shorter wait does not shorten a longer one
		c.throttle(call{step: "x"}, &answer{header: http.Header{"Retry-After": {asked}}}, 1)
	}
	if c.held.until.Before(begun.Add(30 * time.Second)) {
		t.Errorf("workers go on %v after the start, want 30s", c.held.until.Sub(begun))
	}
}
