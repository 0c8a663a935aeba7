package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// CreateToken implements tenants.TokenStore.
func (s *Tenants) CreateToken(ctx context.Context, t *tenants.Token) error {
	scopes, err := json.Marshal(t.Scopes)
	if err != nil {
		return fmt.Errorf("create token: %w", err)
	}
	return s.change(ctx, "create token", `
		insert into tokens (tenant_id, connection_id, id, name, hash, prefix, last_four, scopes,
			created_at, expires_at, revoked_at, last_used_at)
		select c.tenant_id, c.id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
		from connections c
		join tenants t on t.id = c.tenant_id and t.deleted_at is null
		where c.tenant_id = $1 and c.id = $2 and c.deleted_at is null`,
		t.TenantID, t.ConnectionID, t.ID, t.Name, t.Hash[:], t.Prefix, t.LastFour, string(scopes),
		t.CreatedAt.UnixMicro(), orNull(t.ExpiresAt), orNull(t.RevokedAt), orNull(t.LastUsedAt))
}

// selectToken is what scanToken reads, up to the conditions.
//
//nolint:gosec // G101: names of columns, no secret
const selectToken = `
	select k.tenant_id, k.connection_id, k.id, k.name, k.hash, k.prefix, k.last_four, k.scopes,
		k.created_at, k.expires_at, k.revoked_at, k.last_used_at
	from tokens k
	join connections c on c.tenant_id = k.tenant_id and c.id = k.connection_id and c.deleted_at is null
	join tenants t on t.id = k.tenant_id and t.deleted_at is null
	where true`

func scanToken(row scanner) (*tenants.Token, error) {
	var t tenants.Token
	var hash, scopes []byte
	var created int64
	var expires, revoked, used sql.NullInt64
	err := row.Scan(&t.TenantID, &t.ConnectionID, &t.ID, &t.Name, &hash, &t.Prefix, &t.LastFour, &scopes,
		&created, &expires, &revoked, &used)
	if err != nil {
		return nil, err
	}
	if t.Scopes, err = readScopes(scopes); err != nil {
		return nil, err
	}
	copy(t.Hash[:], hash)
	t.CreatedAt = fromMicros(created)
	t.ExpiresAt, t.RevokedAt, t.LastUsedAt = fromNull(expires), fromNull(revoked), fromNull(used)
	return &t, nil
}

// FindToken implements tenants.TokenStore.
func (s *Tenants) FindToken(ctx context.Context, id tenants.TokenID) (*tenants.Token, error) {
	return findOne(ctx, s.db, "token", scanToken, selectToken+` and k.id = $1`, id)
}

// ListTokens implements tenants.TokenStore.
func (s *Tenants) ListTokens(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID,
	after tenants.TokenID, limit int) ([]*tenants.Token, error) {
	return findAll(ctx, s.db, "tokens", scanToken,
		selectToken+` and k.tenant_id = $1 and k.connection_id = $2 and k.id > $3 order by k.id limit $4`,
		tenant, connection, after, max(limit, 0))
}

// RevokeToken implements tenants.TokenStore.
func (s *Tenants) RevokeToken(ctx context.Context, tenant tenants.TenantID, id tenants.TokenID, at time.Time) error {
	err := s.db.update(ctx, "", func(tx *tx) error {
		return tx.getOne(ctx, func(row scanner) error {
			var connection tenants.ConnectionID
			err := row.Scan(&connection)
			tx.touched.Connection(connection.UUID())
			return err
		}, `
			update tokens set revoked_at = coalesce(revoked_at, $3)
			where tenant_id = $1 and id = $2 and exists (
				select 1
				from connections c
				join tenants t on t.id = c.tenant_id and t.deleted_at is null
				where c.tenant_id = $1 and c.id = tokens.connection_id and c.deleted_at is null)
			returning connection_id`, tenant, id, at.UnixMicro())
	})
	if err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	return nil
}

// usesPerStatement bounds the parameter of one statement of RecordUses.
const usesPerStatement = 1000

// use is a tenants.Use as a statement takes it.
type use struct {
	TenantID string `json:"tenant_id"`
	ID       string `json:"id"`
	At       int64  `json:"at"`
}

// RecordUses implements tenants.UsageStore.
func (s *Tenants) RecordUses(ctx context.Context, uses []tenants.Use) error {
	err := s.db.update(ctx, "", func(tx *tx) error {
		b := &batch{}
		for some := range slices.Chunk(uses, usesPerStatement) {
			rows := make([]use, len(some))
			for i, u := range some {
				rows[i] = use{TenantID: u.TenantID.UUID(), ID: u.TokenID.UUID(), At: u.At.UnixMicro()}
			}
			b.exec(`
				update tokens set last_used_at = u.at
				from (
					select v.tenant_id, v.id, max(v.at) as at
					from `+tx.jsonRows("$1", "v", "tenant_id uuid", "id uuid", "at bigint")+`
					group by v.tenant_id, v.id
				) u
				where tokens.tenant_id = u.tenant_id and tokens.id = u.id
					and (tokens.last_used_at is null or tokens.last_used_at < u.at)`, jsonParam(rows))
		}
		return tx.send(ctx, b)
	})
	if err != nil {
		return fmt.Errorf("record uses of %d tokens: %w", len(uses), err)
	}
	return nil
}
