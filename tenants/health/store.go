package health

import (
	"context"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// Facts are what is stored about a connection, besides its directory.
type Facts struct {
	Connection *tenants.Connection
	Tokens     []*tenants.Token // the newest ones, whatever their state
	State      []byte           // what Fold made of its requests; nil: none came
	StateAt    time.Time        // when that was stored
	Directory  tenants.DirectoryCount
	Day        Counted   // the last 24 hours, to the hour
	PausedAt   time.Time // if it is paused; zero: nobody knows
	PausedBy   string
}

// Counted are requests by what came of them.
type Counted struct {
	Requests int64
	Changes  int64
	Refused  int64
	Failed   int64
}

// Selection says which connections of a tenant are asked for: one, or a page in
// the order of their ids.
type Selection struct {
	Only  tenants.ConnectionID // zero: all
	After tenants.ConnectionID
	Limit int
}

// Inspected is a connection whose directory is looked into for problems.
type Inspected struct {
	Connection tenants.ConnectionID
	Aliases    bool // look for external ids that are aliases
	Everybody  int  // look for groups with so many people; 0: do not
}

// Findings are what problems a directory shows.
type Findings struct {
	NoEmail   Finding // active people without an address
	Alias     Finding // people whose externalId is the local part of their name or address
	Everybody Finding // groups with nearly everybody
	Twins     Finding // groups of one name
	Waiting   Finding // members that are not provisioned; the examples are as they were sent
	Groups    int64   // in how many groups they wait
}

// Finding is what a problem is about.
type Finding struct {
	Count    int64
	Since    time.Time // zero: unknown
	Examples []Example // a few
}

// Example is one person, group or member that a problem is about.
type Example struct {
	Name string
	ID   string // SCIM id; "": it has none
}

// CycleQuery selects sync cycles, the newest first.
type CycleQuery struct {
	Connection tenants.ConnectionID // zero: all of the tenant
	Since      time.Time            // that began then or later; zero: any
	Until      time.Time            // that began before; zero: any
	Before     tenants.CycleID      // older than this one; zero: from the newest on
	Limit      int
}

// StoredCycle is a cycle and whose it is.
type StoredCycle struct {
	requestlog.Cycle
	Connection *tenants.Connection // its id, name and provider
}

// Watched is a connection that somebody watches.
type Watched struct {
	Tenant     tenants.TenantID
	Connection tenants.ConnectionID
}

// Store reads what is known of connections. The error of what does not exist, or
// is another tenant's, is tenants.ErrNotFound.
type Store interface {
	// Facts returns the connections that are selected, also those that are being
	// deleted. How many statements it takes does not depend on how many there are.
	Facts(ctx context.Context, tenant tenants.TenantID, s Selection, at time.Time) ([]*Facts, error)
	// Inspect looks into directories; it takes a bounded number of statements, too.
	Inspect(ctx context.Context, tenant tenants.TenantID, list []Inspected) (map[tenants.ConnectionID]*Findings, error)
	// Cycles returns sync cycles, those with the latest beginning first.
	Cycles(ctx context.Context, tenant tenants.TenantID, q CycleQuery) ([]*StoredCycle, error)
	// Cycle returns one.
	Cycle(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID, id tenants.CycleID) (*StoredCycle, error)
	// Hours returns the hours that begin at since or later and before until, in order.
	Hours(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID, since, until time.Time) ([]requestlog.Hour, error)
	// Sizes returns how large a directory was, as it was noted from since on and
	// before until, in order, and behind what was noted last before since.
	Sizes(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID, since, until time.Time) ([]Size, error)
	// Changed returns when the state of each connection was stored, in the order
	// asked for; zero: there is none.
	Changed(ctx context.Context, list []Watched) ([]time.Time, error)
}
