package trace

import (
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/people"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// Verdict says what is the matter with somebody.
type Verdict string

// The verdicts.
const (
	HasAccess     Verdict = "has_access"
	NoAccess      Verdict = "no_access"
	Inactive      Verdict = "inactive"
	Deleted       Verdict = "deleted"
	Refused       Verdict = "refused"
	OtherUserName Verdict = "other_user_name"
	LookedUpOnly  Verdict = "looked_up_only"
	NeverReceived Verdict = "never_received"
)

// Evidence is what is known of somebody. Person is the one who is called what was
// asked for; if there is none, Alike are those who are called nearly the same.
type Evidence struct {
	Who         string
	Person      *people.User
	Same        int                // how many are called the same
	Access      *access.UserAccess // of Person
	Alike       []*people.User
	Renamed     bool               // Alike is who the requests about Who were about
	Requests    []requestlog.Entry // about them, the newest first
	Near        []requestlog.Entry // about people who are called nearly the same, of whom nobody is there
	Gone        *Event             // the deletion of whom the requests were about
	Stopped     *Event             // the deactivation of Person
	Waiting     []Waiting
	Connections []*tenants.Connection // those that were looked through
	LogSince    time.Time             // zero: nothing is logged
}

// Event is a change that the audit log has.
type Event struct {
	At   time.Time
	By   string // what people call whoever did it
	Name string // whom it was done to
}

// Waiting is a group that names them as a member, whom nobody has created.
type Waiting struct {
	Group      string
	Connection tenants.ConnectionID
	Since      time.Time
}

// Finding is what the evidence comes to.
type Finding struct {
	Verdict  Verdict
	Sentence string
	Fix      string // "": nothing has to be done
	Where    string // in the provider's own labels; "": nowhere there
}

// provider is whose pages the one who asks has to go to: that of the newest
// request, of the person or whoever is called nearly the same, or the only one there is.
func (e *Evidence) provider() quirk.Provider {
	for i := range e.Requests {
		return e.Requests[i].Provider
	}
	for _, u := range append([]*people.User{e.Person}, e.Alike...) {
		if u == nil || u.Connection == nil {
			continue
		}
		if c := e.connection(u.Connection.ID); c != nil {
			return c.Provider
		}
	}
	if len(e.Connections) == 1 {
		return e.Connections[0].Provider
	}
	return quirk.Generic
}

func (e *Evidence) connection(id tenants.ConnectionID) *tenants.Connection {
	for _, c := range e.Connections {
		if c.ID == id {
			return c
		}
	}
	return nil
}
