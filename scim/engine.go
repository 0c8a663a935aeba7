package scim

import (
	"bytes"
	"net/http"
	"time"
)

// Limits that ServiceProviderConfig advertises or that bound a request.
const (
	// DefaultCount is the page size when a list request names none.
	DefaultCount = 100
	// MaxCount is the largest page; a larger count is cut to it (RFC 7644 section 3.4.2.4).
	MaxCount = 200
)

// Engine carries out SCIM operations on a Store. It is safe for concurrent use.
type Engine struct {
	store   Store
	cursors cursors
}

// Option is a setting of an Engine.
type Option func(*Engine)

// WithSecret gives the engine a secret of the installation, at least 32 random
// bytes. Cursors are valid for every engine with the same secret; without one
// they end with the process.
func WithSecret(secret []byte) Option {
	return func(e *Engine) { e.cursors.secret = bytes.Clone(secret) }
}

// WithClock replaces time.Now.
func WithClock(now func() time.Time) Option {
	return func(e *Engine) { e.cursors.now = now }
}

// New returns an engine over store.
func New(store Store, options ...Option) *Engine {
	e := &Engine{store: store, cursors: newCursors()}
	for _, option := range options {
		option(e)
	}
	return e
}

// Response is the answer to an operation, ready for any HTTP binding.
type Response struct {
	Status   int
	ETag     string // "" when the answer is not about one resource
	Location string // the resource's own address
	Body     []byte // JSON, nil for none
	Large    *Large // the body instead, if it is a large one
	Pending  int    // members that the request named and that wait to be provisioned
}

// Preconditions are a request's If-Match and If-None-Match headers, verbatim.
type Preconditions struct {
	IfMatch     string
	IfNoneMatch string
}

func noContent(etag string) *Response {
	return &Response{Status: http.StatusNoContent, ETag: etag}
}
