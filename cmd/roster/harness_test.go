package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/redisdb"
	"github.com/roster-scim/roster/tenants"
)

// server is a whole App, in this process, on a port and a database of its own.
type server struct {
	app   *App
	on    *backend
	site  *site
	names atomic.Int64
}

// start starts a server on SQLite, for tests of what does not depend on where
// things are stored.
func start(t *testing.T) *server {
	t.Helper()
	return startWith(t, func(*Config) {})
}

// startWith starts a server with other settings than most tests need.
func startWith(t *testing.T, adjust func(*Config)) *server {
	t.Helper()
	return onSQLite.startAt(t, onSQLite.site(t), adjust)
}

func (b *backend) start(t testing.TB) *server {
	t.Helper()
	return b.startAt(t, b.site(t), func(*Config) {})
}

// startAt starts a server where others may be too.
func (b *backend) startAt(t testing.TB, p *site, adjust func(*Config)) *server {
	t.Helper()
	return b.startAs(t, p, adjust, func(*App) {})
}

// startAs is startAt of a server that is prepared in a way that no setting is
// for.
func (b *backend) startAs(t testing.TB, p *site, adjust func(*Config), prepare func(*App)) *server {
	t.Helper()
	config := DefaultConfig()
	config.Listen, config.AdminListen = "127.0.0.1:0", adminOff
	config.SCIMRate, config.SCIMBurst = 1e6, 1e6
	config.APIRate, config.APIBurst = 1e6, 1e6
	p.configure(&config)
	adjust(&config)
	app, err := New(config, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		t.Fatal(err)
	}
	app.redisTimeouts = unhurried
	prepare(app)
	if err := app.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := app.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return &server{app: app, on: b, site: p}
}

// patience is how long a test waits for what certainly happens.
const patience = 2 * time.Minute

// unhurried is how long servers under test wait for Redis: a machine that runs
// tests is not an idle one, and each time-out closes the cache.
var unhurried = redisdb.Timeouts{Dial: time.Second, IO: 400 * time.Millisecond, Pool: 400 * time.Millisecond, Call: 600 * time.Millisecond}

// eventually waits until something is true.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: not after %v", what, patience)
		}
	}
}

// awaitCache waits until the shared cache is open, if there is one.
func (s *server) awaitCache(t testing.TB) {
	t.Helper()
	if s.on.redis != nil {
		eventually(t, "the shared cache opens", func() bool { return s.app.cachePhase() == storage.CacheOpen })
	}
}

func (s *server) tenant(t testing.TB, name string) tenants.TenantID {
	t.Helper()
	tenant, err := s.app.Tenants().CreateTenant(t.Context(), tenants.NewTenant{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return tenant.ID
}

// connection is a new connection of a new tenant that may do everything.
func (s *server) connection(t testing.TB, provider string) *client {
	t.Helper()
	return s.connectionOf(t, s.tenant(t, fmt.Sprintf("Tenant %d", s.names.Add(1))), provider)
}

func (s *server) connectionOf(t testing.TB, tenant tenants.TenantID, provider string) *client {
	t.Helper()
	connection, err := s.app.Tenants().CreateConnection(t.Context(), tenants.NewConnection{
		TenantID: tenant, Name: fmt.Sprintf("Connection %d", s.names.Add(1)), Provider: provider, Scopes: authz.AllScopes,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := s.app.Tenants().CreateToken(t.Context(), tenants.NewToken{ConnectionID: connection.ID, Name: "Main"})
	if err != nil {
		t.Fatal(err)
	}
	return &client{base: s.app.BaseURL(connection.ID), token: secret.Reveal()}
}

// hits is how many reads the shared cache has answered.
func (s *server) hits(t testing.TB) float64 {
	t.Helper()
	return metric(t, s.app, `roster_cache_reads_total{outcome="hit"`)
}

// metric sums the values whose lines begin so.
func metric(t testing.TB, app *App, prefix string) float64 {
	t.Helper()
	w := httptest.NewRecorder()
	app.metrics.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	sum := 0.0
	for line := range strings.Lines(w.Body.String()) {
		if !strings.HasPrefix(line, prefix) {
			continue
		}
		fields := strings.Fields(line)
		value, err := strconv.ParseFloat(fields[len(fields)-1], 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += value
	}
	return sum
}
