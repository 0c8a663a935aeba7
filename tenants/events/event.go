// Package events is what the vendor's app learns about a tenant's directory: the
// envelope of an event, and the pure functions that turn a change into events.
// Storage gives each event its place in the tenant's sequence.
package events

import (
	"encoding/json"
	"time"
)

// Type is what an event is about and what happened to it: "user.created".
type Type string

// The events of users and groups. A tenant's own resource type has the same
// ones under its own name in lower case: "device.created".
const (
	UserCreated               Type = "user.created"
	UserUpdated               Type = "user.updated"
	UserDeactivated           Type = "user.deactivated"
	UserReactivated           Type = "user.reactivated"
	UserDeleted               Type = "user.deleted"
	GroupCreated              Type = "group.created"
	GroupUpdated              Type = "group.updated"
	GroupDeleted              Type = "group.deleted"
	GroupMemberAdded          Type = "group.member_added"
	GroupMemberRemoved        Type = "group.member_removed"
	GroupMemberPending        Type = "group.member_pending"
	GroupMemberPendingRemoved Type = "group.member_pending_removed"
)

// Event is a fact about one tenant's directory. A tenant's events are numbered
// from 1 in the order of their commits, without gaps: whoever has seen n and
// n+2 has missed one.
type Event struct {
	ID         string          `json:"id"`
	TenantID   string          `json:"tenant_id"`
	Sequence   int64           `json:"sequence"`
	Type       Type            `json:"type"`
	OccurredAt time.Time       `json:"occurred_at"`
	Data       json.RawMessage `json:"data"`
	// Previous has the old values of the attributes that changed, null where
	// there was none. Only updates have it; others have null.
	Previous json.RawMessage `json:"previous"`
	// RequestID is that of the request that made it, null on the wire if none did.
	RequestID string `json:"request_id"`
}

// MarshalJSON writes the envelope, the same for the API and for webhooks.
func (e Event) MarshalJSON() ([]byte, error) {
	type plain Event
	var request *string
	if e.RequestID != "" {
		request = &e.RequestID
	}
	return json.Marshal(struct {
		*plain
		RequestID *string `json:"request_id"`
	}{(*plain)(&e), request})
}

// Subject is the resource that an event is about.
type Subject struct {
	ResourceType string // "User", "Group" or a tenant's own type
	ID           string
}

// Draft is an event that has no place in the sequence yet. Data and Previous
// encode to JSON objects; Previous is nil where the envelope has none.
type Draft struct {
	Type     Type
	Subject  Subject
	Data     any
	Previous any
}
