package bench

import "context"

// Op is what is measured on its own.
type Op string

// The operations. The mixes are what an identity provider sends on a day when
// nothing special happens, in conversations of several requests.
const (
	OpGet        Op = "get"
	OpFilter     Op = "filter"
	OpPatch      Op = "patch"
	OpPage       Op = "page"
	OpPageDeep   Op = "page-deep"
	OpCursor     Op = "cursor"
	OpCursorDeep Op = "cursor-deep"
	OpCreate     Op = "create"
	OpMember     Op = "member"
	OpBatch      Op = "batch"
	OpGroup      Op = "group"
	OpEntraDay   Op = "entra-day"
	OpOktaDay    Op = "okta-day"
)

// kind is what an operation needs to be there.
type kind uint8

const (
	onUsers kind = iota // people
	onGroup             // a group of a size
	onBoth              // both, as they are at the end
)

// operation is how an Op is carried out.
type operation struct {
	op    Op
	kind  kind
	about string
	// ready prepares, and may say why the operation is left out. nil: nothing to do.
	ready func(*bench, context.Context) (skip string)
	// turn is what a connection does again and again: one request or a
	// conversation of several.
	turn func(*worker)
	// prove looks, after the measuring, whether what was answered was done.
	prove func(*bench, *worker)
}

// operations in the order in which they run: what only reads comes first, so that
// a directory has the size that it is measured at.
var operations = []operation{
	{op: OpGet, about: "a user by id", turn: (*worker).get},
	{op: OpFilter, about: `users with filter=userName eq "…"`, turn: (*worker).filter},
	{op: OpPatch, about: "active of a user, off and on", turn: (*worker).patch, prove: provePatch},
	{op: OpPage, about: "the first page of users", ready: (*bench).readyPages, turn: (*worker).page},
	{op: OpPageDeep, about: "a page far into the directory, by startIndex", ready: (*bench).readyPages, turn: (*worker).pageDeep},
	{op: OpCursor, about: "the first page, by cursor (RFC 9865)", ready: (*bench).readyCursor, turn: (*worker).cursor},
	{op: OpCursorDeep, about: "a page far into the directory, by cursor", ready: (*bench).readyCursorDeep, turn: (*worker).cursorDeep},
	{op: OpCreate, about: "a user", turn: (*worker).create, prove: proveCreate},
	{op: OpMember, kind: onGroup, about: "one member into a group, and out again", turn: (*worker).member, prove: proveGroup},
	{op: OpBatch, kind: onGroup, about: "many members into a group, and out again", turn: (*worker).batch, prove: proveGroup},
	{op: OpGroup, kind: onGroup, about: "a group with all its members", turn: (*worker).group},
	{op: OpEntraDay, kind: onBoth, about: "what Entra ID sends", turn: (*worker).entraDay},
	{op: OpOktaDay, kind: onBoth, about: "what Okta sends", ready: (*bench).readyPages, turn: (*worker).oktaDay},
}

// Ops are all operations, in the order in which they run.
func Ops() []Op {
	ops := make([]Op, len(operations))
	for i, o := range operations {
		ops[i] = o.op
	}
	return ops
}

// About says what an operation asks for.
func (op Op) About() string {
	for _, o := range operations {
		if o.op == op {
			return o.about
		}
	}
	return ""
}

// step is one kind of request.
type step uint8

const (
	stepGet step = iota
	stepFilter
	stepPatch
	stepPage
	stepPageDeep
	stepCursor
	stepCursorDeep
	stepCreate
	stepMemberAdd
	stepMemberRemove
	stepBatchAdd
	stepBatchRemove
	stepGroup
	stepFind
	stepFindNobody
	stepRead
	stepUpdate
	stepReplace
	stepActivate
	stepGroupRead
	stepGroupRename
	stepMemberChange
	stepList
	stepDelete
	stepPrepare
	steps
)

var stepNames = [steps]string{
	"get", "filter", "patch", "page", "page-deep", "cursor", "cursor-deep", "create", "member-add", "member-remove",
	"batch-add", "batch-remove", "group", "find", "find-nobody", "read", "update", "replace", "activate", "group-read",
	"group-rename", "member-change", "list", "delete", "prepare",
}
