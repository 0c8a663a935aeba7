package requestlog

import (
	"encoding/json"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

// Kind says what a request meant.
type Kind string

// The kinds. A tenant's own resource types have the kinds that begin with "resource.".
const (
	KindCredentialsCheck Kind = "credentials.check" // a request that tests address and token, or had a wrong one
	KindDiscovery        Kind = "discovery"
	KindUserLookup       Kind = "user.lookup" // a filter with one "eq"
	KindUserRead         Kind = "user.read"
	KindUserList         Kind = "user.list"
	KindUserCreate       Kind = "user.create"
	KindUserUpdate       Kind = "user.update"
	KindUserDeactivate   Kind = "user.deactivate"
	KindUserReactivate   Kind = "user.reactivate"
	KindUserDelete       Kind = "user.delete"
	KindGroupLookup      Kind = "group.lookup"
	KindGroupRead        Kind = "group.read"
	KindGroupList        Kind = "group.list"
	KindGroupCreate      Kind = "group.create"
	KindGroupUpdate      Kind = "group.update"
	KindGroupMembers     Kind = "group.members" // members came or went, or should have
	KindGroupDelete      Kind = "group.delete"
	KindResourceLookup   Kind = "resource.lookup"
	KindResourceRead     Kind = "resource.read"
	KindResourceList     Kind = "resource.list"
	KindResourceCreate   Kind = "resource.create"
	KindResourceUpdate   Kind = "resource.update"
	KindResourceDelete   Kind = "resource.delete"
	KindBulk             Kind = "bulk"
	KindSearch           Kind = "search" // over several resource types
	KindOther            Kind = "other"
)

// Outcome says what came of a request.
type Outcome string

// The outcomes. A refusal is somebody else's to act on; a failure is the server's.
const (
	Done      Outcome = "done"
	Unchanged Outcome = "unchanged" // a write that found everything as it should be
	Refused   Outcome = "refused"
	Failed    Outcome = "failed"
)

// Code says why a request was refused.
type Code string

// The codes. Those of the gate are those of package tenants.
const (
	CodeNone               Code = ""
	CodeTokenUnknown       Code = tenants.CodeTokenUnknown
	CodeTokenExpired       Code = tenants.CodeTokenExpired
	CodeTokenRevoked       Code = tenants.CodeTokenRevoked
	CodePaused             Code = tenants.CodePaused
	CodeTenantSuspended    Code = tenants.CodeTenantSuspended
	CodeNotEntitled        Code = tenants.CodeNotEntitled
	CodeNotPermitted       Code = "not_permitted"
	CodeUsernameTaken      Code = "username_taken"
	CodeConflict           Code = "conflict" // another unique value is taken: Error.Attribute
	CodeDomainNotVerified  Code = "domain_not_verified"
	CodeRequiredMissing    Code = "required_missing"
	CodeMemberUnknown      Code = "member_unknown"
	CodeSeatLimit          Code = "seat_limit"
	CodeRateLimited        Code = "rate_limited"
	CodeTooLarge           Code = "too_large"
	CodeInvalidFilter      Code = "invalid_filter"
	CodeInvalidValue       Code = "invalid_value"
	CodeInvalidPath        Code = "invalid_path"
	CodeInvalidSyntax      Code = "invalid_syntax"
	CodeNoTarget           Code = "no_target"
	CodeMutability         Code = "mutability"
	CodeNotFound           Code = "not_found"
	CodeNoEndpoint         Code = "no_endpoint"
	CodeMethodNotAllowed   Code = "method_not_allowed"
	CodeMediaType          Code = "unsupported_media_type"
	CodePreconditionFailed Code = "precondition_failed"
	CodeNotImplemented     Code = "not_implemented"
	CodeUnavailable        Code = "unavailable"
	CodeInternal           Code = "internal"
)

// Line is one row of the request log: a request, or several of one kind that
// came too fast to be worth a row each.
type Line struct {
	TenantID     tenants.TenantID
	ConnectionID tenants.ConnectionID
	ID           tenants.RequestID // UUIDv7 of At: orders by time
	At           time.Time         // when the request, or the first of them, came
	Duration     time.Duration     // of all requests that the line stands for, together
	Repeats      int64             // further requests that the line stands for
	CycleID      tenants.CycleID   // set by the Folder; zero: none

	Method    string
	Path      string // below the connection's base URL, with the query, masked
	Status    int
	RequestID string // what ties the line to the answer, the audit log and events
	UserAgent string
	Address   string
	TokenID   tenants.TokenID // zero: an unknown token, or none
	TokenHint string          // "rstrtokAb12…9f2x": beginning and end of what was sent; "": none was, or nothing may be shown

	Kind         Kind
	Outcome      Outcome
	Code         Code
	ResourceType string
	ResourceID   string // of the user or group that the request was about; "": none or several
	Subject      string // what people call them, as sent or stored: userName or displayName
	Detail       Detail

	RequestBody  string // as the tenant wants it kept; "": none
	ResponseBody string
}

// Requests is how many requests the line stands for.
func (l *Line) Requests() int64 { return 1 + l.Repeats }

// Changed says whether the request changed anything.
func (l *Line) Changed() bool { return len(l.Detail.Effects) > 0 || l.Detail.MoreEffects > 0 }

// Detail is what is known about a request besides the columns of its line. It
// is stored as JSON; what does not apply is left out.
type Detail struct {
	Lookup  *Lookup  `json:"lookup,omitempty"`  // what was looked for
	List    *List    `json:"list,omitempty"`    // what came of a list or search
	Effects []Effect `json:"effects,omitempty"` // what was changed, in order; at most MaxEffects
	// MoreEffects is how many further ones there were.
	MoreEffects int `json:"more_effects,omitempty"`
	// Members is what a write of a group asked for, also if it was refused.
	Members *Members `json:"members,omitempty"`
	// Person is the evidence about a user that was created or updated, as the
	// write left it; also of one whose creation was refused, as it was sent.
	Person *Person `json:"person,omitempty"`
	Error  *Error  `json:"error,omitempty"`
	Token  *Token  `json:"token,omitempty"` // why a token was refused
	Bulk   *Bulk   `json:"bulk,omitempty"`
	// Provider is the connection's at the time of the request.
	Provider quirk.Provider `json:"provider,omitempty"`
	// Bodies is how bodies were kept.
	Bodies tenants.RequestBodies `json:"bodies,omitempty"`
	// Cut says that a body is not kept to its end.
	Cut bool `json:"cut,omitempty"`
}

// Bounds of a Detail.
const (
	MaxEffects = 50
	MaxMissing = 20 // members by name
)

// Shape is what a value looks like. It tells dialects and mistakes apart without
// telling the value.
type Shape string

// The shapes.
const (
	ShapeNone  Shape = ""      // no value
	ShapeGUID  Shape = "guid"  // 8-4-4-4-12 hexadecimal digits
	ShapeEmail Shape = "email" // or a user principal name, which looks the same
	ShapeWord  Shape = "word"  // no blank and no @: an alias, a number, an opaque id
	ShapeText  Shape = "text"  // anything else
)

// Lookup is a filter of the form `attribute eq "value"`, the first of several
// that are joined by "and".
type Lookup struct {
	Attribute string `json:"attribute"` // as the filter names it: userName, emails[type eq "work"].value
	Shape     Shape  `json:"shape"`
	Value     string `json:"value,omitempty"` // masked like Line.Path
	Found     int    `json:"found"`           // how many
}

// List is what came of a list or search.
type List struct {
	Total  int  `json:"total"` // -1: not counted
	Filter bool `json:"filter,omitempty"`
}

// Effect is one change of one resource.
type Effect struct {
	Action       string   `json:"action"` // created | updated | deactivated | reactivated | deleted | adopted
	ResourceType string   `json:"resource_type"`
	ID           string   `json:"id"`
	Name         string   `json:"name,omitempty"`
	Attributes   []string `json:"attributes,omitempty"` // that changed
	// Members of a group that came, went, and wait to be provisioned (as far as
	// the request named them). The action of a change of members alone is updated.
	Added   int `json:"added,omitempty"`
	Removed int `json:"removed,omitempty"`
	Pending int `json:"pending,omitempty"`
	// AddedIDs and RemovedIDs are ids of some of them, at most MaxMissing.
	AddedIDs   []string `json:"added_ids,omitempty"`
	RemovedIDs []string `json:"removed_ids,omitempty"`
	Person     *Person  `json:"person,omitempty"` // of a user
}

// The actions of an Effect.
const (
	EffectCreated     = "created"
	EffectUpdated     = "updated"
	EffectDeactivated = "deactivated"
	EffectReactivated = "reactivated"
	EffectDeleted     = "deleted"
	EffectAdopted     = "adopted"
)

// Members is what a write of a group asked for.
type Members struct {
	Add     int  `json:"add,omitempty"`     // members named in adds, or in the body of a POST
	Remove  int  `json:"remove,omitempty"`  // members named in removes; -1: all
	Replace bool `json:"replace,omitempty"` // Add is the whole new set
	// Missing are members that are not provisioned: how many, and ids or names
	// of some of them. With a refusal nothing was changed because of them.
	Missing int      `json:"missing,omitempty"`
	Names   []string `json:"names,omitempty"`
}

// Person is evidence about a user: flags, not values.
type Person struct {
	UserName   Shape `json:"user_name"`
	ExternalID Shape `json:"external_id,omitempty"`
	// ExternalIDIsAlias: it equals what is before the @ of userName or of an
	// e-mail address, without regard to case, as Entra's mailNickname mostly does.
	ExternalIDIsAlias bool `json:"external_id_is_alias,omitempty"`
	// ExternalIDIsUserName: it equals userName, without regard to case.
	ExternalIDIsUserName bool `json:"external_id_is_user_name,omitempty"`
	Emails               bool `json:"emails"` // at least one has a value
	Active               bool `json:"active"`
	Name                 bool `json:"name"` // there is a given or family name, or a display name
}

// Error is the refusal as it was answered.
type Error struct {
	Status    int    `json:"status"`
	SCIMType  string `json:"scim_type,omitempty"`
	Detail    string `json:"detail"`              // masked
	Attribute string `json:"attribute,omitempty"` // that was taken, or is missing
	// RetryAfter is in seconds.
	RetryAfter int `json:"retry_after,omitempty"`
}

// Token says what was wrong with a token.
type Token struct {
	State Code      `json:"state"` // token_unknown | token_expired | token_revoked
	Since time.Time `json:"since,omitzero"`
	// Sent says what came instead of a token of this connection: nothing, a
	// token of Roster (of whatever connection), or something else.
	Sent string `json:"sent"` // none | token | other
}

// Bulk counts the operations of a bulk request.
type Bulk struct {
	Operations int         `json:"operations"`
	Refused    int         `json:"refused,omitempty"`
	Failed     int         `json:"failed,omitempty"`
	Codes      []CodeCount `json:"codes,omitempty"` // of those that were refused or failed; in order
}

// CodeCount is how many operations were refused for one reason.
type CodeCount struct {
	Code  Code `json:"code"`
	Count int  `json:"count"`
}

// Folder keeps what the lines of a connection add up to.
type Folder interface {
	// Fold takes lines of one connection, in order of time, into what is known
	// of it. state is what Fold returned before, nil in the beginning, and is not
	// changed. It sets CycleID of the lines. It may be called again with the same
	// lines and state, if a transaction is repeated.
	Fold(state []byte, provider string, lines []Line, now time.Time) (next []byte, cycles []Cycle, hours []Hour, err error)
}

// Cycle is a sync cycle as it is stored: whole.
type Cycle struct {
	ID        tenants.CycleID
	StartedAt time.Time
	EndedAt   time.Time // the last request so far
	Requests  int64
	Refused   int64
	Failed    int64
	Summary   json.RawMessage
}

// Hour is what is added to the row of an hour.
type Hour struct {
	Start    time.Time // a whole hour, UTC
	Requests int64
	Changes  int64 // requests that changed something
	Refused  int64
	Failed   int64
	Duration time.Duration // of all of them
}
