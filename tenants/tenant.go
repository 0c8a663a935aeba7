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
)

// Tenant is one customer organisation: the boundary that nothing crosses.
type Tenant struct {
	ID         TenantID
	Name       string
	ExternalID string // the vendor's own id of this customer, unique if it is set
	Status     TenantStatus
	CreatedAt  time.Time
}

// TenantStore keeps tenants. A deleted tenant stays in the database, but every
// method here treats it as if it had never been, its connections and tokens too.
// Times are kept to the microsecond, in UTC.
type TenantStore interface {
	// CreateTenant stores a tenant. Errors: *TakenError for "external_id".
	CreateTenant(ctx context.Context, t *Tenant) error
	// Tenant returns one tenant or ErrNotFound.
	Tenant(ctx context.Context, id TenantID) (*Tenant, error)
	// ListTenants returns at most limit tenants with ids above after (the zero
	// id: from the first), in order of their ids, which is that of creation.
	ListTenants(ctx context.Context, after TenantID, limit int) ([]*Tenant, error)
	// SetTenantStatus changes the status. Errors: ErrNotFound.
	SetTenantStatus(ctx context.Context, id TenantID, status TenantStatus) error
	// DeleteTenant marks the tenant as deleted. Errors: ErrNotFound.
	DeleteTenant(ctx context.Context, id TenantID, at time.Time) error
}
