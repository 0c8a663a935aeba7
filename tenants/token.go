package tenants

import (
	"context"
	"fmt"
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
	CreatedBy    string         // the actor of an Origin
	CreatedAt    time.Time
	ExpiresAt    time.Time // zero: never
	RevokedAt    time.Time // zero: not revoked
	LastUsedAt   time.Time // zero: never; a few seconds late, see Usage
	Replaces     TokenID   // the token that it takes the place of, while both work
	ReplacedBy   TokenID   // the token that takes its place, while both work
}

// TokenState is what became of a token.
type TokenState string

// The states of a token. A revoked token that has expired is revoked.
const (
	TokenActive    TokenState = "active"
	TokenReplacing TokenState = "replacing" // a rotation is under way: it takes another's place, or another its
	TokenExpiring  TokenState = "expiring"  // it works for less than expiringSoon
	TokenExpired   TokenState = "expired"
	TokenRevoked   TokenState = "revoked"
)

const expiringSoon = 30 * day

// MaxLiveTokens is how many tokens of a connection may work at a time: the one in
// use, and the one that takes its place.
const MaxLiveTokens = 2

// State returns the state of the token at a time.
func (t *Token) State(at time.Time) TokenState {
	switch {
	case !t.RevokedAt.IsZero():
		return TokenRevoked
	case expired(t.ExpiresAt, at):
		return TokenExpired
	case !t.Replaces.IsZero() || !t.ReplacedBy.IsZero():
		return TokenReplacing
	case expired(t.ExpiresAt, at.Add(expiringSoon)):
		return TokenExpiring
	default:
		return TokenActive
	}
}

// Live reports whether the token works at a time, as far as it decides that.
func (t *Token) Live(at time.Time) bool { return t.RevokedAt.IsZero() && !expired(t.ExpiresAt, at) }

// expired reports whether a time of expiry, zero for never, has come.
func expired(expires, at time.Time) bool { return !expires.IsZero() && !at.Before(expires) }

// AdmitToken says whether a connection that has so many live tokens may have one
// more. The error is a *RefusedError.
func AdmitToken(live int) error {
	if live < MaxLiveTokens {
		return nil
	}
	return &RefusedError{CodeTokenLimit, fmt.Sprintf(
		"The connection has %d tokens that work, and more than %d cannot. Revoke one first.", live, MaxLiveTokens)}
}

// TokenFate is what to do with the tokens of a rotation.
type TokenFate int

// FinishRotation revokes the token that is replaced, CancelRotation the one that
// takes its place.
const (
	FinishRotation TokenFate = iota
	CancelRotation
)

// TokenStore keeps tokens. Revoked and expired ones stay listed. Every change
// leaves its audit row and its event in the same transaction.
type TokenStore interface {
	// CreateToken stores a token. If it replaces one, that begins a rotation.
	// Errors: ErrNotFound if the connection, or the token that is replaced, does
	// not exist in the tenant; what AdmitToken says; *RefusedError if the token
	// that is replaced does not work or is in a rotation.
	CreateToken(ctx context.Context, t *Token) error
	// FindToken returns one token of the tenant or ErrNotFound. The zero tenant
	// stands for whichever it belongs to, as with AnyConnection.
	FindToken(ctx context.Context, tenant TenantID, id TokenID) (*Token, error)
	// ListTokens returns at most limit tokens of a connection with ids above
	// after, in order of their ids.
	ListTokens(ctx context.Context, tenant TenantID, connection ConnectionID, after TokenID, limit int) ([]*Token, error)
	// RevokeToken marks the token as revoked, which ends a rotation that it is in;
	// a token that already is keeps its first date. check, if it is set, is told
	// how many other live tokens the connection has, and an error of it is
	// returned. Errors: ErrNotFound.
	RevokeToken(ctx context.Context, tenant TenantID, id TokenID, at time.Time, check func(t *Token, others int) error) error
	// EndRotation ends the rotation of the token that is replaced and returns both
	// as they are then. Errors: ErrNotFound, *RefusedError if there is none or if
	// no token would be left that works.
	EndRotation(ctx context.Context, tenant TenantID, old TokenID, fate TokenFate, at time.Time) (replaced, successor *Token, err error)
}
