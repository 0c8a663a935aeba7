package scim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

// Directory says whose resources an operation is about: the users and groups
// that one connection of one tenant provisioned. Both ids are canonical UUID text.
// Every Store call is confined to it.
type Directory struct {
	TenantID     string
	ConnectionID string
}

// Origin says who caused a write. Storage keeps it in the audit row and the event.
type Origin struct {
	RequestID string
	Actor     string // the token's public id, "tok01…"
	Address   string // the client's address
	UserAgent string
}

// Record is a stored resource.
type Record struct {
	ID           string // UUIDv7 text
	Version      int64  // 1 when created, +1 with every change of the resource or its members
	Created      time.Time
	LastModified time.Time
	Document     json.RawMessage // the canonical document, keys in schema order
}

// Draft is what a write wants stored.
type Draft struct {
	Document map[string]any  // the whole new document
	Encoded  json.RawMessage // Document, encoded
	Changed  bool            // whether Document differs from the stored one; ignored by Create
	Edits    []patch.Edit    // changes of the member set, in order
	Unique   []schema.Ref    // unique by the connection's settings, besides those the schema names
}

// Member is one member of a group as stored.
type Member struct {
	ID      string
	Type    string // "User" or "Group"
	Display string
}

// Membership is one group that a resource belongs to.
type Membership struct {
	GroupID string
	Display string
	Direct  bool // false: through a nested group
}

// ListQuery selects a page of one resource type.
type ListQuery struct {
	Filter     filter.Expr // bound to the type; nil for all
	SortBy     *schema.Ref // nil: order of creation
	Descending bool
	Start      int // 1-based index of the first result, >= 1
	Count      int // >= 0; 0 asks for the total alone
}

// Page is one page of a list.
type Page struct {
	Total   int // all that match, not just this page
	Records []*Record
}

// Errors that a Store returns, besides context and database failures.
var (
	// ErrNotFound: no such resource in this directory, whether it never
	// existed, was deleted or belongs to somebody else.
	ErrNotFound = errors.New("resource not found")
)

// ConflictError says that a value which must be unique in the directory is taken.
type ConflictError struct {
	Attribute string // canonical name: "userName"
	Value     string // as sent
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s %q is already in use", e.Attribute, e.Value)
}

// MissingMembersError says that members name resources which are not in the
// directory (or are of another type than the client said).
type MissingMembersError struct{ IDs []string }

func (e *MissingMembersError) Error() string {
	return fmt.Sprintf("%d members do not exist in this directory", len(e.IDs))
}

// CycleError says that a group would contain itself, directly or through others.
type CycleError struct{ GroupID, MemberID string }

func (e *CycleError) Error() string {
	return fmt.Sprintf("group %s already contains group %s", e.MemberID, e.GroupID)
}

// Store keeps resources, their members, and the journal (audit row and events
// with the tenant's gap-free sequence), all of one write in one transaction that
// is durable before the call returns. A write that changes nothing leaves
// version, lastModified and journal alone.
type Store interface {
	// Get returns one resource or ErrNotFound.
	Get(ctx context.Context, dir Directory, t *schema.ResourceType, id string) (*Record, error)

	// List returns a page; filter, order and paging all run in the database.
	List(ctx context.Context, dir Directory, t *schema.ResourceType, q ListQuery) (Page, error)

	// Create stores a new resource under a new id.
	// Errors: *ConflictError, *MissingMembersError.
	Create(ctx context.Context, dir Directory, t *schema.ResourceType, d Draft, o Origin) (*Record, error)

	// Update reads the resource, calls change with it, and stores the draft if
	// the resource is still the one that was read; otherwise it starts over, so
	// change may run several times. An error from change is returned as it is
	// and nothing is written.
	// Errors: ErrNotFound, *ConflictError, *MissingMembersError, *CycleError.
	Update(ctx context.Context, dir Directory, t *schema.ResourceType, id string, o Origin,
		change func(current *Record) (Draft, error)) (*Record, error)

	// Delete removes the resource and all its memberships. check sees the
	// resource first and may refuse; its error is returned as it is.
	Delete(ctx context.Context, dir Directory, t *schema.ResourceType, id string, o Origin,
		check func(current *Record) error) error

	// Members returns the members of each group, ordered by member id. Ids of
	// groups that are not in the directory are left out.
	Members(ctx context.Context, dir Directory, groupIDs []string) (map[string][]Member, error)

	// Memberships returns the groups that each resource belongs to, direct ones
	// and those through nesting, each group once, ordered by group id.
	Memberships(ctx context.Context, dir Directory, ids []string) (map[string][]Membership, error)
}
