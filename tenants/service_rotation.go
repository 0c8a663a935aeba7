package tenants

import (
	"context"
	"time"

	"github.com/roster-scim/roster/authz"
)

// Rotation is what the token that takes another's place is made from.
type Rotation struct {
	Name     string         // "": that of the token that is replaced
	Lifetime *time.Duration // nil: as long as that of the token that is replaced was
}

// StartRotation makes the token that is to take another's place, with the same
// scopes. Both work until FinishRotation or CancelRotation.
func (s *Service) StartRotation(ctx context.Context, id TokenID, r Rotation) (*Token, Secret, error) {
	old, err := s.Token(ctx, id)
	if err != nil {
		return nil, Secret{}, err
	}
	next := NewToken{Name: r.Name, Scopes: old.Scopes}
	if next.Name == "" {
		next.Name = old.Name
	}
	switch {
	case r.Lifetime != nil:
		next.Lifetime = *r.Lifetime
	case !old.ExpiresAt.IsZero():
		next.Lifetime = old.ExpiresAt.Sub(old.CreatedAt)
	}
	// The scopes are the old token's, whatever the connection may do by now.
	t, secret, err := s.prepareToken(ctx, &Connection{TenantID: old.TenantID, ID: old.ConnectionID, Scopes: authz.AllScopes}, next)
	if err != nil {
		return nil, Secret{}, err
	}
	t.Replaces = old.ID
	if err := s.store.CreateToken(ctx, t); err != nil {
		return nil, Secret{}, err
	}
	return t, secret, nil
}

// FinishRotation revokes the token that was replaced and returns the one that
// took its place.
func (s *Service) FinishRotation(ctx context.Context, old TokenID) (*Token, error) {
	_, successor, err := s.endRotation(ctx, old, FinishRotation)
	return successor, err
}

// CancelRotation revokes the token that was to take another's place, and returns
// the one that stays.
func (s *Service) CancelRotation(ctx context.Context, old TokenID) (*Token, error) {
	stays, _, err := s.endRotation(ctx, old, CancelRotation)
	return stays, err
}

func (s *Service) endRotation(ctx context.Context, old TokenID, fate TokenFate) (replaced, successor *Token, err error) {
	t, err := s.Token(ctx, old)
	if err != nil {
		return nil, nil, err
	}
	replaced, successor, err = s.store.EndRotation(ctx, t.TenantID, old, fate, s.now())
	return replaced, successor, s.forget(err)
}
