package tenants

import (
	"context"
	"time"
)

// TenantStatus says whether a tenant is served.
type TenantStatus string

// The states of a tenant.
const (
	TenantActive    TenantStatus = "active"
	TenantSuspended TenantStatus = "suspended" // every connection answers 403
	TenantDeleted   TenantStatus = "deleted"   // as State says it; Status is what it goes back to
)

// Tenant is one customer organisation: the boundary that nothing crosses.
type Tenant struct {
	ID           TenantID
	Name         string
	ExternalID   string // the vendor's own id of this customer, unique if it is set
	Status       TenantStatus
	Entitlements Entitlements
	Adoption     Adoption
	RequestLog   RequestLog
	Branding     Branding // its own; Tenant and ListTenants leave it out, since logos are large
	CreatedAt    time.Time
	DeletedAt    time.Time // zero: not deleted
}

// State is the status as people see it.
func (t *Tenant) State() TenantStatus {
	if !t.DeletedAt.IsZero() {
		return TenantDeleted
	}
	return t.Status
}

// RestorableUntil is when a deleted tenant is beyond being brought back.
func (t *Tenant) RestorableUntil() time.Time { return restorableUntil(t.DeletedAt) }

// TenantFilter narrows a list of tenants.
type TenantFilter struct {
	Text       string       // part of the name, in any case, or all of the external id
	ExternalID string       // exactly
	Status     TenantStatus // "": those that are not deleted
	Only       TenantID     // zero: any
}

// TenantStore keeps tenants. A deleted tenant stays in the database; where a
// method does not say otherwise it is as if it had never been, its connections
// and tokens too. Times are kept to the microsecond, in UTC. Every change leaves
// its audit row, and its event, in the same transaction.
type TenantStore interface {
	BrandingStore
	// CreateTenant stores a tenant. Errors: *TakenError for "external_id".
	CreateTenant(ctx context.Context, t *Tenant) error
	// Tenant returns one tenant or ErrNotFound.
	Tenant(ctx context.Context, id TenantID) (*Tenant, error)
	// AnyTenant returns one tenant, also a deleted one whose data is still there,
	// or ErrNotFound.
	AnyTenant(ctx context.Context, id TenantID) (*Tenant, error)
	// ListTenants returns at most limit tenants with ids above after (the zero
	// id: from the first), in order of their ids, which is that of creation.
	ListTenants(ctx context.Context, filter TenantFilter, after TenantID, limit int) ([]*Tenant, error)
	// ChangeTenant stores what change makes of a tenant that AnyTenant would
	// return, and returns it. Nobody else changes it in between. If change makes
	// nothing of it, nothing is written; if change fails, its error is returned.
	// Errors: ErrNotFound, *TakenError for "external_id".
	ChangeTenant(ctx context.Context, id TenantID, change func(t *Tenant) error) (*Tenant, error)
}
