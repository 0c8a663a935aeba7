package tenants

import (
	"context"
	"time"

	"github.com/roster-scim/roster/authz"
)

// Token is what is known about a connection's bearer secret. The secret itself
// is shown once, when it is made, and is nowhere afterwards.
type Token struct {
	ID           TokenID
	TenantID     TenantID
	ConnectionID ConnectionID
	Name         string
	Hash         SecretHash
	Prefix       string         // how the secret begins
	LastFour     string         // how it ends
	Scopes       authz.ScopeSet // narrows the connection's
	CreatedAt    time.Time
	ExpiresAt    time.Time // zero: never
	RevokedAt    time.Time // zero: not revoked
	LastUsedAt   time.Time // zero: never; a few seconds late, see Usage
}

// TokenState is what became of a token.
type TokenState string

// The states of a token. A revoked token that has expired is revoked.
const (
	TokenActive  TokenState = "active"
	TokenExpired TokenState = "expired"
	TokenRevoked TokenState = "revoked"
)

// State returns the state of the token at a time.
func (t *Token) State(at time.Time) TokenState {
	switch {
	case !t.RevokedAt.IsZero():
		return TokenRevoked
	case expired(t.ExpiresAt, at):
		return TokenExpired
	default:
		return TokenActive
	}
}

// expired reports whether a time of expiry, zero for never, has come.
func expired(expires, at time.Time) bool { return !expires.IsZero() && !at.Before(expires) }

// TokenStore keeps tokens. Revoked and expired ones stay listed.
type TokenStore interface {
	// CreateToken stores a token. Errors: ErrNotFound if the connection does not
	// exist in the tenant.
	CreateToken(ctx context.Context, t *Token) error
	// FindToken returns one token, whoever's it is, or ErrNotFound. It serves the
	// operator's commands; nothing that acts for a tenant calls it.
	FindToken(ctx context.Context, id TokenID) (*Token, error)
	// ListTokens returns at most limit tokens of a connection with ids above
	// after, in order of their ids.
	ListTokens(ctx context.Context, tenant TenantID, connection ConnectionID, after TokenID, limit int) ([]*Token, error)
	// RevokeToken marks the token as revoked; a token that already is keeps its
	// first date. Errors: ErrNotFound.
	RevokeToken(ctx context.Context, tenant TenantID, id TokenID, at time.Time) error
}
