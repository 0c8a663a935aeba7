package events

import (
	"context"
	"errors"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// Bounds of snapshots.
const (
	maxSnapshots = 4 // at a time in one process: each holds a connection to the database
	snapshotTime = 10 * time.Minute
)

// ErrBusy: as many snapshots as may be are under way.
var ErrBusy = errors.New("too many snapshots at a time")

// Line is a line of a snapshot: one of the types below.
type Line interface{ line() }

// Kind is what a line has.
type Kind string

// The lines of a snapshot, in their order: users, then each group with its
// members behind it, then resources of the tenant's own types, then access.
const (
	LineBegin    Kind = "begin"
	LineUser     Kind = "user"
	LineGroup    Kind = "group"
	LineMembers  Kind = "members"
	LineResource Kind = "resource"
	LineAccess   Kind = "access"
	LineEnd      Kind = "end"
)

// SnapshotBegin is the first line. The snapshot is of the moment after the event
// of the sequence, 0 if there was none yet.
type SnapshotBegin struct {
	Type     Kind      `json:"type"`
	TenantID string    `json:"tenant_id"`
	Sequence int64     `json:"sequence"`
	At       time.Time `json:"at"`
}

// SnapshotResource is a user, a group or a resource of another type. Data is
// that of the event of its creation, were it created now.
type SnapshotResource struct {
	Type         Kind    `json:"type"`
	ResourceType string  `json:"resource_type,omitempty"` // of LineResource
	ConnectionID *string `json:"connection_id"`           // nil: nobody provisions it
	Active       *bool   `json:"active,omitempty"`        // of LineUser
	Data         any     `json:"data"`
}

// SnapshotMembers are some members of a group; a large group has several lines.
type SnapshotMembers struct {
	Type    Kind     `json:"type"`
	GroupID string   `json:"group_id"`
	Members []Member `json:"members"`
}

// SnapshotAccess is what a user holds, as events up to the sequence have told
// it. Who is not named holds nothing. Data is that of user.access_changed.
type SnapshotAccess struct {
	Type Kind `json:"type"`
	Data any  `json:"data"`
}

// SnapshotEnd is the last line. A snapshot without it is not whole.
type SnapshotEnd struct {
	Type     Kind  `json:"type"`
	Sequence int64 `json:"sequence"`
	Users    int   `json:"users"`
	Groups   int   `json:"groups"`
}

func (*SnapshotBegin) line()    {}
func (*SnapshotResource) line() {}
func (*SnapshotMembers) line()  {}
func (*SnapshotAccess) line()   {}
func (*SnapshotEnd) line()      {}

// Snapshot calls write with the lines of a tenant's snapshot, which is of one
// moment, one after the other. Nothing has been written when it returns ErrBusy or
// tenants.ErrNotFound.
func (l *Log) Snapshot(ctx context.Context, tenant tenants.TenantID, write func(Line) error) error {
	select {
	case l.snapshots <- struct{}{}:
	default:
		return ErrBusy
	}
	defer func() { <-l.snapshots }()
	ctx, cancel := context.WithTimeout(ctx, snapshotTime)
	defer cancel()
	return l.store.Snapshot(ctx, tenant, write)
}
