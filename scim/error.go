package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

// Error is a SCIM refusal: status, scimType and a detail that the client may see.
type Error = schema.Error

// ErrorURN is the schema of an error body (RFC 7644 section 3.12).
const ErrorURN = "urn:ietf:params:scim:api:messages:2.0:Error"

// namedMembers is how many unknown members an error names.
const namedMembers = 20

func refuse(status int, format string, args ...any) *Error {
	return &Error{Status: status, Detail: fmt.Sprintf(format, args...)}
}

// Forbidden is the refusal of an operation that the caller has no right to.
func Forbidden(detail string) *Error {
	return &Error{Status: http.StatusForbidden, Detail: detail}
}

// AsError turns any error of an operation into the refusal to answer with. What
// the client cannot act on becomes a 500 or 503 whose detail hides the cause.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		if e.Status == 0 {
			e = &Error{Status: http.StatusBadRequest, Type: e.Type, Detail: e.Detail, Cause: e.Cause}
		}
		return e
	}
	if e, ok := errors.AsType[*ConflictError](err); ok {
		return &Error{Status: http.StatusConflict, Type: schema.NotUnique, Cause: err,
			Detail: fmt.Sprintf("%s %q is already used by another resource of this connection. "+
				"Update that resource, or choose another value.", e.Attribute, clip(e.Value))}
	}
	if e, ok := errors.AsType[*MissingMembersError](err); ok {
		return schema.Errorf(schema.InvalidValue, "%s Nothing was changed. "+
			"Provision these members through this connection first, then send the group again.", missing(e.IDs))
	}
	if e, ok := errors.AsType[*CycleError](err); ok {
		return schema.Errorf(schema.InvalidValue, "Group %q cannot be a member: it is, or already contains, group %q. "+
			"Nothing was changed.", clip(e.MemberID), clip(e.GroupID))
	}
	if e, ok := errors.AsType[*SeatsError](err); ok {
		return Forbidden(e.detail())
	}
	switch {
	case errors.Is(err, ErrNotFound):
		return refuse(http.StatusNotFound, "There is no such resource in this connection's directory.")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &Error{Status: http.StatusServiceUnavailable, Cause: err,
			Detail: "The request could not be finished in time and changed nothing. Send it again."}
	}
	return &Error{Status: http.StatusInternalServerError, Cause: err,
		Detail: "The server could not carry out the request. Ask the service's support, naming the request id."}
}

func missing(ids []string) string {
	shown := ids
	if len(shown) > namedMembers {
		shown = shown[:namedMembers]
	}
	quoted := make([]string, len(shown))
	for i, id := range shown {
		quoted[i] = strconv.Quote(clip(id))
	}
	s := "member"
	if len(ids) > 1 {
		s = "members"
	}
	text := fmt.Sprintf("%d %s not provisioned here: %s", len(ids), s, strings.Join(quoted, ", "))
	if more := len(ids) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text + "."
}

// clip bounds how much of a client's value an error repeats.
func clip(s string) string {
	const most = 100
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// ErrorBody encodes the body of an error answer (RFC 7644 section 3.12), in
// which status is a string. requestID, if any, ends the detail: identity
// providers show it to the administrator.
func ErrorBody(e *Error, requestID string) []byte {
	detail := e.Detail
	if requestID != "" {
		detail += " (request " + requestID + ")"
	}
	body, err := encode(struct {
		Schemas  []string         `json:"schemas"`
		Status   string           `json:"status"`
		SCIMType schema.ErrorType `json:"scimType,omitempty"`
		Detail   string           `json:"detail"`
	}{[]string{ErrorURN}, strconv.Itoa(e.Status), e.Type, detail})
	if err != nil { // strings always encode
		return []byte(`{"schemas":["` + ErrorURN + `"],"status":"500"}`)
	}
	return body
}
