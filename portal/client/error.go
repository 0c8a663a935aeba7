package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Error is the server's refusal of a request (RFC 9457).
type Error struct {
	Status     int    `json:"status"`
	Code       string `json:"code"`   // stable
	Detail     string `json:"detail"` // says who must do what
	Field      string `json:"field"`
	RequestID  string `json:"request_id"`
	RetryAfter time.Duration
}

// codeExpired: the events after the cursor are no longer kept.
const codeExpired = "cursor_expired"

func (e *Error) Error() string {
	text := fmt.Sprintf("roster answered %d", e.Status)
	if e.Code != "" {
		text += " " + e.Code
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.RequestID != "" {
		text += " (request " + e.RequestID + ")"
	}
	return text
}

// Temporary says whether the same request may succeed later.
func (e *Error) Temporary() bool {
	return e.Status >= 500 || e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout
}

// errorOf reads a refusal.
func errorOf(response *http.Response, now time.Time) error {
	const most = 64 << 10
	e := &Error{}
	body, err := io.ReadAll(io.LimitReader(response.Body, most))
	if err != nil { // without its code it could be taken for another one
		return Temporary(fmt.Errorf("roster: read the refusal of status %d: %w", response.StatusCode, err))
	}
	if json.Unmarshal(body, e) != nil {
		e = &Error{RequestID: response.Header.Get("X-Request-Id")} // of somebody in between
	}
	e.Status = response.StatusCode
	e.RetryAfter = retryAfter(response.Header.Get("Retry-After"), now)
	return e
}

// retryAfter reads seconds or a date (RFC 9110 section 10.2.3), zero for neither.
func retryAfter(text string, now time.Time) time.Duration {
	const most = 24 * 60 * 60
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Duration(min(max(seconds, 0), most)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), most*time.Second)
	}
	return 0
}

// SequenceError says that a tenant's events do not follow one another, so that
// something is missing that no event will tell. The consumer stops. To go on,
// find out why (the server may have been restored from a backup) and begin again
// with a snapshot, by forgetting the cursor.
type SequenceError struct {
	Tenant    string
	Want, Got int64
}

func (e *SequenceError) Error() string {
	if e.Got < e.Want {
		return fmt.Sprintf("roster: the server has forgotten events of tenant %s: after %d its next one is %d; "+
			"forget the cursor to begin again with a snapshot", e.Tenant, e.Want-1, e.Got)
	}
	return fmt.Sprintf("roster: events %d to %d of tenant %s are missing; forget the cursor to begin again with a snapshot",
		e.Want, e.Got-1, e.Tenant)
}

type temporaryError struct{ error }

func (e temporaryError) Unwrap() error { return e.error }

// Temporary marks an error of a handler as one that goes by, such as a lost
// database connection: the consumer calls the handler again after a pause. Any
// other error of a handler ends it.
func Temporary(err error) error {
	if err == nil {
		return nil
	}
	return temporaryError{err}
}

func isTemporary(err error) bool {
	if _, ok := errors.AsType[temporaryError](err); ok {
		return true
	}
	e, ok := errors.AsType[*Error](err)
	return ok && e.Temporary()
}

func isExpired(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == http.StatusGone && e.Code == codeExpired
}

func isStatus(err error, status int) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == status
}
