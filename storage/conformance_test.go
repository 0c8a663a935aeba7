package storage

import (
	"context"
	"testing"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/storage/storagetest"
	"github.com/roster-scim/roster/tenants/events"
)

func TestConformanceOnSQLite(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, func(t *testing.T) storagetest.Backend {
		t.Helper()
		return newFixture(t).backend()
	})
}

func TestConformanceOnPostgreSQL(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, func(t *testing.T) storagetest.Backend {
		t.Helper()
		return postgresFixture(t, Options{}).backend()
	})
}

func (f *fixture) backend() storagetest.Backend {
	return storagetest.Backend{
		Resources: NewResources(f.db),
		Tenants:   NewTenants(f.db),
		Events: func(_ context.Context, tenantID string) ([]events.Event, error) {
			return f.in(scim.Directory{TenantID: tenantID}).eventsAfter(0), nil
		},
	}
}
