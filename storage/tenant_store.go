package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
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
	columns, err := columnsOf(t)
	if err != nil {
		return fmt.Errorf("create tenant: %w", err)
	}
	err = s.db.update(ctx, t.ID.UUID(), func(tx *tx) error {
		_, err := tx.exec(ctx, `
			insert into tenants (id, name, external_id, status, entitlements, settings, deleted_at, branding, created_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, append(columns, t.CreatedAt.UnixMicro())...)
		if tx.isUnique(err) {
			return &tenants.TakenError{Field: "external_id", Value: t.ExternalID}
		}
		if err != nil {
			return err
		}
		return tx.noteTenant(ctx, nil, t)
	})
	if err != nil {
		return fmt.Errorf("create tenant: %w", err)
	}
	return nil
}

// columnsOf are the columns of a tenant that may change, behind its id.
func columnsOf(t *tenants.Tenant) ([]any, error) {
	entitlements, err := json.Marshal(entitlementsColumn(t.Entitlements))
	if err != nil {
		return nil, err
	}
	settings, err := json.Marshal(settingsOf(t))
	if err != nil {
		return nil, err
	}
	branding, err := json.Marshal(t.Branding)
	if err != nil {
		return nil, err
	}
	return []any{
		t.ID, t.Name, textOrNull(t.ExternalID), t.Status, string(entitlements), string(settings), orNull(t.DeletedAt), string(branding),
	}, nil
}

// tenantPurging is the status of a tenant whose grace is over and whose data is
// being removed. Nothing but the purge sees such a tenant.
const tenantPurging = "purging"

// selectAnyTenant is what scanTenant reads, up to more conditions.
const selectAnyTenant = `select ` + tenantColumns + anyTenant

// selectBrandedTenant is what scanBrandedTenant reads, up to more conditions.
const selectBrandedTenant = `select ` + tenantColumns + `, t.branding` + anyTenant

const (
	tenantColumns = `t.id, t.name, coalesce(t.external_id, ''), t.status, t.entitlements, t.settings, t.created_at, t.deleted_at`
	anyTenant     = ` from tenants t where t.purged_at is null and t.status <> '` + tenantPurging + `'`
)

const selectTenant = selectAnyTenant + ` and t.deleted_at is null`

// scanBrandedTenant reads a tenant with its branding.
func scanBrandedTenant(row scanner) (*tenants.Tenant, error) {
	var branding []byte
	t, err := scanTenant(row, &branding)
	if err != nil {
		return nil, err
	}
	t.Branding, err = readBranding(branding)
	return t, err
}

func scanPlainTenant(row scanner) (*tenants.Tenant, error) { return scanTenant(row) }

// scanTenant reads a tenant, and into more what comes behind its columns.
func scanTenant(row scanner, more ...any) (*tenants.Tenant, error) {
	var t tenants.Tenant
	var entitlements, settings []byte
	var created int64
	var deleted sql.NullInt64
	err := row.Scan(append([]any{&t.ID, &t.Name, &t.ExternalID, &t.Status, &entitlements, &settings, &created, &deleted}, more...)...)
	if err != nil {
		return nil, err
	}
	if t.Entitlements, err = readEntitlements(entitlements); err != nil {
		return nil, err
	}
	if t.Adoption, t.RequestLog, err = readSettings(settings); err != nil {
		return nil, err
	}
	t.CreatedAt, t.DeletedAt = fromMicros(created), fromNull(deleted)
	return &t, nil
}

// Tenant implements tenants.TenantStore.
func (s *Tenants) Tenant(ctx context.Context, id tenants.TenantID) (*tenants.Tenant, error) {
	return findOne(ctx, s.db, "tenant", scanPlainTenant, selectTenant+` and t.id = $1`, id)
}

// AnyTenant implements tenants.TenantStore.
func (s *Tenants) AnyTenant(ctx context.Context, id tenants.TenantID) (*tenants.Tenant, error) {
	return findOne(ctx, s.db, "tenant", scanBrandedTenant, selectBrandedTenant+` and t.id = $1`, id)
}

// ListTenants implements tenants.TenantStore.
func (s *Tenants) ListTenants(ctx context.Context, f tenants.TenantFilter, after tenants.TenantID, limit int) ([]*tenants.Tenant, error) {
	q := &listing{text: selectTenant, args: []any{after, max(limit, 0)}}
	if f.Status == tenants.TenantDeleted {
		q.text = selectAnyTenant + ` and t.deleted_at is not null`
	} else if f.Status != "" {
		q.where(`t.status = %s`, f.Status)
	}
	if f.ExternalID != "" {
		q.where(`t.external_id = %s`, f.ExternalID)
	}
	if f.Text != "" {
		q.where(`(`+s.db.engine.fold("t.name")+` like `+s.db.engine.fold("%s")+` escape '\' or t.external_id = %s)`,
			containing(f.Text), f.Text)
	}
	if !f.Only.IsZero() {
		q.whereID("t.id", f.Only)
	}
	return findAll(ctx, s.db, "tenants", scanPlainTenant, q.text+` and t.id > $1 order by t.id limit $2`, q.args...)
}

// listing is a statement that gets conditions.
type listing struct {
	text string
	args []any
}

// where adds a condition, with %s for each of its parameters.
func (l *listing) where(condition string, args ...any) {
	names := make([]any, len(args))
	for i, arg := range args {
		l.args = append(l.args, arg)
		names[i] = fmt.Sprintf("cast($%d as text)", len(l.args))
	}
	l.text += " and " + fmt.Sprintf(condition, names...)
}

// whereID adds the condition that a column has an id.
func (l *listing) whereID(column string, id any) {
	l.args = append(l.args, id)
	l.text += fmt.Sprintf(" and %s = $%d", column, len(l.args))
}

// containing is the pattern of a text somewhere in another, for like with escape '\'.
func containing(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

// ChangeTenant implements tenants.TenantStore.
func (s *Tenants) ChangeTenant(ctx context.Context, id tenants.TenantID, change func(*tenants.Tenant) error) (*tenants.Tenant, error) {
	var after *tenants.Tenant
	err := s.db.update(ctx, id.UUID(), func(tx *tx) error {
		before, err := tx.lockTenantRow(ctx, id, selectBrandedTenant, scanBrandedTenant)
		if err != nil {
			return err
		}
		next := *before
		after = &next
		if err := change(after); err != nil {
			return err
		}
		if len(tenantChanges(before, after)) == 0 {
			return errRollback
		}
		if err := tx.storeTenant(ctx, after); err != nil {
			return err
		}
		return tx.noteTenant(ctx, before, after)
	})
	if err != nil {
		return nil, wrap("change tenant", err)
	}
	return after, nil
}

// lockTenantRow reads a tenant, which nobody else changes then until the end of
// the transaction; nor does anybody give it another connection.
func (t *tx) lockTenantRow(ctx context.Context, id tenants.TenantID, query string, scan func(scanner) (*tenants.Tenant, error)) (found *tenants.Tenant, err error) {
	err = t.getOne(ctx, func(row scanner) (err error) {
		found, err = scan(row)
		return err
	}, query+` and t.id = $1`+t.forChange(), id)
	return found, err
}

func (t *tx) storeTenant(ctx context.Context, after *tenants.Tenant) error {
	columns, err := columnsOf(after)
	if err != nil {
		return err
	}
	err = t.changeOne(ctx, `
		update tenants set name = $2, external_id = $3, status = $4, entitlements = $5, settings = $6, deleted_at = $7, branding = $8
		where id = $1`, columns...)
	if t.isUnique(err) {
		return &tenants.TakenError{Field: "external_id", Value: after.ExternalID}
	}
	if err != nil {
		return err
	}
	return t.touchConnections(ctx, after.ID)
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
