package scim

import (
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/scim/schema"
)

// Action is what an operation does to a resource, as scopes see it.
type Action string

// The actions that a Guard is asked about.
const (
	ActionCreate     Action = "create"
	ActionRead       Action = "read"
	ActionUpdate     Action = "update"
	ActionDeactivate Action = "deactivate" // active: true → false
	ActionDelete     Action = "delete"
)

// Guard decides whether the caller may do something. It returns nil or an
// *Error that says which right is missing.
type Guard interface {
	Allow(a Action, t *schema.ResourceType) error
}

// Caller is everything about a request that is not the request itself: whose
// directory it is about, how the client's dialect is read, and what it may do.
type Caller struct {
	Directory Directory
	BaseURL   string // of the connection, without a trailing slash
	Types     *schema.Registry
	Settings  quirk.Settings
	Guard     Guard
	Limits    Limits
	Origin    Origin
}
