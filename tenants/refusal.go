package tenants

import (
	"fmt"
	"net/http"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
)

// Codes of refusals.
const (
	CodeTokenUnknown    = "token_unknown"
	CodeTokenExpired    = "token_expired"
	CodeTokenRevoked    = "token_revoked"
	CodePaused          = "paused"
	CodeTenantSuspended = "tenant_suspended"
	CodeNotEntitled     = "not_entitled"
)

// pausedRetry is what a paused connection asks its client to wait. Short enough
// that work goes on soon after somebody resumes it, long enough not to be asked
// again all the time.
const pausedRetry = 5 * time.Minute

// Refusal says why a request is not let in, who must act, and where.
type Refusal struct {
	Code       string
	Status     int // of the HTTP answer
	Detail     string
	RetryAfter time.Duration // zero: trying again is of no use

	// What the token was, if it is one of the connection, and when it, or what it
	// belongs to, stopped working, if that is known. Clients are not told.
	TenantID     TenantID
	ConnectionID ConnectionID
	TokenID      TokenID
	Since        time.Time
}

// of adds whose token was refused.
func (r *Refusal) of(c *Credential) *Refusal {
	r.TenantID, r.ConnectionID, r.TokenID = c.TenantID, c.ConnectionID, c.TokenID
	switch {
	case !c.RevokedAt.IsZero():
		r.Since = c.RevokedAt
	case !c.ConnectionDeletedAt.IsZero():
		r.Since = c.ConnectionDeletedAt
	case !c.TenantDeletedAt.IsZero():
		r.Since = c.TenantDeletedAt
	case r.Code == CodeTokenExpired:
		r.Since = c.ExpiresAt
	}
	return r
}

func (r *Refusal) Error() string { return r.Detail }

// errTokenUnknown is the one answer to everything that is not a token of the
// connection: a token that never was, no connection of that id, and a token of
// another connection. It is one value, so that the answers cannot drift apart
// and tell a stranger what exists.
var errTokenUnknown = &Refusal{
	Code: CodeTokenUnknown, Status: http.StatusUnauthorized,
	Detail: "This token is not valid for this SCIM base URL. The administrator of the identity provider must enter " +
		"the base URL and a current token of the same connection.",
}

func tokenExpired(c *Credential) *Refusal {
	return &Refusal{
		Code: CodeTokenExpired, Status: http.StatusUnauthorized,
		Detail: fmt.Sprintf("This token expired on %s. %s", date(c.ExpiresAt), replaceToken(c.Provider)),
	}
}

func tokenRevoked(c *Credential) *Refusal {
	return &Refusal{
		Code: CodeTokenRevoked, Status: http.StatusUnauthorized,
		Detail: fmt.Sprintf("This token was revoked on %s. %s", date(c.RevokedAt), replaceToken(c.Provider)),
	}
}

func connectionDeleted(c *Credential, at time.Time) *Refusal {
	return &Refusal{
		Code: CodeTokenRevoked, Status: http.StatusUnauthorized,
		Detail: fmt.Sprintf("This token stopped working on %s, when its connection was deleted. "+
			"To provision again, ask for a new connection and enter its base URL and token in %s under %s; "+
			"otherwise turn provisioning off there.", date(at), c.Provider.Name(), tokenPlace(c.Provider)),
	}
}

func tenantSuspended(c *Credential) *Refusal {
	return &Refusal{
		Code: CodeTenantSuspended, Status: http.StatusForbidden,
		Detail: fmt.Sprintf("This organisation's account is suspended, so nothing was changed. Ask the provider of the "+
			"application to resume it. Nothing has to be changed in %s.", c.Provider.Name()),
	}
}

func notEntitled(c *Credential) *Refusal {
	return &Refusal{
		Code: CodeNotEntitled, Status: http.StatusForbidden,
		Detail: fmt.Sprintf("Provisioning is not part of what this organisation has subscribed to, so nothing was changed. "+
			"Ask the provider of the application to turn it on for the organisation. Nothing has to be changed in %s.", c.Provider.Name()),
	}
}

func connectionPaused(c *Credential) *Refusal {
	return &Refusal{
		Code: CodePaused, Status: http.StatusServiceUnavailable, RetryAfter: pausedRetry,
		Detail: fmt.Sprintf("This connection is paused, so nothing was changed. Nothing is lost: %s will try again. "+
			"Whoever paused the connection must resume it.", c.Provider.Name()),
	}
}

func replaceToken(p quirk.Provider) string {
	return fmt.Sprintf("Create a new token for the same connection, or ask the provider of the application for one, "+
		"and enter it in %s under %s.", p.Name(), tokenPlace(p))
}

func date(t time.Time) string { return t.UTC().Format("2 January 2006 at 15:04 UTC") }

// tokenPlace is where a provider's administrators enter the token, in the
// labels of its own screens.
func tokenPlace(p quirk.Provider) string {
	switch p {
	case quirk.Okta:
		return "Provisioning > Integration"
	case quirk.Entra:
		return "Provisioning > Admin Credentials > Secret Token"
	case quirk.OneLogin:
		return "Configuration > SCIM Bearer Token"
	case quirk.JumpCloud:
		return "Identity Management > Token Key"
	case quirk.PingOne:
		return "Integrations > Provisioning, in the authentication of the connection"
	case quirk.PingFederate:
		return "Outbound Provisioning > Target"
	default:
		return "its provisioning settings"
	}
}
