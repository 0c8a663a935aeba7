package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// LinkByCode implements login.OpeningStore.
func (s *Logins) LinkByCode(ctx context.Context, hash tenants.SecretHash) (*login.InvitedLink, error) {
	return findOne(ctx, s.db, "portal link", func(row scanner) (*login.InvitedLink, error) {
		var l login.InvitedLink
		var tenants, connections int
		err := scanLink(row, &l.Link, &l.TenantName, &tenants, &connections, &l.PolicyRevision)
		l.Gone = !l.TenantID.IsZero() && tenants == 0 || !l.ConnectionID.IsZero() && connections == 0
		return &l, err
	}, `
		select `+linkColumns+`, coalesce(t.name, ''),
			case when t.id is null or t.deleted_at is not null then 0 else 1 end,
			case when c.id is null or c.deleted_at is not null then 0 else 1 end,
			i.policy_revision
		from `+linkTables+`
		cross join installation i
		left join tenants t on t.id = l.tenant_id
		where l.hash = $1`, hash[:])
}

// addOpening puts an opening into a batch, unless the link has most of them.
func addOpening(b *batch, l *login.Link, o login.Opening, most int) error {
	id, err := newID()
	if err != nil {
		return err
	}
	b.exec(`
		insert into portal_link_openings (tenant_id, link_id, id, at, address, user_agent, outcome)
		select p.tenant_id, p.id, $3, $4, $5, $6, $7
		from portal_links p
		where p.tenant_id = $1 and p.id = $2
			and (select count(*) from portal_link_openings o where o.tenant_id = $1 and o.link_id = $2) < $8`,
		l.TenantID, l.ID, id, o.At.UnixMicro(), o.Address, o.UserAgent, o.Outcome, most)
	return nil
}

// RecordOpening implements login.OpeningStore.
func (s *Logins) RecordOpening(ctx context.Context, l *login.Link, o login.Opening, most int) error {
	err := s.db.update(ctx, l.TenantID.UUID(), func(tx *tx) error {
		b := &batch{}
		if err := addOpening(b, l, o, most); err != nil {
			return err
		}
		return tx.send(ctx, b)
	})
	if err != nil {
		return fmt.Errorf("record opening of portal link: %w", err)
	}
	return nil
}

// Openings implements login.LinkStore.
func (s *Logins) Openings(ctx context.Context, tenant tenants.TenantID, id tenants.LinkID, limit int) ([]login.Opening, error) {
	var list []login.Opening
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		list = nil
		return tx.each(ctx, func(row scanner) error {
			var o login.Opening
			var at int64
			err := row.Scan(&at, &o.Address, &o.UserAgent, &o.Outcome)
			o.At = fromMicros(at)
			list = append(list, o)
			return err
		}, `
			select at, address, user_agent, outcome from portal_link_openings
			where tenant_id = $1 and link_id = $2 order by id desc limit cast($3 as bigint)`, tenant, id, max(limit, 0))
	})
	if err != nil {
		return nil, fmt.Errorf("list openings of portal link: %w", err)
	}
	return list, nil
}

// unbounded is more openings than a link can have: what happens once is recorded
// however often it was looked at before.
const unbounded = 1 << 30

// liveLink is the condition that a link still works; $3 is the time.
const liveLink = `tenant_id = $1 and id = $2 and used_at is null and revoked_at is null and expires_at > $3`

// RefuseEmail implements login.OpeningStore.
func (s *Logins) RefuseEmail(ctx context.Context, l *login.Link, o login.Opening, most int) (tries int, err error) {
	err = s.db.update(ctx, l.TenantID.UUID(), func(tx *tx) error {
		err := tx.get(ctx, func(row scanner) error { return row.Scan(&tries) }, `
			update portal_links set tries = tries + 1,
				revoked_at = case when tries + 1 >= $4 then $3 else revoked_at end,
				revoked_by = case when tries + 1 >= $4 then $5 else revoked_by end
			where `+liveLink+`
			returning tries`, l.TenantID, l.ID, tx.micros(), most, login.ByTries)
		if errors.Is(err, sql.ErrNoRows) {
			return tenants.ErrNotFound
		}
		if err != nil {
			return err
		}
		b := &batch{}
		if err := addOpening(b, l, o, unbounded); err != nil {
			return err
		}
		if tries < most {
			return tx.send(ctx, b)
		}
		return tx.note(ctx, b, linkNote("portal_link.revoked", l))
	})
	if err != nil {
		return 0, fmt.Errorf("refuse an address for a portal link: %w", err)
	}
	return tries, nil
}

// UseLink implements login.OpeningStore. Whoever comes second waits for the row
// and then finds the link used.
func (s *Logins) UseLink(ctx context.Context, l *login.Link, o login.Opening, session *login.Session) error {
	err := s.db.update(ctx, l.TenantID.UUID(), func(tx *tx) error {
		err := tx.changeOne(ctx, `update portal_links set used_at = $3, used_from = $4 where `+liveLink,
			l.TenantID, l.ID, tx.micros(), o.Address)
		if err != nil {
			return err
		}
		b := &batch{}
		if err := addOpening(b, l, o, unbounded); err != nil {
			return err
		}
		if err := addSession(b, session); err != nil {
			return err
		}
		if err := tx.note(ctx, b, linkNote("portal_link.used", l)); err != nil {
			return err
		}
		return tx.note(ctx, &batch{}, sessionNote("session.started", session))
	})
	if err != nil {
		return fmt.Errorf("use portal link: %w", err)
	}
	return nil
}
