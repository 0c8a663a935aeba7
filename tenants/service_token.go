package tenants

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/roster-scim/roster/authz"
)

// NewToken is what a token is made from.
type NewToken struct {
	ConnectionID ConnectionID
	Name         string         // 1 to 64 characters
	Lifetime     time.Duration  // Forever, or how long the token works
	Scopes       authz.ScopeSet // narrows the connection's; empty: whatever the connection may do, now and later
}

// CreateToken makes a token. The secret is in the answer and nowhere else.
func (s *Service) CreateToken(ctx context.Context, n NewToken) (*Token, Secret, error) {
	c, err := s.AnyConnection(ctx, n.ConnectionID)
	if err != nil {
		return nil, Secret{}, err
	}
	if !c.DeletedAt.IsZero() {
		return nil, Secret{}, connectionIsDeleted(c)
	}
	t, secret, err := s.prepareToken(ctx, c, n)
	if err != nil {
		return nil, Secret{}, err
	}
	if err := s.store.CreateToken(ctx, t); err != nil {
		return nil, Secret{}, err
	}
	return t, secret, nil
}

func (s *Service) prepareToken(ctx context.Context, c *Connection, n NewToken) (*Token, Secret, error) {
	name, err := cleanName(n.Name)
	if err != nil {
		return nil, Secret{}, err
	}
	scopes, err := tokenScopes(c, n.Scopes)
	if err != nil {
		return nil, Secret{}, err
	}
	secret, created := newSecret(), s.now()
	t := &Token{
		ID: NewTokenID(), TenantID: c.TenantID, ConnectionID: c.ID, Name: name,
		Hash: secret.Hash(), Prefix: secret.Prefix(), LastFour: secret.LastFour(),
		Scopes: scopes, CreatedBy: cmp.Or(OriginOf(ctx).ActorName, OriginOf(ctx).Actor), CreatedAt: created,
	}
	if n.Lifetime != Forever {
		t.ExpiresAt = created.Add(n.Lifetime)
	}
	return t, secret, nil
}

// tokenScopes refuses a scope that the connection lacks: the token would look as
// if it granted something and would not.
func tokenScopes(c *Connection, asked authz.ScopeSet) (authz.ScopeSet, error) {
	if asked == 0 {
		return authz.AllScopes, nil
	}
	if !c.Scopes.Covers(asked) {
		return 0, &InvalidError{"scopes", fmt.Sprintf(
			"connection %q itself may only do %s", c.Name, c.Scopes)}
	}
	return asked, nil
}

// Token returns one token.
func (s *Service) Token(ctx context.Context, id TokenID) (*Token, error) {
	if s.confined && s.tenant.IsZero() {
		return nil, ErrNotFound // to the store it would mean any
	}
	return s.store.FindToken(ctx, s.tenant, id)
}

// TokenOf returns one token of a connection.
func (s *Service) TokenOf(ctx context.Context, connection ConnectionID, id TokenID) (*Token, error) {
	t, err := s.Token(ctx, id)
	if err == nil && t.ConnectionID != connection {
		return nil, ErrNotFound
	}
	return t, err
}

// ListTokens returns at most limit tokens of a connection that were created
// after the given one, revoked and expired ones too.
func (s *Service) ListTokens(ctx context.Context, connection ConnectionID, after TokenID, limit int) ([]*Token, error) {
	c, err := s.Connection(ctx, connection)
	if err != nil {
		return nil, err
	}
	return s.store.ListTokens(ctx, c.TenantID, c.ID, after, limit)
}

// RevokeToken stops a token for good. If it is the only one of its connection
// that works, confirm must be its name: without one the error is a *RefusedError.
func (s *Service) RevokeToken(ctx context.Context, id TokenID, confirm string) error {
	t, err := s.Token(ctx, id)
	if err != nil {
		return err
	}
	return s.forget(s.store.RevokeToken(ctx, t.TenantID, id, s.now(), func(t *Token, others int) error {
		switch {
		case others > 0 || !t.Live(s.now()):
			return nil
		case confirm == "":
			return &RefusedError{CodeLastToken, fmt.Sprintf(
				"%q is the only token of its connection that works, so the connection would stop. "+
					"Make another first, or give its name to say that you mean it.", t.Name)}
		}
		return checkTyped(confirm, t.Name, "token")
	}))
}
