package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/roster-scim/roster/portal"
	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/cache"
	"github.com/roster-scim/roster/storage/redisdb"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/health"
	"github.com/roster-scim/roster/tenants/login"
	"github.com/roster-scim/roster/tenants/requestlog"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// App is a server: New, then Start, then Close. Tests start the same in-process,
// on port 0.
type App struct {
	config Config
	logger *slog.Logger

	db          *storage.DB
	redis       *redisdb.DB   // nil: none is configured
	shared      *cache.Shared // nil: one process alone uses the database
	phase       atomic.Pointer[storage.CachePhase]
	rollout     *rollout
	key         []byte // the installation's; other keys are derived from it
	resources   scim.Store
	credentials *cache.Credentials
	usage       *tenants.Usage
	requests    *storage.Requests
	recorder    *requestlog.Recorder // nil: not open, or nobody keeps what happened
	service     *tenants.Service
	schemas     *tenants.Schemas
	registries  *cache.Registries
	uses        *login.Uses
	login       *login.Service
	health      *health.Service
	hub         *events.Hub // nil: not open
	portal      *portal.Portal
	webhooks    *webhooks.Service
	deliverer   *webhooks.Deliverer
	background  background
	metrics     *metrics

	publicURL string
	public    *listener
	admin     *listener // nil: off
	draining  atomic.Bool

	unrecorded    bool             // nobody keeps what happened: a measure of what that costs
	streamPing    time.Duration    // zero: as it should be, which no test waits for
	redisTimeouts redisdb.Timeouts // zero: as they should be, which is not for slow machines
	failed        chan error       // the first listener that stops by itself says why
	serving       sync.WaitGroup
}

// New checks the settings. Nothing is opened before Start.
func New(config Config, logger *slog.Logger) (*App, error) {
	if err := config.Check(); err != nil {
		return nil, err
	}
	return &App{config: config, logger: logger, metrics: newMetrics(), failed: make(chan error, 2)}, nil
}

// Start opens the database and serves. SQLite is migrated; on PostgreSQL, which
// others may be using, requests are refused until somebody has migrated. After an
// error there is nothing to close.
func (a *App) Start(ctx context.Context) error {
	err := a.start(ctx)
	if err != nil {
		err = errors.Join(err, a.Close(ctx))
	}
	return err
}

func (a *App) start(ctx context.Context) error {
	if err := a.open(ctx); err != nil {
		return err
	}
	if err := a.listen(ctx); err != nil {
		return err
	}
	if err := a.openPortal(); err != nil { //nolint:contextcheck // what it starts outlives the start, until Close
		return err
	}
	handler, err := a.handler() //nolint:contextcheck // each request has a context of its own
	if err != nil {
		return err
	}
	a.rollout.begin(ctx, func() {
		if a.shared != nil {
			a.shared.Start(ctx)
		}
		a.background.begin(ctx, a)
	})
	a.serve(a.public, publicServer(handler, a.logger))
	if a.admin != nil {
		a.serve(a.admin, adminServer(a.adminHandler(), a.logger))
	}
	return nil
}

// Tenants manages tenants, connections and tokens. What it changes holds for
// requests at once.
func (a *App) Tenants() *tenants.Service { return a.service }

// Schemas manages the schemas and resource types of tenants. What it changes
// holds for requests at once.
func (a *App) Schemas() *tenants.Schemas { return a.schemas }

// Login lets people and programs in.
func (a *App) Login() *login.Service { return a.login }

// URL is the public URL, without a trailing slash.
func (a *App) URL() string { return a.publicURL }

// BaseURL is what an identity provider of the connection is given.
func (a *App) BaseURL(id tenants.ConnectionID) string { return baseURL(a.publicURL, id) }

// AdminURL is the address of the admin listener, "" if it is off.
func (a *App) AdminURL() string {
	if a.admin == nil {
		return ""
	}
	return "http://" + a.admin.Addr().String()
}

// Wait returns when ctx ends (nil) or a listener fails (why).
func (a *App) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-a.failed:
		return err
	}
}

// Close lets running requests finish, for as long as ctx lasts, and closes
// everything. It may be called after a Start that failed.
func (a *App) Close(ctx context.Context) error {
	a.draining.Store(true)
	if a.hub != nil {
		a.hub.Close() // who waits for events is answered
	}
	if a.health != nil {
		a.health.Close() // those who watch have nothing more to see, and would not leave
	}
	errs := []error{a.public.shutdown(ctx)}
	if a.admin != nil {
		errs = append(errs, a.admin.shutdown(ctx))
	}
	a.serving.Wait()
	if a.rollout != nil {
		a.rollout.close()
	}
	a.background.end()
	if a.uses != nil {
		errs = append(errs, a.uses.Close(context.WithoutCancel(ctx)))
		a.uses = nil
	}
	if a.usage != nil {
		errs = append(errs, a.usage.Close(context.WithoutCancel(ctx)))
		a.usage = nil
	}
	if a.recorder != nil {
		errs = append(errs, a.recorder.Close(context.WithoutCancel(ctx)))
		a.recorder = nil
	}
	if a.credentials != nil {
		a.credentials.Close()
		a.credentials = nil
	}
	if a.registries != nil {
		a.registries.Close()
		a.registries = nil
	}
	errs = append(errs, a.closeStorage(ctx))
	return errors.Join(errs...)
}

// closeStorage leaves the shared cache before it closes what that needs.
func (a *App) closeStorage(ctx context.Context) error {
	var errs []error
	if a.shared != nil {
		errs = append(errs, a.shared.Close(context.WithoutCancel(ctx)))
		a.shared = nil
	}
	if a.redis != nil {
		errs = append(errs, a.redis.Close())
		a.redis = nil
	}
	if a.db != nil {
		errs = append(errs, a.db.Close())
		a.db = nil
	}
	return errors.Join(errs...)
}

// listener is an address that is listened on, and the server behind it.
type listener struct {
	net.Listener
	server *http.Server // nil: not served yet
}

func (a *App) listen(ctx context.Context) (err error) {
	if a.public, err = listen(ctx, "ROSTER_LISTEN", a.config.Listen); err != nil {
		return err
	}
	a.publicURL = a.config.publicURL(a.public.Addr().String())
	if a.config.AdminListen == adminOff {
		return nil
	}
	a.admin, err = listen(ctx, "ROSTER_ADMIN_LISTEN", a.config.AdminListen)
	return err
}

func listen(ctx context.Context, setting, address string) (*listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; is something else running there?", setting, err)
	}
	return &listener{Listener: l}, nil
}

func (a *App) serve(l *listener, server *http.Server) {
	l.server = server
	a.serving.Go(func() {
		if err := server.Serve(l.Listener); !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("serve %s: %w", l.Addr(), err)
		}
	})
}

// shutdown stops listening and waits for requests; those that ctx leaves no time
// for are cut off, which undoes what they have not committed.
func (l *listener) shutdown(ctx context.Context) error {
	switch {
	case l == nil:
		return nil
	case l.server == nil:
		return l.Close()
	}
	err := l.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("stop serving %s: %w", l.Addr(), err), l.server.Close())
	}
	return err
}

// Timeouts and bounds of connections. Reading a body of the largest size over a
// slow line, the work, and writing a large answer all fit; Okta gives up after
// 60 seconds.
const (
	headerTimeout  = 10 * time.Second
	readTimeout    = 60 * time.Second
	writeTimeout   = 90 * time.Second
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 256 << 10 // with room for a filter far over its own limit, which gets a better answer
)

func publicServer(h http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
}

// adminServer has no write timeout: a CPU profile takes as long as it is asked to.
func adminServer(h http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout,
		IdleTimeout: idleTimeout, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
}
