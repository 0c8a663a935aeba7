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
