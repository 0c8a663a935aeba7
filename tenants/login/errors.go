package login

import (
	"errors"

	"github.com/roster-scim/roster/tenants"
)

// ErrUnauthenticated is the one answer to a credential that opens nothing, whether
// it never existed, has expired or was revoked.
var ErrUnauthenticated = errors.New("the credential is not valid")

// Rejection is ErrUnauthenticated with what is behind it. That is for the log
// alone: whoever brought the credential is not told.
type Rejection struct {
	Reason string // "unknown", "expired", "revoked", …
	ID     string // of the key or session, if there is one
}

func (r *Rejection) Error() string {
	text := ErrUnauthenticated.Error() + ": " + r.Reason
	if r.ID != "" {
		text += " (" + r.ID + ")"
	}
	return text
}

// Is makes a Rejection an ErrUnauthenticated.
func (r *Rejection) Is(target error) bool { return target == ErrUnauthenticated }

// The reasons of a Rejection.
const (
	reasonMalformed     = "malformed"
	reasonUnknown       = "unknown"
	reasonRevoked       = "revoked"
	reasonExpired       = "expired"
	reasonIdle          = "idle"
	reasonEnded         = "ended"
	reasonTenantDeleted = "tenant_deleted"
)

func invalid(field, reason string) error {
	return &tenants.InvalidError{Field: field, Reason: reason}
}

// orElse returns err, or the other if there is none.
func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
