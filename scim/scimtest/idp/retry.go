package idp

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Retry says how a request that was not answered is tried again. The zero value
// means the defaults.
type Retry struct {
	Tries     int           // in all, for 5xx, timeouts and lost connections; default 5
	Backoff   time.Duration // before the second try, then twice as long each time; default 500 ms
	Timeout   time.Duration // of one try; default 60 s, which is what Okta waits
	Throttles int           // 429 answers to one request before it counts as refused; default 100
	Wait      time.Duration // at most, whatever Retry-After says; default 2 minutes
}

func (r Retry) withDefaults() Retry {
	setDefault(&r.Tries, 5)
	setDefault(&r.Backoff, 500*time.Millisecond)
	setDefault(&r.Timeout, time.Minute)
	setDefault(&r.Throttles, 100)
	setDefault(&r.Wait, 2*time.Minute)
	return r
}

func setDefault[T int | time.Duration](value *T, byDefault T) {
	if *value <= 0 {
		*value = byDefault
	}
}

// backoff is how long to wait after the given number of failed tries: doubling,
// with a random half so that workers do not return together.
func (r Retry) backoff(failed int) time.Duration {
	d := r.Backoff << min(failed-1, 10)
	d = d/2 + rand.N(d/2+1) //nolint:gosec // spreads load, no secret
	return min(d, r.Wait)
}

// retryAfter reads the header (RFC 9110 section 10.2.3): seconds or a date.
func (r Retry) retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return min(time.Duration(min(seconds, 86400))*time.Second, r.Wait), true
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), r.Wait), true
	}
	return 0, false
}

// pause holds back every worker of a client while one has been told to wait.
type pause struct {
	mu    sync.Mutex
	until time.Time
}

func (p *pause) extend(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until.After(p.until) {
		p.until = until
	}
}

func (p *pause) wait(ctx context.Context, now func() time.Time) error {
	for {
		p.mu.Lock()
		left := p.until.Sub(now())
		p.mu.Unlock()
		if left <= 0 {
			return ctx.Err()
		}
		if err := sleep(ctx, left); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
