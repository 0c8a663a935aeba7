package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
)

// replicas are servers on one database behind one address, which sends each
// request to any of them.
type replicas struct {
	all   []*server
	front *httptest.Server
	http  *http.Client // of whoever sends much
}

// replicas starts one server at each site; their database is the same one.
func (b *backend) replicas(t *testing.T, sites ...*site) *replicas {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 256}
	r := &replicas{http: &http.Client{Transport: transport, Timeout: patience}}
	targets := make([]*url.URL, len(sites))
	proxy := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(targets[rand.IntN(len(targets))])
			p.Out.Host = p.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	r.front = httptest.NewServer(proxy)
	t.Cleanup(func() {
		r.front.Close()
		transport.CloseIdleConnections()
	})
	for i, at := range sites {
		s := b.startAt(t, at, func(c *Config) { c.PublicURL = r.front.URL })
		r.all = append(r.all, s)
		target, err := url.Parse("http://" + s.app.public.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		targets[i] = target
	}
	return r
}

// connection is a new connection of a new tenant, by way of the common address.
func (r *replicas) connection(t *testing.T, provider string) *client {
	t.Helper()
	c := r.all[0].connection(t, provider)
	c.http = r.http
	return c
}

// direct is the same connection by way of one replica.
func (r *replicas) direct(c *client, i int) *client {
	own := *c
	at, _ := url.Parse(c.base)
	at.Host = r.all[i].app.public.Addr().String()
	own.base = at.String()
	return &own
}

func (r *replicas) awaitCache(t *testing.T) {
	t.Helper()
	for _, s := range r.all {
		s.awaitCache(t)
	}
}

// hits is how many readings the shared cache has answered on all replicas.
func (r *replicas) hits(t *testing.T) (hits float64) {
	t.Helper()
	for _, s := range r.all {
		hits += s.hits(t)
	}
	return hits
}

// logHits prints how useful the cache was while it was open.
func (r *replicas) logHits(t *testing.T) {
	t.Helper()
	outcomes := map[string]float64{}
	for _, s := range r.all {
		for _, outcome := range []string{"hit", "miss", "busy", "closed", "error"} {
			outcomes[outcome] += metric(t, s.app, fmt.Sprintf("roster_cache_reads_total{outcome=%q", outcome))
		}
	}
	open := outcomes["hit"] + outcomes["miss"] + outcomes["busy"]
	t.Logf("of %.0f readings of the open cache %.0f %% were hits; %.0f found it closed, %.0f failed",
		open, 100*outcomes["hit"]/max(open, 1), outcomes["closed"], outcomes["error"])
}

// pair is a site twice: two replicas on the same database and Redis.
func pair(at *site) []*site { return []*site{at, at} }

// begin starts workers beside the test. stop ends them and waits; the end of the
// test does too.
func begin(t *testing.T, workers ...func(ctx context.Context)) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var all sync.WaitGroup
	for _, work := range workers {
		all.Go(func() { work(ctx) })
	}
	stop = func() {
		cancel()
		all.Wait()
	}
	t.Cleanup(stop)
	return stop
}
