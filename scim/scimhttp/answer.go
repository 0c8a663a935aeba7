package scimhttp

import (
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/roster-scim/roster/scim"
)

// MediaType is the content type of every answer (RFC 7644 section 3.1). Some
// clients compare it as a whole, so it carries no parameters.
const MediaType = "application/scim+json"

// headerRequestID carries the id that ties an answer to the log and the journal.
const headerRequestID = "X-Request-Id"

// headerPending says how many of the members that a request named are not
// provisioned yet. They wait, and are not shown among the members.
const headerPending = "Roster-Pending-Members"

// answer writes a successful response.
func answer(w http.ResponseWriter, r *http.Request, response *scim.Response) {
	h := newHeader(w)
	if response.Pending > 0 {
		h.set(headerPending, strconv.Itoa(response.Pending))
	}
	if response.ETag != "" {
		h.set("Etag", response.ETag)
	}
	if response.Location != "" && response.Status == http.StatusCreated {
		h.set("Location", response.Location)
	}
	if response.Location != "" && response.Status == http.StatusOK {
		h.set("Content-Location", response.Location)
	}
	switch {
	case response.Large != nil:
		writeLarge(w, r, response)
	case response.Body != nil:
		write(w, h, response.Status, response.Body)
	default:
		w.WriteHeader(response.Status)
	}
}

// writeLarge sends an answer as it is made, in pieces. HTTP/1.0 knows none: there
// the length is found first, since without it half an answer looks whole.
func writeLarge(w http.ResponseWriter, r *http.Request, response *scim.Response) {
	w.Header()["Content-Type"], w.Header()["Cache-Control"] = contentType, cacheControl
	if !r.ProtoAtLeast(1, 1) {
		n, _ := response.Large.WriteTo(io.Discard) // which takes everything
		w.Header().Set("Content-Length", strconv.FormatInt(n, 10))
	}
	w.WriteHeader(response.Status)
	if r.Method != http.MethodHead {
		_, _ = response.Large.WriteTo(w) // as in write
	}
}

// refuse is the one place that writes an error of the SCIM interface.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, x *Exchange, err error) {
	refusal, isRefusal := errors.AsType[*Refusal](err)
	if isRefusal && refusal.RetryAfter > 0 {
		w.Header().Set("Retry-After", retryAfter(refusal.RetryAfter))
	}
	var e *scim.Error
	if isRefusal {
		e = &scim.Error{Status: refusal.Status, Detail: refusal.Detail}
	} else {
		e = scim.AsError(err)
	}
	switch e.Status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", challenge(credential(r) != ""))
	case http.StatusServiceUnavailable:
		if w.Header().Get("Retry-After") == "" {
			w.Header().Set("Retry-After", "5")
		}
	}
	id := w.Header().Get(headerRequestID)
	if e.Status >= http.StatusInternalServerError && e.Status != http.StatusNotImplemented && !isRefusal {
		level := slog.LevelError
		if e.Status == http.StatusServiceUnavailable {
			level = slog.LevelWarn // whoever is away comes back; the client tries again
		}
		h.logger.LogAttrs(r.Context(), level, "scim request failed",
			slog.String("request_id", id), slog.String("method", r.Method), slog.Any("error", err))
	}
	body := scim.ErrorBody(e, id)
	x.refused(err, refusal)
	x.answered(e.Status, body)
	write(w, newHeader(w), e.Status, body)
}

// challenge is the WWW-Authenticate header (RFC 6750 section 3): a request
// without credentials learns only how to authenticate.
func challenge(tried bool) string {
	if tried {
		return `Bearer realm="SCIM", error="invalid_token"`
	}
	return `Bearer realm="SCIM"`
}

func retryAfter(d time.Duration) string {
	return strconv.Itoa(int(math.Ceil(d.Seconds())))
}

func write(w http.ResponseWriter, h *header, status int, body []byte) {
	h.all["Content-Type"], h.all["Cache-Control"] = contentType, cacheControl
	h.set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) //nolint:gosec // JSON under its own media type; if it fails the client is gone
}
