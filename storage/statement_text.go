package storage

import "sync/atomic"

// shape is all that the text of a statement depends on by which requests read one
// resource. It is kept: to put it together takes as long as a few rows do.
type shape uint8

// The kinds of such statements, and what else there is to their shapes.
const (
	byIDShape       shape = iota // selectRecord
	oneShape                     // a lookup that finds one resource at most,
	someShape                    // or several
	withMemberships shape = 1 << 2
	onShards        shape = 1 << 3

	shapes = 1 << 4
)

// texts are those of one database, by their shapes.
type texts [shapes]atomic.Pointer[string]
