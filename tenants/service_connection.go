package tenants

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
)

// NewConnection is what a connection is made from.
type NewConnection struct {
	TenantID TenantID
	Name     string         // 1 to 64 characters, unique in the tenant without regard to case
	Provider string         // "okta"; any case
	Scopes   authz.ScopeSet // empty: DefaultScopes of the provider
	Domains  []string       // whose people it may provision; none: anybody
	Settings []quirk.Change // where they depart from the provider's preset
}

// CreateConnection makes an active connection without a token.
func (s *Service) CreateConnection(ctx context.Context, n NewConnection) (*Connection, error) {
	c, err := s.prepareConnection(n)
	if err != nil {
		return nil, err
	}
	if err := s.store.CreateConnection(ctx, c); err != nil {
		return nil, err
	}
	return c, nil
}

// CreateConnectionWithToken makes an active connection and its first token, or
// neither. What the token says of a connection is not heeded.
func (s *Service) CreateConnectionWithToken(ctx context.Context, n NewConnection, first NewToken) (*Connection, *Token, Secret, error) {
	c, err := s.prepareConnection(n)
	if err != nil {
		return nil, nil, Secret{}, err
	}
	t, secret, err := s.prepareToken(ctx, c, first)
	if err != nil {
		return nil, nil, Secret{}, err
	}
	if err := s.store.CreateConnection(ctx, c, t); err != nil {
		return nil, nil, Secret{}, err
	}
	return c, t, secret, nil
}

func (s *Service) prepareConnection(n NewConnection) (*Connection, error) {
	if s.confined && n.TenantID != s.tenant {
		return nil, ErrNotFound
	}
	name, err := cleanName(n.Name)
	if err != nil {
		return nil, err
	}
	provider, err := parseProvider(n.Provider)
	if err != nil {
		return nil, err
	}
	domains, err := cleanDomains("domains", n.Domains)
	if err != nil {
		return nil, err
	}
	preset := quirk.For(provider)
	c := &Connection{
		ID: NewConnectionID(), TenantID: n.TenantID, Name: name,
		Provider: provider, Settings: preset.With(preset, n.Settings), Scopes: n.Scopes, Domains: domains,
		Status: ConnectionActive, CreatedAt: s.now(),
	}
	if c.Scopes == 0 {
		c.Scopes = DefaultScopes(provider)
	}
	return c, nil
}

func parseProvider(text string) (quirk.Provider, error) {
	provider, err := quirk.ParseProvider(text)
	if err != nil {
		return "", &InvalidError{"provider", err.Error()}
	}
	return provider, nil
}

// Connection returns one connection.
func (s *Service) Connection(ctx context.Context, id ConnectionID) (*Connection, error) {
	c, err := s.AnyConnection(ctx, id)
	if err == nil && !c.DeletedAt.IsZero() {
		return nil, ErrNotFound
	}
	return c, err
}

// AnyConnection returns one connection, also one that was deleted and can be
// restored.
func (s *Service) AnyConnection(ctx context.Context, id ConnectionID) (*Connection, error) {
	if s.confined && s.tenant.IsZero() {
		return nil, ErrNotFound // to the store it would mean any
	}
	return s.store.AnyConnection(ctx, s.tenant, id)
}

// ListConnections returns at most limit connections of a tenant that were
// created after the given one, or ErrNotFound if there is no such tenant.
func (s *Service) ListConnections(ctx context.Context, tenant TenantID, filter ConnectionFilter,
	after ConnectionID, limit int) ([]*Connection, error) {
	if s.confined && tenant != s.tenant {
		return nil, ErrNotFound
	}
	if _, err := s.store.Tenant(ctx, tenant); err != nil {
		return nil, err
	}
	return s.store.ListConnections(ctx, tenant, filter, after, limit)
}

// CountDirectories returns what each of a tenant's connections has provisioned.
func (s *Service) CountDirectories(ctx context.Context, tenant TenantID, list ...*Connection) (map[ConnectionID]DirectoryCount, error) {
	if len(list) == 0 {
		return nil, nil
	}
	ids := make([]ConnectionID, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	return s.store.CountDirectories(ctx, tenant, ids)
}

// PauseConnection makes the connection answer 503, so that its identity provider
// keeps its changes and tries again later.
func (s *Service) PauseConnection(ctx context.Context, id ConnectionID) (*Connection, error) {
	return s.changeConnection(ctx, id, func(c *Connection) error {
		c.Status = ConnectionPaused
		return nil
	})
}

// ResumeConnection lets a paused connection take requests again.
func (s *Service) ResumeConnection(ctx context.Context, id ConnectionID) (*Connection, error) {
	return s.changeConnection(ctx, id, func(c *Connection) error {
		c.Status = ConnectionActive
		return nil
	})
}

// ChangeSettings changes some of the connection's settings and returns the
// connection as it is then. Members that wait go on waiting, and join their
// groups, whether or not the settings let new ones wait.
func (s *Service) ChangeSettings(ctx context.Context, id ConnectionID, changes []quirk.Change) (*Connection, error) {
	return s.UpdateConnection(ctx, id, ConnectionUpdate{Settings: changes})
}

// changeConnection changes a connection that is not deleted.
func (s *Service) changeConnection(ctx context.Context, id ConnectionID, change func(*Connection) error) (*Connection, error) {
	c, err := s.AnyConnection(ctx, id)
	if err != nil {
		return nil, err
	}
	c, err = s.store.ChangeConnection(ctx, c.TenantID, id, func(c *Connection) error {
		if !c.DeletedAt.IsZero() {
			return connectionIsDeleted(c)
		}
		return change(c)
	})
	return c, s.forget(err)
}

func connectionIsDeleted(c *Connection) *RefusedError {
	return &RefusedError{CodeDeleted, fmt.Sprintf(
		"The connection %q is deleted. Until %s it can be restored.", c.Name, date(c.RestorableUntil()))}
}
