package login

import (
	"context"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

// Key is what is known of an API key. The key itself is shown once, when it is
// made, and is nowhere afterwards.
type Key struct {
	ID          tenants.KeyID
	TenantID    tenants.TenantID // zero: all tenants and the installation
	Name        string
	Prefix      string // how the key begins
	LastFour    string // how it ends
	Permissions authz.PermissionSet
	CreatedBy   string // what whoever made it is called
	CreatedAt   time.Time
	ExpiresAt   time.Time // zero: never
	RevokedAt   time.Time // zero: not revoked
	LastUsedAt  time.Time // zero: never; about a minute late, see Uses
}

// KeyState is what became of an API key.
type KeyState string

// The states of an API key. A revoked one that has expired is revoked.
const (
	KeyActive  KeyState = "active"
	KeyExpired KeyState = "expired"
	KeyRevoked KeyState = "revoked"
)

// State returns the state of the key at a time.
func (k *Key) State(at time.Time) KeyState {
	switch {
	case !k.RevokedAt.IsZero():
		return KeyRevoked
	case past(k.ExpiresAt, at):
		return KeyExpired
	}
	return KeyActive
}

// KeyStore keeps API keys. Revoked and expired ones stay listed.
type KeyStore interface {
	// CreateKey stores a key. Errors: tenants.ErrNotFound if its tenant does not
	// exist.
	CreateKey(ctx context.Context, k *Key, hash tenants.SecretHash) error
	// Key returns one key or tenants.ErrNotFound.
	Key(ctx context.Context, id tenants.KeyID) (*Key, error)
	// ListKeys returns at most limit keys that are older than one (the zero id:
	// from the newest), the newest first.
	ListKeys(ctx context.Context, before tenants.KeyID, limit int) ([]*Key, error)
	// RevokeKey marks the key as revoked; one that already is keeps its first
	// date. Errors: tenants.ErrNotFound.
	RevokeKey(ctx context.Context, id tenants.KeyID) error
}

// NewKey is what an API key is made from.
type NewKey struct {
	Name        string
	TenantID    tenants.TenantID // zero: all tenants and the installation
	Permissions authz.PermissionSet
	Lifetime    time.Duration // tenants.Forever, or how long it works
}

// CreateKey makes an API key that may do no more than whoever makes it. The secret
// is in the answer and nowhere else.
func (s *Service) CreateKey(ctx context.Context, by authz.Principal, n NewKey) (*Key, tenants.Secret, error) {
	name, err := required("name", n.Name, maxName)
	if err != nil {
		return nil, tenants.Secret{}, err
	}
	if n.Permissions == 0 {
		return nil, tenants.Secret{}, invalid("permissions", "name at least one permission; a key without any opens nothing")
	}
	if err := s.mayGive(ctx, by, n.TenantID, nil, n.Permissions); err != nil {
		return nil, tenants.Secret{}, err
	}
	secret := tenants.NewSecret(tenants.KeySecret)
	k := &Key{
		ID: tenants.NewKeyID(), TenantID: n.TenantID, Name: name, Prefix: secret.Prefix(), LastFour: secret.LastFour(),
		Permissions: n.Permissions, CreatedBy: author(ctx), CreatedAt: s.now(),
	}
	if n.Lifetime != tenants.Forever {
		k.ExpiresAt = k.CreatedAt.Add(n.Lifetime)
	}
	if err := s.Store.CreateKey(ctx, k, secret.Hash()); err != nil {
		return nil, tenants.Secret{}, err
	}
	return k, secret, nil
}

// Key returns one API key.
func (s *Service) Key(ctx context.Context, id tenants.KeyID) (*Key, error) {
	return s.Store.Key(ctx, id)
}

// ListKeys returns at most limit API keys that are older than one, the newest
// first, revoked and expired ones too.
func (s *Service) ListKeys(ctx context.Context, before tenants.KeyID, limit int) ([]*Key, error) {
	return s.Store.ListKeys(ctx, before, limit)
}

// RevokeKey stops an API key for good, on every replica from its next request on.
func (s *Service) RevokeKey(ctx context.Context, id tenants.KeyID) error {
	return s.Store.RevokeKey(ctx, id)
}
