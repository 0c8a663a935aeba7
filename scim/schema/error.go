package schema

import "fmt"

// ErrorType is a SCIM detail error keyword (RFC 7644 section 3.12, table 9, and
// RFC 9865 section 2.1).
type ErrorType string

// The keywords of RFC 7644 table 9 and RFC 9865 table 3.
const (
	InvalidFilter ErrorType = "invalidFilter"
	TooMany       ErrorType = "tooMany"
	NotUnique     ErrorType = "uniqueness"
	Mutable       ErrorType = "mutability"
	InvalidSyntax ErrorType = "invalidSyntax"
	InvalidPath   ErrorType = "invalidPath"
	NoTarget      ErrorType = "noTarget"
	InvalidValue  ErrorType = "invalidValue"
	InvalidVers   ErrorType = "invalidVers"
	Sensitive     ErrorType = "sensitive"
	InvalidCursor ErrorType = "invalidCursor"
	ExpiredCursor ErrorType = "expiredCursor"
	InvalidCount  ErrorType = "invalidCount"
)

// Error is a refusal that the client can act on. Detail is shown to the client;
// Cause, if any, is for the log alone.
type Error struct {
	Status int // HTTP status
	Type   ErrorType
	Detail string
	Cause  error
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %v", e.Detail, e.Cause)
	}
	return e.Detail
}

func (e *Error) Unwrap() error { return e.Cause }

// Errorf returns a 400 refusal of the given type.
func Errorf(t ErrorType, format string, args ...any) *Error {
	return &Error{Status: 400, Type: t, Detail: fmt.Sprintf(format, args...)}
}
