package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/roster-scim/roster/portal"
	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/scimhttp"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// requestID gives the request the id that its answer, its log line and the
// journal share: the client's, if it is a sane one, or a new one.
func requestID(c *gin.Context) {
	id := c.GetHeader(headerRequestID)
	if !saneRequestID(id) {
		id = uuid.Must(uuid.NewV7()).String()
	}
	c.Header(headerRequestID, id)
}

// saneRequestID keeps what is short and harmless in logs and SQL tools.
func saneRequestID(id string) bool {
	const most = 64
	if id == "" || len(id) > most {
		return false
	}
	for _, r := range []byte(id) {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '-', r == '_', r == '.':
		default:
			return false
		}
	}
	return true
}

// observe writes one log line per request and counts it. The line has neither
// query nor body nor headers, and of the path only what Roster itself gave out:
// the rest may hold people's data and secrets.
func (a *App) observe(c *gin.Context) {
	start := time.Now()
	a.metrics.inFlight.Inc()
	defer a.metrics.inFlight.Dec()
	c.Next()
	took, status := time.Since(start), c.Writer.Status()
	a.metrics.observe(c.Request, status, took)
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError && status != http.StatusServiceUnavailable {
		level = slog.LevelError
	}
	handler := a.logger.Handler()
	if !handler.Enabled(c.Request.Context(), level) {
		return
	}
	line := slog.NewRecord(start.Add(took), level, "request", 0) // nobody wants to know from where in the program
	line.AddAttrs(
		slog.String("method", clip(c.Request.Method, 16)),
		slog.String("path", loggedPath(c.Request.URL.Path)),
		slog.Int("status", status),
		slog.Int("bytes", max(c.Writer.Size(), 0)),
		slog.Duration("took", took.Round(time.Microsecond)),
		slog.String("address", remoteHost(c.Request)),
		slog.String("request_id", c.Writer.Header().Get(headerRequestID)),
	)
	_ = handler.Handle(c.Request.Context(), line) // as slog itself: there is nowhere else to say so
}

// loggedPath is a path with everything masked that a client may have made up: a
// segment that is no connection's id where one belongs (somebody pasted the
// token), the code of a portal link, and ids that are not Roster's (somebody asked for an e-mail address).
func loggedPath(path string) string {
	if strings.HasPrefix(path, login.LinkPath) {
		return login.LinkPath + "{code}"
	}
	if rest, ok := strings.CutPrefix(path, portal.Prefix); ok {
		return portal.Prefix + clip(loggedAPIPath(rest), 240)
	}
	if strings.HasPrefix(path, "/portal/") || strings.HasPrefix(path, "/console/") { // screens, by the API's names and ids
		return clip(loggedAPIPath(path), 240)
	}
	rest, ok := strings.CutPrefix(path, scimhttp.Prefix)
	if !ok {
		return clip(path, 160)
	}
	return loggedSCIMPath(path, rest)
}

// loggedSCIMPath allocates nothing for a path without anything to mask, as nearly
// all are.
func loggedSCIMPath(path, rest string) string {
	parts, masked := make([]string, 0, 4), false
	for more := true; more; {
		part := rest
		if len(parts) < cap(parts)-1 {
			part, rest, more = strings.Cut(rest, "/")
		} else {
			more = false
		}
		shown := loggedSCIMPart(len(parts), part)
		masked = masked || shown != part
		parts = append(parts, shown)
	}
	if !masked {
		return path
	}
	return scimhttp.Prefix + strings.Join(parts, "/")
}

func loggedSCIMPart(i int, part string) string {
	switch i {
	case 0:
		if _, err := tenants.ParseConnectionID(part); err != nil {
			return "{unknown}"
		}
	case 1:
		return clip(part, 32)
	default:
		if _, err := uuid.Parse(part); err != nil && part != ".search" {
			return "{id}"
		}
	}
	return part
}

// given are segments of the API's paths that Roster gave out or the vendor chose:
// words of the document, keys without digits, UUIDs and control-plane ids.
var given = regexp.MustCompile(`^([a-z][a-z_-]*|\*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z]{3}[0-7][0-9a-hjkmnp-tv-z]{25})?$`)

func loggedAPIPath(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		if !given.MatchString(parts[i]) {
			parts[i] = "{id}"
		}
	}
	return strings.Join(parts, "/")
}

// recover answers a request whose handler panicked, so that one broken request
// is one broken request.
func (a *App) recover(c *gin.Context) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(p) // net/http's own way to drop the connection
		}
		a.logger.LogAttrs(c.Request.Context(), slog.LevelError, "panic in a request",
			slog.String("panic", fmt.Sprint(p)), slog.String("stack", string(debug.Stack())),
			slog.String("request_id", c.Writer.Header().Get(headerRequestID)))
		if c.Writer.Written() {
			panic(http.ErrAbortHandler) // half an answer must not look whole
		}
		refusePanic(c)
	}()
	c.Next()
}

func refusePanic(c *gin.Context) {
	const detail = "The server failed at this request, through no fault of yours. Nothing was changed unless it had already been stored; read the resource before you repeat the request."
	if !isSCIM(c.Request) {
		problem(c.Writer, http.StatusInternalServerError, "internal", detail)
		return
	}
	body := scim.ErrorBody(&scim.Error{Status: http.StatusInternalServerError, Detail: detail}, c.Writer.Header().Get(headerRequestID))
	c.Header("Content-Type", scimhttp.MediaType)
	c.Writer.WriteHeader(http.StatusInternalServerError)
	_, _ = c.Writer.Write(body) // the client is gone if this fails; there is nobody to tell
}

// clip bounds what a client chose before it is logged.
func clip(text string, most int) string {
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}

func remoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
