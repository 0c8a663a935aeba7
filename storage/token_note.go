package storage

import (
	"context"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// tokenFacts is a token as its journal tells of it. Of the secret that is what
// lists show.
func tokenFacts(k *tenants.Token) map[string]any {
	return map[string]any{
		"name": k.Name, "prefix": k.Prefix, "last_four": k.LastFour, "scopes": notNull(k.Scopes.Strings()),
		"expires_at": timeOrNone(k.ExpiresAt), "revoked_at": timeOrNone(k.RevokedAt),
		"replaces": orNone(k.Replaces.String()), "replaced_by": orNone(k.ReplacedBy.String()),
	}
}

// tokenEvent is an event of a token.
func tokenEvent(k *tenants.Token, action string, changes events.Changes, more map[string]any) events.Draft {
	facts := tokenFacts(k)
	facts["connection_id"] = k.ConnectionID.String()
	for name, value := range more {
		facts[name] = value
	}
	return controlEvent("token", k.ID.UUID(), action, k.ID.String(), facts, changes)
}

func noteOnToken(k *tenants.Token, action string) note {
	return note{
		tenant: k.TenantID.UUID(), connection: k.ConnectionID.UUID(), action: action,
		targetType: "token", targetID: k.ID.UUID(), targetName: k.Name,
	}
}

// noteNewToken leaves that a token was made, and that it is to replace old, if
// that is not nil.
func (t *tx) noteNewToken(ctx context.Context, k, old *tenants.Token) error {
	n := noteOnToken(k, "token.created")
	n.events = []events.Draft{tokenEvent(k, n.action, nil, nil)}
	if old != nil {
		n.action = "token.rotation_started"
		n.events = append(n.events, tokenEvent(old, n.action, nil, map[string]any{"replaced_by": k.ID.String()}))
	}
	n.tell(events.Diff(nil, tokenFacts(k)))
	return t.note(ctx, &batch{}, n)
}

// noteTokens leaves that a token was revoked, and with that what the action says.
func (t *tx) noteTokens(ctx context.Context, action string, before, after *tenants.Token) error {
	const revoked = "token.revoked"
	changes := events.Diff(tokenFacts(before), tokenFacts(after))
	n := noteOnToken(after, action)
	n.tell(changes)
	n.events = []events.Draft{tokenEvent(after, action, changes, nil)}
	if action != revoked {
		n.events = append(n.events, tokenEvent(after, revoked, changes, nil))
	}
	return t.note(ctx, &batch{}, n)
}
