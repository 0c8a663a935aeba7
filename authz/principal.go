package authz

// Kind is what sort of caller a principal is.
type Kind string

// The kinds of principals.
const (
	KindToken Kind = "token" // a connection's bearer token
)

// Principal is who calls. Ids are the public ones ("tok01…", "con01…").
type Principal struct {
	Kind         Kind
	ID           string
	TenantID     string
	ConnectionID string
	// Connection and Token are what each of the two grants. A call needs both.
	Connection ScopeSet
	Token      ScopeSet
}
