package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/people"
)

// People reads the users and groups of a tenant across its directories. It
// implements people.Store.
type People struct {
	db    *DB
	types people.Types
	// fewNamed is how many names that begin with a text are found in about the
	// time that a page takes.
	fewNamed int
}

var _ people.Store = (*People)(nil)

// NewPeople returns the people of a database. types knows which attributes are
// never shown.
func NewPeople(db *DB, types people.Types) *People {
	return &People{db: db, types: types, fewNamed: 2_000}
}

// liveTenant is the condition that a tenant t is there: neither deleted nor being
// removed.
const liveTenant = `t.deleted_at is null and t.purged_at is null and t.status <> '` + tenantPurging + `'`

// read runs the one batch of a transaction that reads a tenant's people.
func (s *People) read(ctx context.Context, doing string, tenant tenants.TenantID, add func(tx *tx, b *batch)) error {
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		b := &batch{}
		there := tx.addTenant(b, tenant)
		add(tx, b)
		if err := tx.last(ctx, b); err != nil {
			return err
		}
		return there()
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// addTenant has a batch find out whether the tenant is there; the result is
// ErrNotFound if it is not.
func (t *tx) addTenant(b *batch, tenant tenants.TenantID) func() error {
	found := false
	b.query(func(row scanner) error {
		var one int
		found = true
		return row.Scan(&one)
	}, `select 1 from tenants t where t.id = $1 and `+liveTenant, tenant)
	return func() error {
		if !found {
			return tenants.ErrNotFound
		}
		return nil
	}
}

// Terms implements people.Store.
func (s *People) Terms(ctx context.Context, tenant tenants.TenantID) (people.Terms, error) {
	terms, err := findOne(ctx, s.db, "tenant", func(row scanner) (*people.Terms, error) {
		var terms people.Terms
		var entitlements []byte
		if err := row.Scan(&entitlements, &terms.SchemaRevision); err != nil {
			return nil, err
		}
		entitled, err := readEntitlements(entitlements)
		terms.Seats = entitled.Seats
		return &terms, err
	}, `select t.entitlements, t.schema_revision from tenants t where t.id = $1 and `+liveTenant, tenant)
	if err != nil {
		return people.Terms{}, err
	}
	return *terms, nil
}
