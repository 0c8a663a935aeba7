package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/events"
)

var _ tenants.RoleStore = (*Tenants)(nil)

const roleColumns = `key, name, description, rank, grantable, keep_one, mappable_with_permissions, created_at, updated_at`

func scanRole(row scanner) (*tenants.Role, error) {
	var r tenants.Role
	var created, updated int64
	err := row.Scan(&r.Key, &r.Name, &r.Description, &r.Rank, &r.Grantable, &r.KeepOne, &r.MappableWithPermissions, &created, &updated)
	r.CreatedAt, r.UpdatedAt = fromMicros(created), fromMicros(updated)
	return &r, err
}

// Role implements tenants.RoleStore.
func (s *Tenants) Role(ctx context.Context, key string) (*tenants.Role, error) {
	return findOne(ctx, s.db, "role", scanRole, `select `+roleColumns+` from roles where key = $1`, key)
}

// ListRoles implements tenants.RoleStore.
func (s *Tenants) ListRoles(ctx context.Context, after *tenants.RolePlace, limit int) ([]*tenants.Role, error) {
	if after == nil {
		return findAll(ctx, s.db, "roles", scanRole,
			`select `+roleColumns+` from roles order by rank desc, key limit cast($1 as bigint)`, max(limit, 0))
	}
	return findAll(ctx, s.db, "roles", scanRole, `
		select `+roleColumns+` from roles
		where rank < $1 or rank = $1 and key > $2
		order by rank desc, key
		limit cast($3 as bigint)`, after.Rank, after.Key, max(limit, 0))
}

// changeRoles runs fn in a transaction that changes the policy, and writes the
// note that fn returns to the installation's log.
func (s *Tenants) changeRoles(ctx context.Context, doing string, fn func(tx *tx) (note, error)) error {
	err := s.db.update(ctx, installationTenant, func(tx *tx) error {
		if err := tx.raisePolicy(ctx); err != nil {
			return err
		}
		n, err := fn(tx)
		if err != nil {
			return err
		}
		return tx.note(ctx, &batch{}, n)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

func roleNote(action string, r *tenants.Role) note {
	return note{action: "role." + action, targetType: "role", targetName: r.Key, changes: map[string]any{}}
}

// CreateRole implements tenants.RoleStore.
func (s *Tenants) CreateRole(ctx context.Context, r *tenants.Role) error {
	return s.changeRoles(ctx, "create role", func(tx *tx) (note, error) {
		count := 0
		if err := tx.get(ctx, func(row scanner) error { return row.Scan(&count) }, `select count(*) from roles`); err != nil {
			return note{}, err
		}
		if count >= tenants.MaxRoles {
			return note{}, &tenants.RefusedError{Code: "role_limit", Reason: fmt.Sprintf(
				"There are %d roles, and there can be no more. Delete one that nobody uses.", count)}
		}
		_, err := tx.exec(ctx, `
			insert into roles (`+roleColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			r.Key, r.Name, r.Description, r.Rank, r.Grantable, r.KeepOne, r.MappableWithPermissions,
			r.CreatedAt.UnixMicro(), r.UpdatedAt.UnixMicro())
		if tx.isUnique(err) {
			return note{}, &tenants.TakenError{Field: "key", Value: r.Key}
		}
		n := roleNote("created", r)
		for name, value := range roleValues(r) {
			n.changes[name] = events.Change{To: value}
		}
		return n, err
	})
}

// UpdateRole implements tenants.RoleStore.
func (s *Tenants) UpdateRole(ctx context.Context, key string, change func(r *tenants.Role) error) (*tenants.Role, error) {
	var updated *tenants.Role
	err := s.changeRoles(ctx, "update role", func(tx *tx) (note, error) {
		before, err := tx.roleFor(ctx, key, tx.forChange())
		if err != nil {
			return note{}, err
		}
		after := *before
		if err := change(&after); err != nil {
			return note{}, err
		}
		updated = &after
		if after == *before {
			return note{}, errRollback
		}
		after.UpdatedAt = tx.now
		n := roleNote("updated", &after)
		old := roleValues(before)
		for name, value := range roleValues(&after) {
			if value != old[name] {
				n.changes[name] = events.Change{From: old[name], To: value}
			}
		}
		_, err = tx.exec(ctx, `
			update roles set name = $2, description = $3, rank = $4, grantable = $5, keep_one = $6,
				mappable_with_permissions = $7, updated_at = $8
			where key = $1`,
			key, after.Name, after.Description, after.Rank, after.Grantable, after.KeepOne,
			after.MappableWithPermissions, tx.micros())
		if err == nil && (after.Rank != before.Rank || after.Grantable != before.Grantable || after.MappableWithPermissions != before.MappableWithPermissions) {
			err = enqueueAccessJobs(ctx, tx, access.JobRole, key)
		}
		return n, err
	})
	if err != nil {
		return nil, err
	}
	return updated, nil
}

// roleValues are what can change of a role, as the log names it.
func roleValues(r *tenants.Role) map[string]any {
	return map[string]any{
		"name": r.Name, "description": r.Description, "rank": r.Rank, "grantable": r.Grantable, "keep_one": r.KeepOne,
		"mappable_with_permissions": r.MappableWithPermissions,
	}
}

// roleFor reads a role and locks its row.
func (t *tx) roleFor(ctx context.Context, key, lock string) (found *tenants.Role, err error) {
	err = t.each(ctx, func(row scanner) error {
		found, err = scanRole(row)
		return err
	}, `select `+roleColumns+` from roles where key = $1`+lock, key)
	if err == nil && found == nil {
		return nil, tenants.ErrNotFound
	}
	return found, err
}
