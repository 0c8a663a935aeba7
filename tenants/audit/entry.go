// Package audit is the log of who did what: its rows, and the chain of hashes
// that shows when one was changed or taken out afterwards.
package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"hash"
	"time"
)

// Installation is the tenant under which the log of the installation itself is
// kept: what was done to API keys, roles and tenants as such.
const Installation = "00000000-0000-0000-0000-000000000000"

// Entry is one row of a tenant's log. Ids are UUID text, "" for none.
type Entry struct {
	TenantID     string
	Number       int64 // per tenant from 1, without gaps, in the order of commits
	ID           string
	ConnectionID string
	Actor        string // "tok01…", "key01…", "ses01…", "command", "system"
	ActorName    string // what people call the actor
	Action       string // "user.updated"
	TargetType   string // "User", "connection", …
	TargetID     string
	TargetName   string
	Changes      json.RawMessage // {"title": {"from": …, "to": …}}
	At           time.Time       // to the microsecond
	Address      string
	UserAgent    string
	RequestID    string
	Hash         []byte // covers this row and the Hash before it; empty in rows older than the chain
}

// Digest is the SHA-256 of what the row says: each field behind its length, so
// that no text can move from one field to the next. Number is not in it, since
// the chain tells the place.
func (e *Entry) Digest() [sha256.Size]byte {
	h := sha256.New()
	for _, field := range []string{
		"roster audit 1", e.TenantID, e.ID, e.ConnectionID, e.Actor, e.ActorName, e.Action,
		e.TargetType, e.TargetID, e.TargetName, string(e.Changes), e.Address, e.UserAgent, e.RequestID,
	} {
		writeField(h, field)
	}
	_ = binary.Write(h, binary.BigEndian, e.At.UnixMicro()) // a hash takes everything
	return [sha256.Size]byte(h.Sum(nil))
}

func writeField(h hash.Hash, field string) {
	_ = binary.Write(h, binary.BigEndian, uint64(len(field)))
	_, _ = h.Write([]byte(field))
}

// Link is the hash of a row behind another: of the first row, behind none.
func Link(before []byte, digest [sha256.Size]byte) []byte {
	h := sha256.New()
	_, _ = h.Write(before)
	_, _ = h.Write(digest[:])
	return h.Sum(nil)
}
