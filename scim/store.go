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
	ActorName string // what people call the actor, "" if nobody is known
	Address   string // the client's address
	UserAgent string

	Effects *Effects // told of every change that is written; nil: nobody asks
}

// Record is a stored resource.
type Record struct {
	ID           string // UUIDv7 text
	Version      int64  // 1 when created, +1 with every change of the resource or its members
	Created      time.Time
	LastModified time.Time
	Document     json.RawMessage // the canonical document, keys in schema order

	// What belongs to the resource and is not in its document, where With asks
	// for it. It is of the same moment as the rest of the record.
	Memberships []Membership // ordered by group id, each group once
	Members     Members      // ordered by member id

	// Pending is how many of the members that a write named it left waiting for
	// their resource, among them those that waited already. Reads leave it 0.
	Pending int
}

// With says what a caller needs of records besides what they always have.
type With struct {
	Memberships bool // the groups that the resource belongs to, directly and through others
	Members     bool // the members of the group; other resources have none
}

// Draft is what a write wants stored.
type Draft struct {
	ID       string          // with Create: an id from NewID, or "" for a new one
	Document map[string]any  // the whole new document
	Encoded  json.RawMessage // Document, encoded
	Changed  bool            // whether Document differs from the stored one; ignored by Create
	Edits    []patch.Edit    // changes of the member set, in order
	Unique   []schema.Ref    // unique by the connection's settings, besides those the schema names

	With With // what the returned record has, as the write leaves it

	// AllowPending lets members wait that are not in the directory: see Store.
	AllowPending bool

	Seats int      // Limits.Seats, of people
	Adopt Adoption // Limits.Adopt, of people; ignored but by Create
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
	With       With
}

// Page is one page of a list.
type Page struct {
	Total   int // all that match, not just this page
	Records []*Record
}

// Selection is what a search is about in one resource type.
type Selection struct {
	Type   *schema.ResourceType
	Filter filter.Expr // bound to Type; nil for all
	SortBy *schema.Ref // nil: no resource of the type has anything to sort by
	With   With
}

// SearchQuery selects a page of several resource types. Resources come type by
// type in the order of Selections, each type in order of creation; Sorted orders
// them by their sort keys first, whatever their type. Sort keys of the types must
// be comparable.
type SearchQuery struct {
	Selections []Selection // of different types
	Sorted     bool
	Descending bool
	Count      int   // >= 0; 0 asks for the total alone
	Start      int   // 1-based index of the first result; 0: the page begins behind After
	After      *Mark // nil: at the beginning
}

// Mark is the place of a result in the order of a search. It does not move when
// other resources come and go, nor when the result itself does.
type Mark struct {
	Selection int   // index in SearchQuery.Selections
	Position  int64 // in the order of creation
	Key       any   // the sort key: nil, string, int64, float64 or bool
}

// Found is one result of a search.
type Found struct {
	Type   *schema.ResourceType
	Record *Record
}

// Results is a page of a search.
type Results struct {
	Total int // all that match, or NotCounted
	Found []Found
	Next  *Mark // what the next page begins behind; nil at the end, and with SearchQuery.Start
}

// NotCounted stands for a total that would cost more than the page, as it does
// behind a mark if there is a filter.
const NotCounted = -1

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
//
// Members that are not in the directory refuse a write unless its draft allows
// them to wait. Then a member is also found by its externalId, and one that is
// found by neither is kept, as it was sent, with the group: it is no member, but
// becomes one in the write that gives a resource of the directory (and of the
// type, if one was said) that id or externalId, whatever that write's draft
// says, unless the resource contains the group. It waits no longer when an edit
// removes that value, or replaces the set without it, or the group goes. That
// somebody begins or ceases to wait makes a new version of the group.
type Store interface {
	// Get returns one resource or ErrNotFound.
	Get(ctx context.Context, dir Directory, t *schema.ResourceType, id string, with With) (*Record, error)

	// List returns a page; filter, order and paging all run in the database.
	List(ctx context.Context, dir Directory, t *schema.ResourceType, q ListQuery) (Page, error)

	// Search is List for several resource types at once, and for pages that
	// begin behind a mark: what such a page costs does not depend on how many
	// results are before it.
	Search(ctx context.Context, dir Directory, q SearchQuery) (Results, error)

	// Create stores a new resource under the draft's id, or a new one, and returns
	// what a Get right behind it would. If the draft adopts somebody, that is a
	// resource of the tenant with an older id: it moves to this directory.
	// Errors: *ConflictError, *MissingMembersError, *SeatsError.
	Create(ctx context.Context, dir Directory, t *schema.ResourceType, d Draft, o Origin) (*Record, error)

	// Update reads the resource, calls change with it, and stores the draft if
	// the resource is still the one that was read; otherwise it starts over, so
	// change may run several times. An error from change is returned as it is
	// and nothing is written. The record that change sees has neither members nor
	// memberships; the one returned is what a Get right behind it would return,
	// also if nothing changed.
	// Errors: ErrNotFound, *ConflictError, *MissingMembersError, *CycleError,
	// *SeatsError.
	Update(ctx context.Context, dir Directory, t *schema.ResourceType, id string, o Origin,
		change func(current *Record) (Draft, error)) (*Record, error)

	// Delete removes the resource and all its memberships. check sees the
	// resource first and may refuse; its error is returned as it is.
	Delete(ctx context.Context, dir Directory, t *schema.ResourceType, id string, o Origin,
		check func(current *Record) error) error

	// NewID returns an id that no resource has, for the draft of a Create.
	NewID() (string, error)

	// Together runs fn once, with a Store whose calls share one transaction:
	// what they write is durable when Together returns nil, and undone when fn
	// returns an error, which comes back as it is, or the commit fails. Each
	// call remains all or nothing by itself: one that fails is undone alone, and
	// what was written before it stands. Together on that Store is such a call
	// too, a transaction within the transaction.
	//
	// That Store serves one goroutine, writes to the tenant of dir alone, and
	// ends with fn. Other writers may have to wait meanwhile, so fn is quick.
	Together(ctx context.Context, dir Directory, fn func(Store) error) error
}
