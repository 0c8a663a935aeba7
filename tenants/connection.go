package tenants

import (
	"context"
	"strings"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
)

// ConnectionStatus says whether a connection takes requests.
type ConnectionStatus string

// The states of a connection.
const (
	ConnectionActive ConnectionStatus = "active"
	ConnectionPaused ConnectionStatus = "paused" // answers 503, so that the identity provider retries
)

// Connection is a named provisioning link from one identity provider to one
// tenant. It has a directory of its own.
type Connection struct {
	ID        ConnectionID
	TenantID  TenantID
	Name      string // unique in the tenant, compared by NameKey
	Provider  quirk.Provider
	Status    ConnectionStatus
	Scopes    authz.ScopeSet
	Settings  quirk.Settings
	CreatedAt time.Time
}

// NameKey is the form in which connection names are compared: without case.
func (c *Connection) NameKey() string { return strings.ToLower(c.Name) }

// ConnectionStore keeps connections. A deleted connection stays in the database,
// but every method here treats it as if it had never been.
type ConnectionStore interface {
	// CreateConnection stores a connection. Errors: *TakenError for "name",
	// ErrNotFound if the tenant does not exist.
	CreateConnection(ctx context.Context, c *Connection) error
	// FindConnection returns one connection, whoever's it is, or ErrNotFound. It
	// serves the operator's commands; nothing that acts for a tenant calls it.
	FindConnection(ctx context.Context, id ConnectionID) (*Connection, error)
	// ListConnections returns at most limit connections of a tenant with ids
	// above after, in order of their ids.
	ListConnections(ctx context.Context, tenant TenantID, after ConnectionID, limit int) ([]*Connection, error)
	// SetConnectionStatus changes the status. Errors: ErrNotFound.
	SetConnectionStatus(ctx context.Context, tenant TenantID, id ConnectionID, status ConnectionStatus) error
	// SetConnectionSettings puts the settings that change returns in the place of
	// those that it is given, and returns the connection as it is then. Nobody
	// else changes them in between. Errors: ErrNotFound.
	SetConnectionSettings(ctx context.Context, tenant TenantID, id ConnectionID,
		change func(current *Connection) quirk.Settings) (*Connection, error)
	// DeleteConnection marks the connection as deleted. Errors: ErrNotFound.
	DeleteConnection(ctx context.Context, tenant TenantID, id ConnectionID, at time.Time) error
}
