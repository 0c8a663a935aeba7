package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	rosterclient "github.com/roster-scim/roster/portal/client"
	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// TestHappened kills replicas and the database at random under 16 writers on
// many tenants. In the end whoever has followed the events, and whoever was sent
// them, has exactly the directory that SCIM reads show, each event having come in
// its turn.
func TestHappened(t *testing.T) {
	t.Parallel()
	t.Run("postgres+redis", func(t *testing.T) {
		t.Parallel()
		postgres := servers.NewPostgres(t)
		if err := migrate(t.Context(), postgres.URL()); err != nil {
			t.Fatal(err)
		}
		at := &site{database: postgres.URL(), behind: database(t, postgres.SuperURL(), postgres.URL()), redis: servers.Redis(t)}
		h := newTurmoil(t, onRedis, at, 2)
		h.postgres = postgres
		h.run(t, 12, chaosTime(20*time.Second))
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		newTurmoil(t, onSQLite, onSQLite.site(t), 1).run(t, 4, chaosTime(8*time.Second))
	})
}

// chaosTime is how long things are killed: 30 s for each round of a soak, so
// that the usual 20 are ten minutes.
func chaosTime(usual time.Duration) time.Duration {
	if n := soak(); n > 0 {
		return time.Duration(n) * 30 * time.Second
	}
	return usual
}

// turmoil is servers that are killed, those who write to them, and those who
// are told.
type turmoil struct {
	processes []*process
	postgres  *servers.Postgres // nil: SQLite
	front     *httptest.Server
	vendor    *caller
	tenants   []string
	clients   map[string]*client // of a connection, by tenant
	hook      *receiver
	mirrors   []*mirror // all of them
	kills     map[string]int
}

func newTurmoil(t *testing.T, b *backend, at *site, replicas int) *turmoil {
	t.Helper()
	h := &turmoil{clients: map[string]*client{}, kills: map[string]int{}, hook: newReceiver(t)}
	h.front = httptest.NewUnstartedServer(nil)
	transport := &http.Transport{MaxIdleConnsPerHost: 256}
	quiet := log.New(io.Discard, "", 0)
	h.front.Config.ErrorLog = quiet
	h.front.Config.Handler = &httputil.ReverseProxy{
		Transport: transport,
		ErrorLog:  quiet,
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(&url.URL{Scheme: "http", Host: h.processes[rand.IntN(len(h.processes))].listen})
			p.Out.Host = p.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	for range replicas {
		p := b.processAt(t, at)
		p.public = "http://" + h.front.Listener.Addr().String()
		h.processes = append(h.processes, p)
	}
	h.front.Start()
	t.Cleanup(func() {
		h.front.Close()
		transport.CloseIdleConnections()
	})
	for _, p := range h.processes {
		p.start(t)
	}
	return h
}

// furnish makes the webhook, so that it gets every event that ever is, and the
// tenants.
func (h *turmoil) furnish(t *testing.T, tenants int) {
	t.Helper()
	key := h.processes[0].command1(t, "apikey", "create", "--name", "Backend")["key"].(string)
	h.vendor = &caller{url: h.front.URL, bearer: key}
	made := h.vendor.want(t, http.StatusCreated, http.MethodPost, "/api/v1/webhooks", map[string]any{"url": h.hook.server.URL, "description": "App"})
	h.hook.trust(t, made["secret"].(string))
	scopes := []string{"users:create", "users:read", "users:update", "users:deactivate", "users:delete", "groups:create", "groups:read", "groups:update", "groups:delete"}
	for i := range tenants {
		id := h.vendor.want(t, http.StatusCreated, http.MethodPost, "/api/v1/tenants", map[string]any{"name": fmt.Sprintf("Tenant %d", i)})["id"].(string)
		connection := h.vendor.want(t, http.StatusCreated, http.MethodPost, "/api/v1/tenants/"+id+"/connections",
			map[string]any{"name": "Main", "provider": "generic", "token": map[string]any{"name": "First"}, "scopes": scopes})
		token, _ := connection["token"].(map[string]any)
		h.tenants = append(h.tenants, id)
		h.clients[id] = &client{base: connection["base_url"].(string), token: token["secret"].(string)}
	}
	if len(h.processes) > 1 {
		h.processes[0].awaitCache(t)
	}
}

func (h *turmoil) run(t *testing.T, tenants int, chaos time.Duration) {
	t.Helper()
	h.furnish(t, tenants)
	h.hook.failing.Store(true)
	writers := make([]*labourer, 16)
	var work []func(context.Context)
	for i := range writers {
		writers[i] = &labourer{client: h.clients[h.tenants[i%tenants]], name: fmt.Sprintf("w%d", i)}
		work = append(work, writers[i].work)
	}
	stopWriters := begin(t, work...)
	following := h.follow(t)
	h.chaos(t, chaos, following)
	stopWriters()
	h.hook.failing.Store(false)
	for _, p := range h.processes {
		if p.command == nil {
			p.start(t)
		}
	}
	last := h.last(t)
	h.drain(t, last)
	for _, f := range following {
		f.stop()
	}
	h.verify(t)
	written := int64(0)
	for _, w := range writers {
		written += w.acknowledged.Load()
	}
	events := int64(0)
	for _, n := range last {
		events += n
	}
	t.Logf("%d writes acknowledged, %d events of %d tenants; killed %v", written, events, len(last), h.kills)
	if written < 100 || len(h.kills) == 0 {
		t.Error("hardly anything has happened")
	}
	for _, p := range h.processes {
		p.kill(t)
	}
	h.processes[0].settle(t)
	h.processes[0].site.journalAgrees(t)
}

// follower is a consumer that can be stopped and begun again.
type follower struct {
	mirror *mirror
	run    func(context.Context) error
	stop   func()
}

// again begins it, or begins it again.
func (f *follower) again(t *testing.T) {
	t.Helper()
	if f.stop != nil {
		f.stop()
	}
	f.stop = begin(t, func(ctx context.Context) {
		if err := f.run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: it ended with %v", f.mirror.name, err)
		}
	})
}

// follow begins the consumers: of all tenants from their first events, of one
// tenant by a snapshot, and of all by snapshots.
func (h *turmoil) follow(t *testing.T) []*follower {
	t.Helper()
	first, one, all := newMirror("consumer of the feed"), newMirror("consumer of one tenant"), newMirror("consumer of the feed, by snapshots")
	h.mirrors = []*mirror{h.hook.mirror, first, one, all}
	options := rosterclient.Options{Logger: slog.New(slog.DiscardHandler)}
	roster := &rosterclient.Client{URL: h.front.URL, Key: h.vendor.bearer}
	list := []*follower{
		{mirror: first, run: (&rosterclient.FeedConsumer{Client: roster, Cursor: rosterclient.LoadOnly(first.load), Applied: first.applied, Apply: first.apply, Options: options}).Run},
		{mirror: one, run: (&rosterclient.TenantConsumer{Client: roster, Tenant: h.tenants[0], Cursor: rosterclient.LoadOnly(one.load), Snapshot: one.snapshot, Apply: one.apply, Options: options}).Run},
		{mirror: all, run: (&rosterclient.FeedConsumer{Client: roster, Cursor: rosterclient.LoadOnly(all.load), Applied: all.applied, Snapshot: all.snapshot, Begun: all.begun,
			Apply: all.apply, Options: options}).Run},
	}
	for _, f := range list {
		f.again(t)
	}
	return list
}

// chaos kills until the time is over.
func (h *turmoil) chaos(t *testing.T, d time.Duration, following []*follower) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	for i := 0; ; i++ {
		rest(ctx, 300*time.Millisecond+rand.N(2*time.Second))
		if ctx.Err() != nil {
			return
		}
		switch n := rand.IntN(8); {
		case n == 0 && h.postgres != nil || i == 2 && h.postgres != nil:
			h.kills["database"]++
			h.postgres.Kill()
			rest(ctx, rand.N(time.Second))
			h.postgres.Start()
		case n == 1:
			h.kills["all replicas"]++
			h.killed(t, h.processes...)
		case n == 2:
			f := following[rand.IntN(len(following))]
			if f.mirror.snapshots > 0 {
				f.stop()
				f.mirror.forget()
			}
			f.again(t)
		default:
			h.kills["replica"]++
			h.killed(t, h.processes[rand.IntN(len(h.processes))])
		}
	}
}

// killed kills servers and starts them again a little later.
func (h *turmoil) killed(t *testing.T, list ...*process) {
	t.Helper()
	for _, p := range list {
		p.kill(t)
	}
	rest(t.Context(), rand.N(time.Second))
	for _, p := range list {
		p.start(t)
	}
}

// last is the number of each tenant's last event.
func (h *turmoil) last(t *testing.T) map[string]int64 {
	t.Helper()
	last := map[string]int64{}
	for _, tenant := range h.tenants {
		eventually(t, "the server is back", func() bool {
			r := h.vendor.call(t, http.MethodGet, "/api/v1/tenants/"+tenant+"/events?limit=1", nil)
			if r.status != http.StatusOK {
				return false
			}
			n, _ := r.object(t)["last"].(float64)
			last[tenant] = int64(n)
			return true
		})
	}
	return last
}

// drain waits until everybody has everything. Webhooks may have to wait for the
// leases of killed workers, and then for a second attempt.
func (h *turmoil) drain(t *testing.T, last map[string]int64) {
	t.Helper()
	for _, m := range h.mirrors {
		of := last
		if m.name == "consumer of one tenant" {
			of = map[string]int64{h.tenants[0]: last[h.tenants[0]]}
		}
		began := time.Now()
		eventually(t, m.name+" has everything", func() bool { return m.behind(of) <= 0 })
		t.Logf("%s: had everything after %v", m.name, time.Since(began).Round(100*time.Millisecond))
	}
}

// verify compares everybody with what SCIM reads show.
func (h *turmoil) verify(t *testing.T) {
	t.Helper()
	for i, tenant := range h.tenants {
		directory := h.clients[tenant].directory(t)
		if len(directory.documents) == 0 {
			t.Errorf("tenant %s is empty", tenant)
		}
		for _, m := range h.mirrors {
			if m.name != "consumer of one tenant" || i == 0 {
				m.is(t, tenant, directory)
			}
		}
	}
	for _, m := range h.mirrors[1:] {
		m.report(t)
	}
	h.hook.report(t)
	for _, m := range h.mirrors[2:] {
		if m.snapshots == 0 {
			t.Errorf("%s: took no snapshot", m.name)
		}
	}
}
