// Package patch applies SCIM PATCH operations (RFC 7644 section 3.5.2) to a
// document. It is pure: it reads no storage and changes nothing but its result,
// so that a whole request is applied or none of it.
//
// Memberships are not in the document. Operations on a group's members become
// Edits, which storage carries out in order inside the same transaction.
package patch

import (
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

// Kind is what an operation does.
type Kind string

// The operations of RFC 7644 section 3.5.2; the wire form is read in any case.
const (
	Add     Kind = "add"
	Remove  Kind = "remove"
	Replace Kind = "replace"
)

// Op is one operation of a PATCH request.
type Op struct {
	Kind  Kind
	Path  string // as written; "" when absent
	Value any    // decoded JSON, nil when absent or null
}

// Options are the connection's settings that change how a PATCH is read.
type Options struct {
	schema.Options
	// AllowEmpty accepts a request without operations as a no-op.
	AllowEmpty bool
}

// EditKind is how an edit changes a set of members.
type EditKind int

// The edits of a set of members.
const (
	AddMembers     EditKind = iota // put Members in; those already there stay as they are
	RemoveMembers                  // take Members out; those not there are no error
	ReplaceMembers                 // make the set exactly Members (none: clear it)
	RemoveMatching                 // take out those that match Filter
)

// Member names a member by its resource id. Type is "User", "Group" or "" when
// the client did not say, and then any resource with that id is meant.
type Member struct {
	ID   string
	Type string
}

// Edit is one change of a set of members.
type Edit struct {
	Kind    EditKind
	Members []Member
	Filter  filter.Expr // only with RemoveMatching; references are Attr members, Sub value|type|display|$ref
}

// Result is the outcome of applying operations.
type Result struct {
	Document map[string]any // a new document; the input is not changed
	Changed  bool           // whether Document differs from the input
	Edits    []Edit         // in order, neighbours joined where that means the same; empty when no operation changes the members
}
