package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

// Held implements access.AccessStore.
func (s *Access) Held(ctx context.Context, tenant tenants.TenantID, users []string) (map[string][]access.Holding, error) {
	var f *access.Facts
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) (err error) {
		f, _, err = tx.facts(ctx, factsQuery{people: namedPeople(tx)}, tenant.UUID(), jsonParam(rowsOf(users)), nil)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find what users hold: %w", err)
	}
	held := make(map[string][]access.Holding, len(f.People))
	for i := range f.People {
		if h := f.HeldBy(&f.People[i]); len(h) > 0 {
			held[f.People[i].ID] = h
		}
	}
	return held, nil
}
