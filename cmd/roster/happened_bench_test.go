package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// benchTenants is how many tenants are written to at a time, and benchRound how
// many writes one measurement has: few enough that both sides have the machine
// in the same state, enough to have every background part run several times.
const (
	benchTenants = 16
	benchRound   = 4000
)

// BenchmarkHappened compares writing while everything that tells of it is on (the
// request log, the feed, a webhook of the whole installation) with writing while
// nothing is but the journal. The two take turns on databases of their own; what
// counts is "on/off", the ratio of their throughputs.
func BenchmarkHappened(b *testing.B) {
	for _, on := range []*backend{onSQLite, onPostgres} {
		b.Run(on.name, func(b *testing.B) {
			quiet := newWriters(b, on.startAs(b, benchSite(b, on), func(*Config) {}, func(a *App) { a.unrecorded = true }))
			telling := newWriters(b, on.startAt(b, benchSite(b, on), func(c *Config) { c.WebhookAllow = "127.0.0.0/8" }))
			var received atomic.Int64
			telling.webhook(b, &received)
			quiet.round(b) // warm up
			telling.round(b)
			var off, on time.Duration
			before := received.Load()
			b.ResetTimer()
			for i := range b.N {
				first, second := quiet, telling
				if i%2 == 1 {
					first, second = telling, quiet
				}
				for _, w := range []*writers{first, second} {
					took := w.round(b)
					if w == quiet {
						off += took
					} else {
						on += took
					}
				}
			}
			b.StopTimer()
			written := float64(b.N * benchRound)
			b.ReportMetric(off.Seconds()/on.Seconds(), "on/off")
			b.ReportMetric(written/on.Seconds(), "writes/s")
			b.ReportMetric(float64(received.Load()-before)/written, "delivered/write")
		})
	}
}

// writers create and change users of many tenants, eight at a time.
type writers struct {
	s        *server
	clients  []*client
	workload workload
	next     int
}

func newWriters(b *testing.B, s *server) *writers {
	b.Helper()
	w := &writers{s: s}
	shared := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	b.Cleanup(shared.CloseIdleConnections)
	for range benchTenants {
		c := s.connection(b, "generic")
		c.http = shared
		w.clients = append(w.clients, c)
	}
	return w
}

// webhook has everything told to a receiver that takes it at once.
func (w *writers) webhook(b *testing.B, received *atomic.Int64) {
	b.Helper()
	receiver := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		received.Add(1)
		rw.WriteHeader(http.StatusNoContent)
	}))
	b.Cleanup(receiver.Close)
	w.s.api(b).want(b, http.StatusCreated, "POST", "/api/v1/webhooks", map[string]any{"url": receiver.URL, "description": "Bench", "types": []string{}})
}

// round writes so many times and returns how long that took.
func (w *writers) round(b *testing.B) time.Duration {
	b.Helper()
	from := w.next
	w.next += benchRound
	started := time.Now()
	w.workload.each(b, benchRound, func(i int) error {
		n := from + i
		r, err := w.clients[n%benchTenants].try("POST", "/Users", user(fmt.Sprintf("new-%d@bench.example", n)))
		if err == nil && r.status != http.StatusCreated {
			err = fmt.Errorf("create: status %d\n%s", r.status, clipped(r.body))
		}
		return err
	})
	return time.Since(started)
}
