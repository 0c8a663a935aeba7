package tenants

import (
	"context"
	"time"
)

// PendingMember is a member that an identity provider named before it was
// provisioned. It joins the group when a resource with that id or externalId
// appears in the connection's directory.
type PendingMember struct {
	Value   string // as the identity provider sent it
	Type    string // "User" or "Group", "" if the identity provider did not say
	GroupID string // SCIM id
	Group   string // what people call the group
	Since   time.Time
}

// PendingCursor is a place in the list of pending members, behind the one that
// it names. The zero cursor is the beginning.
type PendingCursor struct{ Value, GroupID string }

// PendingStore reads the members that wait. They are written with the resources.
type PendingStore interface {
	// CountPendingMembers returns how many members of the connection's groups
	// wait, each in each group.
	CountPendingMembers(ctx context.Context, tenant TenantID, connection ConnectionID) (int, error)
	// ListPendingMembers returns at most limit of them behind the cursor, in the
	// order of their values and then of their groups' ids.
	ListPendingMembers(ctx context.Context, tenant TenantID, connection ConnectionID, after PendingCursor, limit int) ([]PendingMember, error)
}

// CountPendingMembers returns how many members of the connection's groups wait
// to be provisioned, or ErrNotFound if there is no such connection.
func (s *Service) CountPendingMembers(ctx context.Context, id ConnectionID) (int, error) {
	c, err := s.Connection(ctx, id)
	if err != nil {
		return 0, err
	}
	return s.store.CountPendingMembers(ctx, c.TenantID, id)
}

// ListPendingMembers returns at most limit of the members that wait, behind the
// cursor, or ErrNotFound if there is no such connection.
func (s *Service) ListPendingMembers(ctx context.Context, id ConnectionID, after PendingCursor, limit int) ([]PendingMember, error) {
	c, err := s.Connection(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.store.ListPendingMembers(ctx, c.TenantID, id, after, limit)
}
