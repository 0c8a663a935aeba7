package storage

import (
	"context"
	"encoding/json"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/events"
)

// connectionFacts is a connection as its journal tells of it. Its settings are
// those that depart from the provider's preset.
func connectionFacts(c *tenants.Connection) (map[string]any, error) {
	if c == nil {
		return nil, nil
	}
	column, err := settingsColumn(c)
	if err != nil {
		return nil, err
	}
	var settings map[string]any
	if err := json.Unmarshal(column, &settings); err != nil {
		return nil, err
	}
	return map[string]any{
		"name": c.Name, "provider": string(c.Provider), "status": string(c.State()),
		"scopes": notNull(c.Scopes.Strings()), "domains": notNull(c.Domains), "settings": settings,
		"people_on_delete": orNone(string(c.People)), "restorable_until": timeOrNone(c.RestorableUntil()),
	}, nil
}

func connectionChanges(before, after *tenants.Connection) (events.Changes, error) {
	old, err := connectionFacts(before)
	if err != nil {
		return nil, err
	}
	now, err := connectionFacts(after)
	if err != nil {
		return nil, err
	}
	return events.Diff(old, now), nil
}

// noteConnection leaves what became of a connection. before is nil if it is new.
func (t *tx) noteConnection(ctx context.Context, before, after *tenants.Connection) error {
	changes, err := connectionChanges(before, after)
	if err != nil {
		return err
	}
	facts, err := connectionFacts(after)
	if err != nil {
		return err
	}
	n := noteOn(after, connectionAction(before, after))
	n.tell(changes)
	if before == nil {
		changes = nil
	}
	n.events = []events.Draft{controlEvent("connection", after.ID.UUID(), n.action, after.ID.String(), facts, changes)}
	b := &batch{}
	if before != nil && takesPeople(before) != takesPeople(after) {
		if err := enqueueAccessJob(ctx, t, b, n.tenant, access.JobConnection, n.connection); err != nil {
			return err
		}
	}
	return t.note(ctx, b, n)
}

// takesPeople says that the connection's people hold no access, since it is
// deleted and they are not kept.
func takesPeople(c *tenants.Connection) bool {
	return !c.DeletedAt.IsZero() && c.People != tenants.KeepPeople
}

// noteOn is a note about a connection.
func noteOn(c *tenants.Connection, action string) note {
	return note{
		tenant: c.TenantID.UUID(), connection: c.ID.UUID(), action: action,
		targetType: "connection", targetID: c.ID.UUID(), targetName: c.Name,
	}
}

func connectionAction(before, after *tenants.Connection) string {
	switch {
	case before == nil:
		return "connection.created"
	case before.DeletedAt.IsZero() && !after.DeletedAt.IsZero():
		return "connection.deleted"
	case !before.DeletedAt.IsZero() && after.DeletedAt.IsZero():
		return "connection.restored"
	case before.Status == after.Status:
		return "connection.updated"
	case after.Status == tenants.ConnectionActive:
		return "connection.resumed"
	}
	return "connection.paused"
}
