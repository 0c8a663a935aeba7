package storage

import (
	"context"
	"database/sql"
	"errors"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
)

// touchMembers: who goes in or out has other groups now, and so has everybody
// below.
func (w *write) touchMembers(net *memberChange) {
	if !net.setChange.empty() {
		w.touched.Graph(w.dir)
	}
}

// touchName: a group's members are told its name.
func (w *write) touchName(old map[string]any, display string) {
	if w.typ.Members() != nil && schema.Display(w.typ, old) != display {
		w.touched.Graph(w.dir)
	}
}

// touchDeleted: nobody has a deleted resource's names. Who was in a deleted
// group has other groups now.
func (w *write) touchDeleted(old map[string]any) {
	w.touched.Resource(w.dir, w.id)
	w.touched.touchValues(w.dir, w.typ.Name, valueRows(w.typ, old, nil))
	if w.typ.Members() != nil {
		w.touched.Graph(w.dir)
	}
}

// touchConnections adds all connections of a tenant, whose row the transaction
// has changed: a new connection waits for that, and then has the new row.
func (t *tx) touchConnections(ctx context.Context, tenant tenants.TenantID) error {
	return t.each(ctx, func(row scanner) error {
		var id tenants.ConnectionID
		err := row.Scan(&id)
		t.touched.Connection(id.UUID())
		return err
	}, `select id from connections where tenant_id = $1`, tenant)
}

// getOne reads the one row that a change returns, or finds none: ErrNotFound.
func (t *tx) getOne(ctx context.Context, scan func(scanner) error, query string, args ...any) error {
	err := t.get(ctx, scan, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return tenants.ErrNotFound
	}
	return err
}
