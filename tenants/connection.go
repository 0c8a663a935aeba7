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
	ConnectionActive   ConnectionStatus = "active"
	ConnectionPaused   ConnectionStatus = "paused"   // answers 503, so that the identity provider retries
	ConnectionDeleting ConnectionStatus = "deleting" // as State says it; Status is what it goes back to
)

// PeopleOnDelete says what becomes of a connection's people when it is deleted.
type PeopleOnDelete string

// The choices. Only the end of the grace makes them final; during it, people to
// be deactivated or removed hold no access.
const (
	KeepPeople       PeopleOnDelete = "keep"       // they become manual users, with the same ids
	DeactivatePeople PeopleOnDelete = "deactivate" // the same, and nobody is active
	RemovePeople     PeopleOnDelete = "remove"     // they are deleted
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
	Domains   []string // whose people it may provision: in lower case, in order; none: anybody
	Settings  quirk.Settings
	CreatedAt time.Time
	DeletedAt time.Time      // zero: not deleted
	People    PeopleOnDelete // what becomes of them if it is deleted
}

// NameKey is the form in which connection names are compared: without case.
func (c *Connection) NameKey() string { return strings.ToLower(c.Name) }

// State is the status as people see it.
func (c *Connection) State() ConnectionStatus {
	if !c.DeletedAt.IsZero() {
		return ConnectionDeleting
	}
	return c.Status
}

// RestorableUntil is when a deleted connection is beyond being brought back.
func (c *Connection) RestorableUntil() time.Time { return restorableUntil(c.DeletedAt) }

// ConnectionFilter narrows a list of connections.
type ConnectionFilter struct {
	Text     string           // part of the name, in any case
	Status   ConnectionStatus // "": those that are not deleted, whatever their status
	Provider quirk.Provider   // "": any
	Only     ConnectionID     // zero: any
}

// DirectoryCount is how many a connection has provisioned.
type DirectoryCount struct{ People, Active, Groups int }

// ConnectionStore keeps connections. A deleted connection stays in the database;
// where a method does not say otherwise it is as if it had never been. Every
// change leaves its audit row and its event in the same transaction.
type ConnectionStore interface {
	// CreateConnection stores a connection, and its first tokens with it. Errors:
	// *TakenError for "name", ErrNotFound if the tenant does not exist, what
	// Tenant.AdmitConnection says.
	CreateConnection(ctx context.Context, c *Connection, first ...*Token) error
	// AnyConnection returns one connection of the tenant, also a deleted one whose
	// data is still there, or ErrNotFound. The zero tenant stands for whichever it
	// belongs to: that serves the operator's commands, nothing that acts for a
	// tenant.
	AnyConnection(ctx context.Context, tenant TenantID, id ConnectionID) (*Connection, error)
	// ListConnections returns at most limit connections of a tenant with ids
	// above after, in order of their ids.
	ListConnections(ctx context.Context, tenant TenantID, filter ConnectionFilter, after ConnectionID, limit int) ([]*Connection, error)
	// CountDirectories returns what connections of a tenant have provisioned.
	CountDirectories(ctx context.Context, tenant TenantID, connections []ConnectionID) (map[ConnectionID]DirectoryCount, error)
	// ChangeConnection stores what change makes of a connection that AnyConnection
	// would return, and returns it. Nobody else changes it in between. If change
	// makes nothing of it, nothing is written; if change fails, its error is
	// returned. Errors: ErrNotFound, *TakenError for "name", and if it stops being
	// deleted what Tenant.AdmitConnection says.
	ChangeConnection(ctx context.Context, tenant TenantID, id ConnectionID, change func(c *Connection) error) (*Connection, error)
}
