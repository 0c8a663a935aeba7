package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
)

// Bounds of streams: how many there may be in this process and of one session or
// key, how long they last, how often they say that they are there, and how long
// a client may take to read.
const (
	maxStreams       = 100
	maxStreamsOfOne  = 5
	streamLasts      = 10 * time.Minute
	streamPing       = 15 * time.Second
	streamWriteLimit = 10 * time.Second
)

// streams counts those who watch.
type streams struct {
	mu   sync.Mutex
	all  int
	each map[string]int // by principal
	ping time.Duration  // streamPing, except in tests
}

// begin lets one more stream of a principal begin. The function is called at its end.
func (s *streams) begin(principal string) (end func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.each[principal] >= maxStreamsOfOne || s.all >= maxStreams {
		return nil, &Problem{Status: http.StatusTooManyRequests, Code: "rate_limited", RetryAfter: streamPing,
			Detail: "Too many pages watch already. Close one, or read the checklist without the stream."}
	}
	s.all++
	s.each[principal]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.all--
		if s.each[principal]--; s.each[principal] == 0 {
			delete(s.each, principal)
		}
	}, nil
}

// StreamSetup implements api.StrictServerInterface.
func (h *handlers) StreamSetup(ctx context.Context, r api.StreamSetupRequestObject) (api.StreamSetupResponseObject, error) {
	_, tenant, id, err := h.connectionOf(r.Tenant, r.Connection)
	if err != nil {
		return nil, err
	}
	s := &setupStream{ctx: ctx, h: h, tenant: tenant, connection: id}
	if err := s.read(ctx); err != nil {
		return nil, err
	}
	if s.end, err = h.streams.begin(principalOf(ctx).ID); err != nil {
		return nil, err
	}
	return s, nil
}

// setupStream is an answer that goes on (server-sent events, in the HTML
// standard).
type setupStream struct {
	ctx        context.Context //nolint:containedctx // of the request: generated code passes none on
	h          *handlers
	tenant     tenants.TenantID
	connection tenants.ConnectionID
	end        func()

	now  []byte // the checklist as it is
	sent []byte // the one that was sent last
}

// VisitStreamSetupResponse implements api.StreamSetupResponseObject.
func (s *setupStream) VisitStreamSetupResponse(w http.ResponseWriter) error {
	defer s.end()
	ctx, cancel := context.WithTimeout(s.ctx, streamLasts)
	defer cancel()
	out := &eventWriter{w: w, control: http.NewResponseController(w)}
	if err := out.begin(); err != nil {
		return err
	}
	changes := s.h.health.Watch(ctx, s.tenant, s.connection)
	ping := time.NewTicker(s.h.streams.ping)
	defer ping.Stop()
	for open := true; open; {
		if err := s.tell(out); err != nil {
			return nil // the client is gone: there is nobody to tell
		}
		select {
		case <-ctx.Done():
			return nil
		case _, open = <-changes:
		case <-ping.C:
			// Tokens and time change the checklist too, and sessions end.
			if s.h.again(s.ctx) != nil || out.write(": ping\n\n") != nil {
				return nil
			}
		}
		if err := s.read(ctx); err != nil {
			return nil // the client connects again, and is told then
		}
	}
	return nil
}

func (s *setupStream) read(ctx context.Context) error {
	setup, err := s.h.healthFor(ctx).Setup(ctx, s.tenant, s.connection)
	if err != nil {
		return err
	}
	s.now, err = json.Marshal(setupAnswer(setup))
	return err
}

// tell sends the checklist if it is another one than before.
func (s *setupStream) tell(out *eventWriter) error {
	if bytes.Equal(s.now, s.sent) {
		return nil
	}
	s.sent = s.now
	return out.write("event: setup\ndata: " + string(s.now) + "\n\n")
}

// eventWriter writes events at once.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// begin sends the headers.
func (e *eventWriter) begin() error {
	header := e.w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("X-Accel-Buffering", "no") // proxies must not collect events
	e.w.WriteHeader(http.StatusOK)
	return e.write("retry: 2000\n\n")
}

func (e *eventWriter) write(text string) error {
	if err := e.control.SetWriteDeadline(time.Now().Add(streamWriteLimit)); err != nil {
		return err
	}
	if _, err := e.w.Write([]byte(text)); err != nil {
		return err
	}
	return e.control.Flush()
}

// stillAdmitted asks once more what the gate asked of a request when it began: whether
// its credential is good, and whether its bearer may do this.
func (p *Portal) stillAdmitted(ctx context.Context) error {
	c, ok := ctx.(*gin.Context)
	if !ok {
		return errUnauthenticated
	}
	principal, err := p.authenticate(c.Request)
	if err != nil {
		return err
	}
	op := p.operations[c.Request.Method+" "+c.FullPath()]
	if err := p.authorize(ctx, principal, op, c); err != nil {
		return err
	}
	masked, err := p.mustMask(ctx, principal, op, c)
	if err == nil && masked != masks(ctx) {
		return errUnauthenticated // it may see more or less than when it began: it asks again
	}
	return err
}
