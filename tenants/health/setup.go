package health

import (
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// Setup is the checklist of a new connection.
type Setup struct {
	Connection *tenants.Connection
	Status     Status
	Reason     string
	Hint       string // what to do now; "": nothing
	Steps      []StepState
	Strangers  []Stranger // the newest first
	Done       int        // how many steps are
}

// StepState is what is known of a step.
type StepState struct {
	Step    Step
	Title   string
	DoneAt  time.Time // zero: it is not done
	Request *Request  // that did it
	Refusal *Refusal  // the last one, until it is done
}

// Refusal is a request that was refused, and what to do about it.
type Refusal struct {
	ID       tenants.RequestID
	At       time.Time
	Sentence string
	Fix      *Fix // nil: nothing is known
}

// Fix is what to do about something, in the words of the identity provider's
// own pages.
type Fix = requestlog.Fix

// Stranger is a token that does not work and comes all the same.
type Stranger struct {
	At       time.Time // the last time
	Hint     string    // how it begins and ends
	What     string    // unknown | expired | revoked | none
	Count    int64
	Sentence string
}

func (g *glance) setup() *Setup {
	v := g.status()
	s := &Setup{Connection: g.Connection, Status: v.status, Reason: v.reason}
	for _, step := range Steps {
		state := g.step(step)
		if !state.DoneAt.IsZero() {
			s.Done++
		}
		s.Steps = append(s.Steps, state)
	}
	for i := len(g.Hints) - 1; i >= 0; i-- {
		s.Strangers = append(s.Strangers, g.stranger(&g.Hints[i]))
	}
	s.Hint = sayHint(g, s)
	return s
}

func (g *glance) step(step Step) StepState {
	state := StepState{Step: step, Title: sayStep(step)}
	c := g.Checks[step]
	switch {
	case c == nil:
	case c.Done != nil:
		state.DoneAt, state.Request = c.Done.At.time(), g.request(c.Done)
	case c.Refused != nil:
		l := c.Refused.line()
		state.Refusal = &Refusal{ID: l.ID, At: l.At, Sentence: requestSentence(l, g.provider), Fix: requestFix(l, g.provider)}
	}
	return state
}

func (g *glance) stranger(h *hint) Stranger {
	what := "unknown"
	switch {
	case h.Code == requestlog.CodeTokenExpired:
		what = "expired"
	case h.Code == requestlog.CodeTokenRevoked:
		what = "revoked"
	case h.Sent == "none":
		what = "none"
	}
	return Stranger{At: h.Last.time(), Hint: h.Hint, What: what, Count: h.Count, Sentence: sayStranger(g, h, what)}
}

// tokenOf is the token with a UUID, nil if it is not among those known.
func (g *glance) tokenOf(id string) *tenants.Token {
	for _, t := range g.Tokens {
		if t.ID.UUID() == id {
			return t
		}
	}
	return nil
}
