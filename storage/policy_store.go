package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

var _ authz.Policies = (*Tenants)(nil)

// everyTenant is the tenant of a policy line that holds in all of them, as the
// table has it.
const everyTenant = installationTenant

// Lines implements authz.Policies.
func (s *Tenants) Lines(ctx context.Context, tenantID string) (revision int64, lines []authz.Line, err error) {
	query := `
		select role, tenant_id, permission, effect from role_permissions
		order by role, tenant_id, permission`
	var args []any
	if tenantID != "" {
		id, err := tenants.ParseTenantID(tenantID)
		if err != nil {
			return 0, nil, fmt.Errorf("find policy lines: %w", err)
		}
		query = `
			select role, tenant_id, permission, effect from role_permissions
			where tenant_id = $1 or tenant_id = $2
			order by role, tenant_id, permission`
		args = []any{everyTenant, id}
	}
	err = s.db.view(ctx, "", func(tx *tx) error {
		revision, lines = 0, nil
		b := &batch{}
		b.query(func(row scanner) error { return row.Scan(&revision) }, `select policy_revision from installation`)
		b.query(collectLines(&lines), query, args...)
		return tx.last(ctx, b)
	})
	if err != nil {
		return 0, nil, fmt.Errorf("find policy lines: %w", err)
	}
	return revision, lines, nil
}

// collectLines adds the rows of role, tenant_id, permission and effect to a list.
func collectLines(to *[]authz.Line) func(scanner) error {
	return func(row scanner) error {
		var l authz.Line
		var tenant tenants.TenantID
		if err := row.Scan(&l.Role, &tenant, &l.Permission, &l.Effect); err != nil {
			return err
		}
		if l.Tenant = tenant.String(); l.Tenant == "" {
			l.Tenant = authz.Everywhere
		}
		*to = append(*to, l)
		return nil
	}
}

// raisePolicy makes every decision from now on one by the policy as this
// transaction leaves it. It comes first in the transaction, so that changes of
// roles follow one another.
func (t *tx) raisePolicy(ctx context.Context) error {
	_, err := t.exec(ctx, `update installation set policy_revision = policy_revision + 1`)
	return err
}
