package storage

import (
	"errors"
	"testing"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/audit"
)

// TestNoteLook: a look is a row of the tenant's own log, in its chain, and of no
// other.
func TestNoteLook(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		store := NewTenants(f.db)
		made, err := tenants.NewService(store, nil).CreateTenant(t.Context(), tenants.NewTenant{Name: "Acme"})
		if err != nil {
			t.Fatal(err)
		}
		log := audit.NewLog(NewAudit(f.db))
		ctx := tenants.As(t.Context(), tenants.Origin{Actor: "ses1", ActorName: "Sam", Address: "203.0.113.7", RequestID: "r1"})
		if err := log.Look(ctx, made.ID, audit.Look{Roles: []string{"support"}, Masked: true}); err != nil {
			t.Fatal(err)
		}
		rows, err := log.List(t.Context(), audit.Query{TenantID: made.ID.UUID(), Limit: 5, Filter: audit.Filter{Action: audit.Looked}})
		if err != nil || len(rows) != 1 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		e := rows[0]
		if e.Actor != "ses1" || e.ActorName != "Sam" || e.Address != "203.0.113.7" || e.TargetType != "tenant" || e.TargetID != made.ID.UUID() ||
			e.TargetName != "Acme" || string(e.Changes) != `{"masked":{"from":null,"to":true},"roles":{"from":null,"to":["support"]}}` {
			t.Errorf("the row is %+v, %s", e, e.Changes)
		}
		if v, err := log.Verify(t.Context(), made.ID.UUID()); err != nil || !v.OK() {
			t.Errorf("%+v, %v", v, err)
		}
		if rows, err := log.List(t.Context(), audit.Query{TenantID: audit.Installation, Limit: 5, Filter: audit.Filter{Action: audit.Looked}}); err != nil || len(rows) != 0 {
			t.Errorf("the installation's log has %d looks, %v", len(rows), err)
		}
		if err := log.Look(ctx, tenants.NewTenantID(), audit.Look{}); !errors.Is(err, tenants.ErrNotFound) {
			t.Errorf("a look into no tenant: %v", err)
		}
	})
}
