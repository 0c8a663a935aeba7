package tenants

import (
	"context"
)

// NewTenant is what a tenant is made from.
type NewTenant struct {
	Name       string // 1 to 64 characters
	ExternalID string // optional, unique: the vendor's own id of this customer
}

// CreateTenant makes an active tenant.
func (s *Service) CreateTenant(ctx context.Context, n NewTenant) (*Tenant, error) {
	name, err := cleanName(n.Name)
	if err != nil {
		return nil, err
	}
	externalID, err := cleanExternalID(n.ExternalID)
	if err != nil {
		return nil, err
	}
	t := &Tenant{
		ID: NewTenantID(), Name: name, ExternalID: externalID,
		Status: TenantActive, CreatedAt: s.now(),
	}
	if err := s.store.CreateTenant(ctx, t); err != nil {
		return nil, err
	}
	return t, nil
}

// Tenant returns one tenant.
func (s *Service) Tenant(ctx context.Context, id TenantID) (*Tenant, error) {
	return s.store.Tenant(ctx, id)
}

// ListTenants returns at most limit tenants that were created after the given one.
func (s *Service) ListTenants(ctx context.Context, after TenantID, limit int) ([]*Tenant, error) {
	return s.store.ListTenants(ctx, after, limit)
}

// SuspendTenant makes every connection of the tenant answer 403.
func (s *Service) SuspendTenant(ctx context.Context, id TenantID) error {
	return s.forget(s.store.SetTenantStatus(ctx, id, TenantSuspended))
}

// ResumeTenant lets a suspended tenant's connections work again.
func (s *Service) ResumeTenant(ctx context.Context, id TenantID) error {
	return s.forget(s.store.SetTenantStatus(ctx, id, TenantActive))
}

// DeleteTenant takes the tenant away with its connections; their tokens stop at
// once. What they provisioned stays in the database.
func (s *Service) DeleteTenant(ctx context.Context, id TenantID) error {
	return s.forget(s.store.DeleteTenant(ctx, id, s.now()))
}
