package storage

import (
	"context"
	"fmt"
	"slices"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/events"
)

// RoleLines implements tenants.RoleStore.
func (s *Tenants) RoleLines(ctx context.Context, key string) (lines []authz.Line, err error) {
	err = s.db.view(ctx, "", func(tx *tx) error {
		exists := false
		lines = nil
		b := &batch{}
		b.query(func(scanner) error { exists = true; return nil }, `select 1 from roles where key = $1`, key)
		b.query(collectLines(&lines), selectRoleLines, key)
		if err := tx.last(ctx, b); err != nil {
			return err
		}
		if !exists {
			return tenants.ErrNotFound
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find role permissions: %w", err)
	}
	return lines, nil
}

const selectRoleLines = `
	select role, tenant_id, permission, effect from role_permissions
	where role = $1
	order by tenant_id, permission`

// SetRoleLines implements tenants.RoleStore.
func (s *Tenants) SetRoleLines(ctx context.Context, key string, before, after []authz.Line) error {
	return s.changeRoles(ctx, "set role permissions", func(tx *tx) (note, error) {
		r, err := tx.roleFor(ctx, key, tx.forChange())
		if err != nil {
			return note{}, err
		}
		var current []authz.Line
		if err := tx.each(ctx, collectLines(&current), selectRoleLines, key); err != nil {
			return note{}, err
		}
		switch {
		case !slices.Equal(current, before):
			return note{}, tenants.ErrOutdated
		case slices.Equal(current, after):
			return note{}, errRollback
		}
		if err := tx.replaceLines(ctx, key, after); err != nil {
			return note{}, err
		}
		if err := enqueueAccessJobs(ctx, tx, access.JobRole, key); err != nil { // what carries permissions may not be mapped
			return note{}, err
		}
		n := roleNote("permissions_changed", r)
		n.changes["lines"] = events.Change{From: lineTexts(before), To: lineTexts(after)}
		return n, nil
	})
}

// lineRow is a policy line as a statement takes it.
type lineRow struct {
	Tenant     string `json:"tenant_id"`
	Permission string `json:"permission"`
	Effect     string `json:"effect"`
}

func (t *tx) replaceLines(ctx context.Context, key string, lines []authz.Line) error {
	rows := make([]lineRow, len(lines))
	for i, l := range lines {
		rows[i] = lineRow{Tenant: everyTenant, Permission: string(l.Permission), Effect: string(l.Effect)}
		if l.Tenant == authz.Everywhere {
			continue
		}
		id, err := tenants.ParseTenantID(l.Tenant)
		if err != nil {
			return err
		}
		rows[i].Tenant = id.UUID()
	}
	list := jsonParam(rows)
	if err := t.refuseUnknownTenants(ctx, list); err != nil {
		return err
	}
	b := &batch{}
	b.exec(`delete from role_permissions where role = $1`, key)
	b.exec(`
		insert into role_permissions (tenant_id, role, permission, effect)
		select l.tenant_id, $1, l.permission, l.effect
		from `+t.jsonRows("$2", "l", "tenant_id uuid", "permission text", "effect text"), key, list)
	return t.send(ctx, b)
}

// refuseUnknownTenants: a line for a tenant that is not there is a slip of
// whoever wrote it.
func (t *tx) refuseUnknownTenants(ctx context.Context, list string) error {
	var unknown tenants.TenantID
	found := false
	err := t.each(ctx, func(row scanner) error {
		found = true
		return row.Scan(&unknown)
	}, `
		select l.tenant_id
		from `+t.jsonRows("$1", "l", "tenant_id uuid")+`
		where l.tenant_id <> $2 and not exists (select 1 from tenants t where t.id = l.tenant_id and t.deleted_at is null)
		limit 1`, list, everyTenant)
	if err == nil && found {
		return &tenants.InvalidError{Field: "lines", Reason: fmt.Sprintf("there is no tenant %s", unknown)}
	}
	return err
}

func lineTexts(lines []authz.Line) []string {
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.String()
	}
	return texts
}
