package login

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

// SessionPrincipal returns whom a session acts as, so that somebody can ask what
// it may do. A session that has ended or expired is *tenants.RefusedError.
func (s *Service) SessionPrincipal(ctx context.Context, id tenants.SessionID) (authz.Principal, error) {
	c, err := s.Store.SessionCredential(ctx, id)
	if err != nil {
		return authz.Principal{}, fmt.Errorf("look up session: %w", err)
	}
	if reason := c.refusal(s.now(), c.TenantID.String()); reason != "" {
		return authz.Principal{}, &tenants.RefusedError{Code: reason, Reason: "This session has ended or has expired."}
	}
	return c.principal(c.SeenAt), nil
}

// KeyPrincipal returns whom an API key acts as, so that somebody can ask what it
// may do. A key that was revoked or has expired is *tenants.RefusedError.
func (s *Service) KeyPrincipal(ctx context.Context, id tenants.KeyID) (authz.Principal, error) {
	k, err := s.Store.Key(ctx, id)
	if err != nil {
		return authz.Principal{}, fmt.Errorf("look up API key: %w", err)
	}
	if state := k.State(s.now()); state != KeyActive {
		return authz.Principal{}, &tenants.RefusedError{Code: string(state), Reason: "This API key was revoked or has expired."}
	}
	return authz.Principal{
		Kind: authz.KindAPIKey, ID: k.ID.String(), Name: k.Name, TenantID: k.TenantID.String(), Permissions: k.Permissions,
		ExpiresAt: k.ExpiresAt,
	}, nil
}
