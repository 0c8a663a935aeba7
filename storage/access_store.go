package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

// Access keeps entry points, role mappings, assignments and what the vendor was
// told of access, and finds out who holds what.
type Access struct {
	db  *DB
	one string // selectAccess of the database
}

// NewAccess returns the access of a database.
func NewAccess(db *DB) *Access { return &Access{db: db, one: selectAccess(db.engine)} }

// Access implements access.Store.
func (s *Access) Access(ctx context.Context, tenant tenants.TenantID, user string) (*access.UserAccess, error) {
	if !isID(user) {
		return nil, tenants.ErrNotFound
	}
	var found *access.UserAccess
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		rows := newAccessRows()
		b := &batch{}
		b.query(rows.scan, s.one, tenant.UUID(), user)
		if err := tx.last(ctx, b); err != nil {
			return err
		}
		if !rows.found {
			return tenants.ErrNotFound
		}
		found = rows.Of(&rows.People[0])
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find access: %w", err)
	}
	return found, nil
}
