package health

import (
	"slices"
	"strings"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// hint is a token that was refused.
type hint struct {
	Hint    string          `json:"hint"`
	Token   string          `json:"token,omitempty"` // UUID, if it was one of this connection
	Code    requestlog.Code `json:"code"`
	Sent    string          `json:"sent,omitempty"`  // as requestlog.Token has it
	Since   stamp           `json:"since,omitempty"` // when it expired or was revoked
	First   stamp           `json:"first"`
	Last    stamp           `json:"last"`
	Count   int64           `json:"count"`
	Request string          `json:"request"` // UUID of the last one
	Address string          `json:"address,omitempty"`
}

// reject takes in a request whose token was refused.
func (s *state) reject(l *requestlog.Line, at stamp) {
	token := ""
	if !l.TokenID.IsZero() {
		token = l.TokenID.UUID()
	}
	h := hint{Hint: clip(l.TokenHint, maxName), Token: token, Code: l.Code, First: at}
	if i := slices.IndexFunc(s.Hints, func(k hint) bool { return k.Hint == h.Hint && k.Token == h.Token && k.Code == h.Code }); i >= 0 {
		h = s.Hints[i]
		s.Hints = slices.Delete(s.Hints, i, i+1)
	}
	h.Count += l.Requests()
	h.First, h.Last, h.Request, h.Address = earlier(h.First, at), later(h.Last, at), l.ID.UUID(), clip(l.Address, maxName)
	if t := l.Detail.Token; t != nil {
		h.Sent, h.Since = t.Sent, stampOf(t.Since)
	}
	s.Hints = lastOf(append(s.Hints, h), maxHints)
	if at < s.LastAt {
		return // something with a good token has come since
	}
	r := &s.Rejected
	r.Since, r.Last = earlier(r.Since, at), later(r.Last, at)
	if r.Token == "" || r.Token != s.Token || token == s.Token { // that the token in use ended says more than a stranger
		r.Code, r.Token = l.Code, token
	}
	r.Count += l.Requests()
}

// taken are people whose userName was taken when they should have been created.
type taken struct {
	People []takenPerson `json:"people,omitempty"` // the latest last
	More   int64         `json:"more,omitempty"`   // further ones, of whom nothing is kept
}

type takenPerson struct {
	Name    string `json:"name"` // the userName
	First   stamp  `json:"first"`
	Last    stamp  `json:"last"`
	Request string `json:"request"`         // UUID of the last one
	Wrong   string `json:"wrong,omitempty"` // the attribute by which they had been looked for, if it is the wrong one
}

// missed is the last look-up of a person that found nobody.
type missed struct {
	At        stamp            `json:"at"`
	Attribute string           `json:"attribute"`
	Shape     requestlog.Shape `json:"shape"`
}

// missingMembers are members that refused a change of a group.
type missingMembers struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	First   stamp    `json:"first"`
	Last    stamp    `json:"last"`
	Request string   `json:"request"`
	Count   int      `json:"count"`
	Asked   int      `json:"asked"`
	Names   []string `json:"names,omitempty"`
}

// learn takes in what problems are told from.
func (f *fold) learn(l *requestlog.Line, at stamp) {
	switch {
	case l.Kind == requestlog.KindUserLookup:
		f.learnLookup(l, at)
	case l.Kind == requestlog.KindUserCreate && l.Code == requestlog.CodeUsernameTaken:
		f.take(l, at)
	case l.Code == requestlog.CodeMemberUnknown:
		f.miss(l, at)
	}
	if isLookup(l.Kind) && l.Status == 404 {
		f.NotFound = earlier(f.NotFound, at)
	} else if isLookup(l.Kind) && accepted(l) {
		f.NotFound = 0
	}
	if accepted(l) {
		f.resolve(l, at)
	}
}

func (s *state) learnLookup(l *requestlog.Line, at stamp) {
	lookup := l.Detail.Lookup
	if lookup == nil || !accepted(l) || at < s.Missed.At {
		return
	}
	if lookup.Found == 0 {
		s.Missed = missed{At: at, Attribute: clip(lookup.Attribute, maxName), Shape: lookup.Shape}
	}
}

// take notes that a userName was taken. If nobody was found just before, although
// somebody has the name, the look-up asked for something else than the name.
func (s *state) take(l *requestlog.Line, at stamp) {
	p := takenPerson{Name: clip(l.Subject, maxName), First: at}
	if i := slices.IndexFunc(s.Taken.People, func(k takenPerson) bool { return strings.EqualFold(k.Name, p.Name) }); i >= 0 {
		p = s.Taken.People[i]
		s.Taken.People = slices.Delete(s.Taken.People, i, i+1)
	} else if len(s.Taken.People) == maxTaken {
		s.Taken.More++
	}
	p.First, p.Last, p.Request, p.Wrong = earlier(p.First, at), later(p.Last, at), l.ID.UUID(), s.wrongLookup(l, at)
	s.Taken.People = lastOf(append(s.Taken.People, p), maxTaken)
}

// wrongLookup is the attribute that was asked for before somebody was created, if
// it cannot find people by their userName.
func (s *state) wrongLookup(l *requestlog.Line, at stamp) string {
	if s.Missed.At == 0 || at-s.Missed.At > stamp(silence.Microseconds()) {
		return ""
	}
	if !strings.EqualFold(s.Missed.Attribute, "userName") {
		return s.Missed.Attribute
	}
	if p := l.Detail.Person; p != nil && p.UserName != s.Missed.Shape {
		return s.Missed.Attribute
	}
	return ""
}

// miss notes that members of a group are not provisioned.
func (s *state) miss(l *requestlog.Line, at stamp) {
	name := clip(l.Subject, maxName)
	if name == "" && s.Cycle != nil { // a refusal need not know what the group is called
		name = s.Cycle.Summary.nameOf(l.ResourceID)
	}
	m := missingMembers{ID: clip(l.ResourceID, maxID), Name: name, First: at, Count: 1}
	if i := s.missingOf(m.ID, name); i >= 0 {
		m = s.Missing[i]
		s.Missing = slices.Delete(s.Missing, i, i+1)
	}
	if name != "" {
		m.Name = name
	}
	m.First, m.Last, m.Request = earlier(m.First, at), later(m.Last, at), l.ID.UUID()
	if asked := l.Detail.Members; asked != nil {
		m.Count, m.Asked, m.Names = max(1, asked.Missing), asked.Add, clipAll(asked.Names)
	}
	s.Missing = lastOf(append(s.Missing, m), maxMissing)
}

// missingOf finds a group by its id, or by its name if it had none yet.
func (s *state) missingOf(id, name string) int {
	return slices.IndexFunc(s.Missing, func(m missingMembers) bool {
		return m.ID == id && (id != "" || m.Name == name)
	})
}

// resolve forgets what a request shows to be mended.
func (s *state) resolve(l *requestlog.Line, at stamp) {
	switch {
	case l.ResourceType == typeUser:
		s.release(l, at)
	case l.ResourceType == typeGroup && !isRead(l.Kind) && !isLookup(l.Kind) && !isList(l.Kind):
		s.complete(l, at)
	}
}

// release: somebody whose userName was taken was found, or written.
func (s *state) release(l *requestlog.Line, at stamp) {
	if l.Subject == "" || isList(l.Kind) || (isLookup(l.Kind) && (l.Detail.Lookup == nil || l.Detail.Lookup.Found == 0)) {
		return
	}
	name := clip(l.Subject, maxName)
	s.Taken.People = slices.DeleteFunc(s.Taken.People, func(p takenPerson) bool { return strings.EqualFold(p.Name, name) && p.Last <= at })
	if len(s.Taken.People) == 0 {
		s.Taken = taken{}
	}
}

// complete: the members of a group could be written, or the group is gone.
func (s *state) complete(l *requestlog.Line, at stamp) {
	members := l.Kind == requestlog.KindGroupMembers || l.Kind == requestlog.KindGroupDelete || l.Kind == requestlog.KindGroupCreate ||
		(l.Detail.Members != nil && l.Detail.Members.Add > 0)
	if !members {
		return
	}
	s.Missing = slices.DeleteFunc(s.Missing, func(m missingMembers) bool {
		return m.Last <= at && ((m.ID != "" && m.ID == clip(l.ResourceID, maxID)) || (m.ID == "" && m.Name == l.Subject))
	})
}

// Microsoft's rules for when a job goes into quarantine: of so many failures, so
// large a share, or so many by themselves.
const (
	quarantineFailures = 5_000
	quarantineShare    = 40 // percent
	quarantineAnyway   = 40_000
	quarantineDays     = 28 // until the job is disabled
)

// quarantine judges a cycle of Entra's as Entra does.
func (f *fold) quarantine(at stamp) {
	if f.provider != quirk.Entra || f.Cycle == nil {
		return
	}
	c := f.Cycle
	bad := c.Refused + c.Failed
	share := bad*100 > c.Requests*quarantineShare
	switch {
	case f.Quarantine == 0 && ((bad >= quarantineFailures && share) || bad > quarantineAnyway):
		f.Quarantine, f.QuarantineCycle = at, c.ID
	case f.Quarantine != 0 && f.QuarantineCycle != c.ID && c.Requests >= failingShare && !share:
		f.Quarantine, f.QuarantineCycle = 0, ""
	}
}
