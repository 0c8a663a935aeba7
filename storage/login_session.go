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

// sessionColumns are what scanSession reads.
const sessionColumns = `s.tenant_id, s.id, s.connection_id, coalesce(c.name, ''), s.link_id, s.issuer_id, s.subject, s.name, s.email,
	s.roles, s.created_at, s.expires_at, s.seen_at, s.ended_at, s.ended_by, s.address, s.user_agent, coalesce(l.return_url, '')`

// sessionTables are where sessionColumns come from.
const sessionTables = `sessions s
	left join connections c on c.tenant_id = s.tenant_id and c.id = s.connection_id
	left join portal_links l on l.tenant_id = s.tenant_id and l.id = s.link_id`

// scanSession reads sessionColumns and, behind them, more.
func scanSession(row scanner, s *login.Session, more ...any) error {
	var created, expires, seen int64
	var ended sql.NullInt64
	err := row.Scan(append([]any{&s.TenantID, &s.ID, &s.ConnectionID, &s.ConnectionName, &s.LinkID, &s.IssuerID,
		&s.Subject, &s.Name, &s.Email, textList{&s.Roles}, &created, &expires, &seen, &ended, &s.EndedBy,
		&s.Address, &s.UserAgent, &s.ReturnURL}, more...)...)
	s.CreatedAt, s.ExpiresAt, s.SeenAt, s.EndedAt = fromMicros(created), fromMicros(expires), fromMicros(seen), fromNull(ended)
	return err
}

func readSession(row scanner) (*login.Session, error) {
	var s login.Session
	return &s, scanSession(row, &s)
}

// SessionCredential implements login.CredentialStore.
func (s *Logins) SessionCredential(ctx context.Context, id tenants.SessionID) (*login.SessionCredential, error) {
	return findOne(ctx, s.db, "session", func(row scanner) (*login.SessionCredential, error) {
		var c login.SessionCredential
		var status string
		var deleted sql.NullInt64
		err := scanSession(row, &c.Session, &status, &deleted, &c.PolicyRevision)
		c.TenantSuspended = status == string(tenants.TenantSuspended)
		c.TenantDeletedAt = fromNull(deleted)
		return &c, err
	}, `
		select `+sessionColumns+`, coalesce(t.status, ''), t.deleted_at, i.policy_revision
		from `+sessionTables+`
		cross join installation i
		left join tenants t on t.id = s.tenant_id
		where s.id = $1`, id)
}

// StartSession implements login.SessionStore.
func (s *Logins) StartSession(ctx context.Context, session *login.Session) error {
	err := s.db.update(ctx, session.TenantID.UUID(), func(tx *tx) error {
		b := &batch{}
		if err := addSession(b, session); err != nil {
			return err
		}
		return tx.note(ctx, b, sessionNote("session.started", session))
	})
	if err != nil {
		return fmt.Errorf("start session: %w", err)
	}
	return nil
}

// addSession puts the row of a session into a batch.
func addSession(b *batch, s *login.Session) error {
	roles, err := json.Marshal(s.Roles)
	if err != nil {
		return err
	}
	kind := "portal"
	if s.TenantID.IsZero() {
		kind = "staff"
	}
	b.exec(`
		insert into sessions (tenant_id, id, kind, connection_id, link_id, issuer_id, subject, name, email, roles,
			created_at, expires_at, seen_at, address, user_agent)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		s.TenantID, s.ID, kind, orNullID(s.ConnectionID), orNullID(s.LinkID), orNullID(s.IssuerID), s.Subject, s.Name, s.Email,
		string(roles), s.CreatedAt.UnixMicro(), s.ExpiresAt.UnixMicro(), s.SeenAt.UnixMicro(), s.Address, s.UserAgent)
	return nil
}

func sessionNote(action string, s *login.Session) note {
	n := note{
		tenant: s.TenantID.UUID(), action: action, targetType: "session", targetID: s.ID.UUID(), targetName: s.Name,
		changes: map[string]any{},
	}
	if !s.ConnectionID.IsZero() {
		n.connection = s.ConnectionID.UUID()
	}
	if len(s.Roles) > 0 {
		n.changes["roles"] = events.Change{To: s.Roles}
	}
	return n
}

// Session implements login.SessionStore.
func (s *Logins) Session(ctx context.Context, tenant tenants.TenantID, id tenants.SessionID) (*login.Session, error) {
	return findOne(ctx, s.db, "session", readSession,
		`select `+sessionColumns+` from `+sessionTables+` where s.tenant_id = $1 and s.id = $2`, tenant, id)
}

// ListSessions implements login.SessionStore.
func (s *Logins) ListSessions(ctx context.Context, tenant tenants.TenantID, live login.Live,
	from tenants.SessionID, limit int) ([]*login.Session, error) {
	return findAll(ctx, s.db, "sessions", readSession, `
		select `+sessionColumns+` from `+sessionTables+`
		where s.tenant_id = $1 and s.id < $2 and s.ended_at is null and s.expires_at > $4 and s.seen_at > $5
		order by s.id desc limit cast($3 as bigint)`,
		tenant, before(from), max(limit, 0), live.ExpiresAfter.UnixMicro(), live.SeenAfter.UnixMicro())
}

// EndSession implements login.SessionStore.
func (s *Logins) EndSession(ctx context.Context, tenant tenants.TenantID, id tenants.SessionID) error {
	err := s.db.update(ctx, tenant.UUID(), func(tx *tx) error {
		ended := login.Session{TenantID: tenant, ID: id}
		o := tenants.OriginOf(ctx)
		err := tx.get(ctx, func(row scanner) error { return row.Scan(&ended.Name, &ended.ConnectionID) }, `
			update sessions set ended_at = $3, ended_by = $4
			where tenant_id = $1 and id = $2 and ended_at is null
			returning name, connection_id`, tenant, id, tx.micros(), o.Actor)
		if errors.Is(err, sql.ErrNoRows) {
			return tx.unlessGone(ctx, `select 1 from sessions where tenant_id = $1 and id = $2`, tenant, id)
		}
		if err != nil {
			return err
		}
		return tx.note(ctx, &batch{}, sessionNote("session.ended", &ended))
	})
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}
