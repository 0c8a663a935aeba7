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

// linkColumns are what scanLink reads.
const linkColumns = `l.tenant_id, l.id, l.connection_id, coalesce(c.name, ''), l.roles, l.return_url, l.email, l.tries, l.inviter, l.note,
	l.created_by, l.created_at, l.expires_at, l.used_at, l.used_from, l.revoked_at, l.revoked_by`

// linkTables are where linkColumns come from.
const linkTables = `portal_links l
	left join connections c on c.tenant_id = l.tenant_id and c.id = l.connection_id`

// scanLink reads linkColumns and, behind them, more.
func scanLink(row scanner, l *login.Link, more ...any) error {
	var created, expires int64
	var used, revoked sql.NullInt64
	err := row.Scan(append([]any{&l.TenantID, &l.ID, &l.ConnectionID, &l.ConnectionName, textList{&l.Roles}, &l.ReturnURL,
		&l.Email, &l.Tries, &l.Inviter, &l.Note, &l.CreatedBy, &created, &expires, &used, &l.UsedFrom,
		&revoked, &l.RevokedBy}, more...)...)
	l.CreatedAt, l.ExpiresAt = fromMicros(created), fromMicros(expires)
	l.UsedAt, l.RevokedAt = fromNull(used), fromNull(revoked)
	return err
}

func readLink(row scanner) (*login.Link, error) {
	var l login.Link
	return &l, scanLink(row, &l)
}

// CreateLink implements login.LinkStore.
func (s *Logins) CreateLink(ctx context.Context, l *login.Link, hash tenants.SecretHash) error {
	roles, err := json.Marshal(l.Roles)
	if err != nil {
		return fmt.Errorf("create portal link: %w", err)
	}
	err = s.db.update(ctx, l.TenantID.UUID(), func(tx *tx) error {
		if err := tx.servesTenant(ctx, l.TenantID); err != nil {
			return err
		}
		if err := tx.nameConnection(ctx, l); err != nil {
			return err
		}
		b := &batch{}
		b.exec(`
			insert into portal_links (tenant_id, id, connection_id, hash, roles, return_url, email, inviter, note,
				created_by, created_at, expires_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			l.TenantID, l.ID, orNullID(l.ConnectionID), hash[:], string(roles), l.ReturnURL, l.Email, l.Inviter, l.Note,
			l.CreatedBy, l.CreatedAt.UnixMicro(), l.ExpiresAt.UnixMicro())
		n := linkNote("portal_link.created", l)
		n.changes = map[string]any{"roles": events.Change{To: l.Roles}, "expires_at": events.Change{To: l.ExpiresAt}}
		if l.Email != "" {
			n.changes["email"] = events.Change{To: l.Email}
		}
		return tx.note(ctx, b, n)
	})
	if err != nil {
		return fmt.Errorf("create portal link: %w", err)
	}
	return nil
}

// servesTenant is hasTenant, and refuses a suspended one.
func (t *tx) servesTenant(ctx context.Context, id tenants.TenantID) error {
	if err := t.hasTenant(ctx, id); err != nil {
		return err
	}
	suspended, err := t.any(ctx, `select 1 from tenants where id = $1 and status = $2`, id, string(tenants.TenantSuspended))
	if err == nil && suspended {
		return &tenants.RefusedError{Code: "suspended", Reason: "The tenant is suspended. Resume it, then invite somebody."}
	}
	return err
}

// nameConnection reads what the link's connection is called and refuses one that
// does not exist.
func (t *tx) nameConnection(ctx context.Context, l *login.Link) error {
	if l.ConnectionID.IsZero() {
		return nil
	}
	err := t.get(ctx, func(row scanner) error { return row.Scan(&l.ConnectionName) },
		`select name from connections where tenant_id = $1 and id = $2 and deleted_at is null`, l.TenantID, l.ConnectionID)
	if errors.Is(err, sql.ErrNoRows) {
		return tenants.ErrNotFound
	}
	return err
}

func linkNote(action string, l *login.Link) note {
	n := note{tenant: l.TenantID.UUID(), action: action, targetType: "portal_link", targetID: l.ID.UUID(), targetName: l.Email}
	if !l.ConnectionID.IsZero() {
		n.connection = l.ConnectionID.UUID()
	}
	return n
}

// Link implements login.LinkStore.
func (s *Logins) Link(ctx context.Context, tenant tenants.TenantID, id tenants.LinkID) (*login.Link, error) {
	return findOne(ctx, s.db, "portal link", readLink,
		`select `+linkColumns+` from `+linkTables+` where l.tenant_id = $1 and l.id = $2`, tenant, id)
}

// ListLinks implements login.LinkStore.
func (s *Logins) ListLinks(ctx context.Context, tenant tenants.TenantID, from tenants.LinkID, limit int) ([]*login.Link, error) {
	return findAll(ctx, s.db, "portal links", readLink, `
		select `+linkColumns+` from `+linkTables+`
		where l.tenant_id = $1 and l.id < $2 order by l.id desc limit cast($3 as bigint)`, tenant, before(from), max(limit, 0))
}

// RevokeLink implements login.LinkStore.
func (s *Logins) RevokeLink(ctx context.Context, tenant tenants.TenantID, id tenants.LinkID, by string) error {
	err := s.db.update(ctx, tenant.UUID(), func(tx *tx) error {
		l := login.Link{TenantID: tenant, ID: id}
		err := tx.get(ctx, func(row scanner) error { return row.Scan(&l.Email, &l.ConnectionID) }, `
			update portal_links set revoked_at = $3, revoked_by = $4
			where tenant_id = $1 and id = $2 and used_at is null and revoked_at is null
			returning email, connection_id`, tenant, id, tx.micros(), by)
		if errors.Is(err, sql.ErrNoRows) {
			return tx.unlessGone(ctx, `select 1 from portal_links where tenant_id = $1 and id = $2`, tenant, id)
		}
		if err != nil {
			return err
		}
		return tx.note(ctx, &batch{}, linkNote("portal_link.revoked", &l))
	})
	if err != nil {
		return fmt.Errorf("revoke portal link: %w", err)
	}
	return nil
}
