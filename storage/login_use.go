package storage

import (
	"context"
	"fmt"
	"slices"

	"github.com/roster-scim/roster/tenants/login"
)

// RecordLogins implements login.UsesStore.
func (s *Logins) RecordLogins(ctx context.Context, uses []login.Use) error {
	var keys, sessions []use
	for _, u := range uses {
		row := use{TenantID: u.TenantID.UUID(), At: u.At.UnixMicro()}
		if u.Session.IsZero() {
			row.ID = u.Key.UUID()
			keys = append(keys, row)
		} else {
			row.ID = u.Session.UUID()
			sessions = append(sessions, row)
		}
	}
	err := s.db.update(ctx, "", func(tx *tx) error {
		b := &batch{}
		rows := `from (
				select v.tenant_id, v.id, max(v.at) as at
				from ` + tx.jsonRows("$1", "v", "tenant_id uuid", "id uuid", "at bigint") + `
				group by v.tenant_id, v.id
			) u `
		for some := range slices.Chunk(keys, usesPerStatement) {
			b.exec(`update api_keys set last_used_at = u.at `+rows+`
				where api_keys.tenant_id = u.tenant_id and api_keys.id = u.id
					and (api_keys.last_used_at is null or api_keys.last_used_at < u.at)`, jsonParam(some))
		}
		for some := range slices.Chunk(sessions, usesPerStatement) {
			b.exec(`update sessions set seen_at = u.at `+rows+`
				where sessions.tenant_id = u.tenant_id and sessions.id = u.id and sessions.seen_at < u.at`, jsonParam(some))
		}
		return tx.send(ctx, b)
	})
	if err != nil {
		return fmt.Errorf("record uses of %d credentials: %w", len(uses), err)
	}
	return nil
}
