package storage

import (
	"context"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// tenantFacts is a tenant as its journal tells of it.
func tenantFacts(t *tenants.Tenant) map[string]any {
	if t == nil {
		return nil
	}
	return map[string]any{
		"name": t.Name, "external_id": orNone(t.ExternalID), "status": string(t.State()),
		"entitlements": map[string]any{
			"scim": t.Entitlements.SCIM, "groups": t.Entitlements.Groups,
			"connections": limited(t.Entitlements.Connections), "seats": limited(t.Entitlements.Seats),
		},
		"adoption":         map[string]any{"rule": string(t.Adoption.Rule), "verified_domains": notNull(t.Adoption.VerifiedDomains)},
		"request_log":      map[string]any{"bodies": string(t.RequestLog.Bodies), "retention_days": t.RequestLog.RetentionDays},
		"branding":         brandingFacts(t.Branding),
		"restorable_until": timeOrNone(t.RestorableUntil()),
	}
}

func tenantChanges(before, after *tenants.Tenant) events.Changes {
	return events.Diff(tenantFacts(before), tenantFacts(after))
}

// noteTenant leaves what became of a tenant in its own log and in that of the
// installation, and an event. before is nil if the tenant is new, which needs no
// event: whoever would get it has made the tenant.
func (t *tx) noteTenant(ctx context.Context, before, after *tenants.Tenant) error {
	n := note{
		tenant: after.ID.UUID(), action: tenantAction(before, after),
		targetType: "tenant", targetID: after.ID.UUID(), targetName: after.Name,
	}
	changes := tenantChanges(before, after)
	n.tell(changes)
	if before != nil {
		n.events = []events.Draft{controlEvent("tenant", after.ID.UUID(), n.action, after.ID.String(), tenantFacts(after), changes)}
	}
	return t.noteTwice(ctx, &batch{}, n)
}

func tenantAction(before, after *tenants.Tenant) string {
	switch {
	case before == nil:
		return "tenant.created"
	case before.DeletedAt.IsZero() && !after.DeletedAt.IsZero():
		return "tenant.deleted"
	case !before.DeletedAt.IsZero() && after.DeletedAt.IsZero():
		return "tenant.restored"
	case before.Status == after.Status:
		return "tenant.updated"
	case after.Status == tenants.TenantActive:
		return "tenant.resumed"
	}
	return "tenant.suspended"
}

// tell puts changes into the audit row.
func (n *note) tell(changes events.Changes) {
	n.changes = make(map[string]any, len(changes))
	for name, change := range changes {
		n.changes[name] = change
	}
}

// controlEvent is the event of something that is not in a directory. Its data is
// what became of it, with its public id; an update has the values from before.
func controlEvent(kind, uuid, action, id string, facts map[string]any, changes events.Changes) events.Draft {
	data := make(map[string]any, len(facts)+1)
	for name, value := range facts {
		if value != nil {
			data[name] = value
		}
	}
	data["id"] = id
	d := events.Draft{Type: events.Type(action), Subject: events.Subject{ResourceType: kind, ID: uuid}, Data: data}
	if len(changes) > 0 {
		previous := make(map[string]any, len(changes))
		for name, change := range changes {
			previous[name] = change.From
		}
		d.Previous = previous
	}
	return d
}

// orNone is a text, or nil for an empty one.
func orNone(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// limited is a limit, or nil for none.
func limited(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

// timeOrNone is a time as JSON has it, or nil for none.
func timeOrNone(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UTC().Format(time.RFC3339Nano)
}

// notNull is a list that JSON has as one even if it is empty.
func notNull(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
