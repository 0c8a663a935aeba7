// Package authz decides who may do what: principals, permissions, and the
// Casbin model and policies behind them.
package authz

// Action is what a SCIM operation does to a resource.
type Action string

// The actions that a connection's or token's scope grants one by one.
const (
	Create     Action = "create"
	Read       Action = "read"
	Update     Action = "update"
	Deactivate Action = "deactivate" // active: true → false
	Delete     Action = "delete"
)

// Resource is what a scope is about.
type Resource string

// The resources that scopes are about. Custom resource types count as Users.
const (
	Users  Resource = "users"
	Groups Resource = "groups"
)

// Scope is one thing that a connection or token may do, written "users:create".
type Scope struct {
	Resource Resource
	Action   Action
}

func (s Scope) String() string { return string(s.Resource) + ":" + string(s.Action) }
