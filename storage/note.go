package storage

import (
	"context"
	"maps"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/audit"
	"github.com/roster-scim/roster/tenants/events"
)

// installationTenant confines a transaction to what belongs to no tenant.
const installationTenant = audit.Installation

// note is what a change of the control plane leaves behind: one audit row, and
// events if it is about a tenant.
type note struct {
	tenant     string // UUID text; "" is the installation
	connection string // UUID text, "" if it is about none
	action     string // "connection.paused"
	targetType string // "connection"
	targetID   string // UUID text, "" if the target has none
	targetName string
	changes    map[string]any // {"name": events.Change}
	events     []events.Draft
}

// note adds the journal's rows to a batch and sends it. It comes last in the
// transaction, which must be confined to the note's tenant: from here on all
// other writers of the tenant wait.
func (t *tx) note(ctx context.Context, b *batch, n note) error {
	if n.tenant == "" {
		n.tenant = installationTenant
	}
	o := tenants.OriginOf(ctx)
	j := journal{
		dir:     scim.Directory{TenantID: n.tenant, ConnectionID: n.connection},
		origin:  scim.Origin{Actor: o.Actor, Address: o.Address, UserAgent: o.UserAgent, RequestID: o.RequestID},
		target:  events.Subject{ResourceType: n.targetType, ID: n.targetID},
		action:  n.action,
		changes: map[string]any{}, events: n.events,
		actorName: o.ActorName, targetName: n.targetName,
	}
	maps.Copy(j.changes, n.changes)
	if err := j.add(t, b); err != nil {
		return err
	}
	if len(j.events) > 0 {
		t.touched.events(n.tenant)
	}
	return t.send(ctx, b)
}

// noteTwice is note for what the installation's log tells too: what became of the
// tenant as such.
func (t *tx) noteTwice(ctx context.Context, b *batch, n note) error {
	if err := t.note(ctx, b, n); err != nil {
		return err
	}
	if err := t.confine(ctx, installationTenant); err != nil {
		return err
	}
	n.tenant, n.connection, n.events = "", "", nil
	return t.note(ctx, &batch{}, n)
}

// confine makes the rest of the transaction that of another tenant.
func (t *tx) confine(ctx context.Context, tenant string) error {
	if !t.writersOverlap() { // SQLite: nothing is confined there
		return nil
	}
	_, err := t.exec(ctx, `select set_config('roster.tenant_id', $1, true)`, tenant)
	return err
}
