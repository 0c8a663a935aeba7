package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// warnings are how many days before its expiry a token is told of; 0 is the
// expiry itself.
var warnings = []int{0, 1, 7, 14, 30}

// notWarned is the column of a token that nobody was told of.
const notWarned = 1000

// warned is the last warning that came before a time: notWarned if none has. A
// token that is made for less than the first warning begins with the one that is
// nearest: whoever made it knows.
func warned(expires, at time.Time) int {
	if expires.IsZero() {
		return notWarned
	}
	for _, days := range warnings {
		if !expires.After(at.AddDate(0, 0, days)) {
			return days
		}
	}
	return notWarned
}

// TellExpiries implements tenants.MaintenanceStore.
func (m *Maintenance) TellExpiries(ctx context.Context, at time.Time, limit int) (int, error) {
	due, err := findAll(ctx, m.db, "expiring tokens", scanToken, selectToken+`
		and k.expires_at is not null and k.revoked_at is null and k.told_days > 0 and k.expires_at <= $1
		and k.told_days > case when k.expires_at <= $2 then 0 when k.expires_at <= $3 then 1
			when k.expires_at <= $4 then 7 when k.expires_at <= $5 then 14 else 30 end
		order by k.expires_at limit $6`,
		at.AddDate(0, 0, 30).UnixMicro(), at.UnixMicro(), at.AddDate(0, 0, 1).UnixMicro(),
		at.AddDate(0, 0, 7).UnixMicro(), at.AddDate(0, 0, 14).UnixMicro(), limit)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, k := range due {
		if err := m.tellExpiry(ctx, k, at); err != nil {
			errs = append(errs, fmt.Errorf("tell of the expiry of token %s: %w", k.ID, err))
		}
	}
	return len(due), errors.Join(errs...)
}

// tellExpiry tells of one token, unless somebody else has meanwhile.
func (m *Maintenance) tellExpiry(ctx context.Context, k *tenants.Token, at time.Time) error {
	days := warned(k.ExpiresAt, at)
	return m.db.update(ctx, k.TenantID.UUID(), func(tx *tx) error {
		n, err := tx.exec(ctx, `
			update tokens set told_days = $3
			where tenant_id = $1 and id = $2 and told_days > $3 and revoked_at is null and expires_at = $4`,
			k.TenantID, k.ID, days, k.ExpiresAt.UnixMicro())
		if err != nil {
			return err
		}
		if n == 0 {
			return errRollback
		}
		b := &batch{}
		action, more := "token.expiring", map[string]any{"expires_in_days": days}
		if days == 0 {
			action, more = "token.expired", nil
			tx.endReplacing(b, k)
		}
		note := noteOnToken(k, action)
		note.changes, note.events = more, []events.Draft{tokenEvent(k, action, nil, more)}
		return tx.note(ctx, b, note)
	})
}
