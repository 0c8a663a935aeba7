// Package scimhttp is the HTTP binding of the SCIM engine (RFC 7644): it admits
// requests, reads them within bounds, and writes every answer and every error.
package scimhttp

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/roster-scim/roster/scim"
)

// Prefix is where connections live: their base URL is Prefix + connection id.
const Prefix = "/scim/v2/"

// Defaults of Config.
const (
	DefaultMaxBody = 8 << 20 // bytes: a group of some 70,000 members in one PUT
	DefaultTimeout = 30 * time.Second
)

// Config is what a Handler is made of.
type Config struct {
	Engine     *scim.Engine
	Gate       Gate
	Ready      func() error // nil, or why nobody is served at the moment: a *Refusal
	Authorizer Authorizer
	Limiter    Limiter  // nil: no limit
	Recorder   Recorder // nil: nobody keeps what happened
	Logger     *slog.Logger
	PublicURL  string        // scheme and host that clients use, without a trailing slash
	MaxBody    int64         // bytes; 0: DefaultMaxBody
	Timeout    time.Duration // of one request's work; 0: DefaultTimeout
}

// Handler serves the SCIM interface below Prefix.
type Handler struct {
	Config
	logger *slog.Logger
}

var _ http.Handler = (*Handler)(nil)

// New returns a handler. Engine, Gate and Authorizer are required.
func New(c Config) *Handler {
	if c.MaxBody == 0 {
		c.MaxBody = DefaultMaxBody
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	logger := c.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Handler{Config: c, logger: logger}
}

// ServeHTTP answers one request. A request id in the response header, set by
// whoever wraps the handler, is repeated in error details.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), h.Timeout)
	defer cancel()
	var x *Exchange
	if h.Recorder != nil {
		x = begin(w, r)
		defer h.record(x)
	}
	response, err := h.serve(w, r.WithContext(ctx), x)
	if err != nil {
		h.refuse(w, r, x, err)
		return
	}
	x.answeredWith(response)
	answer(w, r, response)
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request, x *Exchange) (*scim.Response, error) {
	if h.Ready != nil {
		if err := h.Ready(); err != nil {
			return nil, err
		}
	}
	var parts pathParts
	connection, path, err := split(r.URL, &parts)
	if err != nil {
		return nil, err
	}
	if public(r, path) {
		return scim.ServiceProviderConfig(h.PublicURL+Prefix+connection, h.MaxBody)
	}
	admission, err := h.Gate.Admit(r.Context(), connection, credential(r))
	if err != nil {
		return nil, err
	}
	effects := x.admitted(&admission)
	if h.Limiter != nil {
		if wait, ok := h.Limiter.Allow(connection); !ok {
			return nil, &Refusal{Status: http.StatusTooManyRequests, Code: string(scim.ReasonRateLimited), RetryAfter: max(wait, time.Second),
				Detail: "This connection sends more requests than it may. Nothing is lost: repeat this one after the time in Retry-After."}
		}
	}
	caller := h.caller(w, r, admission)
	caller.Origin.Effects = effects
	var query url.Values
	if r.URL.RawQuery != "" {
		if query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
			return nil, badQuery(err)
		}
	}
	return h.route(w, &request{Request: r, //nolint:contextcheck // the context travels in the request
		connection: connection, caller: caller, path: path, query: query, exchange: x})
}

func (h *Handler) caller(w http.ResponseWriter, r *http.Request, a Admission) *scim.Caller {
	return &scim.Caller{
		Directory: a.Directory,
		BaseURL:   a.BaseURL,
		Types:     a.Types,
		Settings:  a.Settings,
		Guard:     guard{authorizer: h.Authorizer, principal: a.Principal},
		Limits:    a.Limits,
		Origin: scim.Origin{
			RequestID: w.Header().Get(headerRequestID),
			Actor:     a.TokenID,
			Address:   host(r.RemoteAddr),
			UserAgent: bounded(r.UserAgent(), maxUserAgent),
		},
	}
}

// public reports whether a request needs no credentials: what the server can do
// and how to authenticate may be asked by anybody (RFC 7643 section 5). With
// credentials it is answered like everything else, so that a client which tests
// them this way learns when they are wrong.
func public(r *http.Request, path []string) bool {
	return len(path) == 1 && strings.EqualFold(path[0], "ServiceProviderConfig") &&
		(r.Method == http.MethodGet || r.Method == http.MethodHead) && credential(r) == ""
}
