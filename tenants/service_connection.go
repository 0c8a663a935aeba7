package tenants

import (
	"context"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
)

// NewConnection is what a connection is made from.
type NewConnection struct {
	TenantID TenantID
	Name     string         // 1 to 64 characters, unique in the tenant without regard to case
	Provider string         // "okta"; any case
	Scopes   authz.ScopeSet // empty: DefaultScopes of the provider
	Settings []quirk.Change // where they depart from the provider's preset
}

// CreateConnection makes an active connection without a token.
func (s *Service) CreateConnection(ctx context.Context, n NewConnection) (*Connection, error) {
	name, err := cleanName(n.Name)
	if err != nil {
		return nil, err
	}
	provider, err := quirk.ParseProvider(n.Provider)
	if err != nil {
		return nil, &InvalidError{"provider", err.Error()}
	}
	preset := quirk.For(provider)
	c := &Connection{
		ID: NewConnectionID(), TenantID: n.TenantID, Name: name,
		Provider: provider, Settings: preset.With(preset, n.Settings), Scopes: n.Scopes,
		Status: ConnectionActive, CreatedAt: s.now(),
	}
	if c.Scopes == 0 {
		c.Scopes = DefaultScopes(provider)
	}
	if err := s.store.CreateConnection(ctx, c); err != nil {
		return nil, err
	}
	return c, nil
}

// Connection returns one connection for an operator, whoever's it is.
func (s *Service) Connection(ctx context.Context, id ConnectionID) (*Connection, error) {
	return s.store.FindConnection(ctx, id)
}

// ListConnections returns at most limit connections of a tenant that were
// created after the given one, or ErrNotFound if there is no such tenant.
func (s *Service) ListConnections(ctx context.Context, tenant TenantID, after ConnectionID, limit int) ([]*Connection, error) {
	if _, err := s.store.Tenant(ctx, tenant); err != nil {
		return nil, err
	}
	return s.store.ListConnections(ctx, tenant, after, limit)
}

// PauseConnection makes the connection answer 503, so that its identity provider
// keeps its changes and tries again later.
func (s *Service) PauseConnection(ctx context.Context, id ConnectionID) error {
	return s.setConnectionStatus(ctx, id, ConnectionPaused)
}

// ResumeConnection lets a paused connection take requests again.
func (s *Service) ResumeConnection(ctx context.Context, id ConnectionID) error {
	return s.setConnectionStatus(ctx, id, ConnectionActive)
}

func (s *Service) setConnectionStatus(ctx context.Context, id ConnectionID, status ConnectionStatus) error {
	c, err := s.store.FindConnection(ctx, id)
	if err != nil {
		return err
	}
	return s.forget(s.store.SetConnectionStatus(ctx, c.TenantID, id, status))
}

// ChangeSettings changes some of the connection's settings and returns the
// connection as it is then. Members that wait go on waiting, and join their
// groups, whether or not the settings let new ones wait.
func (s *Service) ChangeSettings(ctx context.Context, id ConnectionID, changes []quirk.Change) (*Connection, error) {
	c, err := s.store.FindConnection(ctx, id)
	if err != nil {
		return nil, err
	}
	c, err = s.store.SetConnectionSettings(ctx, c.TenantID, id, func(current *Connection) quirk.Settings {
		return current.Settings.With(quirk.For(current.Provider), changes)
	})
	return c, s.forget(err)
}

// DeleteConnection takes the connection away; its tokens stop at once. What it
// provisioned stays in the database.
func (s *Service) DeleteConnection(ctx context.Context, id ConnectionID) error {
	c, err := s.store.FindConnection(ctx, id)
	if err != nil {
		return err
	}
	return s.forget(s.store.DeleteConnection(ctx, c.TenantID, id, s.now()))
}
