package audit

import (
	"context"

	"github.com/roster-scim/roster/tenants"
)

// Looked is the action of somebody of the vendor's own people who read something
// of a tenant's.
const Looked = "support.looked"

// Look is what is kept of it, besides who it was and from where.
type Look struct {
	Roles  []string // of the session
	Masked bool     // personal data were masked
}

// Look notes one in the tenant's log, or returns tenants.ErrNotFound if there is
// no such tenant.
func (l *Log) Look(ctx context.Context, tenant tenants.TenantID, look Look) error {
	return l.store.NoteLook(ctx, tenant, look)
}
