package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/login"
)

const selectIssuer = `select i.id, i.name, i.issuer, i.audience, i.jwks_url, i.pem, i.created_at from issuers i`

func readIssuer(row scanner) (*login.Issuer, error) {
	var i login.Issuer
	var created int64
	err := row.Scan(&i.ID, &i.Name, &i.Issuer, &i.Audience, &i.JWKSURL, textList{&i.PEM}, &created)
	i.CreatedAt = fromMicros(created)
	return &i, err
}

// CreateIssuer implements login.IssuerStore.
func (s *Logins) CreateIssuer(ctx context.Context, i *login.Issuer, most int) error {
	pem, err := json.Marshal(append([]string{}, i.PEM...))
	if err != nil {
		return fmt.Errorf("create issuer: %w", err)
	}
	err = s.db.update(ctx, installationTenant, func(tx *tx) error {
		n, err := tx.exec(ctx, `
			insert into issuers (id, name, issuer, audience, jwks_url, pem, created_at)
			select $1, $2, $3, $4, $5, $6, $7 from installation
			where (select count(*) from issuers) < $8`,
			i.ID, i.Name, i.Issuer, i.Audience, i.JWKSURL, string(pem), i.CreatedAt.UnixMicro(), most)
		switch {
		case tx.isUnique(err):
			return &tenants.TakenError{Field: "issuer", Value: i.Issuer}
		case err != nil:
			return err
		case n == 0:
			return &tenants.RefusedError{Code: "too_many_issuers",
				Reason: fmt.Sprintf("There are %d issuers already. Delete one that is not used any more.", most)}
		}
		note := issuerNote("issuer.created", i)
		note.changes = map[string]any{"issuer": events.Change{To: i.Issuer}, "audience": events.Change{To: i.Audience}}
		return tx.note(ctx, &batch{}, note)
	})
	if err != nil {
		return fmt.Errorf("create issuer: %w", err)
	}
	return nil
}

func issuerNote(action string, i *login.Issuer) note {
	return note{action: action, targetType: "issuer", targetID: i.ID.UUID(), targetName: i.Name}
}

// Issuer implements login.IssuerStore.
func (s *Logins) Issuer(ctx context.Context, id tenants.IssuerID) (*login.Issuer, error) {
	return findOne(ctx, s.db, "issuer", readIssuer, selectIssuer+` where i.id = $1`, id)
}

// IssuerNamed implements login.IssuerStore.
func (s *Logins) IssuerNamed(ctx context.Context, issuer string) (*login.Issuer, error) {
	return findOne(ctx, s.db, "issuer", readIssuer, selectIssuer+` where i.issuer = $1`, issuer)
}

// ListIssuers implements login.IssuerStore.
func (s *Logins) ListIssuers(ctx context.Context, from tenants.IssuerID, limit int) ([]*login.Issuer, error) {
	return findAll(ctx, s.db, "issuers", readIssuer,
		selectIssuer+` where i.id < $1 order by i.id desc limit cast($2 as bigint)`, before(from), max(limit, 0))
}

// DeleteIssuer implements login.IssuerStore. Its used tokens stay marked. If it is
// registered again it has another id, so until they expire, some ten minutes,
// they could be exchanged once more.
func (s *Logins) DeleteIssuer(ctx context.Context, id tenants.IssuerID) error {
	err := s.db.update(ctx, installationTenant, func(tx *tx) error {
		i := login.Issuer{ID: id}
		err := tx.get(ctx, func(row scanner) error { return row.Scan(&i.Name) }, `delete from issuers where id = $1 returning name`, id)
		if errors.Is(err, sql.ErrNoRows) {
			return tenants.ErrNotFound
		}
		if err != nil {
			return err
		}
		return tx.note(ctx, &batch{}, issuerNote("issuer.deleted", &i))
	})
	if err != nil {
		return fmt.Errorf("delete issuer: %w", err)
	}
	return nil
}

// Organisation implements login.ExchangeStore.
func (s *Logins) Organisation(ctx context.Context, id string) (*tenants.Tenant, error) {
	read := func(row scanner) (*tenants.Tenant, error) {
		var t tenants.Tenant
		return &t, row.Scan(&t.ID, &t.Name)
	}
	if tenant, err := tenants.ParseTenantID(id); err == nil {
		return findOne(ctx, s.db, "tenant", read, `select id, name from tenants where id = $1 and deleted_at is null`, tenant)
	}
	return findOne(ctx, s.db, "tenant", read, `select id, name from tenants where external_id = $1 and deleted_at is null`, id)
}

// HasConnection implements login.ExchangeStore.
func (s *Logins) HasConnection(ctx context.Context, tenant tenants.TenantID, id tenants.ConnectionID) (found bool, err error) {
	err = s.db.view(ctx, "", func(tx *tx) error {
		found, err = tx.any(ctx, `select 1 from connections where tenant_id = $1 and id = $2 and deleted_at is null`, tenant, id)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("find connection: %w", err)
	}
	return found, nil
}

// StartExchanged implements login.ExchangeStore.
func (s *Logins) StartExchanged(ctx context.Context, used login.UsedToken, session *login.Session) error {
	err := s.db.update(ctx, session.TenantID.UUID(), func(tx *tx) error {
		n, err := tx.exec(ctx, `
			insert into used_tokens (issuer_id, jti, expires_at) values ($1, $2, $3)
			on conflict (issuer_id, jti) do nothing`, used.Issuer, used.ID[:], used.Until.UnixMicro())
		if err != nil {
			return err
		}
		if n == 0 {
			return authz.ErrReplayed
		}
		b := &batch{}
		if err := addSession(b, session); err != nil {
			return err
		}
		return tx.note(ctx, b, sessionNote("session.started", session))
	})
	if err != nil {
		return fmt.Errorf("exchange a token: %w", err)
	}
	return nil
}
