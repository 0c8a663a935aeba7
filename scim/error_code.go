package scim

import (
	"errors"
	"net/http"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

// Reason says in one word why an operation was refused. It is for people and
// programs on the server's side; clients get status and scimType.
type Reason string

// The reasons.
const (
	ReasonNotPermitted       Reason = "not_permitted"
	ReasonNotEntitled        Reason = "not_entitled"
	ReasonUsernameTaken      Reason = "username_taken"
	ReasonConflict           Reason = "conflict"
	ReasonDomainNotVerified  Reason = "domain_not_verified"
	ReasonRequiredMissing    Reason = "required_missing"
	ReasonMemberUnknown      Reason = "member_unknown"
	ReasonSeatLimit          Reason = "seat_limit"
	ReasonRateLimited        Reason = "rate_limited"
	ReasonTooLarge           Reason = "too_large"
	ReasonInvalidFilter      Reason = "invalid_filter"
	ReasonInvalidValue       Reason = "invalid_value"
	ReasonInvalidPath        Reason = "invalid_path"
	ReasonInvalidSyntax      Reason = "invalid_syntax"
	ReasonNoTarget           Reason = "no_target"
	ReasonMutability         Reason = "mutability"
	ReasonNotFound           Reason = "not_found"
	ReasonMethodNotAllowed   Reason = "method_not_allowed"
	ReasonMediaType          Reason = "unsupported_media_type"
	ReasonPreconditionFailed Reason = "precondition_failed"
	ReasonNotImplemented     Reason = "not_implemented"
	ReasonUnavailable        Reason = "unavailable"
	ReasonInternal           Reason = "internal"
)

// reasonError gives an error a reason that its status and type do not tell.
type reasonError struct {
	reason Reason
	about  string // an attribute
}

func (e *reasonError) Error() string { return string(e.reason) + " " + e.about }

// because is an error with its reason. The client sees no difference.
func because(e *Error, reason Reason) *Error {
	e.Cause = &reasonError{reason: reason}
	return e
}

// ReasonOf is why an operation was refused, and the attribute that it is about
// if there is one.
func ReasonOf(err error) (reason Reason, attribute string) {
	if e, ok := errors.AsType[*reasonError](err); ok {
		return e.reason, e.about
	}
	if e, ok := errors.AsType[*schema.MissingError](err); ok {
		return ReasonRequiredMissing, e.Attribute
	}
	if e, ok := errors.AsType[*ConflictError](err); ok {
		if strings.EqualFold(e.Attribute, "userName") {
			return ReasonUsernameTaken, e.Attribute
		}
		return ReasonConflict, e.Attribute
	}
	if _, ok := errors.AsType[*MissingMembersError](err); ok {
		return ReasonMemberUnknown, "members"
	}
	if _, ok := errors.AsType[*SeatsError](err); ok {
		return ReasonSeatLimit, ""
	}
	return reasonOf(AsError(err)), ""
}

var reasonsByType = map[schema.ErrorType]Reason{
	schema.InvalidFilter: ReasonInvalidFilter,
	schema.NotUnique:     ReasonConflict,
	schema.Mutable:       ReasonMutability,
	schema.InvalidSyntax: ReasonInvalidSyntax,
	schema.InvalidPath:   ReasonInvalidPath,
	schema.NoTarget:      ReasonNoTarget,
}

var reasonsByStatus = map[int]Reason{
	http.StatusForbidden:             ReasonNotPermitted,
	http.StatusNotFound:              ReasonNotFound,
	http.StatusMethodNotAllowed:      ReasonMethodNotAllowed,
	http.StatusConflict:              ReasonConflict,
	http.StatusPreconditionFailed:    ReasonPreconditionFailed,
	http.StatusRequestEntityTooLarge: ReasonTooLarge,
	http.StatusUnsupportedMediaType:  ReasonMediaType,
	http.StatusTooManyRequests:       ReasonRateLimited,
	http.StatusInternalServerError:   ReasonInternal,
	http.StatusNotImplemented:        ReasonNotImplemented,
	http.StatusServiceUnavailable:    ReasonUnavailable,
}

func reasonOf(e *Error) Reason {
	if reason, ok := reasonsByStatus[e.Status]; ok {
		return reason
	}
	if reason, ok := reasonsByType[e.Type]; ok {
		return reason
	}
	if e.Status >= http.StatusInternalServerError {
		return ReasonInternal
	}
	return ReasonInvalidValue
}
