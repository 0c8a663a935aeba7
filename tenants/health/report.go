package health

import (
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

// Report is how a connection is doing.
type Report struct {
	Connection   *tenants.Connection
	Status       Status
	Since        time.Time
	Reason       string        // of the status, in a sentence
	Last         *Request      // nil: none has come
	UsualGap     time.Duration // between sync cycles; zero: not known yet
	NextExpected time.Time     // zero: nobody can say
	Day          Counted       // the last 24 hours
	Directory    tenants.DirectoryCount
	Token        *tenants.Token // the one that works longest, or if none works the last that did; nil: there is none
	Problems     []*Problem     // the most harmful first
}

// Request is one of the request log in short.
type Request struct {
	ID       tenants.RequestID
	At       time.Time
	Sentence string
}

// report is everything but the problems.
func (g *glance) report() *Report {
	v := g.status()
	r := &Report{
		Connection: g.Connection, Status: v.status, Since: v.since, Reason: v.reason, Last: g.request(g.Latest),
		Day: g.Day, Directory: g.Directory, Token: g.bestToken(),
	}
	if usual, learned := g.gap(g.provider); learned || g.provider == quirk.Entra {
		r.UsualGap = usual
	}
	if v.status == Healthy || v.status == Failing || v.status == Quiet {
		r.NextExpected = g.nextExpected()
	}
	return r
}

// request is a request in a sentence; nil stays nil.
func (g *glance) request(s *seen) *Request {
	if s == nil {
		return nil
	}
	l := s.line()
	return &Request{ID: l.ID, At: l.At, Sentence: requestSentence(l, g.provider)}
}

func (g *glance) bestToken() *tenants.Token {
	var best *tenants.Token
	for _, t := range g.Tokens {
		if best == nil || outlives(t, best) {
			best = t
		}
	}
	return best
}

// outlives says that one token works longer than another, or did.
func outlives(a, b *tenants.Token) bool {
	endA, endB := ended(a), ended(b)
	switch {
	case endA.IsZero() || endB.IsZero():
		return endA.IsZero() && !endB.IsZero()
	}
	return endA.After(endB)
}
