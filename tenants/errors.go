package tenants

import (
	"errors"
	"fmt"
)

// ErrNotFound: there is no such thing, whether it never existed, was deleted or
// belongs to somebody else.
var ErrNotFound = errors.New("not found")

// TakenError says that a value which must be unique is in use.
type TakenError struct {
	Field string // "name" or "external_id"
	Value string
}

func (e *TakenError) Error() string {
	return fmt.Sprintf("%s %q is already in use", e.Field, e.Value)
}

// InvalidError says what is wrong with a value that somebody gave.
type InvalidError struct {
	Field  string // "name", "provider", "expires", …
	Reason string // a sentence that says what to give instead
}

func (e *InvalidError) Error() string { return e.Field + ": " + e.Reason }

// RefusedError says that the state of things does not allow what was asked, and
// who can change that.
type RefusedError struct {
	Code   string // stable, for programs: "in_use", "too_many_tokens", …
	Reason string // a sentence or two: why, and what to do
}

func (e *RefusedError) Error() string { return e.Reason }

// ForbiddenError says that whoever asks may not do what was asked.
type ForbiddenError struct{ Reason string } // a sentence: what is missing and who can give it

func (e *ForbiddenError) Error() string { return e.Reason }

// Codes of RefusedError, in what this package does.
const (
	CodeConnectionLimit = "connection_limit" // the tenant has as many connections as it may
	CodeDeleted         = "deleted"          // it is deleted, and can be restored
	CodeGraceOver       = "grace_over"       // what was deleted cannot be restored any more
	CodeLastToken       = "last_token"       // the connection has no other token that works
	CodeNotDeleted      = "not_deleted"      // there is nothing to restore
	CodeNotLive         = "not_live"         // the token is revoked or has expired
	CodeNotRotating     = "no_rotation"      // nothing takes the token's place
	CodeRotating        = "rotation_running" // the token is being replaced, or replaces another
	CodeTokenLimit      = "token_limit"      // the connection has as many live tokens as it may
)
