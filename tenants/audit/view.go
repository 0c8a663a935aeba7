package audit

import (
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// Row is an entry as exports have it: one JSON object, with the ids of the API.
type Row struct {
	Number       int64           `json:"number"`
	At           time.Time       `json:"at"`
	Actor        string          `json:"actor"`
	ActorName    *string         `json:"actor_name"`
	Action       string          `json:"action"`
	Target       Target          `json:"target"`
	ConnectionID *string         `json:"connection_id"`
	Changes      json.RawMessage `json:"changes"`
	Address      *string         `json:"address"`
	UserAgent    *string         `json:"user_agent"`
	RequestID    *string         `json:"request_id"`
	Hash         *string         `json:"hash"` // hexadecimal; null in rows older than the chain
}

// Target is what an entry is about.
type Target struct {
	Type string  `json:"type"`
	ID   *string `json:"id"`
	Name *string `json:"name"`
}

// View is the entry for people and programs.
func View(e *Entry) Row {
	return Row{
		Number: e.Number, At: e.At, Actor: e.Actor, ActorName: orNil(e.ActorName), Action: e.Action,
		Target: Target{
			Type: e.TargetType, ID: orNil(tenants.PublicID(e.TargetType, e.TargetID)), Name: orNil(e.TargetName),
		},
		ConnectionID: orNil(tenants.PublicID("connection", e.ConnectionID)),
		Changes:      e.Changes, Address: orNil(e.Address), UserAgent: orNil(e.UserAgent), RequestID: orNil(e.RequestID),
		Hash: orNil(hex.EncodeToString(e.Hash)),
	}
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
