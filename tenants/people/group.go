package people

import (
	"time"

	"github.com/roster-scim/roster/tenants"
)

// Group is a group of a tenant.
type Group struct {
	ID          string
	DisplayName string
	ExternalID  string
	Connection  *Connection
	Members     int // direct ones
	Mappings    int // of roles
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// GroupQuery selects groups. Conditions add up.
type GroupQuery struct {
	Text       string // how the name or the externalId begins, or the whole id
	Connection tenants.ConnectionID
	Mapped     *bool // whether it has role mappings

	After string // the id of the last group of the page before
	Limit int    // 1 to MaxPage
}

// Member is a direct member of a group.
type Member struct {
	ID       string
	Type     string // "User" or "Group"
	Name     string // what people call it
	UserName string // of a user
	Active   bool   // of a user
}

// UserGroup is a group that a user is in.
type UserGroup struct {
	ID          string
	DisplayName string
	Direct      bool // not only through another group
	Connection  *Connection
}
