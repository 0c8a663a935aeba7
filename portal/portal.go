package portal

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/audit"
	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/health"
	"github.com/roster-scim/roster/tenants/login"
	"github.com/roster-scim/roster/tenants/people"
	"github.com/roster-scim/roster/tenants/requestlog"
	"github.com/roster-scim/roster/tenants/trace"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// Limiter bounds the request rate of one credential.
type Limiter interface {
	// Allow reports whether a request may go on now and, if not, after how long.
	Allow(credential string) (retryAfter time.Duration, ok bool)
}

// Config is what a Portal is made from. All of it is needed.
type Config struct {
	PublicURL string // without a trailing slash
	Key       []byte // the installation's
	// FrameAncestors are the origins whose pages may have the portal in a frame;
	// none of them is needed. CheckFrameAncestor says what they look like.
	FrameAncestors []string
	Logger         *slog.Logger
	Limiter        Limiter

	Tenants  *tenants.Service
	Schemas  *tenants.Schemas
	Roles    *tenants.Roles
	Access   *access.Service
	People   *people.Service
	Login    *login.Service
	Audit    *audit.Log
	Health   *health.Service
	Events   *events.Log
	Requests *requestlog.Log
	Trace    *trace.Service
	Webhooks *webhooks.Service
	Decider  *authz.Decider
	Answers  *login.Answers

	// StreamPing is how often a stream asks whether its reader may still read; 0
	// is 15 seconds.
	StreamPing time.Duration

	// OIDC is how staff sign in; nil: by links alone.
	OIDC *OIDC

	// UI has what Vite made of the portal and the console; nil, or without an
	// index.html: they were not built.
	UI fs.FS
}

// Portal answers everything under /api and /portal.
type Portal struct {
	handlers
	operations  map[string]*operation
	limiter     Limiter
	logger      *slog.Logger
	crossOrigin *http.CrossOriginProtection
	answers     *login.Answers
	oidc        *staffProvider // nil: not set up
	ui          *ui
	tries       sealer // of sign-ins that have begun
	looks       looks
}

// handlers carry the operations out. There is one file per resource.
type handlers struct {
	publicURL string
	cursors   cursors
	// frameAncestors are the origins whose pages may have the portal in a frame.
	frameAncestors ancestors

	tenants  *tenants.Service
	schemas  *tenants.Schemas
	roles    *tenants.Roles
	access   *access.Service
	people   *people.Service
	login    *login.Service
	audit    *audit.Log
	events   *events.Log
	requests *requestlog.Log
	trace    *trace.Service
	health   *health.Service
	webhooks *webhooks.Service
	decider  *authz.Decider

	streams *streams
	again   func(context.Context) error // whether a request may still go on
}

var _ api.StrictServerInterface = (*handlers)(nil)

// New returns a Portal.
func New(c Config) (*Portal, error) {
	doc, err := Document()
	if err != nil {
		return nil, err
	}
	all, err := operations(doc)
	if err != nil {
		return nil, fmt.Errorf("read openapi.yaml: %w", err)
	}
	places, err := newSealer(c.Key, "cursors")
	if err != nil {
		return nil, err
	}
	tries, err := newSealer(c.Key, "sign-ins")
	if err != nil {
		return nil, err
	}
	pages, err := newUI(c.UI)
	if err != nil {
		return nil, err
	}
	p := &Portal{
		handlers: handlers{
			publicURL: c.PublicURL, cursors: cursors{places}, frameAncestors: c.FrameAncestors,
			tenants: c.Tenants, schemas: c.Schemas, roles: c.Roles, access: c.Access, people: c.People,
			login: c.Login, audit: c.Audit, events: c.Events, requests: c.Requests, trace: c.Trace, decider: c.Decider, health: c.Health, webhooks: c.Webhooks,
			streams: &streams{each: map[string]int{}, ping: cmp.Or(c.StreamPing, streamPing)},
		},
		operations: all, limiter: c.Limiter, logger: c.Logger, crossOrigin: http.NewCrossOriginProtection(),
		answers: c.Answers, tries: tries, ui: pages,
	}
	p.handlers.again = p.stillAdmitted
	if c.OIDC != nil {
		p.oidc = newStaffProvider(*c.OIDC, c.PublicURL)
	}
	return p, nil
}

// Prefix begins the path of every operation.
const Prefix = "/api/v1/"

// Register puts the routes into an engine.
func (p *Portal) Register(engine *gin.Engine) error {
	engine.ContextWithFallback = true // handlers get gin's context, which then has the request's in it
	group := engine.Group("")
	group.Use(p.gate, p.idempotent)
	strict := api.NewStrictHandlerWithOptions(&p.handlers, []api.StrictMiddlewareFunc{ownContext}, p.strictOptions())
	api.RegisterHandlersWithOptions(group, strict, api.GinServerOptions{
		ErrorHandler: func(c *gin.Context, err error, _ int) { p.failed(c, invalidRequest(err)) },
	})
	return p.registerPages(engine)
}

// address is the client's address.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// registerPages puts what is for eyes into an engine.
func (p *Portal) registerPages(engine *gin.Engine) error {
	p.registerDocs(engine)
	p.registerUI(engine)
	return p.registerLogin(engine)
}
