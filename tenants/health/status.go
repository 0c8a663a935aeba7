package health

import (
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

// Status is how a connection is doing, in a word.
type Status string

// The words.
const (
	Draft              Status = "draft"               // no token was ever made
	Waiting            Status = "waiting"             // nothing has arrived
	Testing            Status = "testing"             // the first cycle, or what comes before it, is under way
	Healthy            Status = "healthy"             //
	Quiet              Status = "quiet"               // nothing for much longer than usual
	Failing            Status = "failing"             // many of the latest requests were refused
	Paused             Status = "paused"              // by somebody here
	CredentialsExpired Status = "credentials_expired" // no token works, or none that is sent
	Deleting           Status = "deleting"
)

// glance is one connection at one moment: what everything people read is made
// from.
type glance struct {
	*Facts
	*state
	now      time.Time
	provider quirk.Provider
}

func glanceAt(f *Facts, now time.Time) *glance {
	return &glance{Facts: f, state: load(f.State), now: now, provider: f.Connection.Provider}
}

// verdict is a status with its reason.
type verdict struct {
	status Status
	since  time.Time
	reason string
}

// status decides. What somebody here did comes before what the identity provider
// does, and what keeps everything from working before what keeps some of it.
func (g *glance) status() verdict {
	for _, rule := range []func(*glance) (verdict, bool){
		deleting, paused, draft, expired, rejectedOnly, waiting, failing, firstSteps, quiet,
	} {
		if v, ok := rule(g); ok {
			return v
		}
	}
	return g.healthy()
}

func deleting(g *glance) (verdict, bool) {
	c := g.Connection
	return verdict{Deleting, c.DeletedAt, sayDeleting(c)}, c.State() == tenants.ConnectionDeleting
}

func paused(g *glance) (verdict, bool) {
	since := g.PausedAt
	if since.IsZero() {
		since = g.Connection.CreatedAt
	}
	return verdict{Paused, since, sayPaused(g)}, g.Connection.State() == tenants.ConnectionPaused
}

func draft(g *glance) (verdict, bool) {
	return verdict{Draft, g.Connection.CreatedAt, sayDraft()}, len(g.Tokens) == 0
}

// expired: every token has ended.
func expired(g *glance) (verdict, bool) {
	var last *tenants.Token
	for _, t := range g.Tokens {
		if t.Live(g.now) {
			return verdict{}, false
		}
		if last == nil || ended(t).After(ended(last)) {
			last = t
		}
	}
	if last == nil {
		return verdict{}, false
	}
	return verdict{CredentialsExpired, ended(last), sayTokensEnded(g, last)}, true
}

// ended is when a token that does not work stopped to.
func ended(t *tenants.Token) time.Time {
	if !t.RevokedAt.IsZero() && (t.ExpiresAt.IsZero() || t.RevokedAt.Before(t.ExpiresAt)) {
		return t.RevokedAt
	}
	return t.ExpiresAt
}

// rejectedOnly: all that comes is refused for its token. That somebody else has
// a wrong one says nothing while requests with a good one come as usual.
func rejectedOnly(g *glance) (verdict, bool) {
	r := g.Rejected
	if r.Count == 0 {
		return verdict{}, false
	}
	usual, _ := g.gap(g.provider)
	switch {
	case g.LastAt == 0: // nothing else has ever come
	case r.Token != "" && r.Token == g.Token: // it was the good one
	case r.Count >= failingAtLeast && r.Last.time().Sub(g.LastAt.time()) > usual:
	default:
		return verdict{}, false
	}
	return verdict{CredentialsExpired, r.Since.time(), sayRejected(g)}, true
}

func waiting(g *glance) (verdict, bool) {
	since := g.Tokens[0].CreatedAt
	for _, t := range g.Tokens {
		if t.CreatedAt.Before(since) {
			since = t.CreatedAt
		}
	}
	return verdict{Waiting, since, sayWaiting(g)}, g.LastAt == 0
}

func failing(g *glance) (verdict, bool) {
	return verdict{Failing, g.FailingSince.time(), sayFailing(g)}, g.FailingSince != 0
}

// firstSteps: nothing was written yet, or what first wrote something still runs.
func firstSteps(g *glance) (verdict, bool) {
	first := g.FirstWrite == "" || (g.Cycle != nil && g.Cycle.ID == g.FirstWrite && g.running())
	return verdict{Testing, g.FirstAt.time(), sayTesting(g)}, first
}

// running says that the cycle under way has not ended.
func (g *glance) running() bool { return g.now.Sub(g.Cycle.End.time()) <= silence }

func quiet(g *glance) (verdict, bool) {
	usual, _ := g.gap(g.provider)
	since := g.LastAt.time().Add(quietAfter * usual)
	return verdict{Quiet, since, sayQuiet(g, usual)}, !g.now.Before(since)
}

func (g *glance) healthy() verdict {
	since := later(g.FirstAt, g.MendedAt)
	return verdict{Healthy, since.time(), sayHealthy(g)}
}

// nextExpected is when the next request should come, zero if nobody can say.
func (g *glance) nextExpected() time.Time {
	usual, learned := g.gap(g.provider)
	if g.Cycle == nil || (!learned && g.provider != quirk.Entra) {
		return time.Time{}
	}
	if next := g.Cycle.Start.time().Add(usual); next.After(g.Cycle.End.time()) {
		return next
	}
	return g.Cycle.End.time().Add(usual)
}
