package authz

import "time"

// Kind is what sort of caller a principal is.
type Kind string

// The kinds of principals.
const (
	KindToken  Kind = "token"   // a connection's bearer token: SCIM only
	KindAPIKey Kind = "api_key" // a program of the vendor
	KindPortal Kind = "portal"  // a customer's administrator, in one tenant
	KindStaff  Kind = "staff"   // the vendor's own people, in all tenants
)

// Principal is who calls. Ids are the public ones ("tok01…", "con01…").
type Principal struct {
	Kind         Kind
	ID           string
	Name         string // what people call it
	Email        string
	TenantID     string // the one tenant that it may act in; "": all of them and the installation
	ConnectionID string // the one connection that it may act on, if it is bound to one

	// Suspended: its tenant is suspended, so a session may look and change nothing.
	Suspended bool

	// Connection and Token are what each of the two grants. A SCIM call needs both.
	Connection ScopeSet
	Token      ScopeSet

	// Roles are those of a session, Permissions an API key's own.
	Roles       []string
	Permissions PermissionSet
	// PolicyRevision is that of the policies when the credential was read, in the
	// same moment. Decisions are never made by older ones.
	PolicyRevision int64

	ExpiresAt     time.Time // zero: never
	IdleExpiresAt time.Time // when a session ends unless it is used; zero: never
}
