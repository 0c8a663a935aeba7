package login

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

// seenAfter is how old the time of the last use may get while a credential is in
// use: so much the idle time of a session may seem shorter than it is.
const seenAfter = time.Minute

// KeyCredential is what must be known of an API key to let it in.
type KeyCredential struct {
	Key
	Hash            tenants.SecretHash
	TenantDeletedAt time.Time // zero: not deleted, or the key is for all tenants
	PolicyRevision  int64
}

// SessionCredential is what must be known of a session to let it in.
type SessionCredential struct {
	Session
	TenantSuspended bool
	TenantDeletedAt time.Time // zero: not deleted, or staff
	PolicyRevision  int64
}

// CredentialStore looks up who calls. Each method is one statement, which reads
// the revision of the policies in the same moment.
type CredentialStore interface {
	// KeyCredential returns the API key with a hash, also a revoked or expired
	// one. Errors: tenants.ErrNotFound.
	KeyCredential(ctx context.Context, hash tenants.SecretHash) (*KeyCredential, error)
	// SessionCredential returns a session, also one that has ended. Errors:
	// tenants.ErrNotFound.
	SessionCredential(ctx context.Context, id tenants.SessionID) (*SessionCredential, error)
}

// Authenticate says whose an API key or session token is. What opens nothing is
// ErrUnauthenticated; the error is then a *Rejection. Tokens of connections are
// not accepted.
//
// The session of a deleted tenant has ended. That of a suspended tenant goes on,
// so that its administrators see what is the matter; its principal says so, and
// may change nothing. API keys are the vendor's and go on as they are: one of
// them resumes the tenant.
func (s *Service) Authenticate(ctx context.Context, credential string) (authz.Principal, error) {
	if secret, ok := tenants.ParseSecret(tenants.KeySecret, credential); ok {
		return s.authenticateKey(ctx, secret.Hash())
	}
	claims, err := s.Signer.Verify(credential)
	if err != nil {
		return authz.Principal{}, &Rejection{Reason: reasonMalformed}
	}
	id, err := tenants.ParseSessionID(claims.SessionID)
	if err != nil {
		return authz.Principal{}, &Rejection{Reason: reasonMalformed}
	}
	return s.authenticateSession(ctx, id, claims.TenantID)
}

func (s *Service) authenticateKey(ctx context.Context, hash tenants.SecretHash) (authz.Principal, error) {
	k, err := s.Store.KeyCredential(ctx, hash)
	if errors.Is(err, tenants.ErrNotFound) {
		return authz.Principal{}, &Rejection{Reason: reasonUnknown}
	}
	if err != nil {
		return authz.Principal{}, fmt.Errorf("look up API key: %w", err)
	}
	if subtle.ConstantTimeCompare(hash[:], k.Hash[:]) != 1 {
		return authz.Principal{}, &Rejection{Reason: reasonUnknown}
	}
	at := s.now()
	if reason := k.refusal(at); reason != "" {
		return authz.Principal{}, &Rejection{reason, k.ID.String()}
	}
	if s.Uses != nil && at.Sub(k.LastUsedAt) >= seenAfter {
		s.Uses.Record(Use{Key: k.ID, TenantID: k.TenantID, At: at})
	}
	return authz.Principal{
		Kind: authz.KindAPIKey, ID: k.ID.String(), Name: k.Name, TenantID: k.TenantID.String(),
		Permissions: k.Permissions, PolicyRevision: k.PolicyRevision, ExpiresAt: k.ExpiresAt,
	}, nil
}

func (k *KeyCredential) refusal(at time.Time) string {
	switch {
	case !k.RevokedAt.IsZero():
		return reasonRevoked
	case !k.TenantDeletedAt.IsZero():
		return reasonTenantDeleted
	case past(k.ExpiresAt, at):
		return reasonExpired
	}
	return ""
}

func (s *Service) authenticateSession(ctx context.Context, id tenants.SessionID, tenant string) (authz.Principal, error) {
	c, err := s.Store.SessionCredential(ctx, id)
	if errors.Is(err, tenants.ErrNotFound) {
		return authz.Principal{}, &Rejection{Reason: reasonUnknown, ID: id.String()}
	}
	if err != nil {
		return authz.Principal{}, fmt.Errorf("look up session: %w", err)
	}
	at := s.now()
	if reason := c.refusal(at, tenant); reason != "" {
		return authz.Principal{}, &Rejection{reason, id.String()}
	}
	seen := c.SeenAt
	if at.Sub(seen) >= seenAfter && s.Uses != nil {
		seen = at
		s.Uses.Record(Use{Session: id, TenantID: c.TenantID, At: at})
	}
	return c.principal(seen), nil
}

func (c *SessionCredential) refusal(at time.Time, tenant string) string {
	switch {
	case c.TenantID.String() != tenant: // the token is signed, so this cannot be; nothing depends on it alone
		return reasonUnknown
	case !c.EndedAt.IsZero():
		return reasonEnded
	case !c.TenantDeletedAt.IsZero():
		return reasonTenantDeleted
	case past(c.ExpiresAt, at):
		return reasonExpired
	case past(c.SeenAt.Add(idleTime), at):
		return reasonIdle
	}
	return ""
}

func (c *SessionCredential) principal(seen time.Time) authz.Principal {
	kind := authz.KindPortal
	if c.TenantID.IsZero() {
		kind = authz.KindStaff
	}
	idle := seen.Add(idleTime)
	if idle.After(c.ExpiresAt) {
		idle = c.ExpiresAt
	}
	return authz.Principal{
		Kind: kind, ID: c.ID.String(), Name: c.Name, Email: c.Email,
		TenantID: c.TenantID.String(), ConnectionID: c.ConnectionID.String(), Roles: c.Roles,
		PolicyRevision: c.PolicyRevision, ExpiresAt: c.ExpiresAt, IdleExpiresAt: idle,
		Suspended: c.TenantSuspended,
	}
}
