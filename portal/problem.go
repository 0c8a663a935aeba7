package portal

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// HeaderRequestID carries the id that an answer, its log line and the audit log
// share.
const HeaderRequestID = "X-Request-Id"

// Problem is an error as programs and people read it (RFC 9457).
type Problem struct {
	Status     int
	Code       string        // stable
	Detail     string        // for people: what is wrong, and who must do what
	Field      string        // of the request, if it is about one
	RetryAfter time.Duration // zero: trying again is of no use by itself

	cause error // for the log alone
}

func (p *Problem) Error() string { return p.Detail }

// Unwrap returns the private cause.
func (p *Problem) Unwrap() error { return p.cause }

// The problems that are the same wherever they come from. A tenant of somebody
// else and one that does not exist are the same.
var (
	errNotFound = &Problem{Status: http.StatusNotFound, Code: "not_found",
		Detail: "There is no such thing, or it is not yours. Check the id."}
	errUnauthenticated = &Problem{Status: http.StatusUnauthorized, Code: "unauthenticated",
		Detail: "Send an API key or a session token: Authorization: Bearer …. It may also have expired or been revoked; " +
			"whoever manages API keys or portal links can make a new one."}
	errInternal = &Problem{Status: http.StatusInternalServerError, Code: "internal",
		Detail: "The server failed at this request, through no fault of yours. Send it again; if it fails again, " +
			"give the request id to whoever runs the server."}
)

// WriteProblem is the one place that writes an error outside SCIM.
func WriteProblem(w http.ResponseWriter, p *Problem) {
	body, err := json.Marshal(struct {
		Title     string `json:"title"`
		Status    int    `json:"status"`
		Code      string `json:"code"`
		Detail    string `json:"detail"`
		Field     string `json:"field,omitempty"`
		RequestID string `json:"request_id,omitempty"`
	}{http.StatusText(p.Status), p.Status, p.Code, p.Detail, p.Field, w.Header().Get(HeaderRequestID)})
	if err != nil { // strings and a number always encode
		body = []byte(`{}`)
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="roster"`)
	}
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.RetryAfter+time.Second-1)/time.Second)))
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // the client is gone if this fails; there is nobody to tell
}

// problemOf is what an error of the domain is answered with.
func problemOf(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if e, ok := errors.AsType[*tenants.InvalidError](err); ok {
		return &Problem{Status: http.StatusBadRequest, Code: "invalid", Field: e.Field, Detail: sentence(upperFirst(e.Reason))}
	}
	if e, ok := errors.AsType[*tenants.TakenError](err); ok {
		return &Problem{Status: http.StatusConflict, Code: "taken", Field: e.Field, Detail: sentence(e.Error())}
	}
	if e, ok := errors.AsType[*tenants.RefusedError](err); ok {
		return &Problem{Status: http.StatusConflict, Code: e.Code, Detail: e.Reason}
	}
	if e, ok := errors.AsType[*tenants.ForbiddenError](err); ok {
		return &Problem{Status: http.StatusForbidden, Code: "forbidden", Detail: e.Reason}
	}
	if e, ok := errors.AsType[*tenants.InUseError](err); ok {
		return &Problem{Status: http.StatusConflict, Code: "in_use", Detail: e.Error()}
	}
	if p := eventProblem(err); p != nil {
		return p
	}
	if errors.Is(err, tenants.ErrOutdated) {
		return &Problem{Status: http.StatusConflict, Code: "outdated", Detail: "Somebody else changed this at the same moment. Read it again and repeat the change."}
	}
	if errors.Is(err, tenants.ErrNotFound) || errors.Is(err, scim.ErrNotFound) {
		return errNotFound
	}
	if e, ok := errors.AsType[*scim.Error](err); ok {
		return scimProblem(e)
	}
	return &Problem{Status: errInternal.Status, Code: errInternal.Code, Detail: errInternal.Detail, cause: err}
}

// eventProblem is what an error of reading events is answered with, nil if it is
// none.
func eventProblem(err error) *Problem {
	switch {
	case errors.Is(err, events.ErrExpired):
		return &Problem{Status: http.StatusGone, Code: "cursor_expired",
			Detail: "What happened right after this place is no longer kept. Read a snapshot of each tenant " +
				"(GET /api/v1/tenants/{tenant}/snapshot) and go on with its events after the snapshot's sequence."}
	case errors.Is(err, events.ErrBusy):
		return &Problem{Status: http.StatusTooManyRequests, Code: "rate_limited", RetryAfter: 10 * time.Second,
			Detail: "As many snapshots as may be are being read. Send the request again when one has ended."}
	}
	return nil
}

// scimProblem is an error of the SCIM engine, which also serves manual users.
func scimProblem(e *scim.Error) *Problem {
	p := &Problem{Status: e.Status, Detail: e.Detail, cause: e}
	switch e.Status {
	case http.StatusNotFound:
		return errNotFound
	case http.StatusConflict:
		p.Code = "taken"
	case http.StatusForbidden:
		p.Code = "forbidden"
	case http.StatusServiceUnavailable:
		p.Code, p.RetryAfter = "unavailable", time.Second
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		p.Status, p.Code = http.StatusBadRequest, "invalid"
	default:
		return &Problem{Status: errInternal.Status, Code: errInternal.Code, Detail: errInternal.Detail, cause: e}
	}
	return p
}

// sentence ends a reason with a full stop.
func sentence(reason string) string {
	if reason == "" {
		return reason
	}
	if last := reason[len(reason)-1]; last == '.' || last == '!' || last == '?' {
		return reason
	}
	return reason + "."
}

// fail answers a request with an error and logs what the answer does not tell.
func (p *Portal) fail(w http.ResponseWriter, r *http.Request, err error) {
	if writeExchangeError(w, err) {
		return
	}
	problem := problemOf(err)
	if problem.Status >= http.StatusInternalServerError {
		p.logger.LogAttrs(r.Context(), slog.LevelError, "a request failed",
			slog.String("error", errorText(problem)), slog.String("request_id", w.Header().Get(HeaderRequestID)))
	}
	WriteProblem(w, problem)
}

func errorText(p *Problem) string {
	if p.cause != nil {
		return p.cause.Error()
	}
	return p.Detail
}
