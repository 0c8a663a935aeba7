package access

import (
	"context"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// MappingChange is a change of a group's mappings, as the audit log has it.
type MappingChange struct {
	ID     string // of its row
	At     time.Time
	By     string // what people call whoever did it; "": nobody knows
	Before []Holding
	After  []Holding
	People *int // how many people's access changed; nil: it was not noted
}

// Bounds of what MappingHistory returns.
const (
	mappingHistory     = 30 * 24 * time.Hour
	mostMappingChanges = 50
)

// MappingHistory returns the last changes of a group's mappings, the newest
// first, also of a group that is gone. Putting Before undoes a change.
func (s *Service) MappingHistory(ctx context.Context, tenant tenants.TenantID, group string) ([]MappingChange, error) {
	return s.store.MappingHistory(ctx, tenant, group, time.Now().Add(-mappingHistory), mostMappingChanges)
}
