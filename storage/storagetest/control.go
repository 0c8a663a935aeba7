package storagetest

import (
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

func (s *suite) setTenantStatus(id tenants.TenantID, status tenants.TenantStatus) error {
	return s.changeTenant(id, func(t *tenants.Tenant) { t.Status = status })
}

func (s *suite) deleteTenant(id tenants.TenantID, at time.Time) error {
	return s.changeTenant(id, func(t *tenants.Tenant) { t.DeletedAt = at })
}

// changeTenant changes a tenant that is not deleted.
func (s *suite) changeTenant(id tenants.TenantID, change func(*tenants.Tenant)) error {
	_, err := s.Tenants.ChangeTenant(s.ctx, id, func(t *tenants.Tenant) error {
		if !t.DeletedAt.IsZero() {
			return tenants.ErrNotFound
		}
		change(t)
		return nil
	})
	return err
}

// findConnection finds a connection that is not deleted, whoever's it is.
func (s *suite) findConnection(id tenants.ConnectionID) (*tenants.Connection, error) {
	c, err := s.Tenants.AnyConnection(s.ctx, tenants.TenantID{}, id)
	if err == nil && !c.DeletedAt.IsZero() {
		return nil, tenants.ErrNotFound
	}
	return c, err
}

func (s *suite) setConnectionStatus(tenant tenants.TenantID, id tenants.ConnectionID, status tenants.ConnectionStatus) error {
	_, err := s.changeConnection(tenant, id, func(c *tenants.Connection) { c.Status = status })
	return err
}

func (s *suite) setSettings(tenant tenants.TenantID, id tenants.ConnectionID, change func(*tenants.Connection) quirk.Settings,
) (*tenants.Connection, error) {
	return s.changeConnection(tenant, id, func(c *tenants.Connection) { c.Settings = change(c) })
}

func (s *suite) deleteConnection(tenant tenants.TenantID, id tenants.ConnectionID, at time.Time) error {
	_, err := s.changeConnection(tenant, id, func(c *tenants.Connection) { c.DeletedAt, c.People = at, tenants.KeepPeople })
	return err
}

// changeConnection changes a connection that is not deleted.
func (s *suite) changeConnection(tenant tenants.TenantID, id tenants.ConnectionID, change func(*tenants.Connection),
) (*tenants.Connection, error) {
	return s.Tenants.ChangeConnection(s.ctx, tenant, id, func(c *tenants.Connection) error {
		if !c.DeletedAt.IsZero() {
			return tenants.ErrNotFound
		}
		change(c)
		return nil
	})
}

func (s *suite) revokeToken(tenant tenants.TenantID, id tenants.TokenID, at time.Time) error {
	return s.Tenants.RevokeToken(s.ctx, tenant, id, at, nil)
}
