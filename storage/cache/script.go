package cache

import (
	_ "embed"

	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/redisdb"
)

// The operations of the script, its first argument.
const (
	opRead     = "read"
	opFill     = "fill"
	opAnnounce = "announce"
	opSettle   = "settle"
	opProbe    = "probe"
)

// The first byte of what opRead answers.
const (
	answerHit  = 'H' // followed by what was stored
	answerMiss = 'M' // followed by the stamps; the caller may fill
	answerBusy = 'B' // somebody writes or fills
)

// nonceLength is the length of nonces and stamps.
const nonceLength = 16

//go:embed cache.lua
var scriptText string

// epoch is one generation of the cache under one run of the database server:
// the beginning of its keys, and the script by which they are used.
type epoch struct {
	generation int64
	name       string
	script     *redisdb.Script
}

// epochOf needs a state with its incarnation. The text of the script names the
// epoch, so that no other epoch's script is this one.
func epochOf(s storage.CacheState) *epoch {
	name := epochName(s)
	return &epoch{generation: s.Generation, name: name, script: redisdb.NewScript("-- " + name + "\n" + scriptText)}
}
