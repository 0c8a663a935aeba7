package health

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants/requestlog"
)

// stateVersion is raised when older states cannot be read any more. What is in
// them is learned anew then.
const stateVersion = 1

// Bounds of a state. It is read and written with every flush of the request log.
const (
	maxOutcomes = 100 // of the latest requests
	maxGaps     = 32  // between the beginnings of cycles
	maxCodes    = 24  // of refusals
	maxHints    = 5   // of tokens that were refused
	maxTaken    = 50  // people whose userName was taken
	maxMissing  = 20  // groups with members who are not provisioned
	maxGroups   = 20  // of a cycle, by name
	maxExamples = 5   // names of a thing
	maxName     = 100 // characters of a name
	maxDetail   = 400 // characters of a refusal
	maxID       = 64  // of a resource: a UUID has 36
)

// stamp is a time in microseconds since 1970; 0 is never.
type stamp int64

func stampOf(t time.Time) stamp {
	if t.IsZero() {
		return 0
	}
	return stamp(t.UnixMicro())
}

// time is the zero time for never.
func (s stamp) time() time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(s)).UTC()
}

// earlier and later are the one of two times that is; never counts for neither.
func earlier(a, b stamp) stamp {
	if a == 0 || (b != 0 && b < a) {
		return b
	}
	return a
}

func later(a, b stamp) stamp { return max(a, b) }

// state is what the requests of a connection add up to.
type state struct {
	Version int `json:"v"`

	FirstAt    stamp  `json:"first,omitempty"`    // first request with a good token
	LastAt     stamp  `json:"last,omitempty"`     // last one
	AcceptedAt stamp  `json:"accepted,omitempty"` // last one that was not refused
	WroteAt    stamp  `json:"wrote,omitempty"`    // last one that changed something
	Token      string `json:"token,omitempty"`    // UUID of the last one that was good
	Latest     *seen  `json:"latest,omitempty"`   // the request of LastAt

	// Outcomes of the latest requests, the newest last: a letter each.
	Outcomes     string `json:"outcomes,omitempty"`
	FailingSince stamp  `json:"failing,omitempty"`  // too many of them are refused
	LastBad      *seen  `json:"last_bad,omitempty"` // while it fails: the last one that was refused or failed
	MendedAt     stamp  `json:"mended,omitempty"`   // since when they are not any more

	Gaps       []int64 `json:"gaps,omitempty"` // seconds, the newest last
	Cycle      *cycle  `json:"cycle,omitempty"`
	FirstWrite string  `json:"first_write,omitempty"` // the cycle that first changed something

	Checks   map[Step]*check  `json:"checks,omitempty"`
	Codes    []refusals       `json:"codes,omitempty"`
	Hints    []hint           `json:"hints,omitempty"` // the latest last
	Rejected rejected         `json:"rejected,omitzero"`
	Taken    taken            `json:"taken,omitzero"`
	Missed   missed           `json:"missed,omitzero"`
	Missing  []missingMembers `json:"missing,omitempty"`   // the latest last
	NotFound stamp            `json:"not_found,omitempty"` // since when look-ups are answered 404

	Quarantine      stamp  `json:"quarantine,omitempty"` // since when so much fails that Entra slows down
	QuarantineCycle string `json:"quarantine_cycle,omitempty"`
}

// rejected are the requests whose token was refused since the last one whose was
// not.
type rejected struct {
	Since stamp           `json:"since"`
	Last  stamp           `json:"last"`
	Count int64           `json:"count"`
	Code  requestlog.Code `json:"code"`
	Token string          `json:"token,omitempty"` // UUID, of one that was good once
}

// refusals are those for one reason.
type refusals struct {
	Code    requestlog.Code `json:"code"`
	Count   int64           `json:"count"`
	First   stamp           `json:"first"`
	Last    stamp           `json:"last"`
	Request string          `json:"request"` // UUID of the last one
}

// load reads a state. What cannot be read, or is of another version, is forgotten:
// it can be learned again, and requests must be logged in any case.
func load(encoded []byte) *state {
	s := &state{}
	if len(encoded) == 0 || json.Unmarshal(encoded, s) != nil || s.Version != stateVersion || !s.Cycle.valid() {
		s = &state{}
	}
	s.Version = stateVersion
	return s
}

func (s *state) encode() ([]byte, error) {
	encoded, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode state of a connection: %w", err)
	}
	return encoded, nil
}

// clip bounds a text, in characters.
func clip(text string, most int) string {
	n := 0
	for i := range text {
		if n == most {
			return text[:i] + "…"
		}
		n++
	}
	return text
}

// lastOf keeps the newest of a list.
func lastOf[T any](list []T, most int) []T {
	if len(list) > most {
		return append(list[:0:0], list[len(list)-most:]...)
	}
	return list
}
