package client

import (
	"encoding/json"
	"fmt"
	"time"
)

// Event is a fact about one tenant. A tenant's events are numbered from 1 in
// the order in which they happened, without gaps.
type Event struct {
	ID         string    `json:"id"`
	TenantID   string    `json:"tenant_id"`
	Sequence   int64     `json:"sequence"`
	Type       string    `json:"type"` // "user.created", "group.member_added", …
	OccurredAt time.Time `json:"occurred_at"`
	// Data is what the event is about as it is now; of something deleted, as it
	// was last.
	Data json.RawMessage `json:"data"`
	// Previous has the old values of the attributes that changed, null where
	// there was none. It is null as a whole, or missing, where nothing changed.
	Previous json.RawMessage `json:"previous,omitempty"`
	// RequestID finds the request that caused the event in Roster's logs.
	RequestID string `json:"request_id"`
}

// Decode reads the event's data into a variable of yours.
func (e Event) Decode(into any) error {
	if err := json.Unmarshal(e.Data, into); err != nil {
		return fmt.Errorf("data of event %s (%s): %w", e.ID, e.Type, err)
	}
	return nil
}

// Member is a member of a group.
type Member struct {
	Value string `json:"value"`          // the user's or group's id
	Type  string `json:"type,omitempty"` // "User" or "Group"
}

// Batch is some events in the order in which they happened. It may have none:
// then only the place has moved on, past events of types that were not asked for.
type Batch struct {
	Events []Event
	// Cursor is the place after the events.
	Cursor string
}
