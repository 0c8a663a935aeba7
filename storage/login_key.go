package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/login"
)

// keyColumns are what scanKey reads.
const keyColumns = `k.tenant_id, k.id, k.name, k.prefix, k.last_four, k.permissions, k.created_by,
	k.created_at, k.expires_at, k.revoked_at, k.last_used_at`

// scanKey reads keyColumns and, behind them, more.
func scanKey(row scanner, k *login.Key, more ...any) error {
	var permissions []byte
	var created int64
	var expires, revoked, used sql.NullInt64
	err := row.Scan(append([]any{&k.TenantID, &k.ID, &k.Name, &k.Prefix, &k.LastFour, &permissions, &k.CreatedBy,
		&created, &expires, &revoked, &used}, more...)...)
	if err != nil {
		return err
	}
	k.CreatedAt, k.ExpiresAt = fromMicros(created), fromNull(expires)
	k.RevokedAt, k.LastUsedAt = fromNull(revoked), fromNull(used)
	return json.Unmarshal(permissions, &k.Permissions)
}

func readKey(row scanner) (*login.Key, error) {
	var k login.Key
	return &k, scanKey(row, &k)
}

// KeyCredential implements login.CredentialStore.
func (s *Logins) KeyCredential(ctx context.Context, hash tenants.SecretHash) (*login.KeyCredential, error) {
	return findOne(ctx, s.db, "API key", func(row scanner) (*login.KeyCredential, error) {
		var c login.KeyCredential
		var stored []byte
		var deleted sql.NullInt64
		err := scanKey(row, &c.Key, &stored, &deleted, &c.PolicyRevision)
		copy(c.Hash[:], stored)
		c.TenantDeletedAt = fromNull(deleted)
		return &c, err
	}, `
		select `+keyColumns+`, k.hash, t.deleted_at, i.policy_revision
		from api_keys k
		cross join installation i
		left join tenants t on t.id = k.tenant_id
		where k.hash = $1`, hash[:])
}

// CreateKey implements login.KeyStore.
func (s *Logins) CreateKey(ctx context.Context, k *login.Key, hash tenants.SecretHash) error {
	permissions, err := json.Marshal(k.Permissions)
	if err != nil {
		return fmt.Errorf("create API key: %w", err)
	}
	err = s.db.update(ctx, installationTenant, func(tx *tx) error {
		if err := tx.hasTenant(ctx, k.TenantID); err != nil {
			return err
		}
		b := &batch{}
		b.exec(`
			insert into api_keys (tenant_id, id, name, hash, prefix, last_four, permissions, created_by, created_at, expires_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			k.TenantID, k.ID, k.Name, hash[:], k.Prefix, k.LastFour, string(permissions), k.CreatedBy,
			k.CreatedAt.UnixMicro(), orNull(k.ExpiresAt))
		changes := map[string]any{"permissions": events.Change{To: k.Permissions}}
		if !k.TenantID.IsZero() {
			changes["tenant"] = events.Change{To: k.TenantID}
		}
		if !k.ExpiresAt.IsZero() {
			changes["expires_at"] = events.Change{To: k.ExpiresAt}
		}
		return tx.note(ctx, b, keyNote("api_key.created", k.ID, k.Name, changes))
	})
	if err != nil {
		return fmt.Errorf("create API key: %w", err)
	}
	return nil
}

func keyNote(action string, id tenants.KeyID, name string, changes map[string]any) note {
	return note{action: action, targetType: "api_key", targetID: id.UUID(), targetName: name, changes: changes}
}

// Key implements login.KeyStore.
func (s *Logins) Key(ctx context.Context, id tenants.KeyID) (*login.Key, error) {
	return findOne(ctx, s.db, "API key", readKey, `select `+keyColumns+` from api_keys k where k.id = $1`, id)
}

// ListKeys implements login.KeyStore.
func (s *Logins) ListKeys(ctx context.Context, from tenants.KeyID, limit int) ([]*login.Key, error) {
	return findAll(ctx, s.db, "API keys", readKey, `
		select `+keyColumns+` from api_keys k where k.id < $1 order by k.id desc limit cast($2 as bigint)`,
		before(from), max(limit, 0))
}

// RevokeKey implements login.KeyStore.
func (s *Logins) RevokeKey(ctx context.Context, id tenants.KeyID) error {
	err := s.db.update(ctx, installationTenant, func(tx *tx) error {
		name := ""
		err := tx.get(ctx, func(row scanner) error { return row.Scan(&name) }, `
			update api_keys set revoked_at = $2 where id = $1 and revoked_at is null returning name`, id, tx.micros())
		if errors.Is(err, sql.ErrNoRows) {
			return tx.unlessGone(ctx, `select 1 from api_keys where id = $1`, id)
		}
		if err != nil {
			return err
		}
		return tx.note(ctx, &batch{}, keyNote("api_key.revoked", id, name, nil))
	})
	if err != nil {
		return fmt.Errorf("revoke API key: %w", err)
	}
	return nil
}
