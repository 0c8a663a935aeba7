package tenants

import (
	"context"
	"time"
)

// NewTenant is what a tenant is made from.
type NewTenant struct {
	Name         string              // 1 to 64 characters
	ExternalID   string              // optional, unique: the vendor's own id of this customer
	Entitlements *EntitlementsChange // where they are not DefaultEntitlements
	Adoption     *AdoptionChange     // where it is not DefaultAdoption
	RequestLog   *RequestLogChange   // where it is not DefaultRequestLog
	Branding     *Branding           // where it is not the installation's
}

// CreateTenant makes an active tenant.
func (s *Service) CreateTenant(ctx context.Context, n NewTenant) (*Tenant, error) {
	t := &Tenant{
		ID: NewTenantID(), Status: TenantActive, CreatedAt: s.now(),
		Entitlements: DefaultEntitlements(), Adoption: DefaultAdoption(), RequestLog: DefaultRequestLog(),
	}
	u := TenantUpdate{Name: &n.Name, ExternalID: &n.ExternalID, Entitlements: n.Entitlements, Adoption: n.Adoption,
		RequestLog: n.RequestLog, Branding: n.Branding}
	if err := u.apply(t); err != nil {
		return nil, err
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

// AnyTenant returns one tenant, also one that was deleted and can be restored.
func (s *Service) AnyTenant(ctx context.Context, id TenantID) (*Tenant, error) {
	return s.store.AnyTenant(ctx, id)
}

// ListTenants returns at most limit tenants that were created after the given one.
func (s *Service) ListTenants(ctx context.Context, filter TenantFilter, after TenantID, limit int) ([]*Tenant, error) {
	return s.store.ListTenants(ctx, filter, after, limit)
}

// TenantUpdate says what becomes different of a tenant; nil leaves a part alone.
type TenantUpdate struct {
	Name         *string
	ExternalID   *string // "": none any more
	Entitlements *EntitlementsChange
	Adoption     *AdoptionChange
	RequestLog   *RequestLogChange
	Branding     *Branding // as a whole
}

func (u *TenantUpdate) apply(t *Tenant) (err error) {
	if u.Name != nil {
		if t.Name, err = cleanName(*u.Name); err != nil {
			return err
		}
	}
	if u.ExternalID != nil {
		if t.ExternalID, err = cleanExternalID(*u.ExternalID); err != nil {
			return err
		}
	}
	if err := u.Entitlements.apply(&t.Entitlements); err != nil {
		return err
	}
	if err := u.RequestLog.apply(&t.RequestLog); err != nil {
		return err
	}
	if err := replaceBranding(&t.Branding, u.Branding); err != nil {
		return err
	}
	return u.Adoption.apply(&t.Adoption)
}

// UpdateTenant changes a tenant.
func (s *Service) UpdateTenant(ctx context.Context, id TenantID, u TenantUpdate) (*Tenant, error) {
	return s.changeTenant(ctx, id, u.apply)
}

// SuspendTenant makes every connection of the tenant answer 403.
func (s *Service) SuspendTenant(ctx context.Context, id TenantID) (*Tenant, error) {
	return s.changeTenant(ctx, id, func(t *Tenant) error {
		t.Status = TenantSuspended
		return nil
	})
}

// ResumeTenant lets a suspended tenant's connections work again.
func (s *Service) ResumeTenant(ctx context.Context, id TenantID) (*Tenant, error) {
	return s.changeTenant(ctx, id, func(t *Tenant) error {
		t.Status = TenantActive
		return nil
	})
}

// DeleteTenant takes the tenant away with its connections; their tokens stop at
// once. confirm is its name. For Grace it can be restored; then its data goes.
func (s *Service) DeleteTenant(ctx context.Context, id TenantID, confirm string) (*Tenant, error) {
	return s.changeTenant(ctx, id, func(t *Tenant) error {
		t.DeletedAt = s.now()
		return checkTyped(confirm, t.Name, "tenant")
	})
}

// RestoreTenant brings a deleted tenant back as it was. Errors, besides those of
// every change: *TakenError for "external_id" if another tenant has it now,
// *RefusedError if it is not deleted or the grace is over.
func (s *Service) RestoreTenant(ctx context.Context, id TenantID) (*Tenant, error) {
	t, err := s.store.ChangeTenant(ctx, id, func(t *Tenant) error {
		if err := restore("tenant", t.DeletedAt, s.now()); err != nil {
			return err
		}
		t.DeletedAt = time.Time{}
		return nil
	})
	return t, s.forget(err)
}

// changeTenant changes a tenant that is not deleted.
func (s *Service) changeTenant(ctx context.Context, id TenantID, change func(*Tenant) error) (*Tenant, error) {
	t, err := s.store.ChangeTenant(ctx, id, func(t *Tenant) error {
		if !t.DeletedAt.IsZero() {
			return ErrNotFound
		}
		return change(t)
	})
	return t, s.forget(err)
}
