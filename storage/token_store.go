package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/roster-scim/roster/tenants"
)

// CreateToken implements tenants.TokenStore.
func (s *Tenants) CreateToken(ctx context.Context, t *tenants.Token) error {
	err := s.db.update(ctx, t.TenantID.UUID(), func(tx *tx) error {
		c, err := tx.lockConnection(ctx, t.TenantID, t.ConnectionID) // nobody else makes or ends one
		if err != nil {
			return err
		}
		if !c.DeletedAt.IsZero() {
			return tenants.ErrNotFound
		}
		var old *tenants.Token
		if !t.Replaces.IsZero() {
			if old, err = tx.startRotation(ctx, t); err != nil {
				return err
			}
		}
		live, err := tx.liveTokens(ctx, t)
		if err != nil {
			return err
		}
		if err := tenants.AdmitToken(live); err != nil {
			return err
		}
		if err := tx.insertToken(ctx, t); err != nil {
			return err
		}
		return tx.noteNewToken(ctx, t, old)
	})
	if err != nil {
		return wrap("create token", err)
	}
	return nil
}

// liveTokens is how many other tokens of a token's connection work when it is made.
func (t *tx) liveTokens(ctx context.Context, k *tenants.Token) (n int, err error) {
	err = t.get(ctx, func(row scanner) error { return row.Scan(&n) }, `
		select count(*) from tokens
		where tenant_id = $1 and connection_id = $2 and id <> $3
			and revoked_at is null and (expires_at is null or expires_at > $4)`,
		k.TenantID, k.ConnectionID, k.ID, t.micros())
	return n, err
}

func (t *tx) insertToken(ctx context.Context, k *tenants.Token) error {
	scopes, err := json.Marshal(k.Scopes)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		insert into tokens (tenant_id, connection_id, id, name, hash, prefix, last_four, scopes,
			created_by, created_at, expires_at, revoked_at, last_used_at, replaces, told_days)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		k.TenantID, k.ConnectionID, k.ID, k.Name, k.Hash[:], k.Prefix, k.LastFour, string(scopes),
		k.CreatedBy, k.CreatedAt.UnixMicro(), orNull(k.ExpiresAt), orNull(k.RevokedAt), orNull(k.LastUsedAt),
		idOrNull(k.Replaces), warned(k.ExpiresAt, k.CreatedAt))
	return err
}

// idOrNull is an id as a column that may be null, which the zero id is.
func idOrNull[ID interface {
	IsZero() bool
	UUID() string
}](id ID) sql.NullString {
	if id.IsZero() {
		return sql.NullString{}
	}
	return textOrNull(id.UUID())
}

// selectAnyToken is what scanToken reads, up to more conditions.
//
//nolint:gosec // G101: names of columns, no secret
const selectAnyToken = `
	select k.tenant_id, k.connection_id, k.id, k.name, k.hash, k.prefix, k.last_four, k.scopes,
		k.created_by, k.created_at, k.expires_at, k.revoked_at, k.last_used_at, k.replaces,
		(select n.id from tokens n where n.tenant_id = k.tenant_id and n.connection_id = k.connection_id and n.replaces = k.id)
	from tokens k
	join connections c on c.tenant_id = k.tenant_id and c.id = k.connection_id
	join tenants t on t.id = k.tenant_id
	where true`

const selectToken = selectAnyToken + ` and c.deleted_at is null and t.deleted_at is null`

func scanToken(row scanner) (*tenants.Token, error) {
	var t tenants.Token
	var hash, scopes []byte
	var created int64
	var expires, revoked, used sql.NullInt64
	var replaces, replacedBy nullID[tenants.TokenID, *tenants.TokenID]
	err := row.Scan(&t.TenantID, &t.ConnectionID, &t.ID, &t.Name, &hash, &t.Prefix, &t.LastFour, &scopes,
		&t.CreatedBy, &created, &expires, &revoked, &used, &replaces, &replacedBy)
	if err != nil {
		return nil, err
	}
	if t.Scopes, err = readScopes(scopes); err != nil {
		return nil, err
	}
	copy(t.Hash[:], hash)
	t.CreatedAt = fromMicros(created)
	t.ExpiresAt, t.RevokedAt, t.LastUsedAt = fromNull(expires), fromNull(revoked), fromNull(used)
	t.Replaces, t.ReplacedBy = replaces.id, replacedBy.id
	return &t, nil
}

// nullID is an id in a column that may be null, which is the zero id.
type nullID[ID any, P interface {
	*ID
	sql.Scanner
}] struct{ id ID }

// Scan implements sql.Scanner.
func (n *nullID[ID, P]) Scan(src any) error {
	if src == nil {
		return nil
	}
	return P(&n.id).Scan(src)
}

// FindToken implements tenants.TokenStore.
func (s *Tenants) FindToken(ctx context.Context, tenant tenants.TenantID, id tenants.TokenID) (*tenants.Token, error) {
	query, args := selectToken+` and k.id = $1`, []any{id}
	if !tenant.IsZero() {
		query, args = query+` and k.tenant_id = $2`, append(args, tenant)
	}
	return findOne(ctx, s.db, "token", scanToken, query, args...)
}

// ListTokens implements tenants.TokenStore.
func (s *Tenants) ListTokens(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID,
	after tenants.TokenID, limit int) ([]*tenants.Token, error) {
	return findAll(ctx, s.db, "tokens", scanToken,
		selectToken+` and k.tenant_id = $1 and k.connection_id = $2 and k.id > $3 order by k.id limit $4`,
		tenant, connection, after, max(limit, 0))
}

// readToken reads a token of the tenant as it is now, in a transaction that has
// locked its connection.
func (t *tx) readToken(ctx context.Context, tenant tenants.TenantID, id tenants.TokenID) (*tenants.Token, error) {
	var found *tenants.Token
	err := t.getOne(ctx, func(row scanner) (err error) {
		found, err = scanToken(row)
		return err
	}, selectToken+` and k.tenant_id = $1 and k.id = $2`, tenant, id)
	return found, err
}

// lockToken is readToken that locks the connection first: nobody else makes or
// ends a token of it until the end of the transaction.
func (t *tx) lockToken(ctx context.Context, tenant tenants.TenantID, id tenants.TokenID) (*tenants.Token, error) {
	k, err := t.readToken(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	if _, err := t.lockConnection(ctx, tenant, k.ConnectionID); err != nil {
		return nil, err
	}
	t.readClock() // who had the lock before was earlier
	return t.readToken(ctx, tenant, id)
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
