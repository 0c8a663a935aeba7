package filter

import (
	"fmt"

	"github.com/roster-scim/roster/scim/schema"
)

// maxEcho bounds how much of a client's text a message repeats, in characters.
const maxEcho = 60

// UnknownAttributeError says that a filter or path names an attribute which the
// resource type does not have. It is the cause of the *schema.Error returned.
type UnknownAttributeError struct {
	Attribute string // as written, shortened if it is long
	Type      string // the resource type's name
}

func (e *UnknownAttributeError) Error() string {
	return fmt.Sprintf("unknown attribute %q", e.Attribute)
}

func unknownAttribute(kind schema.ErrorType, t *schema.ResourceType, name string) *schema.Error {
	cause := &UnknownAttributeError{Attribute: clip(name), Type: t.Name}
	err := schema.Errorf(kind, "%s has no attribute %q", cause.Type, cause.Attribute)
	err.Cause = cause
	return err
}

// clip shortens a client's text for a message.
func clip(s string) string {
	letters := []rune(s)
	if len(letters) <= maxEcho {
		return s
	}
	return string(letters[:maxEcho-1]) + "…"
}
