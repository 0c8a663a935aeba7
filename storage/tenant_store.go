package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// Tenants keeps tenants, their connections and the connections' tokens.
type Tenants struct{ db *DB }

// NewTenants returns the tenants of a database.
func NewTenants(db *DB) *Tenants { return &Tenants{db: db} }

var (
	_ tenants.Store           = (*Tenants)(nil)
	_ tenants.CredentialStore = (*Tenants)(nil)
	_ tenants.UsageStore      = (*Tenants)(nil)
)

// CreateTenant implements tenants.TenantStore.
func (s *Tenants) CreateTenant(ctx context.Context, t *tenants.Tenant) error {
	err := s.db.update(ctx, "", func(tx *tx) error {
		_, err := tx.exec(ctx, `
			insert into tenants (id, name, external_id, status, created_at)
			values ($1, $2, $3, $4, $5)`,
			t.ID, t.Name, sql.NullString{String: t.ExternalID, Valid: t.ExternalID != ""}, t.Status, t.CreatedAt.UnixMicro())
		if tx.isUnique(err) {
			return &tenants.TakenError{Field: "external_id", Value: t.ExternalID}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("create tenant: %w", err)
	}
	return nil
}

// selectTenant is what scanTenant reads, up to the conditions.
const selectTenant = `
	select t.id, t.name, coalesce(t.external_id, ''), t.status, t.created_at
	from tenants t
	where t.deleted_at is null`

func scanTenant(row scanner) (*tenants.Tenant, error) {
	var t tenants.Tenant
	var created int64
	if err := row.Scan(&t.ID, &t.Name, &t.ExternalID, &t.Status, &created); err != nil {
		return nil, err
	}
	t.CreatedAt = fromMicros(created)
	return &t, nil
}

// Tenant implements tenants.TenantStore.
func (s *Tenants) Tenant(ctx context.Context, id tenants.TenantID) (*tenants.Tenant, error) {
	return findOne(ctx, s.db, "tenant", scanTenant, selectTenant+` and t.id = $1`, id)
}

// ListTenants implements tenants.TenantStore.
func (s *Tenants) ListTenants(ctx context.Context, after tenants.TenantID, limit int) ([]*tenants.Tenant, error) {
	return findAll(ctx, s.db, "tenants", scanTenant,
		selectTenant+` and t.id > $1 order by t.id limit $2`, after, max(limit, 0))
}

// SetTenantStatus implements tenants.TenantStore.
func (s *Tenants) SetTenantStatus(ctx context.Context, id tenants.TenantID, status tenants.TenantStatus) error {
	return s.changeTenant(ctx, "set status of tenant", id, `
		update tenants set status = $2 where id = $1 and deleted_at is null`, id, status)
}

// DeleteTenant implements tenants.TenantStore.
func (s *Tenants) DeleteTenant(ctx context.Context, id tenants.TenantID, at time.Time) error {
	return s.changeTenant(ctx, "delete tenant", id, `
		update tenants set deleted_at = $2 where id = $1 and deleted_at is null`, id, at.UnixMicro())
}

// change runs one statement that changes one row, or finds none: ErrNotFound.
func (s *Tenants) change(ctx context.Context, doing, query string, args ...any) error {
	err := s.db.update(ctx, "", func(tx *tx) error { return tx.changeOne(ctx, query, args...) })
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

func (t *tx) changeOne(ctx context.Context, query string, args ...any) error {
	n, err := t.exec(ctx, query, args...)
	if err == nil && n == 0 {
		return tenants.ErrNotFound
	}
	return err
}

// findOne reads the one row of a query, or ErrNotFound.
func findOne[T any](ctx context.Context, db *DB, what string, scan func(scanner) (*T, error), query string, args ...any) (*T, error) {
	all, err := findAll(ctx, db, what, scan, query, args...)
	switch {
	case err != nil:
		return nil, err
	case len(all) == 0:
		return nil, fmt.Errorf("find %s: %w", what, tenants.ErrNotFound)
	}
	return all[0], nil
}

// findAll reads all rows of a query.
func findAll[T any](ctx context.Context, db *DB, what string, scan func(scanner) (*T, error), query string, args ...any) ([]*T, error) {
	var all []*T
	err := db.view(ctx, "", func(tx *tx) error {
		all = nil
		b := &batch{}
		b.query(func(row scanner) error {
			one, err := scan(row)
			all = append(all, one)
			return err
		}, query, args...)
		return tx.last(ctx, b)
	})
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", what, err)
	}
	return all, nil
}

// orNull is a time as a column that may be null, which the zero time is.
func orNull(at time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: at.UnixMicro(), Valid: !at.IsZero()}
}

// fromMicros is the time that a column holds.
func fromMicros(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// fromNull is orNull's inverse.
func fromNull(column sql.NullInt64) time.Time {
	if !column.Valid {
		return time.Time{}
	}
	return fromMicros(column.Int64)
}
