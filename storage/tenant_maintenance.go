package storage

import (
	"context"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
)

// Registries knows the resource types of tenants.
type Registries interface {
	// Registry returns a tenant's registry of at least the given revision.
	Registry(ctx context.Context, tenant tenants.TenantID, revision int64) (*schema.Registry, error)
}

// Maintenance does what has to be done when nobody asks for it.
type Maintenance struct {
	db    *DB
	types Registries

	requests requestPruner
	history  historyPruner
}

// NewMaintenance returns the maintenance of a database.
func NewMaintenance(db *DB, types Registries) *Maintenance { return &Maintenance{db: db, types: types} }
